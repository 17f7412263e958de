/** API keys over HTTP: who may see, make and end them, and what a key may hand on. Source: spec A14, B2. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOrganization } from '../../../src/server/organizations/organizations.ts'
import { keyOf } from '../../support/keys.ts'
import { addMember, signedIn } from '../../support/people.ts'
import { type Answered, type World, world } from '../../support/world.ts'

const PATH = '/api/organization/keys'
let shop: World
let headers: Awaited<ReturnType<typeof signedIn>>
beforeAll(async () => {
  shop = await world({ today: '2026-03-01' })
  headers = await signedIn(shop, shop.admin_email)
})
afterAll(() => shop.close())

/** As the admin in the workspace. */
const asAdmin = (method: string, path: string, body?: unknown, more: object = {}) =>
  shop.request(method, path, body, { key: null, headers: { ...headers, ...more } })
const make = (body: object = {}) => asAdmin('POST', PATH, { name: 'Warehouse sync', ...body })
const ids = (answer: Answered) => answer.data.map((key: { id: string }) => key.id)
const refusal = (answer: Answered) => [answer.status, answer.error?.code]

describe('an admin in the workspace', () => {
  test('makes a key of the organization that works at once, is theirs, and is told once', async () => {
    const { status, data } = await make()
    expect(status).toBe(201)
    expect(data).toMatchObject({ name: 'Warehouse sync', brand_id: null, prefix: 'tga', scopes: ['read', 'write'] })
    expect(data).toMatchObject({ owner_email: shop.admin_email, expires_at: null, revoked_at: null })
    expect(data.api_key).toMatch(/^tga_[0-9a-f]{64}$/)
    expect(data.api_key.slice(-4)).toBe(data.last_four)
    expect((await shop.request('GET', '/api/me', undefined, { key: data.api_key })).data).toMatchObject({ role: 'admin' })
    const listed = await asAdmin('GET', PATH)
    expect(ids(listed)).toContain(data.id)
    expect(listed.text).not.toContain(data.api_key.slice(4))
    expect(Object.keys(data).filter(name => /hash|owner_id|org_id/.test(name))).toEqual([])
  })

  test('makes a key of one brand, with one scope and an end', async () => {
    const { data } = await make({ brand_id: shop.brand_id, scopes: ['read'], expires_at: '2026-06-01T00:00:00Z' })
    expect(data).toMatchObject({
      brand_id: shop.brand_id,
      prefix: 'tk',
      scopes: ['read'],
      expires_at: '2026-06-01T00:00:00.000Z',
    })
    expect(data.api_key).toMatch(/^tk_[\w-]{40}$/)
    const written = await shop.request('POST', shop.path('/partners'), { name: 'Ada' }, { key: data.api_key })
    expect(refusal(written)).toEqual([403, 'insufficient_scope'])
  })

  test('that repeats the request gets the same key without its text, which is kept nowhere', async () => {
    const more = { 'idempotency-key': shop.app.newId() }
    const [first, second] = [
      await asAdmin('POST', PATH, { name: 'Once' }, more),
      await asAdmin('POST', PATH, { name: 'Once' }, more),
    ]
    expect(second.data).toEqual({ ...first.data, api_key: null })
    expect(second.status).toBe(201)
    const tables = await shop.sql<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    )
    for (const { name } of tables) {
      const found = await shop.sql(`select 1 from ${name} t where t::text like $1`, [`%${first.data.api_key.slice(4)}%`])
      expect(found, name).toEqual([])
    }
  })

  test('ends a key, which is then listed among the ended alone, and cannot be ended twice', async () => {
    const { data } = await make({ name: 'Short-lived' })
    expect((await asAdmin('DELETE', `${PATH}/${data.id}`)).data).toEqual({ id: data.id, revoked: true })
    expect(ids(await asAdmin('GET', PATH))).not.toContain(data.id)
    const all = await asAdmin('GET', `${PATH}?include_ended=1`)
    expect(all.data.find((key: { id: string }) => key.id === data.id).revoked_at).toMatch(/^2026-03-01T/)
    expect(refusal(await asAdmin('DELETE', `${PATH}/${data.id}`))).toEqual([404, 'not_found'])
    const [event] = await shop.sql('select actor, verb from events where object_id = $1 order by id desc', [data.id])
    expect(event).toEqual({ actor: `person:${shop.admin_email}`, verb: 'api_key.revoked' })
  })

  test('reads a page after the other, newest first, each key once', async () => {
    const made: string[] = []
    for (const n of [1, 2, 3]) made.unshift((await make({ name: `Key ${n}` })).data.id)
    const first = await asAdmin('GET', `${PATH}?limit=2`)
    const second = await asAdmin('GET', `${PATH}?limit=2&cursor=${first.meta.next_cursor}`)
    expect([...ids(first), ...ids(second)].slice(0, 3)).toEqual(made)
    expect(new Set([...ids(first), ...ids(second)]).size).toBe(4)
  })

  test.each([
    ['a name that is blank', { name: ' ' }, 'name'],
    ['no scope', { scopes: [] }, 'scopes'],
    ['a scope that there is not', { scopes: ['admin'] }, 'scopes.0'],
    ['an end that is past', { expires_at: '2026-02-28T00:00:00Z' }, 'expires_at'],
    ['an end that is now', { expires_at: '2026-03-01T00:00:00Z' }, 'expires_at'],
  ])('is refused %s, by the name of the field', async (_, body, path) => {
    const answer = await make(body)
    expect(refusal(answer)).toEqual([400, 'invalid_body'])
    expect(answer.meta.errors).toMatchObject([{ path }])
  })

  test("finds no brand and no key of another organization's", async () => {
    const rival = await createOrganization(shop.app, { name: 'Rival', email: 'rival@example.org' })
    const before = await shop.fingerprint()
    expect(refusal(await make({ brand_id: rival.brand_id }))).toEqual([404, 'not_found'])
    const [{ id }] = await shop.sql('select id from api_keys where org_id = $1', [rival.org_id])
    expect(refusal(await asAdmin('DELETE', `${PATH}/${id}`))).toEqual([404, 'not_found'])
    expect(await shop.fingerprint()).toBe(before)
    expect(ids(await asAdmin('GET', `${PATH}?include_ended=1&limit=100`))).not.toContain(id)
  })
})

describe('a key', () => {
  const byKey = (key: string, method: string, body?: unknown, path = PATH) => shop.request(method, path, body, { key })

  test('that reads and writes makes keys of its own owner, which is how it is rotated', async () => {
    const { data } = await byKey(shop.key, 'POST', { name: 'Next' })
    expect(data.owner_email).toBe(shop.admin_email)
    expect((await byKey(data.api_key, 'DELETE', undefined, `${PATH}/${data.id}`)).status).toBe(200)
  })

  test('never makes one that may do more than itself: one that reads cannot make any', async () => {
    const key = await keyOf(shop, { scopes: ['read'] })
    const before = await shop.fingerprint()
    expect(refusal(await byKey(key, 'POST', { name: 'More' }))).toEqual([403, 'insufficient_scope'])
    expect(await shop.fingerprint()).toBe(before)
  })

  test('that may only write makes none that reads', async () => {
    const key = await keyOf(shop, { scopes: ['write'] })
    const refused = await byKey(key, 'POST', { name: 'More' })
    expect(refusal(refused)).toEqual([403, 'insufficient_scope'])
    expect(refused.meta).toMatchObject({ required: 'read', granted: ['write'] })
    expect((await byKey(key, 'POST', { name: 'As much', scopes: ['write'] })).status).toBe(201)
  })

  test('that ends makes none that lives longer', async () => {
    const key = await keyOf(shop, { expires_in: '30d' })
    const until = (expires_at: string | null) => byKey(key, 'POST', { name: 'Longer', expires_at })
    for (const end of [null, '2026-04-01T00:00:00Z']) {
      const refused = await until(end)
      expect([...refusal(refused), refused.meta.errors[0].path]).toEqual([400, 'invalid_body', 'expires_at'])
    }
    expect((await until('2026-03-31T00:00:00Z')).status).toBe(201)
  })

  test('of one brand sees, makes and ends none', async () => {
    const key = await keyOf(shop, { brand_id: shop.brand_id })
    const { data } = await make({ name: 'Out of reach' })
    const before = await shop.fingerprint()
    expect(refusal(await byKey(key, 'GET'))).toEqual([403, 'forbidden'])
    expect(refusal(await byKey(key, 'POST', { name: 'More', brand_id: shop.brand_id }))).toEqual([403, 'forbidden'])
    expect(refusal(await byKey(key, 'DELETE', undefined, `${PATH}/${data.id}`))).toEqual([403, 'forbidden'])
    expect(await shop.fingerprint()).toBe(before)
  })
})

test('a member of the organization, and its key, see and change no keys', async () => {
  await addMember(shop, 'member@example.org', 'member')
  const theirs = await signedIn(shop, 'member@example.org')
  const key = await keyOf(shop, { owner: 'member' })
  for (const more of [{ key: null, headers: theirs }, { key }]) {
    expect(refusal(await shop.request('GET', PATH, undefined, more))).toEqual([403, 'forbidden'])
    expect(refusal(await shop.request('POST', PATH, { name: 'More' }, more))).toEqual([403, 'forbidden'])
  }
})
