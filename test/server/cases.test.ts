/** Every case of model.md section 3 that conversions and payouts carry. The tabs are looked at, not only the figures. */
import { describe, expect } from 'vitest'
import { operate } from '../../src/server/operations.ts'
import { amounts, type Shop, stories } from './payouts/support.ts'

// one story cuts the power, and its 500 need not be printed
const story = stories({ today: '2026-03-10T12:00:00Z', config: { log_level: 'silent' } })
type Tab = { amount_cents: number; item_count: number; is_open: boolean; state: string }

/** The tabs of a partner, oldest first, with what holds them. */
const tabs = (shop: Shop, who: { id: string }) =>
  shop.w.sql<Tab>(
    `select amount_cents, item_count, is_open,
       case when payment_id is not null then 'settled' when payout_id is not null then 'claimed' else 'free' end as state
     from tabs where partner_id = $1 order by id`,
    [who.id],
  )
/** Every earning of a partner: its kind, cents and mark, in order of entry. */
const earnings = (shop: Shop, who: { id: string }) =>
  shop.w
    .sql('select kind, amount_cents, mark from earnings where partner_id = $1 order by id', [who.id])
    .then(rows => rows.map(row => [row.kind, row.amount_cents, row.mark]))
const partnerWith = async (shop: Shop, ...cents: number[]) => {
  const ada = await shop.partner()
  const sales: { id: string }[] = []
  for (const each of cents) sales.push(await shop.sale(ada, each, { revenue_cents: each * 10 }))
  return { ada, sales, sale: sales[0] as { id: string } }
}

describe('holds and review', () => {
  story('a hold is in the key of the tab: nothing runs when it ends, and it is never early', async shop => {
    const { ada } = await partnerWith(shop)
    const slow = await shop.campaign({ hold_hours: 1 })
    await shop.sale(ada, 5_00, { campaign: slow, occurred_at: '2026-03-10T11:30:01Z' })
    const before = await shop.w.fingerprint()
    await shop.w.travelTo('2026-03-10T12:59:59Z')
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, pending_cents: 5_00 })
    await shop.w.travelTo('2026-03-10T13:00:00Z')
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 5_00, pending_cents: 0 })
    expect(await shop.w.fingerprint()).toBe(before)
  })

  story('a conversion on hold that is approved moves to the running tab at once', async shop => {
    const { ada } = await partnerWith(shop, 1_00)
    const slow = await shop.sale(ada, 5_00, { campaign: await shop.campaign({ hold_hours: 48 }) })
    expect(await shop.statusOf(slow)).toBe('hold')
    await shop.decide('approve', slow.id)
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 6_00, pending_cents: 0, conversion_count: 2 })
    expect(await tabs(shop, ada)).toMatchObject([
      { amount_cents: 6_00, is_open: true },
      { amount_cents: 0, item_count: 0 },
    ])
  })

  story('what waits for review earns nothing until it is approved, at the price of its day', async shop => {
    const { ada } = await partnerWith(shop)
    const shopCampaign = await shop.campaign({ amount_cents: 5_00 })
    const waiting = await shop.sale(ada, undefined, { campaign: shopCampaign, status: 'pending' })
    expect(await earnings(shop, ada)).toEqual([])
    await shop.must(shop.send('PATCH', `/campaigns/${shopCampaign.id}`, { amount_cents: 9_00 }))
    expect(await shop.balance(ada)).toMatchObject({ pending_cents: 5_00 })
    await shop.decide('approve', waiting.id)
    expect(await earnings(shop, ada)).toEqual([['commission', 5_00, null]])
  })

  story('a held earning is never drafted before its hold is over, whatever is asked [F33]', async shop => {
    const { ada } = await partnerWith(shop, 1_00)
    await shop.sale(ada, 5_00, { campaign: await shop.campaign({ hold_hours: 48 }) })
    expect(await shop.draft(ada, { force: true, period_end: '2026-12-31' })).toMatchObject({ amount_cents: 1_00 })
    await shop.refused(() => shop.run({ partner_id: ada.id, force: true }), 409, 'no_unpaid_balance')
  })
})

describe('refunds', () => {
  story('unpaid: a part is taken back on the same tab, and the last one takes the remainder', async shop => {
    const ada = await shop.partner()
    const sale = await shop.sale(ada, 10_00, { revenue_cents: 30_00 })
    for (const cents of [10_00, 10_00, undefined]) await shop.must(shop.reverse(sale, { amount_cents: cents }))
    expect(await earnings(shop, ada)).toEqual([
      ['commission', 10_00, null],
      ['reversal', -3_33, 'refunded'],
      ['reversal', -3_34, 'refunded'],
      ['reversal', -3_33, 'refunded'],
    ])
    expect(await tabs(shop, ada)).toEqual([{ amount_cents: 0, item_count: 0, is_open: true, state: 'free' }])
    await shop.refused(() => shop.reverse(sale), 409, 'invalid_transition')
  })

  story('drafted: the draft follows', async shop => {
    const { ada, sale } = await partnerWith(shop, 10_00, 5_00)
    const payout = await shop.draft(ada)
    await shop.reverse(sale, { amount_cents: 40_00 })
    expect(await shop.one(payout.id)).toMatchObject({ amount_cents: 11_00, revenue_cents: 110_00, conversion_count: 2 })
    await shop.reverse(sale)
    expect(await shop.one(payout.id)).toMatchObject({ amount_cents: 5_00, revenue_cents: 50_00, conversion_count: 1 })
    expect(await tabs(shop, ada)).toEqual([{ amount_cents: 5_00, item_count: 1, is_open: false, state: 'claimed' }])
  })

  story('approved: the payout stands, and a clawback waits on the next tab', async shop => {
    const { ada, sale } = await partnerWith(shop, 10_00)
    const payout = await shop.draft(ada)
    await shop.approve(payout)
    expect((await shop.reverse(sale, { amount_cents: 40_00 })).data.earning).toMatchObject({
      kind: 'clawback',
      amount_cents: -4_00,
    })
    expect(await shop.pay(payout)).toMatchObject({ amount_cents: 10_00 })
    expect(await tabs(shop, ada)).toMatchObject([
      { amount_cents: 10_00, state: 'settled' },
      { amount_cents: -4_00, item_count: 0, is_open: true },
    ])
    expect(await shop.balance(ada)).toMatchObject({ unpaid_cents: -4_00, owed_cents: 0 })
  })

  story('paid: a clawback nets in the next draft, together with what is positive', async shop => {
    const { ada, sale } = await partnerWith(shop, 10_00)
    await shop.paid(ada)
    await shop.must(shop.reverse(sale, { amount_cents: 40_00 }))
    await shop.sale(ada, 5_00)
    const payout = await shop.draft(ada)
    expect([payout.amount_cents, payout.conversion_count]).toEqual([1_00, 1])
    expect(amounts(await shop.one(payout.id))).toEqual([-4_00, 5_00])
  })

  story('approved and then cancelled: the sale and its clawback meet again in the next draft', async shop => {
    const { ada, sale } = await partnerWith(shop, 10_00)
    const payout = await shop.draft(ada)
    await shop.approve(payout)
    await shop.must(shop.reverse(sale, { amount_cents: 40_00 }))
    await shop.cancel(payout)
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 6_00 })
    expect(await shop.decide('reject', sale.id)).toMatchObject({ counts: { changed: 1 } })
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, unpaid_cents: 0, conversion_count: 0 })
  })

  story('a refund with an external id is taken once, whoever repeats it', async shop => {
    const { ada, sale } = await partnerWith(shop, 10_00)
    const first = await shop.reverse(sale, { amount_cents: 10_00, external_id: 'refund-1' })
    const again = await shop.reverse(sale, { amount_cents: 10_00, external_id: 'refund-1' })
    expect([first.status, again.status, again.data.id]).toEqual([201, 200, first.data.id])
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 9_00 })
  })
})

describe('drafts', () => {
  story('a late conversion sits on the next open tab', async shop => {
    const { ada } = await partnerWith(shop, 10_00)
    await shop.draft(ada)
    await shop.sale(ada, 3_00)
    expect(await tabs(shop, ada)).toEqual([
      { amount_cents: 10_00, item_count: 1, is_open: false, state: 'claimed' },
      { amount_cents: 3_00, item_count: 1, is_open: true, state: 'free' },
    ])
  })

  story('a cancelled draft frees its tabs: they stay closed, and the next draft takes them with the open one', async shop => {
    const { ada } = await partnerWith(shop, 10_00)
    await shop.cancel(await shop.draft(ada))
    await shop.sale(ada, 3_00)
    expect(await tabs(shop, ada)).toMatchObject([
      { is_open: false, state: 'free' },
      { is_open: true, state: 'free' },
    ])
    expect(await shop.draft(ada)).toMatchObject({ amount_cents: 13_00, conversion_count: 2 })
    expect((await tabs(shop, ada)).map(tab => tab.state)).toEqual(['claimed', 'claimed'])
  })

  story(
    'rejecting what is in a draft with an adjustment that it needs is refused, and the draft can be cancelled',
    async shop => {
      const { ada, sale } = await partnerWith(shop, 10_00)
      const payout = await shop.draft(ada)
      await shop.must(shop.patch(payout, { adjustments: [{ amount_cents: -1_00, reason: 'fee' }] }))
      const other = await shop.partner()
      const free = await shop.sale(other, 3_00)
      const { results, counts } = await shop.decide('reject', sale.id, free.id)
      expect(counts).toEqual({ changed: 1, failed: 1 })
      expect(results[0]).toMatchObject({ id: sale.id, status: null, error: { code: 'conversion_in_payout' } })
      await shop.cancel(payout)
      expect((await shop.decide('reject', sale.id)).counts).toEqual({ changed: 1, failed: 0 })
    },
  )

  story('a rejection is a reversal of the full amount, and the story moves whole', async shop => {
    const { ada, sales } = await partnerWith(shop, 10_00, 5_00)
    const payout = await shop.draft(ada)
    await shop.must(shop.reverse(sales[0] as { id: string }, { amount_cents: 40_00 }))
    await shop.decide('reject', (sales[0] as { id: string }).id)
    expect(amounts(await shop.one(payout.id))).toEqual([5_00])
    expect(await tabs(shop, ada)).toMatchObject([
      { amount_cents: 5_00, item_count: 1, state: 'claimed' },
      { amount_cents: 0, item_count: 0, state: 'free' },
    ])
    expect((await earnings(shop, ada)).map(row => row[2])).toEqual([null, null, 'refunded', 'rejected'])
  })

  story('two currencies and two programs are keys of their own', async shop => {
    const { ada } = await partnerWith(shop, 10_00)
    await shop.sale(ada, 7_00, { campaign: await shop.campaign({ currency: 'EUR' }) })
    const keys = await shop.w.sql('select currency, amount_cents from tabs where partner_id = $1 order by 1', [ada.id])
    expect(keys).toEqual([
      { currency: 'EUR', amount_cents: 7_00 },
      { currency: 'USD', amount_cents: 10_00 },
    ])
  })

  story('a run that stops in the middle is finished by running again', async shop => {
    for (const name of ['Ada', 'Bob', 'Cy']) await shop.sale(await shop.partner(name), 5_00)
    const w = shop.w
    await w.sql(`create function no_more() returns trigger language plpgsql as $$ begin raise exception 'power cut'; end $$`)
    await w.sql('create trigger no_more after insert on payouts for each statement execute function no_more()')
    await shop.refused(() => shop.run({}, { headers: { 'idempotency-key': 'cut-short' } }), 500, 'internal_error')
    await w.sql('drop trigger no_more on payouts')
    expect((await shop.run({}, { headers: { 'idempotency-key': 'cut-short' } })).data).toMatchObject({ created: 3 })
    expect((await shop.run()).data.created).toBe(0)
  })
})

story('every check finds its rows and no violation, and finds a broken sum when there is one', async shop => {
  const { ada } = await partnerWith(shop, 10_00)
  const report = async () =>
    (await operate(shop.w.app, 'check', {}, () => {})) as { ok: boolean; checks: { name: string; violations: number }[] }
  expect(await report()).toMatchObject({ ok: true })
  await shop.w.sql('update tabs set amount_cents = amount_cents + 1 where partner_id = $1', [ada.id])
  const broken = await report()
  expect([broken.ok, broken.checks.filter(c => c.violations > 0).map(c => c.name.slice(0, 2))]).toEqual([false, ['I6']])
  await shop.w.sql('update tabs set amount_cents = amount_cents - 1 where partner_id = $1', [ada.id])
})
