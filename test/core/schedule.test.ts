import { describe, expect, test } from 'vitest'
import { addDays } from '../../src/core/calendar.ts'
import { type Frequency, isDue, nextRunOn } from '../../src/core/schedule.ts'

const schedule = (frequency: Frequency, anchor_on = '2026-03-02') => ({ frequency, anchor_on })

describe('the next run', () => {
  test.each([
    ['monthly', '2026-03-25', '2026-04-01'],
    ['monthly', '2026-04-01', '2026-05-01'],
    ['monthly', '2026-12-31', '2027-01-01'],
    ['bi_weekly', '2026-03-01', '2026-03-16'],
    ['bi_weekly', '2026-03-02', '2026-03-16'],
    ['bi_weekly', '2026-03-15', '2026-03-16'],
    ['bi_weekly', '2026-03-16', '2026-03-30'],
    ['bi_weekly', '2026-01-01', '2026-03-16'],
  ] as const)('%s, seen on %s, is on %s', (frequency, today, next) => {
    expect(nextRunOn(schedule(frequency), today)).toBe(next)
  })

  test('on demand there is none', () => {
    expect(nextRunOn(schedule('on_demand'), '2026-03-25')).toBeNull()
  })

  test.each(['monthly', 'bi_weekly'] as const)('%s is the first day after today that is due', frequency => {
    for (let today = '2026-01-20'; today < '2026-07-01'; today = addDays(today, 1)) {
      let day = addDays(today, 1)
      while (!isDue(schedule(frequency), day)) day = addDays(day, 1)
      expect(nextRunOn(schedule(frequency), today), today).toBe(day)
    }
  })
})

test('on demand no day is due', () => {
  expect(isDue(schedule('on_demand'), '2026-04-01')).toBe(false)
})
