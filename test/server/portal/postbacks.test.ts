/** Partners' own addresses, called by a real receiver's count: once for each approved conversion, with patience, never too early. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { settled } from '../../../src/server/app.ts'
import { sendDue } from '../../../src/server/partners/postbacks.ts'
import { partnerSession, portalOf } from '../../support/portal.ts'
import { type World, world } from '../../support/world.ts'

let w: World
let server: http.Server
let address: string
let ask: ReturnType<typeof portalOf>
let shop: Awaited<ReturnType<World['campaign']>>
let held: typeof shop
/** What was asked for, and with what the next ones are answered. */
const asked: URLSearchParams[] = []
let status = 200

beforeAll(async () => {
  server = http.createServer((request, answer) => {
    asked.push(new URL(request.url ?? '', 'http://x').searchParams)
    answer.writeHead(status).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pb`
  w = await world({ today: '2026-03-10', config: { postback_allow_private: true } })
  await w.partner('Ada', { email: 'ada@example.org' })
  await w.partner('Bob')
  shop = await w.campaign({ name: 'Shop', cost_model: 'revshare', percent: '10', destination_url: 'https://shop.example/' })
  held = await w.campaign({ name: 'Held', hold_hours: 48 })
  const [{ id }] = await w.sql(`select id from partners where slug = 'ada'`)
  ask = portalOf(w, await partnerSession(w, id))
  const url = `${address}?c={click_id}&r={ref_id}&id={conversion_id}&p={payout}&a={amount}&e={event}&t={txn_id}&s={sub1}`
  expect((await ask('PUT', '/postback', { url })).data.url).toBe(url)
})
afterAll(async () => {
  await w.close()
  server.close()
})
beforeEach(async () => {
  await settled(w.app)
  asked.length = 0
  status = 200
})

const sale = (fields: object) => w.conversion({ partner: 'ada', campaign: shop, revenue_cents: 80_00, ...fields })
const deliveries = async () => (await ask('GET', '/postback')).data.deliveries
const calls = async () => {
  await settled(w.app)
  return asked.map(each => Object.fromEntries(each))
}

describe('an approved conversion', () => {
  test('calls the partner URL with macros filled, once [TR-64]', async () => {
    const { id } = await sale({ external_id: 'ORDER 1', subs: { sub1: 'a&b' } })
    expect(await calls()).toEqual([{ c: '', r: '', id, p: '8.00', a: '80.00', e: 'sale', t: 'ORDER 1', s: 'a&b' }])
    expect((await deliveries())[0]).toMatchObject({
      conversion_id: id,
      status: 'delivered',
      response_status: 200,
      attempt_count: 1,
    })
    await w.recorded({ partner: 'ada', campaign: shop, revenue_cents: 80_00, external_id: 'ORDER 1', subs: { sub1: 'a&b' } })
    await sendDue(w.app)
    expect(await calls()).toHaveLength(1)
  })

  test('own URL called with click id and payout macros [RT-44]', async () => {
    const clicked = await w.request('GET', `/api/r/${w.brand_slug}/shop?via=ada&sub1=mail`)
    const click_id = new URL(clicked.headers.location as string).searchParams.get('click_id')
    await w.request('GET', `/api/postback/${w.brand_slug}/shop?click_id=${click_id}&amount=50&type=Lead`)
    expect(await calls()).toMatchObject([{ c: click_id, r: click_id, p: '5.00', a: '50.00', e: 'Lead', t: '', s: 'mail' }])
  })

  test('of a partner without an address, or of an import, calls nobody', async () => {
    await w.conversion({ partner: 'bob', campaign: shop, revenue_cents: 1_00 })
    expect(await calls()).toEqual([])
    expect(
      await w.sql(`select 1 from postback_deliveries d join partners p on p.id = d.partner_id where p.slug = 'bob'`),
    ).toEqual([])
  })

  test('in a batch: one call each, a waiting and a declined one none', async () => {
    const items = Array.from({ length: 30 }, (_, n) => ({
      external_id: `b-${n}`,
      partner: n % 3 === 0 ? 'bob' : 'ada',
      campaign: 'shop',
      revenue_cents: 10_00,
    }))
    const others = ['pending', 'declined'].map(status => ({
      external_id: status,
      partner: 'ada',
      campaign: 'shop',
      revenue_cents: 10_00,
      status,
    }))
    const { data } = await w.api.conversions.record({
      params: { brand_id: w.brand_id },
      body: { conversions: [...items, ...others] },
    })
    expect(data.counts.created).toBe(32)
    expect((await calls()).map(each => each.t).sort()).toEqual(
      items
        .filter(each => each.partner === 'ada')
        .map(each => each.external_id)
        .sort(),
    )
  })

  test('by hand is called for then', async () => {
    const waiting = await sale({ status: 'pending' })
    expect(await calls()).toEqual([])
    await w.request('POST', w.path('/conversions/approve'), { ids: [waiting.id] })
    expect(await calls()).toMatchObject([{ id: waiting.id }])
    await w.request('POST', w.path('/conversions/approve'), { ids: [waiting.id] })
    expect(await calls()).toHaveLength(1)
  })
})

describe('a conversion on hold', () => {
  const onHold = () => w.conversion({ partner: 'ada', campaign: held })

  test('is approved when its hold ends, and called for then', async () => {
    const { id } = await onHold()
    await sendDue(w.app)
    expect(await calls()).toEqual([])
    expect((await deliveries())[0]).toMatchObject({ conversion_id: id, status: 'waiting', attempt_count: 0 })
    await w.travelTo('2026-03-13')
    await sendDue(w.app)
    expect(await calls()).toMatchObject([{ id, p: '10.00' }])
    await w.travelTo('2026-03-10')
  })

  test('that is approved by hand before is called for at once, and not again', async () => {
    const { id } = await onHold()
    await w.request('POST', w.path('/conversions/approve'), { ids: [id] })
    expect(await calls()).toMatchObject([{ id }])
    await w.travelTo('2026-03-13')
    await sendDue(w.app)
    expect(await calls()).toHaveLength(1)
    await w.travelTo('2026-03-10')
  })

  test('that is rejected meanwhile is never called for', async () => {
    const { id } = await onHold()
    await w.request('POST', w.path('/conversions/reject'), { ids: [id] })
    await w.travelTo('2026-03-13')
    await sendDue(w.app)
    expect(await calls()).toEqual([])
    const [row] = await w.sql('select status, error from postback_deliveries where conversion_id = $1', [id])
    expect(row).toEqual({ status: 'failed', error: 'the conversion was rejected' })
    await w.travelTo('2026-03-10')
  })
})

describe('an address that fails', () => {
  test('is tried five times, with more patience each time, and then no more', async () => {
    status = 500
    const { id } = await sale({})
    await settled(w.app)
    const row = async () => (await w.sql('select * from postback_deliveries where conversion_id = $1', [id]))[0]
    expect(await row()).toMatchObject({ status: 'waiting', attempt_count: 1, response_status: 500, error: 'it answered 500' })
    await sendDue(w.app)
    expect(await row()).toMatchObject({ attempt_count: 1 })
    for (const [after, attempt_count] of [
      ['00:02', 2],
      ['00:08', 3],
      ['00:40', 4],
      ['03:00', 5],
    ] as const) {
      await w.travelTo(`2026-03-10T${after}:00Z`)
      await sendDue(w.app)
      expect(await row()).toMatchObject({ attempt_count, status: attempt_count === 5 ? 'failed' : 'waiting' })
    }
    await w.travelTo('2026-03-20')
    await sendDue(w.app)
    expect(asked).toHaveLength(5)
    await w.travelTo('2026-03-10')
  })

  test('that works again is called with what waits', async () => {
    status = 503
    const { id } = await sale({})
    await settled(w.app)
    status = 204
    await w.travelTo('2026-03-10T00:05:00Z')
    expect(await sendDue(w.app)).toEqual({ delivered: 1, failed: 0 })
    const [row] = await w.sql('select status, attempt_count, error from postback_deliveries where conversion_id = $1', [id])
    expect(row).toEqual({ status: 'delivered', attempt_count: 2, error: null })
    await w.travelTo('2026-03-10')
  })

  test('two who send at the same time never send one twice', async () => {
    status = 500
    await sale({})
    await settled(w.app)
    asked.length = 0
    status = 200
    await w.travelTo('2026-03-10T01:00:00Z')
    await Promise.all([sendDue(w.app), sendDue(w.app), sendDue(w.app)])
    expect(asked).toHaveLength(1)
    await w.travelTo('2026-03-10')
  })
})

describe('the page', () => {
  test('Send Test calls it with samples and says what it answered [TR-64, RT-44]', async () => {
    const good = await ask('POST', '/postback/test', {})
    expect(good.data).toMatchObject({ ok: true, status: 200, error: null })
    expect(await calls()).toMatchObject([{ p: '12.50', a: '80.00', e: 'sale', t: 'ORDER-1001', s: 'newsletter' }])
    expect(good.data.url).toContain('p=12.50')
    status = 404
    const other = await ask('POST', '/postback/test', { url: `${address}?only={payout}` })
    expect(other.data).toMatchObject({ ok: false, status: 404, error: 'it answered 404' })
    expect((await calls()).at(-1)).toEqual({ only: '12.50' })
  })

  test('takes only addresses that can be called', async () => {
    for (const url of ['ftp://x.example/', 'https://{sub1}.example/', 'https://me:secret@x.example/', 'no address', 7])
      expect([url, (await ask('PUT', '/postback', { url })).error?.code]).toEqual([url, 'invalid_body'])
    const kept = (await ask('GET', '/postback')).data
    expect(kept.url).toContain(address)
    expect(kept.macros.map((each: { name: string }) => each.name)).toContain('{click_id}')
    w.app.config.postback_allow_private = false
    expect((await ask('PUT', '/postback', { url: address })).error.message).toContain('private network')
    expect((await ask('POST', '/postback/test', { url: 'http://169.254.169.254/latest' })).error.code).toBe('invalid_body')
    w.app.config.postback_allow_private = true
  })

  test('null stops the calls, what waits included', async () => {
    status = 500
    const { id } = await sale({})
    await settled(w.app)
    const before = (await ask('GET', '/postback')).data.url
    await ask('PUT', '/postback', { url: null })
    await sale({})
    await w.travelTo('2026-03-10T02:00:00Z')
    await sendDue(w.app)
    expect(await calls()).toHaveLength(1)
    const [row] = await w.sql('select status, error from postback_deliveries where conversion_id = $1', [id])
    expect(row).toEqual({ status: 'failed', error: 'there is no address any more' })
    expect((await ask('POST', '/postback/test', {})).error.code).toBe('invalid_body')
    await ask('PUT', '/postback', { url: before })
    await w.travelTo('2026-03-10')
  })
})
