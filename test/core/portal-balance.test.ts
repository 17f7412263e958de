import { describe, expect, test } from 'vitest'
import { balancesOf, type Facts, type Rules, type TabSum } from '../../src/core/portal-balance.ts'

const rules: Rules = { currency: 'USD', minimum_cents: 50_00, next: { on: '2026-04-01', at: '2026-04-01T00:00:00.000Z' } }
const nothing: Facts = { tabs: [], in_review: [], paid: [], paid_this_year: [] }
const tab = (amount_cents: number, more: Partial<TabSum> = {}): TabSum => ({
  ...{ currency: 'USD', is_credit: false, in_payout: false, held_until: null, amount_cents },
  ...more,
})
const usd = (facts: Partial<Facts>, other: Partial<Rules> = {}) =>
  balancesOf({ ...nothing, ...facts }, { ...rules, ...other })[0]!

describe('a partner without anything', () => {
  test('has zeros in the currency of its program, and no gap to the minimum is told', () => {
    expect(balancesOf(nothing, rules)).toEqual([
      {
        ...{ currency: 'USD', balance_cents: 0, available_cents: 0, in_payouts_cents: 0, on_hold_cents: 0 },
        ...{ next_release_at: null, releases: [], minimum_cents: 50_00, below_minimum_by_cents: 0 },
        next_payout: { on: '2026-04-01', expected_cents: 0 },
        ...{ pending_cents: 0, approved_cents: 0, paid_cents: 0, paid_this_year_cents: 0 },
      },
    ])
  })
})

describe('what is available', () => {
  test('is what is released, in no payout, less credit', () => {
    const facts = { tabs: [tab(300_00), tab(80_00, { in_payout: true }), tab(-100_00, { is_credit: true })] }
    expect(usd(facts)).toMatchObject({ available_cents: 200_00, in_payouts_cents: 80_00, balance_cents: 280_00 })
  })

  test('is never below zero, while the balance may be', () => {
    expect(usd({ tabs: [tab(20_00), tab(-100_00, { is_credit: true })] })).toMatchObject({
      ...{ available_cents: 0, balance_cents: -80_00, below_minimum_by_cents: 50_00 },
    })
  })

  test('a payout that nets credit holds both', () => {
    const facts = { tabs: [tab(300_00, { in_payout: true }), tab(-100_00, { is_credit: true, in_payout: true })] }
    expect(usd(facts)).toMatchObject({ available_cents: 0, in_payouts_cents: 200_00, balance_cents: 200_00 })
  })

  test('says what is missing to the minimum, and nothing when it is reached', () => {
    expect(usd({ tabs: [tab(49_99)] }).below_minimum_by_cents).toBe(1)
    expect(usd({ tabs: [tab(50_00)] }).below_minimum_by_cents).toBe(0)
  })
})

describe('what is on hold', () => {
  const at = (day: string) => `2026-${day}T10:00:00.000Z`
  test('is listed by the instant of its release, the soonest first, across streams', () => {
    const tabs = [
      tab(5_00, { held_until: at('03-20') }),
      tab(7_00, { held_until: at('03-12') }),
      tab(2_00, { held_until: at('03-20') }),
    ]
    expect(usd({ tabs })).toMatchObject({
      ...{ on_hold_cents: 14_00, available_cents: 0, next_release_at: at('03-12'), pending_cents: 14_00 },
      releases: [
        { at: at('03-12'), amount_cents: 7_00 },
        { at: at('03-20'), amount_cents: 7_00 },
      ],
    })
  })

  test('at most thirty instants are told, and none that nets to nothing', () => {
    const many = Array.from({ length: 40 }, (_, n) =>
      tab(1, { held_until: `2026-05-01T${String(n % 24).padStart(2, '0')}:00:00.${n}00Z` }),
    )
    expect(usd({ tabs: many }).releases).toHaveLength(30)
    const none = [tab(5, { held_until: at('03-12') }), tab(-5, { held_until: at('03-12') })]
    expect(usd({ tabs: none })).toMatchObject({ releases: [], next_release_at: null })
  })
})

describe('the next payout', () => {
  const held = (day: string, cents: number) => tab(cents, { held_until: `2026-${day}T00:00:00.000Z` })
  test('expects what is available and what is released until then', () => {
    const tabs = [tab(30_00), held('03-31', 25_00), held('04-01', 5_00), held('04-02', 100_00)]
    expect(usd({ tabs }).next_payout).toEqual({ on: '2026-04-01', expected_cents: 60_00 })
  })
  test('expects nothing below the minimum', () => {
    expect(usd({ tabs: [tab(49_99)] }).next_payout).toEqual({ on: '2026-04-01', expected_cents: 0 })
  })
  test('is unknown where payouts are made by hand', () => {
    expect(usd({ tabs: [tab(99_00)] }, { next: null }).next_payout).toBeNull()
  })
})

describe('several currencies', () => {
  test('are never mixed; the program’s own stands first, and others have no minimum', () => {
    const facts: Facts = {
      tabs: [tab(10_00, { currency: 'GBP' }), tab(1_00)],
      in_review: [{ currency: 'EUR', amount_cents: 3_00 }],
      paid: [{ currency: 'GBP', amount_cents: 9_00 }],
      paid_this_year: [{ currency: 'GBP', amount_cents: 4_00 }],
    }
    const found = balancesOf(facts, rules)
    expect(found.map(each => each.currency)).toEqual(['USD', 'EUR', 'GBP'])
    expect(found[1]).toMatchObject({ pending_cents: 3_00, available_cents: 0, minimum_cents: 0 })
    expect(found[2]).toMatchObject({
      ...{ available_cents: 10_00, paid_cents: 9_00, paid_this_year_cents: 4_00, minimum_cents: 0, below_minimum_by_cents: 0 },
    })
  })
})
