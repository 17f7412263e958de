import { z } from 'zod'
import { format, parseDecimal, scale } from '../money.ts'
import { earned, rule, unitOf } from './rule.ts'

/** A goal with what was reached in each of its periods that end inside the structure's period. */
export type GoalResult = {
  goal_id: string
  type: string
  target: number
  periods: { start: string; end: string; actual: number }[]
}
export type GoalFacts = { goals: GoalResult[] }

const decimals = (digits: number) => (value: number) => parseDecimal(String(value), digits) !== null
const Params = z
  .strictObject({
    mode: z.enum(['all', 'any', 'n_of_m']),
    n: z.int().min(1).optional(),
    partial_allowed: z.boolean().default(false),
    partial_multiplier: z.number().min(0).max(1000).refine(decimals(6), 'must have at most 6 decimals').default(1),
    min_completion_pct: z.number().min(0).max(100).refine(decimals(4), 'must have at most 4 decimals').default(0),
  })
  .superRefine((p, context) => {
    const fault = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message })
    if (p.mode === 'n_of_m' && p.n === undefined) fault('n', 'is needed with mode "n_of_m"')
    if (p.mode !== 'n_of_m' && p.n !== undefined) fault('n', 'goes with mode "n_of_m" only')
    if (p.mode === 'all') return
    if (p.partial_allowed) fault('partial_allowed', 'goes with mode "all" only')
    if (p.partial_multiplier !== 1) fault('partial_multiplier', 'goes with mode "all" only')
    if (p.min_completion_pct !== 0) fault('min_completion_pct', 'goes with mode "all" only')
  })

type Fraction = { numerator: bigint; denominator: bigint }
const ZERO: Fraction = { numerator: 0n, denominator: 1n }
const MILLION = 1_000_000n

/**
 * The amount when all, any or n of a partner's goals are met; with mode "all" a part of it when they are met in part.
 *
 * In part: the mean of the goals' completions (each at most 1), exact as a fraction, times amount and multiplier, rounded
 * once. Targets are never prorated, the amount is. A partner without a goal that has a period here is owed nothing.
 * Source: spec B7.2.
 */
export const goals = rule({
  kind: 'goals',
  params: Params,
  describe: (amount, { mode, n, partial_allowed, partial_multiplier }, period) => {
    const whom = { all: 'all goals are met', any: 'at least one goal is met', n_of_m: `at least ${n} goals are met` }[mode]
    const part = partial_allowed ? `, else in proportion${partial_multiplier === 1 ? '' : ` × ${partial_multiplier}`}` : ''
    return `${amount ? format(amount.cents, amount.currency) : 'An amount'} for each ${unitOf(period)} in which ${whom}${part}`
  },
  earn: ({ goals: given }: GoalFacts, amount, params, { numerator, denominator }) => {
    const results = given.filter(each => each.periods.length > 0)
    const judged = results.map(judge)
    const completion = mean(judged.map(each => each.completion))
    const { mode, n, partial_allowed, partial_multiplier, min_completion_pct } = params
    const met = judged.filter(each => each.met).length
    const is_met = results.length > 0 && met >= (mode === 'all' ? results.length : mode === 'any' ? 1 : (n as number))
    const is_enough =
      completion.numerator * 100n * MILLION >= BigInt(Math.round(min_completion_pct * 1e6)) * completion.denominator
    const applied = !is_met && partial_allowed && results.length > 0
    const shown = {
      goals: results.map((result, i) => ({ ...result, ...shownOf(result, judged[i]!) })),
      ...{ mode, n: n ?? null, completion_pct: decimal(completion) },
      partial: { allowed: partial_allowed, multiplier: partial_multiplier, min_pct: min_completion_pct, applied },
    }
    if (results.length === 0) return { reason: 'no goal to evaluate', shown }
    if (is_met) return earned(scale(amount.cents, numerator, denominator), `${met} of ${results.length} goals met`, shown)
    if (!applied) return { reason: `${met} of ${results.length} goals met`, shown }
    if (!is_enough) return { reason: `completion is below ${min_completion_pct} %`, shown }
    const multiplier = BigInt(Math.round(partial_multiplier * 1e6))
    const part = scale(
      amount.cents,
      completion.numerator * multiplier * BigInt(numerator),
      completion.denominator * MILLION * BigInt(denominator),
    )
    return earned(part, `goals completed to ${percentText(completion)} × ${partial_multiplier}`, shown)
  },
  recall: shown => ({
    goals: (shown.goals as GoalResult[]).map(({ goal_id, type, target, periods }) => ({ goal_id, type, target, periods })),
  }),
})

/** Met when met in every period; its completion is the mean of theirs. */
function judge({ target, periods }: GoalResult): { met: boolean; completion: Fraction } {
  const parts = periods.map(({ actual }) => ({ numerator: BigInt(Math.min(actual, target)), denominator: BigInt(target) }))
  return { met: periods.every(({ actual }) => actual >= target), completion: mean(parts) }
}

const shownOf = ({ periods }: GoalResult, { met, completion }: ReturnType<typeof judge>) => ({
  actual: periods.reduce((sum, each) => sum + each.actual, 0),
  completion: decimal(completion),
  met,
})

function mean(parts: Fraction[]): Fraction {
  if (parts.length === 0) return ZERO
  const denominator = parts.reduce((product, part) => (product * part.denominator) / gcd(product, part.denominator), 1n)
  const numerator = parts.reduce((sum, part) => sum + part.numerator * (denominator / part.denominator), 0n)
  return { numerator, denominator: denominator * BigInt(parts.length) }
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b))
/** For people: six decimals, cut. */
const decimal = ({ numerator, denominator }: Fraction): number => Number((numerator * MILLION) / denominator) / 1e6
const percentText = (fraction: Fraction) => `${Math.floor(decimal(fraction) * 10_000) / 100} %`
