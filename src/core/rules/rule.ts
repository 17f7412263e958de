/**
 * What a rule kind is: the shape of its params, its arithmetic and its sentence. One file a kind.
 *
 * `earn` is pure and runs twice: when an accrual is made, and whenever `check` prices it again from the inputs it left. So
 * what it returns in `shown` must be enough for `recall` to give the same facts back.
 */
import type { z } from 'zod'
import type { Cents, Currency } from '../money.ts'

/** How much of the period a partner was on the structure, in calendar days. `numerator ÷ denominator` scales the amount. */
export type Proration = { numerator: number; denominator: number }
export const WHOLE: Proration = { numerator: 1, denominator: 1 }

/** What a version pays: an amount in minor units (none where the params hold the amounts). */
export type Amount = { cents: Cents; currency: Currency }

export type Earned = { cents: Cents; because: string; shown: Record<string, unknown> }
/** Nothing is due, and why. */
export type Unearned = { reason: string; shown: Record<string, unknown> }

export type Rule<Params, Facts> = {
  kind: string
  params: z.ZodType<Params>
  /** What it pays, as one sentence without a full stop: `$50.00 for each month`. */
  describe(amount: Amount | null, params: Params, period: string | null): string
  earn(facts: Facts, amount: Amount, params: Params, proration: Proration): Earned | Unearned
  /** The facts again, from what `earn` has shown. */
  recall(shown: Record<string, unknown>): Facts
}

export const rule = <Params, Facts>(spec: Rule<Params, Facts>): Rule<Params, Facts> => spec

export const isEarned = (outcome: Earned | Unearned): outcome is Earned => 'cents' in outcome

/** An outcome of 0 is none: it makes no accrual. */
export function earned(cents: Cents, because: string, shown: Record<string, unknown>): Earned | Unearned {
  return cents > 0 ? { cents, because, shown } : { reason: `${because}: comes to 0`, shown }
}

const adverbs: Record<string, string> = { daily: 'day', weekly: 'week', monthly: 'month' }
/** `monthly` is one `month`. */
export const unitOf = (period: string | null): string => adverbs[period ?? ''] ?? 'period'
