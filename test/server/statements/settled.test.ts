import { describe, expect } from 'vitest'
import { work } from '../../../src/server/app.ts'
import type { Ctx } from '../../../src/server/context.ts'
import { systemCaller } from '../../../src/server/context.ts'
import { settledStatement } from '../../../src/server/statements/settled.ts'
import { settledFile } from '../../../src/server/statements/settled-files.ts'
import { pdfText } from '../../support/pdf.ts'
import { NOBODY } from '../payments/support.ts'
import { type Shop, stories } from '../payouts/support.ts'
import { desk, download, type Named } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })

/** A payout with a sale, a refund beside it, an accrual, an adjustment and what was paid on account. */
async function mixed(shop: Shop, name = 'Ada') {
  const at = desk(shop)
  const ada = await shop.partner(name)
  const revshare = await shop.campaign({ cost_model: 'revshare', percent: '25' })
  const sale = await shop.sale(ada, undefined, { campaign: revshare, revenue_cents: 8642_00 })
  await shop.must(shop.reverse(sale, { amount_cents: 42_00 }))
  await at.earn(ada, 50_00)
  await shop.must(at.onAccount({ publisher_id: ada.id, requested_amount_cents: 30_00 }))
  const payout = await shop.draft(ada)
  await shop.must(shop.patch(payout, { adjustments: [{ amount_cents: -1_00, reason: '=fee' }] }))
  await shop.approve(payout)
  return { ada, payout: await shop.pay(payout, { reference: 'TX-9' }) }
}

const inside = <T>(shop: Shop, act: (ctx: Ctx) => Promise<T>) =>
  work(shop.w.app, systemCaller(shop.w.org_id, 'test'), { program_id: shop.brand_id, readonly: true }, act)
const file = (shop: Shop, payout: Named, format: string) => download(shop, `/payouts/${payout.id}/statement?format=${format}`)

describe('the statement of a payout', () => {
  story('has every line, and comes to what was paid', async shop => {
    const { payout } = await mixed(shop)
    expect(payout.amount_cents).toBe(2160_50 - 10_50 + 50_00 - 30_00 - 1_00)
    const { lines, left_out } = await inside(shop, ctx => settledStatement(ctx, payout.id, 100))
    expect(lines.map(line => [line.kind, line.amount_cents]).sort()).toEqual([
      ['accrual', 50_00],
      ['adjustment', -1_00],
      ['advance', -30_00],
      ['commission', 2160_50],
      ['reversal', -10_50],
    ])
    expect(lines.reduce((sum, line) => sum + line.amount_cents, 0)).toBe(payout.amount_cents)
    expect(left_out).toEqual({ count: 0, amount_cents: 0 })
  })

  story('as PDF says whom, what, when and how; as CSV guards formulas and leaves numbers', async shop => {
    const { payout } = await mixed(shop, '=HYPERLINK("x")')
    const pdf = await file(shop, payout, 'pdf')
    expect([pdf.type, pdf.name]).toEqual(['application/pdf', `attachment; filename="payout-${payout.number}.pdf"`])
    const { text } = await pdfText(pdf.bytes)
    for (const word of [`Payout ${payout.number}`, '=HYPERLINK("x")', '2,169.00 USD', '10 March 2026', 'Wire Transfer', 'TX-9'])
      expect(text).toContain(word)
    expect((await file(shop, payout, 'pdf')).bytes.equals(pdf.bytes)).toBe(true)
    const csv = await file(shop, payout, 'csv')
    expect(csv.type).toBe('text/csv; charset=utf-8')
    const lines = csv.text.trimEnd().split('\r\n')
    expect(lines[0]).toBe('payout,date,kind,description,amount,currency,earning_id')
    expect(lines).toHaveLength(6)
    expect(csv.text).toContain(`${payout.number},2026-03-10,adjustment,Adjustment: =fee,-1.00,USD,\r\n`)
    expect(csv.text).not.toMatch(/(^|,)"?[=@]/m)
  })

  story('tells a partner nothing of what the program took in', async shop => {
    const { ada, payout } = await mixed(shop)
    const whole = await inside(shop, ctx => settledFile(ctx, payout.id, 'csv'))
    const own = await inside(shop, ctx => settledFile(ctx, payout.id, 'csv', { partner_id: ada.id, for_partner: true }))
    const [asBrand, asPartner] = [whole, own].map(({ bytes }) => Buffer.from(bytes).toString())
    expect(asBrand).toMatch(/8,?642/)
    expect(asPartner).not.toMatch(/8,?642|8,?600|25 ?%/)
    expect(asPartner?.split('\r\n')).toHaveLength(asBrand?.split('\r\n').length as number)
  })

  story('that is too long for a PDF says what was left out; the CSV never leaves anything out', async shop => {
    const ada = await shop.partner()
    for (let n = 1; n <= 5; n++) await shop.sale(ada, n)
    const payout = await shop.paid(ada)
    const { lines, left_out } = await inside(shop, ctx => settledStatement(ctx, payout.id, 2))
    expect(lines.map(line => line.amount_cents)).toEqual([1, 2])
    expect(left_out).toEqual({ count: 3, amount_cents: 12 })
  })

  story('of a payout that is not paid, of another brand or of another partner is refused', async shop => {
    const { payout } = await mixed(shop)
    const bob = await shop.partner('Bob')
    await shop.sale(bob, 5_00)
    const draft = await shop.draft(bob)
    await shop.refused(() => shop.send('GET', `/payouts/${draft.id}/statement`), 409, 'invalid_transition')
    await shop.refused(() => shop.send('GET', `/payouts/${NOBODY}/statement`), 404, 'not_found')
    await shop.refused(() => shop.send('GET', `/payouts/${payout.id}/statement?format=xls`), 400, 'invalid_query')
    const another = (read: object) => inside(shop, ctx => settledFile(ctx, payout.id, 'pdf', read))
    await expect(another({ partner_id: bob.id })).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('the statement of a month as PDF', () => {
  story('names the partner, the month and the five sums', async shop => {
    const { ada } = await mixed(shop, 'Ελένη <b>')
    const { bytes, name } = await download(shop, `/partners/${ada.id}/statement/pdf?month=2026-03`)
    expect(name).toMatch(/2026-03\.pdf"$/)
    const { text, title } = await pdfText(bytes)
    expect(title).toBe('Statement 2026-03')
    const words = [
      'Ελένη <b>',
      'Statement, March 2026',
      'Opening',
      'Earned',
      '2,210.50 USD',
      'Adjusted',
      '-11.50 USD',
      'Paid',
      'Closing',
    ]
    for (const word of words) expect(text).toContain(word)
  })
})
