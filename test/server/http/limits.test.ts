import { expect, test } from 'vitest'
import { operate } from '../../../src/server/operations.ts'
import { signedIn } from '../../support/people.ts'
import { type World, world } from '../../support/world.ts'

const newKey = async (shop: World, brand_id?: string): Promise<string> => {
  const made = await operate(shop.app, 'key.create', { org_id: shop.org_id, ...(brand_id && { brand_id }) }, () => {})
  return (made as { api_key: string }).api_key
}

async function statuses(shop: World, times: number, key: string): Promise<number[]> {
  const answers: number[] = []
  for (let i = 0; i < times; i++) answers.push((await shop.request('GET', '/api/me', undefined, { key })).status)
  return answers
}

test('request 101 in a minute with a brand key is refused with Retry-After, and other keys are not [TR-68]', async () => {
  const shop = await world({ rate_limit: 'default' })
  const key = await newKey(shop, shop.brand_id)
  expect(new Set(await statuses(shop, 100, key))).toEqual(new Set([200]))
  const answer = await shop.request('GET', '/api/me', undefined, { key })
  expect([answer.status, answer.error.code]).toEqual([429, 'rate_limit_exceeded'])
  const wait = Number(answer.headers['retry-after'])
  expect(wait).toBeGreaterThan(0)
  expect(wait).toBeLessThanOrEqual(60)
  expect(answer.meta.retry_after).toBe(wait)
  expect((await shop.request('GET', '/api/me', undefined, { key: await newKey(shop, shop.brand_id) })).status).toBe(200)
  await shop.close()
})

test('request 61 in a minute with an organization key is refused with Retry-After; a person may make any number [TG-81]', async () => {
  const shop = await world({ rate_limit: 'default' })
  expect(new Set(await statuses(shop, 60, shop.key))).toEqual(new Set([200]))
  const answer = await shop.request('GET', '/api/v1/payout-methods', undefined, { key: shop.key })
  expect([answer.status, answer.error.code, answer.meta.code]).toEqual([429, 'rate_limit_exceeded', 'rate_limit_exceeded'])
  expect(answer.headers['retry-after']).toBe(String(answer.meta.retry_after))
  expect(answer.meta.retry_after).toBeGreaterThan(0)
  expect(answer.meta.retry_after).toBeLessThanOrEqual(60)
  const headers = await signedIn(shop, shop.admin_email)
  for (let i = 0; i < 110; i++) expect((await shop.request('GET', '/api/me', undefined, { key: null, headers })).status).toBe(200)
  await shop.close()
})

test('the limit can be set, and 0 is none', async () => {
  const strict = await world({ rate_limit: 3 })
  expect(await statuses(strict, 5, strict.key)).toEqual([200, 200, 200, 429, 429])
  await strict.close()
  const open = await world({ rate_limit: 0 })
  expect(new Set(await statuses(open, 120, open.key))).toEqual(new Set([200]))
  await open.close()
})

test('a travelling clock does not move the limits', async () => {
  const shop = await world({ rate_limit: 2, today: '2026-03-01' })
  await statuses(shop, 2, shop.key)
  await shop.travelTo('2026-04-01')
  expect(await statuses(shop, 1, shop.key)).toEqual([429])
  await shop.close()
})

test('an address that keeps failing is slowed down, and a good key from it still works', async () => {
  const shop = await world({ rate_limit: 'default' })
  const answers = await statuses(shop, 301, 'tga_guess')
  expect(answers.slice(0, 300).every(status => status === 401)).toBe(true)
  expect(answers[300]).toBe(429)
  expect(await statuses(shop, 1, shop.key)).toEqual([200])
  await shop.close()
})

test('passwords cannot be tried out: the eleventh try in a minute is refused', async () => {
  const shop = await world()
  const attempt = (email: string) =>
    shop.request('POST', '/api/auth/sign-in/email', { email, password: 'a wrong password' }, { key: null })
  const answers = []
  for (let i = 0; i < 11; i++) answers.push((await attempt(i % 2 ? 'ADMIN@example.org' : shop.admin_email)).status)
  expect(answers).toEqual([...Array(10).fill(401), 429])
  expect((await attempt('other@example.org')).status).toBe(401)
  await shop.close()
})
