/** What the payout settings do, in figures: nothing is changed by asking. Source: spec A5. */
import { describe, expect } from 'vitest'
import { type Shop, stories } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z', currency: 'USD' })
const effect = async (shop: Shop, query = '') => shop.must(shop.send('GET', `/settings/payouts/effect${query}`))
const settings = (shop: Shop, body: object) => shop.must(shop.send('PATCH', '/settings/payouts', body))
const sale = (shop: Shop, who: { id: string }, cents: number, day: string, more: object = {}) =>
  shop.sale(who, cents, { occurred_at: `2026-${day}T10:00:00Z`, ...more })

describe('the effect of a hold', () => {
  story('is what is on hold now, and what a shorter one would have let go', async shop => {
    await settings(shop, { hold_days: 30 })
    const ada = await shop.partner('Ada')
    await sale(shop, ada, 5_00, '03-09')
    await sale(shop, ada, 7_00, '02-20')
    await sale(shop, ada, 11_00, '02-01')
    expect((await effect(shop)).on_hold).toEqual([{ currency: 'USD', amount_cents: 12_00, freed_cents: 0 }])
    expect((await effect(shop, '?hold_days=14')).on_hold).toEqual([{ currency: 'USD', amount_cents: 12_00, freed_cents: 7_00 }])
    expect((await effect(shop, '?hold_days=0')).on_hold).toEqual([{ currency: 'USD', amount_cents: 12_00, freed_cents: 12_00 }])
    expect((await effect(shop, '?hold_days=90')).on_hold[0].freed_cents).toBe(0)
  })

  story('stands in each currency, and is nothing where nothing is held', async shop => {
    expect(await effect(shop)).toEqual({
      ...{ on_hold: [], currency: 'USD', ready_count: 0, ready_cents: 0, below_count: 0, below_cents: 0 },
    })
    await settings(shop, { hold_days: 30 })
    const campaign = await shop.campaign({ cost_model: 'revshare', percent: '10' })
    const ada = await shop.partner('Ada')
    await sale(shop, ada, 5_00, '03-09')
    await sale(shop, ada, 30, '03-09', { campaign, currency: 'EUR', revenue_cents: 300 })
    expect((await effect(shop)).on_hold.map((each: { currency: string }) => each.currency)).toEqual(['EUR', 'USD'])
  })
})

describe('the effect of a minimum', () => {
  story('is how many balances reach it, and how many do not, as the list of balances has it', async shop => {
    for (const [name, cents] of [
      ['Ada', 49_99],
      ['Bob', 50_00],
      ['Cy', 120_00],
    ] as const)
      await sale(shop, await shop.partner(name), cents, '03-01')
    await settings(shop, { minimum_threshold_cents: 50_00 })
    const now = { ready_count: 2, ready_cents: 170_00, below_count: 1, below_cents: 49_99 }
    expect(await effect(shop)).toMatchObject(now)
    const { data } = await shop.balances()
    expect(data.filter((row: { below_threshold: boolean }) => row.below_threshold)).toHaveLength(now.below_count)
    expect(await effect(shop, '?minimum_threshold_cents=12000')).toMatchObject({
      ready_count: 1,
      below_count: 2,
      below_cents: 99_99,
    })
    expect(await effect(shop, '?minimum_threshold_cents=0')).toMatchObject({ ready_count: 3, below_count: 0 })
  })

  story('changes nothing, and takes no nonsense', async shop => {
    const before = await shop.w.fingerprint()
    await effect(shop, '?hold_days=1&minimum_threshold_cents=1')
    for (const query of ['?hold_days=-1', '?hold_days=x', '?minimum_threshold_cents=0.5', '?colour=red']) {
      const answer = await shop.send('GET', `/settings/payouts/effect${query}`)
      expect([answer.status, answer.error.code], query).toEqual([400, 'invalid_query'])
    }
    expect(await shop.w.fingerprint()).toBe(before)
  })
})
