import { describe, expect, test } from 'vitest'
import { describe as sentence } from '../../../src/core/structure.ts'
import { earns, on, outcomeOf, periodWith, version } from '../../support/accruing.ts'

const NOT_WHOLE = 'the period is not covered whole'

describe('50.00 a month, from the day of assignment (vectors D9.1, D9.2)', () => {
  test.each([
    ['skip', 'on 11 April at 10:00', '2026-04-11 10:00', NOT_WHOLE, 50_00],
    ['prorate', 'on 11 April at 10:00', '2026-04-11 10:00', 33_33, 50_00],
    ['full', 'on 11 April at 10:00', '2026-04-11 10:00', 50_00, 50_00],
    ['skip', 'on 1 April at 09:00', '2026-04-01 09:00', 50_00, 50_00],
    ['prorate', 'on 1 April at 23:59', '2026-04-01 23:59', 50_00, 50_00],
    ['skip', 'on 2 April at 00:00', '2026-04-02 00:00', NOT_WHOLE, 50_00],
    ['prorate', 'on 2 April at 00:00', '2026-04-02 00:00', 48_33, 50_00],
    ['prorate', 'on 30 April at 23:59', '2026-04-30 23:59', 1_67, 50_00],
    ['full', 'on 30 April at 23:59', '2026-04-30 23:59', 50_00, 50_00],
    ['full', 'on 1 May at 00:00', '2026-05-01 00:00', NOT_WHOLE, 50_00],
  ] as const)('%s, assigned %s: April and May [TG-41]', (proration_mode, _, assigned, april, may) => {
    const base = version({ proration_mode })
    expect(earns(periodWith('2026-04-15', { version: base }), { assigned: [on(assigned)] })).toBe(april)
    expect(earns(periodWith('2026-05-15', { version: base }), { assigned: [on(assigned)] })).toBe(may)
  })
})

describe('leaving in the middle is the mirror of coming in the middle', () => {
  test.each([
    ['skip', 'on 20 April at 10:00', '2026-04-20 10:00', NOT_WHOLE],
    ['prorate', 'on 20 April at 10:00: that day counts', '2026-04-20 10:00', 33_33],
    ['prorate', 'on 21 April at 00:00: 20 April was the last', '2026-04-21 00:00', 33_33],
    ['full', 'on 20 April at 10:00', '2026-04-20 10:00', 50_00],
    ['skip', 'on 30 April at 00:01: its last day counts', '2026-04-30 00:01', 50_00],
    ['skip', 'on 30 April at 00:00', '2026-04-30 00:00', NOT_WHOLE],
    ['skip', 'on 1 May at 00:00', '2026-05-01 00:00', 50_00],
  ] as const)('%s, unassigned %s', (proration_mode, _, left, april) => {
    const due = periodWith('2026-04-15', { version: version({ proration_mode }) })
    expect(earns(due, { assigned: [on('2026-01-01', left)] })).toBe(april)
  })
})

describe('days of the organization', () => {
  test.each([
    ['a week from Wednesday on is 5 of 7 days', 'weekly', '2026-04-15', '2026-04-15 12:00', 'UTC', 35_71],
    ['a leap February from the 15th on is 15 of 29', 'monthly', '2028-02-15', '2028-02-15 12:00', 'UTC', 25_86],
    [
      '10 April 02:00 UTC is 9 April in New York: 22 of 30',
      'monthly',
      '2026-04-15',
      '2026-04-10 02:00',
      'America/New_York',
      36_67,
    ],
    [
      'a day of 23 hours is a day: 8 March on is 24 of 31',
      'monthly',
      '2026-03-15',
      '2026-03-08 12:00',
      'America/New_York',
      38_71,
    ],
    ['a day of 25 hours is a day: 25 October on is 7 of 31', 'monthly', '2026-10-15', '2026-10-25 12:00', 'Europe/London', 11_29],
  ] as const)('%s', (_, period, day, assigned, zone, cents) => {
    const base = version({ period, proration_mode: 'prorate' })
    expect(earns(periodWith(day, { version: base, zone }), { assigned: [on(assigned)], zone })).toBe(cents)
  })
  test('the short day of New York is one day and pays one day (vector D9.14)', () => {
    const daily = version({ period: 'daily', amount_cents: 10_00 })
    const due = periodWith('2026-03-08', { version: daily, zone: 'America/New_York' })
    expect([due.start, due.end]).toEqual(['2026-03-08T05:00:00.000Z', '2026-03-09T04:00:00.000Z'])
    expect(earns(due, { zone: 'America/New_York' })).toBe(10_00)
  })
})

describe('what it says', () => {
  test.each([
    ['daily', '50.00 USD each day'],
    ['weekly', '50.00 USD each week'],
    ['monthly', '50.00 USD each month'],
  ] as const)('%s: %s', (period, words) => expect(sentence(version({ period }))).toBe(words))

  test('its reason names the days when it is a part', () => {
    const due = periodWith('2026-04-15', { version: version({ proration_mode: 'prorate' }) })
    expect(outcomeOf(due)).toMatchObject({ because: '50.00 USD' })
    expect(outcomeOf(due, { assigned: [on('2026-04-11')] })).toMatchObject({ because: '50.00 USD for 20 of 30 days' })
  })
  test('params are taken and forgotten: it has none', () => {
    expect(version({ criteria_params: { mode: 'all', anything: [1] } }).criteria_params).toEqual({})
  })
  test('an amount of 0, or a part that rounds to 0, makes no accrual', () => {
    const nothing = periodWith('2026-04-15', { version: version({ amount_cents: 0 }) })
    expect(earns(nothing)).toBe('0.00 USD: comes to 0')
    const cent = periodWith('2026-04-15', { version: version({ amount_cents: 1, proration_mode: 'prorate' }) })
    expect(earns(cent, { assigned: [on('2026-04-17')] })).toBe('0.01 USD for 14 of 30 days: comes to 0')
    expect(earns(cent, { assigned: [on('2026-04-16')] })).toBe(1)
  })
})
