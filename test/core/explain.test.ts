/** An explanation says what was done, and prices again to the same cents. */
import { describe, expect, test } from 'vitest'
import { isAccrued } from '../../src/core/accrue.ts'
import { type Explained, explainAccrual, explainCommission, explainReversal } from '../../src/core/explain.ts'
import { compile, type Priceable, price, type Terms } from '../../src/core/price.ts'
import type { Version } from '../../src/core/structure.ts'
import { ALWAYS, at, on, outcomeOf, periodWith, version } from '../support/accruing.ts'

const terms = (said: Partial<Terms> = {}): Terms => ({
  ...{ campaign_id: 'c', version: 3, cost_model: 'revshare', currency: 'USD', amount_cents: null, percent_ppm: 100_000 },
  ...{ tiers: [], lines: [] },
  ...said,
})
const sale = (said: Partial<Priceable> = {}): Priceable => ({
  ...{ partner_id: 'p', type: 'sale', country: 'DE', os: null, subs: { sub1: 'x' }, conversion_subs: null },
  ...{ revenue_cents: 33_33, currency: 'USD', payout_cents: null, nth: null, waived: null },
  ...said,
})

/** Prices and explains what came of it. */
function explained(terms_: Terms, conversion: Priceable): Explained {
  const priced = price(compile(terms_), conversion)
  const told = explainCommission({
    ...{ terms: terms_, campaign: { name: 'Spring', created_at: at('2026-01-01') }, inputs: priced.inputs },
    ...{ amount_cents: priced.amount_cents, currency: priced.currency },
    conversion: {
      ...{ ...conversion, nth: null, waived: null },
      ...{ external_id: 'o-1', click_id: null, occurred_at: at('2026-03-01'), recorded_at: at('2026-03-02') },
    },
  })
  expect(told.recomputed_cents).toBe(priced.amount_cents)
  return told
}
const step = ({ steps }: Explained, key: string) => steps.find(each => each.key === key)?.text

describe('a commission', () => {
  test('a share is rounded once, and the text has every digit of it', () => {
    expect(step(explained(terms(), sale()), 'rounding')).toBe('3.333 rounded once, half away from zero, to 3.33 USD')
    expect(step(explained(terms(), sale({ revenue_cents: 5 })), 'rounding')).toBe(
      '0.005 rounded once, half away from zero, to 0.01 USD',
    )
    expect(step(explained(terms(), sale({ revenue_cents: 10 })), 'rounding')).toBe('Nothing to round')
    expect(step(explained(terms(), sale({ revenue_cents: 5, currency: 'JPY' })), 'rounding')).toBe(
      '0.5 rounded once, half away from zero, to 1 JPY',
    )
  })

  test('an amount has no base', () => {
    const told = explained(terms({ cost_model: 'cpa', amount_cents: 7_00, percent_ppm: null }), sale())
    expect(told.steps.map(each => each.key)).toEqual(['event', 'rule', 'rate'])
    expect(step(told, 'rate')).toBe('7.00 USD, whatever the revenue')
  })

  test('who is paused earns nothing, whatever the rules say', () => {
    const told = explained(terms(), sale({ waived: 'publisher_paused' }))
    expect(step(told, 'rule')).toBe('Nothing is earned: the partner was paused')
    expect(told.lost).toEqual([{ rule: '10 % of revenue', why: 'nothing is earned whatever the rules say' }])
    expect(step(explained(terms(), sale({ waived: 'over_cap', cap: 'daily' })), 'rule')).toBe('Nothing is earned: over the cap')
  })

  test('a cost model that pays nothing says so', () => {
    const told = explained(terms({ cost_model: 'none', percent_ppm: null }), sale())
    expect(step(told, 'rule')).toBe('The cost model of the campaign pays partners nothing')
    expect(told.lost).toEqual([])
  })

  test('of ten thousand lines a hundred are told, those that matched first', () => {
    const line = (n: number, geo: string) => ({
      ...{ tab: 'geo' as const, line: n, text: `${geo}, ${n % 50}`, model: 'percent' as const, amount: 10_000, geo },
    })
    const others = Array.from({ length: 10_000 }, (_, n) => line(n + 2, `X${n}`))
    const type = { tab: 'type' as const, line: 1, text: 'sale, 30', model: 'percent' as const, amount: 300_000, type: 'sale' }
    const told = explained(terms({ lines: [line(1, 'DE'), ...others, type] as never }), sale())
    expect(told.lost).toHaveLength(100)
    expect(told.lost[0]?.why).toMatch(/^matched, but/)
    expect(told.lost[1]?.rule).toMatch(/^Campaign rate/)
  })

  test('the click, country and subs of the event are facts', () => {
    const [event] = explained(terms(), sale({ os: 'iOS', conversion_subs: { sub2: 'y' } })).steps
    expect(event?.facts.map(fact => `${fact.name} ${fact.text ?? fact.at}`)).toEqual([
      `Recorded ${at('2026-03-02')}`,
      ...['Country DE', 'OS iOS', 'sub1 x', 'conversion sub2 y'],
    ])
  })
})

describe('an accrual', () => {
  function accrued(v: Version, facts: unknown, assigned = [ALWAYS]): Explained {
    const outcome = outcomeOf(periodWith('2026-03-10', { version: v }), { facts, assigned })
    if (!isAccrued(outcome)) throw new Error(outcome.reason)
    const { inputs, because, cents } = outcome
    const versions = [v, { ...v, id: 'v0', version_number: 0 }, { ...v, id: 'v2', version_number: 2 }]
    const told = explainAccrual({
      ...{ structure: { name: 'Base' }, version: v, versions, inputs: inputs as never, because, amount_cents: cents },
    })
    expect(told.recomputed_cents).toBe(cents)
    return told
  }

  test('views: how many, of how many videos', () => {
    const videos = [{ video_id: 'a', start_views: 0, end_views: 1500, gained: 1500 }]
    const told = accrued(version({ criteria_type: 'cpm', amount_cents: 2_00 }), { videos })
    expect(step(told, 'rate')).toBe('1,500 new views at 2.00 USD per 1,000 = 3.00 USD')
    const facts = told.steps.find(each => each.key === 'rate')?.facts.map(fact => `${fact.name} ${fact.text}`)
    expect(facts).toEqual(['New views 1,500', 'Videos 1'])
  })

  test('goals: what was reached of each', () => {
    const goals = [{ goal_id: 'g', type: 'posts', target: 4, periods: [{ start: 's', end: 'e', actual: 5 }] }]
    const told = accrued(version({ criteria_type: 'goals', criteria_params: { mode: 'all' } }), { goals })
    const facts = told.steps.find(each => each.key === 'rate')?.facts
    expect(facts).toEqual([{ name: 'Goal: posts', text: '5 of 4, met', at: null }])
  })

  test('days that do not count, and days that are paid all the same', () => {
    const late = [on('2026-03-11')]
    expect(step(accrued(version({ proration_mode: 'prorate' }), {}, late), 'days')).toMatch(/^21 of 31 days: × 21\/31/)
    expect(step(accrued(version({ proration_mode: 'full' }), {}, late), 'days')).toBe('21 of 31 days, paid in full (full)')
    expect(step(accrued(version(), {}), 'days')).toBeUndefined()
  })

  test('the versions before and after it did not apply', () => {
    expect(accrued(version(), {}).lost.map(each => each.why)).toEqual(['a newer version was in force', 'it was saved later'])
  })
})

test('parts of a reversal never exceed the whole: the last takes what is left', () => {
  const base = {
    ...{ commission_cents: 10_00, revenue_cents: 30_00, revenue_currency: 'USD', currency: 'USD', reversed_cents: 10_00 },
    ...{ reason: 'refund', amount_cents: 0, is_clawback: false, at: at('2026-03-01') },
  }
  const cents = [0, 3_33, 6_67].map(
    (commission_cents, n) =>
      explainReversal({ ...base, before: { commission_cents, revenue_cents: n * 10_00 } }).recomputed_cents as number,
  )
  expect(cents).toEqual([-3_33, -3_34, -3_33])
  const nothing = explainReversal({ ...base, commission_cents: 0, before: { commission_cents: 0, revenue_cents: 0 } })
  expect(nothing.recomputed_cents).toBe(0)
})
