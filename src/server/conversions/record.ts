/**
 * Records conversions: reads, finds, prices and enters them in one transaction, whatever their number.
 *
 * An external id is recorded once in its campaign: the same content again is a `duplicate`, another content a
 * `conflict`, and neither changes anything. The commission is fixed here and never rewritten. Source: spec A3, A4, G2.
 */
import type { conversions } from '../../api/conversions.ts'
import type { In } from '../../api/endpoint.ts'
import { dayOf, holdEnd, type Instant, ms } from '../../core/calendar.ts'
import { decisionOf, type PostedStatus } from '../../core/conversion.ts'
import { normalGeo, normalOs } from '../../core/custom-payout.ts'
import { compile, type Priceable, type Priced, type Pricer, price, type WaivedReason } from '../../core/price.ts'
import { refuse } from '../../core/refusal.ts'
import type { App } from '../app.ts'
import type { CampaignRow } from '../campaigns/campaigns.sql.ts'
import { type Caller, type Ctx, type Reply, reply } from '../context.ts'
import { NO_HOLD } from '../earnings/tabs.sql.ts'
import type { Shared } from '../handler.ts'
import { isRestricted } from '../partners/partners.sql.ts'
import { announce } from '../partners/postbacks.ts'
import { Faulty, type Found, findAll, type Item, readItem } from './items.ts'
import * as sql from './record.sql.ts'
import { share } from './share.ts'
import { type Count, countedBy } from './volumes.ts'

export type Result = {
  external_id: string | null
  status: 'created' | 'duplicate' | 'conflict' | 'rejected'
  conversion_id: string | null
  earning: { amount_cents: number; currency: string; because: string } | null
  errors?: { path: string; message: string }[]
}
type Counts = { created: number; duplicate: number; conflict: number; rejected: number }
type Recorded = { results: Result[]; counts: Counts }

export async function record(ctx: Ctx, { body }: In<typeof conversions.record>): Promise<Reply<Recorded>> {
  const many = (body as { conversions?: unknown[] }).conversions
  const results = await recordItems(ctx, many ?? [body])
  return many === undefined ? answerOne(results[0] as Result) : answer(results)
}

function answer(results: Result[]): Reply<Recorded> {
  const counts = { created: 0, duplicate: 0, conflict: 0, rejected: 0 }
  for (const { status } of results) counts[status]++
  return reply({ results, counts }, { status: counts.created > 0 ? 201 : 200 })
}

/** A bad conversion sent alone is refused as a whole: `invalid_body`. */
function answerOne(result: Result): Reply<Recorded> {
  if (result.status === 'rejected') {
    const [first] = result.errors ?? []
    refuse('invalid_body', `The conversion was not recorded: ${first?.path ? `${first.path} ` : ''}${first?.message}.`, {
      errors: result.errors,
    })
  }
  return answer([result])
}

/** Singles that arrive together share a transaction, and each is answered when it is committed. */
export const shared: Shared = {
  takes: body => (body as { conversions?: unknown }).conversions === undefined,
  run: async (app: App, caller: Caller, input: In<typeof conversions.record>) =>
    answerOne(await share(app, caller, input.params.brand_id, input.body, recordItems)),
}

/** Records items; the result of each stands at its own place. */
export const recordItems = (ctx: Ctx, raw: unknown[]): Promise<Result[]> => recordRead(ctx, raw.map(readItem), null)

/** As `recordItems`, for items that were read already. */
export async function recordRead(ctx: Ctx, items: (Item | Faulty)[], import_id: string | null): Promise<Result[]> {
  const found = await findAll(ctx, items)
  const wanted = found.map(f => (f instanceof Faulty ? f : { ...f, row: rowOf(ctx, f) }))
  const first = await firstOfEach(ctx, wanted.filter(isWanted))
  const counts = await countedBy(ctx, first)
  const entered = enter(ctx, first, counts)
  const { fresh, queued } =
    entered.rows.length === 0 ? { fresh: new Set<string>(), queued: 0 } : await sql.insert(ctx, entered, import_id)
  await sql.addVolumes(ctx, counts.changes(fresh))
  const existing = await readExisting(
    ctx,
    wanted.filter(isWanted).filter(w => !fresh.has(w.row.id)),
  )
  const results = wanted.map(w => resultOf(w, fresh, entered.priced, existing))
  if (fresh.size > 0) tellRecorded(ctx, results)
  announce(ctx, queued)
  return results
}

export type Wanted = Found & { row: sql.Row }
const isWanted = (w: Wanted | Faulty): w is Wanted => !(w instanceof Faulty)

function rowOf(ctx: Ctx, { item, campaign, partner, click }: Found): sql.Row {
  const posted_status: PostedStatus = item.status ?? 'approved'
  const decision = decisionOf(posted_status)
  return {
    id: ctx.newId(),
    campaign_id: campaign.id,
    partner_id: partner.id,
    external_id: item.external_id,
    event_id: item.event_id ?? null,
    click_id: click?.id ?? null,
    type: item.type ?? 'sale',
    revenue_cents: item.revenue_cents ?? campaign.default_revenue_cents,
    currency: item.currency ?? campaign.terms.currency,
    occurred_at: item.occurred_at ?? ctx.now,
    country: normalGeo(item.country ?? click?.country),
    os: normalOs(item.os ?? click?.os),
    subs: item.subs ?? click?.subs ?? null,
    conversion_subs: item.conversion_subs ?? null,
    coupon_code: item.coupon_code?.toUpperCase() ?? null,
    payout_cents: item.payout_cents ?? null,
    posted_status,
    decision,
    reason: decision === 'rejected' ? 'declined by the source' : null,
    pending: null,
  }
}

const externalKey = (row: Pick<sql.Stored, 'campaign_id' | 'external_id'>) => `${row.campaign_id} ${row.external_id}`
const eventKey = (row: Pick<sql.Stored, 'campaign_id' | 'event_id'>) => `${row.campaign_id} ${row.event_id}`

/** In one batch the first of an external id and of an event id is recorded, and the others are compared with it. */
async function firstOfEach(ctx: Ctx, wanted: Wanted[]): Promise<Wanted[]> {
  const first = firstBy(wanted, w => externalKey(w.row))
  const events = first.filter(w => w.row.event_id !== null)
  if (new Set(events.map(w => eventKey(w.row))).size === events.length) return first
  const rows = events.map(w => w.row)
  const known = new Set((await sql.stored(ctx, rows)).map(externalKey)) // these will not be recorded: their event id is free
  return firstBy(first, w => (w.row.event_id === null || known.has(externalKey(w.row)) ? w : eventKey(w.row)))
}

function firstBy<T>(all: T[], keyOf: (one: T) => unknown): T[] {
  const seen = new Set<unknown>()
  return all.filter(one => seen.size < seen.add(keyOf(one)).size)
}

const pricers = new Map<string, Pricer>()

/** Terms made ready, remembered by version: a version never changes. */
export function pricerOf(campaign: Pick<CampaignRow, 'id' | 'version' | 'terms'>): Pricer {
  const key = `${campaign.id} ${campaign.version}`
  let pricer = pricers.get(key)
  if (!pricer) {
    if (pricers.size > 2000) pricers.clear()
    pricer = compile({ ...campaign.terms, campaign_id: campaign.id, version: campaign.version })
    pricers.set(key, pricer)
  }
  return pricer
}

type Entered = { rows: sql.Row[]; earnings: sql.EarningInput[]; tabs: sql.TabInput[]; priced: Map<string, Priced> }

function enter(ctx: Ctx, wanted: Wanted[], counts: Count): Entered {
  const tabs = new Map<string, sql.TabInput>()
  const entered: Entered = { rows: [], earnings: [], tabs: [], priced: new Map() }
  for (const w of wanted) {
    const earning = price(pricerOf(w.campaign), priceableOf(w, counts))
    entered.priced.set(w.row.id, earning)
    w.row.reason ??= earning.inputs.level === 'waived' ? (earning.inputs.reason ?? null) : null
    if (w.row.decision === 'pending_review') w.row.pending = earning
    if (w.row.decision === 'approved') entered.earnings.push(earningOf(ctx, w, earning, tabs))
    entered.rows.push(w.row)
  }
  entered.rows.sort(byUniqueKey)
  entered.tabs = [...tabs.values()]
  return entered
}

/** Field by field: copying the whole row by a spread took longer than pricing it. */
function priceableOf(w: Wanted, counts: Count): Priceable {
  const { partner_id, type, country, os, subs, conversion_subs, revenue_cents, currency, payout_cents } = w.row
  const { nth, cap } = counts.of(w)
  const waived = waiver(w, counts)
  return { partner_id, type, country, os, subs, conversion_subs, revenue_cents, currency, payout_cents, nth, cap, waived }
}

/** Sorted, so that batches that meet never deadlock. */
function byUniqueKey(a: sql.Row, b: sql.Row): number {
  if (a.campaign_id !== b.campaign_id) return a.campaign_id < b.campaign_id ? -1 : 1
  return a.external_id < b.external_id ? -1 : 1
}

function waiver({ partner, row }: Wanted, counts: Count): WaivedReason | null {
  if (isRestricted(partner.status)) return 'publisher_paused'
  return counts.isOverCap(row.id) ? 'over_cap' : null
}

function earningOf(ctx: Ctx, { row, campaign }: Wanted, earning: Priced, tabs: Map<string, sql.TabInput>): sql.EarningInput {
  return {
    earning_id: ctx.newId(),
    id: row.id,
    tab: tabFor(ctx, row.partner_id, earning.currency, heldUntil(ctx, campaign, row.occurred_at), tabs),
    amount_cents: earning.amount_cents,
    revenue_cents: earning.currency === row.currency ? row.revenue_cents : 0,
    earned_on: dayOf(row.occurred_at, ctx.time_zone),
    because: earning.because,
    inputs: earning.inputs,
  }
}

/** The hold of the campaign, else of the program, from when the conversion occurred; over already is no hold. */
export function heldUntil(ctx: Ctx, campaign: Pick<CampaignRow, 'hold_hours'>, occurred_at: Instant): Instant {
  const hours = campaign.hold_hours ?? ctx.program.hold_days * 24
  if (hours === 0) return NO_HOLD
  const end = holdEnd(occurred_at, hours)
  return ms(end) > ms(ctx.now) ? end : NO_HOLD
}

function tabFor(ctx: Ctx, partner_id: string, currency: string, held_until: Instant, tabs: Map<string, sql.TabInput>): number {
  const key = `${partner_id} ${currency} ${held_until}`
  let tab = tabs.get(key)
  if (!tab) {
    tab = { tab: tabs.size, id: ctx.newId(), partner_id, currency, held_until }
    tabs.set(key, tab)
  }
  return tab.tab
}

type Existing = { byExternalId: Map<string, sql.Stored>; byEventId: Map<string, sql.Stored> }

async function readExisting(ctx: Ctx, wanted: Wanted[]): Promise<Existing> {
  const rows =
    wanted.length === 0
      ? []
      : await sql.stored(
          ctx,
          wanted.map(w => w.row),
        )
  return {
    byExternalId: new Map(rows.map(r => [externalKey(r), r])),
    byEventId: new Map(rows.filter(r => r.event_id !== null).map(r => [eventKey(r), r])),
  }
}

function resultOf(w: Wanted | Faulty, fresh: Set<string>, priced: Map<string, Priced>, existing: Existing): Result {
  if (w instanceof Faulty) {
    return { external_id: w.external_id, status: 'rejected', conversion_id: null, earning: null, errors: w.faults }
  }
  const { row } = w
  if (fresh.has(row.id)) {
    const earned = row.decision === 'rejected' ? undefined : priced.get(row.id)
    const earning = earned ? { amount_cents: earned.amount_cents, currency: earned.currency, because: earned.because } : null
    return { external_id: row.external_id, status: 'created', conversion_id: row.id, earning }
  }
  const same = existing.byExternalId.get(externalKey(row))
  const seen = same ?? existing.byEventId.get(eventKey(row))
  if (!seen) throw Object.assign(new Error(`conversion ${row.external_id} was neither stored nor there`), { code: '40001' }) // lost a race: again
  const status = same && !isSame(w, same) ? 'conflict' : 'duplicate'
  return { external_id: row.external_id, status, conversion_id: seen.id, earning: null }
}

const compared = [
  'partner_id',
  'click_id',
  'event_id',
  'type',
  'revenue_cents',
  'currency',
  'country',
  'os',
  'coupon_code',
  'payout_cents',
  'posted_status',
] as const

/** Whether an item says what is stored; an instant that was not sent says nothing. */
function isSame({ item, row }: Wanted, stored: sql.Stored): boolean {
  if (compared.some(field => row[field] !== stored[field])) return false
  if (item.occurred_at !== undefined && ms(item.occurred_at) !== ms(stored.occurred_at)) return false
  return sameSubs(row.subs, stored.subs) && sameSubs(row.conversion_subs, stored.conversion_subs)
}

function sameSubs(left: Record<string, string> | null, right: Record<string, string> | null): boolean {
  const entries = (subs: Record<string, string> | null) => JSON.stringify(Object.entries(subs ?? {}).sort())
  return entries(left) === entries(right)
}

function tellRecorded(ctx: Ctx, results: Result[]): void {
  const created = results.filter(r => r.status === 'created')
  const earned: Record<string, number> = {}
  for (const { earning } of created)
    if (earning) earned[earning.currency] = (earned[earning.currency] ?? 0) + earning.amount_cents
  const ids = created.map(r => r.conversion_id as string).sort()
  ctx.tell('conversions.recorded', ids.length === 1 ? (ids[0] as string) : null, {
    program_id: ctx.program.id,
    after: { count: ids.length, earned_cents: earned, first_id: ids[0], last_id: ids.at(-1) },
  })
}
