import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type World, world } from '../../support/world.ts'

let shop: World
beforeAll(async () => {
  shop = await world({ today: '2026-03-01T10:00:00Z' })
})
afterAll(() => shop.close())

type Campaign = Awaited<ReturnType<World['campaign']>>
const get = (path: string, headers: Record<string, string> = {}) => shop.request('GET', path, undefined, { key: null, headers })
const postback = (campaign: Campaign, query: Record<string, string>) =>
  get(`/api/postback/${shop.brand_slug}/${campaign.slug}?${new URLSearchParams(query)}`)
const conversion = async (id: string) => (await shop.request('GET', shop.path(`/conversions/${id}`))).data

async function clickOn(campaign: Campaign, query: string, headers = {}): Promise<string> {
  const answer = await get(`/api/r/${shop.brand_slug}/${campaign.slug}?${query}`, headers)
  expect(answer.status).toBe(302)
  return new URL(answer.headers.location as string).searchParams.get('click_id') as string
}
const destination_url = 'https://shop.example/landing?ref=1'

describe('a tracking link', () => {
  test('redirects with a click_id, keeps the destination’s own query, and its subs reach the conversion [TR-58]', async () => {
    const partner = await shop.partner('Pia', { slug: 'pia' })
    const campaign = await shop.campaign({ destination_url })
    const answer = await get(`/api/r/${shop.brand_slug}/${campaign.slug}?via=pia&sub1=a&sub20=z&other=no`)
    const location = new URL(answer.headers.location as string)
    expect(location.origin + location.pathname).toBe('https://shop.example/landing')
    expect(location.searchParams.get('ref')).toBe('1')
    const click_id = location.searchParams.get('click_id') as string
    const { data } = await postback(campaign, { click_id, amount: '20.00' })
    expect(data.status).toBe('ok')
    expect(await conversion(data.conversion_id)).toMatchObject({
      partner_id: partner.id,
      click_id,
      subs: { sub1: 'a', sub20: 'z' },
      revenue_cents: 20_00,
    })
  })

  test('takes the system from the browser and the country from the edge’s header', async () => {
    await shop.partner('Edgar', { slug: 'edgar' })
    const campaign = await shop.campaign({ destination_url })
    const headers = { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X)', 'cf-ipcountry': 'de' }
    const click_id = await clickOn(campaign, 'via=edgar', headers)
    const { data } = await postback(campaign, { click_id })
    expect(await conversion(data.conversion_id)).toMatchObject({ os: 'IOS', country: 'DE' })
  })

  test('without a partner the click is recorded unattributed, and its postback says so', async () => {
    const campaign = await shop.campaign({ destination_url })
    const click_id = await clickOn(campaign, 'via=nobody')
    expect(await postback(campaign, { click_id })).toMatchObject({ status: 404, error: { code: 'not_found' } })
  })

  test.each(['/api/r/nobrand/shop', '/api/r/acme/nocampaign', '/api/postback/nobrand/shop?click_id=x'])(
    '%s is not found',
    async path => {
      expect(await get(path)).toMatchObject({ status: 404, error: { code: 'not_found' }, data: null })
    },
  )
})

describe('a postback', () => {
  let campaign: Campaign
  let click_id: string
  beforeAll(async () => {
    await shop.partner('Ben', { slug: 'ben', coupon_codes: ['ben10'] })
    await shop.partner('Cora', { slug: 'cora', coupon_codes: ['CORA'] })
    campaign = await shop.campaign({ cost_model: 'revshare', percent: '10', destination_url })
    click_id = await clickOn(campaign, 'via=ben')
  })

  test('with the same txn_id is a duplicate; with another content a conflict; one conversion in all [TR-56]', async () => {
    const first = await postback(campaign, { click_id, amount: '30', txn_id: 'T1' })
    expect(first).toMatchObject({ status: 200, data: { status: 'ok' } })
    const { conversion_id } = first.data
    expect((await postback(campaign, { click_id, amount: '30.00', txn_id: 'T1' })).data).toEqual({
      status: 'duplicate',
      conversion_id,
    })
    expect((await postback(campaign, { click_id, amount: '31', txn_id: 'T1' })).data).toEqual({
      status: 'conflict',
      conversion_id,
    })
    expect((await conversion(conversion_id)).revenue_cents).toBe(30_00)
  })

  test('payout=7.50 pays 7.50 whatever the rule [TR-55]', async () => {
    const { data } = await postback(campaign, { click_id, amount: '500', payout: '7.50' })
    expect(await conversion(data.conversion_id)).toMatchObject({ commission_cents: 750, because: 'Postback set 7.50 USD' })
  })

  test('a coupon belongs to its partner; with a click as well the click wins [TR-57]', async () => {
    const byCoupon = await postback(campaign, { coupon_code: 'cora', amount: '10' })
    const cora = (await shop.request('GET', shop.path('/partners?q=cora'))).data[0]
    const ben = (await shop.request('GET', shop.path('/partners?q=ben'))).data[0]
    expect(await conversion(byCoupon.data.conversion_id)).toMatchObject({
      partner_id: cora.id,
      coupon_code: 'CORA',
      commission_cents: 100,
    })
    const both = await postback(campaign, { click_id, coupon_code: 'CORA' })
    expect(await conversion(both.data.conversion_id)).toMatchObject({ partner_id: ben.id })
  })

  test('takes the second names: clickid, sum, type, rdtk_event_id, and keeps conversion subs apart', async () => {
    const query = { clickid: click_id, sum: '12.34', type: 'Lead', rdtk_event_id: 'E-9', sub1: 'product1', status: 'Other' }
    const { data } = await postback(campaign, query)
    expect(await conversion(data.conversion_id)).toMatchObject({
      type: 'Lead',
      revenue_cents: 12_34,
      event_id: 'E-9',
      conversion_subs: { sub1: 'product1' },
      subs: null,
      status: 'approved',
    })
    expect((await postback(campaign, query)).data).toMatchObject({ status: 'duplicate', conversion_id: data.conversion_id })
  })

  test.each([
    [{}, 400],
    [{ amount: '1,234.50' }, 400],
    [{ amount: '12.5 USD' }, 400],
    [{ amount: '-1' }, 400],
    [{ amount: '1.234' }, 400],
    [{ payout: 'x' }, 400],
    [{ status: 'maybe' }, 400],
    [{ currency: 'XYZ' }, 400],
    [{ click_id: '{click_id}' }, 404],
    [{ click_id: '01900000-0000-7000-8000-000000000000' }, 404],
    [{ coupon_code: 'NOPE' }, 404],
  ])('%o answers one clear error and stores nothing', async (query, status) => {
    const before = await shop.fingerprint()
    const given =
      'click_id' in query || 'coupon_code' in query || Object.keys(query).length === 0 ? query : { click_id, ...query }
    const answer = await postback(campaign, given as Record<string, string>)
    expect(answer.status).toBe(status)
    expect(answer.error.message.length).toBeGreaterThan(10)
    expect(await shop.fingerprint()).toBe(before)
  })

  test('with a secret needs it', async () => {
    const guarded = await shop.campaign({ destination_url, postback_secret: 'open sesame' })
    const id = await clickOn(guarded, 'via=ben')
    expect(await postback(guarded, { click_id: id })).toMatchObject({ status: 403, error: { code: 'forbidden' } })
    expect(await postback(guarded, { click_id: id, secret: 'wrong' })).toMatchObject({ status: 403 })
    expect(await postback(guarded, { click_id: id, secret: 'open sesame' })).toMatchObject({ status: 200 })
  })

  test('reads amounts in the currency’s own digits', async () => {
    const yen = await shop.campaign({ cost_model: 'revshare', percent: '10', currency: 'JPY', destination_url })
    const id = await clickOn(yen, 'via=ben')
    const { data } = await postback(yen, { click_id: id, amount: '1500' })
    expect(await conversion(data.conversion_id)).toMatchObject({ currency: 'JPY', revenue_cents: 1500, commission_cents: 150 })
    expect((await postback(yen, { click_id: id, amount: '1500.5' })).status).toBe(400)
  })
})
