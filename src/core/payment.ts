/**
 * What a payment pays, and how one without a payout is undone. Source: spec B12, B13, C7, D2.
 *
 * A direct payment is paid until it is voided or rejected, once and for good; what it paid is then earned again. One on
 * account lowers the balance while it is pending or paid, and gives back what it took when it is rejected.
 */
import { type Cents, format, type Money } from './money.ts'
import { sumOf } from './payout.ts'
import { refuse } from './refusal.ts'

export type Origin = 'payout' | 'direct' | 'on_account'
export type PaymentStatus = 'pending' | 'paid' | 'rejected' | 'voided'
export type OnAccountStatus = Exclude<PaymentStatus, 'voided'>
export type AccrualStatus = 'earned' | 'paid' | 'rejected' | 'voided'
export type Adjustment = { amount_cents: Cents; reason: string }

/** Where an accrual stands that somebody wants to pay. */
export type Accrual = {
  id: string
  program_id: string
  partner_id: string
  status: AccrualStatus
  payout_id: string | null
}

/**
 * Checks that accruals can be settled together, and says whose they are.
 *
 * All of one program and one partner, earned and in no payout: all or nothing. Refuses `accrual_not_settleable`.
 */
export function payeeOf(accruals: Accrual[], wanted: { program_id: string; partner_id: string | null }): string {
  const partner_id = wanted.partner_id ?? (accruals[0] as Accrual).partner_id
  for (const { id, ...accrual } of accruals) {
    const no = (why: string): never => refuse('accrual_not_settleable', `The accrual ${id} ${why}.`, { accrual_id: id })
    if (accrual.program_id !== wanted.program_id) no('belongs to another project; pay it there')
    if (accrual.status !== 'earned') no(`is ${accrual.status}; only an earned one can be paid`)
    if (accrual.partner_id !== partner_id) no('belongs to another creator; pay each creator on its own')
    if (accrual.payout_id !== null) no(`is in the payout ${accrual.payout_id}; pay that one, or cancel it first`)
  }
  return partner_id
}

/**
 * Matches one payment to the earnings it pays.
 *
 * An earning is paid whole or not at all. When the payment differs from their sum, the difference (cents, signed)
 * becomes one adjustment and needs a reason: every cent that moves can say why. Source: spec B12.3.
 *
 * Refuses `currency_mismatch`, `adjustment_reason_required`.
 *
 *   settle(usd(150_00), [usd(100_00), usd(60_00)], 'agreed discount')
 *   // lines 100.00 and 60.00, adjustment −10.00
 */
export function settle(paid: Money, lines: Money[], reason: string | null): Adjustment | null {
  const other = lines.find(line => line.currency !== paid.currency)
  if (other) refuse('currency_mismatch', `What is paid was earned in ${other.currency}; pay it in that currency.`)
  const sum = sumOf(lines.map(line => line.cents))
  const amount_cents = sumOf([paid.cents, -sum])
  if (amount_cents === 0) return null
  const words = reason?.trim()
  if (words) return { amount_cents, reason: words }
  return refuse(
    'adjustment_reason_required',
    `The payment of ${format(paid.cents, paid.currency)} pays ${format(sum, paid.currency)}; say why they differ in adjustment_reason.`,
    { total_amount_cents: paid.cents, lines_cents: sum },
  )
}

/**
 * Checks that a payment can be voided, or rejected because it came back.
 *
 * Refuses `payout_not_reversible`, `already_voided`, `accrual_in_other_payment` and `invalid_transition`, each with what can
 * be done instead.
 */
export function checkRelease(
  { origin, status }: { origin: Origin; status: PaymentStatus },
  to: 'voided' | 'rejected',
  isPaidAgain: boolean,
): void {
  if (origin === 'payout') {
    refuse('payout_not_reversible', 'A payment of a payout stands; correct it with a reversal, which nets in the next payout.')
  }
  if (origin === 'on_account') {
    refuse('invalid_transition', 'A payment on account is changed under publisher-payouts; set its status to rejected there.')
  }
  if (to === 'voided' && status === 'voided') refuse('already_voided', 'This payment is voided already.')
  if (to === 'voided' && isPaidAgain) {
    refuse('accrual_in_other_payment', 'What this payment had paid is paid by another payment by now; void that one instead.')
  }
  if (status !== 'paid')
    refuse('invalid_transition', `This payment is ${status} and settles nothing any more; record a new payment instead.`)
}

/** What a payment on account takes off the balance: all of it, unless it was rejected. */
export const taken = (status: OnAccountStatus, amount_cents: Cents): Cents => (status === 'rejected' ? 0 : amount_cents)

/** What of it counts as paid. */
export const paidPart = (status: OnAccountStatus, amount_cents: Cents): Cents => (status === 'paid' ? amount_cents : 0)
