import { expect } from 'vitest'
import { amounts, type Shop, stories } from './support.ts'

const story = stories({ today: '2026-03-20T12:00:00Z' })
const on = (day: number) => ({ occurred_at: `2026-03-${String(day).padStart(2, '0')}T10:00:00Z` })
const tabsOf = (shop: Shop) =>
  shop.w.sql(
    'select is_open, amount_cents, item_count, payout_id is not null as claimed from tabs where program_id = $1 order by id',
    [shop.brand_id],
  )

story('a cut-off takes what was earned up to that day and leaves the rest owed, on one tab each', async shop => {
  const ada = await shop.partner()
  for (const [day, cents] of [
    [1, 1_00],
    [10, 2_00],
    [11, 4_00],
    [20, 8_00],
  ] as const)
    await shop.sale(ada, cents, { ...on(day), revenue_cents: cents * 10 })
  const payout = await shop.draft(ada, { period_end: '2026-03-10' })
  expect(payout).toMatchObject({
    amount_cents: 3_00,
    conversion_count: 2,
    revenue_cents: 30_00,
    period_start: '2026-03-01',
    period_end: '2026-03-10',
  })
  expect(await shop.balance(ada)).toMatchObject({
    owed_cents: 12_00,
    in_payouts_cents: 3_00,
    conversion_count: 2,
    revenue_cents: 120_00,
  })
  expect(await tabsOf(shop)).toMatchObject([
    { amount_cents: 3_00, item_count: 2, is_open: false, claimed: true },
    { amount_cents: 12_00, item_count: 2, claimed: false },
  ])
  expect((await shop.draft(ada)).amount_cents).toBe(12_00)
})

story('an earning and its reversals stay on one side of the cut-off', async shop => {
  const ada = await shop.partner()
  const early = await shop.sale(ada, 10_00, { ...on(5), revenue_cents: 100_00 })
  const late = await shop.sale(ada, 20_00, { ...on(15), revenue_cents: 200_00 })
  await shop.reverse(early, { amount_cents: 30_00 })
  await shop.reverse(late, { amount_cents: 50_00 })
  const payout = await shop.draft(ada, { period_end: '2026-03-10' })
  expect(amounts(await shop.one(payout.id))).toEqual([10_00, -3_00])
  expect(await shop.balance(ada)).toMatchObject({ owed_cents: 15_00, in_payouts_cents: 7_00 })
})

story('a clawback counts on its own day, not on that of the sale it takes back', async shop => {
  const ada = await shop.partner()
  const sold = await shop.sale(ada, 10_00, { ...on(1), revenue_cents: 100_00 })
  await shop.paid(ada)
  await shop.sale(ada, 4_00, on(5))
  await shop.reverse(sold, { amount_cents: 10_00 }) // today, the 20th
  const payout = await shop.draft(ada, { period_end: '2026-03-10' })
  expect(amounts(await shop.one(payout.id))).toEqual([4_00])
  expect(await shop.balance(ada)).toMatchObject({ unpaid_cents: 3_00, in_payouts_cents: 4_00, owed_cents: 0 })
})

story('a cut-off before everything earned finds nothing and changes nothing', async shop => {
  const ada = await shop.partner()
  await shop.sale(ada, 10_00, on(5))
  await shop.refused(() => shop.run({ partner_id: ada.id, period_end: '2026-03-04' }), 409, 'no_unpaid_balance')
  const before = await shop.w.fingerprint()
  expect(await shop.run({ period_end: '2026-03-04' })).toMatchObject({ status: 200, data: { created: 0 } })
  expect(await shop.w.fingerprint()).toBe(before)
  await shop.refused(() => shop.run({ period_end: '2026-02-30' }), 400, 'invalid_body')
})

story('cut-offs one after the other divide a tab by days, and what is recorded late joins the next', async shop => {
  const ada = await shop.partner()
  for (const day of [1, 2, 3, 4]) await shop.sale(ada, day * 1_00, on(day))
  for (const [day, cents] of [
    [1, 1_00],
    [3, 5_00],
  ] as const)
    expect((await shop.draft(ada, { period_end: `2026-03-0${day}` })).amount_cents).toBe(cents)
  await shop.sale(ada, 50, on(1))
  expect((await shop.draft(ada, { period_end: '2026-03-03' })).amount_cents).toBe(50)
  expect((await shop.draft(ada)).amount_cents).toBe(4_00)
})

story('a partner left out below the threshold keeps every cent through a split', async shop => {
  const ada = await shop.partner()
  await shop.settings({ minimum_threshold_cents: 5_00 })
  for (const day of [1, 15]) await shop.sale(ada, 3_00, on(day))
  expect((await shop.run({ period_end: '2026-03-10' })).data).toMatchObject({
    created: 0,
    skipped: [{ reason: 'below_threshold' }],
  })
  expect(await shop.balance(ada)).toMatchObject({ owed_cents: 6_00, conversion_count: 2 })
  expect((await shop.draft(ada)).amount_cents).toBe(6_00)
})

story('earnings held to different hours become payable hour by hour and are drafted together', async shop => {
  const ada = await shop.partner()
  const slow = await shop.campaign({ hold_hours: 24 })
  for (const hour of ['08:10', '09:50']) await shop.sale(ada, 1_00, { campaign: slow, occurred_at: `2026-03-20T${hour}:00Z` })
  await shop.w.travelTo('2026-03-21T09:00:00Z')
  expect(await shop.balance(ada)).toMatchObject({ owed_cents: 1_00, pending_cents: 1_00 })
  expect((await shop.draft(ada)).amount_cents).toBe(1_00)
  await shop.w.travelTo('2026-03-21T10:00:00Z')
  expect((await shop.draft(ada)).amount_cents).toBe(1_00)
  expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, in_payouts_cents: 2_00 })
})
