import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TableKey } from '../../src/core/custom-payout.ts'
import { parseTables } from '../../src/core/custom-payout-lines.ts'
import { compile, describeTerms, needsCount, type Priceable, price, recall, reprice, type Terms } from '../../src/core/price.ts'

const NICK = '0195a000-0000-7000-8000-000000000001'
const OTHER = '0195a000-0000-7000-8000-000000000002'
type Texts = Partial<Record<TableKey, string>>

function terms(some: Partial<Terms>, texts: Texts = {}): Terms {
  const base = {
    campaign_id: 'shop',
    version: 7,
    cost_model: 'cpa' as const,
    currency: 'USD',
    amount_cents: null,
    percent_ppm: null,
  }
  const all = { ...base, tiers: [], lines: [], ...some }
  const model = all.cost_model === 'revshare' ? 'revshare' : 'cpa'
  const { lines, errors } = parseTables(texts, model, text => (text === 'nick' ? NICK : null), all.currency)
  if (!lines) throw new Error(JSON.stringify(errors))
  return { ...all, lines }
}
const cpa = (amount_cents: number, texts: Texts = {}, more: Partial<Terms> = {}) =>
  terms({ cost_model: 'cpa', amount_cents, ...more }, texts)
const revshare = (percent_ppm: number, texts: Texts = {}, more: Partial<Terms> = {}) =>
  terms({ cost_model: 'revshare', percent_ppm, ...more }, texts)

const sale = (some: Partial<Priceable> = {}): Priceable => ({
  partner_id: OTHER,
  type: 'Sale',
  country: null,
  os: null,
  subs: null,
  conversion_subs: null,
  revenue_cents: 0,
  currency: 'USD',
  payout_cents: null,
  nth: null,
  waived: null,
  ...some,
})
const priced = (some: Terms, c: Partial<Priceable> = {}) => price(compile(some), sale(c))
const cents = (some: Terms, c: Partial<Priceable> = {}) => priced(some, c).amount_cents

describe("the campaign's own rate", () => {
  test('flat: 5.00 a sale pays 5.00 whatever the sale was [TR-52]', () => {
    expect(cents(cpa(5_00))).toBe(500)
    expect(cents(cpa(5_00), { revenue_cents: 49_99 })).toBe(500)
  })
  test('percentage: 10 % of 49.99 is 5.00, since 4.999 rounds to the cent [TR-52]', () => {
    expect(cents(revshare(100_000), { revenue_cents: 49_99 })).toBe(500)
  })
  test.each([
    ['12.5 % of 0.04 is half a cent and rounds up', 125_000, 4, 1],
    ['12.5 % of 0.03 is less than half a cent', 125_000, 3, 0],
    ['0.0001 % of 5,000.00 is half a cent', 1, 500_000, 1],
    ['100 % is all of it', 1_000_000, 123_456_789, 123_456_789],
    ['33.3333 % of ninety billion dollars is exact', 333_333, 9_000_000_000_001, 2_999_997_000_000],
  ])('%s', (_, percent_ppm, revenue_cents, expected) => expect(cents(revshare(percent_ppm), { revenue_cents })).toBe(expected))
})

describe('tiers', () => {
  const tiered = revshare(
    100_000,
    {},
    {
      tiers: [
        { from: 101, percent_ppm: 150_000 },
        { from: 1, percent_ppm: 100_000 },
      ],
    },
  )

  test.each([
    [1, 500],
    [99, 500],
    [100, 500],
    [101, 750],
    [102, 750],
    [5_000, 750],
  ])('vector D9.8: 10 %% for the first 100, 15 %% after: sale %i of 50.00 earns %i cents [TR-53]', (nth, expected) => {
    expect(cents(tiered, { nth, revenue_cents: 50_00 })).toBe(expected)
  })
  test('a tier may be an amount, and before the first tier the campaign rate applies', () => {
    const flat = revshare(100_000, {}, { tiers: [{ from: 11, amount_cents: 7_00 }] })
    expect([10, 11].map(nth => cents(flat, { nth, revenue_cents: 50_00 }))).toEqual([500, 700])
  })
  test('a conversion that was not counted earns the campaign rate', () => {
    expect(cents(tiered, { nth: null, revenue_cents: 50_00 })).toBe(500)
  })
  test('only terms with tiers need the count', () => {
    expect([tiered, cpa(5_00)].map(some => needsCount(compile(some)))).toEqual([true, false])
  })
  test('a tier without amount or percentage is a bug, not a price of nothing', () => {
    expect(() => compile(cpa(5_00, {}, { tiers: [{ from: 1 }] }))).toThrow('tier from 1 has neither')
  })
})

describe('vector D9.9', () => {
  test('RevShare 30, revenue 80.00 earns 24.00', () => expect(cents(revshare(300_000), { revenue_cents: 80_00 })).toBe(2400))
  test('RevShare 30 with Hybrid "Signup, 5": a Signup without revenue earns 5.00', () => {
    expect(cents(revshare(300_000, { hybrid: 'Signup, 5' }), { type: 'Signup' })).toBe(500)
  })
  test('CPA 10 with Hybrid "Deposit, 20": a Deposit of 200.00 earns 40.00', () => {
    expect(cents(cpa(10_00, { hybrid: 'Deposit, 20' }), { type: 'Deposit', revenue_cents: 200_00 })).toBe(4000)
  })
})

test.each([
  [{ partner_id: NICK, country: 'US', subs: { sub1: '12347' } }, 1800],
  [{ partner_id: NICK, country: 'US', subs: { sub1: '1' } }, 1400],
  [{ partner_id: NICK, country: 'DE', subs: { sub1: '12347' } }, 1600],
  [{ partner_id: OTHER, country: 'US' }, 1200],
  [{ partner_id: OTHER, country: 'DE' }, 1000],
])('vector D9.10: CPA 10 with four tables, %j earns %i cents', (c, expected) => {
  const texts = { geo: 'US, 12', publisher: 'nick, 14', publisher_sub: 'nick, sub1, 12347, 16' }
  expect(cents(cpa(10_00, { ...texts, publisher_sub_geo: 'nick, sub1, 12347, US, 18' }), c)).toBe(expected)
})

describe('rate order, one level at a time (D2.13)', () => {
  const full = cpa(
    1_00,
    { hybrid: 'Deposit, 50', publisher: 'nick, 3', geo: 'US, 4' },
    { tiers: [{ from: 1, amount_cents: 2_00 }] },
  )
  const everything = { partner_id: NICK, country: 'US', type: 'Deposit', revenue_cents: 10_00, nth: 1 }
  const level = (c: Partial<Priceable>, some = full) => {
    const { amount_cents, inputs } = priced(some, { ...everything, ...c })
    return [inputs.level, inputs.tab, amount_cents]
  }

  test('a waived conversion pays nothing, even with a postback payout [ON-13]', () => {
    expect(level({ waived: 'over_cap', payout_cents: 7_50 })).toEqual(['waived', undefined, 0])
    expect(level({ waived: 'publisher_paused', payout_cents: 7_50 })).toEqual(['waived', undefined, 0])
  })
  test('the postback payout beats every rule, at 0.00 too [ON-13]', () => {
    expect(level({ payout_cents: 7_50 })).toEqual(['postback', undefined, 750])
    expect(level({ payout_cents: 0 })).toEqual(['postback', undefined, 0])
  })
  test('Hybrid beats the other custom lines [ON-13]', () => expect(level({})).toEqual(['line', 'hybrid', 500]))
  test('a custom line beats the tier, in the order of C6.4 [ON-13]', () => {
    expect(level({ type: 'Sale' })).toEqual(['line', 'publisher', 300])
    expect(level({ type: 'Sale', partner_id: OTHER })).toEqual(['line', 'geo', 400])
  })
  test('the tier beats the campaign default [ON-13]', () => {
    expect(level({ type: 'Sale', partner_id: OTHER, country: 'DE' })).toEqual(['tier', undefined, 200])
  })
  test('the campaign default comes last [ON-13]', () => {
    expect(level({ type: 'Sale', partner_id: OTHER, country: 'DE' }, { ...full, tiers: [] })).toEqual(['default', undefined, 100])
  })
})

describe('a campaign that is neither CPA nor RevShare', () => {
  test.each([
    ['cpc', 'CPC'],
    ['cpm', 'CPM'],
    ['popcpm', 'PopCPM'],
    ['none', 'Do not track'],
  ] as const)('%s pays partners nothing, and says so', (cost_model, name) => {
    const { amount_cents, because, inputs } = priced(cpa(5_00, { geo: 'US, 9' }, { cost_model }), { country: 'US', nth: 1 })
    expect(amount_cents).toBe(0)
    expect(because).toBe(`0.00 USD: the campaign's cost model ${name} pays partners nothing`)
    expect(inputs).toMatchObject({ level: 'default', reason: 'cost_model' })
  })
  test('but a postback payout is paid', () => expect(cents(terms({ cost_model: 'cpc' }), { payout_cents: 7_50 })).toBe(750))
})

describe('currencies: nothing is converted (F 27)', () => {
  const euros = { country: 'US', type: 'Deposit', revenue_cents: 80_00, currency: 'EUR' }
  const of = (some: Terms, c: Partial<Priceable> = euros) => {
    const { amount_cents, currency } = priced(some, c)
    return `${amount_cents} ${currency}`
  }
  test('a fixed amount is owed in the currency of the campaign', () => {
    expect(of(cpa(10_00))).toBe('1000 USD')
    expect(of(cpa(10_00, { geo: 'US, 12' }))).toBe('1200 USD')
    expect(of(revshare(100_000, { hybrid: 'Deposit, 5' }))).toBe('500 USD')
  })
  test('a percentage is owed in the currency of the conversion', () => {
    expect(of(revshare(100_000))).toBe('800 EUR')
    expect(of(cpa(10_00, { hybrid: 'Deposit, 20' }))).toBe('1600 EUR')
  })
  test('a postback payout is in the currency of the conversion', () =>
    expect(of(cpa(10_00), { ...euros, payout_cents: 7_50 })).toBe('750 EUR'))
  test('yen and dinars are written with their own digits', () => {
    expect(priced(cpa(1_000, {}, { currency: 'JPY' })).because).toBe('1000 JPY per Sale (campaign rate)')
    expect(priced(revshare(100_000), { revenue_cents: 10_005, currency: 'KWD' }).because).toBe(
      '10 % of 10.005 KWD (campaign rate)',
    )
  })
})

describe('the sentence and the inputs come from the same values', () => {
  const sub = { publisher_sub: 'nick, sub1, 12347, 16' }
  const nick = { partner_id: NICK, subs: { sub1: '12347' } }
  test.each<[string, Terms, Partial<Priceable>, object]>([
    [
      '10 % of 80.00 USD (campaign rate)',
      revshare(100_000),
      { revenue_cents: 80_00 },
      { level: 'default', model: 'percent', value: '10' },
    ],
    ['10.00 USD per Sale (campaign rate)', cpa(10_00), {}, { level: 'default', model: 'fixed', value: '10.00' }],
    [
      '0.00 USD per Sale (the campaign has no rate of its own)',
      terms({}),
      {},
      { level: 'default', model: 'fixed', value: '0.00' },
    ],
    [
      '16.00 USD per Sale: PUBLISHER/ALIAS SUBID line 1 "nick, sub1, 12347, 16"',
      cpa(10_00, sub),
      nick,
      { level: 'line', tab: 'publisher_sub', line: 1, text: 'nick, sub1, 12347, 16', model: 'fixed', value: '16.00' },
    ],
    [
      '20 % of 200.00 USD: HYBRID line 2 "Deposit, 20"',
      cpa(10_00, { hybrid: '\nDeposit, 20' }),
      { type: 'Deposit', revenue_cents: 200_00 },
      { level: 'line', tab: 'hybrid', line: 2, text: 'Deposit, 20', model: 'percent', value: '20' },
    ],
    [
      '15 % of 50.00 USD (conversion 101, tier from 101)',
      revshare(100_000, {}, { tiers: [{ from: 101, percent_ppm: 150_000 }] }),
      { revenue_cents: 50_00, nth: 101 },
      { level: 'tier', model: 'percent', value: '15', nth: 101 },
    ],
    ['Postback set 7.50 USD', cpa(10_00), { payout_cents: 7_50 }, { level: 'postback', model: 'fixed', value: '7.50' }],
    [
      '0.00 USD: over the daily cap',
      cpa(10_00),
      { waived: 'over_cap', cap: 'daily' },
      { level: 'waived', model: 'fixed', value: '0.00', reason: 'over_cap', cap: 'daily' },
    ],
    [
      '0.00 USD: over the cap',
      cpa(10_00),
      { waived: 'over_cap' },
      { level: 'waived', model: 'fixed', value: '0.00', reason: 'over_cap' },
    ],
    [
      '0.00 USD: the publisher is paused',
      cpa(10_00),
      { waived: 'publisher_paused' },
      { level: 'waived', model: 'fixed', value: '0.00', reason: 'publisher_paused' },
    ],
  ])('%s', (because, some, c, inputs) => {
    const result = priced(some, c)
    expect(result.because).toBe(because)
    expect(result.inputs).toEqual({ campaign_id: 'shop', version: 7, ...inputs })
    expect(JSON.parse(JSON.stringify(result))).toEqual(result)
  })

  test('shared inputs cannot be changed by whoever holds them', () => {
    const { inputs } = priced(cpa(10_00))
    expect(() => Object.assign(inputs, { value: '99.00' })).toThrow(TypeError)
  })
})

const amount = fc.integer({ min: 0, max: 5_000_00 })
const someTerms = fc
  .record({
    is_cpa: fc.boolean(),
    amount,
    percent: fc.integer({ min: 0, max: 1_000_000 }),
    tiered: fc.boolean(),
    from: fc.integer({ min: 1, max: 50 }),
  })
  .map(({ is_cpa, amount, percent, tiered, from }) => {
    const tiers = tiered
      ? [
          { from, amount_cents: amount },
          { from: from + 10, percent_ppm: percent },
        ]
      : []
    const texts = {
      hybrid: 'Deposit, 20',
      publisher: 'nick, 14.5',
      type_geo: 'Lead, US, 3',
      conversion_sub: 'sub1, p, 4\nsub2, q, 5',
    }
    return is_cpa ? cpa(amount, texts, { tiers }) : revshare(percent, texts, { tiers })
  })
const someSale = fc
  .record({
    partner_id: fc.constantFrom(NICK, OTHER),
    type: fc.constantFrom('Deposit', 'Lead', 'Sale'),
    country: fc.constantFrom('US', 'DE', null),
    conversion_subs: fc.constantFrom<Record<string, string> | null>(null, { sub1: 'p' }, { sub2: 'q', sub1: 'p' }),
    revenue_cents: fc.oneof(amount, fc.maxSafeInteger().map(Math.abs)),
    currency: fc.constantFrom('USD', 'EUR', 'JPY'),
    payout_cents: fc.option(amount, { freq: 4 }),
    nth: fc.option(fc.integer({ min: 1, max: 100 })),
    waived: fc.option(fc.constantFrom('over_cap' as const, 'publisher_paused' as const), { freq: 4 }),
  })
  .map(sale)

test('pricing again from what was stored gives the same cents, sentence and inputs', () => {
  const property = fc.property(someTerms, someSale, (some, c) => {
    const first = price(compile(some), c)
    const stored = JSON.parse(
      JSON.stringify({ terms: some, conversion: { ...c, nth: null, waived: null }, inputs: first.inputs }),
    )
    expect(reprice(compile(stored.terms), { ...stored.conversion, ...recall(stored.inputs) })).toEqual(first)
  })
  fc.assert(property, { numRuns: 2_000 })
})

test('the order and the size of batches do not matter', () => {
  const property = fc.property(someTerms, fc.array(someSale, { minLength: 1, maxLength: 30 }), fc.nat(), (some, sales, turn) => {
    const pricer = compile(some)
    const at = turn % sales.length
    const whole = sales.map(c => price(pricer, c))
    const parts = [...sales.slice(at), ...sales.slice(0, at)].map(c => price(compile(some), c))
    expect([...parts.slice(sales.length - at), ...parts.slice(0, sales.length - at)]).toEqual(whole)
  })
  fc.assert(property, { numRuns: 300 })
})

test('a price is a whole number of cents of 0 or more, and a share never exceeds the revenue', () => {
  const property = fc.property(someTerms, someSale, (some, c) => {
    const { amount_cents, inputs } = price(compile(some), c)
    expect(Number.isSafeInteger(amount_cents) && amount_cents >= 0).toBe(true)
    if (inputs.model === 'percent') expect(amount_cents).toBeLessThanOrEqual(c.revenue_cents)
  })
  fc.assert(property, { numRuns: 2_000 })
})

test.each([
  ['10.00 USD per conversion', cpa(10_00)],
  ['30 % of revenue', revshare(300_000)],
  ['10 % of revenue, 15 % from conversion 101', revshare(100_000, {}, { tiers: [{ from: 101, percent_ppm: 150_000 }] })],
  [
    '10.00 USD per conversion, 12.00 USD from conversion 11, 1 custom payout line',
    cpa(10_00, { geo: 'US, 9' }, { tiers: [{ from: 11, amount_cents: 12_00 }] }),
  ],
  ['10.00 USD per conversion, 2 custom payout lines', cpa(10_00, { geo: 'US, 9\nDE, 8' })],
  ['pays partners nothing (CPC)', terms({ cost_model: 'cpc' })],
])('terms in one sentence: %s', (sentence, some) => expect(describeTerms(some)).toBe(sentence))
