/** The list of partners: search, status, every order with ties, figures by currency, counts; and changing many at once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOrganization } from '../../../src/server/organizations/organizations.ts'
import { type World, world } from '../../support/world.ts'

let w: World
/** By name. */
const ids: Record<string, string> = {}
beforeAll(async () => {
  w = await world({ today: '2026-03-10' })
  const campaign = await w.campaign({ cost_model: 'revshare', percent: '10' })
  const add = async (name: string, owed_cents: number, fields: Record<string, unknown> = {}) => {
    ids[name] = (await w.partner(name, fields)).id
    if (owed_cents > 0) await w.conversion({ partner: ids[name] as string, campaign, revenue_cents: owed_cents * 10 })
  }
  await add('Ada', 20_00, { email: 'ada@example.org', alias: 'countess' })
  await add('bob', 30_00, { country: 'de' })
  await add('Cleo', 0, { status: 'pending' })
  await add('Dan', 0, { status: 'declined' })
  await add('eve 100%', 30_00)
  await w.conversion({ partner: ids.Ada as string, campaign, revenue_cents: 50_00, currency: 'EUR' })
  await w.pay(await w.approve(await w.draft(ids.bob as string, { force: true })), { paid_at: '2026-03-09T00:00:00Z' })
  await w.api.partners.change({ params: { brand_id: w.brand_id, partner_id: ids.bob as string }, body: { status: 'paused' } })
  const creators = { params: { project_id: w.brand_id }, body: { tiktok_handle: 'fay_dances' } }
  ids.fay_dances = ((await w.api.creators.add(creators)).data as { id: string }).id
})
afterAll(() => w.close())

type Query = NonNullable<Parameters<World['api']['partners']['overview']>[0]['query']>
const list = (query: Query = {}) => w.api.partners.overview({ params: { brand_id: w.brand_id }, query })
const names = async (query: Query = {}) => (await list(query)).data.map(row => row.name)

describe('the list', () => {
  test('is newest first, with figures in each currency, the brand’s own first', async () => {
    const { data, meta } = await list()
    expect(data.map(row => row.name)).toEqual(['fay_dances', 'eve 100%', 'Dan', 'Cleo', 'bob', 'Ada'])
    expect(data[5]).toMatchObject({ alias: 'countess', email: 'ada@example.org', status: 'approved' })
    expect(data[5]?.figures).toMatchObject([
      { currency: 'USD', owed_cents: 20_00, paid_cents: 0, last_paid_at: null },
      { currency: 'EUR', owed_cents: 5_00 },
    ])
    expect(data[4]?.figures).toMatchObject([
      { currency: 'USD', owed_cents: 0, paid_cents: 30_00, last_paid_at: '2026-03-09T00:00:00.000Z' },
    ])
    expect(data[4]?.country).toBe('DE')
    expect(data[0]).toMatchObject({ platform: 'tiktok', handle: 'fay_dances', figures: [] })
    expect(meta).toEqual({ next_cursor: null, counts: { pending: 1, approved: 3, paused: 1, declined: 1 } })
  })

  test('finds by name, alias, e-mail and handle, whatever the case, and takes % and _ as they are', async () => {
    expect(await names({ q: 'ADA' })).toEqual(['Ada'])
    expect(await names({ q: 'Countess' })).toEqual(['Ada'])
    expect(await names({ q: 'ada@EXAMPLE' })).toEqual(['Ada'])
    expect(await names({ q: 'Fay_' })).toEqual(['fay_dances'])
    expect(await names({ q: '100%' })).toEqual(['eve 100%'])
    expect(await names({ q: '%a%' })).toEqual([])
  })

  test('keeps several statuses; the counts are those of the search, whatever status is chosen', async () => {
    const { data, meta } = await list({ status: 'paused,declined' })
    expect(data.map(row => row.name)).toEqual(['Dan', 'bob'])
    expect(meta.counts).toEqual({ pending: 1, approved: 3, paused: 1, declined: 1 })
    expect((await list({ q: 'ada' })).meta.counts).toEqual({ pending: 0, approved: 1, paused: 0, declined: 0 })
    await expect(list({ status: 'paused,gone' })).rejects.toMatchObject({ code: 'invalid_query' })
  })

  const orders = {
    name: ['Ada', 'bob', 'Cleo', 'Dan', 'eve 100%', 'fay_dances'],
    '-name': ['fay_dances', 'eve 100%', 'Dan', 'Cleo', 'bob', 'Ada'],
    '-owed_cents': ['eve 100%', 'Ada', 'fay_dances', 'Dan', 'Cleo', 'bob'],
    owed_cents: ['bob', 'Cleo', 'Dan', 'fay_dances', 'Ada', 'eve 100%'],
    '-paid_cents': ['bob', 'fay_dances', 'eve 100%', 'Dan', 'Cleo', 'Ada'],
    '-last_paid_at': ['bob', 'fay_dances', 'eve 100%', 'Dan', 'Cleo', 'Ada'],
    last_paid_at: ['Ada', 'Cleo', 'Dan', 'eve 100%', 'fay_dances', 'bob'],
    created_at: ['Ada', 'bob', 'Cleo', 'Dan', 'eve 100%', 'fay_dances'],
  } as const
  for (const [sort, expected] of Object.entries(orders)) {
    test(`by ${sort} pages without losing or repeating a row among ties`, async () => {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const { data, meta } = await list({ sort: sort as Query['sort'], limit: 2, cursor })
        seen.push(...data.map(row => row.name))
        expect(meta.counts === null).toBe(cursor !== undefined)
        cursor = meta.next_cursor ?? undefined
      } while (cursor)
      expect(seen).toEqual(expected)
    })
  }

  test('refuses a cursor of another order, and shows nothing of another organization', async () => {
    const { meta } = await list({ sort: 'name', limit: 1 })
    await expect(list({ sort: 'owed_cents', cursor: meta.next_cursor as string })).rejects.toMatchObject({
      code: 'invalid_query',
    })
    const rival = await createOrganization(w.app, { name: 'Rival', email: 'r@example.org' })
    const theirs = await w.client(rival.api_key).partners.overview({ params: { brand_id: rival.brand_id } })
    expect(theirs.data).toEqual([])
    expect(theirs.meta.counts).toEqual({ pending: 0, approved: 0, paused: 0, declined: 0 })
  })
})

test('many partners get a status at once: each answered on its own, each change told', async () => {
  const missing = '01900000-0000-7000-8000-000000000000'
  const wanted = [ids.Cleo, ids.Dan, ids.Ada, missing] as string[]
  const { data } = await w.api.partners.changeStatus({
    params: { brand_id: w.brand_id },
    body: { ids: wanted, status: 'approved' },
  })
  expect(data).toEqual({
    ...{ changed: 2, unchanged: 1, not_found: 1 },
    results: ['changed', 'changed', 'unchanged', 'not_found'].map((status, n) => ({ id: wanted[n], status })),
  })
  const told = await w.sql(
    `select object_id, before, after from events where verb = 'partner.changed' and after->>'status' = 'approved' order by before->>'status'`,
  )
  expect(told).toEqual([
    { object_id: ids.Dan, before: { status: 'declined' }, after: { status: 'approved' } },
    { object_id: ids.Cleo, before: { status: 'pending' }, after: { status: 'approved' } },
  ])
  expect((await list({ status: 'approved' })).data).toHaveLength(5)
})
