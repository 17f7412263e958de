import { describe, expect, test } from 'vitest'
import { countedSpans, coverage } from '../../../src/core/accrue.ts'
import { ruleOf } from '../../../src/core/rules/index.ts'
import { describe as sentence } from '../../../src/core/structure.ts'
import { ALWAYS, at, earns, on, outcomeOf, periodWith, version } from '../../support/accruing.ts'

const gains = (...gained: number[]) => ({
  videos: gained.map((views, n) => ({ video_id: `v${n}`, start_views: 10, end_views: 10 + views, gained: views })),
})
const april = (criteria_params: Record<string, unknown> = {}, said = {}) =>
  periodWith('2026-04-15', { version: version({ criteria_type: 'cpm', amount_cents: 2_50, criteria_params, ...said }) })

describe('2.50 for 1,000 new views (vector D9.6)', () => {
  test.each([
    ['123,456 views of one video', {}, [123_456], 308_64],
    ['the same of three videos: summed before it is rounded', {}, [123_453, 1, 2], 308_64],
    ['1 view is a quarter of a cent: none', {}, [1], '1 new views at 2.50 USD per 1,000: comes to 0'],
    ['2 views are half a cent, rounded up', {}, [2], 1],
    ['nothing new', {}, [0, 0], '0 new views at 2.50 USD per 1,000: comes to 0'],
    ['no video', {}, [], '0 new views at 2.50 USD per 1,000: comes to 0'],
    ['one below the minimum', { min_views: 1_000 }, [999], '999 new views are fewer than 1,000'],
    ['at the minimum, all of them count', { min_views: 1_000 }, [999, 1], 2_50],
    ['above the cap', { max_amount_cents: 100_00 }, [123_456], 100_00],
    ['exactly the cap', { max_amount_cents: 308_64 }, [123_456], 308_64],
    ['below the cap', { max_amount_cents: 308_65 }, [123_456], 308_64],
    ['no cap', { max_amount_cents: null }, [4_000_000], 10_000_00],
    ['a cap of 0', { max_amount_cents: 0 }, [4_000], '4,000 new views at 2.50 USD per 1,000, capped: comes to 0'],
  ])('%s', (_, params, views, expected) => expect(earns(april(params), { facts: gains(...views) })).toBe(expected))

  test('an amount of 0 makes no accrual', () => {
    expect(earns(april({}, { amount_cents: 0 }), { facts: gains(5_000) })).toBe(
      '5,000 new views at 0.00 USD per 1,000: comes to 0',
    )
  })
  test('the record holds the rate, the views and each video', () => {
    const { inputs } = outcomeOf(april(), { facts: gains(1_000, 500) })
    expect(inputs).toMatchObject({
      views: 1_500,
      rate_cents: 2_50,
      base_amount_cents: 2_50,
      result_cents: 3_75,
      ...gains(1_000, 500),
    })
  })
  test('the reason says when it was capped', () => {
    expect(outcomeOf(april(), { facts: gains(1_000) })).toMatchObject({ because: '1,000 new views at 2.50 USD per 1,000' })
    expect(outcomeOf(april({ max_amount_cents: 1 }), { facts: gains(1_000) })).toMatchObject({
      because: '1,000 new views at 2.50 USD per 1,000, capped',
    })
  })
})

describe('half a month on the structure: which views count', () => {
  const half = [on('2026-04-16 10:00')]
  const month = { start: at('2026-04-01'), end: at('2026-05-01') }
  const spans = (proration_mode: 'skip' | 'prorate' | 'full', assigned = half) => {
    const due = april({}, { proration_mode })
    return countedSpans(due, coverage(due, assigned, 'UTC'))
  }
  test('prorate: those within the assignment, to the minute', () => {
    expect(spans('prorate')).toEqual([{ start: at('2026-04-16 10:00'), end: month.end }])
  })
  test('prorate: of two assignments those within each', () => {
    expect(spans('prorate', [on('2026-04-20', '2026-06-01'), on('2026-03-01', '2026-04-03 12:00')])).toEqual([
      { start: month.start, end: at('2026-04-03 12:00') },
      { start: at('2026-04-20'), end: month.end },
    ])
  })
  test.each(['full', 'skip'] as const)('%s: all of the period', mode => expect(spans(mode)).toEqual([month]))
  test('assigned during the first day: all of the period', () => {
    expect(spans('prorate', [on('2026-04-01 18:00')])).toEqual([month])
  })
  test.each([
    ['prorate', 2_50],
    ['full', 2_50],
    ['skip', 'the period is not covered whole'],
  ] as const)('%s: the views that count pay in full, without a factor', (proration_mode, expected) => {
    const outcome = { assigned: half, facts: gains(1_000) }
    expect(earns(april({}, { proration_mode }), outcome)).toBe(expected)
    const { inputs } = outcomeOf(april({}, { proration_mode }), outcome)
    expect(inputs.proration).toEqual({ mode: proration_mode, active_days: 15, total_days: 30, factor: 1 })
  })
  test('minimum and cap are those of the period, not of its part', () => {
    const said = { assigned: half, facts: gains(1_000) }
    expect(earns(april({ min_views: 1_001 }, { proration_mode: 'prorate' }), said)).toBe('1,000 new views are fewer than 1,001')
    expect(earns(april({ max_amount_cents: 2_00 }, { proration_mode: 'prorate' }), said)).toBe(2_00)
  })
  test('always on the structure is the period', () => expect(spans('prorate', [ALWAYS])).toEqual([month]))
})

describe('params', () => {
  const read = (params: unknown) => ruleOf('cpm').params.safeParse(params)
  test.each([
    [{}, { min_views: 0, max_amount_cents: null }],
    [{ min_views: 1_000 }, { min_views: 1_000, max_amount_cents: null }],
    [{ max_amount_cents: 0 }, { min_views: 0, max_amount_cents: 0 }],
    [
      { min_views: 0, max_amount_cents: null },
      { min_views: 0, max_amount_cents: null },
    ],
    [{ max_amount_cents: 1_000_000_000_000 }, { min_views: 0, max_amount_cents: 1_000_000_000_000 }],
  ])('%j is complete as %j', (given, complete) => expect(read(given).data).toEqual(complete))
  test.each([
    ['min_views', { min_views: -1 }],
    ['min_views', { min_views: 1.5 }],
    ['min_views', { min_views: '1000' }],
    ['min_views', { min_views: null }],
    ['max_amount_cents', { max_amount_cents: -1 }],
    ['max_amount_cents', { max_amount_cents: 10.5 }],
    ['max_amount_cents', { max_amount_cents: 1_000_000_000_001 }],
    ['', { maximum: 100 }],
  ])('the fault is at "%s" in %j', (path, given) => {
    expect(read(given).error?.issues.map(issue => issue.path.join('.'))).toEqual([path])
  })
  test.each([
    [{}, '2.50 USD per 1,000 new views each month'],
    [{ min_views: 5_000 }, '2.50 USD per 1,000 new views each month, from 5,000 views'],
    [{ max_amount_cents: 0 }, '2.50 USD per 1,000 new views each month, at most 0.00 USD'],
    [
      { min_views: 5_000, max_amount_cents: 1_000_00 },
      '2.50 USD per 1,000 new views each month, from 5,000 views, at most 1,000.00 USD',
    ],
  ])('%j reads: %s', (params, words) => expect(sentence(april(params).version)).toBe(words))
})
