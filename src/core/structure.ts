/**
 * A structure's rule: what fits together in one version, and how a change is merged into it.
 *
 * A milestone (view_threshold) has neither period nor amount of its own; every other kind has both. Source: spec B6, B7.
 */
import type { Instant, PeriodKind } from './calendar.ts'
import type { Cents, Currency } from './money.ts'
import { refuse } from './refusal.ts'
import { type CriteriaType, ruleOf } from './rules/index.ts'
import type { Amount } from './rules/rule.ts'

export type ProrationMode = 'skip' | 'prorate' | 'full'

/** What a version says, as it is sent and stored; `criteria_params` complete with their defaults. */
export type Terms = {
  period: PeriodKind | null
  amount_cents: Cents | null
  currency: Currency
  criteria_type: CriteriaType
  criteria_params: Record<string, unknown>
  proration_mode: ProrationMode
  backfill_on_assignment: boolean
}

/** One immutable wording of a structure; a period is computed with the newest one that existed at its end. */
export type Version = Terms & { id: string; structure_id: string; version_number: number; created_at: Instant }

type Fault = { path: string; message: string }

/** Checks terms as a whole and completes them. Refuses `invalid_body` with one entry a fault. */
export function checkTerms(
  given: Omit<Terms, 'backfill_on_assignment'> & { backfill_on_assignment?: boolean | undefined },
): Terms {
  const is_milestone = given.criteria_type === 'view_threshold'
  const params = ruleOf(given.criteria_type).params.safeParse(given.criteria_params)
  const faults: Fault[] = [
    ...(['period', 'amount_cents'] as const).flatMap(field => nullFault(field, given[field], is_milestone)),
    ...(given.backfill_on_assignment && !is_milestone
      ? [{ path: 'backfill_on_assignment', message: 'goes with view_threshold only' }]
      : []),
    ...(params.error?.issues ?? []).map(issue => ({
      path: ['criteria_params', ...issue.path].join('.'),
      message: issue.code === 'unrecognized_keys' ? `unknown: ${issue.keys.join(', ')}` : issue.message,
    })),
  ]
  if (faults.length > 0) refuseTerms(faults)
  return {
    ...given,
    criteria_params: params.data as Record<string, unknown>,
    proration_mode: is_milestone ? 'skip' : given.proration_mode,
    backfill_on_assignment: given.backfill_on_assignment ?? false,
  }
}

function nullFault(path: string, value: unknown, is_milestone: boolean): Fault[] {
  if (is_milestone === (value === null)) return []
  return [{ path, message: is_milestone ? 'must be null with view_threshold' : 'must not be null' }]
}

function refuseTerms(errors: Fault[]): never {
  const [first] = errors as [Fault]
  refuse('invalid_body', `The rule does not fit together: ${first.path} ${first.message}.`, { errors })
}

export const amountOf = (terms: Terms): Amount => ({ cents: terms.amount_cents ?? 0, currency: terms.currency })

/** What a version pays, in one sentence. */
export const describe = (terms: Terms): string =>
  ruleOf(terms.criteria_type).describe(amountOf(terms), terms.criteria_params, terms.period)
