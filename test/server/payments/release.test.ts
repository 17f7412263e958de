import { describe, expect } from 'vitest'
import { type Shop, shopIn, stories } from '../payouts/support.ts'
import { adjustmentsOf, linesOf, NOBODY, till } from './support.ts'

const story = stories({ today: '2026-05-01T12:00:00Z' })

async function settled(shop: Shop) {
  const at = till(shop)
  const ada = await shop.partner()
  const ids = [await at.earn(ada, 50_00), await at.earn(ada, 100_00)]
  const before = await shop.balance(ada)
  const payment = await at.paid({
    creator_id: ada.id,
    accrual_ids: ids,
    total_amount_cents: 140_00,
    adjustment_reason: 'rounded',
  })
  return { ...at, ada, ids, before, payment }
}

describe('voiding', () => {
  story('makes the accruals earned again, and the lines stay as history [TG-74]', async shop => {
    const { payment, ids, ada, statuses, ...at } = await settled(shop)
    const { status, data } = await at.void(payment)
    expect([status, data.status, data.voided_at, data.voided_by]).toEqual([200, 'voided', expect.any(String), expect.any(String)])
    expect([linesOf(data), adjustmentsOf(data), data.line_count]).toEqual([[50_00, 100_00], [[-10_00, 'rounded']], 2])
    expect(data.payout_payment_lines[0].accrual).toMatchObject({ id: ids[0], status: 'earned' })
    expect(await statuses(...ids)).toEqual(['earned', 'earned'])
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 150_00, paid_cents: 0, last_paid_at: null })
  })

  story('twice is refused [TG-75]', async shop => {
    const { payment, ...at } = await settled(shop)
    await shop.must(at.void(payment))
    await shop.refused(() => at.void(payment), 400, 'already_voided')
  })

  story('gives back balance and statuses exactly as they were before the payment [ON-10]', async shop => {
    const { payment, ids, before, ada, statuses, ...at } = await settled(shop)
    await shop.must(at.void(payment))
    expect({ ...(await shop.balance(ada)), last_paid_at: null }).toEqual({ ...before, last_paid_at: null })
    expect(await statuses(...ids)).toEqual(['earned', 'earned'])
  })

  story('what a voided payment had paid can be paid anew, also in part [TG-77]', async shop => {
    const { payment, ids, ada, statuses, ...at } = await settled(shop)
    await shop.must(at.void(payment))
    const again = await at.paid({ creator_id: ada.id, accrual_ids: [ids[1]], total_amount_cents: 100_00 })
    expect(linesOf(again)).toEqual([100_00])
    expect(again.payout_payment_lines[0].id).not.toBe(payment.payout_payment_lines[1].id)
    expect(await statuses(...ids)).toEqual(['earned', 'paid'])
    expect((await at.one(payment)).payout_payment_lines.map((l: { accrual: { status: string } }) => l.accrual.status)).toEqual([
      'earned',
      'paid',
    ])
    await at.paid({ creator_id: ada.id, auto_apply_outstanding: true, total_amount_cents: 50_00 })
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, paid_cents: 150_00 })
  })

  story('the last payment that still counts is the last paid', async shop => {
    const { ada, ...at } = await settled(shop)
    const pay = (paid_at: string) => at.paid({ creator_id: ada.id, total_amount_cents: 1_00, paid_at })
    const late = await pay('2026-05-01T12:00:00.000Z')
    const early = await pay('2026-01-01T00:00:00Z')
    const last = async () => (await shop.balance(ada)).last_paid_at
    const usual = await last()
    await shop.must(at.void(early))
    expect(await last()).toBe(usual)
    const mid = await pay('2026-04-01T00:00:00Z')
    for (const payment of [late, ...(await at.list()).data.filter((p: { id: string }) => p.id !== mid.id && p.id !== late.id)])
      if (payment.status === 'paid') await shop.must(at.void(payment))
    expect(await last()).toBe('2026-04-01T00:00:00.000Z')
  })

  story('an ad-hoc payment without a creator is voided too', async shop => {
    const at = till(shop)
    const payment = await at.paid({ total_amount_cents: 5_00 })
    expect((await at.void(payment)).data).toMatchObject({ status: 'voided', payout_payment_lines: [] })
  })

  story('another organization’s payment, or none, is not found, and other statuses are refused', async shop => {
    const { payment, ...at } = await settled(shop)
    await shop.refused(() => at.void({ id: NOBODY }), 404, 'not_found')
    for (const status of ['paid', 'rejected', 'pending'])
      await shop.refused(() => at.patch(payment, { status }), 400, 'invalid_body')
    for (const body of [{ total_amount_cents: 1 }, { paid_at: '2026-01-01T00:00:00Z' }, { method_id: NOBODY }])
      await shop.refused(() => at.patch(payment, body), 400, 'invalid_body')
  })
})

describe('rejecting', () => {
  story('a direct payment that came back frees what it paid, with the reason', async shop => {
    const { payment, ids, ada, statuses, ...at } = await settled(shop)
    const { data } = await at.reject(payment)
    expect(data).toMatchObject({ status: 'rejected', status_reason: 'the account is closed', voided_at: expect.any(String) })
    expect(linesOf(data)).toEqual([50_00, 100_00])
    expect(await statuses(...ids)).toEqual(['earned', 'earned'])
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 150_00, paid_cents: 0 })
    await shop.refused(() => at.reject(payment), 409, 'invalid_transition')
    await shop.refused(() => at.void(payment), 409, 'invalid_transition')
    await shop.refused(() => at.reject(payment, '   '), 400, 'invalid_body')
  })

  story('voiding it is refused while another payment has paid its accrual [TG-76]', async shop => {
    const { payment, ids, ada, ...at } = await settled(shop)
    await shop.must(at.reject(payment))
    const again = await at.paid({ creator_id: ada.id, accrual_ids: [ids[0]], total_amount_cents: 50_00 })
    await shop.refused(() => at.void(payment), 409, 'accrual_in_other_payment')
    await shop.must(at.void(again))
    await shop.refused(() => at.void(payment), 409, 'invalid_transition')
  })

  story('is under its own brand only', async shop => {
    const { payment } = await settled(shop)
    const other = shopIn(shop.w, (await shop.w.api.organizations.createProgram({ body: { name: 'Next door' } })).data.id)
    await shop.refused(() => till(other).reject(payment), 404, 'not_found')
    await shop.refused(() => other.send('GET', `/payments/${payment.id}`), 404, 'not_found')
  })
})

describe('what a payout paid', () => {
  story('is a payment with lines, and stands [ON-04]', async shop => {
    const { payment: _, ada, ids, ...at } = await settled(shop)
    await shop.sale(ada, 7_00)
    await at.earn(ada, 30_00)
    const payout = await shop.paid(ada)
    const [listed] = (await at.list('&limit=1')).data
    expect(listed).toMatchObject({ origin: 'payout', payout_id: payout.id, id: payout.payment_id, total_amount_cents: 37_00 })
    expect(linesOf(listed).sort()).toEqual([30_00, 7_00])
    expect(listed.payout_payment_lines.find((l: { kind: string }) => l.kind === 'commission')).toMatchObject({
      ...{ accrual_id: null, accrual: null },
    })
    await shop.refused(() => at.void(listed), 409, 'payout_not_reversible')
    await shop.refused(() => at.reject(listed), 409, 'payout_not_reversible')
  })

  story('has the adjustments of its draft', async shop => {
    const { payment: _, ada, ...at } = await settled(shop)
    await at.earn(ada, 30_00)
    const draft = await shop.draft(ada)
    await shop.must(shop.patch(draft, { adjustments: [{ amount_cents: -5_00, reason: 'fee' }] }))
    await shop.approve(draft)
    const { payment_id } = await shop.pay(draft)
    expect(adjustmentsOf(await at.one({ id: payment_id }))).toEqual([[-5_00, 'fee']])
  })
})

describe('describing', () => {
  story('metadata and readme change, nothing else does [TG-78]', async shop => {
    const { payment, ...at } = await settled(shop)
    expect((await at.patch(payment, { metadata: { a: 1 }, readme: 'why' })).data).toMatchObject({
      ...{ metadata: { a: 1 }, readme: 'why', status: 'paid', total_amount_cents: 140_00 },
    })
    expect((await at.patch(payment, { readme: null })).data).toMatchObject({ metadata: { a: 1 }, readme: null })
    await shop.refused(() => at.patch(payment, {}), 400, 'invalid_body')
    await shop.refused(() => at.patch(payment, { status: 'paid' }), 400, 'invalid_body')
    expect((await at.patch(payment, { status: 'voided', readme: 'in error' })).data).toMatchObject({
      ...{ status: 'voided', readme: 'in error' },
    })
    expect((await at.patch(payment, { readme: 'still' })).status).toBe(200)
  })

  story('every change is told, with what was before', async shop => {
    const { payment, ...at } = await settled(shop)
    await at.patch(payment, { readme: 'why' })
    await at.void(payment)
    const events = await shop.w.sql('select verb, before, after from events where object_id = $1 order by id', [payment.id])
    expect(events.map(e => e.verb)).toEqual(['payment.recorded', 'payment.edited', 'payment.voided'])
    expect(events[0].after).toMatchObject({ total_amount_cents: 140_00, adjustment: { amount_cents: -10_00 } })
    expect(events[2]).toMatchObject({ before: { status: 'paid' }, after: { status: 'voided' } })
  })
})
