import { describe, expect, test } from 'vitest'
import { guessDateFormat, guessDecimal, guessFormat, guessKind, proposeColumns } from '../../src/core/mapping-guess.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('the format of a file', () => {
  test.each([
    ['a,b,c\n1,2,3', ','],
    ['a;b;c\n1,5;2;3', ';'],
    ['a\tb\tc\n', '\t'],
    ['a|b', '|'],
    ['"x;y;z",b\n', ','],
    ['single', ','],
    ['\n\n;;;\n', ';'],
    ['', ','],
  ])('of %j is separated by %j', (text, delimiter) => {
    expect(guessFormat(bytes(text))).toEqual({ delimiter, encoding: 'utf-8' })
  })

  test('is UTF-16 by its byte-order mark, and what Windows writes when it is no UTF-8', () => {
    const utf16 = new Uint8Array([0xff, 0xfe, ...[...'a;b\n'].flatMap(c => [c.charCodeAt(0), 0])])
    expect(guessFormat(utf16)).toEqual({ delimiter: ';', encoding: 'utf-16le' })
    expect(guessFormat(new Uint8Array([0xfe, 0xff, 0, 0x61])).encoding).toBe('utf-16be')
    expect(guessFormat(new Uint8Array([0x61, 0x2c, 0xe9, 0x0a])).encoding).toBe('windows-1252')
  })

  test('of a beginning that ends inside a character is UTF-8 still', () => {
    expect(guessFormat(bytes('a,é').slice(0, -1)).encoding).toBe('utf-8')
  })
})

describe('columns', () => {
  test('are found by what shops and networks call them', () => {
    expect(proposeColumns(['Order ID', 'Affiliate', 'Sale amount', 'Created at', 'Geo', 'Status'], 'conversions')).toEqual({
      ...{ external_id: 'Order ID', partner: 'Affiliate', revenue: 'Sale amount', occurred_at: 'Created at', country: 'Geo' },
      status: 'Status',
    })
    expect(proposeColumns(['channel_title', 'video_id', 'views', 'date', 'likes', 'comment_total'], 'metrics')).toEqual({
      ...{ creator: 'channel_title', video: 'video_id', captured_at: 'date', view_count: 'views', like_count: 'likes' },
      comment_count: 'comment_total',
    })
  })

  test('are our own names first, each column once, and an amount in one unit', () => {
    expect(proposeColumns(['id', 'external_id', 'partner_id', 'revenue_cents', 'amount'], 'conversions')).toMatchObject({
      external_id: 'external_id',
      revenue: 'amount',
    })
    const both = proposeColumns(['revenue', 'revenue_cents'], 'conversions')
    expect(both).toEqual({ revenue: 'revenue' })
    expect(proposeColumns(['platform'], 'conversions')).toEqual({ os: 'platform' })
  })

  test('of an order are multiplied, and subs keep their numbers', () => {
    expect(proposeColumns(['InvoiceNo', 'Quantity', 'UnitPrice', 'sub_3', 'SubID 12', 'sub21'], 'conversions')).toEqual({
      ...{ external_id: 'InvoiceNo', revenue: { multiply: ['Quantity', 'UnitPrice'] } },
      ...{ 'subs.sub3': 'sub_3', 'subs.sub12': 'SubID 12' },
    })
    expect(proposeColumns(['Quantity', 'UnitPrice', 'Total'], 'conversions')).toEqual({ revenue: 'Total' })
  })

  test('that nobody knows are left to the person', () => {
    expect(proposeColumns(['', 'Ö', '!!', 'xyz'], 'conversions')).toEqual({})
  })

  test('say what the rows are', () => {
    expect(guessKind(['order_id', 'partner', 'amount', 'date'])).toBe('conversions')
    expect(guessKind(['video_id', 'date', 'views'])).toBe('metrics')
    expect(guessKind(['creator', 'captured_at', 'followers'])).toBe('metrics')
    expect(guessKind([])).toBe('conversions')
  })
})

describe('dates', () => {
  test.each([
    [['2026-03-01', '2026-03-02T10:00:00Z'], null],
    [['2026-03-01 10:00:00'], 'yyyy-MM-dd HH:mm:ss'],
    [['1/12/2010 08:26', '13/12/2010 9:00'], 'd/M/yyyy H:mm'],
    [['1/12/2010', '1/13/2010'], 'M/d/yyyy'],
    [['1/2/2010 10:00:30'], 'd/M/yyyy H:mm:ss'],
    [['1.3.2026', ''], 'd.M.yyyy'],
    [['13.09'], 'd.M'],
    [['soon'], null],
    [[], null],
  ])('of %j are written %j', (samples, format) => {
    expect(guessDateFormat(samples)).toBe(format)
  })
})

test.each([
  [['2,55', '10'], ','],
  [['2.55', '1,000'], '.'],
  [['1.000,50', '2.50'], '.'],
  [['5'], '.'],
])('the decimal mark of %j is %s', (samples, mark) => {
  expect(guessDecimal(samples)).toBe(mark)
})
