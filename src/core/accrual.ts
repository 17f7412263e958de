/**
 * The life of an accrual: earned → paid by a payment, or taken back as rejected (not deserved) or voided (made in error).
 *
 * Paid is reached and left through payments alone; rejected and voided are final. Source: spec B10.
 */
import type { Cents } from './money.ts'
import type { AccrualStatus } from './payment.ts'
import type { PayoutStatus } from './payout.ts'
import { refuse } from './refusal.ts'

/** Where an accrual stands, with the payout that holds it. */
export type Standing = {
  status: AccrualStatus
  amount_cents: Cents
  payout: { status: PayoutStatus; amount_cents: Cents } | null
}

/**
 * Decides a change of status: `null` when it stands already, else how the accrual is taken back.
 *
 * A draft lets it go while its other lines keep it from falling below zero; an approved payout does not.
 *
 * Refuses `cannot_set_paid_directly`, `cannot_set_status_on_paid_accrual`, `invalid_transition`.
 */
export function takeBack({ status, amount_cents, payout }: Standing, to: AccrualStatus): 'rejected' | 'voided' | null {
  if (to === 'paid') {
    refuse(
      'cannot_set_paid_directly',
      'An accrual is paid by a payment: send its id in accrual_ids to POST /api/v1/payout-payments.',
    )
  }
  if (status === 'paid' && to !== 'earned') {
    refuse('cannot_set_status_on_paid_accrual', 'This accrual is paid; void its payment first, then set its status.')
  }
  if (status === to) return null
  if (status === 'paid') refuse('invalid_transition', 'This accrual is paid; void its payment and it is earned again.')
  if (status !== 'earned' || to === 'earned') refuse('invalid_transition', `This accrual is ${status}, which is final.`)
  if (payout !== null && payout.status !== 'draft') {
    refuse('invalid_transition', `This accrual is in a payout that is ${payout.status}; cancel that payout, then set its status.`)
  }
  if (payout !== null && payout.amount_cents < amount_cents) {
    refuse('invalid_transition', 'Its draft would fall below zero; cancel the draft or change its adjustments first.')
  }
  return to
}
