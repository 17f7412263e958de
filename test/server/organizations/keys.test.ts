import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operate } from '../../../src/server/operations.ts'
import { createOrganization } from '../../../src/server/organizations/organizations.ts'
import { addMember } from '../../support/people.ts'
import { type World, world } from '../../support/world.ts'

let shop: World
beforeAll(async () => {
  shop = await world({ today: '2026-03-01' })
})
afterAll(() => shop.close())

type Made = { key_id: string; api_key: string }
const make = (input: object = {}) => operate(shop.app, 'key.create', { org_id: shop.org_id, ...input }, () => {}) as Promise<Made>
const get = (url: string, key: string) => shop.request('GET', url, undefined, { key })

describe('a brand key', () => {
  test('has the prefix tk_ and 40 characters, and only its hash is in the database [TR-67]', async () => {
    const { api_key } = await make({ brand_id: shop.brand_id })
    expect(api_key).toMatch(/^tk_[A-Za-z0-9_-]{40}$/)
    const tables = await shop.sql<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    )
    for (const { name } of tables) {
      const rows = await shop.sql(`select t::text as line from ${name} t where t::text like $1`, [`%${api_key.slice(3)}%`])
      expect(rows, name).toEqual([])
    }
    expect(await shop.sql('select last_four from api_keys where last_four = $1', [api_key.slice(-4)])).toHaveLength(1)
  })

  test('is shown once: no endpoint and no list gives it back [TR-67]', async () => {
    const { key_id, api_key } = await make({ brand_id: shop.brand_id })
    const listed = JSON.stringify(await operate(shop.app, 'key.list', { org_id: shop.org_id }, () => {}))
    expect(listed).toContain(key_id)
    expect(listed).not.toContain(api_key.slice(3))
  })

  test('sees another brand as one that does not exist [TR-67]', async () => {
    const other = (await shop.api.organizations.createProgram({ body: { name: 'Other' } })).data
    const { api_key } = await make({ brand_id: shop.brand_id })
    expect((await get(shop.path('/partners'), api_key)).status).toBe(200)
    const answer = await get(`/api/brands/${other.id}/partners`, api_key)
    expect([answer.status, answer.error.code]).toEqual([404, 'not_found'])
    expect((await get('/api/me', api_key)).data.brands).toHaveLength(1)
    const made = await shop.request('POST', '/api/v1/projects', { name: 'Third' }, { key: api_key })
    expect([made.status, made.error.code]).toEqual([403, 'forbidden'])
  })

  test('is taken from x-api-key too', async () => {
    const { api_key } = await make({ brand_id: shop.brand_id })
    const answer = await shop.request('GET', shop.path('/partners'), undefined, { key: null, headers: { 'x-api-key': api_key } })
    expect(answer.status).toBe(200)
  })
})

test('an organization key is tga_ and 64 hex digits, shown once, its hash alone kept [TG-80]', async () => {
  const { key_id, api_key } = await make()
  expect(api_key).toMatch(/^tga_[0-9a-f]{64}$/)
  const listed = await operate(shop.app, 'key.list', { org_id: shop.org_id }, () => {})
  expect(JSON.stringify(listed)).toContain(key_id)
  expect(JSON.stringify(listed)).not.toContain(api_key.slice(4))
  const [row] = await shop.sql('select to_jsonb(k) as row from api_keys k where id = $1', [key_id])
  expect(row.row.hash).toBe(createHash('sha256').update(api_key).digest('hex'))
  expect(JSON.stringify(row)).not.toContain(api_key.slice(4, 30))
  expect(row.row.scopes).toEqual(['read', 'write'])
})

test('a key of another organization sees nothing of this one', async () => {
  const other = await createOrganization(shop.app, { name: 'Rival', email: 'rival@example.org' })
  const ada = await shop.partner('Ada')
  for (const url of [
    shop.path('/partners'),
    shop.path(`/partners/${ada.id}`),
    shop.path('/settings/payouts'),
    shop.path('/payouts/balances'),
  ]) {
    expect((await get(url, other.api_key)).status, url).toBe(404)
  }
  const before = await shop.fingerprint()
  const patched = await shop.request('PATCH', shop.path(`/partners/${ada.id}`), { name: 'Eve' }, { key: other.api_key })
  expect(patched.status).toBe(404)
  expect(await shop.fingerprint()).toBe(before)
  expect((await get(`/api/brands/${other.brand_id}/partners`, other.api_key)).data).toEqual([])
})

test('a read-only key cannot write, and hears what it lacks', async () => {
  const { api_key } = await make({ scopes: ['read'] })
  expect((await get(shop.path('/partners'), api_key)).status).toBe(200)
  const answer = await shop.request('POST', shop.path('/partners'), { name: 'Ada' }, { key: api_key })
  expect([answer.status, answer.error.code]).toEqual([403, 'insufficient_scope'])
  expect(answer.meta).toMatchObject({ code: 'insufficient_scope', required: 'write', granted: ['read'] })
})

test('a revoked key stops working within a second [TG-80]', async () => {
  const { key_id, api_key } = await make()
  expect((await get('/api/me', api_key)).status).toBe(200)
  await operate(shop.app, 'key.revoke', { key_id }, () => {})
  await new Promise(resolve => setTimeout(resolve, 1050))
  expect(await get('/api/me', api_key).then(a => [a.status, a.error.code])).toEqual([401, 'invalid_api_key'])
  await expect(operate(shop.app, 'key.revoke', { key_id }, () => {})).rejects.toThrow(/no such live key/)
})

test('a key never does more than the person who owns it', async () => {
  await addMember(shop, 'reader@example.org', 'member')
  const { api_key } = await make({ owner: 'reader@example.org' })
  expect((await get(shop.path('/partners'), api_key)).status).toBe(200)
  const answer = await shop.request('POST', shop.path('/partners'), { name: 'Ada' }, { key: api_key })
  expect([answer.status, answer.error.code]).toEqual([403, 'forbidden'])
  expect(await get('/api/v1/payout-methods?include_disabled=1', api_key).then(a => a.error.code)).toBe('forbidden')
})

test('an expired key stops working by the clock of the product [TG-80]', async () => {
  const { api_key } = await make({ expires_in: '30d' })
  await shop.travelTo('2026-03-30')
  expect((await get('/api/me', api_key)).status).toBe(200)
  await shop.travelTo('2026-04-01')
  const answer = await get('/api/me', api_key)
  expect([answer.status, answer.error.code]).toEqual([401, 'invalid_api_key'])
  expect(answer.error.message).toContain('expired')
})

test('who makes a key is told, without the key', async () => {
  const { key_id, api_key } = await make()
  const [event] = await shop.sql('select verb, actor, after from events where object_id = $1', [key_id])
  expect(event).toMatchObject({ verb: 'api_key.created', actor: 'command:key create' })
  expect(JSON.stringify(event)).not.toContain(api_key.slice(4))
})
