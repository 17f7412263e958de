import { describe, expect, test } from 'vitest'
import { advisoryOf, goalPeriod, standing } from '../../src/core/goal.ts'

describe('the period of a day', () => {
  test.each([
    ['2026-03-11', 'daily', 'UTC', '2026-03-11', '2026-03-12', '2026-03-11T00:00:00.000Z', '2026-03-12T00:00:00.000Z'],
    ['2026-03-11', 'weekly', 'UTC', '2026-03-09', '2026-03-16', '2026-03-09T00:00:00.000Z', '2026-03-16T00:00:00.000Z'],
    ['2026-03-15', 'weekly', 'Asia/Tokyo', '2026-03-09', '2026-03-16', '2026-03-08T15:00:00.000Z', '2026-03-15T15:00:00.000Z'],
    [
      '2026-03-11',
      'monthly',
      'America/New_York',
      '2026-03-01',
      '2026-04-01',
      '2026-03-01T05:00:00.000Z',
      '2026-04-01T04:00:00.000Z',
    ],
    ['2026-02-28', 'monthly', 'UTC', '2026-02-01', '2026-03-01', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
  ] as const)('of %s, %s in %s, is %s to %s', (day, kind, zone, first_on, until, start, end) => {
    expect(goalPeriod(day, kind, zone)).toEqual({ first_on, until, start, end })
  })
})

const day = (n: number, hour = 0) => new Date(Date.UTC(2026, 2, n, hour)).toISOString()
/** Ten days, so that each is a tenth. */
const period = { first_on: '2026-03-01', until: '2026-03-11', start: day(1), end: day(11) }
const standingOf = (target: number, actual: number, now: string, from = 0) => standing({ target }, { actual, from }, period, now)

describe('how a goal stands', () => {
  test.each([
    ['half way with half of it', 100, 50, day(6), 'on_track', 100],
    ['half way with more', 100, 60, day(6), 'on_track', 120],
    ['half way with 49: 98 %', 100, 49, day(6), 'behind_pace', 98],
    ['half way with 35: 70 %', 100, 35, day(6), 'behind_pace', 70],
    ['half way with 34: 68 %', 100, 34, day(6), 'at_risk', 68],
    ['half way with nothing', 100, 0, day(6), 'at_risk', 0],
    ['half way with all of it', 100, 100, day(6), 'completed', 200],
    ['at its beginning, when nothing can be said', 100, 0, day(1), 'on_track', 0],
    ['before its beginning', 100, 0, day(1, -5), 'on_track', 0],
    ['at its end with all but one', 100, 99, day(11), 'missed', 99],
    ['at its end with all of it', 100, 100, day(11), 'completed', 100],
    ['long after its end', 100, 1, '2027-01-01T00:00:00.000Z', 'missed', 1],
    ['a tenth in: a cut is no rounding up', 1000, 69, day(2), 'at_risk', 690],
  ])('%s', (_, target, actual, now, status, projected) => {
    expect(standingOf(target, actual, now)).toMatchObject({ status, projected })
  })

  test('its completion has two decimals, cut, and may exceed 100', () => {
    const of = (target: number, actual: number) => standingOf(target, actual, day(6)).completion_pct
    expect([of(3, 1), of(3, 2), of(3, 3), of(3, 4), of(7, 0)]).toEqual([33.33, 66.66, 100, 133.33, 0])
  })

  test('followers are a level: only what was gained since the period began runs on', () => {
    expect(standingOf(11_000, 10_500, day(6), 10_000)).toMatchObject({
      projected: 11_000,
      status: 'on_track',
      completion_pct: 95.45,
    })
    expect(standingOf(11_000, 10_100, day(6), 10_000)).toMatchObject({ projected: 10_200, status: 'behind_pace' })
    expect(standingOf(11_000, 9_000, day(6), 10_000)).toMatchObject({ projected: 8_000, status: 'behind_pace' })
    expect(standingOf(11_000, 100, day(6), 10_000)).toMatchObject({ projected: 0, status: 'at_risk' })
  })

  test('counts as large as can be are exact', () => {
    const huge = Number.MAX_SAFE_INTEGER
    expect(standingOf(huge, huge - 1, day(11))).toMatchObject({ status: 'missed', completion_pct: 99.99, projected: huge - 1 })
    expect(standingOf(huge, huge - 1, day(6))).toMatchObject({ status: 'on_track', projected: huge })
  })
})

describe('an advisory', () => {
  const starts_on = '2026-01-01'
  const advise = (now: string, last: string | null, starts = starts_on) => advisoryOf({ starts_on: starts }, period, last, now)
  const flags = (advisory: ReturnType<typeof advise>) =>
    Object.entries(advisory).flatMap(([name, value]) => (value === true ? [name] : []))

  test.each([
    ['a period that runs', day(6), day(6), ['has_advisory', 'period_in_progress']],
    ['not observed for more than a day', day(6, 1), day(5), ['has_advisory', 'period_in_progress', 'scrape_stale']],
    ['observed a day ago', day(6), day(5), ['has_advisory', 'period_in_progress']],
    ['never observed', day(6), null, ['has_advisory', 'period_in_progress', 'scrape_stale']],
    ['ended just now', day(11), day(11), ['has_advisory', 'period_recently_ended']],
    ['ended 47 hours ago', day(12, 23), day(12), ['has_advisory', 'period_recently_ended']],
    ['ended 48 hours ago', day(13), day(12), []],
    ['ended, and nothing was observed since', day(13), day(10), ['has_advisory', 'scrape_stale']],
    ['ended long ago, observed after its end', day(31), day(11), []],
    ['not begun', day(1, -1), null, ['has_advisory', 'not_yet_started']],
  ])('of %s', (_, now, last, expected) => {
    const advisory = advise(now, last)
    expect(flags(advisory)).toEqual(expected)
    expect(advisory.messages).toHaveLength(Math.max(0, expected.length - 1))
  })

  test('of a goal that begins after the period says when', () => {
    const advisory = advise(day(6), day(6), '2026-03-11')
    expect(flags(advisory)).toEqual(['has_advisory', 'not_yet_started'])
    expect(advisory.messages).toEqual(['The goal or this period has not started yet: it begins on 2026-03-11.'])
  })
})
