/** Campaigns: their terms, versions and names. What was recorded keeps the terms it was recorded under. */
import { describe, expect } from 'vitest'
import { conversion, created, earns, type Shop, stories } from '../conversions/support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z', currency: 'EUR' })
const post = (shop: Shop, body: object) => shop.send('POST', '/campaigns', { name: 'Spring', ...body })
const patch = (shop: Shop, { id }: { id: string }, body: object) => shop.send('PATCH', `/campaigns/${id}`, body)
const flat = { cost_model: 'cpa', amount_cents: 5_00 }

describe('a campaign', () => {
  story('is what was sent, with the defaults of its program', async shop => {
    const { status, data } = await post(shop, flat)
    expect([status, data]).toEqual([
      201,
      {
        ...{ id: expect.any(String), brand_id: shop.brand_id, name: 'Spring', slug: 'spring', destination_url: null },
        ...{ ...flat, percent: null, tiers: [], currency: 'EUR', hold_hours: null, default_revenue_cents: 0, caps: {} },
        ...{ has_postback_secret: false, version: 1, created_at: expect.stringContaining('2026-03-10T12:00') },
      },
    ])
    expect(await shop.must(shop.send('GET', `/campaigns/${data.id}`))).toEqual(data)
    const full = {
      ...{
        slug: 'Full.Price_1',
        destination_url: 'https://shop.example/',
        cost_model: 'revshare',
        percent: '12.5',
        currency: 'USD',
      },
      ...{
        tiers: [
          { from: 1, percent: '5' },
          { from: 3, amount_cents: 7 },
        ],
        hold_hours: 72,
        default_revenue_cents: 10,
      },
      caps: { daily: 1, weekly: null, monthly: 9 },
    }
    expect((await post(shop, { ...full, postback_secret: 's' })).data).toMatchObject({ ...full, has_postback_secret: true })
  })

  story('of each cost model takes what that model needs, and nothing that contradicts it', async shop => {
    for (const cost_model of ['cpc', 'cpm', 'popcpm', 'none'])
      expect((await post(shop, { cost_model })).data, cost_model).toMatchObject({ cost_model, amount_cents: null, percent: null })
    const bad = [
      ...[{ cost_model: 'cpa' }, { cost_model: 'revshare' }, { cost_model: 'flat', amount_cents: 1 }, {}],
      ...[
        { ...flat, amount_cents: -1 },
        { ...flat, amount_cents: 1.5 },
        { ...flat, amount_cents: '500' },
      ],
      ...['100.0001', '1.00001', '-1', '1,5', 'ten', '', 10].map(percent => ({ cost_model: 'revshare', percent })),
      ...[[{ from: 2, amount_cents: 1 }], [{ from: 1 }], [{ from: 1, amount_cents: 1, percent: '1' }]].map(tiers => ({
        ...flat,
        tiers,
      })),
      ...[
        [1, 3, 3],
        [1, 5, 4],
      ].map(froms => ({ ...flat, tiers: froms.map(from => ({ from, amount_cents: 1 })) })),
      ...['ftp://shop.example', 'shop.example', 'javascript:alert(1)'].map(destination_url => ({ ...flat, destination_url })),
      ...[
        { ...flat, hold_hours: -1 },
        { ...flat, hold_hours: 0.5 },
        { ...flat, caps: { daily: 0 } },
        { ...flat, caps: { hourly: 1 } },
      ],
      ...[
        { ...flat, currency: 'XXQ' },
        { ...flat, name: '  ' },
        { ...flat, slug: 'a b' },
        { ...flat, amount: 5 },
      ],
    ]
    for (const body of bad) await shop.refused(() => post(shop, body), 400, 'invalid_body')
  })

  story('has a slug of its own, whatever the case [G2]', async shop => {
    expect((await post(shop, { ...flat, name: 'Frühling 2026!' })).data.slug).toBe('fruhling-2026')
    expect((await post(shop, { ...flat, name: 'Frühling 2026' })).data.slug).toBe('fruhling-2026-2')
    const { meta } = await shop.refused(() => post(shop, { ...flat, slug: 'FRUHLING-2026' }), 400, 'invalid_body')
    expect(meta.errors).toEqual([{ path: 'slug', message: 'is taken' }])
    const other = await shop.must(post(shop, { ...flat, slug: 'other' }))
    await shop.refused(() => patch(shop, other, { slug: 'Fruhling-2026-2' }), 400, 'invalid_body')
    expect((await shop.must(patch(shop, other, { slug: 'OTHER' }))).slug).toBe('OTHER')
  })

  story('of one brand is not seen by another, and the list goes in pages, newest first', async shop => {
    const names = ['one', 'two', 'three']
    for (const name of names) await shop.must(post(shop, { ...flat, name }))
    const first = await shop.send('GET', '/campaigns?limit=2')
    const rest = await shop.send('GET', `/campaigns?limit=2&cursor=${encodeURIComponent(first.meta.next_cursor)}`)
    expect([...first.data, ...rest.data].map((c: { name: string }) => c.name)).toEqual(names.toReversed())
    expect(rest.meta.next_cursor).toBeNull()
    const foreign = await shop.w.campaign()
    expect((await shop.send('GET', `/campaigns/${foreign.id}`)).status).toBe(404)
    await shop.refused(() => patch(shop, foreign, { name: 'mine' }), 404, 'not_found')
  })
})

describe('a change', () => {
  story('of the terms is a new version, of anything else is none', async shop => {
    const campaign = await shop.must(post(shop, flat))
    const change = async (body: object) => (await shop.must(patch(shop, campaign, body))).version
    expect(await change({ name: 'Summer', slug: 'summer', hold_hours: 5, caps: { daily: 9 }, default_revenue_cents: 1 })).toBe(1)
    expect(await change({ amount_cents: 5_00 })).toBe(1)
    expect(await change({ amount_cents: 6_00 })).toBe(2)
    expect(await change({ cost_model: 'revshare', percent: '10' })).toBe(3)
    expect(await change({ currency: 'USD' })).toBe(4)
    expect(await shop.must(shop.send('GET', `/campaigns/${campaign.id}`))).toMatchObject({
      ...{ name: 'Summer', slug: 'summer', hold_hours: 5, caps: { daily: 9 }, default_revenue_cents: 1 },
      ...{ cost_model: 'revshare', percent: '10', amount_cents: null, currency: 'USD', version: 4 },
    })
    await shop.refused(() => patch(shop, campaign, {}), 400, 'invalid_body')
    await shop.refused(() => patch(shop, campaign, { percent: null }), 400, 'invalid_body')
    await shop.refused(() => patch(shop, campaign, { cost_model: 'cpa' }), 400, 'invalid_body')
  })

  story('is for the next conversion; each keeps the version that priced it', async shop => {
    const fields = { partner: await shop.partner(), campaign: await shop.must(post(shop, flat)) }
    const sales: { id: string }[] = []
    for (const amount_cents of [5_00, 6_00, 7_00]) {
      await shop.must(patch(shop, fields.campaign, { amount_cents }))
      sales.push(await created(shop, fields))
    }
    const earned = await Promise.all(sales.map(async sale => (await conversion(shop, sale)).commission_cents))
    expect(earned).toEqual([5_00, 6_00, 7_00])
    const versions = await shop.w.sql(
      `select (inputs->>'version')::int as version from earnings where partner_id = $1 order by id`,
      [fields.partner.id],
    )
    expect(versions.map(row => row.version)).toEqual([1, 2, 3])
  })

  story('to its secret or its hold is taken back with null', async shop => {
    const campaign = await shop.must(
      post(shop, { ...flat, postback_secret: 'x', hold_hours: 5, destination_url: 'https://a.example' }),
    )
    const cleared = { postback_secret: null, hold_hours: null, destination_url: null }
    expect(await shop.must(patch(shop, campaign, cleared))).toMatchObject({
      has_postback_secret: false,
      hold_hours: null,
      destination_url: null,
    })
  })

  story('made by two at once loses neither', async shop => {
    const campaign = await shop.must(post(shop, { ...flat, name: 'Both' }))
    const changes = [{ amount_cents: 7_00 }, { hold_hours: 3 }, { name: 'Two' }, { currency: 'USD' }]
    await Promise.all(changes.map(body => shop.must(patch(shop, campaign, body))))
    const after = await shop.must(shop.send('GET', `/campaigns/${campaign.id}`))
    expect(after).toMatchObject({ amount_cents: 7_00, hold_hours: 3, name: 'Two', currency: 'USD', version: 3 })
    expect(await earns(shop, { partner: await shop.partner(), campaign })).toBe(7_00)
  })

  story('of the slug to one name by two at once is given to one, and the other is told', async shop => {
    const both = [await shop.must(post(shop, flat)), await shop.must(post(shop, flat))]
    const answers = await Promise.all(both.map(each => patch(shop, each, { slug: 'same' })))
    expect(answers.map(a => a.status).sort()).toEqual([200, 400])
  })
})
