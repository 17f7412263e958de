import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lineModel, normalGeo, normalOs, precedence, type TableKey, tableOf, tables } from '../../src/core/custom-payout.ts'
import { parseTables } from '../../src/core/custom-payout-lines.ts'
import { contest, indexLines, type Matchable, match } from '../../src/core/custom-payout-match.ts'
import { compile, price } from '../../src/core/price.ts'

const NICK = '0195a000-0000-7000-8000-000000000001'
const OTHER = '0195a000-0000-7000-8000-000000000002'
const partners: Record<string, string> = { nick: NICK, [NICK]: NICK, other: OTHER, 'smith, ltd': OTHER }
const resolve = (text: string) => partners[text.toLowerCase()] ?? null

type Texts = Partial<Record<TableKey, string>>
type Model = 'cpa' | 'revshare'
type Sale = Partial<Matchable> & { publisher?: 'nick' | 'other'; revenue_cents?: number }

const parse = (texts: Texts, model: Model = 'cpa', currency = 'USD') => parseTables(texts, model, resolve, currency)
function linesOf(texts: Texts, model: Model = 'cpa') {
  const { lines, errors } = parse(texts, model)
  if (!lines) throw new Error(JSON.stringify(errors))
  return lines
}

/** A sale as the recorder hands it on: country and system in their one spelling. */
const matchable = ({ publisher = 'other', ...c }: Sale): Matchable => ({
  partner_id: partners[publisher]!,
  type: c.type ?? 'sale',
  country: normalGeo(c.country),
  os: normalOs(c.os),
  subs: c.subs ?? null,
  conversion_subs: c.conversion_subs ?? null,
})

/** What a campaign of 3.00 USD a conversion (or of 30 %) with these custom lines pays for a sale, in cents. */
function pays(model: Model, texts: Texts, sale: Sale): number {
  const rates = { amount_cents: model === 'cpa' ? 300 : null, percent_ppm: model === 'revshare' ? 300_000 : null, tiers: [] }
  const terms = { campaign_id: 'shop', version: 1, cost_model: model, currency: 'USD', ...rates, lines: linesOf(texts, model) }
  const facts = { revenue_cents: sale.revenue_cents ?? 0, currency: 'USD', payout_cents: null, nth: null, waived: null }
  return price(compile(terms), { ...matchable(sale), ...facts }).amount_cents
}

describe('each table pays only what it names; the campaign pays 3.00 otherwise', () => {
  const example = (title: string, texts: Texts, rows: [string, Sale, number][]) =>
    test.each(rows)(`${title}: %s`, (_, sale, cents) => expect(pays('cpa', texts, sale)).toBe(cents))

  example('GEO "US, 10" [RT-03]', { geo: 'US, 10' }, [
    ['a sale in the US pays 10.00', { country: 'US' }, 1000],
    ['a sale in the us, written small, pays 10.00', { country: 'us' }, 1000],
    ['a sale in Germany pays the default', { country: 'DE' }, 300],
    ['a sale of unknown country pays the default', {}, 300],
  ])
  example('GEO/OS "IOS, US, 10" [RT-04]', { geo_os: 'IOS, US, 10' }, [
    ['iOS 17 in the US pays 10.00', { os: 'iOS 17', country: 'US' }, 1000],
    ['Android in the US pays the default', { os: 'Android 14', country: 'US' }, 300],
    ['iOS in Germany pays the default', { os: 'iOS 17', country: 'DE' }, 300],
    ['an unknown system in the US pays the default', { country: 'US' }, 300],
  ])
  example('PUBLISHER/ALIAS "nick, 10" [RT-05]', { publisher: 'nick, 10' }, [
    ['nick earns 10.00', { publisher: 'nick' }, 1000],
    ['another publisher earns the default', { publisher: 'other' }, 300],
  ])
  example('PUBLISHER/ALIAS by id [RT-05]', { publisher: `${NICK}, 10` }, [
    ['the publisher of that id earns 10.00', { publisher: 'nick' }, 1000],
    ['another publisher earns the default', { publisher: 'other' }, 300],
  ])
  example('PUBLISHER/ALIAS SUBID "nick, sub1, 12347, 10" [RT-06]', { publisher_sub: 'nick, sub1, 12347, 10' }, [
    ['nick with sub1=12347 earns 10.00', { publisher: 'nick', subs: { sub1: '12347' } }, 1000],
    ['nick with sub1=1 earns the default', { publisher: 'nick', subs: { sub1: '1' } }, 300],
    ['nick with sub2=12347 earns the default', { publisher: 'nick', subs: { sub2: '12347' } }, 300],
    ['nick without subs earns the default', { publisher: 'nick' }, 300],
    ['another with sub1=12347 earns the default', { subs: { sub1: '12347' } }, 300],
  ])
  example('PUBLISHER/ALIAS SUBID/ GEO "nick, sub1, 12347, US, 10" [RT-07]', { publisher_sub_geo: 'nick, sub1, 12347, US, 10' }, [
    ['nick with the sub in the US earns 10.00', { publisher: 'nick', subs: { sub1: '12347' }, country: 'US' }, 1000],
    ['nick with the sub in Germany earns the default', { publisher: 'nick', subs: { sub1: '12347' }, country: 'DE' }, 300],
    ['nick in the US without the sub earns the default', { publisher: 'nick', country: 'US' }, 300],
    ['another with the sub in the US earns the default', { subs: { sub1: '12347' }, country: 'US' }, 300],
  ])
  example('CONVERSION SUBS "sub1, product1, 10" [RT-10]', { conversion_sub: 'sub1, product1, 10' }, [
    ['product1 in the postback pays 10.00', { conversion_subs: { sub1: 'product1' } }, 1000],
    ['product1 in the click alone pays the default', { subs: { sub1: 'product1' } }, 300],
    ['Product1, in another case, pays the default', { conversion_subs: { sub1: 'Product1' } }, 300],
  ])
  const all = { type: 'Lead', country: 'US', conversion_subs: { sub1: 'product1' } }
  example('TYPE/GEO/CONVSUB needs all three [RT-11]', { type_geo_conversion_sub: 'Lead, US, sub1, product1, 15' }, [
    ['all three pay 15.00', all, 1500],
    ['another type pays the default', { ...all, type: 'Signup' }, 300],
    ['another country pays the default', { ...all, country: 'DE' }, 300],
    ['another product pays the default', { ...all, conversion_subs: { sub1: 'product2' } }, 300],
  ])
  example('TYPE/CONVSUB "Lead, sub1, product1, 15" [RT-12]', { type_conversion_sub: 'Lead, sub1, product1, 15' }, [
    ['a Lead for product1 pays 15.00 in any country', { ...all, country: 'DE' }, 1500],
    ['another type pays the default', { ...all, type: 'Signup' }, 300],
    ['no conversion sub pays the default', { type: 'Lead' }, 300],
  ])
  example('TYPE/GEO "Purchase, UK, 10" [RT-13]', { type_geo: 'Purchase, UK, 10' }, [
    ['a Purchase in GB pays 10.00', { type: 'Purchase', country: 'GB' }, 1000],
    ['a Purchase in UK, as some send it, pays 10.00', { type: 'Purchase', country: 'uk' }, 1000],
    ['a Purchase in Ireland pays the default', { type: 'Purchase', country: 'IE' }, 300],
    ['a Lead in GB pays the default', { type: 'Lead', country: 'GB' }, 300],
  ])
  example('TYPE "Lead, 15" [RT-14]', { type: 'Lead, 15' }, [
    ['a Lead pays 15.00', { type: 'Lead' }, 1500],
    ['a lead, in another case, pays the default', { type: 'lead' }, 300],
  ])
  example(
    'the twentieth sub counts like the first [RT-39]',
    { publisher_sub: 'nick, sub20, z, 10', conversion_sub: 'sub20, p, 12' },
    [
      ['nick with sub20=z earns 10.00', { publisher: 'nick', subs: { sub20: 'z' } }, 1000],
      ['a conversion with sub20=p pays 12.00', { conversion_subs: { sub20: 'p' } }, 1200],
      ['sub2=z is another sub', { publisher: 'nick', subs: { sub2: 'z' } }, 300],
    ],
  )
})

describe('what the value means', () => {
  test.each([
    ['RevShare 30, a Signup without revenue pays 5.00 fixed', 'revshare', 'Signup, 5', { type: 'Signup' }, 500],
    [
      'RevShare 30, a Signup of 80.00 pays 5.00 all the same',
      'revshare',
      'Signup, 5',
      { type: 'Signup', revenue_cents: 8000 },
      500,
    ],
    ['RevShare 30, a Purchase of 80.00 stays at 30 %', 'revshare', 'Signup, 5', { type: 'Purchase', revenue_cents: 8000 }, 2400],
  ] as const)('HYBRID under RevShare is a fixed amount: %s [RT-08]', (_, model, hybrid, sale, cents) => {
    expect(pays(model, { hybrid }, sale)).toBe(cents)
  })

  test.each([
    ['a Deposit of 200.00 pays 40.00', { type: 'Deposit', revenue_cents: 20000 }, 4000],
    ['a Purchase of 200.00 pays the fixed 3.00', { type: 'Purchase', revenue_cents: 20000 }, 300],
  ])('HYBRID "Deposit, 20" under CPA is a percentage: %s [RT-09]', (_, sale, cents) => {
    expect(pays('cpa', { hybrid: 'Deposit, 20' }, sale)).toBe(cents)
  })

  test.each([0, 1, 8000, 9_999_999])('CPA: a value of 10 is 10.00 whatever the revenue (%i cents) [RT-15]', revenue_cents => {
    expect(pays('cpa', { geo: 'US, 10' }, { country: 'US', revenue_cents })).toBe(1000)
  })

  test.each([
    ['80.00', 8000, 800],
    ['0.00', 0, 0],
    ['0.05 (0.005 rounds up to a cent)', 5, 1],
    ['0.04 (0.004 rounds down to nothing)', 4, 0],
  ])('RevShare: a value of 10 is 10 %% of revenue %s [RT-16]', (_, revenue_cents, cents) => {
    expect(pays('revshare', { geo: 'US, 10' }, { country: 'US', revenue_cents })).toBe(cents)
  })

  test('only Hybrid inverts the model', () => {
    const fixed = (model: Model) => tables.filter(({ key }) => lineModel(key, model) === 'fixed').map(({ key }) => key)
    expect(fixed('revshare')).toEqual(['hybrid'])
    expect(fixed('cpa')).toEqual(tables.map(({ key }) => key).filter(key => key !== 'hybrid'))
  })
})

describe('which table wins', () => {
  const D9_10 = {
    geo: 'US, 12',
    publisher: 'nick, 14',
    publisher_sub: 'nick, sub1, 12347, 16',
    publisher_sub_geo: 'nick, sub1, 12347, US, 18',
  }
  test.each([
    ['nick, US, sub1=12347', { publisher: 'nick', country: 'US', subs: { sub1: '12347' } }, 1800],
    ['nick, US, sub1=1', { publisher: 'nick', country: 'US', subs: { sub1: '1' } }, 1400],
    ['nick, DE, sub1=12347', { publisher: 'nick', country: 'DE', subs: { sub1: '12347' } }, 1600],
    ['other, US', { publisher: 'other', country: 'US' }, 1200],
  ] as const)('vector D9.10: %s [RT-17]', (_, sale, cents) => expect(pays('cpa', D9_10, sale)).toBe(cents))

  test('vector D9.10: other, DE earns the campaign default of 10.00 [RT-17]', () => {
    const rates = { cost_model: 'cpa' as const, amount_cents: 1000, percent_ppm: null, tiers: [], currency: 'USD' }
    const pricer = compile({ campaign_id: 'shop', version: 1, ...rates, lines: linesOf(D9_10) })
    const facts = { revenue_cents: 0, currency: 'USD', payout_cents: null, nth: null, waived: null }
    expect(price(pricer, { ...matchable({ country: 'DE' }), ...facts }).amount_cents).toBe(1000)
  })

  test('Hybrid beats a publisher line for its type, and only for its type [RT-17]', () => {
    const texts = { hybrid: 'Deposit, 20', publisher: 'nick, 14' }
    expect(pays('cpa', texts, { publisher: 'nick', type: 'Deposit', revenue_cents: 20000 })).toBe(4000)
    expect(pays('cpa', texts, { publisher: 'nick', type: 'Purchase', revenue_cents: 20000 })).toBe(1400)
  })

  test('each table beats every table after it, and the campaign default comes last [RT-17]', () => {
    const everything: Record<TableKey, string> = {
      hybrid: 'Lead, 1',
      publisher_sub_geo: 'nick, sub1, a, US, 2',
      type_geo_conversion_sub: 'Lead, US, sub1, b, 3',
      publisher_sub: 'nick, sub1, a, 4',
      type_conversion_sub: 'Lead, sub1, b, 5',
      type_geo: 'Lead, US, 6',
      geo_os: 'IOS, US, 7',
      publisher: 'nick, 8',
      conversion_sub: 'sub1, b, 9',
      type: 'Lead, 10',
      geo: 'US, 11',
    }
    const c = matchable({
      publisher: 'nick',
      type: 'Lead',
      country: 'US',
      os: 'iOS',
      subs: { sub1: 'a' },
      conversion_subs: { sub1: 'b' },
    })
    const left = { ...everything } as Texts
    const winners = precedence.map(() => {
      const tab = match(indexLines(linesOf(left)), c)!.tab
      delete left[tab]
      return tab
    })
    expect(winners).toEqual(Object.keys(everything))
    expect(match(indexLines(linesOf(left)), c)).toBeNull()
  })

  test.each([
    ['publisher_sub', 'nick, sub3, z, 10\nnick, sub1, a, 20', { subs: { sub1: 'a', sub3: 'z' } }],
    ['publisher_sub_geo', 'nick, sub3, z, US, 10\nnick, sub1, a, US, 20', { subs: { sub1: 'a', sub3: 'z' } }],
    ['conversion_sub', 'sub3, z, 10\nsub1, a, 20', { conversion_subs: { sub1: 'a', sub3: 'z' } }],
    ['type_conversion_sub', 'sale, sub3, z, 10\nsale, sub1, a, 20', { conversion_subs: { sub1: 'a', sub3: 'z' } }],
    ['type_geo_conversion_sub', 'sale, US, sub3, z, 10\nsale, US, sub1, a, 20', { conversion_subs: { sub1: 'a', sub3: 'z' } }],
  ] as const)('when two lines of %s match by different subs, the first in the text wins', (tab, text, subs) => {
    expect(pays('cpa', { [tab]: text }, { publisher: 'nick', country: 'US', ...subs })).toBe(1000)
    const swapped = text.split('\n').toReversed().join('\n')
    expect(pays('cpa', { [tab]: swapped }, { publisher: 'nick', country: 'US', ...subs })).toBe(2000)
  })
})

describe('the test tool says why each line lost', () => {
  const index = indexLines(
    linesOf({
      geo: 'DE, 8\nUS, 10',
      geo_os: 'ANDROID, US, 9',
      publisher: 'other, 14',
      publisher_sub: 'nick, sub2, x, 5\nnick, sub1, 7, 6\nnick, sub3, y, 7',
      conversion_sub: 'sub4, p, 3',
      hybrid: 'Deposit, 20',
    }),
  )

  test('in words, for a sale of nick in the US', () => {
    const sale = matchable({ publisher: 'nick', country: 'US', os: 'iOS 17', subs: { sub2: 'x', sub1: '7', sub3: 'n' } })
    const { winner, losers } = contest(index, sale)
    expect(winner).toMatchObject({
      tab: 'publisher_sub',
      line: 1,
      text: 'nick, sub2, x, 5',
      model: 'fixed',
      value: '5',
      amount: 500,
    })
    expect(losers.map(({ tab, line, why }) => `${tab} ${line}: ${why}`)).toEqual([
      'geo 1: country is US, the line wants DE',
      'geo 2: matched, but PUBLISHER/ALIAS SUBID comes first',
      'geo_os 1: OS is IOS, the line wants ANDROID',
      'publisher 1: the line is for another publisher',
      'publisher_sub 2: matched, but line 1 comes first',
      'publisher_sub 3: sub3 is n, the line wants y',
      'hybrid 1: type is sale, the line wants Deposit',
      'conversion_sub 1: conversion sub4 is not known, the line wants p',
    ])
  })

  test('and names every condition that failed when nothing wins', () => {
    const { winner, losers } = contest(index, { ...matchable({ country: 'FR' }), partner_id: null })
    expect(winner).toBeNull()
    expect(losers.find(({ tab }) => tab === 'geo_os')!.why).toBe(
      'country is FR, the line wants US; OS is not known, the line wants ANDROID',
    )
    expect(losers.find(({ tab }) => tab === 'publisher')!.why).toBe('no publisher is given, the line wants one')
  })
})

/**
 * The order of spec C6.4 by the numbers of the tabs, and each tab's conditions, written apart from the code under test:
 * a rule is drawn as data, put into text for the parser, and matched here by looking at every rule.
 */
const naiveOrder: [TableKey, string[]][] = [
  ['hybrid', ['type']],
  ['publisher_sub_geo', ['publisher', 'sub', 'geo']],
  ['type_geo_conversion_sub', ['type', 'geo', 'convsub']],
  ['publisher_sub', ['publisher', 'sub']],
  ['type_conversion_sub', ['type', 'convsub']],
  ['type_geo', ['type', 'geo']],
  ['geo_os', ['os', 'geo']],
  ['publisher', ['publisher']],
  ['conversion_sub', ['convsub']],
  ['type', ['type']],
  ['geo', ['geo']],
]
type Rule = { tab: TableKey; words: Record<string, string>; name: string; wanted: string }
const rule = fc.record({
  tab: fc.constantFrom(...naiveOrder.map(([tab]) => tab)),
  words: fc.record({
    type: fc.constantFrom('Lead', 'lead', 'Sale'),
    publisher: fc.constantFrom('nick', 'other'),
    geo: fc.constantFrom('US', 'DE', 'GB'),
    os: fc.constantFrom('IOS', 'ANDROID'),
  }),
  name: fc.constantFrom('sub1', 'sub2', 'sub20'),
  wanted: fc.constantFrom('a', 'A', 'b, "c"'),
})
const someSubs = fc.option(
  fc.dictionary(fc.constantFrom('sub1', 'sub2', 'sub20'), fc.constantFrom('a', 'A', 'b, "c"', 'z'), { maxKeys: 3 }),
)
const someSale = fc.record({
  publisher: fc.constantFrom('nick', 'other'),
  type: fc.constantFrom('Lead', 'lead', 'Sale', 'x'),
  country: fc.constantFrom('US', 'DE', 'GB', 'FR', null),
  os: fc.constantFrom('IOS', 'ANDROID', null),
  subs: someSubs,
  conversion_subs: someSubs,
})
type SomeSale = typeof someSale extends fc.Arbitrary<infer T> ? T : never

const conditions = Object.fromEntries(naiveOrder) as Record<TableKey, string[]>
function naiveFits({ tab, words, name, wanted }: Rule, sale: SomeSale): boolean {
  return conditions[tab].every(condition => {
    if (condition === 'sub') return sale.subs?.[name] === wanted
    if (condition === 'convsub') return sale.conversion_subs?.[name] === wanted
    return words[condition] === (condition === 'geo' ? sale.country : sale[condition as 'type' | 'publisher' | 'os'])
  })
}
function naiveWinner(rules: Rule[], sale: SomeSale): Rule | null {
  for (const [tab] of naiveOrder) for (const one of rules) if (one.tab === tab && naiveFits(one, sale)) return one
  return null
}
const textOf = ({ tab, words, name, wanted }: Rule): string =>
  tableOf[tab].fields
    .slice(0, -1)
    .map(field => (field === 'sub' ? name : field === 'sub_value' ? `"${wanted.replaceAll('"', '""')}"` : words[field]))
    .join(', ')

test('in 24,000 random cases the index finds the line that looking at every line finds [RT-17]', () => {
  let cases = 0
  let won = 0
  const sameRules = fc.uniqueArray(rule, { selector: one => one.tab + textOf(one), maxLength: 40 })
  const property = fc.property(sameRules, fc.array(someSale, { minLength: 60, maxLength: 60 }), (rules, sales) => {
    const texts: Texts = {}
    for (const one of rules) texts[one.tab] = `${texts[one.tab] ?? ''}${textOf(one)}, 1\n`
    const index = indexLines(linesOf(texts))
    for (const sale of sales) {
      const expected = naiveWinner(rules, sale)
      const { winner, losers } = contest(index, { ...sale, partner_id: partners[sale.publisher]! })
      expect(winner?.tab).toBe(expected?.tab)
      expect(winner?.text).toBe(expected ? `${textOf(expected)}, 1` : undefined)
      expect(losers.filter(({ why }) => why.startsWith('matched'))).toHaveLength(
        rules.filter(one => one !== expected && naiveFits(one, sale)).length,
      )
      cases += 1
      won += winner ? 1 : 0
    }
  })
  fc.assert(property, { numRuns: 400 })
  expect(cases).toBeGreaterThanOrEqual(20_000)
  expect(won).toBeGreaterThan(5_000)
})
