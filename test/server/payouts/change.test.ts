import net from 'node:net'
import { describe, expect } from 'vitest'
import { amounts, stories } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
const now = expect.stringMatching(/^2026-03-10T12:0\d:\d\d\.\d{3}Z$/)
const key = expect.stringMatching(/^key:tga_….{4}$/)

describe('approve and cancel', () => {
  story('a draft can be approved, which says when and by whom [TR-03]', async shop => {
    const ada = await shop.partner()
    await shop.sale(ada, 5_00)
    const payout = await shop.draft(ada)
    const { status, data } = await shop.patch(payout, { status: 'approved' })
    expect(status).toBe(200)
    expect(data).toMatchObject({ id: payout.id, status: 'approved', amount_cents: 5_00, approved_at: now, approved_by: key })
    expect((await shop.one(payout.id)).status).toBe('approved')
  })

  story('a draft can be cancelled, and its amount is owed again [TR-04]', async shop => {
    const ada = await shop.partner()
    await shop.sale(ada, 5_00, { revenue_cents: 50_00 })
    const before = await shop.balance(ada)
    const payout = await shop.draft(ada)
    expect(await shop.balance(ada)).toMatchObject({
      owed_cents: 0,
      in_payouts_cents: 5_00,
      conversion_count: 0,
      revenue_cents: 0,
    })
    const { status, data } = await shop.patch(payout, { status: 'cancelled' })
    expect(status).toBe(200)
    expect(data).toMatchObject({ status: 'cancelled', cancelled_at: now, cancelled_by: key, amount_cents: 5_00 })
    expect(await shop.balance(ada)).toEqual(before)
    expect(await shop.draft(ada)).toMatchObject({ amount_cents: 5_00 })
  })

  story('an approved payout can be cancelled, and its amount is owed again [TR-05]', async shop => {
    const ada = await shop.partner()
    await shop.sale(ada, 5_00)
    const payout = await shop.draft(ada)
    await shop.approve(payout)
    expect((await shop.patch(payout, { action: 'cancel' })).data).toMatchObject({ status: 'cancelled', approved_at: now })
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 5_00, in_payouts_cents: 0 })
  })

  story('cancelled is final [TR-11]', async shop => {
    const ada = await shop.partner()
    await shop.sale(ada, 5_00)
    const payout = await shop.draft(ada)
    await shop.cancel(payout)
    for (const status of ['approved', 'draft', 'cancelled'])
      await shop.refused(() => shop.patch(payout, { status }), 409, 'invalid_transition')
    await shop.refused(() => shop.patch(payout, { status: 'paid', method: 'wire' }), 409, 'invalid_transition')
  })

  story('the aliases approve, mark_paid and cancel do what the status does, and both at once are refused', async shop => {
    const ada = await shop.partner()
    await shop.sale(ada, 5_00)
    const payout = await shop.draft(ada)
    await shop.refused(() => shop.patch(payout, { status: 'approved', action: 'approve' }), 400, 'invalid_body')
    await shop.refused(() => shop.patch(payout, { status: 'foo' }), 400, 'invalid_body')
    await shop.refused(() => shop.patch(payout, {}), 400, 'invalid_body')
    expect((await shop.patch(payout, { action: 'approve' })).data.status).toBe('approved')
    await shop.refused(() => shop.patch(payout, { action: 'approve' }), 409, 'invalid_transition')
    expect((await shop.patch(payout, { action: 'mark_paid', method: 'ach' })).data).toMatchObject({
      status: 'paid',
      method: 'ach',
    })
  })

  story('a payout that does not exist is not found', async shop => {
    await shop.refused(() => shop.patch('01900000-0000-7000-8000-000000000000', { status: 'approved' }), 404, 'not_found')
  })
})

describe('mark paid', () => {
  story('paid records method, reference and notes, and makes its conversions paid, no others [TR-06] [TR-08]', async shop => {
    const ada = await shop.partner()
    const [first, second] = [await shop.sale(ada, 5_00), await shop.sale(ada, 7_00)]
    const payout = await shop.draft(ada)
    const later = await shop.sale(ada, 1_00)
    await shop.approve(payout)
    const { status, data } = await shop.patch(payout, { status: 'paid', method: 'paypal', reference: 'TX1', notes: 'n' })
    expect(status).toBe(200)
    expect(data).toMatchObject({
      ...{ status: 'paid', method: 'paypal', method_id: null, method_name: 'PayPal', reference: 'TX1', notes: 'n' },
      ...{ paid_at: now, paid_by: key, amount_cents: 12_00, payment_id: expect.any(String) },
    })
    expect(await Promise.all([first, second, later].map(shop.statusOf))).toEqual(['paid', 'paid', 'approved'])
    expect(await shop.balance(ada)).toMatchObject({
      owed_cents: 1_00,
      unpaid_cents: 1_00,
      in_payouts_cents: 0,
      paid_cents: 12_00,
      last_paid_at: now,
    })
    const [payment] = await shop.w.sql('select * from payments where id = $1', [data.payment_id])
    expect(payment).toMatchObject({
      origin: 'payout',
      payout_id: payout.id,
      status: 'paid',
      total_amount_cents: 12_00,
      partner_id: ada.id,
      currency: 'USD',
      method_name: 'PayPal',
      reference: 'TX1',
    })
  })

  story('reference and notes may be left out [TR-07]', async shop => {
    const ada = await shop.partner()
    await shop.sale(ada, 5_00)
    expect(await shop.paid(ada, { method: 'check' })).toMatchObject({
      status: 'paid',
      method: 'check',
      reference: null,
      notes: null,
    })
  })

  story('paid cannot be undone [TR-09]', async shop => {
    const ada = await shop.partner()
    const sale = await shop.sale(ada, 5_00)
    const payout = await shop.paid(ada)
    for (const status of ['cancelled', 'approved', 'draft'])
      await shop.refused(() => shop.patch(payout, { status }), 409, 'invalid_transition')
    await shop.refused(() => shop.patch(payout, { status: 'paid', method: 'wire' }), 409, 'invalid_transition')
    expect(await shop.statusOf(sale)).toBe('paid')
  })

  story('paid only after approval [TR-10]', async shop => {
    const ada = await shop.partner()
    await shop.sale(ada, 5_00)
    const payout = await shop.draft(ada)
    await shop.refused(() => shop.patch(payout, { status: 'paid', method: 'wire' }), 409, 'invalid_transition')
  })

  story('the method is required and one of seven, by code or by label [TR-12]', async shop => {
    const ada = await shop.partner()
    const seven = ['paypal', 'ach', 'venmo', 'zelle', 'wire', 'check', 'other']
    const labels = ['PayPal', 'ACH / Bank Transfer', 'Venmo', 'Zelle', 'Wire Transfer', 'Check', 'Other']
    for (const [n, method] of [...seven, ...labels.map(l => l.toUpperCase())].entries()) {
      await shop.sale(ada, 1_00)
      expect(await shop.paid(ada, { method })).toMatchObject({ method: seven[n % 7], method_name: labels[n % 7] })
    }
    await shop.sale(ada, 1_00)
    const payout = await shop.draft(ada)
    await shop.approve(payout)
    for (const body of [{ method: 'bitcoin' }, {}, { method: '' }, { method: null }]) {
      await shop.refused(() => shop.patch(payout, { status: 'paid', ...body }), 400, 'invalid_body')
    }
  })

  story(
    'a method of the organization is taken by its id; one switched off, an unknown one or two methods at once are refused',
    async shop => {
      const ada = await shop.partner()
      await shop.sale(ada, 1_00)
      const payout = await shop.draft(ada)
      await shop.approve(payout)
      const [venmo, cash] = await shop.w.sql('select id, name from payout_methods order by name desc')
      await shop.w.sql('update payout_methods set is_active = false where id = $1', [cash.id])
      const pay = (body: object) => shop.patch(payout, { status: 'paid', ...body })
      await shop.refused(() => pay({ method_id: cash.id }), 400, 'invalid_body')
      await shop.refused(() => pay({ method_id: payout.id }), 404, 'not_found')
      await shop.refused(() => pay({ method_id: venmo.id, method: 'wire' }), 400, 'invalid_body')
      expect((await pay({ method_id: venmo.id })).data).toMatchObject({
        method: null,
        method_id: venmo.id,
        method_name: venmo.name,
      })
      await shop.w.sql('update payout_methods set is_active = true')
    },
  )

  story('paid_at may lie in the past, never in the future', async shop => {
    const ada = await shop.partner()
    await shop.sale(ada, 5_00)
    const payout = await shop.draft(ada)
    await shop.approve(payout)
    await shop.refused(
      () => shop.patch(payout, { status: 'paid', method: 'wire', paid_at: '2026-03-10T13:00:00Z' }),
      400,
      'invalid_body',
    )
    await shop.refused(() => shop.patch(payout, { status: 'paid', method: 'wire', paid_at: 'yesterday' }), 400, 'invalid_body')
    expect(await shop.pay(payout, { paid_at: '2026-03-01T09:30:00+02:00' })).toMatchObject({
      paid_at: '2026-03-01T07:30:00.000Z',
    })
  })

  story('a field that says nothing for the change is refused, not dropped', async shop => {
    const ada = await shop.partner()
    await shop.sale(ada, 5_00)
    const payout = await shop.draft(ada)
    for (const body of [
      { reference: 'X' },
      { method: 'wire' },
      { status: 'approved', method: 'wire' },
      { status: 'approved', adjustments: [{ amount_cents: 1, reason: 'x' }] },
    ]) {
      await shop.refused(() => shop.patch(payout, body), 400, 'invalid_body')
    }
    await shop.refused(() => shop.patch(payout, { status: 'cancelled', refrence: 'X' }), 400, 'invalid_body')
  })

  story(
    'no money moves and no fee is taken: what is paid is the sum of the commissions, and nobody outside is called [TR-14]',
    async shop => {
      const ada = await shop.partner()
      const cents = [5_01, 7_99, 33]
      const database =
        shop.w.database.database_url === undefined ? null : Number(new URL(shop.w.database.database_url).port || 5432)
      const opened: unknown[] = []
      const { connect } = net.Socket.prototype
      net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
        const [first] = [args[0]].flat() as [{ port?: number } | number]
        opened.push(typeof first === 'object' ? Number(first.port) : first)
        return (connect as (...args: unknown[]) => net.Socket).apply(this, args)
      } as typeof connect
      try {
        for (const each of cents) await shop.sale(ada, each)
        const paid = await shop.paid(ada, { method: 'paypal' })
        expect(paid.amount_cents).toBe(cents.reduce((a, b) => a + b))
        expect(amounts(paid).reduce((a, b) => a + b)).toBe(paid.amount_cents)
      } finally {
        net.Socket.prototype.connect = connect
      }
      expect(opened.filter(port => port !== database)).toEqual([])
    },
  )
})

describe('reject', () => {
  story('a conversion rejected in a draft leaves it, and the draft follows [TR-32]', async shop => {
    const ada = await shop.partner()
    const [keep, drop] = [
      await shop.sale(ada, 5_00, { revenue_cents: 50_00 }),
      await shop.sale(ada, 7_00, { revenue_cents: 70_00 }),
    ]
    const payout = await shop.draft(ada)
    expect((await shop.decide('reject', drop.id)).results).toEqual([{ id: drop.id, status: 'rejected' }])
    expect(await shop.one(payout.id)).toMatchObject({
      status: 'draft',
      amount_cents: 5_00,
      conversion_count: 1,
      revenue_cents: 50_00,
      lines: [{ conversion_id: keep.id }],
    })
    expect(await shop.statusOf(drop)).toBe('rejected')
    expect(await shop.balance(ada)).toMatchObject({ unpaid_cents: 5_00, in_payouts_cents: 5_00, owed_cents: 0 })
  })

  story('a conversion in an approved payout is not rejected [TR-32]', async shop => {
    const ada = await shop.partner()
    const [sale, other] = [await shop.sale(ada, 5_00), await shop.partner('Bob').then(bob => shop.sale(bob, 1_00))]
    const payout = await shop.draft(ada)
    await shop.approve(payout)
    const { results, counts } = await shop.decide('reject', sale.id, other.id)
    expect(results).toEqual([
      { id: sale.id, status: null, error: { code: 'conversion_in_payout', message: expect.any(String) } },
      { id: other.id, status: 'rejected' },
    ])
    expect(counts).toEqual({ changed: 1, failed: 1 })
    expect(await shop.one(payout.id)).toMatchObject({ amount_cents: 5_00, conversion_count: 1 })
    await shop.cancel(payout)
    expect((await shop.decide('reject', sale.id)).counts).toEqual({ changed: 1, failed: 0 })
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, unpaid_cents: 0 })
  })

  story('a paid conversion is not rejected; its reversal is a clawback on the next draft [TR-32]', async shop => {
    const ada = await shop.partner()
    const sale = await shop.sale(ada, 5_00, { revenue_cents: 50_00 })
    await shop.paid(ada)
    expect((await shop.decide('reject', sale.id)).results).toMatchObject([{ status: null, error: { code: 'conversion_paid' } }])
    const { data } = await shop.reverse(sale)
    expect(data).toMatchObject({
      conversion_id: sale.id,
      revenue_cents: 50_00,
      earning: { kind: 'clawback', amount_cents: -5_00 },
    })
    await shop.sale(ada, 8_00)
    const payout = await shop.draft(ada)
    expect(payout.amount_cents).toBe(3_00)
    expect((await shop.one(payout.id)).lines).toMatchObject([
      { kind: 'clawback', amount_cents: -5_00, conversion_id: sale.id },
      { kind: 'commission', amount_cents: 8_00 },
    ])
    expect(await shop.statusOf(sale)).toBe('paid')
  })
})
