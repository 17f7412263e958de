import { describe, expect, test } from 'vitest'
import { accrueAgain, coverage, type Due, periodsDue, readyAt, subPeriods, treatment } from '../../src/core/accrue.ts'
import type { Version } from '../../src/core/structure.ts'
import { at, earns, on, outcomeOf, periodWith, version } from '../support/accruing.ts'

type Asked = { from?: string; now: string; archived?: string | null; zone?: string }
const due = (versions: Version | Version[], { from = '2026-01-01', now, archived = null, zone = 'UTC' }: Asked): Due[] =>
  periodsDue([versions].flat(), {
    ...{ from: at(from), now: at(now), time_zone: zone },
    archived_at: archived === null ? null : at(archived),
  })
/** `2026-04-01..2026-05-01 v1`, and from where its days count when that is later. */
const said = (each: Due) =>
  `${each.first_on}..${each.until} v${each.version.version_number}${each.counts_from > each.first_on ? ` from ${each.counts_from}` : ''}`
const periods = (versions: Version | Version[], asked: Asked) => due(versions, asked).map(said)
const second = (when: string, overrides: Partial<Version> = {}) =>
  version({ id: 'v2', version_number: 2, created_at: at(when), ...overrides })

describe('which periods are due', () => {
  test.each([
    ['a month when it has ended', 'monthly', '2026-04-01', '2026-05-01', ['2026-04-01..2026-05-01 v1']],
    ['not a minute before', 'monthly', '2026-04-01', '2026-04-30 23:59', []],
    ['a month again when asked from before its end', 'monthly', '2026-04-30 23:59', '2026-05-20', ['2026-04-01..2026-05-01 v1']],
    ['not again from its end on', 'monthly', '2026-05-01', '2026-05-20', []],
    [
      'weeks run from Monday to Monday',
      'weekly',
      '2026-04-01',
      '2026-04-19',
      ['2026-03-30..2026-04-06 v1', '2026-04-06..2026-04-13 v1'],
    ],
    ['a week across the new year', 'weekly', '2026-01-01', '2026-01-05', ['2025-12-29..2026-01-05 v1']],
    ['days', 'daily', '2026-02-27 12:00', '2026-03-01', ['2026-02-27..2026-02-28 v1', '2026-02-28..2026-03-01 v1']],
    [
      'nights that were missed are caught up, in order',
      'monthly',
      '2026-01-15',
      '2026-04-10',
      ['2026-01-01..2026-02-01 v1', '2026-02-01..2026-03-01 v1', '2026-03-01..2026-04-01 v1'],
    ],
  ] as const)('%s', (_, period, from, now, expected) => {
    expect(periods(version({ period }), { from, now })).toEqual(expected)
  })

  test('the period in which the first version was made is computed', () => {
    const made = version({ created_at: at('2026-04-20 10:00') })
    expect(periods(made, { now: '2026-05-15' })).toEqual(['2026-04-01..2026-05-01 v1'])
  })
  test('a milestone has no periods', () => {
    const milestone = version({
      ...{ criteria_type: 'view_threshold', period: null, amount_cents: null },
      criteria_params: { thresholds: [{ views: 1, amount_cents: 1 }] },
    })
    expect(periods(milestone, { now: '2026-12-01' })).toEqual([])
  })
})

describe('goals wait 48 hours, since late posts are still collected (vector D9.5)', () => {
  const goals = version({ criteria_type: 'goals', criteria_params: { mode: 'all' } })
  test.each([
    ['2026-05-01 00:00', []],
    ['2026-05-02 23:59', []],
    ['2026-05-03 00:00', ['2026-04-01..2026-05-01 v1']],
  ])('at %s', (now, expected) => expect(periods(goals, { from: '2026-04-01', now })).toEqual(expected))
  test('48 hours, not two days: the clocks may change in between', () => {
    const march = periodWith('2026-03-07', { version: { ...goals, period: 'daily' }, zone: 'America/New_York' })
    expect([march.end, readyAt(march)]).toEqual([at('2026-03-08 05:00'), at('2026-03-10 05:00')])
  })
  test('every other kind is ready when it ends', () => {
    const april = periodWith('2026-04-15', { version: version() })
    expect(readyAt(april)).toBe(april.end)
  })
  test('a rule changed within the 48 hours does not alter the closed period [TG-30]', () => {
    const changed = [goals, second('2026-05-02', { criteria_type: 'goals', criteria_params: { mode: 'any' } })]
    expect(periods(changed, { from: '2026-04-01', now: '2026-05-03' })).toEqual(['2026-04-01..2026-05-01 v1'])
  })
  test('what ended later waits with it, so that going on from the last period loses none', () => {
    const weekly = { ...goals, period: 'weekly' as const }
    const changed = [weekly, second('2026-04-13 09:00', { period: 'daily' })]
    expect(periods(changed, { from: '2026-04-07', now: '2026-04-14 01:00' })).toEqual([])
    expect(periods(changed, { from: '2026-04-07', now: '2026-04-15' })).toEqual([
      ...['2026-04-06..2026-04-13 v1', '2026-04-13..2026-04-14 v2', '2026-04-14..2026-04-15 v2'],
    ])
  })
})

describe('the version in force at the end computes the whole period', () => {
  test.each([
    ['changed on 15 April: April by the new one, March by the old one', '2026-04-15', ['v1', 'v2', 'v2']],
    ['changed in the last minute of April', '2026-04-30 23:59', ['v1', 'v2', 'v2']],
    ['changed in the instant April ended', '2026-05-01 00:00', ['v1', 'v2', 'v2']],
    ['changed a minute later', '2026-05-01 00:01', ['v1', 'v1', 'v2']],
  ])('%s [TG-30]', (_, changed, versions) => {
    const found = due([second(changed), version()], { from: '2026-03-15', now: '2026-06-01' })
    expect(found.map(each => each.version.id)).toEqual(versions)
    expect(found.map(each => each.first_on)).toEqual(['2026-03-01', '2026-04-01', '2026-05-01'])
  })
  test('two changes in one month: the last of them', () => {
    const third = second('2026-04-20', { id: 'v3', version_number: 3 })
    expect(periods([version(), second('2026-04-10'), third], { from: '2026-04-01', now: '2026-05-01' })).toEqual([
      '2026-04-01..2026-05-01 v3',
    ])
  })
})

describe('when the kind of period changes', () => {
  const weekly = version({ period: 'weekly' })
  const monthly = version({ period: 'monthly', proration_mode: 'prorate' })
  test('from weeks to months on Wednesday 15 April: April counts the days after the last week that was computed', () => {
    const changed = [weekly, second('2026-04-15', { period: 'monthly' })]
    expect(periods(changed, { from: '2026-04-06', now: '2026-06-01' })).toEqual([
      ...['2026-04-06..2026-04-13 v1', '2026-04-01..2026-05-01 v2 from 2026-04-13', '2026-05-01..2026-06-01 v2'],
    ])
  })
  test.each([
    ['prorate', 30_00],
    ['full', 30_00],
    ['skip', 'the period is not covered whole'],
  ] as const)('%s: 50.00 a month pays those 18 of 30 days', (proration_mode, april) => {
    const changed = [weekly, second('2026-04-15', { period: 'monthly', proration_mode })]
    const [cut, whole] = due(changed, { from: '2026-04-14', now: '2026-06-01' }) as [Due, Due]
    expect([earns(cut), earns(whole)]).toEqual([april, 50_00])
  })
  test.each([
    ['2026-04-20 10:00', 18_33],
    ['2026-04-10 10:00', 30_00],
  ])('a partner assigned at %s earns what is left of them', (assigned, cents) => {
    const changed = [weekly, second('2026-04-15', { period: 'monthly', proration_mode: 'full' })]
    const [cut] = due(changed, { from: '2026-04-14', now: '2026-05-01' }) as [Due]
    expect(earns(cut, { assigned: [on(assigned)] })).toBe(cents)
  })
  test('from days to weeks: the week counts the days from the change on', () => {
    const changed = [version({ period: 'daily' }), second('2026-04-15 12:00', { period: 'weekly' })]
    expect(periods(changed, { from: '2026-04-14', now: '2026-04-20' })).toEqual([
      ...['2026-04-14..2026-04-15 v1', '2026-04-13..2026-04-20 v2 from 2026-04-15'],
    ])
  })
  test('from months to weeks: the month that runs is left, the week that runs counts', () => {
    expect(periods([monthly, second('2026-04-15', { period: 'weekly' })], { from: '2026-03-20', now: '2026-04-27' })).toEqual([
      ...['2026-03-01..2026-04-01 v1', '2026-04-13..2026-04-20 v2', '2026-04-20..2026-04-27 v2'],
    ])
  })
  test('from months to weeks on the first: the week counts from the first on', () => {
    const changed = [monthly, second('2026-04-01 10:00', { period: 'weekly' })]
    const cut = ['2026-03-30..2026-04-06 v2 from 2026-04-01']
    expect(periods(changed, { from: '2026-04-01', now: '2026-04-06' })).toEqual(cut)
    expect(periods(changed, { from: '2026-04-05', now: '2026-04-06' })).toEqual(cut)
  })
  test('to a milestone and back: the months that ended meanwhile are left', () => {
    const milestone = second('2026-02-10', {
      ...{ criteria_type: 'view_threshold', period: null, amount_cents: null },
      criteria_params: { thresholds: [{ views: 1, amount_cents: 1 }] },
    })
    const back = version({ id: 'v3', version_number: 3, created_at: at('2026-04-10') })
    expect(periods([monthly, milestone, back], { now: '2026-05-01' })).toEqual([
      ...['2025-12-01..2026-01-01 v1', '2026-01-01..2026-02-01 v1', '2026-04-01..2026-05-01 v3'].slice(1),
    ])
  })
})

describe('archiving', () => {
  test.each([
    ['in the middle: the month that runs gives nothing', '2026-05-15', ['2026-04-01..2026-05-01 v1']],
    ['in the instant a month ended: that month is computed', '2026-05-01', ['2026-04-01..2026-05-01 v1']],
    ['a minute before', '2026-04-30 23:59', []],
    ['in the future', '2026-12-01', ['2026-04-01..2026-05-01 v1', '2026-05-01..2026-06-01 v1']],
  ])('%s', (_, archived, expected) => {
    expect(periods(version(), { from: '2026-04-15', now: '2026-06-01', archived })).toEqual(expected)
  })
  test('goals of a month that ended before are still evaluated 48 hours later', () => {
    const goals = version({ criteria_type: 'goals', criteria_params: { mode: 'all' } })
    const asked = { from: '2026-04-15', archived: '2026-05-01 12:00' }
    expect(periods(goals, { ...asked, now: '2026-05-02' })).toEqual([])
    expect(periods(goals, { ...asked, now: '2026-05-03' })).toEqual(['2026-04-01..2026-05-01 v1'])
  })
})

describe('periods follow the calendar of the organization', () => {
  const daily = version({ period: 'daily' })
  const spans = (zone: string, from: string, now: string, each = daily) =>
    due(each, { from, now, zone }).map(({ first_on, start, end }) => [first_on, start, end])

  test('the clocks go forward in New York: 8 March has 23 hours', () => {
    expect(spans('America/New_York', '2026-03-08 05:00', '2026-03-10 04:00')).toEqual([
      ['2026-03-08', at('2026-03-08 05:00'), at('2026-03-09 04:00')],
      ['2026-03-09', at('2026-03-09 04:00'), at('2026-03-10 04:00')],
    ])
  })
  test('the month in London ends an hour before midnight UTC in summer', () => {
    expect(spans('Europe/London', '2026-03-15', '2026-04-01', version())).toEqual([
      ['2026-03-01', at('2026-03-01'), at('2026-03-31 23:00')],
    ])
  })
  test('Apia had no 30 December 2011: the day is not there, the days around it are whole', () => {
    expect(spans('Pacific/Apia', '2011-12-29 10:00', '2012-01-01 00:00')).toEqual([
      ['2011-12-29', at('2011-12-29 10:00'), at('2011-12-30 10:00')],
      ['2011-12-31', at('2011-12-30 10:00'), at('2011-12-31 10:00')],
    ])
  })
  test('midnight does not exist in Cairo on 26 April 2024: the day begins at one', () => {
    expect(spans('Africa/Cairo', '2024-04-24 22:00', '2024-04-26 21:00')).toEqual([
      ['2024-04-25', at('2024-04-24 22:00'), at('2024-04-25 22:00')],
      ['2024-04-26', at('2024-04-25 22:00'), at('2024-04-26 21:00')],
    ])
  })
  test('the last hour before midnight comes twice in Cairo on 31 October 2024: the day has 25', () => {
    expect(spans('Africa/Cairo', '2024-10-30 21:00', '2024-10-31 22:00')).toEqual([
      ['2024-10-31', at('2024-10-30 21:00'), at('2024-10-31 22:00')],
    ])
  })
})

describe('how much of a period an assignment covers', () => {
  const days = (assigned: ReturnType<typeof on>[], zone = 'UTC') => {
    const { active_days, total_days, is_whole } = coverage(periodWith('2026-04-15', { version: version(), zone }), assigned, zone)
    return [active_days, total_days, is_whole]
  }
  test.each([
    ['the whole time', [on('2026-01-01')], [30, 30, true]],
    ['at any time on the first day', [on('2026-04-01 23:59')], [30, 30, true]],
    ['from the second day on', [on('2026-04-02')], [29, 30, false]],
    ['until during the last day', [on('2026-01-01', '2026-04-30 00:01')], [30, 30, true]],
    ['until the last day begins', [on('2026-01-01', '2026-04-30')], [29, 30, false]],
    ['assigned and unassigned within a day', [on('2026-04-10 09:00', '2026-04-10 10:00')], [1, 30, false]],
    ['assigned and unassigned in one instant', [on('2026-04-10 09:00', '2026-04-10 09:00')], [0, 30, false]],
    ['two assignments', [on('2026-04-20'), on('2026-04-01', '2026-04-06')], [16, 30, false]],
    [
      'left and back on the same day: that day counts once',
      [on('2026-01-01', '2026-04-10 09:00'), on('2026-04-10 18:00')],
      [30, 30, true],
    ],
    [
      'left and back on the same day, and again',
      [on('2026-04-10 09:00', '2026-04-10 10:00'), on('2026-04-10 11:00', '2026-04-10 12:00')],
      [1, 30, false],
    ],
    ['left one day, back the next', [on('2026-01-01', '2026-04-10 09:00'), on('2026-04-11 18:00')], [30, 30, true]],
    ['away for one whole day', [on('2026-01-01', '2026-04-10 09:00'), on('2026-04-12 18:00')], [29, 30, false]],
    ['before the period only', [on('2026-01-01', '2026-04-01')], [0, 30, false]],
    ['after the period only', [on('2026-05-01')], [0, 30, false]],
    ['never', [], [0, 30, false]],
  ])('%s', (_, assigned, expected) => expect(days(assigned)).toEqual(expected))

  test('days are those of the organization', () => {
    expect(days([on('2026-04-10 02:00')], 'America/New_York')).toEqual([22, 30, false])
    expect(days([on('2026-04-10 02:00')], 'Asia/Tokyo')).toEqual([21, 30, false])
  })
  test.each([
    ['nobody there', 'full', [], 'nothing'],
    ['whole', 'skip', [on('2026-01-01')], 'full'],
    ['in part', 'skip', [on('2026-04-10')], 'nothing'],
    ['in part', 'prorate', [on('2026-04-10')], 'prorate'],
    ['in part', 'full', [on('2026-04-10')], 'full'],
  ] as const)('%s with %s', (_, proration_mode, assigned, expected) => {
    const each = version({ proration_mode })
    expect(treatment(each, coverage(periodWith('2026-04-15', { version: each }), [...assigned], 'UTC'))).toBe(expected)
  })
})

describe('the periods of a goal within that of its rule', () => {
  const within = (period: 'daily' | 'weekly' | 'monthly', day: string, kind: 'daily' | 'weekly' | 'monthly', zone = 'UTC') =>
    subPeriods(periodWith(day, { version: version({ period }), zone }), kind, zone).map(({ start, end }) => [start, end])

  test('weeks count in the month in which they end', () => {
    const april = within('monthly', '2026-04-15', 'weekly')
    expect(april.map(([start]) => start)).toEqual(['2026-03-30', '2026-04-06', '2026-04-13', '2026-04-20'].map(at))
    expect(within('monthly', '2026-05-15', 'weekly')[0]).toEqual([at('2026-04-27'), at('2026-05-04')])
  })
  test('a week that ends with the month counts in it, once', () => {
    expect(within('monthly', '2026-05-31', 'weekly').at(-1)).toEqual([at('2026-05-25'), at('2026-06-01')])
    expect(within('monthly', '2026-06-01', 'weekly')[0]).toEqual([at('2026-06-01'), at('2026-06-08')])
  })
  test('a month counts only in the week in which it ends', () => {
    expect(within('weekly', '2026-04-15', 'monthly')).toEqual([])
    expect(within('weekly', '2026-04-01', 'monthly')).toEqual([[at('2026-03-01'), at('2026-04-01')]])
    expect(within('daily', '2026-04-30', 'monthly')).toEqual([[at('2026-04-01'), at('2026-05-01')]])
  })
  test('the same kind is one', () =>
    expect(within('weekly', '2026-04-15', 'weekly')).toEqual([[at('2026-04-13'), at('2026-04-20')]]))
  test('a day that the calendar left out is no period to reach anything in', () => {
    expect(within('weekly', '2011-12-28', 'daily', 'Pacific/Apia')).toHaveLength(6)
  })
})

describe('an accrual can be priced again from what it left', () => {
  const again = (each: Version, inputs: Record<string, unknown>) =>
    accrueAgain(each, JSON.parse(JSON.stringify(inputs)) as Parameters<typeof accrueAgain>[1])?.cents
  const half = [on('2026-04-16')]
  const gains = { videos: [{ video_id: 'v', start_views: 0, end_views: 4_000, gained: 4_000 }] }
  const goal = { goal_id: 'g', type: 'posts', target: 3, periods: [{ start: 's', end: 'e', actual: 1 }] }
  const partial = { mode: 'all', partial_allowed: true }

  test.each([
    ['recurring, half a month', version({ proration_mode: 'prorate' }), {}, 25_00],
    ['recurring, in full', version({ proration_mode: 'full' }), {}, 50_00],
    [
      'goals, in part, half a month',
      version({ criteria_type: 'goals', criteria_params: partial, proration_mode: 'prorate' }),
      { goals: [goal] },
      8_33,
    ],
    ['views within the assignment', version({ criteria_type: 'cpm', proration_mode: 'prorate' }), gains, 200_00],
    [
      'views, capped',
      version({ criteria_type: 'cpm', criteria_params: { max_amount_cents: 99 }, proration_mode: 'full' }),
      gains,
      99,
    ],
  ])('%s', (_, each, facts, cents) => {
    const outcome = outcomeOf(periodWith('2026-04-15', { version: each }), { assigned: half, facts })
    expect(outcome).toMatchObject({ cents })
    expect(again(each, outcome.inputs)).toBe(cents)
  })
  test('another version gives other cents: this is how a tampered record shows', () => {
    const { inputs } = outcomeOf(periodWith('2026-04-15', { version: version() }))
    expect(again(version({ amount_cents: 50_01 }), inputs)).toBe(50_01)
    expect(again(version({ amount_cents: 0 }), inputs)).toBeUndefined()
  })
  test('the record says of whom, when and by which version', () => {
    const { inputs } = outcomeOf(periodWith('2026-04-15', { version: version({ proration_mode: 'prorate' }) }), {
      assigned: half,
    })
    expect(inputs).toEqual({
      ...{ criteria_type: 'recurring', version_number: 1, period: 'monthly', tz: 'UTC', assignment_id: 'a' },
      ...{ period_start: at('2026-04-01'), period_end: at('2026-05-01'), evaluated_at: at('2030-01-01') },
      ...{ assigned_at: at('2000-01-02'), unassigned_at: null, base_amount_cents: 50_00, result_cents: 25_00 },
      proration: { mode: 'prorate', active_days: 15, total_days: 30, factor: 0.5 },
    })
  })
})
