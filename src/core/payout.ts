/**
 * The life of a payout: draft → approved → paid, or cancelled before that. Paid and cancelled are final.
 *
 * A payout is the decision to pay; its amount is the sum of its tabs and adjustments less the credit it nets, and never
 * below zero. Source: spec A7, D2.
 */
import type { Instant } from './calendar.ts'
import { ms } from './calendar.ts'
import type { Cents } from './money.ts'
import { refuse } from './refusal.ts'

export type PayoutStatus = 'draft' | 'approved' | 'paid' | 'cancelled'

const next: Record<PayoutStatus, readonly PayoutStatus[]> = {
  draft: ['approved', 'cancelled'],
  approved: ['paid', 'cancelled'],
  paid: [],
  cancelled: [],
}

const advice: Record<PayoutStatus, string> = {
  draft: 'Approve it first, or cancel it.',
  approved: 'Mark it paid, or cancel it.',
  paid: 'Paid is final; correct it with a reversal, which nets in the next payout.',
  cancelled: 'Cancelled is final; make a new payout from the balance.',
}

/** Checks a change of status. Refuses `invalid_transition` and says what can be done instead. */
export function checkMove(from: PayoutStatus, to: PayoutStatus): void {
  if (!next[from].includes(to)) refuse('invalid_transition', `A payout that is ${from} cannot become ${to}. ${advice[from]}`)
}

/** Only a draft is edited. Refuses `invalid_transition`. */
export function checkEditable(status: PayoutStatus): void {
  if (status !== 'draft') refuse('invalid_transition', `Only a draft can be edited; this payout is ${status}. ${advice[status]}`)
}

/** Adds amounts that people give. Refuses `invalid_body` when they come to more than can be held exactly. */
export function sumOf(amounts: Cents[]): Cents {
  const sum = (total: Cents, amount: Cents) => {
    if (!Number.isSafeInteger(total + amount))
      refuse('invalid_body', 'These amounts come to more than a payout can hold; check their digits.')
    return total + amount
  }
  return amounts.reduce(sum, 0)
}

/** What a payout comes to. Refuses `invalid_body` when adjustments or credit would take it below zero. */
export function payoutAmount(parts: { lines_cents: Cents; adjustment_cents: Cents; credit_cents: Cents }): Cents {
  const amount = sumOf([parts.lines_cents, parts.adjustment_cents, -parts.credit_cents])
  if (amount < 0) refuse('invalid_body', 'The payout would fall below zero; make the adjustment smaller or leave earnings in.')
  return amount
}

/** The day of a payment: given and not in the future, else now. Refuses `invalid_body`. */
export function paidAt(given: Instant | undefined, now: Instant): Instant {
  if (given !== undefined && ms(given) > ms(now)) refuse('invalid_body', `paid_at must not be in the future; it is now ${now}.`)
  return given ?? now
}

export type Claimable = { lines_cents: Cents; credit_cents: Cents; partner_status: string; threshold_cents: Cents }
export type SkipReason = 'no_balance' | 'below_threshold' | 'partner_inactive'
export type DraftRules = { force: boolean; is_named: boolean }

/**
 * Why a partner's balance is left out of a run, or `null` when it is drafted.
 *
 * A run leaves out paused and declined partners; naming a partner pays it whatever its status, and `force` pays below
 * the threshold. The threshold looks at what is left after credit. A sum of zero or less carries forward, unless a named
 * partner's credit is netted by force against what it earned. Source: spec A9, D2.
 */
export function skipReason(balance: Claimable, { force, is_named }: DraftRules): SkipReason | null {
  const amount_cents = balance.lines_cents - balance.credit_cents
  if (balance.lines_cents <= 0 || (amount_cents <= 0 && !(force && is_named))) return 'no_balance'
  if (!is_named && (balance.partner_status === 'paused' || balance.partner_status === 'declined')) return 'partner_inactive'
  if (!force && amount_cents < balance.threshold_cents) return 'below_threshold'
  return null
}

/** How much credit a payout nets: all of it, but never more than its lines. */
export const creditToNet = ({ lines_cents, credit_cents }: { lines_cents: Cents; credit_cents: Cents }): Cents =>
  Math.max(0, Math.min(lines_cents, credit_cents))
