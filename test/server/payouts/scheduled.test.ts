import { describe, expect, test } from 'vitest'
import { isDue } from '../../../src/core/schedule.ts'
import { operate } from '../../../src/server/operations.ts'
import { type Shop, stories } from './support.ts'

const NEW_YORK = 'America/New_York'
const story = stories({ today: '2026-03-10T12:00:00Z', time_zone: NEW_YORK })

const runAt = async (shop: Shop, now: string) => {
  await shop.w.travelTo(now)
  return operate(shop.w.app, 'run-scheduled', {}, () => {})
}
/** A sale that earned 10.00 on the 10th of March. */
const shopWith = async (shop: Shop, settings: object) => {
  await shop.settings(settings as never)
  const ada = await shop.partner()
  await shop.sale(ada, 10_00)
  return ada
}
/** Programs of other stories in this world must not be due. */
const rest = (shop: Shop) => shop.settings({ frequency: 'on_demand' })
const nothing = { drafts: 0, skipped: 0, amount_cents: {} }

describe('which day is due', () => {
  const program = { frequency: 'bi_weekly', anchor_on: '2026-03-02' } as const
  test('bi-weekly: every 14 days from the anchor day, across months, years and clock changes', () => {
    const due = ['2026-03-16', '2026-03-30', '2026-12-21', '2027-01-04', '2028-03-13']
    const not = ['2026-03-01', '2026-03-09', '2026-03-15', '2026-03-17', '2026-02-16', '2027-01-05']
    expect(due.map(day => isDue(program, day))).toEqual(due.map(() => true))
    expect(not.map(day => isDue(program, day))).toEqual(not.map(() => false))
  })
  test('monthly: the 1st; on demand: never', () => {
    const days = ['2026-03-01', '2026-03-31', '2026-11-01', '2026-01-11']
    expect(days.map(day => isDue({ ...program, frequency: 'monthly' }, day))).toEqual([true, false, true, false])
    expect(days.map(day => isDue({ ...program, frequency: 'on_demand' }, day))).toEqual([false, false, false, false])
  })
})

describe('run-scheduled', () => {
  story(
    'monthly drafts on the 1st in the zone of the organization, drafts only, and a second time nothing [TR-61]',
    async shop => {
      const ada = await shopWith(shop, { frequency: 'monthly' })
      expect(await runAt(shop, '2026-03-31T23:00:00Z')).toEqual(nothing)
      expect(await runAt(shop, '2026-04-01T03:59:59Z')).toEqual(nothing) // still the 31st in New York
      expect(await runAt(shop, '2026-04-01T04:00:00Z')).toEqual({ drafts: 1, skipped: 0, amount_cents: { USD: 10_00 } })
      const all = await shop.listed()
      expect(all).toMatchObject([
        {
          status: 'draft',
          partner_id: ada.id,
          amount_cents: 10_00,
          period_start: '2026-03-10',
          period_end: '2026-03-31',
          created_by: 'command:run-scheduled',
          approved_at: null,
        },
      ])
      expect(await runAt(shop, '2026-04-01T05:00:00Z')).toEqual(nothing)
      expect(await shop.listed()).toEqual(all)
      await rest(shop)
    },
  )

  story('on demand creates none, whatever the day [TR-61]', async shop => {
    await shopWith(shop, { frequency: 'on_demand' })
    expect(await runAt(shop, '2026-04-01T12:00:00Z')).toEqual(nothing)
    expect(await shop.listed()).toEqual([])
  })

  story('bi-weekly drafts every 14 days from the anchor day', async shop => {
    await shopWith(shop, { frequency: 'bi_weekly', anchor_on: '2026-03-02' })
    expect(await runAt(shop, '2026-03-15T12:00:00Z')).toEqual(nothing)
    expect(await runAt(shop, '2026-03-16T04:00:00Z')).toMatchObject({ drafts: 1 })
    expect(await runAt(shop, '2026-03-30T04:00:00Z')).toEqual(nothing)
    expect(await shop.listed()).toMatchObject([{ period_end: '2026-03-15' }])
    await rest(shop)
  })

  story('covers what was earned before the day of the run, to the minute in the zone', async shop => {
    const ada = await shopWith(shop, { frequency: 'monthly' })
    await shop.w.travelTo('2026-04-01T15:00:00Z')
    await shop.sale(ada, 1_00, { occurred_at: '2026-04-01T03:59:59Z' }) // the 31st, 23:59:59
    await shop.sale(ada, 2_00, { occurred_at: '2026-04-01T04:00:00Z' }) // the 1st, 00:00
    expect(await runAt(shop, '2026-04-01T16:00:00Z')).toEqual({ drafts: 1, skipped: 0, amount_cents: { USD: 11_00 } })
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 2_00, in_payouts_cents: 11_00 })
    expect(await runAt(shop, '2026-05-01T16:00:00Z')).toEqual({ drafts: 1, skipped: 0, amount_cents: { USD: 2_00 } })
    await rest(shop)
  })

  story('never drafts what is still on hold, and leaves out who is below the threshold or paused', async shop => {
    const ada = await shopWith(shop, { frequency: 'monthly', minimum_threshold_cents: 10_00 })
    await shop.sale(ada, 7_00, { campaign: await shop.campaign({ hold_hours: 24 * 30 }) })
    await shop.sale(await shop.partner('Bob'), 9_99)
    const cy = await shop.partner('Cy')
    await shop.sale(cy, 50_00)
    await shop.send('PATCH', `/partners/${cy.id}`, { status: 'paused' })
    expect(await runAt(shop, '2026-04-01T04:00:00Z')).toEqual({ drafts: 1, skipped: 2, amount_cents: { USD: 10_00 } })
    expect(await shop.balance(ada)).toMatchObject({ pending_cents: 7_00, in_payouts_cents: 10_00 })
    await rest(shop)
  })

  story('an instant given runs as of then, and both programs that are due are run', async shop => {
    await shopWith(shop, { frequency: 'monthly' })
    expect(await operate(shop.w.app, 'run-scheduled', { now: '2026-04-01T06:00:00+02:00' }, () => {})).toMatchObject({
      drafts: 1,
    })
    const [payout] = await shop.listed()
    expect(payout.created_at).toBe('2026-04-01T04:00:00.000Z')
    const [told] = await shop.w.sql('select at, actor, after from events where object_id = $1', [payout.id])
    expect(told).toMatchObject({
      at: '2026-04-01T04:00:00.000Z',
      actor: 'command:run-scheduled',
      after: { count: 1, cut_off: '2026-03-31' },
    })
    await rest(shop)
  })
})

describe('this month, in the zone of the organization', () => {
  story('a payment at the turn of the month counts where the zone puts it', async shop => {
    const ada = await shop.partner()
    await shop.w.travelTo('2026-04-02T12:00:00Z')
    for (const [cents, paid_at] of [
      [1_00, '2026-04-01T03:59:59Z'],
      [2_00, '2026-04-01T04:00:00Z'],
      [4_00, '2026-04-02T12:00:00Z'],
    ] as const) {
      await shop.sale(ada, cents)
      await shop.paid(ada, { paid_at })
    }
    const paid = async () => (await shop.balances()).meta.totals[0].paid_this_month_cents
    expect(await paid()).toBe(6_00)
    await shop.w.travelTo('2026-05-01T03:59:00Z')
    expect(await paid()).toBe(6_00)
    await shop.w.travelTo('2026-05-01T04:00:00Z')
    expect(await paid()).toBe(0)
    expect(await shop.balance(ada)).toMatchObject({ paid_cents: 7_00, last_paid_at: '2026-04-02T12:00:00.000Z' })
  })

  story('the days of the list are days of the zone', async shop => {
    const ada = await shop.partner()
    await shop.w.travelTo('2026-04-01T03:00:00Z')
    await shop.sale(ada, 1_00)
    expect(await shop.draft(ada)).toMatchObject({ period_start: '2026-03-31', period_end: '2026-03-31' })
    expect(await shop.listed('?to=2026-03-31')).toHaveLength(1)
    expect(await shop.listed('?from=2026-04-01')).toHaveLength(0)
  })
})
