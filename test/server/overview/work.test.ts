/** The home page's work list and the search over everything. */
import { describe, expect, test } from 'vitest'
import { addDays } from '../../../src/core/calendar.ts'
import { nextRunOn } from '../../../src/core/schedule.ts'
import { type Shop, stories } from '../payouts/support.ts'

const story = stories({ today: '2026-03-10' })

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Json = any
const work = (shop: Shop): Promise<Json> => shop.must(shop.send('GET', '/work'))
const queue = async (shop: Shop, name: string): Promise<Json> =>
  (await work(shop)).queues.find((each: Json) => each.queue === name)
const found = async (shop: Shop, q: string): Promise<Json[]> => shop.must(shop.send('GET', `/search?q=${encodeURIComponent(q)}`))
const names = async (shop: Shop, q: string) => (await found(shop, q)).map(({ kind, title }) => `${kind} ${title}`)
const USD = (amount_cents: number) => [{ currency: 'USD', amount_cents }]

describe('the work list', () => {
  story('of a new program has no queues, and says what is missing', async shop => {
    expect(await work(shop)).toEqual({
      queues: [],
      next_run: null,
      has: { partners: false, campaigns: false, structures: false, earnings: false },
    })
  })

  story('names drafts to approve and payouts to pay, with their sums and since when', async shop => {
    for (const [name, cents] of [
      ['Ada', 10_00],
      ['Bob', 20_00],
      ['Cyd', 5_00],
    ] as const) {
      const partner = await shop.partner(name)
      await shop.sale(partner, cents)
      const draft = await shop.draft(partner)
      if (name === 'Cyd') await shop.approve(draft)
    }
    expect(await queue(shop, 'to_approve')).toMatchObject({
      count: 2,
      amounts: USD(30_00),
      since: expect.stringMatching(/^2026-03-10/),
    })
    expect(await queue(shop, 'to_pay')).toMatchObject({ count: 1, amounts: USD(5_00) })
    expect(await queue(shop, 'to_draft')).toBeUndefined()
  })

  story('parts what is owed by what stands in its way: nothing, the minimum, a pause', async shop => {
    await shop.settings({ minimum_threshold_cents: 15_00 })
    const [ready, small, paused] = [await shop.partner('Ready'), await shop.partner('Small'), await shop.partner('Paused')]
    await shop.sale(ready, 15_00)
    await shop.sale(small, 14_99)
    await shop.sale(paused, 50_00)
    await shop.must(shop.send('PATCH', `/partners/${paused.id}`, { status: 'paused' }))
    expect(await queue(shop, 'to_draft')).toMatchObject({ count: 1, amounts: USD(15_00) })
    expect(await queue(shop, 'below_minimum')).toMatchObject({ count: 1, amounts: USD(14_99) })
    expect(await queue(shop, 'blocked')).toMatchObject({ count: 1, amounts: USD(50_00) })
    await shop.must(shop.send('POST', '/publisher-payouts', { publisher_id: small.id, requested_amount_cents: 20_00 }))
    expect(await queue(shop, 'overpaid')).toMatchObject({ count: 1, amounts: USD(-5_01) })
    expect(await queue(shop, 'below_minimum')).toBeUndefined()
  })

  story('names what is on hold until when, what waits for review, and who waits to be approved', async shop => {
    const partner = await shop.partner('Ada')
    await shop.settings({ hold_days: 2 })
    await shop.sale(partner, 7_00)
    await shop.sale(partner, 3_00, { status: 'pending' })
    await shop.partner('New', { status: 'pending' })
    expect(await queue(shop, 'on_hold')).toMatchObject({ count: 1, amounts: USD(7_00), since: '2026-03-12T01:00:00.000Z' })
    expect(await queue(shop, 'to_review')).toMatchObject({ count: 1, amounts: USD(3_00) })
    expect(await queue(shop, 'new_partners')).toMatchObject({ count: 1, amounts: [] })
  })

  story('says when the schedule drafts next, and how much is ready for it', async shop => {
    await shop.settings({ frequency: 'monthly' })
    await shop.sale(await shop.partner('Ada'), 9_00)
    expect((await work(shop)).next_run).toEqual({ on: '2026-04-01', amounts: USD(9_00) })
  })

  test.each([
    ['on_demand', '2026-03-01', '2026-03-11', null],
    ['monthly', '2026-03-01', '2026-03-11', '2026-04-01'],
    ['monthly', '2026-03-01', '2026-12-02', '2027-01-01'],
    ['bi_weekly', '2026-03-01', '2026-03-11', '2026-03-15'],
    ['bi_weekly', '2026-03-01', '2026-03-15', '2026-03-15'],
    ['bi_weekly', '2026-05-01', '2026-03-11', '2026-05-15'],
  ] as const)('a %s program anchored on %s is due, from %s on, on %s', (frequency, anchor_on, from, due) => {
    expect(nextRunOn({ frequency, anchor_on }, addDays(from, -1))).toBe(due)
  })
})

describe('the search', () => {
  story('finds a partner by a part of its name, alias or e-mail, a campaign and a structure by name', async shop => {
    await shop.partner('Nick Ångström', { alias: 'nick', email: 'nick@example.org' })
    await shop.partner('50% off', { alias: 'half' })
    const { name } = await shop.campaign()
    for (const q of ['ångs', 'NICK', 'nick@ex']) expect(await names(shop, q)).toContain('partner Nick Ångström')
    expect(await names(shop, '%')).toEqual(['partner 50% off'])
    expect(await names(shop, name)).toContain(`campaign ${name}`)
    expect(await found(shop, ' ')).toEqual([])
  })

  story('finds a payout by number, id or amount, and a conversion by its order number', async shop => {
    const partner = await shop.partner('Ada')
    await shop.sale(partner, 12_34, { external_id: 'ORDER-77', revenue_cents: 100_00 })
    const draft = await shop.draft(partner)
    const expected = { kind: 'payout', id: draft.id, title: `Payout no. ${draft.number} · Ada`, detail: 'draft 12.34 USD' }
    for (const q of [String(draft.number), draft.id, '12.34']) expect(await found(shop, q)).toContainEqual(expected)
    expect(await found(shop, 'ORDER-77')).toMatchObject([{ kind: 'conversion', title: 'ORDER-77' }])
    expect(await found(shop, 'ORDER-7')).toEqual([])
  })
})
