/** Tracking links, clicks, coupons and the postback: how a stranger's call becomes a partner's conversion. */
import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import {
  click,
  conversion,
  countOf,
  cpa,
  created,
  item,
  lines,
  postback,
  record,
  revshare,
  type Shop,
  stories,
} from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
const at = { destination_url: 'https://shop.example/landing' }
const linked = async (shop: Shop, fields: Record<string, unknown> = {}, partner: Record<string, unknown> = {}) => {
  const [ada, campaign] = [await shop.partner('Ada', partner), await cpa(shop, 5_00, { ...at, ...fields })]
  return { ada, campaign, click_id: (await click(shop, campaign, `via=${ada.slug}`)).id }
}
/** The conversion that a postback made. */
const made = async (shop: Shop, campaign: { slug: string }, query: Record<string, string>) => {
  const { status, data, text } = await postback(shop, campaign, query)
  expect([status, data?.status], text).toEqual([200, 'ok'])
  return conversion(shop, { id: data.conversion_id })
}

describe('a tracking link', () => {
  story('redirects with a click_id, and the conversion of that click shows its subs [TR-58]', async shop => {
    const { ada, campaign } = await linked(shop)
    const { id, location } = await click(
      shop,
      campaign,
      `via=${ada.slug}&sub1=a&sub20=${encodeURIComponent('ä b')}&sub21=no&utm=x`,
    )
    expect(location.href).toBe(`https://shop.example/landing?click_id=${id}`)
    expect(await made(shop, campaign, { click_id: id })).toMatchObject({
      ...{ partner_id: ada.id, click_id: id, subs: { sub1: 'a', sub20: 'ä b' }, conversion_subs: null, status: 'approved' },
    })
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 5_00 })
  })

  story('keeps the destination’s own query and fragment', async shop => {
    const campaign = await cpa(shop, 5_00, { destination_url: 'https://shop.example/p?sku=7&ref=a%26b&click_id=old#top' })
    const { id, location } = await click(shop, campaign)
    expect(location.href).toBe(`https://shop.example/p?sku=7&ref=a%26b&click_id=${id}#top`)
  })

  story('finds the partner by slug or alias in any case; without one, or with a wrong one, nobody is credited', async shop => {
    const ada = await shop.partner('Ada', { slug: 'ada-l', alias: 'countess' })
    const campaign = await cpa(shop, 5_00, at)
    for (const via of ['ada-l', 'ADA-L', 'Countess']) {
      const { id } = await click(shop, campaign, `via=${via}`)
      expect((await made(shop, campaign, { click_id: id })).partner_id).toBe(ada.id)
    }
    for (const query of ['', 'via=nobody', 'via=']) {
      const { id } = await click(shop, campaign, query)
      const before = await countOf(shop)
      expect(await postback(shop, campaign, { click_id: id })).toMatchObject({ status: 404, error: { code: 'not_found' } })
      expect(await countOf(shop)).toBe(before)
    }
  })

  story('knows country and system of the visitor, and lines use them', async shop => {
    const { ada, campaign } = await linked(shop)
    await lines(shop, campaign, { geo_os: 'IOS, GB, 10' })
    const agent = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X)'
    const { id } = await click(shop, campaign, `via=${ada.slug}`, { 'user-agent': agent, 'cf-ipcountry': 'GB' })
    expect(await made(shop, campaign, { click_id: id })).toMatchObject({ country: 'GB', os: 'IOS', commission_cents: 10_00 })
  })

  story('of an unknown brand or campaign, or without a destination, leads nowhere', async shop => {
    const { campaign } = await linked(shop)
    const [{ slug }] = await shop.w.sql('select slug from programs where id = $1', [shop.brand_id])
    const nowhere = await cpa(shop, 5_00)
    for (const path of [`nobody/${campaign.slug}`, `${slug}/nothing`, `${slug}/${nowhere.slug}`]) {
      const answer = await shop.w.request('GET', `/api/r/${path}`, undefined, { key: null })
      expect([answer.status, answer.error?.code], path).toEqual([404, 'not_found'])
    }
    for (const path of [`${slug}/${campaign.slug}`, `${slug.toUpperCase()}/${campaign.slug.toUpperCase()}`])
      expect((await shop.w.request('GET', `/api/r/${path}`, undefined, { key: null })).status).toBe(302)
  })

  story('sends the visitor on whatever else the address carries', async shop => {
    const { campaign } = await linked(shop)
    for (const query of [
      'utm=1&utm=2',
      'sub1=a&sub1=b',
      'sub1=%00x',
      'via=%00',
      'via=a&via=b',
      `sub1=${'x'.repeat(501)}`,
      'sub1=%ff',
      '=&&x',
    ])
      expect((await click(shop, campaign, query)).id, query).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('a postback', () => {
  story('sets the commission itself: payout=7.50 is 7.50, whatever the rule [TR-55]', async shop => {
    const { ada, campaign, click_id } = await linked(shop)
    await lines(shop, campaign, { publisher: `${ada.alias}, 9`, hybrid: 'sale, 50' })
    expect(await made(shop, campaign, { click_id, payout: '7.50', amount: '80' })).toMatchObject({
      ...{ commission_cents: 7_50, revenue_cents: 80_00, because: 'Postback set 7.50 USD' },
    })
    expect((await shop.balance(ada)).owed_cents).toBe(7_50)
  })

  story('twice with one txn_id is a duplicate; with other content a conflict; nothing more is recorded [TR-56]', async shop => {
    const { ada, campaign, click_id } = await linked(shop)
    const sent = { click_id, txn_id: 't-1', amount: '80.00' }
    const first = await made(shop, campaign, sent)
    const before = await shop.w.fingerprint()
    expect(await postback(shop, campaign, sent)).toMatchObject({
      status: 200,
      data: { status: 'duplicate', conversion_id: first.id },
    })
    await shop.w.travelTo('2026-03-11')
    expect((await postback(shop, campaign, { ...sent, amount: '80' })).data.status).toBe('duplicate')
    expect((await postback(shop, campaign, { ...sent, amount: '80.01' })).data).toEqual({
      status: 'conflict',
      conversion_id: first.id,
    })
    expect(await shop.w.fingerprint()).toBe(before)
    expect([await countOf(shop), (await shop.balance(ada)).owed_cents]).toEqual([1, 5_00])
    expect((await conversion(shop, first)).external_id).toBe('t-1')
  })

  story('without a txn_id is a conversion each time, unless an event id says it is the same [RT-38]', async shop => {
    const { campaign, click_id } = await linked(shop)
    const [one, two] = [await made(shop, campaign, { click_id }), await made(shop, campaign, { click_id })]
    expect(one.id).not.toBe(two.id)
    const first = await made(shop, campaign, { click_id, event_id: 'e' })
    for (const name of ['event_id', 'rdtk_event_id']) {
      const again = await postback(shop, campaign, { click_id, [name]: 'e' })
      expect(again.data).toEqual({ status: 'duplicate', conversion_id: first.id })
    }
    expect(await countOf(shop)).toBe(3)
  })

  story('takes the second names: clickid, sum, type, rdtk_event_id', async shop => {
    const { ada, campaign, click_id } = await linked(shop)
    const query = { clickid: click_id, sum: '12.34', type: 'Lead', rdtk_event_id: 'e-9', status: 'Pending', sub3: 'c' }
    expect(await made(shop, campaign, query)).toMatchObject({
      ...{ partner_id: ada.id, revenue_cents: 12_34, type: 'Lead', event_id: 'e-9', status: 'pending_review' },
      conversion_subs: { sub3: 'c' },
    })
    expect(await made(shop, campaign, { click_id, event: 'Signup', type: 'Lead', amount: '1', sum: '2' })).toMatchObject({
      ...{ type: 'Signup', revenue_cents: 1_00 },
    })
  })

  story('uses the campaign’s default revenue unless it says the amount, 0 too', async shop => {
    const [ada, campaign] = [await shop.partner(), await revshare(shop, '10', { ...at, default_revenue_cents: 80_00 })]
    const click_id = (await click(shop, campaign, `via=${ada.slug}`)).id
    expect(await made(shop, campaign, { click_id })).toMatchObject({ revenue_cents: 80_00, commission_cents: 8_00 })
    expect(await made(shop, campaign, { click_id, amount: '20' })).toMatchObject({ revenue_cents: 20_00, commission_cents: 2_00 })
    expect(await made(shop, campaign, { click_id, amount: '0' })).toMatchObject({ revenue_cents: 0, commission_cents: 0 })
  })

  story('reads amounts in its currency, with that currency’s decimals', async shop => {
    const { campaign, click_id } = await linked(shop)
    expect(await made(shop, campaign, { click_id, amount: '1200', currency: 'jpy' })).toMatchObject({
      currency: 'JPY',
      revenue_cents: 1200,
    })
    expect(await made(shop, campaign, { click_id, amount: '1.234', currency: 'KWD' })).toMatchObject({ revenue_cents: 1234 })
    expect(await made(shop, campaign, { click_id, payout: '7.5', currency: 'EUR' })).toMatchObject({
      ...{ commission_cents: 7_50, commission_currency: 'EUR' },
    })
    const euros = await cpa(shop, 5_00, { ...at, currency: 'EUR' })
    expect(await made(shop, euros, { click_id, amount: '3.50' })).toMatchObject({ currency: 'EUR', revenue_cents: 3_50 })
    for (const query of [{ amount: '1.5', currency: 'JPY' }, { amount: '1.2345', currency: 'KWD' }, { currency: 'dollars' }])
      expect((await postback(shop, campaign, { click_id, ...query } as never)).status).toBe(400)
  })

  story('with a bad parameter is refused with 400 and records nothing', async shop => {
    const { campaign, click_id } = await linked(shop)
    const bad = [
      ...['12,50', '1.234', '-1', 'abc', '', '1e3', ' ', '99999999999999999999', 'NaN', '0x10'].map(amount => ({ amount })),
      ...['-0.01', 'ten', '7.505'].map(payout => ({ payout })),
      ...[
        { status: 'paid' },
        { type: 'x'.repeat(51) },
        { sub1: 'x'.repeat(501) },
        { txn_id: 'nul\u0000' },
        { event_id: 'x'.repeat(201) },
      ],
    ]
    for (const query of bad) {
      const answer = await postback(shop, campaign, { click_id, ...query } as never)
      expect([answer.status, answer.error?.code], JSON.stringify(query)).toEqual([400, 'invalid_query'])
    }
    expect((await postback(shop, campaign, { amount: '1' })).error.code).toBe('invalid_query')
    expect(await countOf(shop)).toBe(0)
  })

  story('of an unknown brand, campaign, click or coupon answers 404', async shop => {
    const { campaign, click_id } = await linked(shop)
    const foreign = await shop.w.campaign({ ...at, slug: `foreign-${shop.brand_id}` })
    const [brand] = await shop.w.sql('select slug from programs where id = $1', [shop.w.brand_id])
    const theirs = await shop.w.request('GET', `/api/r/${brand.slug}/${foreign.slug}`, undefined, { key: null })
    const their_click = new URL(theirs.headers.location as string).searchParams.get('click_id') as string
    for (const query of [{ click_id: randomUUID() }, { click_id: 'no-such' }, { click_id: their_click }, { coupon_code: 'NONE' }])
      expect(await postback(shop, campaign, query as never), JSON.stringify(query)).toMatchObject({
        status: 404,
        error: { code: 'not_found' },
      })
    expect((await postback(shop, foreign, { click_id })).status).toBe(404)
    expect(
      (await shop.w.request('GET', `/api/postback/nobody/${campaign.slug}?click_id=${click_id}`, undefined, { key: null }))
        .status,
    ).toBe(404)
    expect(await countOf(shop)).toBe(0)
  })

  story('needs the campaign’s secret when it has one', async shop => {
    const { campaign, click_id } = await linked(shop, { postback_secret: 'schlüssel' })
    for (const query of [{}, { secret: 'schluessel' }, { secret: 'schlüsse' }, { secret: 'SCHLÜSSEL' }])
      expect(await postback(shop, campaign, { click_id, ...query } as never)).toMatchObject({
        status: 403,
        error: { code: 'forbidden' },
      })
    expect(await countOf(shop)).toBe(0)
    await made(shop, campaign, { click_id, secret: 'schlüssel' })
    const { has_postback_secret, ...shown } = await shop.must(shop.send('GET', `/campaigns/${campaign.id}`))
    expect([has_postback_secret, JSON.stringify(shown).includes('schl')]).toEqual([true, false])
  })
})

describe('who is credited', () => {
  story('the owner of the coupon, written in any case [TR-57]', async shop => {
    const { campaign } = await linked(shop)
    const bob = await shop.partner('Bob', { coupon_codes: ['Spring10'] })
    for (const coupon_code of ['SPRING10', 'spring10']) {
      expect(await made(shop, campaign, { coupon_code })).toMatchObject({
        partner_id: bob.id,
        coupon_code: 'SPRING10',
        click_id: null,
      })
      const sale = await created(shop, { campaign, coupon_code })
      expect((await conversion(shop, sale)).partner_id).toBe(bob.id)
    }
  })

  story('the click’s partner when a coupon comes with it; the coupon’s when the click came from nobody', async shop => {
    const { ada, campaign, click_id } = await linked(shop)
    const bob = await shop.partner('Bob', { coupon_codes: ['BOB'] })
    expect((await made(shop, campaign, { click_id, coupon_code: 'BOB' })).partner_id).toBe(ada.id)
    expect((await made(shop, campaign, { click_id, coupon_code: 'NONE' })).partner_id).toBe(ada.id)
    const { id } = await click(shop, campaign)
    expect((await made(shop, campaign, { click_id: id, coupon_code: 'BOB' })).partner_id).toBe(bob.id)
  })

  story(
    'the click gives its subs, country and system unless the item says its own; a postback’s subs are the conversion’s',
    async shop => {
      const { ada, campaign } = await linked(shop)
      const { id: click_id } = await click(shop, campaign, `via=${ada.slug}&sub1=click`, {
        'x-country': 'DE',
        'user-agent': 'Android 14',
      })
      expect(await made(shop, campaign, { click_id, sub1: 'post' })).toMatchObject({
        ...{ subs: { sub1: 'click' }, conversion_subs: { sub1: 'post' }, country: 'DE', os: 'ANDROID' },
      })
      const own = await created(shop, { campaign, click_id, subs: { sub2: 'own' }, country: 'uk', os: 'iOS 17' })
      expect(await conversion(shop, own)).toMatchObject({ subs: { sub2: 'own' }, country: 'GB', os: 'IOS' })
      const [upper] = await record(shop, item({ campaign, click_id: click_id.toUpperCase() }))
      expect(upper).toMatchObject({ status: 'created' })
    },
  )

  story('a paused partner of a click earns nothing, with the reason [RT-34]', async shop => {
    const { ada, campaign, click_id } = await linked(shop)
    await shop.must(shop.send('PATCH', `/partners/${ada.id}`, { status: 'paused' }))
    expect(await made(shop, campaign, { click_id, payout: '7.50' })).toMatchObject({
      ...{ status: 'approved', reason: 'publisher_paused', commission_cents: 0 },
    })
  })
})
