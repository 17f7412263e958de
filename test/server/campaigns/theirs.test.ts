import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type World, world } from '../../support/world.ts'

let shop: World
beforeAll(async () => {
  shop = await world({ today: '2026-03-01T10:00:00Z' })
  await shop.partner('Nick', { alias: 'nick' })
  await shop.partner('Other', { alias: 'other' })
})
afterAll(() => shop.close())

type Campaign = Awaited<ReturnType<World['campaign']>>
type Fields = Record<string, unknown>
const tablesPath = (campaign: Campaign) => shop.path(`/campaigns/${campaign.id}/custom-payouts`)
const put = (campaign: Campaign, tables: Fields) => shop.request('PUT', tablesPath(campaign), { tables })
const read = async (campaign: Campaign) => (await shop.request('GET', tablesPath(campaign))).data
const tool = async (campaign: Campaign, body: Fields) => (await shop.request('POST', `${tablesPath(campaign)}/test`, body)).data

async function campaignWith(tables: Fields, fields: Fields = { cost_model: 'cpa', amount_cents: 1_00 }): Promise<Campaign> {
  const campaign = await shop.campaign(fields)
  expect(await put(campaign, tables)).toMatchObject({ status: 200 })
  return campaign
}
const earned = async (campaign: Campaign, fields: Fields) =>
  (await shop.conversion({ campaign, partner: 'other', ...fields })).earning?.amount_cents

const revshare = { cost_model: 'revshare', percent: '1' }

describe('each table, through the whole product', () => {
  test('GEO: US pays 10, DE the campaign’s own [RT-03]', async () => {
    const campaign = await campaignWith({ geo: 'US, 10' })
    expect([await earned(campaign, { country: 'us' }), await earned(campaign, { country: 'DE' })]).toEqual([10_00, 1_00])
  })

  test('GEO/OS: iOS 17 and US pays; Android and US, iOS and DE do not [RT-04]', async () => {
    const campaign = await campaignWith({ geo_os: 'IOS, US, 10' })
    expect(await earned(campaign, { country: 'US', os: 'iOS 17' })).toBe(10_00)
    expect(await earned(campaign, { country: 'US', os: 'Android' })).toBe(1_00)
    expect(await earned(campaign, { country: 'DE', os: 'IOS' })).toBe(1_00)
  })

  test('PUBLISHER/ALIAS: by alias and by id, whoever else the default [RT-05]', async () => {
    const nick = (await shop.request('GET', shop.path('/partners?q=nick'))).data[0]
    const byAlias = await campaignWith({ publisher: 'NICK, 10' })
    const byId = await campaignWith({ publisher: `${nick.id}, 10` })
    for (const campaign of [byAlias, byId]) {
      expect(await earned(campaign, { partner: 'nick' })).toBe(10_00)
      expect(await earned(campaign, { partner: nick.id })).toBe(10_00)
      expect(await earned(campaign, {})).toBe(1_00)
    }
  })

  test('PUBLISHER/ALIAS SUBID and with GEO: all conditions or none [RT-06, RT-07]', async () => {
    const campaign = await campaignWith({
      publisher_sub: 'nick, sub1, 12347, 10',
      publisher_sub_geo: 'nick, sub1, 12347, US, 12',
    })
    const subs = { sub1: '12347' }
    expect(await earned(campaign, { partner: 'nick', subs })).toBe(10_00)
    expect(await earned(campaign, { partner: 'nick', subs, country: 'US' })).toBe(12_00)
    expect(await earned(campaign, { partner: 'nick', subs: { sub1: '1' }, country: 'US' })).toBe(1_00)
    expect(await earned(campaign, { subs, country: 'US' })).toBe(1_00)
  })

  test('HYBRID turns the model round: fixed under RevShare, a share under CPA [RT-08, RT-09]', async () => {
    const shared = await campaignWith({ hybrid: 'Signup, 5' }, { cost_model: 'revshare', percent: '30' })
    expect(await earned(shared, { type: 'Signup' })).toBe(5_00)
    expect(await earned(shared, { type: 'Purchase', revenue_cents: 80_00 })).toBe(24_00)
    const fixed = await campaignWith({ hybrid: 'Deposit, 20' }, { cost_model: 'cpa', amount_cents: 10_00 })
    expect(await earned(fixed, { type: 'Deposit', revenue_cents: 200_00 })).toBe(40_00)
    expect(await earned(fixed, { type: 'Signup', revenue_cents: 200_00 })).toBe(10_00)
  })

  test('CONVERSION SUBS look at the conversion’s subs, never at the click’s [RT-10]', async () => {
    const campaign = await campaignWith({ conversion_sub: 'sub1, product1, 10' })
    expect(await earned(campaign, { conversion_subs: { sub1: 'product1' } })).toBe(10_00)
    expect(await earned(campaign, { subs: { sub1: 'product1' } })).toBe(1_00)
  })

  test('the TYPE tables need all that they name, in the exact case [RT-11, RT-12, RT-13, RT-14]', async () => {
    const campaign = await campaignWith({
      type_geo_conversion_sub: 'Lead, US, sub1, product1, 15',
      type_conversion_sub: 'Lead, sub1, product1, 14',
      type_geo: 'Purchase, UK, 10',
      type: 'Lead, 13',
    })
    const conversion_subs = { sub1: 'product1' }
    expect(await earned(campaign, { type: 'Lead', country: 'US', conversion_subs })).toBe(15_00)
    expect(await earned(campaign, { type: 'Lead', country: 'DE', conversion_subs })).toBe(14_00)
    expect(await earned(campaign, { type: 'Purchase', country: 'GB' })).toBe(10_00)
    expect(await earned(campaign, { type: 'Lead' })).toBe(13_00)
    expect(await earned(campaign, { type: 'lead' })).toBe(1_00)
  })

  test('a line is an amount under CPA and a share under RevShare [RT-15, RT-16]', async () => {
    const fixed = await campaignWith({ geo: 'US, 10' })
    expect(await earned(fixed, { country: 'US', revenue_cents: 999_99 })).toBe(10_00)
    const share = await campaignWith({ geo: 'US, 10' }, revshare)
    expect(await earned(share, { country: 'US', revenue_cents: 80_00 })).toBe(8_00)
  })

  test('sub20 is stored and usable in a line [RT-39]', async () => {
    const campaign = await campaignWith({ publisher_sub: 'other, sub20, z, 7' })
    expect(await earned(campaign, { subs: { sub20: 'z' } })).toBe(7_00)
  })
})

test('the vector of precedence: more conditions first, Hybrid before all [RT-17]', async () => {
  const campaign = await campaignWith(
    {
      geo: 'US, 12',
      publisher: 'nick, 14',
      publisher_sub: 'nick, sub1, 12347, 16',
      publisher_sub_geo: 'nick, sub1, 12347, US, 18',
      hybrid: 'Deposit, 50',
    },
    { cost_model: 'cpa', amount_cents: 10_00 },
  )
  const nick = (country: string, sub1: string, more = {}) =>
    earned(campaign, { partner: 'nick', country, subs: { sub1 }, ...more })
  expect(await nick('US', '12347')).toBe(18_00)
  expect(await nick('US', '1')).toBe(14_00)
  expect(await nick('DE', '12347')).toBe(16_00)
  expect(await earned(campaign, { country: 'US' })).toBe(12_00)
  expect(await earned(campaign, { country: 'DE' })).toBe(10_00)
  expect(await nick('US', '12347', { type: 'Deposit', revenue_cents: 10_00 })).toBe(5_00)
})

describe('saving', () => {
  test('wrong lines are told by tab and line, and nothing is saved [RT-18]', async () => {
    const campaign = await campaignWith({ geo: 'US, 10' })
    const before = await read(campaign)
    const answer = await put(campaign, {
      geo: 'DE, 8\nUS\nXXX, 5\nFR, abc\nDE, 9',
      publisher: 'nobody, 5',
      type: 'Lead, 3',
    })
    expect(answer).toMatchObject({ status: 400, error: { code: 'invalid_body' } })
    const errors = answer.meta.errors as { tab: string; line: number; message: string }[]
    expect(errors.map(e => [e.tab, e.line])).toEqual([
      ['geo', 2],
      ['geo', 3],
      ['geo', 4],
      ['geo', 5],
      ['publisher', 1],
    ])
    expect(errors.every(e => e.message.length > 10)).toBe(true)
    expect(await read(campaign)).toEqual(before)
  })

  test('three lines of one tab all work, blank lines aside; a table left out stays, an empty one is emptied [RT-19]', async () => {
    const campaign = await campaignWith({ geo: 'US, 10\n\nDE, 8\nFR, 6\n', type: 'Lead, 3' })
    for (const [country, cents] of [
      ['US', 10_00],
      ['DE', 8_00],
      ['FR', 6_00],
    ] as const)
      expect(await earned(campaign, { country })).toBe(cents)
    await put(campaign, { geo: '' })
    expect(await earned(campaign, { country: 'US' })).toBe(1_00)
    expect(await earned(campaign, { type: 'Lead' })).toBe(3_00)
    const { tables, precedence } = await read(campaign)
    expect(tables).toEqual({ type: 'Lead, 3' })
    expect([precedence[0], precedence.at(-1), precedence.length]).toEqual(['hybrid', 'default', 12])
  })

  test('a campaign that is neither CPA nor RevShare takes no custom payouts [RT-20]', async () => {
    const campaign = await shop.campaign({ cost_model: 'cpc' })
    expect(await put(campaign, { geo: 'US, 10' })).toMatchObject({ status: 409, error: { code: 'invalid_cost_model' } })
    expect(await earned(campaign, { country: 'US', revenue_cents: 10_00 })).toBe(0)
  })

  test('an edit does not rewrite: what was recorded keeps its payout and its version [RT-21]', async () => {
    const campaign = await campaignWith({ geo: 'US, 10' })
    const old = await shop.conversion({ campaign, partner: 'other', country: 'US' })
    await put(campaign, { geo: 'US, 20' })
    expect(await earned(campaign, { country: 'US' })).toBe(20_00)
    const { data } = await shop.request('GET', shop.path(`/conversions/${old.id}`))
    expect(data).toMatchObject({ commission_cents: 10_00, because: '10.00 USD per sale: GEO line 1 "US, 10"' })
    await shop.check()
  })

  test('a renamed alias keeps its line working', async () => {
    const partner = await shop.partner('Renamed', { alias: 'before' })
    const campaign = await campaignWith({ publisher: 'before, 9' })
    await shop.request('PATCH', shop.path(`/partners/${partner.id}`), { alias: 'after' })
    expect(await earned(campaign, { partner: 'after' })).toBe(9_00)
  })
})

describe('a partner’s own rate', () => {
  test('pays this partner 20 % and others the campaign’s rate; it is a line of PUBLISHER/ALIAS [TR-54]', async () => {
    const partner = await shop.partner('Override', { alias: 'own-rate' })
    const campaign = await shop.campaign({ cost_model: 'revshare', percent: '10' })
    const path = shop.path(`/campaigns/${campaign.id}/overrides/${partner.id}`)
    expect(await shop.request('PUT', path, { value: '20' })).toMatchObject({
      status: 200,
      data: { tables: { publisher: 'own-rate, 20' } },
    })
    expect(await earned(campaign, { partner: 'own-rate', revenue_cents: 50_00 })).toBe(10_00)
    expect(await earned(campaign, { revenue_cents: 50_00 })).toBe(5_00)
    await shop.request('PUT', path, { value: '25' })
    expect((await read(campaign)).tables).toEqual({ publisher: 'own-rate, 25' })
    expect(await shop.request('DELETE', path)).toMatchObject({ status: 200, data: { tables: {} } })
    expect(await earned(campaign, { partner: 'own-rate', revenue_cents: 50_00 })).toBe(5_00)
  })
})

describe('the test tool', () => {
  const inputs: Fields[] = [
    { publisher: 'nick', country: 'US', subs: { sub1: '12347' }, type: 'Lead', revenue_cents: 50_00 },
    { publisher: 'nick', country: 'DE', type: 'Signup', revenue_cents: 10_00 },
    { publisher: 'other', country: 'UK', os: 'iOS 17.2', type: 'Purchase', revenue_cents: 33_33 },
    { publisher: 'other', country: 'FR', conversion_subs: { sub1: 'product1' }, type: 'Lead', revenue_cents: 9_99 },
    { publisher: 'other', type: 'sale', revenue_cents: 20_00 },
  ]
  test('says what a real conversion gets, and why every other line lost [RT-45]', async () => {
    const tables = {
      geo: 'US, 12\nGB, 7.5',
      geo_os: 'IOS, GB, 9',
      publisher: 'nick, 14',
      publisher_sub_geo: 'nick, sub1, 12347, US, 18',
      hybrid: 'Signup, 5',
      type_conversion_sub: 'Lead, sub1, product1, 11',
    }
    const campaign = await campaignWith(tables, revshare)
    for (const input of inputs) {
      const { winner, amount_cents, currency, because, losers } = await tool(campaign, input)
      const { publisher, ...fields } = input
      const real = await shop.conversion({ campaign, partner: publisher as string, ...fields })
      expect(real.earning).toEqual({ amount_cents, currency, because })
      expect(losers.length).toBe(winner.tab === 'default' ? 7 : 6)
      expect(losers.every((l: { why: string }) => l.why.length > 5)).toBe(true)
    }
    expect((await tool(campaign, inputs[4] as Fields)).winner).toEqual({
      tab: 'default',
      line: null,
      text: null,
      model: null,
      value: null,
    })
    expect((await tool(campaign, inputs[1] as Fields)).winner).toMatchObject({
      tab: 'hybrid',
      line: 1,
      model: 'fixed',
      value: '5',
    })
  })

  test('tries tables that are not saved, and stores nothing', async () => {
    const campaign = await campaignWith({ geo: 'US, 10' })
    const before = await shop.fingerprint()
    expect(await tool(campaign, { country: 'US', tables: { geo: 'US, 30' } })).toMatchObject({ amount_cents: 30_00 })
    expect(await tool(campaign, { country: 'US' })).toMatchObject({ amount_cents: 10_00 })
    expect(await shop.fingerprint()).toBe(before)
  })
})
