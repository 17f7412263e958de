import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalGeo, normalOs, precedence, type TableKey, tableKeys, tables } from '../../src/core/custom-payout.ts'
import { parseTables } from '../../src/core/custom-payout-lines.ts'

const NICK = '0195a000-0000-7000-8000-000000000001'
const SMITH = '0195a000-0000-7000-8000-000000000002'
const partners: Record<string, string> = { nick: NICK, [NICK]: NICK, 'smith, ltd': SMITH }
const resolve = (text: string) => partners[text.toLowerCase()] ?? null

type Texts = Partial<Record<TableKey, string>>
const parse = (texts: Texts, model: 'cpa' | 'revshare' = 'cpa', currency = 'USD') => parseTables(texts, model, resolve, currency)
const faults = (texts: Texts, model: 'cpa' | 'revshare' = 'cpa', currency = 'USD') =>
  parse(texts, model, currency).errors?.map(({ tab, line, message }) => `${tab} ${line}: ${message}`)

test('the eleven tables stand in the order and under the titles of RedTrack', () => {
  expect(tables.map(({ key, title, fields }) => `${key} | ${title} | ${fields.join(', ')}`)).toEqual([
    'geo | GEO | geo, value',
    'geo_os | GEO/OS | os, geo, value',
    'publisher | PUBLISHER/ALIAS | publisher, value',
    'publisher_sub | PUBLISHER/ALIAS SUBID | publisher, sub, sub_value, value',
    'publisher_sub_geo | PUBLISHER/ALIAS SUBID/ GEO | publisher, sub, sub_value, geo, value',
    'hybrid | HYBRID | type, value',
    'conversion_sub | CONVERSION SUBS | sub, sub_value, value',
    'type_geo_conversion_sub | TYPE/GEO/CONVSUB | type, geo, sub, sub_value, value',
    'type_conversion_sub | TYPE/CONVSUB | type, sub, sub_value, value',
    'type_geo | TYPE/GEO | type, geo, value',
    'type | TYPE | type, value',
  ])
})

test('precedence names every table once, Hybrid first and the country last', () => {
  expect(precedence.toSorted()).toEqual(tableKeys.toSorted())
  expect([precedence[0], precedence.at(-1)]).toEqual(['hybrid', 'geo'])
})

test("the seed's own example of every table is read", () => {
  const { lines } = parse(Object.fromEntries(tables.map(({ key, example }) => [key, example])))
  expect(lines?.map(({ tab }) => tab)).toEqual(tableKeys)
})

test('a line keeps its text and number and knows its amount in cents or parts per million', () => {
  const { lines } = parse({ type_geo_conversion_sub: '\n  Lead , uk, sub1, Product 1 ,15.5 ', hybrid: 'Deposit, 12.5' })
  expect(lines).toEqual([
    { tab: 'hybrid', line: 1, text: 'Deposit, 12.5', model: 'percent', value: '12.5', amount: 125_000, type: 'Deposit' },
    {
      tab: 'type_geo_conversion_sub',
      line: 2,
      text: 'Lead , uk, sub1, Product 1 ,15.5',
      model: 'fixed',
      value: '15.5',
      amount: 1550,
      type: 'Lead',
      geo: 'GB',
      sub: 'sub1',
      sub_value: 'Product 1',
    },
  ])
})

describe('several lines [RT-19]', () => {
  test.each([
    ['newlines', 'US, 10\nDE, 8\nFR, 7', [1, 2, 3]],
    ['Windows newlines', 'US, 10\r\nDE, 8\r\nFR, 7\r\n', [1, 2, 3]],
    ['blank lines between, which still count', '\n\nUS, 10\n   \nDE, 8\n\t\nFR, 7\n\n', [3, 5, 7]],
  ])('three lines separated by %s are all effective', (_, geo, numbers) => {
    const { lines } = parse({ geo })
    expect(lines?.map(({ geo, amount }) => [geo, amount])).toEqual([
      ['US', 1000],
      ['DE', 800],
      ['FR', 700],
    ])
    expect(lines?.map(({ line }) => line)).toEqual(numbers)
  })

  test('no text at all is no lines', () => {
    expect(parse({})).toEqual({ lines: [] })
    expect(parse({ geo: '', hybrid: ' \n ' })).toEqual({ lines: [] })
  })
})

describe('quotes', () => {
  test.each([
    ['a comma inside a field', 'sub1, "red, large", 10', 'red, large'],
    ['a doubled quote is one quote', 'sub1, "27"" wheel", 10', '27" wheel'],
    ['spaces inside quotes belong to the value', 'sub1, " x " , 10', ' x '],
    ['a quote inside an unquoted field is itself', 'sub1, 27" wheel, 10', '27" wheel'],
  ])('%s', (_, conversion_sub, value) => {
    expect(parse({ conversion_sub }).lines?.[0]?.sub_value).toBe(value)
  })

  test.each(['"red, large, 10', 'sub1, "red" x, 10', 'sub1, "a"", 10', 'sub1,   "a, 10'])(
    'an open quote is an error: %s',
    conversion_sub => {
      expect(faults({ conversion_sub })).toEqual([expect.stringMatching(/^conversion_sub 1: a double quote is not closed/)])
    },
  )

  test('a publisher whose alias holds a comma', () => {
    expect(parse({ publisher: '"Smith, Ltd", 10' }).lines?.[0]?.partner_id).toBe(SMITH)
  })
})

describe('every wrong line is named with its table and number [RT-18]', () => {
  const percentTooMuch = 'is more than 100 %; write at most 100'
  test.each<[string, Texts, string]>([
    ['a field too few', { geo_os: 'US, 10' }, 'geo_os 1: 3 fields expected (os, geo, value), 2 found; write it like IOS, US, 10'],
    [
      'a field too many',
      { geo: 'US, 10, 5' },
      'geo 1: 2 fields expected (geo, value), 3 found; write it like US, 10 and put a field that holds a comma in double quotes',
    ],
    ['a country of three letters', { geo: 'USA, 10' }, 'geo 1: "USA" is no country; write its two letters, for example US'],
    ['no country', { geo: ', 10' }, 'geo 1: "" is no country; write its two letters, for example US'],
    [
      'fields of GEO/OS the wrong way round',
      { geo_os: 'US, IOS, 10' },
      'geo_os 1: "IOS" is no country; write its two letters, for example US',
    ],
    [
      'an OS with a version',
      { geo_os: 'iOS 17, US, 10' },
      'geo_os 1: an OS stands without its version; write IOS instead of iOS 17',
    ],
    ['no OS', { geo_os: ', US, 10' }, 'geo_os 1: the OS is missing; write one, for example IOS'],
    [
      'an unknown publisher',
      { publisher: 'nik, 10' },
      'publisher 1: no publisher "nik"; use the alias or the id of a partner of this program',
    ],
    [
      'a sub beyond the twentieth',
      { conversion_sub: 'sub21, a, 10' },
      'conversion_sub 1: "sub21" is no sub name; use sub1 to sub20',
    ],
    ['a sub number zero', { conversion_sub: 'sub0, a, 10' }, 'conversion_sub 1: "sub0" is no sub name; use sub1 to sub20'],
    [
      'a sub without its value',
      { conversion_sub: 'sub1, , 10' },
      'conversion_sub 1: the sub value is missing; write the value that the sub must have',
    ],
    ['a missing type', { type: ', 10' }, 'type 1: the type is missing; write one, for example Lead'],
    ['a type of 51 characters', { type: `${'x'.repeat(51)}, 10` }, 'type 1: a type has at most 50 characters; shorten it'],
    ['a text for a value', { geo: 'US, ten' }, 'geo 1: "ten" is no value; write a number with a point, for example 12.5'],
    ['an empty value', { geo: 'US,' }, 'geo 1: "" is no value; write a number with a point, for example 12.5'],
    ['a value with a currency', { geo: 'US, $10' }, 'geo 1: "$10" is no value; write a number with a point, for example 12.5'],
    ['a value in exponents', { geo: 'US, 1e3' }, 'geo 1: "1e3" is no value; write a number with a point, for example 12.5'],
    ['a value below zero', { geo: 'US, -1' }, 'geo 1: the value -1 is below 0; write 0 or more'],
    ['five decimals', { hybrid: 'Lead, 1.00000' }, 'hybrid 1: the value 1.00000 has more than 4 decimals; round it'],
    ['more than all of it', { hybrid: 'Lead, 100.0001' }, `hybrid 1: 100.0001 % ${percentTooMuch}`],
    ['a percentage beyond reason', { hybrid: 'Lead, 99999999999999999' }, `hybrid 1: 99999999999999999 % ${percentTooMuch}`],
    ['a fraction of a cent', { geo: 'US, 10.005' }, 'geo 1: 10.005 is no amount of USD, which has 2 decimals; round it'],
    ['an amount beyond reason', { geo: 'US, 99999999999999999' }, 'geo 1: the amount 99999999999999999 is too large; check it'],
    ['the same key twice', { geo: 'UK, 10\nDE, 8\n\ngb, 9' }, 'geo 4: the same key as line 1; keep one of the two'],
    [
      'one publisher by alias and id',
      { publisher: `NICK, 10\n${NICK}, 9` },
      'publisher 2: the same key as line 1; keep one of the two',
    ],
  ])('%s', (_, texts, message) => expect(faults(texts)).toEqual([message]))

  test('all errors of all tables come at once, several a line, and no line is given', () => {
    const read = parse({ geo: 'USA, x\nDE, 8', publisher_sub: 'nobody, sub99, a, 10', type: 'Lead, 15\n\nLead, y' })
    expect(read.lines).toBeUndefined()
    expect(read.errors?.map(({ tab, line }) => [tab, line])).toEqual([
      ['geo', 1],
      ['geo', 1],
      ['publisher_sub', 1],
      ['publisher_sub', 1],
      ['type', 3],
      ['type', 3],
    ])
  })

  test('the same key in two tables, and keys that differ only in case, are no errors', () => {
    expect(
      faults({ type: 'Lead, 15\nlead, 14', hybrid: 'Lead, 5', conversion_sub: 'sub1, a, 1\nsub1, A, 1\nsub2, a, 1' }),
    ).toBeUndefined()
  })

  test.each([
    ['zero', 'US, 0', 'USD', 0],
    ['four decimals when the last two are zero', 'US, 10.5000', 'USD', 1050],
    ['yen have no decimals', 'US, 1000', 'JPY', 1000],
    ['dinars have three', 'US, 1.005', 'KWD', 1005],
    ['forints have two', 'US, 10.50', 'HUF', 1050],
  ])('an amount that fits its currency: %s', (_, geo, currency, cents) => {
    expect(parse({ geo }, 'cpa', currency).lines?.[0]?.amount).toBe(cents)
  })

  test('an amount that does not fit: yen with a fraction; as a percentage the same value is right', () => {
    expect(faults({ geo: 'US, 10.5' }, 'cpa', 'JPY')).toEqual(['geo 1: 10.5 is no amount of JPY, which has 0 decimals; round it'])
    expect(parse({ geo: 'US, 10.5' }, 'revshare', 'JPY').lines?.[0]).toMatchObject({ model: 'percent', amount: 105_000 })
    expect(parse({ geo: 'US, 100' }, 'revshare').lines?.[0]?.amount).toBe(1_000_000)
  })
})

test('whatever is typed, reading never throws and says either lines or errors [RT-18]', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ',',
      '"',
      '\n',
      '\r\n',
      ' ',
      'nick',
      'sub1',
      'US',
      'IOS',
      '10',
      '-1',
      '.5',
      '""',
      '\u0000',
      '9'.repeat(30),
      '__proto__',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  )
  const text = fc.array(piece, { maxLength: 30 }).map(pieces => pieces.join(''))
  const texts = fc.dictionary(fc.constantFrom(...tableKeys), text) as fc.Arbitrary<Texts>
  fc.assert(
    fc.property(texts, fc.constantFrom('cpa' as const, 'revshare' as const), (some, model) => {
      const { lines, errors } = parse(some, model)
      expect((lines === undefined) !== (errors === undefined)).toBe(true)
      for (const line of lines ?? []) expect(Number.isSafeInteger(line.amount) && line.amount >= 0).toBe(true)
      for (const { line, message } of errors ?? []) expect(line >= 1 && message.length > 0).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

test('a table of 20,000 lines is read in about a second, a hostile line of 500,000 characters too', () => {
  const start = performance.now()
  expect(parse({ type: Array.from({ length: 20_000 }, (_, n) => `T${n}, 10`).join('\n') }).lines).toHaveLength(20_000)
  for (const hostile of ['"'.repeat(500_000), `a,${' '.repeat(499_000)}"x`, ','.repeat(500_000), `"${'""'.repeat(249_000)}x`]) {
    expect(parse({ conversion_sub: hostile, geo_os: hostile }).errors).toBeDefined()
  }
  expect(performance.now() - start).toBeLessThan(4_000)
})

test.each([
  ['iOS 17.2', 'IOS'],
  ['iPhone OS 17_2', 'IOS'],
  ['IOS', 'IOS'],
  ['Android 14', 'ANDROID'],
  ['android', 'ANDROID'],
  ['Windows 11', 'WINDOWS'],
  ['Windows NT 10.0', 'WINDOWS'],
  ['Windows XP', 'WINDOWS'],
  ['Mac OS X 10_15', 'MACOS'],
  ['macOS', 'MACOS'],
  ['macOS Sonoma 14.1', 'MACOS'],
  ['OS X', 'MACOS'],
  ['Linux x86_64', 'LINUX'],
  ['Chrome OS 120', 'CHROMEOS'],
  ['KaiOS v3.1', 'KAIOS'],
  [' Ubuntu-22.04 ', 'UBUNTU'],
  ['', null],
  ['  ', null],
  ['17', null],
  [null, null],
])('the system %j is %j', (text, name) => expect(normalOs(text)).toBe(name))

test.each([
  ['us', 'US'],
  [' DE ', 'DE'],
  ['UK', 'GB'],
  ['uk', 'GB'],
  ['GB', 'GB'],
  ['USA', null],
  ['U1', null],
  ['ß', null],
  ['', null],
  [undefined, null],
])('the country %j is %j', (text, code) => expect(normalGeo(text)).toBe(code))

test('what was normalised once stays as it is', () => {
  const same = (normal: (text: string | null) => string | null) =>
    fc.property(fc.string(), text => {
      expect(normal(normal(text))).toBe(normal(text))
    })
  fc.assert(same(normalOs), { numRuns: 1_000 })
  fc.assert(same(normalGeo), { numRuns: 1_000 })
})
