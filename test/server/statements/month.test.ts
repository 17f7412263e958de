import { describe, expect } from 'vitest'
import { stories } from '../payouts/support.ts'
import { desk, download } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })

describe('a month', () => {
  story('of a partner without any money is empty, in the currency of the brand', async shop => {
    const ada = await shop.partner()
    const { status, data } = await desk(shop).month(ada)
    expect(status).toBe(200)
    expect(data).toEqual({
      ...{
        partner: { id: ada.id, name: 'Ada', alias: ada.alias },
        month: '2026-03',
        first_on: '2026-03-01',
        last_on: '2026-03-31',
      },
      ...{ first_month: '2026-03', is_running: true, until: expect.stringMatching(/^2026-03-10T12:/), time_zone: 'UTC' },
      currencies: [
        {
          ...{ currency: 'USD', opening_cents: 0, earned_cents: 0, adjusted_cents: 0, paid_cents: 0, closing_cents: 0 },
          entries: [],
        },
      ],
    })
  })

  story('adds up sales by day, and what was paid', async shop => {
    const at = desk(shop)
    const ada = await shop.partner()
    await shop.sale(ada, 10_00)
    await shop.sale(ada, 20_00)
    await shop.w.travelTo('2026-03-12')
    await shop.sale(ada, 5_00)
    const payout = await shop.paid(ada, { reference: 'TX-1' })
    await shop.sale(ada, 7_00)
    expect(await at.entries(ada)).toEqual([
      ['2026-03-10', 'commission', '2 commissions', 30_00],
      ['2026-03-12', 'commission', '2 commissions', 12_00],
      ['2026-03-12', 'payment', `Payout ${payout.number}, Wire Transfer, TX-1`, -35_00],
    ])
    expect(await at.sums(ada)).toEqual([0, 42_00, 0, 35_00, 7_00])
    await shop.w.travelTo('2026-04-02')
    expect(await at.sums(ada, '2026-04')).toEqual([7_00, 0, 0, 0, 7_00])
    expect(await at.sums(ada, '2026-02')).toEqual([0, 0, 0, 0, 0])
    expect(await at.sums(ada, '2026-09')).toEqual([7_00, 0, 0, 0, 7_00])
  })

  story('tells refunds, clawbacks and adjustments of a payout apart from what was earned', async shop => {
    const at = desk(shop)
    const ada = await shop.partner()
    const sale = await shop.sale(ada, 30_00, { revenue_cents: 100_00 })
    const other = await shop.sale(ada, 20_00, { revenue_cents: 100_00 })
    await shop.must(shop.reverse(other, { amount_cents: 50_00 }))
    const payout = await shop.draft(ada)
    await shop.must(shop.patch(payout, { adjustments: [{ amount_cents: -5_00, reason: 'bank fee' }] }))
    await shop.approve(payout)
    await shop.pay(payout)
    await shop.must(shop.reverse(sale))
    expect(await at.entries(ada)).toEqual([
      ['2026-03-10', 'clawback', 'Taken back after it was paid', -30_00],
      ['2026-03-10', 'commission', '2 commissions', 50_00],
      ['2026-03-10', 'reversal', 'Taken back', -10_00],
      ['2026-03-10', 'adjustment', 'Adjustment: bank fee', -5_00],
      ['2026-03-10', 'payment', `Payout ${payout.number}, Wire Transfer`, -35_00],
    ])
    expect(await at.sums(ada)).toEqual([0, 50_00, -45_00, 35_00, -30_00])
    expect((await shop.balance(ada)).balance_cents).toBe(-30_00)
  })

  story('what is on hold enters when the hold ends', async shop => {
    const at = desk(shop)
    await shop.settings({ hold_days: 30 })
    const ada = await shop.partner()
    await shop.sale(ada, 10_00)
    expect(await at.sums(ada)).toEqual([0, 0, 0, 0, 0])
    await shop.w.travelTo('2026-04-20')
    expect(await at.entries(ada, '2026-03')).toEqual([])
    expect(await at.entries(ada, '2026-04')).toEqual([['2026-04-09', 'commission', 'Commission', 10_00]])
  })

  story('what was paid on account counts as paid at once, and a payout that nets it does not count it again', async shop => {
    const at = desk(shop)
    const ada = await shop.partner()
    await shop.sale(ada, 300_00)
    const made = await shop.must(at.onAccount({ publisher_id: ada.id, requested_amount_cents: 100_00 }))
    await shop.must(at.changeOnAccount(made, { requested_amount_cents: 80_00 }))
    expect(await at.sums(ada)).toEqual([0, 300_00, 0, 80_00, 220_00])
    const payout = await shop.paid(ada)
    expect(payout.amount_cents).toBe(220_00)
    expect(await at.sums(ada)).toEqual([0, 300_00, 0, 300_00, 0])
    expect((await at.entries(ada)).slice(1)).toEqual([
      ['2026-03-10', 'advance', 'Paid on account on 2026-03-10', -100_00],
      ['2026-03-10', 'advance', 'Paid on account on 2026-03-10: 100.00 USD became 80.00 USD', 20_00],
      ['2026-03-10', 'payment', `Payout ${payout.number}, Wire Transfer`, -220_00],
    ])
  })

  story('a payment that is undone gives back on that day, and what was paid ad hoc leaves the balance as it was', async shop => {
    const at = desk(shop)
    const ada = await shop.partner()
    const accrual = await at.earn(ada, 50_00)
    const paid = await at.paid({
      ...{ creator_id: ada.id, accrual_ids: [accrual], total_amount_cents: 45_00 },
      adjustment_reason: 'agreed discount',
    })
    await at.paid({ creator_id: ada.id, total_amount_cents: 9_00 })
    expect(await at.sums(ada)).toEqual([0, 50_00, 4_00, 54_00, 0])
    await shop.w.travelTo('2026-04-03')
    await shop.must(at.void(paid))
    expect(await at.sums(ada, '2026-03')).toEqual([0, 50_00, 4_00, 54_00, 0])
    expect(await at.entries(ada, '2026-04')).toEqual([
      ['2026-04-03', 'adjustment', 'Adjustment: agreed discount', 5_00],
      ['2026-04-03', 'undone', 'Payment was voided', 45_00],
    ])
    expect(await at.sums(ada)).toEqual([0, 0, 5_00, -45_00, 50_00])
    expect((await shop.balance(ada)).balance_cents).toBe(50_00)
  })

  story('a payment that is dated earlier stands in the month of its date', async shop => {
    const at = desk(shop)
    const ada = await shop.partner()
    await shop.sale(ada, 10_00)
    await shop.paid(ada, { paid_at: '2026-02-20T10:00:00Z' })
    expect(await at.sums(ada, '2026-02')).toEqual([0, 0, 0, 10_00, -10_00])
    expect(await at.sums(ada, '2026-03')).toEqual([-10_00, 10_00, 0, 0, 0])
  })
})

describe('who may see it', () => {
  story('a partner of another brand, and a month that is none, are refused', async shop => {
    const at = desk(shop)
    const { data: other } = await shop.w.api.organizations.createProgram({ body: { name: 'Another' } })
    const theirs = (await shop.w.api.partners.create({ params: { brand_id: other.id }, body: { name: 'Eve' } })).data
    await shop.refused(() => at.month(theirs), 404, 'not_found')
    for (const kind of ['pdf', 'csv'])
      await shop.refused(() => shop.send('GET', `/partners/${theirs.id}/statement/${kind}`), 404, 'not_found')
    const ada = await shop.partner()
    for (const month of ['2026-13', '2026', '2026-3', '1000-01', '2026-03-01', "'"])
      await shop.refused(() => at.month(ada, month), 400, 'invalid_query')
  })
})

describe('as CSV', () => {
  story('has opening, every entry with the balance after it, and closing; no cell is a formula', async shop => {
    const at = desk(shop)
    const ada = await shop.partner('=cmd|calc')
    await shop.sale(ada, 10_00)
    await shop.must(at.onAccount({ publisher_id: ada.id, requested_amount_cents: 4_00 }))
    await shop.paid(ada, { reference: '=1+1' })
    const file = await download(shop, `/partners/${ada.id}/statement/csv`)
    expect([file.status, file.type]).toEqual([200, 'text/csv; charset=utf-8'])
    expect(file.name).toMatch(/^attachment; filename="statement-[\w.-]+-2026-03\.csv"$/)
    const lines = file.text.trimEnd().split('\r\n')
    expect(lines[0]).toBe('currency,date,kind,description,count,amount,balance')
    expect(lines.at(1)).toBe('USD,2026-03-01,opening,Opening balance,,,0.00')
    expect(lines.at(-1)).toBe('USD,2026-03-31,closing,Closing balance,,,0.00')
    expect(lines.slice(2, 4)).toEqual([
      'USD,2026-03-10,commission,Commission,1,10.00,10.00',
      'USD,2026-03-10,advance,Paid on account on 2026-03-10,1,-4.00,6.00',
    ])
    expect(file.text).not.toMatch(/(^|,)"?[=@]/m)
  })
})
