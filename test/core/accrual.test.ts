import { describe, expect, test } from 'vitest'
import { type Standing, takeBack } from '../../src/core/accrual.ts'
import { Refusal } from '../../src/core/refusal.ts'

const inPayout = (status: 'draft' | 'approved' | 'paid', amount_cents = 100_00) => ({ status, amount_cents })
const standing = (status: Standing['status'], payout: Standing['payout'] = null): Standing => ({
  ...{ status, payout, amount_cents: 50_00 },
})

function outcome(at: Standing, to: Standing['status']) {
  try {
    return takeBack(at, to)
  } catch (error) {
    return error instanceof Refusal ? error.code : error
  }
}

describe('what becomes of an accrual', () => {
  const table: [why: string, at: Standing, to: Standing['status'], becomes: unknown][] = [
    ['an earned one is rejected', standing('earned'), 'rejected', 'rejected'],
    ['an earned one is voided', standing('earned'), 'voided', 'voided'],
    ['what it is already changes nothing', standing('earned'), 'earned', null],
    ['rejected again changes nothing', standing('rejected'), 'rejected', null],
    ['voided again changes nothing', standing('voided'), 'voided', null],
    ['rejected is final', standing('rejected'), 'voided', 'invalid_transition'],
    ['a rejected one is not earned again', standing('rejected'), 'earned', 'invalid_transition'],
    ['voided is final', standing('voided'), 'rejected', 'invalid_transition'],
    ['a voided one is not earned again', standing('voided'), 'earned', 'invalid_transition'],
    ['paid is set by a payment', standing('earned'), 'paid', 'cannot_set_paid_directly'],
    ['a paid one is not set to paid either', standing('paid'), 'paid', 'cannot_set_paid_directly'],
    ['a rejected one is not set to paid', standing('rejected'), 'paid', 'cannot_set_paid_directly'],
    ['a paid one is not rejected', standing('paid'), 'rejected', 'cannot_set_status_on_paid_accrual'],
    ['a paid one is not voided', standing('paid'), 'voided', 'cannot_set_status_on_paid_accrual'],
    ['a paid one is earned again by voiding its payment', standing('paid'), 'earned', 'invalid_transition'],
    ['a draft lets it go', standing('earned', inPayout('draft')), 'rejected', 'rejected'],
    ['a draft of it alone becomes empty', standing('earned', inPayout('draft', 50_00)), 'voided', 'voided'],
    ['a draft does not fall below zero', standing('earned', inPayout('draft', 49_99)), 'voided', 'invalid_transition'],
    ['an approved payout holds it', standing('earned', inPayout('approved')), 'rejected', 'invalid_transition'],
    ['in an approved payout it stays earned', standing('earned', inPayout('approved')), 'earned', null],
  ]
  for (const [why, at, to, becomes] of table) test(`${why}`, () => expect(outcome(at, to)).toBe(becomes))
})
