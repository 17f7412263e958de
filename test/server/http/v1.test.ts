/** What holds for every path under /api/v1: keys, scopes, the envelope, ids and queries. Source: spec B2, B3. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { endpoints } from '../../../src/api/contract.ts'
import type { Endpoint } from '../../../src/api/endpoint.ts'
import { addressOf } from '../../../src/client/client.ts'
import { everything, type Ids } from '../../support/everything.ts'
import { keyOf } from '../../support/keys.ts'
import { type Answered, type RequestOptions, type World, world } from '../../support/world.ts'

const V = '/api/v1'
const NOBODY = '01900000-0000-7000-8000-000000000000'

let w: World
let ids: Ids
beforeAll(async () => {
  w = await world({ today: '2026-03-10' })
  ;[ids] = (await everything(w, w)) as [Ids]
})
afterAll(() => w.close())

const queryOf = (e: Endpoint): Record<string, { enum?: string[] }> =>
  (z.toJSONSchema(e.query, { io: 'input' }).properties ?? {}) as Record<string, { enum?: string[] }>
const v1 = endpoints.filter(({ endpoint }) => endpoint.path.startsWith(V) && endpoint.scope !== 'public')
const reads = v1.filter(({ endpoint }) => endpoint.method === 'GET' && endpoint.answers === 'json')
const writes = v1.filter(({ endpoint }) => endpoint.method !== 'GET')
const lists = reads.filter(({ endpoint }) => 'limit' in queryOf(endpoint))

/** Expects a refusal in the one shape that changes no row of any table. */
async function refused(act: () => Promise<Answered>, status: number, code: string): Promise<Answered> {
  const before = await w.fingerprint()
  const answer = await act()
  expect([answer.status, answer.error?.code], answer.text).toEqual([status, code])
  expect(JSON.parse(answer.text)).toEqual({
    data: null,
    error: { code, message: expect.stringMatching(/^[A-Z].*\.$/s) },
    meta: expect.objectContaining({ code, request_id: expect.any(String) }),
  })
  expect(await w.fingerprint()).toBe(before)
  return answer
}

describe('a key', () => {
  test('is needed on every path, and a wrong one is refused in the same words [TG-01]', async () => {
    expect(v1.length).toBeGreaterThan(40)
    for (const { endpoint } of v1) {
      for (const key of [null, 'tga_wrong', `tga_${'0'.repeat(64)}`, w.key.slice(0, -1)]) {
        const answer = await w.request(endpoint.method, addressOf(endpoint.path, ids), undefined, { key })
        const said = [answer.status, answer.meta?.code, answer.data]
        expect(said, `${endpoint.method} ${endpoint.path}`).toEqual([401, 'invalid_api_key', null])
      }
    }
    await refused(() => w.request('GET', `${V}/payout-methods`, undefined, { key: null }), 401, 'invalid_api_key')
  })

  test('that only reads is refused by every write and by no read [TG-79]', async () => {
    const key = await keyOf(w, { scopes: ['read'] })
    for (const { endpoint } of writes) {
      const send = () => w.request(endpoint.method, addressOf(endpoint.path, ids), {}, { key })
      const { meta } = await refused(send, 403, 'insufficient_scope')
      expect(meta).toMatchObject({ code: 'insufficient_scope', required: 'write', granted: ['read'] })
    }
    for (const { name, endpoint } of reads) {
      expect((await w.request('GET', addressOf(endpoint.path, ids), undefined, { key })).status, name).toBe(200)
    }
  })
})

describe('an answer', () => {
  test('has data, error and meta; of error and data one is null [TG-02]', async () => {
    for (const { name, endpoint } of reads.filter(each => each.endpoint.answers === 'json')) {
      const { status, text } = await w.request('GET', addressOf(endpoint.path, ids))
      const { data, error, meta, ...rest } = JSON.parse(text)
      expect([status, error, rest], name).toEqual([200, null, {}])
      expect(data, name).not.toBeNull()
      expect(meta, name).toEqual(lists.some(each => each.name === name) ? { next_cursor: null } : expect.any(Object))
    }
    const made = await w.request('POST', `${V}/payout-methods`, { name: 'Envelope' })
    expect(Object.keys(JSON.parse(made.text)).sort()).toEqual(['data', 'error', 'meta'])
    await refused(() => w.request('POST', `${V}/payout-methods`, { name: 'Envelope' }), 409, 'conflict_name')
  })

  test('counts money in whole cents and time in UTC [TG-03]', async () => {
    const seen = { cents: 0, instants: 0, days: 0 }
    const look = (value: unknown, name: string, where: string): void => {
      if (typeof value === 'object' && value !== null) {
        for (const [inner, each] of Object.entries(value)) look(each, Array.isArray(value) ? name : inner, where)
      } else if (name.endsWith('_cents')) {
        seen.cents++
        expect(value === null || Number.isSafeInteger(value), `${where} ${name} ${value}`).toBe(true)
      } else if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) {
        seen.instants++
        expect(value, `${where} ${name}`).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/)
      } else if (name.endsWith('_at')) {
        expect(value, `${where} ${name}`).toBeNull()
      }
    }
    for (const { name, endpoint } of reads) look((await w.request('GET', addressOf(endpoint.path, ids))).data, '', name)
    expect(seen.cents).toBeGreaterThan(10)
    expect(seen.instants).toBeGreaterThan(30)
  })
})

describe('a bad id or query', () => {
  for (const { endpoint } of v1.filter(each => each.endpoint.path.includes('{'))) {
    test(`${endpoint.method} ${endpoint.path} with an id that is none: 400 invalid_params [TG-83]`, async () => {
      const names = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(match => match[1] as string)
      for (const name of names)
        for (const wrong of ['abc', '7', `${NOBODY}0`, '%00']) {
          const path = addressOf(endpoint.path, { ...ids, [name]: '@' }).replace('%40', wrong)
          const body = endpoint.method === 'GET' || endpoint.method === 'DELETE' ? undefined : {}
          await refused(() => w.request(endpoint.method, path, body), 400, 'invalid_params')
        }
    })
  }

  for (const { endpoint } of reads) {
    test(`GET ${endpoint.path} with a bad query: 400 invalid_query [TG-83]`, async () => {
      const known = queryOf(endpoint)
      const wrong: [string, string][] = [['no_such_filter', '1']]
      if ('limit' in known) for (const limit of ['501', '0', 'ten', '1.5']) wrong.push(['limit', limit])
      if (endpoint.data instanceof z.ZodArray && 'limit' in known) wrong.push(['limit', '101'])
      if ('cursor' in known) wrong.push(['cursor', 'nonsense!'])
      for (const [name, schema] of Object.entries(known)) {
        if (schema.enum) wrong.push([name, 'foo'], [name, ''])
        if (name.endsWith('_id')) wrong.push([name, 'abc'])
        if (['from', 'to', 'reference_date'].includes(name)) wrong.push([name, 'yesterday'], [name, '2026-02-30'])
      }
      for (const [name, value] of wrong) {
        const before = await w.fingerprint()
        const answer = await w.request('GET', addressOf(endpoint.path, ids, { [name]: value }))
        expect([answer.status, answer.meta.code], `${name}=${value}`).toEqual([400, 'invalid_query'])
        expect(await w.fingerprint()).toBe(before)
      }
    })
  }
})

describe('an Idempotency-Key', () => {
  const payment = () => ({ project_id: w.brand_id, total_amount_cents: 1_00 })
  const send = (path: string, body: unknown, key?: string, more: RequestOptions = {}) =>
    w.request('POST', `${V}${path}`, body, { ...more, headers: key === undefined ? {} : { 'idempotency-key': key } })

  test('is needed to record a payment, and nothing else needs one [TG-67]', async () => {
    await refused(() => send('/payout-payments', payment()), 400, 'idempotency_key_required')
    expect((await send('/payout-payments', payment(), 'one-payment')).status).toBe(201)
    expect((await send('/payout-methods', { name: 'Without a key' })).status).toBe(201)
  })

  test('is not asked for where the switch is off', async () => {
    const lenient = await world({ today: '2026-03-10', config: { require_idempotency_key: false } })
    const body = { project_id: lenient.brand_id, total_amount_cents: 1_00 }
    expect((await lenient.request('POST', `${V}/payout-payments`, body)).status).toBe(201)
    await lenient.close()
  })

  test('used on another route is refused, whichever came first [TG-68]', async () => {
    expect((await send('/payout-methods', { name: 'Routed' }, 'route-1')).status).toBe(201)
    await refused(() => send('/projects', { name: 'Routed' }, 'route-1'), 409, 'idempotency_key_reused')
    await refused(() => send('/payout-payments', payment(), 'route-1'), 409, 'idempotency_key_reused')
    expect((await send('/payout-payments', payment(), 'route-2')).status).toBe(201)
    await refused(() => send('/payout-methods', { name: 'Routed 2' }, 'route-2'), 409, 'idempotency_key_reused')
  })

  test('used with another body is refused; the same body answers the same [TG-68]', async () => {
    const first = await send('/payout-methods', { name: 'Bodied' }, 'body-1')
    await refused(() => send('/payout-methods', { name: 'Bodied 2' }, 'body-1'), 409, 'idempotency_key_reused')
    expect(await send('/payout-methods', { name: 'Bodied' }, 'body-1').then(a => [a.status, a.text])).toEqual([201, first.text])
    await send('/payout-payments', payment(), 'body-2')
    const other = { ...payment(), total_amount_cents: 2_00 }
    await refused(() => send('/payout-payments', other, 'body-2'), 409, 'idempotency_key_reused')
  })

  test('of a request that was refused can be used again', async () => {
    await refused(() => send('/payout-methods', { name: 'PayPal' }, 'again'), 409, 'conflict_name')
    await refused(() => send('/payout-methods', { name: '' }, 'again'), 400, 'invalid_body')
    expect((await send('/payout-methods', { name: 'Again' }, 'again')).status).toBe(201)
  })
})

describe('one shape of failure under both seeds', () => {
  /** The same mistake on a path of each. */
  const mistakes: [string, (at: 'B' | 'V') => Promise<Answered>, number][] = [
    [
      'no credentials',
      at => w.request('GET', at === 'B' ? w.path('/payouts') : `${V}/payout-payments`, undefined, { key: null }),
      401,
    ],
    ['a wrong key', at => w.request('GET', at === 'B' ? w.path('/payouts') : `${V}/creators`, undefined, { key: 'x' }), 401],
    ['an unknown id', at => w.request('GET', at === 'B' ? w.path(`/partners/${NOBODY}`) : `${V}/creators/${NOBODY}`), 404],
    ['an id that is none', at => w.request('GET', at === 'B' ? w.path('/partners/7') : `${V}/creators/7`), 400],
    ['a bad query', at => w.request('GET', at === 'B' ? w.path('/payouts?status=foo') : `${V}/payout-accruals?status=foo`), 400],
    ['a limit of 101', at => w.request('GET', at === 'B' ? w.path('/partners?limit=101') : `${V}/creators?limit=101`), 400],
    ['a body without a name', at => w.request('POST', at === 'B' ? w.path('/partners') : `${V}/payout-methods`, {}), 400],
    ['a body that is no JSON', at => w.request('POST', at === 'B' ? w.path('/partners') : `${V}/payout-methods`, '{'), 400],
    ['an unknown body key', at => w.request('POST', ...named(at, { nonsense: 1 })), 400],
    ['another method', at => w.request('PUT', at === 'B' ? w.path('/partners') : `${V}/payout-methods`, {}), 405],
    ['a form', at => w.request('POST', ...named(at), { headers: { 'content-type': 'text/plain' } }), 415],
    ['a key that only reads', async at => w.request('POST', ...named(at), { key: await reader() }), 403],
  ]
  const named = (at: 'B' | 'V', more: object = {}): [string, object] => [
    at === 'B' ? w.path('/partners') : `${V}/payout-methods`,
    { name: 'Somebody', ...more },
  ]
  let kept: string | undefined
  const reader = async () => (kept ??= await keyOf(w, { scopes: ['read'] }))

  for (const [mistake, make, status] of mistakes) {
    test(`${mistake} is answered alike [ON-12]`, async () => {
      const [B, V1] = [await make('B'), await make('V')]
      const shapeOf = ({ status, text, headers }: Answered) => {
        const { data, error, meta } = JSON.parse(text)
        const shape = [
          Object.keys(JSON.parse(text)),
          data,
          Object.keys(error),
          Object.keys(meta).sort(),
          meta.code === error.code,
        ]
        return [status, headers['content-type'], ...shape, ...(Array.isArray(meta.errors) ? Object.keys(meta.errors[0]) : [])]
      }
      expect(shapeOf(V1)).toEqual(shapeOf(B))
      expect([B.status, V1.status]).toEqual([status, status])
      // a path of trackagoat knows no sessions, so there is one word for both (spec B3.1)
      const codes = mistake === 'no credentials' ? ['unauthorized', 'invalid_api_key'] : [B.error.code, B.error.code]
      expect([B.error.code, V1.error.code]).toEqual(codes)
    })
  }

  test('an unknown key in any body under both is refused [ON-12]', async () => {
    // items of conversions and snapshots, and creators of a list, are answered one by one, so they are looked at later
    const apart = ['conversions.record', 'videos.observe', 'videos.observeCreator']
    const takers = endpoints.filter(
      ({ name, endpoint: e }) =>
        e.method !== 'GET' && !['public', 'partner'].includes(e.scope) && e.takes === 'json' && !apart.includes(name),
    )
    expect(takers.filter(({ endpoint }) => endpoint.path.startsWith('/api/brands')).length).toBeGreaterThan(10)
    for (const { name, endpoint } of takers) {
      const before = await w.fingerprint()
      const body = { no_such_key: 1, ...(name === 'structures.change' && { kind: 'cosmetic' }) }
      const answer = await w.request(endpoint.method, addressOf(endpoint.path, ids), body)
      expect([answer.status, answer.error.code], `${name} ${answer.text}`).toEqual([400, 'invalid_body'])
      expect(JSON.stringify(answer.meta.errors), name).toContain('no_such_key')
      expect(await w.fingerprint(), name).toBe(before)
    }
  })
})
