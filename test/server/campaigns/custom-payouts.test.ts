/** Custom payouts through the real API: a campaign, its tables, and what conversions then earn. */
import { describe, expect } from 'vitest'
import { cpa, earns, item, lines, record, revshare, type Shop, stories } from '../conversions/support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
type Case = [fields: Record<string, unknown>, cents: number]
type Row = { row: string; what: string; model?: 'cpa' | 'revshare'; tables: Record<string, string>; cases: Case[] }
const US = { country: 'US' }
const nick = { partner: 'nick' }
const click = (value: string) => ({ subs: { sub1: value } })
const conv = (value: string) => ({ conversion_subs: { sub1: value } })

/** Every campaign pays 1.00 a conversion, or 1 % of its revenue, when no line speaks. */
const rows: Row[] = [
  {
    ...{ row: 'RT-03', what: 'GEO is for its country', tables: { geo: 'US, 10' } },
    cases: [
      [US, 10_00],
      [{ country: 'us' }, 10_00],
      [{ country: 'DE' }, 1_00],
      [{}, 1_00],
    ],
  },
  {
    ...{ row: 'RT-04', what: 'GEO/OS needs both, whatever the version', tables: { geo_os: 'IOS, US, 10' } },
    cases: [
      [{ ...US, os: 'iOS 17' }, 10_00],
      [{ ...US, os: 'ANDROID' }, 1_00],
      [{ country: 'DE', os: 'IOS' }, 1_00],
      [US, 1_00],
    ],
  },
  {
    ...{ row: 'RT-05', what: 'PUBLISHER/ALIAS is for one partner', tables: { publisher: 'nick, 10' } },
    cases: [
      [nick, 10_00],
      [{ partner: 'NICK' }, 10_00],
      [{}, 1_00],
    ],
  },
  {
    ...{
      row: 'RT-06',
      what: 'PUBLISHER/ALIAS SUBID is for that partner with that sub',
      tables: { publisher_sub: 'nick, sub1, 12347, 10' },
    },
    cases: [
      [{ ...nick, ...click('12347') }, 10_00],
      [{ ...nick, ...click('1') }, 1_00],
      [{ ...nick, subs: { sub2: '12347' } }, 1_00],
      [{ ...nick, ...conv('12347') }, 1_00],
      [click('12347'), 1_00],
    ],
  },
  {
    ...{
      row: 'RT-07',
      what: 'PUBLISHER/ALIAS SUBID/GEO needs the country too',
      tables: { publisher_sub_geo: 'nick, sub1, 12347, US, 10' },
    },
    cases: [
      [{ ...nick, ...click('12347'), ...US }, 10_00],
      [{ ...nick, ...click('12347'), country: 'DE' }, 1_00],
      [{ ...nick, ...click('1'), ...US }, 1_00],
      [{ ...click('12347'), ...US }, 1_00],
    ],
  },
  {
    ...{
      row: 'RT-08',
      what: 'HYBRID under RevShare is a fixed amount for its type',
      model: 'revshare',
      tables: { hybrid: 'Signup, 5' },
    },
    cases: [
      [{ type: 'Signup', revenue_cents: 80_00 }, 5_00],
      [{ type: 'Signup', revenue_cents: 0 }, 5_00],
      [{ type: 'Purchase', revenue_cents: 80_00 }, 80],
    ],
  },
  {
    ...{ row: 'RT-09', what: 'HYBRID under CPA is a percentage for its type', tables: { hybrid: 'Deposit, 20' } },
    cases: [
      [{ type: 'Deposit', revenue_cents: 200_00 }, 40_00],
      [{ type: 'Deposit', revenue_cents: 0 }, 0],
      [{ type: 'Purchase', revenue_cents: 200_00 }, 1_00],
    ],
  },
  {
    ...{
      row: 'RT-10',
      what: 'CONVERSION SUBS looks at the conversion, not at the click',
      tables: { conversion_sub: 'sub1, product1, 10' },
    },
    cases: [
      [conv('product1'), 10_00],
      [click('product1'), 1_00],
      [conv('Product1'), 1_00],
    ],
  },
  {
    ...{
      row: 'RT-11',
      what: 'TYPE/GEO/CONVSUB needs all three',
      tables: { type_geo_conversion_sub: 'Lead, US, sub1, product1, 15' },
    },
    cases: [
      [{ type: 'Lead', ...US, ...conv('product1') }, 15_00],
      [{ type: 'Sale', ...US, ...conv('product1') }, 1_00],
      [{ type: 'Lead', country: 'DE', ...conv('product1') }, 1_00],
      [{ type: 'Lead', ...US, ...conv('product2') }, 1_00],
    ],
  },
  {
    ...{ row: 'RT-12', what: 'TYPE/CONVSUB needs both', tables: { type_conversion_sub: 'Lead, sub1, product1, 15' } },
    cases: [
      [{ type: 'Lead', ...conv('product1') }, 15_00],
      [{ type: 'Lead', ...click('product1') }, 1_00],
      [{ type: 'Sale', ...conv('product1') }, 1_00],
    ],
  },
  {
    ...{ row: 'RT-13', what: 'TYPE/GEO reads UK as GB', tables: { type_geo: 'Purchase, UK, 10' } },
    cases: [
      [{ type: 'Purchase', country: 'GB' }, 10_00],
      [{ type: 'Purchase', country: 'UK' }, 10_00],
      [{ type: 'Purchase', ...US }, 1_00],
      [{ type: 'Lead', country: 'GB' }, 1_00],
    ],
  },
  {
    ...{ row: 'RT-14', what: 'TYPE heeds the case', tables: { type: 'Lead, 15' } },
    cases: [
      [{ type: 'Lead' }, 15_00],
      [{ type: 'lead' }, 1_00],
      [{}, 1_00],
    ],
  },
  {
    ...{ row: 'RT-15', what: 'under CPA a value is a fixed amount, whatever the revenue', tables: { geo: 'US, 10' } },
    cases: [
      [{ ...US, revenue_cents: 80_00 }, 10_00],
      [{ ...US, revenue_cents: 0 }, 10_00],
    ],
  },
  {
    ...{ row: 'RT-16', what: 'under RevShare a value is a percentage', model: 'revshare', tables: { geo: 'US, 10' } },
    cases: [
      [{ ...US, revenue_cents: 80_00 }, 8_00],
      [{ ...US, revenue_cents: 0 }, 0],
    ],
  },
  {
    ...{
      row: 'RT-17',
      what: 'Hybrid beats a publisher line for its type',
      tables: { publisher: 'nick, 14', hybrid: 'Deposit, 20' },
    },
    cases: [
      [{ ...nick, type: 'Deposit', revenue_cents: 10_00 }, 2_00],
      [{ ...nick, type: 'Sale', revenue_cents: 10_00 }, 14_00],
    ],
  },
  {
    ...{
      row: 'RT-19',
      what: 'several lines are all in force, and blank lines are ignored',
      tables: { geo: '\n US, 10\r\n\r\n\tDE , 8.5\n  \nUK,7\n' },
    },
    cases: [
      [US, 10_00],
      [{ country: 'DE' }, 8_50],
      [{ country: 'GB' }, 7_00],
      [{ country: 'FR' }, 1_00],
    ],
  },
  {
    ...{
      row: 'RT-39',
      what: 'sub20 is usable in a line',
      tables: { publisher_sub: 'nick, sub20, a, 10', conversion_sub: '"sub20", "x, ""y""", 9' },
    },
    cases: [
      [{ ...nick, subs: { sub20: 'a' } }, 10_00],
      [{ conversion_subs: { sub20: 'x, "y"' } }, 9_00],
    ],
  },
]

const setUp = async (shop: Shop, model: 'cpa' | 'revshare' = 'cpa', amount = 1) => {
  await shop.partner('Nick', { alias: 'nick' })
  await shop.partner('Other', { alias: 'other' })
  return model === 'cpa' ? cpa(shop, amount * 100) : revshare(shop, String(amount))
}

describe('a line', () => {
  for (const { row, what, model, tables, cases } of rows) {
    story(`${what} [${row}]`, async shop => {
      const campaign = await setUp(shop, model)
      await lines(shop, campaign, tables)
      for (const [fields, cents] of cases)
        expect(await earns(shop, { partner: 'other', campaign, ...fields }), JSON.stringify(fields)).toBe(cents)
    })
  }

  story('names a publisher by id as well as by alias [RT-05]', async shop => {
    const campaign = await setUp(shop)
    const ada = await shop.partner('Ada')
    await lines(shop, campaign, { publisher: `${ada.id}, 10\nNICK, 9` })
    expect(await earns(shop, { partner: ada, campaign })).toBe(10_00)
    expect(await earns(shop, { partner: 'nick', campaign })).toBe(9_00)
  })

  story('nick/US/12347 earns 18, nick/US/1 14, nick/DE/12347 16, other/US 12, other/DE 10 [RT-17]', async shop => {
    const campaign = await setUp(shop, 'cpa', 10)
    await lines(shop, campaign, {
      ...{ geo: 'US, 12', publisher: 'nick, 14', publisher_sub: 'nick, sub1, 12347, 16' },
      publisher_sub_geo: 'nick, sub1, 12347, US, 18',
    })
    const cases = [
      ['nick', 'US', '12347', 18_00],
      ['nick', 'US', '1', 14_00],
      ['nick', 'DE', '12347', 16_00],
      ['other', 'US', undefined, 12_00],
      ['other', 'DE', undefined, 10_00],
    ] as const
    for (const [partner, country, sub1, cents] of cases)
      expect(await earns(shop, { partner, campaign, country, ...(sub1 && { subs: { sub1 } }) }), partner + country).toBe(cents)
  })
})

describe('saving', () => {
  const put = (shop: Shop, campaign: { id: string }, tables: unknown) =>
    shop.send('PUT', `/campaigns/${campaign.id}/custom-payouts`, { tables })
  const get = (shop: Shop, campaign: { id: string }) => shop.must(shop.send('GET', `/campaigns/${campaign.id}/custom-payouts`))

  const faults = [
    ['wrong field count', { geo: 'US' }, 'geo', 1, /2 fields expected/],
    ['a field too many', { publisher: 'nick, US, 10' }, 'publisher', 1, /2 fields expected/],
    ['a bad country', { type_geo: 'Lead, US, 1\nLead, USA, 10' }, 'type_geo', 2, /no country/],
    ['an unknown publisher', { publisher_sub: '\n\nnobody, sub1, a, 10' }, 'publisher_sub', 3, /no publisher "nobody"/],
    ['a value in words', { type: 'Lead, ten' }, 'type', 1, /no value/],
    ['a value with a comma', { geo: 'US, 10,5' }, 'geo', 1, /fields expected/],
    ['a value below 0', { geo: 'US, -1' }, 'geo', 1, /below 0/],
    ['five decimals', { hybrid: 'Lead, 1.00001' }, 'hybrid', 1, /4 decimals/],
    ['a share over 100 %', { hybrid: 'Lead, 100.1' }, 'hybrid', 1, /at most 100/],
    ['half a cent', { geo: 'US, 1.005' }, 'geo', 1, /2 decimals/],
    ['the same key twice', { geo: 'UK, 10\nDE, 8\ngb, 9' }, 'geo', 3, /line 1/],
    ['a sub that is none', { conversion_sub: 'sub21, a, 10' }, 'conversion_sub', 1, /sub1 to sub20/],
    ['an OS with its version', { geo_os: 'iOS 17, US, 10' }, 'geo_os', 1, /without its version/],
  ] as const
  for (const [what, tables, tab, line, message] of faults) {
    story(`${what} is refused with its tab and line, and nothing is saved [RT-18]`, async shop => {
      const campaign = await setUp(shop)
      await lines(shop, campaign, { geo: 'FR, 5' })
      const before = await get(shop, campaign)
      const { meta } = await shop.refused(() => put(shop, campaign, { type: 'Sale, 3', ...tables }), 400, 'invalid_body')
      expect(meta.errors).toEqual([{ tab, line, message: expect.stringMatching(message) }])
      expect(await get(shop, campaign)).toEqual(before)
      expect(await earns(shop, { partner: 'nick', campaign, country: 'FR', type: 'Sale' })).toBe(5_00)
    })
  }

  story('every wrong line of every table is named at once [RT-18]', async shop => {
    const campaign = await setUp(shop)
    const tables = { geo: 'US, x\nDE, 8\nXX9, 1', hybrid: 'Lead', publisher: 'nobody, 1' }
    const { meta } = await shop.refused(() => put(shop, campaign, tables), 400, 'invalid_body')
    expect(meta.errors.map((e: { tab: string; line: number }) => `${e.tab} ${e.line}`)).toEqual([
      ...['geo 1', 'geo 3', 'publisher 1', 'hybrid 1'],
    ])
  })

  story('a table that is left out stays, an empty one is emptied, an unknown one is refused', async shop => {
    const campaign = await setUp(shop)
    const first = await lines(shop, campaign, { geo: 'US, 10', type: 'Lead, 15' })
    expect(first).toMatchObject({ version: 2, tables: { geo: 'US, 10', type: 'Lead, 15' } })
    expect(await lines(shop, campaign, { type: 'Lead, 16' })).toMatchObject({
      version: 3,
      tables: { geo: 'US, 10', type: 'Lead, 16' },
    })
    const last = await lines(shop, campaign, { geo: ' \n ' })
    expect(last.tables).toEqual({ type: 'Lead, 16' })
    expect(await get(shop, campaign)).toEqual(last)
    await shop.refused(() => put(shop, campaign, { geos: 'US, 1' }), 400, 'invalid_body')
    expect(last.precedence).toEqual([
      ...['hybrid', 'publisher_sub_geo', 'type_geo_conversion_sub', 'publisher_sub', 'type_conversion_sub', 'type_geo'],
      ...['geo_os', 'publisher', 'conversion_sub', 'type', 'geo', 'default'],
    ])
  })

  story('a cost model that is neither CPA nor RevShare has none: 409 invalid_cost_model [RT-20]', async shop => {
    const ada = await shop.partner()
    for (const cost_model of ['cpc', 'cpm', 'popcpm', 'none']) {
      const campaign = await shop.campaign({ cost_model })
      await shop.refused(() => put(shop, campaign, { geo: 'US, 10' }), 409, 'invalid_cost_model')
      const path = `/campaigns/${campaign.id}`
      await shop.refused(
        () => shop.send('POST', `${path}/custom-payouts/test`, { tables: { geo: 'US, 1' } }),
        409,
        'invalid_cost_model',
      )
      await shop.refused(() => shop.send('PUT', `${path}/overrides/${ada.id}`, { value: '20' }), 409, 'invalid_cost_model')
      expect((await shop.send('DELETE', `${path}/overrides/${ada.id}`)).status).toBe(200)
    }
  })

  story('an edit does not rewrite: old conversions keep their payout, the next has the new one [RT-21]', async shop => {
    const campaign = await setUp(shop)
    await lines(shop, campaign, { geo: 'US, 10' })
    const sale = { partner: 'nick', campaign, country: 'US' }
    const sent = item(sale)
    const [old] = await record(shop, sent)
    await lines(shop, campaign, { geo: 'US, 12' })
    expect(await earns(shop, sale)).toBe(12_00)
    const stored = await shop.must(shop.send('GET', `/conversions/${old?.conversion_id}`))
    expect([stored.commission_cents, stored.because]).toEqual([10_00, '10.00 USD per sale: GEO line 1 "US, 10"'])
    expect((await record(shop, sent))[0]?.status).toBe('duplicate')
    await shop.must(shop.send('PATCH', `/campaigns/${campaign.id}`, { amount_cents: 2_00 }))
    expect([await earns(shop, { ...sale, country: 'FR' }), await earns(shop, sale)]).toEqual([2_00, 12_00])
  })

  story('the model, or a currency of other decimals, does not change under lines whose values it would change', async shop => {
    const campaign = await setUp(shop)
    await lines(shop, campaign, { geo: 'US, 10' })
    const patch = (body: object) => shop.send('PATCH', `/campaigns/${campaign.id}`, body)
    await shop.refused(() => patch({ cost_model: 'revshare', percent: '5' }), 400, 'invalid_body')
    await shop.refused(() => patch({ cost_model: 'none' }), 400, 'invalid_body')
    await shop.refused(() => patch({ currency: 'JPY' }), 400, 'invalid_body')
    await shop.must(patch({ currency: 'EUR' }))
    const [sale] = await record(shop, item({ partner: 'nick', campaign, country: 'US' }))
    expect(sale?.earning).toMatchObject({ amount_cents: 10_00, currency: 'EUR' })
  })

  story('another brand’s campaign is not there', async shop => {
    const foreign = await shop.w.campaign()
    for (const [method, rest, body] of [
      ['GET', '', undefined],
      ['PUT', '', { tables: {} }],
      ['POST', '/test', {}],
    ] as const)
      expect((await shop.send(method, `/campaigns/${foreign.id}/custom-payouts${rest}`, body)).status).toBe(404)
    const campaign = await setUp(shop)
    const eve = await shop.w.partner('Eve', { alias: `eve-${shop.brand_id.slice(-6)}` })
    await shop.refused(() => put(shop, campaign, { publisher: `${eve.alias}, 10` }), 400, 'invalid_body')
    await shop.refused(() => put(shop, campaign, { publisher: `${eve.id}, 10` }), 400, 'invalid_body')
  })
})
