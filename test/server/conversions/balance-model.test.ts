/**
 * Random lives of one partner's money, beside a model of a few lines: after each step the balances agree and every check is clean.
 *
 * The model knows sales, what was taken back of each, and payouts; it knows no tabs and no earnings.
 * `MODEL_RUNS` and `MODEL_SEED` make it longer, or make it again.
 */
import fc from 'fast-check'
import { expect } from 'vitest'
import { runChecks } from '../../../src/server/checks/check.ts'
import { testDatabaseKind } from '../../support/databases.ts'
import { created, revshare, type Shop, stories } from './support.ts'

const RUNS = Number(process.env.MODEL_RUNS ?? (testDatabaseKind() === 'embedded' ? 30 : 4))
const STEPS = 25
/** Ends the search for a shorter failing life, too. */
const LIMIT = 60_000 + RUNS * 8_000
const seed = Number(process.env.MODEL_SEED ?? Date.now() % 1_000_000_007)
const story = stories({ today: '2026-03-10T12:00:00Z' })

type Payout = { id: string; status: 'draft' | 'approved' | 'paid' | 'cancelled' }
/** A part of the account, and the payout that has it. */
type Part = { cents: number; payout: Payout | null }
type Sale = {
  id: string
  status: 'waits' | 'held' | 'approved' | 'rejected'
  /** Waits for its hold once it is approved. */
  slow: boolean
  revenue: number
  reversed: number
  commission: number
  /** Of the commission, what nothing has taken back yet. */
  left: number
  /** What stands for the sale itself: the commission less what was taken back beside it. */
  own: Part
  clawbacks: Part[]
}
type State = { sales: Sale[]; payouts: Payout[] }
type Step = { act: keyof typeof acts; pick: number; cents: number }
type Place = { shop: Shop; ada: { id: string }; quick: never; slow: never; state: State }

const RATE = 7 // 7 % of odd revenues: every part is rounded
const rounded = (numerator: number, denominator: number) => Math.floor((2 * numerator + denominator) / (2 * denominator))
const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0)
const pick = <T>(all: T[], n: number): T | undefined => all[n % Math.max(all.length, 1)]

const isToCome = (sale: Sale) => sale.status === 'waits' || sale.status === 'held'
/** Everything that is on the account or was paid from it. */
const parts = (state: State) => state.sales.filter(sale => !isToCome(sale)).flatMap(sale => [sale.own, ...sale.clawbacks])
const totalOf = (state: State, payout: Payout) => sum(parts(state).flatMap(p => (p.payout === payout ? p.cents : [])))

function account(state: State) {
  const of = (...statuses: (Payout['status'] | undefined)[]) =>
    sum(parts(state).flatMap(p => (statuses.includes(p.payout?.status) ? p.cents : [])))
  const [free, reserved] = [of(undefined), of('draft', 'approved')]
  return {
    ...{ owed_cents: Math.max(0, free), unpaid_cents: free + reserved, in_payouts_cents: reserved, paid_cents: of('paid') },
    pending_cents: sum(state.sales.filter(isToCome).map(sale => sale.own.cents)),
  }
}

/** Whether a draft can bear to lose this much: it never falls below zero. */
const canLose = (state: State, payout: Payout | null, cents: number) =>
  payout?.status !== 'draft' || totalOf(state, payout) - cents >= 0

/** Each act does one thing through the API and in the model, which says whether it must succeed. */
const acts = {
  async record({ shop, ada, quick, slow, state }: Place, { pick: n, cents }: Step) {
    const isSlow = n % 4 === 0
    const status = ['pending', 'approved', 'other'][n % 3] as string
    const sale = await created(shop, { partner: ada.id, campaign: isSlow ? slow : quick, revenue_cents: cents, status })
    const commission = rounded(cents * RATE, 100)
    state.sales.push({
      ...{ id: sale.id, slow: isSlow, revenue: cents, reversed: 0, commission, left: commission, clawbacks: [] },
      ...{ status: status === 'pending' ? 'waits' : isSlow ? 'held' : 'approved', own: { cents: commission, payout: null } },
    })
  },

  async approve({ shop, state }: Place, { pick: n }: Step) {
    const sale = pick(state.sales, n)
    if (!sale) return
    const becomes = sale.status === 'waits' && sale.slow ? 'held' : 'approved'
    const able = isToCome(sale)
    const { results } = await shop.decide('approve', sale.id)
    expect(results[0].status, `approve what ${sale.status}`).toBe(able ? (becomes === 'held' ? 'hold' : 'approved') : null)
    if (able) sale.status = becomes
  },

  async reject({ shop, state }: Place, { pick: n }: Step) {
    const sale = pick(state.sales, n)
    if (!sale) return
    const { payout } = sale.own
    const together = [sale.own, ...sale.clawbacks].filter(part => part.payout === payout)
    const able = sale.status !== 'rejected' && payout?.status !== 'approved' && payout?.status !== 'paid'
    const bearable = !able || canLose(state, payout, sum(together.map(part => part.cents)))
    const answer = await shop.send('POST', '/conversions/reject', { ids: [sale.id] })
    const changed = answer.status === 400 && !bearable ? 0 : answer.data.counts.changed
    expect(changed, `reject what is ${sale.status} in ${payout?.status}: ${answer.text}`).toBe(able && bearable ? 1 : 0)
    if (!able || !bearable) return
    for (const part of together) part.payout = null
    sale.own.cents = sale.status === 'waits' ? 0 : sale.own.cents - sale.left
    Object.assign(sale, { status: 'rejected', left: 0 })
  },

  async reverse({ shop, state }: Place, { pick: n, cents }: Step) {
    const sale = pick(state.sales, n)
    if (!sale) return
    const revenue_left = sale.revenue - sale.reversed
    const whole = cents % 3 === 0 || revenue_left === 0 || cents % revenue_left === 0
    const part = whole ? revenue_left : cents % revenue_left
    const all = whole ? sale.commission : rounded(sale.commission * (sale.reversed + part), sale.revenue)
    const taken = Math.max(0, all - (sale.commission - sale.left))
    const beside = sale.own.payout === null || sale.own.payout.status === 'draft'
    const able = revenue_left > 0 && sale.status !== 'rejected' && (whole || sale.status !== 'waits')
    const bearable = !able || !beside || canLose(state, sale.own.payout, taken)
    const answer = await shop.reverse(sale, whole ? {} : { amount_cents: part })
    expect(answer.status, `${JSON.stringify(sale)} ${answer.text}`).toBe(!able ? 409 : bearable ? 201 : 400)
    if (!able || !bearable) return
    sale.reversed += part
    sale.left -= taken
    if (beside) sale.own.cents -= taken
    else sale.clawbacks.push({ cents: -taken, payout: null })
    if (sale.status === 'waits') sale.status = 'rejected'
  },

  async draft({ shop, ada, state }: Place) {
    const { owed_cents } = account(state)
    const answer = await shop.run({ partner_id: ada.id })
    expect(answer.status, answer.text).toBe(owed_cents > 0 ? 201 : 409)
    if (owed_cents === 0) return
    const [{ id, amount_cents }] = answer.data.payouts
    expect(amount_cents).toBe(owed_cents)
    const payout: Payout = { id, status: 'draft' }
    state.payouts.push(payout)
    for (const part of parts(state)) part.payout ??= payout
  },

  async cancel(at: Place, step: Step) {
    const payout = await moved(at, step, 'cancelled', ['draft', 'approved'])
    for (const part of parts(at.state)) if (payout && part.payout === payout) part.payout = null
  },
  confirm: (at: Place, step: Step) => moved(at, step, 'approved', ['draft']),
  pay: (at: Place, step: Step) => moved(at, step, 'paid', ['approved']),
}

/** Moves a payout where it may go, and gives it; where it may not, the API refuses. */
async function moved({ shop, state }: Place, { pick: n }: Step, to: Payout['status'], from: Payout['status'][]) {
  const payout = pick(state.payouts, n)
  if (!payout) return null
  const answer = await shop.patch(payout, { status: to, ...(to === 'paid' && { method: 'wire' }) })
  expect(answer.status, `${to} of ${payout.status}: ${answer.text}`).toBe(from.includes(payout.status) ? 200 : 409)
  if (answer.status !== 200) return null
  expect(answer.data.amount_cents).toBe(totalOf(state, payout))
  payout.status = to
  return payout
}

const steps = fc.array(
  fc.record({
    act: fc.constantFrom<Step['act']>(
      ...([
        'record',
        'record',
        'record',
        'approve',
        'reject',
        'reverse',
        'reverse',
        'draft',
        'cancel',
        'confirm',
        'pay',
      ] as const),
    ),
    pick: fc.nat(1000),
    cents: fc.integer({ min: 1, max: 99_999 }),
  }),
  { minLength: STEPS, maxLength: STEPS },
)

async function live(shop: Shop, sequence: Step[], n: number): Promise<void> {
  const ada = await shop.partner(`Ada ${n}`)
  const quick = (await revshare(shop, String(RATE))) as never
  const slow = (await revshare(shop, String(RATE), { hold_hours: 24_000 })) as never
  const place = { shop, ada, quick, slow, state: { sales: [], payouts: [] } as State }
  for (const step of sequence) {
    await acts[step.act](place, step)
    expect(await shop.balance(ada), JSON.stringify(step)).toMatchObject(account(place.state))
    const { checks } = await runChecks(shop.w.app)
    expect(checks.filter(check => check.violations > 0)).toEqual([])
  }
}

story(
  `a partner's balance is what was earned, less what was taken back and paid, through ${RUNS} random lives`,
  async shop => {
    let n = 0
    console.log(`balance model: MODEL_SEED=${seed} MODEL_RUNS=${RUNS}, ${STEPS} steps each`)
    await fc.assert(
      fc.asyncProperty(steps, sequence => live(shop, sequence, ++n)),
      { seed, numRuns: RUNS, interruptAfterTimeLimit: LIMIT, markInterruptAsFailure: true },
    )
  },
  LIMIT + 60_000,
)
