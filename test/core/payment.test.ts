import { describe, expect, test } from 'vitest'
import { type Accrual, checkRelease, paidPart, payeeOf, settle, taken } from '../../src/core/payment.ts'
import { creditToNet, skipReason } from '../../src/core/payout.ts'
import type { Refusal } from '../../src/core/refusal.ts'

const usd = (cents: number) => ({ cents, currency: 'USD' })
const codeOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    return (error as Refusal).code
  }
  return 'none'
}

describe('a payment is matched to what it pays', () => {
  test.each([
    ['exactly: no adjustment', 160_00, [100_00, 60_00], 'idle words', null],
    ['less: a negative one', 150_00, [100_00, 60_00], 'agreed discount', { amount_cents: -10_00, reason: 'agreed discount' }],
    ['more: a positive one', 161_00, [100_00, 60_00], ' tip ', { amount_cents: 1_00, reason: 'tip' }],
    ['nothing for something: the whole sum', 0, [100_00], 'written off', { amount_cents: -100_00, reason: 'written off' }],
    ['something for nothing: the whole total', 5_00, [], 'thanks', { amount_cents: 5_00, reason: 'thanks' }],
    ['nothing for nothing: none', 0, [], null, null],
  ])('%s', (_, total, lines, reason, adjustment) => {
    expect(settle(usd(total), lines.map(usd), reason)).toEqual(adjustment)
  })

  test.each([null, '', '   '])('a difference without a reason (%j) is refused, and says both sums', reason => {
    expect(() => settle(usd(150_00), [usd(160_00)], reason)).toThrow(/150\.00 USD pays 160\.00 USD/)
    expect(codeOf(() => settle(usd(150_00), [usd(160_00)], reason))).toBe('adjustment_reason_required')
  })

  test('another currency is refused before the difference is', () => {
    expect(codeOf(() => settle(usd(1), [usd(1), { cents: 5, currency: 'EUR' }], null))).toBe('currency_mismatch')
  })

  test('lines that come to more than can be held exactly are refused', () => {
    const most = usd(Number.MAX_SAFE_INTEGER)
    expect(codeOf(() => settle(usd(0), [most, most], 'x'))).toBe('invalid_body')
  })
})

describe('accruals are settled together', () => {
  const mine: Accrual = { id: 'a', program_id: 'p', partner_id: 'ada', status: 'earned', payout_id: null }
  const here = { program_id: 'p', partner_id: null }

  test('when they are earned, of one partner and program, and in no payout', () => {
    expect(payeeOf([mine, { ...mine, id: 'b' }], here)).toBe('ada')
    expect(payeeOf([mine], { ...here, partner_id: 'ada' })).toBe('ada')
  })

  test.each([
    ['another program', { program_id: 'q' }, /another project/],
    ['paid', { status: 'paid' }, /is paid/],
    ['rejected', { status: 'rejected' }, /is rejected/],
    ['voided', { status: 'voided' }, /is voided/],
    ['another partner', { partner_id: 'bob' }, /another creator/],
    ['in a payout', { payout_id: 'y' }, /cancel it first/],
  ])('one that is %s is refused, and all with it', (_, other, words) => {
    const bad = { ...mine, id: 'b', ...other } as Accrual
    expect(() => payeeOf([mine, bad], here)).toThrow(words)
    expect(codeOf(() => payeeOf([mine, bad], here))).toBe('accrual_not_settleable')
  })

  test('of another partner than the one who is paid, they are refused', () => {
    expect(codeOf(() => payeeOf([mine], { ...here, partner_id: 'bob' }))).toBe('accrual_not_settleable')
  })
})

describe('a payment is taken back', () => {
  test.each([
    ['direct', 'paid', 'voided', false, 'none'],
    ['direct', 'paid', 'rejected', false, 'none'],
    ['direct', 'voided', 'voided', false, 'already_voided'],
    ['direct', 'voided', 'rejected', false, 'invalid_transition'],
    ['direct', 'rejected', 'rejected', false, 'invalid_transition'],
    ['direct', 'rejected', 'voided', false, 'invalid_transition'],
    ['direct', 'rejected', 'voided', true, 'accrual_in_other_payment'],
    ['payout', 'paid', 'voided', false, 'payout_not_reversible'],
    ['payout', 'paid', 'rejected', false, 'payout_not_reversible'],
    ['on_account', 'paid', 'voided', false, 'invalid_transition'],
    ['on_account', 'pending', 'rejected', false, 'invalid_transition'],
  ] as const)('%s and %s, made %s (paid again: %s): %s', (origin, status, to, isPaidAgain, code) => {
    expect(codeOf(() => checkRelease({ origin, status }, to, isPaidAgain))).toBe(code)
  })
})

test('a payment on account deducts unless it was rejected, and counts as paid once it is', () => {
  const of = (rule: typeof taken) => (['pending', 'paid', 'rejected'] as const).map(status => rule(status, 100))
  expect(of(taken)).toEqual([100, 100, 0])
  expect(of(paidPart)).toEqual([0, 100, 0])
})

describe('a balance with credit is drafted', () => {
  const balance = (lines_cents: number, credit_cents: number, more: object = {}) => ({
    ...{ lines_cents, credit_cents, partner_status: 'approved', threshold_cents: 0, ...more },
  })
  const run = { force: false, is_named: false }
  const forced = { force: true, is_named: true }

  test.each([
    ['what is left after credit', balance(300, 100), run, null],
    ['nothing when credit is as much', balance(100, 100), run, 'no_balance'],
    ['nothing when credit is as much, named', balance(100, 100), { force: false, is_named: true }, 'no_balance'],
    ['nothing by force alone: nobody is named', balance(100, 100), { force: true, is_named: false }, 'no_balance'],
    ['what was earned, netted by force', balance(100, 150), forced, null],
    ['nothing where nothing was earned', balance(0, 150), forced, 'no_balance'],
    ['nothing where less than nothing was earned', balance(-5, 0), forced, 'no_balance'],
    ['nothing when the rest is below the threshold', balance(300, 100, { threshold_cents: 201 }), run, 'below_threshold'],
    ['what is just the threshold', balance(300, 100, { threshold_cents: 200 }), run, null],
    ['nothing in a run for who is paused', balance(300, 0, { partner_status: 'paused' }), run, 'partner_inactive'],
  ] as const)('%s', (_, due, rules, reason) => {
    expect(skipReason(due, rules)).toBe(reason)
  })

  test('credit is netted whole, but never more than was earned', () => {
    expect([creditToNet(balance(300, 100)), creditToNet(balance(100, 300)), creditToNet(balance(100, 0))]).toEqual([100, 100, 0])
  })
})
