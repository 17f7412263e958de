/** Explain any cent: the sentence, the steps, the losers, the same cents again, and where the money is. */
import { describe, expect } from 'vitest'
import type { Client } from '../../../src/client/client.ts'
import { type Json, milestones, type StructureShop, stories } from '../structures/support.ts'

type Explanation = Awaited<ReturnType<Client['earnings']['explanation']>>['data']
const story = stories({ today: '2026-03-10T12:00:00Z' })

/** The lines of a fresh draft of the partner, the oldest first. */
const linesOf = async (shop: StructureShop, partner: Json): Promise<Json[]> =>
  (await shop.one((await shop.draft(partner)).id)).lines
const explain = (shop: StructureShop, earning_id: string): Promise<Explanation> =>
  shop.must(shop.send('GET', `/earnings/${earning_id}/explanation`))
const texts = ({ steps }: Explanation) => Object.fromEntries(steps.map(step => [step.key, step.text]))
const factsOf = ({ steps }: Explanation) =>
  Object.fromEntries(steps.flatMap(step => step.facts.map(fact => [fact.name, fact.text ?? fact.at])))
const same = (amount_cents: number) => ({ amount_cents, agrees: true })

describe('a commission', () => {
  story('is its event, rule, rate and rounding, computed again to the same cent, with the conversion as it came', async shop => {
    const ada = await shop.partner('Ada')
    const campaign = await shop.campaign({ name: 'Spring', cost_model: 'revshare', percent: '12.5' })
    const sale = await shop.sale(ada, undefined, { campaign, revenue_cents: 49_99, country: 'DE', external_id: 'order-1' })
    const [line] = await linesOf(shop, ada)
    const told = await explain(shop, line.earning_id)
    expect(told).toMatchObject({
      ...{ kind: 'commission', amount_cents: 6_25, currency: 'USD', because: '12.5 % of 49.99 USD (campaign rate)' },
      ...{ partner: { id: ada.id, name: 'Ada' }, recomputed: same(6_25), reverses: null, reversed_by: [], lost: [] },
      money: { status: 'in_payout', payout: { status: 'draft' }, payment: null, tab: { is_open: false, held_until: null } },
      event: { kind: 'conversion', id: sale.id, data: { external_id: 'order-1', revenue_cents: 49_99, country: 'DE' } },
    })
    expect(texts(told)).toEqual({
      event: 'sale order-1 of 49.99 USD',
      rule: 'The rate of the campaign',
      rate: '12.5 % of 49.99 USD = 6.25 USD',
      rounding: '6.24875 rounded once, half away from zero, to 6.25 USD',
    })
    expect(factsOf(told)).toMatchObject({ Campaign: 'Spring, version 1', Terms: '12.5 % of revenue', Country: 'DE' })
  })

  story('names the lines, tiers and rates that lost, those that matched first, and why', async shop => {
    const ada = await shop.partner('Ada')
    const tiers = [{ from: 1, percent: '20' }]
    const campaign = await shop.campaign({ cost_model: 'revshare', percent: '10', tiers })
    const tables = { geo: 'US, 30\nDE, 40', type: 'sale, 35' }
    await shop.must(shop.send('PUT', `/campaigns/${campaign.id}/custom-payouts`, { tables }))
    await shop.sale(ada, undefined, { campaign, revenue_cents: 10_00, country: 'DE' })
    const told = await explain(shop, (await linesOf(shop, ada))[0].earning_id)
    expect(told).toMatchObject({ amount_cents: 3_50, recomputed: same(3_50) })
    expect(texts(told)).toMatchObject({ rule: 'TYPE line 1 “sale, 35”', rounding: 'Nothing to round' })
    expect(told.lost.map(({ rule, why }) => `${rule}: ${why}`)).toEqual([
      'GEO line 2 “DE, 40”: matched, but TYPE comes first',
      'Tier from conversion 1: 20 %: a custom payout line comes first',
      'Campaign rate: 10 % of revenue: a custom payout line comes first',
      'GEO line 1 “US, 30”: country is DE, the line wants US',
    ])
  })

  story('a tier says which conversion it was, and which tiers it was not', async shop => {
    const ada = await shop.partner('Ada')
    const tiers = [
      { from: 1, percent: '10' },
      { from: 2, percent: '20' },
      { from: 3, percent: '30' },
    ]
    const campaign = await shop.campaign({ cost_model: 'revshare', percent: '5', tiers })
    for (const _ of [1, 2]) await shop.sale(ada, undefined, { campaign, revenue_cents: 10_00 })
    const [first, second] = await linesOf(shop, ada)
    expect((await explain(shop, first.earning_id)).lost.map(each => each.why)).toEqual([
      ...['this was conversion 1', 'this was conversion 1', 'a tier comes first'],
    ])
    const told = await explain(shop, second.earning_id)
    expect(texts(told).rule).toBe('Tier of the campaign: this was conversion 2 of the partner')
    expect(told.lost).toEqual([
      { rule: 'Tier from conversion 3: 30 %', why: 'this was conversion 2' },
      { rule: 'Tier from conversion 1: 10 %', why: 'the tier from 2 comes first' },
      { rule: 'Campaign rate: 5 % of revenue', why: 'a tier comes first' },
    ])
    expect(told.recomputed).toEqual(same(2_00))
  })

  story('what a postback set, and what was waived, overrule everything; terms changed since do not change it', async shop => {
    const ada = await shop.partner('Ada')
    const campaign = await shop.campaign({ amount_cents: 7_00 })
    await shop.sale(ada, 1_23, { campaign })
    await shop.must(shop.send('PATCH', `/campaigns/${campaign.id}`, { amount_cents: 9_00 }))
    const told = await explain(shop, (await linesOf(shop, ada))[0].earning_id)
    expect(told).toMatchObject({ amount_cents: 1_23, recomputed: same(1_23) })
    expect(told.lost).toEqual([{ rule: '7.00 USD per conversion', why: 'what the postback says comes before every rule' }])
    expect(factsOf(told).Campaign).toMatch(/version 1$/)
  })

  story('on hold it says until when, and after it when that was; paid it says by which payout and payment', async shop => {
    await shop.settings({ hold_days: 2 })
    const ada = await shop.partner('Ada')
    const campaign = await shop.campaign()
    const sale = await shop.sale(ada, undefined, { campaign, occurred_at: '2026-03-10T10:00:00Z' })
    const [{ id }] = await shop.w.sql('select id from earnings where source_key = $1', [`conversion:${sale.id}`])
    const held = await explain(shop, id)
    expect(held.money).toMatchObject({ status: 'on_hold', payout: null, tab: { held_until: '2026-03-12T10:00:00.000Z' } })
    expect(held.steps.at(-1)).toMatchObject({ key: 'hold', text: 'On hold, payable from', at: '2026-03-12T10:00:00.000Z' })
    await shop.w.travelTo('2026-03-13T00:00:00Z')
    expect((await explain(shop, id)).money.status).toBe('unpaid')
    const payout = await shop.paid(ada, { reference: 'W-1' })
    const paid = await explain(shop, id)
    expect(paid.steps.at(-1)?.text).toBe('Was on hold until')
    expect(paid.money).toMatchObject({
      status: 'paid',
      payout: { id: payout.id, number: payout.number, status: 'paid' },
      payment: { origin: 'payout', method_name: 'Wire Transfer', reference: 'W-1' },
    })
  })
})

describe('what takes back', () => {
  story('a clawback is in proportion to the revenue, and names what it takes back', async shop => {
    const ada = await shop.partner('Ada')
    const campaign = await shop.campaign({ amount_cents: 10_00 })
    const sale = await shop.sale(ada, undefined, { campaign, revenue_cents: 30_00 })
    await shop.paid(ada)
    for (const amount_cents of [10_00, 10_00]) await shop.must(shop.reverse(sale, { amount_cents }))
    await shop.sale(ada, 50_00)
    const clawbacks = (await linesOf(shop, ada)).filter(line => line.kind === 'clawback')
    const [first, second] = await Promise.all(clawbacks.map(line => explain(shop, line.earning_id)))
    expect(first).toMatchObject({ amount_cents: -3_33, recomputed: same(-3_33), reverses: { amount_cents: 10_00 } })
    expect(texts(first as Explanation)).toMatchObject({
      event: '10.00 USD taken back: refund',
      rule: 'What is paid already is taken from the next payout',
      rate: '10.00 USD × 10.00 of 30.00 USD reversed so far = 3.33 USD',
    })
    expect(texts(second as Explanation).rate).toBe(
      '10.00 USD × 20.00 of 30.00 USD reversed so far, less 3.33 USD taken back before = 3.34 USD',
    )
    expect(second?.recomputed).toEqual(same(-3_34))
    const whole = await explain(shop, first?.reverses?.earning_id as string)
    expect(whole.reversed_by.map(each => each.amount_cents)).toEqual([-3_33, -3_34])
  })

  story('a reversal and a rejection take back what is left', async shop => {
    const ada = await shop.partner('Ada')
    const campaign = await shop.campaign({ amount_cents: 10_00 })
    const sale = await shop.sale(ada, undefined, { campaign, revenue_cents: 30_00 })
    await shop.must(shop.reverse(sale, { amount_cents: 10_00 }))
    await shop.decide('reject', sale.id)
    const rows = await shop.w.sql(
      `select r.id from earnings e join earnings r on r.reverses_id = e.id where e.source_key = $1 order by r.id`,
      [`conversion:${sale.id}`],
    )
    const [reversed, rejected] = await Promise.all(rows.map(row => explain(shop, row.id)))
    expect(reversed).toMatchObject({ kind: 'reversal', amount_cents: -3_33, recomputed: same(-3_33) })
    expect(reversed && texts(reversed).rule).toBe('What is unpaid is taken back at once')
    expect(rejected).toMatchObject({ kind: 'reversal', amount_cents: -6_67, recomputed: same(-6_67) })
  })
})

describe('what structures pay', () => {
  story('an accrual is its period, rule, days and inputs, and the versions that did not compute it', async shop => {
    const { structure, accrual } = await shop.earned(50_00, { until: '2026-05-02' })
    await shop.must(shop.v1('PATCH', `/payout-structures/${structure.id}`, { kind: 'rule', amount_cents: 60_00 }))
    const told = await explain(shop, accrual.id)
    expect(told).toMatchObject({ kind: 'accrual', amount_cents: 50_00, recomputed: same(50_00), event: { kind: 'accrual' } })
    expect(texts(told)).toMatchObject({
      event: 'A monthly period ended',
      rule: '50.00 USD each month',
      rate: '50.00 USD = 50.00 USD',
    })
    expect(factsOf(told)).toMatchObject({ Structure: expect.stringContaining(', version 1'), Zone: 'UTC' })
    expect(told.lost).toEqual([{ rule: 'Version 2: 60.00 USD each month', why: 'it was saved later' }])
  })

  story('a partial month says how many days count', async shop => {
    const ada = await shop.partner('Ada')
    const structure = await shop.structure({ proration_mode: 'prorate' })
    await shop.assign(structure, ada)
    await shop.night('2026-04-02T00:00:00Z')
    const [line] = await linesOf(shop, ada)
    const told = await explain(shop, line.earning_id)
    expect(texts(told).days).toBe('22 of 31 days: × 22/31, rounded once, half away from zero')
    expect(told).toMatchObject({ amount_cents: 35_48, recomputed: same(35_48) })
  })

  story('a milestone says which threshold and how many views; taken back it says so', async shop => {
    const ada = await shop.partner('Ada')
    await shop.assign(await shop.structure(milestones), ada)
    const video = { project_id: shop.brand_id, creator_id: ada.id, posted_at: '2026-03-10T12:00:00Z', external_id: 'v' }
    const { id } = await shop.must(shop.v1('POST', '/videos', video))
    await shop.w.travelTo('2026-03-12T00:00:00Z')
    await shop.must(shop.v1('POST', `/videos/${id}/snapshots`, { captured_at: '2026-03-11T00:00:00Z', view_count: 12_345 }))
    await shop.night('2026-03-12T01:00:00Z')
    const [accrual] = await shop.must(shop.v1('GET', `/payout-accruals?project_id=${shop.brand_id}`))
    const told = await explain(shop, accrual.id)
    expect(told).toMatchObject({ amount_cents: 5_00, recomputed: same(5_00) })
    expect(factsOf(told)).toMatchObject({ Threshold: '10,000 views', 'Views when seen': '12,345' })
    await shop.must(shop.v1('PATCH', `/payout-accruals/${accrual.id}`, { status: 'voided' }))
    const [back] = (await explain(shop, accrual.id)).reversed_by
    expect(await explain(shop, back?.earning_id as string)).toMatchObject({ amount_cents: -5_00, recomputed: same(-5_00) })
  })

  story('an advance is the payment on account; what is not there is refused', async shop => {
    const ada = await shop.partner('Ada')
    await shop.must(shop.send('POST', '/publisher-payouts', { publisher_id: ada.id, requested_amount_cents: 5_00 }))
    const [{ id }] = await shop.w.sql(`select id from earnings where kind = 'advance' and partner_id = $1`, [ada.id])
    expect(await explain(shop, id)).toMatchObject({
      kind: 'advance',
      amount_cents: -5_00,
      recomputed: null,
      event: { kind: 'payment' },
    })
    await shop.refused(() => shop.send('GET', `/earnings/${ada.id}/explanation`), 404, 'not_found')
  })
})
