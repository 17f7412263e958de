import { describe, expect } from 'vitest'
import { accrual } from '../../support/accruals.ts'
import { amounts, type Shop, stories } from '../payouts/support.ts'
import { till } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })

async function scene(shop: Shop, { earned = 300_00, paid = [100_00] as number[] } = {}) {
  const at = till(shop)
  const ada = await shop.partner()
  if (earned > 0) await shop.sale(ada, earned)
  const made: { id: string; is_netted: boolean }[] = []
  for (const cents of paid)
    made.push(await shop.must(at.onAccount({ publisher_id: ada.id, requested_amount_cents: cents, status: 'paid' })))
  const figures = async () => {
    const { balance_cents, credit_cents, owed_cents, in_payouts_cents } = await shop.balance(ada)
    return [balance_cents, credit_cents, owed_cents, in_payouts_cents]
  }
  const payoutOf = (id: string) => shop.must(shop.send('GET', `/publisher-payouts/${id}`))
  return { ...at, ada, made, figures, payoutOf }
}

describe('a draft', () => {
  story('nets what was paid on account as a negative line, and paid leaves nothing (D9.12) [ON-07]', async shop => {
    const { ada, figures, made, payoutOf } = await scene(shop)
    expect(await figures()).toEqual([200_00, 100_00, 200_00, 0])
    const draft = await shop.one((await shop.draft(ada)).id)
    expect(amounts(draft)).toEqual([300_00, -100_00])
    expect(draft).toMatchObject({ amount_cents: 200_00, credit_cents: 100_00, conversion_count: 1 })
    expect(draft.lines[1]).toMatchObject({ kind: 'advance', because: 'Paid on account on 2026-03-10' })
    expect(await figures()).toEqual([200_00, 100_00, 0, 200_00])
    await shop.approve(draft)
    const paid = await shop.pay(draft)
    expect(await figures()).toEqual([0, 0, 0, 0])
    expect(await shop.balance(ada)).toMatchObject({ paid_cents: 300_00, unpaid_cents: 0 })
    expect(await payoutOf(made[0]!.id)).toMatchObject({ is_netted: true })
    const payment = await till(shop).one({ id: paid.payment_id })
    expect(payment).toMatchObject({ total_amount_cents: 200_00, line_count: 1 })
    expect(payment.payout_payment_lines.map((l: { amount_cents: number }) => l.amount_cents)).toEqual([300_00, -100_00])
  })

  story('uses credit once; cancelling gives it back; while it is open the balance stays [ON-08]', async shop => {
    const { ada, figures } = await scene(shop)
    const first = await shop.draft(ada)
    expect(first).toMatchObject({ amount_cents: 200_00 })
    await shop.w.travelTo('2026-04-10T12:00:00Z')
    await shop.sale(ada, 50_00)
    const second = await shop.draft(ada)
    expect(second).toMatchObject({ amount_cents: 50_00 })
    expect(await figures()).toEqual([250_00, 100_00, 0, 250_00])
    await shop.cancel(first)
    expect(await figures()).toEqual([250_00, 100_00, 200_00, 50_00])
    expect(await shop.draft(ada)).toMatchObject({ amount_cents: 200_00 })
    await shop.approve(second)
    await shop.pay(second)
    expect(await figures()).toEqual([200_00, 100_00, 0, 200_00])
  })

  story('of a run to a day takes all credit, whenever it was paid', async shop => {
    const { ada } = await scene(shop, { earned: 0 })
    await shop.sale(ada, 150_00, { occurred_at: '2026-03-01T10:00:00Z' })
    await shop.sale(ada, 30_00, { occurred_at: '2026-03-09T10:00:00Z' })
    expect(await shop.draft(ada, { period_end: '2026-03-05' })).toMatchObject({
      ...{ amount_cents: 50_00, period_start: '2026-03-01', period_end: '2026-03-05' },
    })
  })

  story('is not made while credit is as much as was earned, nor for credit alone', async shop => {
    const { ada, onAccount, figures } = await scene(shop, { earned: 100_00 })
    const bob = await shop.partner('Bob')
    await shop.must(onAccount({ publisher_id: bob.id, requested_amount_cents: 5_00 }))
    await shop.refused(() => shop.run({ partner_id: ada.id }), 409, 'no_unpaid_balance')
    await shop.refused(() => shop.run({ partner_id: bob.id, force: true }), 409, 'no_unpaid_balance')
    const { data } = await shop.run({ force: true })
    expect(data).toMatchObject({ created: 0, skipped: [{ partner_id: ada.id, reason: 'no_balance' }], skipped_count: 1 })
    expect(await figures()).toEqual([0, 100_00, 0, 0])
  })

  story('compares what is left after credit with the threshold', async shop => {
    const { ada } = await scene(shop)
    await shop.settings({ minimum_threshold_cents: 201_00 })
    await shop.refused(() => shop.run({ partner_id: ada.id }), 409, 'below_minimum_threshold')
    expect(await shop.draft(ada, { force: true })).toMatchObject({ amount_cents: 200_00 })
  })

  story('cannot leave credit out line by line, nor fall below what it nets', async shop => {
    const { ada, made } = await scene(shop)
    const draft = await shop.one((await shop.draft(ada)).id)
    const [line, advance] = draft.lines
    for (const id of [line.earning_id, advance.earning_id])
      await shop.refused(() => shop.patch(draft, { exclude_earning_ids: [id] }), 400, 'invalid_body')
    await shop.refused(() => shop.patch(draft, { adjustments: [{ amount_cents: -200_01, reason: 'x' }] }), 400, 'invalid_body')
    const adjusted = await shop.must(shop.patch(draft, { adjustments: [{ amount_cents: -200_00, reason: 'x' }] }))
    expect(adjusted).toMatchObject({ amount_cents: 0, credit_cents: 100_00 })
    expect(made).toHaveLength(1)
  })

  story('takes accruals and commissions together; paid, the accrual is paid [ON-02, ON-03]', async shop => {
    const { ada, statuses, send } = await scene(shop, { paid: [] })
    const id = await accrual(shop, ada, 50_00)
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 350_00, conversion_count: 1, accrual_count: 1 })
    const draft = await shop.one((await shop.draft(ada)).id)
    expect(draft.lines.map((l: { kind: string }) => l.kind).sort()).toEqual(['accrual', 'commission'])
    expect(draft).toMatchObject({ conversion_count: 1, accrual_count: 1 })
    expect(await statuses(id)).toEqual(['earned'])
    await shop.approve(draft)
    await shop.pay(draft)
    expect(await statuses(id)).toEqual(['paid'])
    expect((await send('GET', `/api/v1/payout-accruals/${id}`)).data).toMatchObject({ status: 'paid' })
  })

  story('takes what was earned for a later day when no day is asked for', async shop => {
    const ada = await shop.partner()
    await accrual(shop, ada, 50_00, { period_end: '2026-03-31' })
    expect(await shop.draft(ada)).toMatchObject({ amount_cents: 50_00, period_start: '2026-03-31', period_end: '2026-03-31' })
    const bob = await shop.partner('Bob')
    await accrual(shop, bob, 50_00, { period_end: '2026-03-31' })
    await shop.refused(() => shop.run({ partner_id: bob.id, period_end: '2026-03-30' }), 409, 'no_unpaid_balance')
  })
})

describe('an accrual in a draft', () => {
  story('is refused to an explicit payment and skipped by auto-apply, until the draft is cancelled [ON-06]', async shop => {
    const { ada, pay, paid, earn } = await scene(shop, { earned: 0, paid: [] })
    const held = await earn(ada, 50_00)
    const draft = await shop.draft(ada)
    const later = await earn(ada, 20_00)
    const body = { creator_id: ada.id, accrual_ids: [held], total_amount_cents: 50_00 }
    await shop.refused(() => pay(body), 409, 'accrual_not_settleable')
    const auto = await paid({ creator_id: ada.id, auto_apply_outstanding: true, total_amount_cents: 20_00 })
    expect(auto.payout_payment_lines).toMatchObject([{ accrual_id: later }])
    await shop.cancel(draft)
    expect(await paid(body)).toMatchObject({ line_count: 1 })
  })
})

describe('netting by force', () => {
  story('of a named partner nets as much as was earned: whole payments, the oldest first, and a part of one', async shop => {
    const { ada, figures, made, payoutOf, changeOnAccount } = await scene(shop, { earned: 70_00, paid: [30_00, 60_00, 10_00] })
    const draft = await shop.one((await shop.draft(ada, { force: true })).id)
    expect(draft).toMatchObject({ amount_cents: 0, credit_cents: 70_00 })
    expect(amounts(draft).sort((a, b) => a - b)).toEqual([-40_00, -30_00, 70_00])
    expect(await figures()).toEqual([-30_00, 100_00, 0, 0])
    const netted = async () => (await Promise.all(made.map(p => payoutOf(p.id)))).map(p => p.is_netted)
    expect(await netted()).toEqual([true, true, false])
    await shop.refused(() => changeOnAccount(made[1]!, { requested_amount_cents: 50_00 }), 409, 'payment_netted')
    await shop.must(changeOnAccount(made[2]!, { requested_amount_cents: 15_00 }))
    await shop.approve(draft)
    await shop.pay(draft)
    expect(await figures()).toEqual([-35_00, 35_00, 0, 0])
    await shop.sale(ada, 100_00)
    expect(await shop.draft(ada)).toMatchObject({ amount_cents: 65_00 })
  })

  story('cancelled, everything is as it was, and can be edited again', async shop => {
    const { ada, figures, made, changeOnAccount } = await scene(shop, { earned: 70_00, paid: [100_00] })
    const before = await figures()
    const draft = await shop.draft(ada, { force: true })
    await shop.cancel(draft)
    expect(await figures()).toEqual(before)
    await shop.must(changeOnAccount(made[0]!, { status: 'rejected' }))
    expect(await figures()).toEqual([70_00, 0, 70_00, 0])
    expect(await shop.draft(ada)).toMatchObject({ amount_cents: 70_00 })
  })

  story('nets again what a cancelled draft has left in parts', async shop => {
    const { ada, figures } = await scene(shop, { earned: 70_00, paid: [100_00] })
    for (let n = 0; n < 3; n++) await shop.cancel(await shop.draft(ada, { force: true }))
    await shop.sale(ada, 20_00)
    const draft = await shop.one((await shop.draft(ada, { force: true })).id)
    expect([draft.amount_cents, draft.credit_cents]).toEqual([0, 90_00])
    expect(await figures()).toEqual([-10_00, 100_00, 0, 0])
  })
})

describe('what a payout has netted', () => {
  story('is locked in amount and status until the draft is cancelled, its note is not [F29]', async shop => {
    const { ada, made, changeOnAccount, payoutOf } = await scene(shop)
    const payment = made[0]!
    const draft = await shop.draft(ada)
    const locked = async () => {
      for (const body of [{ requested_amount_cents: 1_00 }, { status: 'rejected' }, { status: 'pending', note: 'x' }])
        await shop.refused(() => changeOnAccount(payment, body), 409, 'payment_netted')
      expect((await changeOnAccount(payment, { note: 'kept', status: 'paid' })).data).toMatchObject({
        note: 'kept',
        is_netted: true,
      })
    }
    await locked()
    await shop.approve(draft)
    await locked()
    await shop.cancel(draft)
    await shop.must(changeOnAccount(payment, { requested_amount_cents: 90_00 }))
    const again = await shop.draft(ada)
    expect(again).toMatchObject({ amount_cents: 210_00 })
    await shop.approve(again)
    await shop.pay(again)
    await locked()
    expect(await payoutOf(payment.id)).toMatchObject({ requested_amount_cents: 90_00, is_netted: true })
  })

  story('one that was rejected before is not, though its entries went along', async shop => {
    const { ada, made, changeOnAccount, figures } = await scene(shop, { paid: [100_00, 20_00] })
    await shop.must(changeOnAccount(made[0]!, { status: 'rejected' }))
    const draft = await shop.draft(ada)
    expect(draft).toMatchObject({ amount_cents: 280_00 })
    await shop.must(changeOnAccount(made[0]!, { status: 'paid' }))
    expect(await figures()).toEqual([180_00, 120_00, 0, 280_00])
  })
})
