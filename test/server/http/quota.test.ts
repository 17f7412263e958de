/** How many requests with keys a plan allows a day. Source: spec B2, B4. */
import { expect, test } from 'vitest'
import { keyOf } from '../../support/keys.ts'
import { signedIn } from '../../support/people.ts'
import { type World, world } from '../../support/world.ts'

const get = (shop: World, key = shop.key) => shop.request('GET', '/api/v1/payout-methods', undefined, { key })
const usage = (shop: World) => shop.sql<{ day: string; requests: number }>('select day, requests from api_usage order by day')

/** Leaves so many requests of the day. */
const leave = (shop: World, day: string, left: number, of = 1_000) =>
  shop.sql(
    `insert into api_usage (org_id, day, requests) values ($1, $2, $3)
     on conflict (org_id, day) do update set requests = excluded.requests`,
    [shop.org_id, day, of - left],
  )

test('a quota that is used up answers 429 with the seconds to midnight UTC, and is free again after it [TG-82]', async () => {
  const shop = await world({ plan: 'starter', today: '2026-03-01T22:00:00Z', time_zone: 'America/New_York' })
  await leave(shop, '2026-03-01', 2)
  expect([(await get(shop)).status, (await get(shop)).status]).toEqual([200, 200])
  const answer = await get(shop)
  expect([answer.status, answer.error.code]).toEqual([429, 'rate_limit_exceeded'])
  expect(answer.error.message).toContain('1000 requests')
  expect(answer.meta.retry_after).toBeGreaterThan(7_190)
  expect(answer.meta.retry_after).toBeLessThanOrEqual(7_200)
  expect(answer.headers['retry-after']).toBe(String(answer.meta.retry_after))
  await shop.travelTo('2026-03-01T23:59:59.500Z')
  expect((await get(shop)).meta.retry_after).toBe(1)
  await shop.travelTo('2026-03-02T00:00:00Z')
  expect((await get(shop)).status).toBe(200)
  expect(await usage(shop)).toEqual([
    { day: '2026-03-01', requests: 1_000 },
    { day: '2026-03-02', requests: 1 },
  ])
  await shop.close()
})

test('of requests at the same time exactly as many pass as are left [TG-82]', async () => {
  const shop = await world({ plan: 'starter', today: '2026-03-01' })
  await leave(shop, '2026-03-01', 7)
  const answers = await Promise.all(Array.from({ length: 40 }, () => get(shop)))
  expect(answers.filter(a => a.status === 200)).toHaveLength(7)
  expect(answers.filter(a => a.status === 429)).toHaveLength(33)
  expect(await usage(shop)).toEqual([{ day: '2026-03-01', requests: 1_000 }])
  await shop.close()
})

test('every request with any key of the organization counts, under both paths, refused or not', async () => {
  const shop = await world({ plan: 'starter', today: '2026-03-01' })
  const [brand, reader] = [await keyOf(shop, { brand_id: shop.brand_id }), await keyOf(shop, { scopes: ['read'] })]
  expect((await get(shop)).status).toBe(200)
  expect((await shop.request('GET', shop.path('/partners'), undefined, { key: brand })).status).toBe(200)
  expect((await shop.request('POST', '/api/v1/projects', { name: 'X' }, { key: reader })).status).toBe(403)
  expect((await shop.request('POST', '/api/v1/projects', { nonsense: 1 })).status).toBe(400)
  expect((await shop.request('GET', '/api/me', undefined, { key: 'tga_wrong' })).status).toBe(401)
  expect(await usage(shop)).toEqual([{ day: '2026-03-01', requests: 4 }])
  await shop.close()
})

test('a request that comes too often a minute uses no quota', async () => {
  const shop = await world({ plan: 'starter', today: '2026-03-01', rate_limit: 2 })
  expect([(await get(shop)).status, (await get(shop)).status, (await get(shop)).status]).toEqual([200, 200, 429])
  expect(await usage(shop)).toEqual([{ day: '2026-03-01', requests: 2 }])
  await shop.close()
})

test('Free has no requests with a key, and any number in the workspace [TG-82, ON-17]', async () => {
  const shop = await world({ plan: 'free', today: '2026-03-01T12:00:00Z' })
  const answer = await get(shop)
  expect([answer.status, answer.error.code]).toEqual([429, 'rate_limit_exceeded'])
  expect(answer.meta.retry_after).toBeGreaterThan(43_190)
  const headers = await signedIn(shop, shop.admin_email)
  for (let i = 0; i < 5; i++)
    expect((await shop.request('GET', '/api/v1/payout-methods', undefined, { key: null, headers })).status).toBe(200)
  expect(await usage(shop)).toEqual([])
  await shop.close()
})

test('the default plan counts nothing and refuses nothing [ON-17]', async () => {
  const shop = await world({ today: '2026-03-01' })
  await leave(shop, '2026-03-01', 0, 1_000_000)
  expect((await get(shop)).status).toBe(200)
  expect(await usage(shop)).toEqual([{ day: '2026-03-01', requests: 1_000_000 }])
  await shop.close()
})

test('another plan counts within a second', async () => {
  const shop = await world({ today: '2026-03-01' })
  expect((await get(shop)).status).toBe(200)
  await shop.sql(`update organizations set plan = 'free'`)
  await new Promise(resolve => setTimeout(resolve, 1050))
  expect((await get(shop)).status).toBe(429)
  await shop.close()
})
