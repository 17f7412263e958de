/** Holds, reviews, approvals and rejections: when a commission is owed, and who may still take it away. */
import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { conversion, cpa, created, item, record, revshare, type Shop, stories } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
const days = (shop: Shop, hold_days: number) => shop.settings({ hold_days })
/** What each id became, or why not. */
const verdicts = (answer: { results: { status: string | null; error?: { code: string } }[] }) =>
  answer.results.map(r => r.status ?? r.error?.code)
/** The status and what is owed at an instant. */
async function at(shop: Shop, instant: string, sale: { id: string }, who: { id: string }) {
  await shop.w.travelTo(instant)
  return [await shop.statusOf(sale), (await shop.balance(who)).owed_cents]
}

describe('a hold', () => {
  story('of 72 hours: on hold and not owed at +71 h, approved and owed at +73 h [TR-48]', async shop => {
    const [ada, campaign] = [await shop.partner(), await cpa(shop, 5_00, { hold_hours: 72 })]
    const sale = await created(shop, { partner: ada, campaign, occurred_at: '2026-03-10T11:20:00Z' })
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, pending_cents: 5_00 })
    expect(await at(shop, '2026-03-13T10:20:00Z', sale, ada)).toEqual(['hold', 0])
    expect(await at(shop, '2026-03-13T12:20:00Z', sale, ada)).toEqual(['approved', 5_00])
    expect(await shop.balance(ada)).toMatchObject({ pending_cents: 0 })
  })

  const edges = [
    ['2026-03-10T11:00:00.000Z', '2026-03-10T13:00:00.000Z', 'on the hour it ends on the hour'],
    ['2026-03-10T11:00:00.001Z', '2026-03-10T14:00:00.000Z', 'a millisecond later it ends an hour later, never early'],
    ['2026-03-10T11:59:59.999Z', '2026-03-10T14:00:00.000Z', 'up to a full hour late'],
  ] as const
  for (const [occurred_at, ends, what] of edges) {
    story(`of 2 hours ends with the full hour: ${what}`, async shop => {
      const [ada, campaign] = [await shop.partner(), await cpa(shop, 5_00, { hold_hours: 2 })]
      const sale = await created(shop, { partner: ada, campaign, occurred_at })
      expect(await conversion(shop, sale)).toMatchObject({ status: 'hold', held_until: ends })
      const last = new Date(Date.parse(ends) - 1).toISOString()
      // the clock runs on while a request is answered: a second before the end is as near as a test can stand
      expect(await at(shop, new Date(Date.parse(last) - 5_000).toISOString(), sale, ada)).toEqual(['hold', 0])
      expect(await at(shop, ends, sale, ada)).toEqual(['approved', 5_00])
    })
  }

  story('of the brand counts in days, and one of the campaign, in hours, comes before it, also when it is 0', async shop => {
    await days(shop, 30)
    const ada = await shop.partner()
    const of = async (hold_hours?: number) =>
      created(shop, { partner: ada, campaign: await cpa(shop, 5_00, { hold_hours }), occurred_at: '2026-03-10T11:30:00Z' })
    const [brand, campaign, none] = [await of(), await of(24), await of(0)]
    expect(await conversion(shop, brand)).toMatchObject({ status: 'hold', held_until: '2026-04-09T12:00:00.000Z' })
    expect(await conversion(shop, campaign)).toMatchObject({ status: 'hold', held_until: '2026-03-11T12:00:00.000Z' })
    expect(await conversion(shop, none)).toMatchObject({ status: 'approved', held_until: null })
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 5_00, pending_cents: 10_00 })
    await shop.w.travelTo('2026-03-11T12:00:00Z')
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 10_00, pending_cents: 5_00 })
  })

  story('that was over before the conversion was recorded is no hold', async shop => {
    const [ada, campaign] = [await shop.partner(), await cpa(shop, 5_00, { hold_hours: 24 })]
    const late = await created(shop, { partner: ada, campaign, occurred_at: '2026-03-09T12:00:00Z' })
    expect(await conversion(shop, late)).toMatchObject({ status: 'approved', held_until: null })
    const ends = await created(shop, { partner: ada, campaign, occurred_at: '2026-03-09T12:00:00.001Z' })
    expect(await shop.statusOf(ends)).toBe('hold')
  })

  story('stays as it was when the campaign’s or the brand’s changes', async shop => {
    const [ada, campaign] = [await shop.partner(), await cpa(shop, 5_00, { hold_hours: 24 })]
    const sale = await created(shop, { partner: ada, campaign, occurred_at: '2026-03-10T12:00:00Z' })
    await shop.must(shop.send('PATCH', `/campaigns/${campaign.id}`, { hold_hours: 1 }))
    expect((await conversion(shop, sale)).held_until).toBe('2026-03-11T12:00:00.000Z')
    const next = await created(shop, { partner: ada, campaign, occurred_at: '2026-03-10T12:00:00Z' })
    expect((await conversion(shop, next)).held_until).toBe('2026-03-10T13:00:00.000Z')
  })

  story('is over at once when it is approved by hand, with its partial refund', async shop => {
    const [ada, campaign] = [await shop.partner(), await revshare(shop, '10', { hold_hours: 72 })]
    const sale = await created(shop, { partner: ada, campaign, revenue_cents: 100_00 })
    await shop.must(shop.reverse(sale, { amount_cents: 30_00 }))
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, pending_cents: 7_00 })
    expect(verdicts(await shop.decide('approve', sale.id))).toEqual(['approved'])
    expect(await conversion(shop, sale)).toMatchObject({ status: 'approved', held_until: null })
    expect(await shop.balance(ada)).toMatchObject({
      owed_cents: 7_00,
      pending_cents: 0,
      revenue_cents: 70_00,
      conversion_count: 1,
    })
    expect((await shop.draft(ada)).amount_cents).toBe(7_00)
  })

  story('is rejected before it ends and leaves nothing to come', async shop => {
    const [ada, campaign] = [await shop.partner(), await cpa(shop, 5_00, { hold_hours: 72 })]
    const sale = await created(shop, { partner: ada, campaign })
    await shop.must(shop.send('POST', '/conversions/reject', { ids: [sale.id], reason: 'fraud' }))
    expect(await conversion(shop, sale)).toMatchObject({ status: 'rejected', reason: 'fraud' })
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, pending_cents: 0, unpaid_cents: 0 })
    expect(await at(shop, '2026-03-20', sale, ada)).toEqual(['rejected', 0])
  })
})

describe('a review', () => {
  story('holds what is flagged: Approve N makes it owed, Reject N rejects it [TR-49]', async shop => {
    const [ada, campaign] = [await shop.partner(), await cpa(shop, 5_00)]
    const flagged = await record(shop, ...Array.from({ length: 4 }, () => item({ partner: ada, campaign, status: 'pending' })))
    const ids = flagged.map(r => r.conversion_id)
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, pending_cents: 20_00 })
    expect(await shop.decide('approve', ids[0]!, ids[1]!, ids[2]!)).toMatchObject({ counts: { changed: 3, failed: 0 } })
    expect(await shop.decide('reject', ids[3]!)).toMatchObject({ counts: { changed: 1, failed: 0 } })
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 15_00, pending_cents: 0, conversion_count: 3 })
    expect(await Promise.all(ids.map(id => shop.statusOf({ id })))).toEqual(['approved', 'approved', 'approved', 'rejected'])
  })

  story('that ends well still waits for the hold, and says so', async shop => {
    const [ada, campaign] = [await shop.partner(), await cpa(shop, 5_00, { hold_hours: 72 })]
    const sale = await created(shop, { partner: ada, campaign, status: 'pending' })
    expect(verdicts(await shop.decide('approve', sale.id))).toEqual(['hold'])
    expect(await at(shop, '2026-03-10T13:00:00Z', sale, ada)).toEqual(['hold', 0])
    expect(verdicts(await shop.decide('approve', sale.id))).toEqual(['approved'])
    expect((await shop.balance(ada)).owed_cents).toBe(5_00)
  })

  story('of a conversion that the hold has passed meanwhile makes it owed at once', async shop => {
    const [ada, campaign] = [await shop.partner(), await cpa(shop, 5_00, { hold_hours: 2 })]
    const sale = await created(shop, { partner: ada, campaign, status: 'pending' })
    expect(await at(shop, '2026-03-11', sale, ada)).toEqual(['pending_review', 0])
    await shop.decide('approve', sale.id)
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 5_00, pending_cents: 0 })
  })

  story('approved at the same time by two pays once', async shop => {
    const [ada, campaign] = [await shop.partner(), await cpa(shop, 5_00)]
    const sale = await created(shop, { partner: ada, campaign, status: 'pending' })
    const answers = await Promise.all([1, 2, 3, 4].map(() => shop.decide('approve', sale.id)))
    expect(answers.map(a => a.counts.changed).sort()).toEqual([0, 0, 0, 1])
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 5_00, conversion_count: 1 })
  })

  story('answers each id on its own, once, and one that cannot be decided stops no other', async shop => {
    const [ada, campaign] = [await shop.partner(), await cpa(shop, 5_00)]
    const waiting = await created(shop, { partner: ada, campaign, status: 'pending' })
    const approved = await created(shop, { partner: ada, campaign })
    const declined = await created(shop, { partner: ada, campaign, status: 'declined' })
    const foreign = await shop.w.conversion({
      partner: await shop.w.partner('Eve'),
      campaign: await shop.w.campaign(),
      status: 'pending',
    })
    const answer = await shop.decide('approve', waiting.id, approved.id, declined.id, randomUUID(), foreign.id, waiting.id)
    expect(verdicts(answer)).toEqual(['approved', 'invalid_transition', 'invalid_transition', 'not_found', 'not_found'])
    expect(answer.counts).toEqual({ changed: 1, failed: 4 })
    expect(verdicts(await shop.decide('reject', waiting.id, declined.id))).toEqual(['rejected', 'invalid_transition'])
    for (const ids of [[], ['x'], Array(1001).fill(waiting.id)])
      await shop.refused(() => shop.send('POST', '/conversions/reject', { ids }), 400, 'invalid_body')
  })
})

describe('a rejection', () => {
  /** Two sales of 5.00 and 7.00 in a payout. */
  async function paidOut(shop: Shop) {
    const ada = await shop.partner()
    const sales = [await shop.sale(ada, 5_00, { revenue_cents: 50_00 }), await shop.sale(ada, 7_00, { revenue_cents: 70_00 })]
    return { ada, sale: sales[0] as { id: string }, payout: await shop.draft(ada) }
  }

  story('of what is owed takes the commission back whole', async shop => {
    const ada = await shop.partner()
    const sale = await shop.sale(ada, 5_00, { revenue_cents: 50_00 })
    await shop.sale(ada, 7_00)
    expect(verdicts(await shop.decide('reject', sale.id))).toEqual(['rejected'])
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 7_00, unpaid_cents: 7_00, conversion_count: 1, revenue_cents: 0 })
  })

  story('in a draft removes the line, the draft follows and the balance is right [TR-32]', async shop => {
    const { ada, sale, payout } = await paidOut(shop)
    expect(verdicts(await shop.decide('reject', sale.id))).toEqual(['rejected'])
    const after = await shop.one(payout.id)
    expect(after).toMatchObject({ status: 'draft', amount_cents: 7_00, conversion_count: 1, revenue_cents: 70_00 })
    expect(after.lines.map((line: { amount_cents: number }) => line.amount_cents)).toEqual([7_00])
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, unpaid_cents: 7_00, in_payouts_cents: 7_00 })
    await shop.cancel(payout)
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 7_00, unpaid_cents: 7_00, conversion_count: 1 })
  })

  story('in an approved payout is refused for that id alone, and nothing of it changes [TR-32]', async shop => {
    const { ada, sale, payout } = await paidOut(shop)
    await shop.approve(payout)
    const before = [await shop.one(payout.id), await shop.balance(ada)]
    const other = await shop.sale(ada, 1_00)
    expect(verdicts(await shop.decide('reject', sale.id, other.id))).toEqual(['conversion_in_payout', 'rejected'])
    expect([await shop.one(payout.id), await shop.balance(ada)]).toEqual(before)
    expect(await shop.statusOf(sale)).toBe('approved')
  })

  story('of what is paid is refused for that id alone; a reversal is the way [TR-32]', async shop => {
    const { ada, sale, payout } = await paidOut(shop)
    await shop.approve(payout)
    await shop.pay(payout)
    const answer = await shop.decide('reject', sale.id)
    expect(verdicts(answer)).toEqual(['conversion_paid'])
    expect(answer.results[0].error.message).toContain('reversal')
    expect([await shop.statusOf(sale), (await shop.balance(ada)).paid_cents]).toEqual(['paid', 12_00])
  })

  story('stands, also when what is beside it on the tab is paid', async shop => {
    const ada = await shop.partner()
    const [sale, other] = [await shop.sale(ada, 5_00), await shop.sale(ada, 7_00)]
    await shop.decide('reject', sale.id)
    await shop.paid(ada)
    expect([await shop.statusOf(sale), await shop.statusOf(other)]).toEqual(['rejected', 'paid'])
    expect(verdicts(await shop.decide('reject', sale.id))).toEqual(['invalid_transition'])
  })

  story('of several partners in several drafts makes each draft follow', async shop => {
    const [one, two] = [await paidOut(shop), await paidOut(shop)]
    const answer = await shop.decide('reject', two.sale.id, one.sale.id)
    expect(answer.counts).toEqual({ changed: 2, failed: 0 })
    expect([(await shop.one(one.payout.id)).amount_cents, (await shop.one(two.payout.id)).amount_cents]).toEqual([7_00, 7_00])
  })

  story('of a conversion that was partly refunded takes back only what is left', async shop => {
    const [ada, campaign] = [await shop.partner(), await revshare(shop, '10')]
    const sale = await created(shop, { partner: ada, campaign, revenue_cents: 100_00 })
    await shop.must(shop.reverse(sale, { amount_cents: 40_00 }))
    await shop.decide('reject', sale.id)
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, unpaid_cents: 0, conversion_count: 0, revenue_cents: 0 })
  })
})
