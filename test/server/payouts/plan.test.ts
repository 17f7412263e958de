/** A run is rehearsed: who would be drafted how much, who not and why; nothing is written, and the run then does the same. */
import { expect } from 'vitest'
import type { Client } from '../../../src/client/client.ts'
import { accrual } from '../../support/accruals.ts'
import { type Shop, stories } from './support.ts'

type Answer = Awaited<ReturnType<Client['payouts']['create']>>['data']
type Plan = NonNullable<Answer['plan']>
const story = stories({ today: '2026-03-10T12:00:00Z' })

/** The plan, which changes no row of any table. */
async function planOf(shop: Shop, body: Record<string, unknown> = {}): Promise<Plan> {
  const before = await shop.w.fingerprint()
  const { status, data, text } = await shop.run({ ...body, dry_run: true })
  expect(status, text).toBe(200)
  expect(data).toMatchObject({ created: 0, totals: [], payouts: [] })
  expect(await shop.w.fingerprint()).toBe(before)
  return data.plan
}

/** What the run then makes is what the plan said. */
async function runsAsPlanned(shop: Shop, plan: Plan, body: Record<string, unknown> = {}): Promise<void> {
  const done: Answer = await shop.must(shop.run(body))
  const sorted = (rows: { partner_id: string; currency: string; amount_cents: number }[]) =>
    rows.map(row => `${row.partner_id} ${row.currency} ${row.amount_cents}`).sort()
  expect(sorted(done.payouts)).toEqual(sorted(plan.rows))
  expect(done.totals.map(total => `${total.currency} ${total.amount_cents}`).sort()).toEqual(
    plan.totals.map(total => `${total.currency} ${total.amount_cents}`),
  )
  expect(done.skipped.map(each => `${each.partner_id} ${each.reason}`).sort()).toEqual(
    plan.skipped.map(each => `${each.partner_id} ${each.reason}`).sort(),
  )
}

story('a plan has everybody with their parts, the largest first, and the totals of all', async shop => {
  const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
  const refunded = await shop.sale(ada, 10_00, { revenue_cents: 100_00 })
  await shop.paid(ada)
  await shop.must(shop.reverse(refunded, { amount_cents: 50_00 }))
  await shop.sale(ada, 30_00)
  await shop.sale(bob, 40_00)
  await accrual(shop, bob, 5_00)
  await shop.must(shop.send('POST', '/publisher-payouts', { publisher_id: bob.id, requested_amount_cents: 8_00 }))
  const plan = await planOf(shop)
  expect(plan.rows).toEqual([
    {
      ...{ partner_id: bob.id, partner_name: 'Bob', currency: 'USD', conversion_count: 1, accrual_count: 1 },
      ...{ gross_cents: 45_00, clawback_cents: 0, credit_cents: 8_00, amount_cents: 37_00 },
    },
    {
      ...{ partner_id: ada.id, partner_name: 'Ada', currency: 'USD', conversion_count: 1, accrual_count: 0 },
      ...{ gross_cents: 30_00, clawback_cents: -5_00, credit_cents: 0, amount_cents: 25_00 },
    },
  ])
  expect(plan.totals).toEqual([
    {
      ...{ currency: 'USD', partner_count: 2, gross_cents: 75_00, clawback_cents: -5_00, credit_cents: 8_00 },
      amount_cents: 62_00,
    },
  ])
  expect(plan.skipped_totals).toEqual([])
  await runsAsPlanned(shop, plan)
  expect((await planOf(shop)).rows).toEqual([])
})

story('whom it leaves out it names with the reason and the amount: below the minimum, paused, overpaid, on hold', async shop => {
  const [small, paused, over, held] = await Promise.all(['Small', 'Paused', 'Over', 'Held'].map(name => shop.partner(name)))
  for (const [who, cents] of [
    [small, 15_00],
    [paused, 30_00],
    [over, 5_00],
  ] as const)
    await shop.sale(who, cents)
  await shop.must(shop.send('PATCH', `/partners/${paused.id}`, { status: 'paused' }))
  await shop.must(shop.send('POST', '/publisher-payouts', { publisher_id: over.id, requested_amount_cents: 9_00 }))
  await shop.settings({ minimum_threshold_cents: 20_00, hold_days: 7 })
  await shop.sale(held, 44_00)
  const plan = await planOf(shop)
  const left = (
    reason: string,
    who: { id: string; name?: string },
    amount_cents: number,
    missing_cents: number | null = null,
  ) => ({
    ...{ partner_id: who.id, partner_name: who.name, currency: 'USD', reason, amount_cents, missing_cents },
  })
  expect(plan.rows).toEqual([])
  expect(plan.skipped).toEqual([
    left('partner_inactive', paused, 30_00),
    left('below_threshold', small, 15_00, 5_00),
    left('no_balance', over, -4_00),
  ])
  expect(plan.skipped_totals).toEqual(
    expect.arrayContaining([
      { reason: 'below_threshold', currency: 'USD', count: 1, amount_cents: 15_00, missing_cents: 5_00 },
      { reason: 'partner_inactive', currency: 'USD', count: 1, amount_cents: 30_00, missing_cents: null },
      { reason: 'on_hold', currency: 'USD', count: 1, amount_cents: 44_00, missing_cents: null },
    ]),
  )
  await runsAsPlanned(shop, plan)
})

story('whoever is excluded is in neither plan nor run, and stays owed', async shop => {
  const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
  for (const who of [ada, bob]) await shop.sale(who, 10_00)
  const body = { except_partner_ids: [ada.id] }
  const plan = await planOf(shop, body)
  expect(plan.rows.map(row => row.partner_name)).toEqual(['Bob'])
  await runsAsPlanned(shop, plan, body)
  expect(await shop.balance(ada)).toMatchObject({ owed_cents: 10_00 })
  await shop.refused(() => shop.run({ except_partner_ids: [shop.brand_id] }), 404, 'not_found')
  await shop.refused(() => shop.run({ partner_id: ada.id, except_partner_ids: [ada.id] }), 400, 'invalid_body')
})

story('with a cut-off the plan counts what was earned up to that day, as the run divides it', async shop => {
  const ada = await shop.partner('Ada')
  await shop.sale(ada, 10_00, { occurred_at: '2026-03-01T10:00:00Z' })
  const late = await shop.sale(ada, 7_00, { occurred_at: '2026-03-08T10:00:00Z', revenue_cents: 70_00 })
  await shop.must(shop.reverse(late, { amount_cents: 10_00 }))
  const body = { period_end: '2026-03-05' }
  const plan = await planOf(shop, body)
  expect(plan.rows).toMatchObject([{ amount_cents: 10_00, conversion_count: 1 }])
  await runsAsPlanned(shop, plan, body)
  expect(await planOf(shop)).toMatchObject({ totals: [{ amount_cents: 6_00 }] })
})

story('each currency has totals of its own; one partner is planned like one is drafted, with the same refusals', async shop => {
  const ada = await shop.partner('Ada')
  await shop.refused(() => shop.run({ partner_id: ada.id, dry_run: true }), 409, 'no_unpaid_balance')
  await shop.sale(ada, 10_00)
  await shop.sale(ada, 20_00, { currency: 'EUR' })
  expect((await planOf(shop)).totals.map(total => [total.currency, total.amount_cents])).toEqual([
    ['EUR', 20_00],
    ['USD', 10_00],
  ])
  expect((await planOf(shop, { currency: 'EUR' })).rows).toHaveLength(1)
  await shop.settings({ minimum_threshold_cents: 50_00 })
  await shop.refused(() => shop.run({ partner_id: ada.id, currency: 'USD', dry_run: true }), 409, 'below_minimum_threshold')
  expect((await planOf(shop, { partner_id: ada.id, force: true })).rows).toHaveLength(2)
})

story('of more than a hundred the largest are listed, and the totals are of all', async shop => {
  const names = Array.from({ length: 103 }, (_, n) => `Partner ${n}`)
  const campaign = await shop.campaign()
  const partners = await Promise.all(names.map(name => shop.partner(name)))
  const conversions = partners.map((partner, n) => ({
    ...{ external_id: `sale-${n}`, partner: partner.id, campaign: campaign.id, payout_cents: 1_00 + n },
  }))
  await shop.must(shop.send('POST', '/conversions', { conversions: conversions.slice(0, 100) }))
  await shop.must(shop.send('POST', '/conversions', { conversions: conversions.slice(100) }))
  const plan = await planOf(shop)
  expect(plan.rows).toHaveLength(100)
  expect(plan.rows[0]).toMatchObject({ amount_cents: 2_02 })
  expect(plan.totals).toMatchObject([{ partner_count: 103, amount_cents: 103 * 1_00 + (102 * 103) / 2 }])
})
