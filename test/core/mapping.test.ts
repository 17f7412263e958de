import { describe, expect, test } from 'vitest'
import { type Column, type Condition, type Mapping, rowReader } from '../../src/core/mapping.ts'
import { Refusal } from '../../src/core/refusal.ts'

const mapping = (more: Partial<Mapping> = {}): Mapping => ({
  ...{ delimiter: ';', encoding: 'utf-8', decimal: ',', date_format: null, year: null, day_end: false, time_zone: null },
  columns: { external_id: 'Id', partner: 'Who' },
  ...{ values: {}, constants: {}, create_partners: false, reversal: null },
  ...more,
})
const columns = (more: Record<string, Column>) => mapping({ columns: { external_id: 'Id', partner: 'Who', ...more } })
const headers = ['Id', 'Who', 'Quantity', 'Price', 'Country']
const row = (...cells: string[]) => ({ line: 7, cells })
const read = (map: Mapping, ...cells: string[]) => rowReader(map, headers).read(row(...cells))

describe('a row in our terms', () => {
  test('cells lose the blanks around them, and an empty one says nothing', () => {
    expect(read(columns({ country: 'Country' }), ' a-1 ', 'ada', '', '', ' ')).toEqual({ external_id: 'a-1', partner: 'ada' })
  })
  test('several columns are joined, with the number of the line', () => {
    expect(read(columns({ external_id: ['Id', 'Who', '#'] }), 'a', 'ada')).toMatchObject({ external_id: 'a-ada-7' })
    expect(read(columns({ external_id: '#' }), 'a', 'ada')).toMatchObject({ external_id: '7' })
    expect(read(columns({ external_id: ['Id', '#'] }), '', 'ada')).toEqual({ partner: 'ada' })
  })
  test('revenue is a number, or the exact product of two', () => {
    const product = columns({ revenue: { multiply: ['Quantity', 'Price'] } })
    expect(read(product, 'a', 'ada', '6', '2,55')).toMatchObject({ revenue: '15.30' })
    expect(read(product, 'a', 'ada', '', '')).toEqual({ external_id: 'a', partner: 'ada' })
    expect(read(product, 'a', 'ada', '6', 'free')).toEqual({ fault: 'Price "free" is no number with the decimal mark ","' })
    expect(read(product, 'a', 'ada', '', '2,55')).toEqual({ fault: 'Quantity "" is no number with the decimal mark ","' })
    expect(read(columns({ revenue: 'Price' }), 'a', 'ada', '', '1.234,5')).toMatchObject({ revenue: '1234.5' })
    expect(read(columns({ revenue: 'Price' }), 'a', 'ada', '', '2.55')).toMatchObject({
      fault: expect.stringContaining('"2.55"'),
    })
  })
  test('values are named as we name them; one that is not listed stays', () => {
    const map = {
      ...columns({ country: 'Country', revenue: 'Price' }),
      values: { country: { EIRE: 'IE' }, revenue: { free: '0' } },
    }
    expect(read(map, 'a', 'ada', '', 'free', 'EIRE')).toMatchObject({ country: 'IE', revenue: '0' })
    expect(read(map, 'a', 'ada', '', '5', 'constructor')).toMatchObject({ country: 'constructor', revenue: '5' })
  })
  test('a constant stands where a column is missing or empty', () => {
    const map = { ...columns({ country: 'Country' }), constants: { country: 'GB', type: 'Purchase' } }
    expect(read(map, 'a', 'ada')).toMatchObject({ country: 'GB', type: 'Purchase' })
    expect(read(map, 'a', 'ada', '', '', 'DE')).toMatchObject({ country: 'DE' })
  })
  test('bytes that are no text matter only where they are used', () => {
    expect(read(columns({}), 'a', 'ada', '', '', 'C�te')).toEqual({ external_id: 'a', partner: 'ada' })
    expect(read(columns({ country: 'Country' }), 'a', 'ada', '', '', 'C�te')).toMatchObject({
      fault: expect.stringMatching(/Country .* not utf-8/),
    })
  })
  test('without a mapping the headers bear our names, and others are let be', () => {
    const reader = rowReader(mapping({ columns: {} }), ['external_id', 'partner', 'conversion_subs.sub1', 'Note', 'subs.sub21'])
    expect(reader.read(row('a', 'ada', 'x', 'y', 'z'))).toEqual({ external_id: 'a', partner: 'ada', 'conversion_subs.sub1': 'x' })
  })
})

describe('a row that takes something back', () => {
  const takesBack = (when: Condition, ...cells: string[]) =>
    rowReader(mapping({ reversal: { when, match: ['partner'] } }), headers).reverses(row(...cells))
  test.each([
    [{ column: 'Id', starts_with: 'C' }, ['C536', 'ada'], true],
    [{ column: 'Id', starts_with: 'C' }, ['c536', 'ada'], false],
    [{ column: 'Who', equals: 'ada' }, ['1', ' ada '], true],
    [{ column: 'Who', equals: 'ada' }, ['1', 'adam'], false],
    [{ column: 'Quantity', less_than: 0 }, ['1', 'ada', '-1,5'], true],
    [{ column: 'Quantity', less_than: 0 }, ['1', 'ada', '0'], false],
    [{ column: 'Quantity', less_than: 0 }, ['1', 'ada', 'many'], false],
    [{ column: 'Quantity', less_than: 0 }, ['1', 'ada', ''], false],
  ] as const)('%o holds for %o: %s', (when, cells, expected) => {
    expect(takesBack(when, ...cells)).toBe(expected)
  })
})

describe('a mapping that does not fit the file is refused before the first row', () => {
  const refusal = (map: Mapping, of = headers) => {
    try {
      rowReader(map, of)
    } catch (error) {
      return error instanceof Refusal ? error.message : String(error)
    }
    return 'it fits'
  }
  test('a column that is missing is named, with those there are', () => {
    expect(refusal(columns({ os: 'System', country: 'Land' }), ['Id', 'Who'])).toBe(
      'The file has no column "System", "Land"; its columns are "Id", "Who".',
    )
    expect(refusal(mapping({ reversal: { when: { column: 'Kind', equals: 'refund' }, match: ['partner'] } }))).toContain(
      'no column "Kind"',
    )
  })
  test('a column that is there twice is named, when it is used', () => {
    expect(refusal(mapping(), ['Id', 'Who', 'Who'])).toContain('the column "Who" twice')
    expect(refusal(mapping(), ['Id', 'Who', 'Note', 'Note'])).toBe('it fits')
  })
  test('something must be the external id, and something name the partner', () => {
    expect(refusal(mapping({ columns: { partner: 'Who' } }))).toContain('Nothing in the file is named external_id')
    expect(refusal(mapping({ columns: {} }))).toContain('say in a mapping which column is which field')
    expect(refusal(mapping({ columns: { external_id: 'Id' } }))).toContain('partner, click_id or coupon_code')
    expect(refusal(mapping({ columns: { external_id: 'Id' }, constants: { partner: 'ada' } }))).toBe('it fits')
  })
  test('a reversal can match only what the file says', () => {
    expect(
      refusal(mapping({ reversal: { when: { column: 'Id', starts_with: 'C' }, match: ['partner', 'subs.sub1'] } })),
    ).toContain('reversal.match names "subs.sub1"')
  })
})

describe('a file of metrics', () => {
  const fitted = (names: string[], more: Partial<Mapping> = {}) => {
    try {
      return rowReader(mapping({ columns: {}, ...more }), names, 'metrics').read({ line: 2, cells: names })
    } catch (error) {
      return (error as Refusal).message
    }
  }
  test('has fields of its own, and none of a conversion', () => {
    const names = ['video', 'captured_at', 'view_count', 'partner', 'subs.sub1']
    expect(fitted(names)).toEqual({ video: 'video', captured_at: 'captured_at', view_count: 'view_count' })
  })
  test('tells of videos with a count, or of the followers of creators', () => {
    expect(fitted(['creator', 'captured_at', 'follower_count'])).toMatchObject({ creator: 'creator' })
    expect(fitted(['video', 'captured_at'])).toContain('Nothing in the file is named view_count, like_count')
    expect(fitted(['video', 'view_count'])).toContain('Nothing in the file is named captured_at')
    expect(fitted(['creator', 'captured_at', 'view_count'])).toContain('Nothing in the file is named follower_count')
    expect(fitted(['video', 'captured_at', 'view_count', 'follower_count'])).toContain('not both')
    expect(fitted(['captured_at', 'follower_count'], { constants: { creator: 'ada' } })).toMatchObject({ creator: 'ada' })
  })
})
