import { expect, test } from 'vitest'
import { world } from '../support/world.ts'

test('a sale becomes a commission, a payout and a payment, and the books prove it', async () => {
  const shop = await world({ today: '2026-03-01' })
  const ada = await shop.partner('Ada')
  const campaign = await shop.campaign({ cost_model: 'revshare', percent: '10', hold_hours: 720 })
  await shop.conversion({ partner: ada, campaign, revenue_cents: 200_00 })
  expect(await shop.balance(ada)).toMatchObject({ pending_cents: 20_00, owed_cents: 0 })
  await shop.travelTo('2026-04-01')
  expect(await shop.balance(ada)).toMatchObject({
    pending_cents: 0,
    owed_cents: 20_00,
    conversion_count: 1,
    revenue_cents: 200_00,
  })
  const payout = await shop.draft(ada)
  expect(payout).toMatchObject({ status: 'draft', amount_cents: 20_00, conversion_count: 1, number: 1 })
  expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, unpaid_cents: 20_00, in_payouts_cents: 20_00 })
  await shop.approve(payout)
  const paid = await shop.pay(payout, { method: 'wire', reference: 'W-1' })
  expect(paid).toMatchObject({
    status: 'paid',
    method_name: 'Wire Transfer',
    reference: 'W-1',
    paid_at: expect.stringContaining('2026-04-01'),
  })
  expect(paid.lines).toMatchObject([{ kind: 'commission', amount_cents: 20_00, because: '10 % of 200.00 USD (campaign rate)' }])
  expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, unpaid_cents: 0, paid_cents: 20_00 })
  await shop.close()
})
