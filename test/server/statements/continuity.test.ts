/**
 * Random lives of a partner's money over months: what a month closes with the next one opens with, and the last closes with
 * the balance; whatever was held, taken back, paid, undone or paid on account.
 *
 * `MODEL_RUNS` and `MODEL_SEED` make it longer, or make it again.
 */
import fc from 'fast-check'
import { expect } from 'vitest'
import { addDays } from '../../../src/core/calendar.ts'
import { testDatabaseKind } from '../../support/databases.ts'
import { type Shop, stories } from '../payouts/support.ts'
import { desk, type Named } from './support.ts'

const RUNS = Number(process.env.MODEL_RUNS ?? (testDatabaseKind() === 'embedded' ? 12 : 4))
const seed = Number(process.env.MODEL_SEED ?? Date.now() % 1_000_000_007)
const ZONE = 'America/New_York'
const story = stories({ today: '2026-01-30T22:00:00Z', time_zone: ZONE })

type Life = {
  shop: Shop
  ada: Named
  sales: Named[]
  payouts: Named[]
  paid: Named[]
  credits: Named[]
  slow: Named
}
type Step = { act: keyof typeof acts; n: number; cents: number }

const pick = <T>(all: T[], n: number): T => all[n % all.length] as T
const keep = (into: Named[], made: { status: number; data: Named }) => {
  expect(made.status).toBeLessThan(500)
  if (made.status < 300) into.push(made.data)
}

/** Each does one thing that may be refused; only what the books say afterwards counts. */
const acts = {
  async sale({ shop, ada, sales, slow }: Life, { n, cents }: Step) {
    const held = n % 3 === 0 && { campaign: slow }
    sales.push(await shop.sale(ada, cents, { revenue_cents: cents * 2, ...held }))
  },
  async decide({ shop, sales }: Life, { n, cents }: Step) {
    if (sales.length) await shop.send('POST', `/conversions/${cents % 2 ? 'approve' : 'reject'}`, { ids: [pick(sales, n).id] })
  },
  async reverse({ shop, sales }: Life, { n, cents }: Step) {
    if (sales.length) await shop.reverse(pick(sales, n), cents % 2 ? { amount_cents: 1 + (cents % 50) } : {})
  },
  async earn({ shop, ada }: Life, { cents }: Step) {
    await desk(shop).earn(ada, cents)
  },
  async draft({ shop, ada, payouts }: Life, { n }: Step) {
    const { status, data } = await shop.run({ partner_id: ada.id, force: n % 2 === 0 })
    if (status === 201) payouts.push(...data.payouts)
  },
  async move({ shop, payouts }: Life, { n, cents }: Step) {
    if (!payouts.length) return
    const status = ['approved', 'paid', 'paid', 'cancelled'][cents % 4]
    const paid_at = cents % 3 === 0 && { paid_at: '2026-01-15T00:00:00Z' }
    await shop.patch(pick(payouts, n), { status, ...(status === 'paid' && { method: 'wire', ...paid_at }) })
  },
  async adjust({ shop, payouts }: Life, { n, cents }: Step) {
    if (payouts.length)
      await shop.patch(pick(payouts, n), { adjustments: [{ amount_cents: (n % 2 ? -1 : 1) * cents, reason: 'x' }] })
  },
  async payAll({ shop, ada, paid }: Life, { cents }: Step) {
    keep(
      paid,
      await desk(shop).pay({
        ...{ creator_id: ada.id, auto_apply_outstanding: true, total_amount_cents: cents },
        adjustment_reason: 'x',
      }),
    )
  },
  async adHoc({ shop, ada, paid }: Life, { cents }: Step) {
    keep(paid, await desk(shop).pay({ creator_id: ada.id, total_amount_cents: cents }))
  },
  async undo({ shop, paid }: Life, { n, cents }: Step) {
    if (paid.length) await (cents % 2 ? desk(shop).void(pick(paid, n)) : desk(shop).reject(pick(paid, n)))
  },
  async credit({ shop, ada, credits }: Life, { n, cents }: Step) {
    const status = ['pending', 'paid', 'rejected'][n % 3]
    keep(credits, await desk(shop).onAccount({ publisher_id: ada.id, requested_amount_cents: cents, status }))
  },
  async editCredit({ shop, credits }: Life, { n, cents }: Step) {
    const change = n % 2 ? { requested_amount_cents: cents } : { status: ['pending', 'paid', 'rejected'][cents % 3] }
    if (credits.length) await desk(shop).changeOnAccount(pick(credits, n), change)
  },
  async wait({ shop }: Life, { n }: Step) {
    const today = shop.w.app.clock.now()
    await shop.w.travelTo(`${addDays(today.slice(0, 10), 1 + (n % 20))}${today.slice(10)}`)
  },
}

const step = fc.record({
  act: fc.constantFrom(...(Object.keys(acts) as Step['act'][])),
  n: fc.nat(1000),
  cents: fc.integer({ min: 1, max: 300_00 }),
})

story(
  'months follow each other to the cent, and the last closes with the balance',
  async shop => {
    const slow = await shop.campaign({ cost_model: 'revshare', percent: '10', hold_hours: 24 * 12 })
    const lives = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async steps => {
      await shop.w.travelTo('2026-01-30T22:00:00Z')
      const ada = await shop.partner()
      const life: Life = { shop, ada, slow, sales: [], payouts: [], paid: [], credits: [] }
      for (const each of [...steps, { act: 'wait', n: 3, cents: 1 } as Step]) await acts[each.act](life, each)
      await agrees(shop, ada)
    })
    await fc.assert(lives, { numRuns: RUNS, seed, interruptAfterTimeLimit: 200_000 })
  },
  300_000,
)

async function agrees(shop: Shop, ada: Named): Promise<void> {
  const { sums } = desk(shop)
  let closed = 0
  const day = shop.w.app.clock.now().slice(0, 10)
  const months = ['2025-12', '2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06', '2026-07', '2026-08', '2026-09']
  for (const month of months.filter(each => each <= day.slice(0, 7))) {
    const [opening, , , , closing] = (await sums(ada, month)) as number[]
    expect(opening, `${month} opens with what the month before closed with`).toBe(closed)
    closed = closing as number
  }
  expect(closed, 'closes with the balance').toBe((await shop.balance(ada)).balance_cents ?? 0)
}
