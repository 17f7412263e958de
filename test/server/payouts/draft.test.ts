import { expect } from 'vitest'
import { amounts, shopIn, stories } from './support.ts'

const story = stories({ today: '2026-03-10' })

story('a payout covers approved conversions, not those on hold or rejected [TR-01]', async shop => {
  const ada = await shop.partner('Ada')
  const slow = await shop.campaign({ hold_hours: 72 })
  await shop.sale(ada, 5_00)
  await shop.sale(ada, 7_00)
  await shop.sale(ada, undefined, { campaign: slow })
  const bad = await shop.sale(ada, 9_00)
  await shop.decide('reject', bad.id)
  const { status, data } = await shop.run({ partner_id: ada.id })
  expect(status).toBe(201)
  expect(data).toMatchObject({
    created: 1,
    totals: [{ currency: 'USD', amount_cents: 12_00 }],
    skipped_count: 0,
    skipped: [],
    plan: null,
  })
  expect(data.payouts[0]).toMatchObject({
    ...{ kind: 'payout', status: 'draft', amount_cents: 12_00, conversion_count: 2, accrual_count: 0, currency: 'USD' },
    ...{
      brand_id: shop.brand_id,
      partner_id: ada.id,
      partner: { id: ada.id, name: 'Ada', slug: 'ada' },
      period_end: '2026-03-10',
    },
    ...{ approved_at: null, approved_by: null, paid_at: null, cancelled_at: null, method: null, payment_id: null },
  })
  const payout = await shop.one(data.payouts[0].id)
  // the rejected conversion stands beside its reversal, and they add nothing
  expect(amounts(payout)).toEqual([5_00, 7_00, 9_00, -9_00])
  expect(payout.lines.map((l: { conversion_id: string }) => l.conversion_id).slice(2)).toEqual([bad.id, bad.id])
})

story('a payout of conversions waiting for review has none of them', async shop => {
  const ada = await shop.partner('Ada')
  const waiting = await shop.sale(ada, 5_00, { status: 'pending' })
  expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, pending_cents: 5_00 })
  await shop.refused(() => shop.run({ partner_id: ada.id }), 409, 'no_unpaid_balance')
  await shop.decide('approve', waiting.id)
  expect(await shop.balance(ada)).toMatchObject({ owed_cents: 5_00, pending_cents: 0 })
  expect(await shop.draft(ada)).toMatchObject({ amount_cents: 5_00 })
})

story('a run drafts every partner with a balance [TR-26]', async shop => {
  for (const [name, cents] of [
    ['Ada', 5_00],
    ['Bob', 6_00],
    ['Cy', 7_00],
  ] as const)
    await shop.sale(await shop.partner(name), cents)
  await shop.partner('Dee')
  const { status, data } = await shop.run()
  expect(status).toBe(201)
  expect(data).toMatchObject({ created: 3, totals: [{ currency: 'USD', amount_cents: 18_00 }], skipped_count: 0 })
  const all = await shop.listed()
  expect(
    all
      .map((p: { partner: { name: string }; status: string; number: number; amount_cents: number }) => [
        p.partner.name,
        p.status,
        p.amount_cents,
      ])
      .sort(),
  ).toEqual([
    ['Ada', 'draft', 5_00],
    ['Bob', 'draft', 6_00],
    ['Cy', 'draft', 7_00],
  ])
  const numbers = all.map((p: { number: number }) => p.number)
  expect(Math.max(...numbers) - Math.min(...numbers)).toBe(2)
})

story('{all: true} is a run as well, and two forms at once are refused', async shop => {
  const ada = await shop.partner('Ada')
  await shop.sale(ada, 5_00)
  await shop.refused(() => shop.run({ all: true, partner_id: ada.id }), 400, 'invalid_body')
  await shop.refused(() => shop.run({ all: false }), 400, 'invalid_body')
  expect((await shop.run({ all: true })).data.created).toBe(1)
})

story('a second run creates nothing and answers 200 [TR-27]', async shop => {
  await shop.sale(await shop.partner('Ada'), 5_00)
  await shop.run()
  const before = await shop.w.fingerprint()
  const { status, data } = await shop.run()
  expect(status).toBe(200)
  expect(data).toEqual({ created: 0, totals: [], payouts: [], skipped_count: 0, skipped: [], plan: null })
  expect(await shop.w.fingerprint()).toBe(before)
})

story('drafts are safe: nothing is paid, and cancelling them all restores every balance [TR-28]', async shop => {
  const partners = [await shop.partner('Ada'), await shop.partner('Bob')]
  const sales = [
    await shop.sale(partners[0], 5_00),
    await shop.sale(partners[1], 7_00, { revenue_cents: 30_00 }),
    await shop.sale(partners[1], 1_00),
  ]
  const before = (await shop.balances()).data
  await shop.run()
  for (const { id } of sales) expect(await shop.statusOf({ id })).toBe('approved')
  for (const payout of await shop.listed()) expect(await shop.cancel(payout)).toMatchObject({ status: 'cancelled' })
  expect((await shop.balances()).data).toEqual(before)
  expect((await shop.run()).data.created).toBe(2)
})

story(
  'a conversion recorded after the draft waits for the next payout, though its day is inside the period [TR-31]',
  async shop => {
    const ada = await shop.partner('Ada')
    const first = await shop.sale(ada, 5_00, { occurred_at: '2026-03-05T10:00:00Z' })
    const payout = await shop.draft(ada)
    const late = await shop.sale(ada, 7_00, { occurred_at: '2026-03-05T09:00:00Z' })
    expect(await shop.balance(ada)).toMatchObject({
      unpaid_cents: 12_00,
      in_payouts_cents: 5_00,
      owed_cents: 7_00,
      conversion_count: 1,
    })
    await shop.approve(payout)
    const paid = await shop.pay(payout)
    expect(amounts(paid)).toEqual([5_00])
    expect([await shop.statusOf(first), await shop.statusOf(late)]).toEqual(['paid', 'approved'])
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 7_00, paid_cents: 5_00 })
  },
)

story('below the minimum threshold a run skips, a single draft is refused, force pays [TR-59]', async shop => {
  const ada = await shop.partner('Ada')
  await shop.sale(ada, 40_00)
  await shop.settings({ minimum_threshold_cents: 50_00 })
  expect((await shop.run()).data).toMatchObject({
    ...{ created: 0, payouts: [], skipped_count: 1 },
    skipped: [{ partner_id: ada.id, currency: 'USD', reason: 'below_threshold' }],
  })
  const answer = await shop.run({ partner_id: ada.id })
  expect([answer.status, answer.error.code]).toEqual([409, 'below_minimum_threshold'])
  expect(answer.meta.minimum_threshold_cents).toBe(50_00)
  expect((await shop.run({ partner_id: ada.id, force: true })).data.payouts[0]).toMatchObject({
    amount_cents: 40_00,
    status: 'draft',
  })
})

story('the threshold counts from its own amount, and only in the currency of the program', async shop => {
  const [ada, bob, cy] = [await shop.partner('Ada'), await shop.partner('Bob'), await shop.partner('Cy')]
  await shop.settings({ minimum_threshold_cents: 50_00 })
  await shop.sale(ada, 50_00)
  await shop.sale(bob, 49_99)
  const euros = await shop.campaign({ currency: 'EUR' })
  await shop.sale(cy, 1, { campaign: euros })
  expect(await shop.balance(bob)).toMatchObject({ below_threshold: true })
  expect(await shop.balance(ada)).toMatchObject({ below_threshold: false })
  expect(await shop.balance(cy, 'EUR')).toMatchObject({ below_threshold: false, owed_cents: 1 })
  const { data } = await shop.run()
  expect(data.payouts.map((p: { partner_id: string; currency: string }) => [p.partner_id, p.currency])).toEqual([
    [ada.id, 'USD'],
    [cy.id, 'EUR'],
  ])
  expect(data.skipped).toEqual([{ partner_id: bob.id, currency: 'USD', reason: 'below_threshold' }])
})

story('a program holds commissions for its days, and the hold of a campaign overrides [TR-60]', async shop => {
  await shop.settings({ hold_days: 30 })
  const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
  const slow = await shop.campaign({ amount_cents: 4_00 })
  const quick = await shop.campaign({ amount_cents: 3_00, hold_hours: 24 })
  await shop.sale(ada, undefined, { campaign: slow, occurred_at: '2026-03-10T00:00:00Z' })
  await shop.sale(bob, undefined, { campaign: quick, occurred_at: '2026-03-10T00:00:00Z' })
  const owed = async () => [(await shop.balance(ada)).owed_cents, (await shop.balance(bob)).owed_cents]
  expect(await owed()).toEqual([0, 0])
  await shop.w.travelTo('2026-03-11T00:00:01Z')
  expect(await owed()).toEqual([0, 3_00])
  await shop.w.travelTo('2026-04-08T23:59:00Z')
  expect(await owed()).toEqual([0, 3_00])
  await shop.refused(() => shop.run({ partner_id: ada.id }), 409, 'no_unpaid_balance')
  await shop.refused(() => shop.run({ partner_id: ada.id, force: true }), 409, 'no_unpaid_balance')
  await shop.w.travelTo('2026-04-09T00:00:01Z')
  expect(await owed()).toEqual([4_00, 3_00])
  expect((await shop.run()).data.created).toBe(2)
})

story('paused and declined partners are left out of a run and paid when named', async shop => {
  const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
  await shop.sale(ada, 5_00)
  await shop.sale(bob, 6_00)
  for (const [partner, status] of [
    [ada, 'paused'],
    [bob, 'declined'],
  ] as const) {
    await shop.send('PATCH', `/partners/${partner.id}`, { status })
  }
  const { data } = await shop.run()
  expect(data).toMatchObject({ created: 0, skipped_count: 2 })
  expect(data.skipped.map((s: { reason: string }) => s.reason)).toEqual(['partner_inactive', 'partner_inactive'])
  expect((await shop.run({ partner_id: ada.id })).data.payouts[0]).toMatchObject({ amount_cents: 5_00 })
  expect((await shop.run({ partner_ids: [bob.id] })).data.payouts[0]).toMatchObject({ amount_cents: 6_00 })
})

story('several named partners: who has nothing is skipped with the reason', async shop => {
  const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
  await shop.sale(ada, 5_00)
  const { status, data } = await shop.run({ partner_ids: [ada.id, bob.id, ada.id], notes: 'March' })
  expect(status).toBe(201)
  expect(data).toMatchObject({
    created: 1,
    skipped_count: 1,
    skipped: [{ partner_id: bob.id, currency: null, reason: 'no_balance' }],
  })
  expect(data.payouts[0]).toMatchObject({ partner_id: ada.id, notes: 'March', created_by: expect.stringMatching(/^key:/) })
  const unknown = '01900000-0000-7000-8000-000000000000'
  await shop.refused(() => shop.run({ partner_ids: [ada.id, unknown] }), 404, 'not_found')
  await shop.refused(() => shop.run({ partner_id: unknown }), 404, 'not_found')
})

story('more than a hundred skips are counted once each, and the first hundred are listed', async shop => {
  await shop.settings({ minimum_threshold_cents: 50_00 })
  const ids: string[] = []
  for (let n = 0; n < 105; n++) ids.push((await shop.partner(`Partner ${n}`)).id)
  for (const id of ids) await shop.sale(id, 1_00)
  const { status, data } = await shop.run({ partner_ids: ids })
  expect([status, data.created, data.skipped_count, data.skipped.length]).toEqual([200, 0, 105, 100])
  expect(new Set(data.skipped.map((s: { reason: string }) => s.reason))).toEqual(new Set(['below_threshold']))
})

story(
  'with one balance below zero and one below the threshold, the refusal names the threshold, which force can pass',
  async shop => {
    const ada = await shop.partner('Ada')
    await shop.settings({ minimum_threshold_cents: 50_00 })
    const euros = await shop.campaign({ cost_model: 'revshare', percent: '10', currency: 'EUR' })
    const euro = await shop.sale(ada, undefined, { campaign: euros, revenue_cents: 100_00 })
    await shop.paid(ada)
    await shop.reverse(euro)
    await shop.sale(ada, 5_00)
    await shop.refused(() => shop.run({ partner_id: ada.id }), 409, 'below_minimum_threshold')
  },
)

story('a sum of zero or less is carried forward and nets in a later draft', async shop => {
  const ada = await shop.partner('Ada')
  const first = await shop.sale(ada, 10_00, { revenue_cents: 100_00 })
  await shop.paid(ada)
  await shop.reverse(first)
  expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, unpaid_cents: -10_00, paid_cents: 10_00 })
  expect((await shop.run()).data).toMatchObject({
    created: 0,
    skipped: [{ partner_id: ada.id, currency: 'USD', reason: 'no_balance' }],
  })
  await shop.sale(ada, 10_00)
  expect((await shop.run()).data).toMatchObject({ created: 0, skipped_count: 1 })
  await shop.sale(ada, 1_50)
  const payout = await shop.draft(ada)
  expect(payout).toMatchObject({ amount_cents: 1_50, conversion_count: 2 })
  expect(amounts(await shop.one(payout.id))).toEqual([-10_00, 10_00, 1_50])
})

story('two currencies are two balances and two payouts, never mixed', async shop => {
  const ada = await shop.partner('Ada')
  const yen = await shop.campaign({ currency: 'JPY' })
  await shop.sale(ada, 5_00)
  await shop.sale(ada, 700, { campaign: yen })
  const { data } = await shop.run()
  expect(data.created).toBe(2)
  expect(data.totals).toEqual(
    expect.arrayContaining([
      { currency: 'USD', amount_cents: 5_00 },
      { currency: 'JPY', amount_cents: 700 },
    ]),
  )
  expect(data.payouts.map((p: { currency: string; amount_cents: number }) => [p.currency, p.amount_cents]).sort()).toEqual([
    ['JPY', 700],
    ['USD', 5_00],
  ])
  for (const payout of data.payouts) await shop.patch(payout, { status: 'cancelled' })
  expect((await shop.run({ partner_id: ada.id, currency: 'jpy' })).data.payouts).toMatchObject([
    { currency: 'JPY', amount_cents: 700 },
  ])
  await shop.refused(() => shop.run({ partner_id: ada.id, currency: 'EUR' }), 409, 'no_unpaid_balance')
})

story('two programs never pay for each other, and a partner of one is unknown in the other', async shop => {
  const ada = await shop.partner('Ada')
  await shop.sale(ada, 5_00)
  const other = shopIn(shop.w, (await shop.w.api.organizations.createProgram({ body: { name: 'Other' } })).data.id)
  const eve = await other.partner('Ada')
  await other.sale(eve, 8_00)
  await shop.refused(() => other.run({ partner_id: ada.id }), 404, 'not_found')
  expect((await other.run()).data.payouts).toMatchObject([{ brand_id: other.brand_id, partner_id: eve.id, amount_cents: 8_00 }])
  expect(await shop.listed()).toEqual([])
  expect(await shop.balance(ada)).toMatchObject({ owed_cents: 5_00 })
  expect((await shop.run()).data.payouts).toMatchObject([{ partner_id: ada.id, amount_cents: 5_00 }])
})

story('an unknown field is refused: a misspelt one never becomes a run of everybody', async shop => {
  const ada = await shop.partner('Ada')
  await shop.sale(ada, 5_00)
  await shop.refused(() => shop.run({ parter_id: ada.id }), 400, 'invalid_body')
  await shop.refused(() => shop.run({ partner_id: null }), 400, 'invalid_body')
  await shop.refused(() => shop.run({ partner_ids: [] }), 400, 'invalid_body')
})
