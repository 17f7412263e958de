import { expect, test } from 'vitest'
import { accrue } from '../../src/server/structures/accrue.ts'
import { world } from '../support/world.ts'

test('a creator on a structure earns an accrual that is paid, voided and paid again, and the books prove it', async () => {
  const shop = await world({ today: '2026-03-01' })
  const ada = await shop.partner('Ada')
  const { structures, accruals, payments } = shop.api
  const rule = { period: 'monthly', amount_cents: 50_00, criteria_type: 'recurring', criteria_params: {} } as const
  const { data: made } = await structures.create({
    body: { project_id: shop.brand_id, name: 'Monthly base', currency: 'USD', proration_mode: 'skip', ...rule },
  })
  await structures.assign({ params: made, body: { creator_ids: [ada.id] } })

  await shop.travelTo('2026-04-01')
  await accrue(shop.app, shop.app.clock.now())
  const {
    data: [accrual],
  } = await accruals.list({ query: { creator_id: ada.id } })
  expect(accrual).toMatchObject({ status: 'earned', amount_cents: 50_00, because: '50.00 USD' })
  expect(await shop.balance(ada)).toMatchObject({ owed_cents: 50_00, accrual_count: 1, paid_cents: 0 })

  const pay = async (total_amount_cents: number, more: object = {}) => {
    const body = { project_id: shop.brand_id, creator_id: ada.id, auto_apply_outstanding: true, total_amount_cents, ...more }
    return (await payments.record({ body, idempotency_key: shop.app.newId() })).data
  }
  const payment = await pay(50_00)
  expect(payment.payout_payment_lines).toMatchObject([{ accrual_id: accrual!.id, amount_cents: 50_00 }])
  expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, paid_cents: 50_00 })

  await payments.change({ params: { payment_id: payment.id }, body: { status: 'voided' } })
  expect(await shop.balance(ada)).toMatchObject({ owed_cents: 50_00, paid_cents: 0, last_paid_at: null })

  const short = await pay(48_00, { adjustment_reason: 'transfer fee' })
  expect(short.payout_adjustments).toMatchObject([{ amount_cents: -2_00, reason: 'transfer fee' }])
  expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, unpaid_cents: 0, paid_cents: 48_00 })
  expect((await accruals.list({ query: { status: 'paid' } })).data).toMatchObject([{ id: accrual!.id, payment_id: short.id }])
  await shop.close()
})
