import { describe, expect, test } from 'vitest'
import { dateReader } from '../../src/core/date-pattern.ts'

describe('dates of a file in its own zone', () => {
  const london = dateReader('d/M/yyyy HH:mm', 'Europe/London')
  test.each([
    ['1/12/2010 08:26', '2010-12-01T08:26:00.000Z', 'winter is UTC'],
    ['01/07/2010 08:26', '2010-07-01T07:26:00.000Z', 'summer is an hour ahead'],
    [' 9/12/2010 23:59 ', '2010-12-09T23:59:00.000Z', 'blanks around do not matter'],
    ['28/3/2010 01:30', '2010-03-28T01:30:00.000Z', 'the hour that does not exist is read with the offset before it'],
    ['31/10/2010 01:30', '2010-10-31T00:30:00.000Z', 'the hour that comes twice is the first'],
  ])('%s is %s: %s', (text, at) => {
    expect(london(text)).toBe(at)
  })

  test.each([
    '31/2/2010 10:00',
    '1/13/2010 10:00',
    '0/1/2010 10:00',
    '1/12/2010 24:00',
    '1/12/2010 10:60',
    '1/12/2010',
    '1/12/10 10:00',
    'yesterday',
    '',
  ])('%s is no date of this pattern', text => {
    expect(london(text)).toBeNull()
  })

  test.each([
    ['dd.MM.yy', '05.01.26', '2026-01-05T00:00:00.000Z'],
    ['MM/dd/yyyy h:mm a', '12/01/2010 12:05 AM', '2010-12-01T00:05:00.000Z'],
    ['MM/dd/yyyy h:mm a', '12/01/2010 1:05 p.m.', '2010-12-01T13:05:00.000Z'],
    ["yyyy-MM-dd'T'HH:mm:ss.SSS", '2010-12-01T08:26:03.250', '2010-12-01T08:26:03.250Z'],
    ["d''M''yyyy", "1'12'2010", '2010-12-01T00:00:00.000Z'],
    ['yyyyMMdd', '20101201', '2010-12-01T00:00:00.000Z'],
  ])('the pattern %s reads %s', (pattern, text, at) => {
    expect(dateReader(pattern, 'UTC')(text)).toBe(at)
  })

  test('13 is no hour of a clock with twelve', () => {
    expect(dateReader('d/M/yyyy hh:mm a', 'UTC')('1/12/2010 13:00 PM')).toBeNull()
  })
})

describe('without a pattern dates are ISO 8601', () => {
  const read = dateReader(null, 'America/New_York')
  test.each([
    ['2026-03-01T10:00:00Z', '2026-03-01T10:00:00.000Z'],
    ['2026-03-01T10:00:00+02:00', '2026-03-01T08:00:00.000Z'],
    ['2026-03-01T10:00:00', '2026-03-01T15:00:00.000Z'],
    ['2026-03-01 10:00', '2026-03-01T15:00:00.000Z'],
    ['2026-03-01', '2026-03-01T05:00:00.000Z'],
  ])('%s is %s', (text, at) => {
    expect(read(text)).toBe(at)
  })
  test.each(['2026-02-30', '01/03/2026', '2026-13-01T00:00:00Z', 'now', ''])('%s is no date', text => {
    expect(read(text)).toBeNull()
  })
})

describe('a date of a day that ends', () => {
  const read = (text: string, format: string | null, zone = 'UTC', year: number | null = null) =>
    dateReader(format, zone, { year, day_end: true })(text)
  test('is the first instant after it, in its zone, however long the day', () => {
    expect(read('13.09', 'd.M', 'UTC', 2017)).toBe('2017-09-14T00:00:00.000Z')
    expect(read('28/3/2010', 'd/M/yyyy', 'Europe/London')).toBe('2010-03-28T23:00:00.000Z')
    expect(read('31.12', 'd.M', 'UTC', 2017)).toBe('2018-01-01T00:00:00.000Z')
    expect(read('2026-03-01', null)).toBe('2026-03-02T00:00:00.000Z')
  })
  test('that names a time is that time', () => {
    expect(read('1/3/2026 10:00', 'd/M/yyyy HH:mm')).toBe('2026-03-01T10:00:00.000Z')
    expect(read('2026-03-01T10:00', null)).toBe('2026-03-01T10:00:00.000Z')
    expect(read('2026-03-01T10:00:00+02:00', null)).toBe('2026-03-01T08:00:00.000Z')
  })
  test('that does not exist is none, also when the year is given apart', () => {
    expect([read('29.2', 'd.M', 'UTC', 2017), read('29.2', 'd.M', 'UTC', 2016)]).toEqual([null, '2016-03-01T00:00:00.000Z'])
    expect([read('100', 'd.M', 'UTC', 2017), read('1.13', 'd.M', 'UTC', 2017)]).toEqual([null, null])
  })
  test('has one year: of the pattern or apart', () => {
    expect(() => dateReader('d.M.yyyy', 'UTC', { year: 2017 })).toThrow('holds a year, and "year" names another')
    expect(() => dateReader('HH:mm', 'UTC', { year: 2017 })).toThrow('needs a year, a month and a day')
  })
})

describe('a pattern that would read wrong dates is refused at once', () => {
  test.each([
    ['HH:mm', 'needs a year, a month and a day'],
    ['d/M/yyyy hh:mm', 'needs h together with a'],
    ['d/M/yyyy HH:mm a', 'needs h together with a'],
    ['d-MMM-yyyy', 'holds "MMM", which is not known'],
    ['d/M/YYYY', 'holds "Y", which is not known'],
  ])('%s', (pattern, why) => {
    expect(() => dateReader(pattern, 'UTC')).toThrow(why)
  })
  test('and so is a zone that does not exist', () => {
    expect(() => dateReader(null, 'Europe/Atlantis')).toThrow('there is no time zone "Europe/Atlantis"')
  })
})
