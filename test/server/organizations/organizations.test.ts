import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOrganization } from '../../../src/server/organizations/organizations.ts'
import { type World, world } from '../../support/world.ts'

let shop: World
beforeAll(async () => {
  shop = await world({ today: '2026-03-01', time_zone: 'America/New_York', currency: 'EUR' })
})
afterAll(() => shop.close())

const eventsOf = (verb: string) => shop.sql('select actor, before, after from events where verb = $1 order by id', [verb])

describe('a new organization', () => {
  test('has a program, an admin, three default methods and a key that reads and writes', async () => {
    const me = await shop.request('GET', '/api/me')
    expect(me.data).toMatchObject({
      kind: 'key',
      role: 'admin',
      organization: { id: shop.org_id, name: 'Acme', time_zone: 'America/New_York', plan: 'unlimited' },
      brands: [{ id: shop.brand_id, slug: 'acme', currency: 'EUR', program_type: 'affiliate', role: 'admin' }],
      clock: { is_travelling: true },
    })
    expect(me.data.clock.now.slice(0, 10)).toBe('2026-03-01')
    const { data } = await shop.api.methods.list()
    expect(data.map(m => [m.name, m.is_default, m.is_active, m.org_id, m.icon_url])).toEqual(
      ['Venmo', 'Cash App', 'PayPal'].map(name => [name, true, true, shop.org_id, null]),
    )
  })

  test('counts its days in its own zone', async () => {
    expect((await shop.request('GET', shop.path('/settings/payouts'))).data.anchor_on).toBe('2026-03-01')
  })

  test('gets a slug that is free in the whole installation', async () => {
    const made = []
    for (const name of ['Acme', 'ACME!', 'Ácme'])
      made.push((await createOrganization(shop.app, { name, email: 'x@example.org' })).brand_slug)
    expect(made).toEqual(['acme-2', 'acme-3', 'acme-4'])
  })

  test('of the same name made at the same time gets its own slug too', async () => {
    const made = await Promise.all(
      [1, 2, 3, 4].map(n => createOrganization(shop.app, { name: 'Twin', email: `twin${n}@example.org` })),
    )
    expect(made.map(m => m.brand_slug).sort()).toEqual(['twin', 'twin-2', 'twin-3', 'twin-4'])
  })
})

describe('programs', () => {
  test('are made with the settings that the body names', async () => {
    const made = await shop.request('POST', '/api/v1/projects', { name: 'Creators', currency: 'gbp', program_type: 'creator' })
    expect([made.status, made.data]).toMatchObject([
      201,
      { name: 'Creators', slug: 'creators', currency: 'GBP', program_type: 'creator' },
    ])
    expect((await shop.request('POST', '/api/v1/projects', { name: 'Creators' })).data.slug).toBe('creators-2')
  })

  test('a slug that somebody has, whatever the case, is refused', async () => {
    const answer = await shop.request('POST', '/api/v1/projects', { name: 'Again', slug: 'ACME' })
    expect([answer.status, answer.error.code]).toEqual([409, 'conflict_name'])
  })

  test('a plan has room for so many, even for requests at the same time', async () => {
    const small = await world({ plan: 'starter' })
    const answers = await Promise.all([1, 2, 3, 4, 5].map(n => small.request('POST', '/api/v1/projects', { name: `P${n}` })))
    expect(answers.map(a => a.status).sort()).toEqual([201, 201, 402, 402, 402])
    const refused = answers.find(a => a.status === 402)
    expect(refused?.error).toEqual({ code: 'limit_reached', message: 'Limit reached: projects' })
    expect(refused?.meta).toMatchObject({ limit_key: 'projects', current: 3, max: 3 })
    await small.close()
  })
})

describe('payout settings', () => {
  test('start with a brand that pays on demand, without threshold and hold', async () => {
    const fresh = (await shop.api.organizations.createProgram({ body: { name: 'Fresh' } })).data
    const { data } = await shop.api.organizations.payoutSettings({ params: { brand_id: fresh.id } })
    expect(data).toEqual({
      frequency: 'on_demand',
      anchor_on: '2026-03-01',
      minimum_threshold_cents: 0,
      hold_days: 0,
      currency: 'USD',
    })
  })

  test('a change is stored and told, with what was before', async () => {
    const change = {
      frequency: 'bi_weekly',
      anchor_on: '2026-03-06',
      minimum_threshold_cents: 50_00,
      hold_days: 30,
      currency: 'usd',
    }
    const answer = await shop.request('PATCH', shop.path('/settings/payouts'), change)
    expect(answer.data).toEqual({ ...change, currency: 'USD' })
    expect((await shop.request('GET', shop.path('/settings/payouts'))).data).toEqual(answer.data)
    const [event] = (await eventsOf('payout_settings.changed')).slice(-1)
    expect(event).toMatchObject({
      actor: expect.stringMatching(/^key:tga_…/),
      before: { hold_days: 0, currency: 'EUR' },
      after: { hold_days: 30 },
    })
  })

  test('what a body leaves out stays', async () => {
    const before = (await shop.request('GET', shop.path('/settings/payouts'))).data
    expect((await shop.request('PATCH', shop.path('/settings/payouts'), { hold_days: 7 })).data).toEqual({
      ...before,
      hold_days: 7,
    })
  })
})

describe('conversion types', () => {
  const put = (types: unknown) => shop.request('PUT', shop.path('/conversion-types'), { types })

  test('are replaced as a list, case and order kept, and the change is told', async () => {
    expect((await put(['Lead', 'lead', 'Sale'])).data).toEqual({ types: ['Lead', 'lead', 'Sale'] })
    expect((await shop.request('GET', shop.path('/conversion-types'))).data).toEqual({ types: ['Lead', 'lead', 'Sale'] })
    expect((await eventsOf('conversion_types.changed')).at(-1)).toMatchObject({
      before: { types: [] },
      after: { types: ['Lead', 'lead', 'Sale'] },
    })
  })

  test('are at most 20, each once, none empty', async () => {
    for (const types of [Array.from({ length: 21 }, (_, i) => `T${i}`), ['A', 'A'], [''], 'Lead', [null]]) {
      expect((await put(types)).error.code).toBe('invalid_body')
    }
    expect((await put(Array.from({ length: 20 }, (_, i) => `T${i}`))).status).toBe(200)
  })
})

describe('payout methods', () => {
  test('disabled ones are shown to an admin who asks', async () => {
    await shop.sql(`update payout_methods set is_active = false where name = 'Venmo'`)
    const names = async (query: string) =>
      (await shop.request('GET', `/api/v1/payout-methods${query}`)).data.map((m: { name: string }) => m.name)
    expect(await names('')).toEqual(['Cash App', 'PayPal'])
    for (const query of ['?include_disabled=1', '?include_disabled=true']) expect(await names(query)).toHaveLength(3)
    const wrong = await shop.request('GET', '/api/v1/payout-methods?include_disabled=yes')
    expect([wrong.status, wrong.error.code]).toEqual([400, 'invalid_query'])
  })
})
