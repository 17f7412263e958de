/** Payout methods: defaults, names, limits of the plan, and what stays of one that is gone. Source: spec B4, B5. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOrganization } from '../../../src/server/organizations/organizations.ts'
import { keyOf } from '../../support/keys.ts'
import { signedIn } from '../../support/people.ts'
import { type Answered, type World, world } from '../../support/world.ts'
import { shopIn } from '../payouts/support.ts'

const V = '/api/v1/payout-methods'
const NOBODY = '01900000-0000-7000-8000-000000000000'

let shop: World
beforeAll(async () => {
  shop = await world({ today: '2026-03-01' })
})
afterAll(() => shop.close())

let names = 0
const freshName = () => `Method ${++names}`
const post = (body: unknown) => shop.request('POST', V, body)
const patch = (id: string, body: unknown) => shop.request('PATCH', `${V}/${id}`, body)
const made = async (fields: object = {}) => (await post({ name: freshName(), ...fields })).data
const listed = async (query = '') => (await shop.request('GET', `${V}${query}`)).data as { id: string; name: string }[]

/** Expects a refusal that changes no row of any table. */
async function refused(act: () => Promise<Answered>, status: number, code: string): Promise<Answered> {
  const before = await shop.fingerprint()
  const answer = await act()
  expect([answer.status, answer.error?.code], answer.text).toEqual([status, code])
  expect(await shop.fingerprint()).toBe(before)
  return answer
}

describe('the methods of a new organization', () => {
  test('are Venmo, Cash App and PayPal, each a default that is active [TG-04]', async () => {
    const fresh = await createOrganization(shop.app, { name: 'Fresh', email: 'fresh@example.org' })
    const { data } = await shop.request('GET', `${V}?include_disabled=1`, undefined, { key: fresh.api_key })
    const brief = data.map((m: Record<string, unknown>) => [m.name, m.is_default, m.is_active])
    expect(brief).toEqual(['Venmo', 'Cash App', 'PayPal'].map(name => [name, true, true]))
  })

  test('have exactly the documented fields [TG-05]', async () => {
    for (const method of await listed()) {
      expect(Object.keys(method).sort()).toEqual(
        ['created_at', 'icon_url', 'id', 'is_active', 'is_default', 'metadata', 'name', 'org_id', 'readme'].sort(),
      )
      expect(method).toMatchObject({ org_id: shop.org_id, icon_url: null, metadata: {}, readme: null })
      expect((method as unknown as { created_at: string }).created_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    }
  })

  test('a disabled one is listed only for an admin who asks, with 1 or true [TG-06]', async () => {
    const { id } = await made()
    await patch(id, { is_active: false })
    const ids = async (query: string) => (await listed(query)).map(method => method.id)
    expect(await ids('')).not.toContain(id)
    expect(await ids('?include_disabled=1')).toContain(id)
    expect(await ids('?include_disabled=true')).toContain(id)
    const member = await keyOf(shop, { owner: 'member' })
    const answer = await shop.request('GET', `${V}?include_disabled=1`, undefined, { key: member })
    expect([answer.status, answer.error.code]).toEqual([403, 'forbidden'])
    expect((await shop.request('GET', V, undefined, { key: member })).status).toBe(200)
    expect((await shop.request('GET', `${V}?include_disabled=0`)).error.code).toBe('invalid_query')
  })
})

describe('making a method', () => {
  test('answers 201 with a row that is no default and active [TG-07]', async () => {
    const answer = await post({ name: 'Zelle' })
    expect([answer.status, answer.data]).toMatchObject([
      201,
      { name: 'Zelle', is_default: false, is_active: true, org_id: shop.org_id, metadata: {}, readme: null, icon_url: null },
    ])
    expect((await shop.request('GET', `${V}/${answer.data.id}`)).data).toEqual(answer.data)
    expect((await listed()).map(method => method.name)).toContain('Zelle')
  })

  test('a name is 1 to 100 characters, and each fault has its entry [TG-08]', async () => {
    for (const body of [{ name: 'x'.repeat(101) }, {}, { name: '' }, { name: '   ' }, { name: 7 }, { name: null }]) {
      const answer = await refused(() => post(body), 400, 'invalid_body')
      expect(answer.meta.errors, JSON.stringify(body)).toEqual([{ path: 'name', message: expect.any(String) }])
    }
    expect((await post({ name: 'x'.repeat(100) })).status).toBe(201)
  })

  test('a name is trimmed before it is kept and compared', async () => {
    const name = freshName()
    expect((await post({ name: `  ${name} ` })).data.name).toBe(name)
    await refused(() => post({ name: ` ${name}` }), 409, 'conflict_name')
  })

  test('a name that is taken, whatever the case, is refused, also by a default or a disabled one [TG-09]', async () => {
    const { id, name } = await made({ name: 'Wise' })
    for (const taken of [name, 'wise', 'WISE', 'paypal']) await refused(() => post({ name: taken }), 409, 'conflict_name')
    await patch(id, { is_active: false })
    await refused(() => post({ name: 'wise' }), 409, 'conflict_name')
    await refused(() => patch(id, { name: 'VENMO' }), 409, 'conflict_name')
    expect((await patch(id, { name: 'WISE' })).data.name).toBe('WISE')
  })

  test('of several with one name at the same time one is made [TG-09]', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post({ name: 'Revolut' })))
    expect(answers.map(a => a.status).sort()).toEqual([201, ...Array(7).fill(409)])
  })

  test('two methods that take one name at the same time: one gets it', async () => {
    const [a, b] = [await made(), await made()]
    const answers = await Promise.all([patch(a.id, { name: 'Payoneer' }), patch(b.id, { name: 'payoneer' })])
    expect(answers.map(answer => answer.status).sort()).toEqual([200, 409])
  })

  test('metadata and readme are kept as they are; metadata is an object [TG-10]', async () => {
    const metadata = { owner: 'growth', steps: [1, { deep: null }], ключ: 'значение' }
    const readme = '# How\n\nAsk *Ada*.'
    const method = await made({ metadata, readme })
    expect((await shop.request('GET', `${V}/${method.id}`)).data).toMatchObject({ metadata, readme })
    expect((await patch(method.id, { metadata: { a: 1 } })).data).toMatchObject({ metadata: { a: 1 }, readme })
    expect((await patch(method.id, { readme: null })).data).toMatchObject({ metadata: { a: 1 }, readme: null })
    for (const wrong of [[], 'text', 7, null]) {
      await refused(() => post({ name: freshName(), metadata: wrong }), 400, 'invalid_body')
      await refused(() => patch(method.id, { metadata: wrong }), 400, 'invalid_body')
    }
  })

  test('is told, with what it is', async () => {
    const { id, name } = await made()
    await patch(id, { is_active: false })
    await shop.request('DELETE', `${V}/${id}`)
    const events = await shop.sql('select verb, before, after from events where object_id = $1 order by id', [id])
    expect(events).toMatchObject([
      { verb: 'method.created', after: { name, is_active: true } },
      { verb: 'method.changed', before: { is_active: true }, after: { is_active: false } },
      { verb: 'method.deleted', before: { name, is_active: false }, after: null },
    ])
  })
})

describe('one method', () => {
  test("is read by its id; another organization's or nobody's id is not found [TG-11]", async () => {
    const method = await made()
    expect((await shop.request('GET', `${V}/${method.id}`)).data).toEqual(method)
    const rival = await createOrganization(shop.app, { name: 'Rival', email: 'rival@example.org' })
    const [theirs] = await shop.sql('select id from payout_methods where org_id = $1', [rival.org_id])
    for (const id of [theirs.id, NOBODY]) {
      await refused(() => shop.request('GET', `${V}/${id}`), 404, 'not_found')
      await refused(() => patch(id, { is_active: false }), 404, 'not_found')
      await refused(() => shop.request('DELETE', `${V}/${id}`), 404, 'not_found')
    }
  })

  test('is disabled and enabled; an empty change is refused [TG-12]', async () => {
    const { id, ...rest } = await made()
    expect((await patch(id, { is_active: false })).data).toEqual({ id, ...rest, is_active: false })
    expect((await patch(id, { is_active: true })).data).toEqual({ id, ...rest, is_active: true })
    await refused(() => patch(id, {}), 400, 'invalid_body')
    await refused(() => patch(id, { is_default: true }), 400, 'invalid_body')
    await refused(() => patch(id, { is_active: 'no' }), 400, 'invalid_body')
  })

  test('a custom one is deleted, and then it is gone [TG-13]', async () => {
    const { id } = await made()
    const answer = await shop.request('DELETE', `${V}/${id}`)
    expect([answer.status, answer.data]).toEqual([200, { id, deleted: true }])
    await refused(() => shop.request('GET', `${V}/${id}`), 404, 'not_found')
    await refused(() => shop.request('DELETE', `${V}/${id}`), 404, 'not_found')
  })

  test('a default is renamed and disabled, never deleted [TG-14]', async () => {
    const [venmo] = await listed()
    await refused(() => shop.request('DELETE', `${V}/${venmo?.id}`), 409, 'default_method')
    expect((await listed()).map(method => method.id)).toContain(venmo?.id)
    expect((await patch(venmo?.id as string, { name: 'Venmo Business' })).data).toMatchObject({ is_default: true })
    await refused(() => shop.request('DELETE', `${V}/${venmo?.id}`), 409, 'default_method')
    expect((await patch(venmo?.id as string, { name: 'Venmo', is_active: false })).status).toBe(200)
    expect((await patch(venmo?.id as string, { is_active: true })).status).toBe(200)
  })

  test("a brand's key reads methods and changes none, since all brands share them", async () => {
    const key = await keyOf(shop, { brand_id: shop.brand_id })
    const { id } = await made()
    expect((await shop.request('GET', V, undefined, { key })).status).toBe(200)
    await refused(() => shop.request('POST', V, { name: freshName() }, { key }), 403, 'forbidden')
    await refused(() => shop.request('PATCH', `${V}/${id}`, { is_active: false }, { key }), 403, 'forbidden')
    await refused(() => shop.request('DELETE', `${V}/${id}`, undefined, { key }), 403, 'forbidden')
  })

  test('made and deleted with an Idempotency-Key it answers the same again', async () => {
    const keyed = (method: string, path: string, body?: unknown) =>
      shop.request(method, path, body, { headers: { 'idempotency-key': `${method}-a-method` } })
    const first = await keyed('POST', V, { name: 'Keyed' })
    expect(await keyed('POST', V, { name: 'Keyed' }).then(a => [a.status, a.text])).toEqual([201, first.text])
    const gone = await keyed('DELETE', `${V}/${first.data.id}`)
    expect(await keyed('DELETE', `${V}/${first.data.id}`).then(a => [a.status, a.text])).toEqual([200, gone.text])
  })
})

describe('what was paid with a method', () => {
  const change: [string, (id: string) => Promise<Answered>, boolean][] = [
    ['renamed', id => patch(id, { name: freshName() }), true],
    ['disabled', id => patch(id, { is_active: false }), true],
    ['deleted', id => shop.request('DELETE', `${V}/${id}`), false],
  ]
  for (const [how, act, stays] of change) {
    test(`keeps the name it was paid with when the method is ${how} [TG-17]`, async () => {
      const { id, name } = await made()
      const { path, partner, sale, draft, approve, pay } = shopIn(shop, shop.brand_id)
      const ada = await partner(`Ada ${how}`)
      await sale(ada, 10_00)
      const payout = await draft(ada)
      await approve(payout)
      const paid = await pay(payout, { method: undefined, method_id: id })
      expect(paid).toMatchObject({ method_id: id, method_name: name })
      expect((await act(id)).status).toBe(200)
      const kept = { method_id: stays ? id : null, method_name: name }
      expect((await shop.request('GET', path(`/payouts/${payout.id}`))).data).toMatchObject(kept)
      expect((await shop.request('GET', path(`/payments/${paid.payment_id}`))).data).toMatchObject(kept)
      expect((await shop.request('GET', `/api/v1/payout-payments/${paid.payment_id}`)).data).toMatchObject(kept)
    })
  }

  test('a method that is gone or disabled pays nothing more', async () => {
    const { path, partner, sale, draft, approve } = shopIn(shop, shop.brand_id)
    const ada = await partner('Ada again')
    await sale(ada, 10_00)
    const payout = await draft(ada)
    await approve(payout)
    const { id } = await made()
    const pay = () => shop.request('PATCH', path(`/payouts/${payout.id}`), { status: 'paid', method_id: id })
    await patch(id, { is_active: false })
    await refused(pay, 400, 'invalid_body')
    await shop.request('DELETE', `${V}/${id}`)
    await refused(pay, 404, 'not_found')
  })
})

describe('the plan', () => {
  async function free() {
    const small = await world({ plan: 'free' })
    const headers = await signedIn(small, small.admin_email)
    const send = (method: string, path: string, body?: unknown) => small.request(method, path, body, { key: null, headers })
    const make = (name: string) => send('POST', V, { name })
    return { small, send, make }
  }
  const reached = { code: 'limit_reached', limit_key: 'max_payout_methods_per_org', current: 6, max: 6 }

  test('Free has room for six active methods, the defaults counted [TG-15]', async () => {
    const { small, make } = await free()
    for (const name of ['A', 'B', 'C']) expect((await make(name)).status).toBe(201)
    const fourth = await make('D')
    expect([fourth.status, fourth.error]).toEqual([
      402,
      { code: 'limit_reached', message: 'Limit reached: max_payout_methods_per_org' },
    ])
    expect(fourth.meta).toMatchObject(reached)
    await small.close()
  })

  test('requests at the same time cannot both take the last place [TG-15]', async () => {
    const { small, make } = await free()
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => make(`P${n}`)))
    expect(answers.map(a => a.status).sort()).toEqual([201, 201, 201, 402, 402, 402, 402, 402])
    expect(await small.sql('select id from payout_methods')).toHaveLength(6)
    await small.close()
  })

  test('a disabled method has no place, and needs one to be enabled again [TG-16]', async () => {
    const { small, send, make } = await free()
    const [a, b] = [(await make('A')).data, (await make('B')).data]
    await make('C')
    for (const { id } of [a, b]) await send('PATCH', `${V}/${id}`, { is_active: false })
    for (const name of ['D', 'E']) expect((await make(name)).status).toBe(201)
    const again = await send('PATCH', `${V}/${a.id}`, { is_active: true, name: 'A2' })
    expect([again.status, again.meta]).toMatchObject([402, reached])
    expect((await send('GET', `${V}/${a.id}`)).data).toMatchObject({ name: 'A', is_active: false })
    expect((await send('PATCH', `${V}/${a.id}`, { name: 'A2', is_active: false })).status).toBe(200)
    const [active] = (await send('GET', V)).data
    expect((await send('PATCH', `${V}/${active.id}`, { is_active: true })).status).toBe(200)
    await send('PATCH', `${V}/${active.id}`, { is_active: false })
    const both = await Promise.all([a, b].map(({ id }) => send('PATCH', `${V}/${id}`, { is_active: true })))
    expect(both.map(answer => answer.status).sort()).toEqual([200, 402])
    await small.close()
  })
})
