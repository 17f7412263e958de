/** One partner's account: earnings with where they stand, the rules that apply, and what happened. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type World, world } from '../../support/world.ts'

let w: World
let ada: { id: string; slug: string }
let bob: { id: string; slug: string }
let shop: { id: string; slug: string; name: string }
const params = () => ({ brand_id: w.brand_id, partner_id: ada.id })
type Query = NonNullable<Parameters<World['api']['partners']['earnings']>[0]['query']>
const earnings = (query: Query = {}) => w.api.partners.earnings({ params: params(), query })

beforeAll(async () => {
  w = await world({ today: '2026-03-01' })
  ada = await w.partner('Ada')
  bob = await w.partner('Bob')
  shop = await w.campaign({ name: 'Shop', cost_model: 'revshare', percent: '10' })
  const held = await w.campaign({ name: 'Slow shop', hold_hours: 48 })
  const sale = (external_id: string, revenue_cents: number, occurred_at: string, campaign = shop) =>
    w.conversion({ partner: ada as never, campaign: campaign as never, external_id, revenue_cents, occurred_at })
  await sale('paid', 100_00, '2026-03-01T10:00:00Z')
  await w.pay(await w.approve(await w.draft(ada.id)))
  await w.travelTo('2026-03-02')
  await sale('drafted', 200_00, '2026-03-02T10:00:00Z')
  await w.draft(ada.id)
  const { id } = await sale('refunded', 300_00, '2026-03-02T11:00:00Z')
  await w.api.conversions.reverse({
    params: { brand_id: w.brand_id, conversion_id: id },
    body: { reason: 'refund', amount_cents: 100_00 },
  })
  await sale('held', 0, '2026-03-02T12:00:00Z', held as never)
  await w.conversion({ partner: bob as never, campaign: shop as never, external_id: 'of bob', revenue_cents: 1_00 })
})
afterAll(() => w.close())

describe('earnings', () => {
  test('are newest first, each with its source, its reason and where it stands', async () => {
    const { data, meta } = await earnings()
    expect(data.map(e => [e.kind, e.state, e.external_id, e.amount_cents])).toEqual([
      ['commission', 'held', 'held', 10_00],
      ['reversal', 'payable', 'refunded', -10_00],
      ['commission', 'payable', 'refunded', 30_00],
      ['commission', 'in_payout', 'drafted', 20_00],
      ['commission', 'paid', 'paid', 10_00],
    ])
    expect(meta.next_cursor).toBeNull()
    const [held, reversal, , drafted, paid] = data
    expect(held).toMatchObject({ held_until: '2026-03-04T12:00:00.000Z', payout: null, campaign: { name: 'Slow shop' } })
    expect(reversal).toMatchObject({ campaign: { id: shop.id, name: 'Shop' }, because: expect.stringContaining('refund') })
    expect(drafted).toMatchObject({ payout: { number: 2 }, payment_id: null, held_until: null, revenue_cents: 200_00 })
    expect(paid).toMatchObject({ payout: { number: 1 }, payment_id: expect.any(String), earned_on: '2026-03-01' })
    expect(paid?.because).toContain('10 %')
  })

  test('page by page are the same, without losing or repeating one', async () => {
    const all = (await earnings()).data.map(e => e.id)
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await earnings({ limit: 2, cursor })
      seen.push(...page.data.map(e => e.id))
      cursor = page.meta.next_cursor ?? undefined
    } while (cursor)
    expect(seen).toEqual(all)
    await expect(earnings({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid_query' })
  })

  test('are filtered by kind, state, currency and day', async () => {
    const found = async (query: Query) => (await earnings(query)).data.map(e => e.external_id)
    expect(await found({ kind: 'reversal' })).toEqual(['refunded'])
    expect(await found({ state: 'held,paid' })).toEqual(['held', 'paid'])
    expect(await found({ state: 'payable', kind: 'commission,reversal' })).toEqual(['refunded', 'refunded'])
    expect(await found({ currency: 'EUR' })).toEqual([])
    expect(await found({ from: '2026-03-02' })).toEqual(['held', 'refunded', 'refunded', 'drafted'])
    expect(await found({ to: '2026-03-01' })).toEqual(['paid'])
    await expect(found({ state: 'gone' })).rejects.toMatchObject({ code: 'invalid_query' })
  })

  test('of a structure name it, and of another brand’s partner there are none', async () => {
    const { data } = await w.api.structures.create({
      body: {
        ...{ project_id: w.brand_id, name: 'Weekly base', period: 'weekly', amount_cents: 5_00, currency: 'USD' },
        ...{ criteria_type: 'recurring', criteria_params: {}, proration_mode: 'full' },
      } as never,
    })
    const { structure_id } = data as { structure_id: string }
    await w.api.structures.assign({ params: { structure_id }, body: { creator_ids: [bob.id] } })
    const { data: other } = await w.api.organizations.createProgram({ body: { name: 'Other' } })
    const foreign = w.api.partners.earnings({ params: { brand_id: other.id, partner_id: ada.id } })
    await expect(foreign).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('terms', () => {
  const terms = async (partner_id = ada.id) => (await w.api.partners.terms({ params: { ...params(), partner_id } })).data
  const save = (publisher: string, type = '') =>
    w.api.campaigns.changeCustomPayouts({
      params: { brand_id: w.brand_id, campaign_id: shop.id },
      body: { tables: { publisher, type } },
    })

  test('are what each campaign pays, and the partner’s own lines with the day since which they say so', async () => {
    await w.travelTo('2026-03-03')
    await save('ada, 20')
    await w.travelTo('2026-03-04')
    await save('bob, 12\nada, 20', 'Lead, 5')
    const found = (await terms()).campaigns.find(each => each.id === shop.id)
    expect(found).toMatchObject({ name: 'Shop', version: 3, cost_model: 'revshare', percent: '10', general_count: 1 })
    expect(found?.since).toMatch(/^2026-03-04/)
    expect(found?.lines).toEqual([{ tab: 'publisher', line: 2, text: 'ada, 20', since: expect.stringMatching(/^2026-03-03/) }])
    await w.travelTo('2026-03-05')
    await save('ada, 25')
    expect((await terms()).campaigns.find(each => each.id === shop.id)?.lines).toMatchObject([
      { text: 'ada, 25', since: expect.stringMatching(/^2026-03-05/) },
    ])
    expect((await terms(bob.id)).campaigns.every(each => each.lines.length === 0)).toBe(true)
  })

  test('are the structures that the partner is on, in words', async () => {
    const { structures } = await terms(bob.id)
    expect(structures).toMatchObject([{ name: 'Weekly base', version: 1, says: expect.stringContaining('5.00') }])
    expect((await terms()).structures).toEqual([])
  })
})

describe('activity', () => {
  const activity = (query: { limit?: number; cursor?: string } = {}, partner_id = ada.id) =>
    w.api.partners.activity({ params: { ...params(), partner_id }, query })

  test('is what happened to the partner, its payouts and payments, newest first', async () => {
    await w.api.partners.change({ params: params(), body: { status: 'paused' } })
    const { data } = await activity()
    expect(data[0]).toMatchObject({
      verb: 'partner.changed',
      actor: expect.stringMatching(/^key:/),
      object: { kind: 'partner', id: ada.id },
    })
    expect(data[0]?.before).toMatchObject({ status: 'approved' })
    expect(data[0]?.after).toMatchObject({ status: 'paused' })
    const verbs = data.map(each => each.verb)
    expect(verbs).toEqual(expect.arrayContaining(['payouts.drafted', 'payout.approved', 'payout.paid', 'partner.created']))
    expect(data.map(each => each.id)).toEqual(
      data
        .map(each => each.id)
        .toSorted()
        .toReversed(),
    )
  })

  test('pages, and tells an assignment without the others who got it', async () => {
    const all = (await activity()).data.map(each => each.id)
    const first = await activity({ limit: 2 })
    const second = await activity({ limit: 2, cursor: first.meta.next_cursor as string })
    expect([...first.data, ...second.data].map(each => each.id)).toEqual(all.slice(0, 4))
    const [assigned] = (await activity({}, bob.id)).data
    expect(assigned).toMatchObject({ verb: 'structure.assigned', after: { structure: 'Weekly base' } })
    expect(JSON.stringify((await activity()).data)).not.toContain('structure.assigned')
  })
})

test('earnings of a partner with thousands of them come by index', async () => {
  const plan = await w.sql(
    `explain select e.id from tabs t cross join lateral (select id from earnings e where e.org_id = t.org_id and e.tab_id = t.id
      order by id desc limit 51) e where t.org_id = $1 and t.partner_id = $2`,
    [w.org_id, ada.id],
  )
  expect(JSON.stringify(plan)).toContain('earnings_of_tab')
})
