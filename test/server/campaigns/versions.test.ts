/** A campaign's terms and tables saved together, the versions that follow, and how campaigns are found. */
import { describe, expect } from 'vitest'
import { conversion, cpa, created, revshare, type Shop, stories } from '../conversions/support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
const patch = (shop: Shop, { id }: { id: string }, body: object) => shop.send('PATCH', `/campaigns/${id}`, body)
const versions = (shop: Shop, { id }: { id: string }, query = '') => shop.send('GET', `/campaigns/${id}/versions${query}`)
const tablesOf = async (shop: Shop, { id }: { id: string }) =>
  (await shop.must(shop.send('GET', `/campaigns/${id}/custom-payouts`))).tables

describe('terms and tables', () => {
  story('sent together are one version, which the next conversion is priced by', async shop => {
    const [nick, campaign] = [await shop.partner('nick'), await cpa(shop, 5_00)]
    const after = await shop.must(
      patch(shop, campaign, { name: 'Both', amount_cents: 6_00, tables: { geo: 'US, 10', publisher: 'nick, 7' } }),
    )
    expect(after).toMatchObject({ name: 'Both', amount_cents: 6_00, version: 2 })
    expect(await tablesOf(shop, campaign)).toEqual({ geo: 'US, 10', publisher: 'nick, 7' })
    const other = await shop.partner('other')
    expect(await conversion(shop, await created(shop, { partner: nick, campaign }))).toMatchObject({ commission_cents: 7_00 })
    expect(await conversion(shop, await created(shop, { partner: other, campaign }))).toMatchObject({ commission_cents: 6_00 })
    expect(await conversion(shop, await created(shop, { partner: other, campaign, country: 'US' }))).toMatchObject({
      commission_cents: 10_00,
    })
  })

  story('with a wrong line save nothing at all, and say which line', async shop => {
    const campaign = await cpa(shop, 5_00)
    const body = { name: 'New', tables: { geo: 'US, 10\nXYZ, 1', publisher: 'nobody, 3' } }
    const { meta } = await shop.refused(() => patch(shop, campaign, body), 400, 'invalid_body')
    expect(meta.errors.map((e: { tab: string; line: number }) => [e.tab, e.line])).toEqual([
      ['geo', 2],
      ['publisher', 1],
    ])
  })

  story('that read as before are no new version; one left out stays, an empty one is emptied', async shop => {
    const campaign = await cpa(shop, 5_00)
    const save = async (tables: object) => (await shop.must(patch(shop, campaign, { tables }))).version
    expect(await save({})).toBe(1)
    expect(await save({ geo: 'US, 10', type: 'Lead, 2' })).toBe(2)
    expect(await save({ geo: 'US, 10' })).toBe(2)
    expect(await save({ type: '' })).toBe(3)
    expect(await tablesOf(shop, campaign)).toEqual({ geo: 'US, 10' })
    expect(await save({ geo: ' \n' })).toBe(4)
    expect(await tablesOf(shop, campaign)).toEqual({})
    const told = await shop.w.sql(`select verb from events where object_id = $1 order by id`, [campaign.id])
    expect(told.filter(row => row.verb === 'custom_payouts.changed')).toHaveLength(3)
  })

  story(
    'keep their meaning: another cost model only when they are emptied with it, and none with a model that pays nothing',
    async shop => {
      const campaign = await cpa(shop, 5_00)
      await shop.must(patch(shop, campaign, { tables: { geo: 'US, 10' } }))
      const percentage = { cost_model: 'revshare', percent: '5' }
      await shop.refused(() => patch(shop, campaign, percentage), 400, 'invalid_body')
      await shop.refused(() => patch(shop, campaign, { ...percentage, tables: { geo: 'US, 20' } }), 400, 'invalid_body')
      const emptied = await shop.must(patch(shop, campaign, { ...percentage, tables: { geo: '' } }))
      expect(emptied).toMatchObject({ cost_model: 'revshare', version: 3 })
      await shop.must(patch(shop, campaign, { cost_model: 'none' }))
      await shop.refused(() => patch(shop, campaign, { tables: { geo: 'US, 1' } }), 409, 'invalid_cost_model')
      expect((await shop.must(patch(shop, campaign, { tables: { geo: '' } }))).version).toBe(4)
    },
  )
})

describe('the versions', () => {
  story('are every wording with who made it, newest first, in pages', async shop => {
    const campaign = await cpa(shop, 5_00)
    await shop.must(patch(shop, campaign, { tables: { geo: 'US, 10\nDE, 8' } }))
    await shop.must(patch(shop, campaign, { cost_model: 'cpa', amount_cents: null, tiers: [{ from: 1, amount_cents: 3_00 }] }))
    const first = await versions(shop, campaign, '?limit=2')
    const rest = await versions(shop, campaign, `?limit=2&cursor=${first.meta.next_cursor}`)
    const all = [...first.data, ...rest.data]
    expect(all.map(v => [v.version, v.amount_cents, v.tables, v.summary])).toEqual([
      [3, null, { geo: 'US, 10\nDE, 8' }, '0.00 USD per conversion, 3.00 USD from conversion 1, 2 custom payout lines'],
      [2, 5_00, { geo: 'US, 10\nDE, 8' }, '5.00 USD per conversion, 2 custom payout lines'],
      [1, 5_00, {}, '5.00 USD per conversion'],
    ])
    expect(all[0].tiers).toEqual([{ from: 1, amount_cents: 3_00 }])
    for (const each of all)
      expect(each).toMatchObject({ created_by: expect.stringMatching(/^key:/), created_at: expect.any(String) })
    expect(rest.meta.next_cursor).toBeNull()
    expect((await versions(shop, campaign, '?cursor=x')).status).toBe(400)
    expect((await versions(shop, await shop.w.campaign())).status).toBe(404)
  })
})

describe('the list of campaigns', () => {
  story('is searched by name and slug, whatever the case, and counts the last 30 days where asked', async shop => {
    const [spring, other] = [
      await revshare(shop, '10', { name: 'Spring 100%' }),
      await cpa(shop, 1_00, { name: 'Autumn', slug: 'x_fall' }),
    ]
    const ada = await shop.partner()
    for (const day of ['2026-02-07', '2026-02-09', '2026-03-09'])
      await created(shop, { partner: ada, campaign: spring, occurred_at: `${day}T12:00:00Z` })
    const found = async (query: string) =>
      (await shop.must(shop.send('GET', `/campaigns?${query}`))).map((c: { id: string }) => c.id)
    expect(await found('q=SPRING')).toEqual([spring.id])
    expect(await found('q=X_F')).toEqual([other.id])
    expect(await found('q=100%25')).toEqual([spring.id])
    expect(await found('q=_')).toEqual([other.id])
    expect(await found('q=winter')).toEqual([])
    const counted = await shop.must(shop.send('GET', '/campaigns?counts=1'))
    expect(counted.map((c: { recent_conversion_count: number }) => c.recent_conversion_count)).toEqual([0, 2])
    expect((await shop.must(shop.send('GET', '/campaigns')))[0]).not.toHaveProperty('recent_conversion_count')
  })
})
