/**
 * Turns balances into drafts: one payout a partner and currency, claiming the tabs that are payable.
 *
 * What the partner was paid on account is netted: its credit is claimed too, never more than what was earned.
 * A run goes through the partners in chunks, each a transaction of its own; stopped in the middle, whole chunks stand and
 * running again finishes. Two runs at once never draft a tab twice. Source: spec A9, A13, model.md 2.
 */
import type { In, Out } from '../../api/endpoint.ts'
import type { payouts } from '../../api/payouts.ts'
import { type Day, dayOf, type Instant } from '../../core/calendar.ts'
import { groupBy } from '../../core/collect.ts'
import { creditToNet, type SkipReason, skipReason } from '../../core/payout.ts'
import { refuse } from '../../core/refusal.ts'
import { type App, work } from '../app.ts'
import { type Caller, type Ctx, reply } from '../context.ts'
import * as tabs from '../earnings/tabs.sql.ts'
import { inLanes } from '../lanes.ts'
import { carve } from '../payments/credit.ts'
import { lockCredited } from '../payments/on-account.sql.ts'
import * as sql from './draft.sql.ts'
import { byIds } from './payouts.sql.ts'
import { present } from './payouts.ts'
import { planOf } from './plan.ts'

const CHUNK = 10_000
const LISTED = 100

type Body = In<typeof payouts.create>['body']
export type Order = {
  partner_ids: string[] | null
  /** Whom a run leaves out because somebody said so. */
  except_partner_ids: string[]
  currency: string | null
  cut_off: Day | null
  notes: string | null
  force: boolean
}
type Skipped = { partner_id: string; currency: string | null; reason: SkipReason }

/** What a run, or a chunk of it, made. */
export type Tally = {
  created: number
  totals: Record<string, number>
  payout_ids: string[]
  /** Which named partners were drafted or skipped: the others have no balance. */
  answered: Set<string>
  skipped_count: number
  skipped: Skipped[]
}
/** What whole chunks made before the last one, and where that one begins. */
export type Ahead = { tally: Tally; after: sql.Place | null }
const emptyTally = (): Tally => ({ created: 0, totals: {}, payout_ids: [], answered: new Set(), skipped_count: 0, skipped: [] })
const NOTHING_AHEAD: Ahead = { tally: emptyTally(), after: null }

export const orderOf = (body: Body): Order => ({
  partner_ids: body.partner_id ? [body.partner_id] : body.partner_ids ? [...new Set(body.partner_ids)] : null,
  except_partner_ids: body.except_partner_ids ?? [],
  currency: body.currency ?? null,
  cut_off: body.period_end ?? null,
  notes: body.notes ?? null,
  force: body.force ?? false,
})

/** Drafts all chunks but the last, each committed on its own. */
export async function runAhead(app: App, caller: Caller, program_id: string, order: Order, now?: Instant): Promise<Ahead> {
  const inChunk = <T>(act: (ctx: Ctx) => Promise<T>) => work(app, caller, { program_id, ...(now !== undefined && { now }) }, act)
  const ends = await inChunk(ctx => sql.chunkEnds(ctx, scopeOf(order), CHUNK))
  const stretches = ends.map((until, n) => ({ after: ends[n - 1] ?? null, until }))
  const tallies = await inLanes(stretches, stretch => inChunk(ctx => draftStretch(ctx, order, stretch)))
  return { tally: tallies.reduce(sumOf, emptyTally()), after: ends.at(-1) ?? null }
}

function sumOf(a: Tally, b: Tally): Tally {
  const totals = { ...a.totals }
  for (const [currency, cents] of Object.entries(b.totals)) totals[currency] = (totals[currency] ?? 0) + cents
  return {
    created: a.created + b.created,
    totals,
    payout_ids: [...a.payout_ids, ...b.payout_ids].slice(0, LISTED),
    answered: new Set([...a.answered, ...b.answered]),
    skipped_count: a.skipped_count + b.skipped_count,
    skipped: [...a.skipped, ...b.skipped].slice(0, LISTED),
  }
}

export const prepare = (app: App, caller: Caller, { params, body }: In<typeof payouts.create>): Promise<Ahead> => {
  const order = orderOf(body)
  return order.partner_ids === null && !body.dry_run
    ? runAhead(app, caller, params.brand_id, order)
    : Promise.resolve(NOTHING_AHEAD)
}

/** Drafts what was asked. With one `partner_id`, refuses `no_unpaid_balance` or `below_minimum_threshold`. */
export async function create(ctx: Ctx, { body }: In<typeof payouts.create>, ahead: Ahead) {
  const order = orderOf(body)
  const named = [...(order.partner_ids ?? []), ...order.except_partner_ids]
  if (named.length > 0) await checkKnown(ctx, named)
  if (body.dry_run) return reply(await rehearse(ctx, body, order), { status: 200 })
  const tally = await draftRest(ctx, order, ahead)
  if (order.partner_ids) skipWithout(order.partner_ids, tally)
  if (body.partner_id !== undefined && tally.created === 0) refuseSkipped(ctx, tally.skipped)
  return reply(await answerOf(ctx, tally), { status: tally.created > 0 ? 201 : 200 })
}

/** What the run would do, and that it did nothing. */
async function rehearse(ctx: Ctx, body: Body, order: Order): Promise<Out<typeof payouts.create>> {
  const plan = await planOf(ctx, scopeOf(order), { force: order.force, is_named: order.partner_ids !== null })
  if (body.partner_id !== undefined && plan.rows.length === 0) refuseSkipped(ctx, plan.skipped)
  const skipped_count = plan.skipped_totals.reduce((sum, each) => sum + (each.reason === 'on_hold' ? 0 : each.count), 0)
  const skipped = plan.skipped.map(({ partner_id, currency, reason }) => ({ partner_id, currency, reason }))
  return { created: 0, totals: [], payouts: [], skipped_count, skipped, plan }
}

async function answerOf(ctx: Ctx, tally: Tally): Promise<Out<typeof payouts.create>> {
  return {
    created: tally.created,
    totals: Object.entries(tally.totals).map(([currency, amount_cents]) => ({ currency, amount_cents })),
    payouts: (await byIds(ctx, tally.payout_ids)).map(present),
    skipped_count: tally.skipped_count,
    skipped: tally.skipped,
    plan: null,
  }
}

async function checkKnown(ctx: Ctx, partner_ids: string[]): Promise<void> {
  const known = await sql.knownPartners(ctx, partner_ids)
  const unknown = partner_ids.find(id => !known.has(id))
  if (unknown !== undefined) refuse('not_found', `There is no partner ${unknown} in this brand.`)
}

function refuseSkipped(ctx: Ctx, skipped: Pick<Skipped, 'reason'>[]): never {
  if (skipped.some(s => s.reason === 'below_threshold')) {
    refuse('below_minimum_threshold', 'The balance is below the minimum threshold; send force: true to pay it all the same.', {
      minimum_threshold_cents: ctx.program.minimum_threshold_cents,
    })
  }
  refuse('no_unpaid_balance', 'This partner has nothing unpaid that is not in a payout already.')
}

/** Named partners without any balance are skipped with that reason. */
function skipWithout(partner_ids: string[], tally: Tally): void {
  for (const partner_id of partner_ids) {
    if (!tally.answered.has(partner_id)) skip(tally, { partner_id, currency: null, reason: 'no_balance' })
  }
}

function skip(tally: Tally, skipped: Skipped): void {
  tally.skipped_count++
  if (tally.skipped.length < LISTED) tally.skipped.push(skipped)
}

/** Without a cut-off nothing is cut off: what is earned is payable, whatever day it was earned on. */
const NO_CUT_OFF: Day = '9999-12-31'

const scopeOf = ({ partner_ids, except_partner_ids, currency, cut_off }: Order): sql.Scope => ({
  partner_ids,
  except_partner_ids,
  currency,
  cut_off: cut_off ?? NO_CUT_OFF,
})

/** Drafts what the chunks before have left; returns the whole run's tally. */
export const draftRest = async (ctx: Ctx, order: Order, { tally, after }: Ahead): Promise<Tally> =>
  sumOf(tally, await draftStretch(ctx, order, { after, until: null }))

/** One chunk: who has something payable, who of them is drafted, and the drafts. */
async function draftStretch(ctx: Ctx, order: Order, stretch: sql.Stretch): Promise<Tally> {
  const tally = emptyTally()
  const chosen: Chosen[] = []
  // Only a named partner's credit is ever divided, which changes its payments: they are locked before the tabs.
  if (order.force && order.partner_ids) await lockCredited(ctx, order.partner_ids)
  for (const mine of groupBy(await lockWithin(ctx, scopeOf(order), stretch), keyOf).values()) {
    const due = dueOf(mine)
    if (due.lines.length === 0) continue
    const { partner_id, currency } = due.lines[0] as sql.Payable
    const reason = reasonToSkip(ctx, order, due)
    if (order.partner_ids) tally.answered.add(partner_id)
    if (reason === null) chosen.push({ tabs: [...due.lines, ...(await creditOf(ctx, due))], id: ctx.newId() })
    else skip(tally, { partner_id, currency, reason })
  }
  if (chosen.length > 0) await draftAll(ctx, order, chosen, tally)
  return tally
}

const keyOf = (tab: sql.Payable): string => `${tab.partner_id} ${tab.currency}`
const sumOfTabs = (mine: sql.Payable[]): number => mine.reduce((sum, tab) => sum + tab.amount_cents, 0)

/** What a partner earned in one currency, and the credit against it. */
type Due = { lines: sql.Payable[]; credits: sql.Payable[]; lines_cents: number; credit_cents: number }

function dueOf(mine: sql.Payable[]): Due {
  const lines = mine.filter(tab => tab.stream !== 'credit')
  const credits = mine.filter(tab => tab.stream === 'credit')
  return { lines, credits, lines_cents: sumOfTabs(lines), credit_cents: -sumOfTabs(credits) }
}

function reasonToSkip(ctx: Ctx, order: Order, { lines, lines_cents, credit_cents }: Due): SkipReason | null {
  const { currency, partner_status } = lines[0] as sql.Payable
  const threshold_cents = currency === ctx.program.currency ? ctx.program.minimum_threshold_cents : 0
  return skipReason(
    { lines_cents, credit_cents, threshold_cents, partner_status },
    { force: order.force, is_named: order.partner_ids !== null },
  )
}

/** The tabs of the credit that is netted: all of them, or a fresh one with as much as was earned. */
async function creditOf(ctx: Ctx, due: Due): Promise<sql.Payable[]> {
  const netted = creditToNet(due)
  if (netted === 0) return []
  if (netted === due.credit_cents) return due.credits
  const fresh = await carve(
    ctx,
    due.lines[0] as sql.Payable,
    due.credits.map(tab => tab.id),
    netted,
  )
  return sql.payableByIds(ctx, fresh)
}

/** Locks the payable tabs; one that spans the cut-off is split there first, its later days on a fresh tab, closed too. */
async function lockWithin(ctx: Ctx, scope: sql.Scope, stretch: sql.Stretch): Promise<sql.Payable[]> {
  const locked = await sql.lockPayable(ctx, scope, stretch)
  const spanning = locked.filter(tab => tab.stream !== 'credit' && tab.last_on > scope.cut_off).map(tab => tab.id)
  if (spanning.length === 0) return locked
  const later = await sql.closeAt(ctx, spanning, scope.cut_off)
  await tabs.moveToFresh(ctx, await tabs.withReversals(ctx, later))
  return sql.payableByIds(
    ctx,
    locked.map(tab => tab.id),
  )
}

type Chosen = { tabs: sql.Payable[]; id: string }

/** The tabs are claimed first: the counter, which every other run waits for, is held only for the insert. */
async function draftAll(ctx: Ctx, order: Order, chosen: Chosen[], tally: Tally): Promise<void> {
  const claims = chosen.flatMap(c => c.tabs.map(tab => ({ id: tab.id, payout_id: c.id })))
  const [, first_number] = await Promise.all([sql.claim(ctx, claims), sql.takeNumbers(ctx, chosen.length)])
  const today = dayOf(ctx.now, ctx.time_zone)
  const rows = chosen.map((c, n) => payoutOf(c, { number: first_number + n, cut_off: order.cut_off, today }))
  await sql.insert(ctx, rows, order.notes)
  const { totals } = tally
  for (const row of rows) {
    totals[row.currency] = (totals[row.currency] ?? 0) + row.amount_cents
    if (tally.payout_ids.length < LISTED) tally.payout_ids.push(row.id)
  }
  tally.created += rows.length
  ctx.tell('payouts.drafted', rows.length === 1 ? (rows[0] as sql.NewPayout).id : null, {
    program_id: ctx.program.id,
    after: {
      ...{ count: rows.length, totals, first_number, last_number: first_number + rows.length - 1 },
      cut_off: order.cut_off ?? today,
    },
  })
}

type Making = { number: number; cut_off: Day | null; today: Day }

/** Its period ends with the cut-off; without one with the day it is made, or the last day of what it pays. */
function payoutOf({ tabs: mine, id }: Chosen, { number, cut_off, today }: Making): sql.NewPayout {
  const { partner_id, currency } = mine[0] as sql.Payable
  const { lines, credits } = dueOf(mine)
  const count = (stream: string) => lines.filter(tab => tab.stream === stream).reduce((sum, tab) => sum + tab.item_count, 0)
  return {
    ...{ id, number, partner_id, currency },
    amount_cents: sumOfTabs(mine),
    credit_cents: 0 - sumOfTabs(credits),
    revenue_cents: lines.reduce((sum, tab) => sum + tab.revenue_cents, 0),
    conversion_count: count('conversions'),
    accrual_count: count('structures'),
    period_start: lines.map(tab => tab.first_on).sort()[0] as Day,
    period_end: cut_off ?? ([today, ...lines.map(tab => tab.last_on)].sort().at(-1) as Day),
  }
}
