import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type World, world } from '../../support/world.ts'

let shop: World
beforeAll(async () => {
  shop = await world({ today: '2026-03-01T10:00:00Z', time_zone: 'America/New_York' })
})
afterAll(() => shop.close())

type Fields = Record<string, unknown>
const earning = async (
  fields: Fields & { campaign: Awaited<ReturnType<World['campaign']>>; partner: Awaited<ReturnType<World['partner']>> },
) => (await shop.conversion(fields)).earning

describe('rates', () => {
  test('5 flat is 500; 10 % of 49.99 is 500, rounded once [TR-52]', async () => {
    const partner = await shop.partner('Rates')
    expect(await earning({ partner, campaign: await shop.campaign({ amount_cents: 5_00 }), revenue_cents: 1 })).toMatchObject({
      amount_cents: 500,
    })
    const share = await shop.campaign({ cost_model: 'revshare', percent: '10' })
    expect(await earning({ partner, campaign: share, revenue_cents: 49_99 })).toMatchObject({ amount_cents: 500 })
  })

  test('the 100th sale pays 10 %, the 101st 15 %, counted by partner; rejected and repeated ones do not count [TR-53]', async () => {
    const [partner, other] = [await shop.partner('Tiered'), await shop.partner('Tiered too')]
    const tiers = [
      { from: 1, percent: '10' },
      { from: 101, percent: '15' },
    ]
    const campaign = await shop.campaign({ cost_model: 'revshare', tiers })
    const sale = (n: number, who = partner) => ({
      external_id: `t-${who.slug}-${n}`,
      partner: who.slug,
      campaign: campaign.slug,
      revenue_cents: 50_00,
    })
    const record = async (items: unknown[]) =>
      (await shop.request('POST', shop.path('/conversions'), { conversions: items })).data.results
    const first = await record(Array.from({ length: 99 }, (_, n) => sale(n + 1)))
    await record([sale(1), sale(2), { ...sale(500), status: 'declined' }])
    await shop.request('POST', shop.path('/conversions/reject'), { ids: [first[0].conversion_id] })
    const [back, hundredth, after, others] = await record([sale(998), sale(100), sale(101), sale(1, other)])
    const cents = [back, hundredth, after, others].map(r => r.earning.amount_cents)
    expect(cents).toEqual([500, 500, 750, 500])
    expect(after.earning.because).toContain('conversion 101')
  })

  test('tiers that come later count what was recorded before them', async () => {
    const partner = await shop.partner('Later')
    const campaign = await shop.campaign({ cost_model: 'revshare', percent: '10' })
    for (let n = 0; n < 3; n++) await shop.conversion({ partner, campaign, revenue_cents: 10_00 })
    await shop.request('PATCH', shop.path(`/campaigns/${campaign.id}`), {
      tiers: [
        { from: 1, percent: '10' },
        { from: 5, percent: '20' },
      ],
    })
    expect(await earning({ partner, campaign, revenue_cents: 10_00 })).toMatchObject({ amount_cents: 1_00 })
    expect(await earning({ partner, campaign, revenue_cents: 10_00 })).toMatchObject({ amount_cents: 2_00 })
  })

  test('another currency: a fixed amount is owed in the campaign’s, a share in the conversion’s', async () => {
    const partner = await shop.partner('Abroad')
    const fixed = await shop.campaign({ amount_cents: 5_00 })
    expect(await earning({ partner, campaign: fixed, revenue_cents: 90_00, currency: 'EUR' })).toMatchObject({
      amount_cents: 5_00,
      currency: 'USD',
    })
    const share = await shop.campaign({ cost_model: 'revshare', percent: '10' })
    expect(await earning({ partner, campaign: share, revenue_cents: 90_00, currency: 'EUR' })).toMatchObject({
      amount_cents: 9_00,
      currency: 'EUR',
    })
    expect(await shop.balance(partner, 'USD')).toMatchObject({ owed_cents: 5_00, revenue_cents: 0 })
    expect(await shop.balance(partner, 'EUR')).toMatchObject({ owed_cents: 9_00, revenue_cents: 90_00 })
  })

  test.each([
    [{ cost_model: 'cpa' }, 'amount_cents'],
    [{ cost_model: 'revshare' }, 'percent'],
    [{ cost_model: 'revshare', percent: '100.5' }, 'percent'],
    [{ cost_model: 'cpa', amount_cents: 1, tiers: [{ from: 2, amount_cents: 1 }] }, 'tiers.0.from'],
    [
      {
        cost_model: 'cpa',
        tiers: [
          { from: 1, amount_cents: 1 },
          { from: 1, amount_cents: 2 },
        ],
      },
      'tiers.1.from',
    ],
    [{ cost_model: 'cpa', tiers: [{ from: 1 }] }, 'tiers.0'],
  ])('incomplete terms %j are refused and say which field', async (terms, path) => {
    const answer = await shop.request('POST', shop.path('/campaigns'), { name: 'Wrong', ...terms })
    expect(answer).toMatchObject({ status: 400, error: { code: 'invalid_body' } })
    expect(answer.meta.errors[0].path).toBe(path)
  })
})

describe('the order of rates, one level at a time', () => {
  test('postback payout beats Hybrid, Hybrid a line, a line a tier, a tier the campaign’s rate [ON-13]', async () => {
    const partner = await shop.partner('Levels', { alias: 'levels' })
    const tiers = [
      { from: 1, percent: '10' },
      { from: 2, percent: '11' },
    ]
    const campaign = await shop.campaign({ cost_model: 'revshare', percent: '9', tiers })
    const put = (tables: Fields) => shop.request('PUT', shop.path(`/campaigns/${campaign.id}/custom-payouts`), { tables })
    const next = async (fields: Fields = {}) =>
      (await earning({ partner, campaign, type: 'Lead', revenue_cents: 100_00, ...fields }))?.amount_cents
    expect(await next()).toBe(10_00)
    expect(await next()).toBe(11_00)
    await put({ type: 'Lead, 12' })
    expect(await next()).toBe(12_00)
    await put({ publisher: 'levels, 13' })
    expect(await next()).toBe(13_00)
    await put({ hybrid: 'Lead, 14' })
    expect(await next()).toBe(14_00)
    expect(await next({ payout_cents: 15_00 })).toBe(15_00)
    const plain = await shop.campaign({ cost_model: 'revshare', percent: '9' })
    expect((await earning({ partner, campaign: plain, revenue_cents: 100_00 }))?.amount_cents).toBe(9_00)
  })
})

describe('caps', () => {
  test('over the daily cap a conversion is kept, pays nothing and says why; the next day pays again [RT-46]', async () => {
    const partner = await shop.partner('Capped')
    const campaign = await shop.campaign({ caps: { daily: 2 } })
    // 04:30Z on the 2nd is still the 1st in New York
    const at = (occurred_at: string) => shop.conversion({ partner, campaign, occurred_at })
    await at('2026-03-01T12:00:00Z')
    const second = await at('2026-03-02T04:30:00Z')
    const over = await at('2026-03-02T04:45:00Z')
    const next = await at('2026-03-02T05:15:00Z')
    expect([second, over, next].map(c => c.earning?.amount_cents)).toEqual([10_00, 0, 10_00])
    expect(over.earning?.because).toBe('0.00 USD: over the daily cap')
    const { data } = await shop.request('GET', shop.path(`/conversions/${over.id}`))
    expect(data).toMatchObject({ status: 'approved', reason: 'over_cap', commission_cents: 0 })
    await shop.request('POST', shop.path('/conversions/reject'), { ids: [second.id] })
    await shop.request('POST', shop.path('/conversions/reject'), { ids: [over.id] })
    expect((await at('2026-03-02T04:50:00Z')).earning?.amount_cents).toBe(10_00)
  })

  test.each([
    ['weekly', ['2026-03-02T12:00:00Z', '2026-03-08T12:00:00Z', '2026-03-09T12:00:00Z']],
    ['monthly', ['2026-03-02T12:00:00Z', '2026-03-31T12:00:00Z', '2026-04-01T12:00:00Z']],
  ])('a %s cap of one pays the first, not the second, and again in the next span', async (span, days) => {
    const partner = await shop.partner(`Cap ${span}`)
    const campaign = await shop.campaign({ caps: { [span]: 1 } })
    const paid = []
    for (const occurred_at of days) paid.push((await shop.conversion({ partner, campaign, occurred_at })).earning?.amount_cents)
    expect(paid).toEqual([10_00, 0, 10_00])
  })
})
