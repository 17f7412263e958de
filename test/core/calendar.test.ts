import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  dayOf,
  daysBetween,
  firstOfMonth,
  firstOfNextMonth,
  holdEnd,
  instant,
  isTimeZone,
  mondayOf,
  monthOf,
  ms,
  startOfDay,
} from '../../src/core/calendar.ts'

const HOUR = 3_600_000
const zones = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Pacific/Auckland',
  'America/Sao_Paulo',
  'Pacific/Apia',
]
const date = fc
  .date({ min: new Date('1995-01-01'), max: new Date('2060-01-01'), noInvalidDate: true })
  .map(at => at.toISOString())

describe('an instant falls on a day of the organization', () => {
  test.each([
    ['2026-03-01T10:00:00.000Z', 'UTC', '2026-03-01'],
    ['2026-03-01T23:59:59.999Z', 'UTC', '2026-03-01'],
    ['2026-03-02T03:00:00.000Z', 'America/New_York', '2026-03-01'],
    ['2026-03-02T05:00:00.000Z', 'America/New_York', '2026-03-02'],
    ['2026-03-01T15:00:00.000Z', 'Asia/Tokyo', '2026-03-02'],
    ['2026-03-01T18:29:59.999Z', 'Asia/Kolkata', '2026-03-01'],
    ['2026-03-01T18:30:00.000Z', 'Asia/Kolkata', '2026-03-02'],
    ['2026-03-01T18:14:59.999Z', 'Asia/Kathmandu', '2026-03-01'],
    ['2026-03-01T18:15:00.000Z', 'Asia/Kathmandu', '2026-03-02'],
    ['1995-01-01T12:00:00.000Z', 'Etc/GMT-14', '1995-01-02'],
  ])('%s in %s is %s (vector D9.14)', (at, zone, day) => expect(dayOf(at, zone)).toBe(day))

  test('zones whose names begin alike are not mixed up', () => {
    const late = instant(1_971_234 * 900_000)
    const early = instant(971_234 * 900_000)
    expect(dayOf(late, 'Etc/GMT+1').slice(0, 4)).toBe('2026')
    expect(dayOf(early, 'Etc/GMT+11').slice(0, 4)).toBe('1997')
    expect(dayOf(instant(1_971_234 * 900_000), 'Etc/GMT+1')).toBe(dayOf(late, 'Etc/GMT+1'))
  })

  test('remembered days are the same as fresh ones, past the limit of what is remembered', () => {
    const days = Array.from({ length: 52_000 }, (_, n) => dayOf(instant(n * HOUR), 'Asia/Kolkata'))
    expect(days[0]).toBe('1970-01-01')
    expect([0, 18, 19, 51_999].map(n => dayOf(instant(n * HOUR), 'Asia/Kolkata'))).toEqual([0, 18, 19, 51_999].map(n => days[n]))
    expect(days[18]).toBe('1970-01-01')
    expect(days[19]).toBe('1970-01-02')
  })

  test('every instant lies between the start of its day and the start of the next, in every zone', () => {
    const property = fc.property(date, fc.constantFrom(...zones), (at, zone) => {
      const day = dayOf(at, zone)
      expect(day).toMatch(/^\d{4}-\d\d-\d\d$/)
      expect(ms(startOfDay(day, zone))).toBeLessThanOrEqual(ms(at))
      if (zone !== 'Pacific/Apia') expect(ms(startOfDay(addDays(day, 1), zone))).toBeGreaterThan(ms(at))
    })
    fc.assert(property, { numRuns: 2_000 })
  })
})

describe('the length of a day', () => {
  const hours = (day: string, zone: string) => (ms(startOfDay(addDays(day, 1), zone)) - ms(startOfDay(day, zone))) / HOUR
  test.each([
    ['the clocks go forward in New York (D9.14)', '2026-03-08', 'America/New_York', 23],
    ['the clocks go back in New York', '2026-11-01', 'America/New_York', 25],
    ['an ordinary day', '2026-03-09', 'America/New_York', 24],
    ['UTC never changes', '2026-03-08', 'UTC', 24],
    ['half an hour in Lord Howe', '2026-04-05', 'Australia/Lord_Howe', 24.5],
  ])('%s', (_, day, zone, length) => expect(hours(day, zone)).toBe(length))

  test('a day that has no midnight starts at its first instant', () => {
    expect(startOfDay('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000Z')
    expect(dayOf('2018-11-04T02:59:59.999Z', 'America/Sao_Paulo')).toBe('2018-11-03')
    expect(dayOf('2018-11-04T03:00:00.000Z', 'America/Sao_Paulo')).toBe('2018-11-04')
  })
})

describe('counting days', () => {
  test.each([
    ['2026-02-28', 1, '2026-03-01'],
    ['2028-02-28', 1, '2028-02-29'],
    ['2026-03-01', -1, '2026-02-28'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2026-03-07', 30, '2026-04-06'],
  ])('%s and %i days is %s', (day, days, expected) => {
    expect(addDays(day, days)).toBe(expected)
    expect(daysBetween(day, expected)).toBe(days)
  })
  test('from 11 April to 1 May are 20 days (vector D9.1)', () => expect(daysBetween('2026-04-11', '2026-05-01')).toBe(20))
  test.each([
    ['2026-03-01', '2026-02-23'],
    ['2026-03-02', '2026-03-02'],
    ['2026-03-08', '2026-03-02'],
    ['2026-01-01', '2025-12-29'],
  ])('the week of %s starts on Monday %s', (day, monday) => expect(mondayOf(day)).toBe(monday))
  test.each([
    ['2026-03-31', '2026-03-01', '2026-04-01'],
    ['2026-12-01', '2026-12-01', '2027-01-01'],
    ['2028-02-29', '2028-02-01', '2028-03-01'],
  ])('the month of %s is from %s until %s', (day, first, next) =>
    expect([firstOfMonth(day), firstOfNextMonth(day)]).toEqual([first, next]),
  )
})

describe('the month of an instant', () => {
  test('is half-open and follows the zone', () => {
    expect(monthOf('2026-03-15T10:00:00.000Z', 'UTC')).toEqual({
      start: '2026-03-01T00:00:00.000Z',
      end: '2026-04-01T00:00:00.000Z',
    })
    expect(monthOf('2026-04-01T03:00:00.000Z', 'America/New_York')).toEqual({
      start: '2026-03-01T05:00:00.000Z',
      end: '2026-04-01T04:00:00.000Z',
    })
  })
  test('one month ends where the next begins', () => {
    const property = fc.property(date, fc.constantFrom(...zones), (at, zone) => {
      const { start, end } = monthOf(at, zone)
      expect(ms(start) <= ms(at) && ms(at) < ms(end)).toBe(true)
      expect(monthOf(end, zone).start).toBe(end)
    })
    fc.assert(property, { numRuns: 500 })
  })
})

describe('the end of a hold', () => {
  test.each([
    ['on the hour stays on the hour', '2026-03-01T10:00:00.000Z', 72, '2026-03-04T10:00:00.000Z'],
    ['a millisecond later waits for the next full hour', '2026-03-01T10:00:00.001Z', 72, '2026-03-04T11:00:00.000Z'],
    ['half past waits for the next full hour', '2026-03-01T10:30:00.000Z', 1, '2026-03-01T12:00:00.000Z'],
  ])('%s', (_, from, hours, end) => expect(holdEnd(from, hours)).toBe(end))
  test('is never early and never an hour late', () => {
    const property = fc.property(date, fc.nat(10_000), (from, hours) => {
      const late = ms(holdEnd(from, hours)) - ms(from) - hours * HOUR
      expect(late >= 0 && late < HOUR).toBe(true)
    })
    fc.assert(property)
  })
})

test('a time zone is known or not', () => {
  expect(['UTC', 'Europe/Berlin', 'America/New_York'].every(isTimeZone)).toBe(true)
  expect(['', 'Mars/Olympus', 'Berlin', '../etc/passwd'].some(isTimeZone)).toBe(false)
})
