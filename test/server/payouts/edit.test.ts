import { describe, expect } from 'vitest'
import { amounts, stories } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
type Line = { earning_id: string; amount_cents: number }

describe('exclude', () => {
  story('an earning left out of a draft is owed again, and nothing is left out of an approved payout [TR-29]', async shop => {
    const ada = await shop.partner()
    await shop.sale(ada, 5_00, { revenue_cents: 50_00 })
    await shop.sale(ada, 7_00, { revenue_cents: 70_00 })
    const payout = await shop.draft(ada)
    const { lines } = await shop.one(payout.id)
    const { status, data } = await shop.patch(payout, { exclude_earning_ids: [lines[0].earning_id] })
    expect(status).toBe(200)
    expect(data).toMatchObject({
      amount_cents: 7_00,
      conversion_count: 1,
      revenue_cents: 70_00,
      lines: [{ earning_id: lines[1].earning_id }],
    })
    expect(await shop.balance(ada)).toMatchObject({
      owed_cents: 5_00,
      in_payouts_cents: 7_00,
      unpaid_cents: 12_00,
      conversion_count: 1,
      revenue_cents: 50_00,
    })
    await shop.approve(payout)
    await shop.refused(() => shop.patch(payout, { exclude_earning_ids: [lines[1].earning_id] }), 409, 'invalid_transition')
    expect((await shop.run()).data).toMatchObject({ created: 1, totals: [{ currency: 'USD', amount_cents: 5_00 }] })
  })

  story('an earning goes with everything that reverses it, so that no payout holds half a story', async shop => {
    const ada = await shop.partner()
    const refunded = await shop.sale(ada, 10_00, { revenue_cents: 100_00 })
    await shop.sale(ada, 3_00)
    await shop.reverse(refunded, { amount_cents: 40_00 })
    const payout = await shop.draft(ada)
    expect(payout.amount_cents).toBe(9_00)
    const { lines } = await shop.one(payout.id)
    const whole = lines.find((l: Line) => l.amount_cents === 10_00)
    const { data } = await shop.patch(payout, { exclude_earning_ids: [whole.earning_id] })
    expect([data.amount_cents, amounts(data)]).toEqual([3_00, [3_00]])
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 6_00, conversion_count: 1, revenue_cents: 60_00 })
    expect(amounts(await shop.one((await shop.draft(ada)).id))).toEqual([10_00, -4_00])
  })

  story('a reversal named alone takes its earning along', async shop => {
    const ada = await shop.partner()
    const refunded = await shop.sale(ada, 10_00, { revenue_cents: 100_00 })
    await shop.sale(ada, 3_00)
    await shop.reverse(refunded, { amount_cents: 40_00 })
    const payout = await shop.draft(ada)
    const reversal = (await shop.one(payout.id)).lines.find((l: Line) => l.amount_cents === -4_00)
    const { data } = await shop.patch(payout, { exclude_earning_ids: [reversal.earning_id] })
    expect([data.amount_cents, amounts(data)]).toEqual([3_00, [3_00]])
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 6_00 })
  })

  story('a clawback made while the first payout was approved goes with its earning when both are in one draft', async shop => {
    const ada = await shop.partner()
    const refunded = await shop.sale(ada, 10_00, { revenue_cents: 100_00 })
    const first = await shop.draft(ada)
    await shop.approve(first)
    expect((await shop.reverse(refunded, { amount_cents: 40_00 })).data.earning).toMatchObject({
      kind: 'clawback',
      amount_cents: -4_00,
    })
    await shop.cancel(first)
    await shop.sale(ada, 3_00)
    const second = await shop.draft(ada)
    expect(amounts(await shop.one(second.id))).toEqual([10_00, -4_00, 3_00])
    const whole = (await shop.one(second.id)).lines[0]
    const { data } = await shop.patch(second, { exclude_earning_ids: [whole.earning_id] })
    expect([data.amount_cents, amounts(data)]).toEqual([3_00, [3_00]])
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 6_00 })
  })

  story('an earning that is not in the payout is not found: unknown, of another partner, or left out before', async shop => {
    const [ada, bob] = [await shop.partner(), await shop.partner('Bob')]
    for (const who of [ada, bob]) for (const cents of [1_00, 2_00]) await shop.sale(who, cents)
    const [mine, theirs] = [await shop.draft(ada), await shop.draft(bob)]
    const [line] = (await shop.one(theirs.id)).lines
    await shop.refused(() => shop.patch(mine, { exclude_earning_ids: [line.earning_id] }), 404, 'not_found')
    await shop.refused(
      () => shop.patch(mine, { exclude_earning_ids: ['01900000-0000-7000-8000-000000000000'] }),
      404,
      'not_found',
    )
    await shop.patch(theirs, { exclude_earning_ids: [line.earning_id] })
    await shop.refused(() => shop.patch(theirs, { exclude_earning_ids: [line.earning_id] }), 404, 'not_found')
    await shop.refused(() => shop.patch(theirs, { exclude_earning_ids: [] }), 400, 'invalid_body')
  })

  story('earnings whose hold is over keep their hold when they are left out, and are payable at once', async shop => {
    const ada = await shop.partner()
    const slow = await shop.campaign({ hold_hours: 2 })
    await shop.sale(ada, 5_00, { campaign: slow })
    await shop.sale(ada, 2_00)
    await shop.w.travelTo('2026-03-10T15:00:01Z')
    const payout = await shop.draft(ada)
    const line = (await shop.one(payout.id)).lines.find((l: Line) => l.amount_cents === 5_00)
    await shop.patch(payout, { exclude_earning_ids: [line.earning_id] })
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 5_00, pending_cents: 0 })
    expect(await shop.draft(ada)).toMatchObject({ amount_cents: 5_00 })
  })

  story('leaving out what keeps a draft above zero is refused', async shop => {
    const ada = await shop.partner()
    const refunded = await shop.sale(ada, 5_00, { revenue_cents: 50_00 })
    await shop.paid(ada)
    await shop.reverse(refunded)
    await shop.sale(ada, 8_00)
    const payout = await shop.draft(ada)
    const { lines } = await shop.one(payout.id)
    await shop.refused(() => shop.patch(payout, { exclude_earning_ids: [lines[1].earning_id] }), 400, 'invalid_body')
    expect((await shop.patch(payout, { exclude_earning_ids: [lines[0].earning_id] })).data.amount_cents).toBe(8_00)
    expect(await shop.balance(ada)).toMatchObject({ unpaid_cents: 3_00, in_payouts_cents: 8_00, owed_cents: 0 })
  })
})

describe('adjust', () => {
  story('an adjustment moves the total of a draft, and never below zero [TR-30]', async shop => {
    const ada = await shop.partner()
    await shop.sale(ada, 12_00)
    const payout = await shop.draft(ada)
    const { status, data } = await shop.patch(payout, { adjustments: [{ amount_cents: -500, reason: 'refund' }] })
    expect(status).toBe(200)
    expect(data).toMatchObject({
      amount_cents: 7_00,
      adjustments: [{ id: expect.any(String), amount_cents: -5_00, reason: 'refund' }],
    })
    await shop.refused(
      () => shop.patch(payout, { adjustments: [{ amount_cents: -7_01, reason: 'too much' }] }),
      400,
      'invalid_body',
    )
    const two = [
      { amount_cents: -7_01, reason: 'a fee' },
      { amount_cents: 1, reason: 'given back' },
    ]
    expect((await shop.patch(payout, { adjustments: two })).data).toMatchObject({ amount_cents: 0, adjustments: [{}, {}, {}] })
    expect((await shop.patch(payout, { adjustments: [{ amount_cents: 2_50, reason: 'bonus' }] })).data.amount_cents).toBe(2_50)
    await shop.approve(payout)
    await shop.refused(
      () => shop.patch(payout, { adjustments: [{ amount_cents: 1, reason: 'late' }] }),
      409,
      'invalid_transition',
    )
    expect(await shop.pay(payout)).toMatchObject({ status: 'paid', amount_cents: 2_50 })
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, paid_cents: 2_50 })
  })

  story('an adjustment needs a reason and an amount', async shop => {
    const ada = await shop.partner()
    await shop.sale(ada, 12_00)
    const payout = await shop.draft(ada)
    const rows = [
      { amount_cents: 0, reason: 'x' },
      { amount_cents: -1 },
      { amount_cents: -1, reason: '' },
      { amount_cents: -1, reason: '  ' },
      { amount_cents: 0.5, reason: 'x' },
    ]
    for (const row of rows) await shop.refused(() => shop.patch(payout, { adjustments: [row] }), 400, 'invalid_body')
    await shop.refused(() => shop.patch(payout, { adjustments: [] }), 400, 'invalid_body')
    const huge = { amount_cents: Number.MAX_SAFE_INTEGER, reason: 'x' }
    await shop.refused(() => shop.patch(payout, { adjustments: [huge, huge] }), 400, 'invalid_body')
    await shop.refused(() => shop.patch(payout, { adjustments: [huge] }), 400, 'invalid_body')
  })

  story('the adjustments of a cancelled draft end with it [F34]', async shop => {
    const ada = await shop.partner()
    await shop.sale(ada, 12_00)
    const before = await shop.balance(ada)
    const payout = await shop.draft(ada)
    await shop.patch(payout, { adjustments: [{ amount_cents: -5_00, reason: 'refund' }] })
    await shop.cancel(payout)
    expect(await shop.balance(ada)).toEqual(before)
    const next = await shop.one((await shop.draft(ada)).id)
    expect(next).toMatchObject({ amount_cents: 12_00, adjustments: [] })
    expect(await shop.one(payout.id)).toMatchObject({ status: 'cancelled', amount_cents: 7_00, lines: [] })
  })

  story('excluding, adjusting and noting at once come to one total', async shop => {
    const ada = await shop.partner()
    for (const cents of [5_00, 7_00]) await shop.sale(ada, cents)
    const payout = await shop.draft(ada)
    const [line] = (await shop.one(payout.id)).lines
    const body = {
      exclude_earning_ids: [line.earning_id],
      adjustments: [{ amount_cents: -1_00, reason: 'fee' }],
      notes: 'as agreed',
    }
    expect((await shop.patch(payout, body)).data).toMatchObject({ amount_cents: 6_00, notes: 'as agreed', conversion_count: 1 })
    expect((await shop.patch(payout, { notes: null })).data).toMatchObject({ notes: null, amount_cents: 6_00 })
    await shop.cancel(payout)
    await shop.refused(() => shop.patch(payout, { notes: 'late' }), 409, 'invalid_transition')
  })
})

describe('one payout', () => {
  story('its lines page by cursor, each exactly once, and say why', async shop => {
    const ada = await shop.partner()
    for (let n = 1; n <= 7; n++) await shop.sale(ada, n)
    const payout = await shop.draft(ada)
    const seen: Line[] = []
    for (let cursor = ''; ; ) {
      const { data, meta } = await shop.send('GET', `/payouts/${payout.id}?limit=3${cursor}`)
      expect(data.amount_cents).toBe(28)
      seen.push(...data.lines)
      if (meta.next_cursor === null) break
      cursor = `&cursor=${meta.next_cursor}`
    }
    expect(seen.map(l => l.amount_cents)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(new Set(seen.map(l => l.earning_id)).size).toBe(7)
    expect(seen[0]).toMatchObject({
      kind: 'commission',
      accrual_id: null,
      conversion_id: expect.any(String),
      because: expect.stringContaining('0.01'),
    })
  })
})
