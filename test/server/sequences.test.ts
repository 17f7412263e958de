/**
 * R9: random sequences of commands through the API, beside a model in memory that knows no tab: after each, balances,
 * accruals, payouts and payments are the model's, and a refusal is the one that the model foresaw.
 *
 * `FAULTS=nightly` makes it ten times as long, `FAULTS_SEED` makes it again.
 */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { invariants, run as runInvariant } from '../../src/server/checks/check.sql.ts'
import { accrue } from '../../src/server/structures/accrue.ts'
import { figures, SEED, sized, tally, thousands } from '../faults/figures.ts'
import { testDatabaseKind } from '../support/databases.ts'
import * as model from '../support/model.ts'
import type { Terms as State } from '../support/model-structures.ts'
import * as terms from '../support/model-structures.ts'
import { type Answered, type World, world } from '../support/world.ts'
import { type Shop, shopIn } from './payouts/support.ts'

const isEmbedded = testDatabaseKind() === 'embedded'
const NIGHTLY = process.env.FAULTS === 'nightly'
const SEQUENCES = isEmbedded ? sized(6, 50) : sized(40, 500)
const OPERATIONS = isEmbedded ? sized(100, 1000) : sized(1000, 10_000)
/** On average: lengths are drawn from 0 to three times this, and what there is nothing to do with is left out. */
const COMMANDS = NIGHTLY ? 50 : 40
const START = '2026-03-10T12:30:00.000Z'
const LIMIT = NIGHTLY ? 7_200_000 : 600_000
const seen = tally()

let w: World
beforeAll(async () => {
  w = await world({ today: START })
})
afterAll(() => w.close())

type Named = { id: string }
type Real = Shop & { campaigns: { slug: string; hold_ms: number; id: string }[]; names: number }
type Act = {
  /** Whether there is something to do it with. */
  needs?: (s: Readonly<State>) => boolean
  /** `n` picks what it is done with, `cents` how much. */
  act: (real: Real, s: State, n: number, cents: number) => Promise<void>
}

const pick = <T>(all: readonly T[], n: number): T => all[n % all.length] as T
const v1 = (real: Real, method: string, path: string, body?: object) =>
  real.w.request(method, `/api/v1${path}`, body, { headers: { 'idempotency-key': randomUUID() } })
const codeOf = (answer: Answered): string | null => answer.error?.code ?? answer.data?.results?.[0]?.error?.code ?? null

/** The product answers as the model said: with this refusal, or with what was made. */
function agreed(answer: Answered, said: string | null | object): boolean {
  expect(codeOf(answer), answer.text).toBe(typeof said === 'string' ? said : null)
  return typeof said !== 'string'
}

async function decided(answer: Answered, said: string | null): Promise<void> {
  // a draft that cannot bear it: the one conversion is refused, or the request
  if (said === 'conversion_in_payout') expect(['conversion_in_payout', 'invalid_body']).toContain(codeOf(answer))
  else agreed(answer, said)
}

const hasPartners = (s: State) => s.partners.length > 0
const hasSales = (s: State) => s.sales.length > 0
const hasStructures = (s: State) => s.structures.length > 0
const hasAccruals = (s: State) => s.accruals.length > 0
const hasPayouts = (s: State) => s.payouts.length > 0
const hasDraft = (s: State) => s.payouts.some(p => p.status === 'draft')
const hasCredits = (s: State) => s.credits.length > 0

const partner: Act = {
  needs: s => s.partners.length < 4,
  act: async (real, s) => void s.partners.push({ id: (await real.partner(`Partner ${++real.names}`)).id }),
}
const campaign: Act = {
  needs: hasPartners,
  async act(real, _s, n) {
    const hold_hours = n % 2 === 0 ? 0 : 24 * (1 + (n % 3))
    const { slug, id } = await real.campaign({ hold_hours })
    real.campaigns.push({ slug, id, hold_ms: hold_hours * 3_600_000 })
  },
}

const recording = (decision: 'approved' | 'waits'): Act => ({
  needs: hasPartners,
  async act(real, s, n, cents) {
    const [who, at] = [pick(s.partners, n), pick(real.campaigns, n)]
    const revenue = 1 + (cents % 9_973)
    const status = decision === 'waits' ? 'pending' : 'approved'
    const { id } = await real.sale(who, cents, { revenue_cents: revenue, status, campaign: at })
    model.record(s, who, { id, decision, revenue, commission: cents, hold_ms: at.hold_ms })
  },
})
const deciding = (verdict: 'approve' | 'reject'): Act => ({
  needs: hasSales,
  async act(real, s, n) {
    const sale = pick(s.sales, n)
    const answer = await real.send('POST', `/conversions/${verdict}`, { ids: [sale.id] })
    await decided(answer, verdict === 'approve' ? model.approveSale(s, sale) : model.rejectSale(s, sale))
  },
})
const reversal: Act = {
  needs: hasSales,
  async act(real, s, n, cents) {
    const sale = pick(s.sales, n)
    const left = sale.revenue - sale.reversed
    const part = cents % 3 === 0 || left === 0 ? null : 1 + (cents % left)
    const answer = await real.reverse(sale, part === null ? {} : { amount_cents: part })
    agreed(answer, model.reverseSale(s, sale, part))
  },
}

const structure: Act = {
  needs: s => s.structures.filter(at => at.archived_at > s.now).length < 3,
  async act(real, s, n, cents) {
    const [period, proration] = [n % 3 === 0 ? 'weekly' : 'daily', pick(['skip', 'prorate', 'full'] as const, n)] as const
    const rule = { period, amount_cents: cents, currency: 'USD', criteria_type: 'recurring', criteria_params: {} }
    const body = { project_id: real.brand_id, name: `Structure ${++real.names}`, ...rule, proration_mode: proration }
    const { structure_id: id } = await real.must(v1(real, 'POST', '/payout-structures', body))
    const versions = [{ at: s.now, cents }]
    s.structures.push({ id, period, proration, versions, archived_at: Infinity, assignments: [], evaluated: new Set() })
  },
}
const assigning = (method: 'POST' | 'DELETE'): Act => ({
  needs: s => hasStructures(s) && hasPartners(s),
  async act(real, s, n, cents) {
    const [at, who] = [pick(s.structures, n), pick(s.partners, cents)]
    const answer = await v1(real, method, `/payout-structures/${at.id}/assignments`, { creator_ids: [who.id] })
    const said = (method === 'POST' ? terms.assign : terms.unassign)(s, at, who)
    expect(codeOf(answer) ?? answer.data.results[0].status, answer.text).toBe(said)
  },
})
const rule: Act = {
  needs: hasStructures,
  async act(real, s, n, cents) {
    const at = pick(s.structures, n)
    const answer = await v1(real, 'PATCH', `/payout-structures/${at.id}`, { kind: 'rule', amount_cents: cents })
    const able = agreed(answer, at.archived_at <= s.now ? 'structure_archived' : null)
    if (able) at.versions.push({ at: s.now, cents })
  },
}
const archive: Act = {
  needs: hasStructures,
  async act(real, s, n) {
    const at = pick(s.structures, n)
    agreed(await v1(real, 'DELETE', `/payout-structures/${at.id}`), null)
    at.archived_at = Math.min(at.archived_at, s.now)
  },
}
const travelling = (isNight: boolean): Act => ({
  async act(real, s, n) {
    s.now += (1 + (n % 4)) * terms.DAY
    await real.w.travelTo(new Date(s.now).toISOString())
    if (!isNight) return
    await accrue(real.w.app, real.w.app.clock.now())
    terms.accrue(s)
  },
})
const takingBack = (mark: 'rejected' | 'voided'): Act => ({
  needs: hasAccruals,
  async act(real, s, n) {
    const accrual = pick(s.accruals, n)
    const answer = await v1(real, 'PATCH', `/payout-accruals/${accrual.id}`, { status: mark })
    agreed(answer, model.takeBack(s, accrual, mark))
  },
})

const drafting: Act = {
  needs: hasPartners,
  async act(real, s, n) {
    const [who, force] = [pick(s.partners, n), n % 3 === 0]
    const answer = await real.run({ partner_id: who.id, ...(force && { force }) })
    const said = model.draft(s, who, force)
    if (agreed(answer, said)) Object.assign(said, { id: answer.data.payouts[0].id })
  },
}
const draftingAll: Act = {
  needs: hasPartners,
  async act(real, s) {
    const { payouts } = await real.must(real.run())
    for (const who of s.partners) {
      const said = model.draft(s, who)
      const made = payouts.find((p: { partner_id: string }) => p.partner_id === who.id)
      expect(made === undefined, JSON.stringify(made)).toBe(typeof said === 'string')
      if (made) Object.assign(said, { id: made.id })
    }
  },
}
const moving = (to: 'approved' | 'paid' | 'cancelled'): Act => ({
  needs: hasPayouts,
  async act(real, s, n) {
    const payout = pick(s.payouts, n)
    const answer = await real.patch(payout, { status: to, ...(to === 'paid' && { method: 'wire' }) })
    const done = agreed(answer, model.move(s, payout, to))
    if (done && payout.payment) payout.payment.id = answer.data.payment_id
  },
})
const excluding: Act = {
  needs: hasDraft,
  async act(real, s, n) {
    const payout = pick(
      s.payouts.filter(p => p.status === 'draft'),
      n,
    )
    const lines = (await real.one(payout.id)).lines.filter((l: { kind: string }) => ['accrual', 'commission'].includes(l.kind))
    if (lines.length === 0) return
    const line = pick(lines as { earning_id: string; conversion_id: string | null }[], n)
    const what = line.conversion_id
      ? s.sales.find(x => x.id === line.conversion_id)
      : s.accruals.find(a => a.id === line.earning_id)
    const answer = await real.patch(payout, { exclude_earning_ids: [line.earning_id] })
    agreed(answer, model.exclude(s, payout, what as model.Accrual))
  },
}
const adjusting: Act = {
  needs: hasPayouts,
  async act(real, s, n, cents) {
    const payout = pick(s.payouts, n)
    const amount_cents = n % 2 === 0 ? cents : -cents
    const answer = await real.patch(payout, { adjustments: [{ amount_cents, reason: 'agreed' }] })
    agreed(answer, model.adjust(s, payout, amount_cents))
  },
}

/** Pays, and says why when it is told to differ with a reason. */
const paying = (what: 'named' | 'outstanding' | 'nothing', differs: 'not' | 'with reason' | 'without'): Act => ({
  needs: what === 'named' ? hasAccruals : hasPartners,
  async act(real, s, n, cents) {
    const named = what === 'named' ? [...new Set([n, n + cents, n + 1].map(m => pick(s.accruals, m)))] : []
    const who = named[0]?.partner ?? pick([...s.partners, null], n)
    if (what === 'outstanding' && who === null) return
    const lines = what === 'named' ? named : what === 'outstanding' ? model.outstanding(s, who as Named) : null
    const sum = (lines ?? []).reduce((total, a) => total + a.cents, 0)
    const total_amount_cents = lines === null ? cents : Math.max(0, sum + (differs === 'not' ? 0 : (cents % 2001) - 1000))
    const answer = await v1(real, 'POST', '/payout-payments', {
      ...{ project_id: real.brand_id, creator_id: who?.id ?? null, total_amount_cents },
      ...(what === 'named' && { accrual_ids: named.map(a => a.id) }),
      ...(what === 'outstanding' && { auto_apply_outstanding: true }),
      ...(differs === 'with reason' && { adjustment_reason: 'agreed' }),
    })
    const reason = differs === 'with reason'
    const said = model.payDirectly(s, who, { accruals: lines, cents: total_amount_cents, reason })
    if (agreed(answer, said)) Object.assign(said, { id: answer.data.id })
  },
})
const releasing = (to: 'voided' | 'rejected'): Act => ({
  needs: s => s.payments.length > 0,
  async act(real, s, n) {
    const payment = pick(s.payments, n)
    const answer =
      to === 'voided'
        ? await v1(real, 'PATCH', `/payout-payments/${payment.id}`, { status: to })
        : await real.send('PATCH', `/payments/${payment.id}`, { status: to, reason: 'it came back' })
    agreed(answer, model.release(payment, to))
  },
})
const onAccount: Act = {
  needs: hasPartners,
  async act(real, s, n, cents) {
    const [who, status] = [pick(s.partners, n), pick(['pending', 'paid', 'pending', 'rejected'], cents)]
    const body = { publisher_id: who.id, requested_amount_cents: cents, status }
    const { id } = await real.must(real.send('POST', '/publisher-payouts', body))
    model.payOnAccount(s, who, cents, status).id = id
  },
}
const editing = (change: (n: number, cents: number) => { cents?: number; status?: string }): Act => ({
  needs: hasCredits,
  async act(real, s, n, amount) {
    const credit = pick(s.credits, n)
    const { cents, status } = change(n, amount)
    const body = { ...(cents !== undefined && { requested_amount_cents: cents }), ...(status !== undefined && { status }) }
    const answer = await real.send('PATCH', `/publisher-payouts/${credit.payment.id}`, body)
    agreed(
      answer,
      model.editOnAccount(credit, { ...(cents !== undefined && { cents }), ...(status !== undefined && { status }) }),
    )
  },
})

const acts: Record<string, Act> = {
  ...{ partner, campaign, 'record a conversion': recording('approved'), 'record one to review': recording('waits') },
  ...{ 'approve a conversion': deciding('approve'), 'reject a conversion': deciding('reject'), 'reverse a conversion': reversal },
  ...{ structure, assign: assigning('POST'), unassign: assigning('DELETE'), 'change a rule': rule, archive },
  ...{ travel: travelling(false), night: travelling(true) },
  ...{ 'reject an accrual': takingBack('rejected'), 'void an accrual': takingBack('voided') },
  ...{ draft: drafting, 'draft all': draftingAll, 'exclude from a draft': excluding, 'adjust a draft': adjusting },
  ...{ 'approve a payout': moving('approved'), 'pay a payout': moving('paid'), 'cancel a payout': moving('cancelled') },
  ...{ 'pay named': paying('named', 'not'), 'pay named, differing': paying('named', 'with reason') },
  ...{ 'pay outstanding': paying('outstanding', 'not'), 'pay outstanding, differing': paying('outstanding', 'with reason') },
  ...{ 'pay without reason': paying('outstanding', 'without'), 'pay ad hoc': paying('nothing', 'not') },
  ...{ 'void a payment': releasing('voided'), 'reject a payment': releasing('rejected') },
  ...{ 'pay on account': onAccount, 'edit on account': editing((_n, cents) => ({ cents })) },
  'decide on account': editing(n => ({ status: pick(['rejected', 'paid', 'pending'], n) })),
}
/** What the others need comes more often. */
const OFTEN = [
  ...['record a conversion', 'assign', 'night', 'night', 'draft', 'approve a payout', 'pay a payout'],
  ...['pay named', 'pay on account', 'reject an accrual', 'exclude from a draft'],
]

// ── agreeing ────────────────────────────────────────────────────────────────────────────────────────────────────────
// biome-ignore lint/suspicious/noExplicitAny: rows are compared, not typed
async function all(real: Real, path: string): Promise<any[]> {
  const rows = []
  for (let cursor = ''; ; ) {
    const { data, meta, text } = await real.w.request('GET', `${path}limit=100${cursor && `&cursor=${cursor}`}`)
    expect(data, text).toBeInstanceOf(Array)
    rows.push(...data)
    if (meta.next_cursor === null) return rows
    cursor = encodeURIComponent(meta.next_cursor)
  }
}

const NONE = {
  unpaid_cents: 0,
  in_payouts_cents: 0,
  credit_cents: 0,
  balance_cents: 0,
  owed_cents: 0,
  pending_cents: 0,
  paid_cents: 0,
}
const sorted = <T>(rows: T[][]) => rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

async function agree(real: Real, s: State): Promise<void> {
  const [balances, accruals, payments] = await Promise.all([
    all(real, real.path('/payouts/balances?')),
    all(real, `/api/v1/payout-accruals?project_id=${real.brand_id}&`),
    all(real, `/api/v1/payout-payments?project_id=${real.brand_id}&`),
  ])
  for (const who of s.partners) {
    expect(balances.find(b => b.partner_id === who.id) ?? NONE).toMatchObject(model.balance(s, who))
  }
  const known = new Map(s.accruals.map(a => [a.key, a]))
  for (const row of accruals) {
    const mine = known.get(`${row.structure_id} ${row.creator_id} ${row.period_start_at}`)
    if (mine) mine.id = row.id
  }
  // what was taken back stays on its tab, whoever settles that
  const standing = (status: string, payout?: string | null, payment?: string | null) =>
    status === 'earned' || status === 'paid' ? [status, payout ?? null, payment ?? null] : [status]
  expect(sorted(accruals.map(a => [a.id, a.amount_cents, ...standing(a.status, a.payout_id, a.payment_id)]))).toEqual(
    sorted(s.accruals.map(a => [a.id, a.amount_cents, ...standing(model.statusOf(a), a.payout?.id, a.payment?.id)])),
  )
  const counted = s.payments.filter(p => p.status !== 'pending')
  expect(sorted(payments.map(p => [p.id, p.origin, p.status, p.total_amount_cents, p.creator_id]))).toEqual(
    sorted(counted.map(p => [p.id, p.origin, p.status, p.cents, p.partner?.id ?? null])),
  )
}

/** What follows from the same tabs is looked at less often. */
async function agreeInLists(real: Real, s: State): Promise<void> {
  const [payouts, conversions] = await Promise.all([all(real, real.path('/payouts?')), all(real, real.path('/conversions?'))])
  expect(sorted(conversions.map(c => [c.id, c.status]))).toEqual(
    sorted(s.sales.map(sale => [sale.id, model.statusOfSale(s, sale)])),
  )
  const standing_payouts = (p: { id: string; status: string }, cents: number) => [
    p.id,
    p.status,
    p.status === 'cancelled' ? 0 : cents,
  ]
  expect(sorted(payouts.map(p => standing_payouts(p, p.amount_cents)))).toEqual(
    sorted(s.payouts.map(p => standing_payouts(p, model.totalOf(s, p)))),
  )
}

// ── running ─────────────────────────────────────────────────────────────────────────────────────────────────────────
/** A program of its own with a partner on a structure and a campaign, and the clock of the beginning. */
async function begin(): Promise<{ model: State; real: Real }> {
  await w.travelTo(START)
  const { id } = (await w.api.organizations.createProgram({ body: { name: 'Shop' } })).data
  const real: Real = { ...shopIn(w, id), campaigns: [], names: 0 }
  const s: State = { ...model.fresh(Date.parse(START)), structures: [] }
  await partner.act(real, s, 0, 0)
  await campaign.act(real, s, 0, 0)
  await structure.act(real, s, 1, 10_00)
  await assigning('POST').act(real, s, 0, 0)
  return { model: s, real }
}

/** Its structures earn nothing in the nights of those that follow. */
async function finish(real: Real, s: State): Promise<void> {
  for (const at of s.structures) await real.must(v1(real, 'DELETE', `/payout-structures/${at.id}`))
}

async function perform(name: string, real: Real, s: State, n: number, cents: number): Promise<void> {
  seen.add(name)
  s.now++ // the product's clock runs, too
  await (acts[name] as Act).act(real, s, n, cents)
}

const names = [...Object.keys(acts), ...OFTEN]
const step = fc.record({ n: fc.nat(1000), cents: fc.integer({ min: 1, max: 99_999 }) })
const commands = names.map(name =>
  step.map(({ n, cents }) => ({
    check: (s: Readonly<State>) => acts[name]?.needs?.(s as State) ?? true,
    run: async (s: State, real: Real) => {
      await perform(name, real, s, n, cents)
      await agree(real, s)
      if (n % 5 === 0) await agreeInLists(real, s)
    },
    toString: () => `${name} (${n}, ${cents})`,
  })),
)

test(
  'balances, accruals, payouts and payments are those of a model after each command of random sequences',
  async () => {
    const sequences = fc.commands(commands, { maxCommands: 3 * COMMANDS, size: 'max' })
    const one = fc.asyncProperty(sequences, async sequence => {
      const place = await begin()
      await fc.asyncModelRun(() => place, sequence)
      await agreeInLists(place.real, place.model)
      await finish(place.real, place.model)
    })
    await fc.assert(one, { seed: SEED, numRuns: SEQUENCES, interruptAfterTimeLimit: LIMIT, markInterruptAsFailure: true })
    figures(
      `${SEQUENCES} sequences of ${thousands(seen.total())} commands of ${names.length - OFTEN.length} kinds on ${testDatabaseKind()} equal the model after each: ${seen.words()}`,
    )
  },
  LIMIT + 60_000,
)

/** Every invariant that SQL can say, over the organization. */
async function violated(): Promise<string[]> {
  return w.asApp(async tx => {
    const broken = []
    for (const name of Object.keys(invariants)) {
      if ((await runInvariant(tx as never, w.org_id, name)).violations > 0) broken.push(name)
    }
    return broken
  })
}

test(
  'every invariant holds after each operation of a long life [ON-09]',
  async () => {
    await w.close()
    w = await world({ today: START })
    const { model: s, real } = await begin()
    const drawn = fc.sample(fc.tuple(fc.constantFrom(...names), step), { seed: SEED, numRuns: OPERATIONS * 3 })
    const able = drawn.values()
    for (let done = 0; done < OPERATIONS; ) {
      const [name, { n, cents }] = able.next().value as (typeof drawn)[number]
      if (!(acts[name]?.needs?.(s) ?? true)) continue
      await perform(name, real, s, n, cents)
      expect(await violated(), `${name} (${n}, ${cents}), the ${++done}th`).toEqual([])
      if (name === 'night' || done % 10 === 0) await agree(real, s)
      if (done % 50 === 0) await agreeInLists(real, s)
    }
  },
  LIMIT,
)
