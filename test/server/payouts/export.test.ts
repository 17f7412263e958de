import { parse } from 'csv-parse/sync'
import { describe, expect } from 'vitest'
import { type Shop, stories } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
const header =
  'payout_id,partner_id,partner_name,partner_email,period_start,period_end,conversions,revenue,amount,currency,method,reference,notes,approved_at,paid_at,quickbooks_bill_id'

const download = (shop: Shop) => shop.send('GET', '/payouts/export')
const rowsOf = (text: string) => parse(text, { columns: true }) as Record<string, string>[]

describe('the export', () => {
  story('is a CSV attachment with a header row and only paid payouts [TR-36]', async shop => {
    const ada = await shop.partner('Ada', { email: 'ada@example.org' })
    await shop.sale(ada, 12_00, { revenue_cents: 120_00, occurred_at: '2026-03-05T10:00:00Z' })
    const paid = await shop.paid(ada, { method: 'paypal', reference: 'TX1', notes: 'March' })
    for (const status of ['draft', 'approved', 'cancelled']) {
      const other = await shop.partner(status)
      await shop.sale(other, 1_00)
      const payout = await shop.draft(other)
      if (status === 'approved') await shop.approve(payout)
      if (status === 'cancelled') await shop.cancel(payout)
    }
    const { status, headers, text } = await download(shop)
    const slug = (await shop.w.sql('select slug from programs where id = $1', [shop.brand_id]))[0].slug
    expect([status, headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8'])
    expect(headers['content-disposition']).toBe(`attachment; filename="payouts-${slug}-2026-03-10.csv"`)
    expect(text.split('\n')[0]).toBe(header)
    expect(rowsOf(text)).toEqual([
      {
        ...{ payout_id: paid.id, partner_id: ada.id, partner_name: 'Ada', partner_email: 'ada@example.org' },
        ...{
          period_start: '2026-03-05',
          period_end: '2026-03-10',
          conversions: '1',
          revenue: '120.00',
          amount: '12.00',
          currency: 'USD',
        },
        ...{
          method: 'PayPal',
          reference: 'TX1',
          notes: 'March',
          approved_at: paid.approved_at,
          paid_at: paid.paid_at,
          quickbooks_bill_id: '',
        },
      },
    ])
  })

  story('has a header row even when nothing was ever paid [TR-36]', async shop => {
    const { status, text } = await download(shop)
    expect([status, text.trim()]).toEqual([200, header])
  })

  story('is safe to open: formulas get an apostrophe in text only, and quoted text comes back as it was [TR-38]', async shop => {
    const notes = 'a "quoted", comma\nsecond line\r\nthird; ünïcödé 🎉'
    const bad = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', "'=1", 'a=1', '\\.', 'NULL', ' =1']
    for (const [n, text] of bad.entries()) {
      const who = await shop.partner(`Partner ${n}`, { slug: `p-${n}`, alias: `p-${n}` })
      await shop.w.sql('update partners set name = $2 where id = $1', [who.id, text])
      await shop.sale(who, 1_00)
      await shop.paid(who, { reference: text, notes })
    }
    const rows = rowsOf((await download(shop)).text)
    const guarded = bad.map(text => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text))
    expect(rows.map(row => row.partner_name)).toEqual(guarded)
    expect(rows.map(row => row.reference)).toEqual(guarded)
    expect(new Set(rows.map(row => row.notes))).toEqual(new Set([notes]))
    expect(new Set(rows.map(row => row.amount))).toEqual(new Set(['1.00']))
  })

  story('writes amounts as decimals of their currency, also below zero', async shop => {
    const ada = await shop.partner()
    const big = 999_999_999_999
    for (const [currency, cents, revenue_cents] of [
      ['JPY', 1234, 56_789],
      ['KWD', 1_234, 5],
      ['EUR', 5, 0],
      ['CHF', 12_00, big],
    ] as const) {
      await shop.sale(ada, cents, { campaign: await shop.campaign({ currency }), revenue_cents })
    }
    for (const payout of (await shop.run()).data.payouts) await shop.approve(payout).then(() => shop.pay(payout))
    const sold = await shop.sale(ada, 1_00, { revenue_cents: 90_00 })
    await shop.paid(ada)
    await shop.reverse(sold, { amount_cents: 90_00 })
    await shop.sale(ada, 3_00)
    await shop.paid(ada)
    const rows = rowsOf((await download(shop)).text)
    const byCurrency = Object.fromEntries(
      rows.filter(row => row.currency !== 'USD').map(row => [row.currency, [row.amount, row.revenue]]),
    )
    expect(byCurrency).toEqual({
      JPY: ['1234', '56789'],
      KWD: ['1.234', '0.005'],
      EUR: ['0.05', '0.00'],
      CHF: ['12.00', '9999999999.99'],
    })
    expect(rows.filter(row => row.currency === 'USD').map(row => [row.amount, row.revenue])).toEqual([
      ['1.00', '90.00'],
      ['2.00', '-90.00'],
    ])
  })

  story('has every paid payout, more than a page of them, oldest first', async shop => {
    for (let n = 0; n < 120; n++) await shop.sale(await shop.partner(`Partner ${n}`), 1_00 + n)
    const { data } = await shop.run()
    expect(data.created).toBe(120)
    const all = [
      ...(await shop.listed('?limit=100')),
      ...(await shop.send('GET', '/payouts?limit=100').then(a => shop.listed(`?limit=100&cursor=${a.meta.next_cursor}`))),
    ]
    for (const payout of all) await shop.approve(payout).then(() => shop.pay(payout))
    const rows = rowsOf((await download(shop)).text)
    expect(rows.map(row => row.payout_id)).toEqual(all.map(p => p.id).reverse())
  })

  story('is of one brand: the payouts of another are not in it, and an unknown brand is not found', async shop => {
    await shop.sale(await shop.partner(), 1_00)
    expect(rowsOf((await download(shop)).text)).toEqual([])
    const answer = await shop.w.request('GET', '/api/brands/01900000-0000-7000-8000-000000000000/payouts/export')
    expect([answer.status, answer.error.code]).toEqual([404, 'not_found'])
  })
})
