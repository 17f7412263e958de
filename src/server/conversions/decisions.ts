/**
 * Decides about conversions: approves what waits for review or is on hold, rejects what is not paid.
 *
 * One that sits in a draft leaves the draft first; in an approved or paid payout it is refused. Each id is answered on its
 * own, and one that cannot be decided stops no other. Source: spec A3.1, A7.
 */
import type { conversions } from '../../api/conversions.ts'
import type { In } from '../../api/endpoint.ts'
import { dayOf, type Instant } from '../../core/calendar.ts'
import { decide, statusOf } from '../../core/conversion.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import * as campaigns from '../campaigns/campaigns.sql.ts'
import type { Ctx } from '../context.ts'
import * as tabs from '../earnings/tabs.sql.ts'
import { announceApproved } from '../partners/postbacks.ts'
import * as payouts from '../payouts/payouts.sql.ts'
import { heldUntil } from './record.ts'
import * as sql from './standings.sql.ts'
import { lockCountersOf, uncount } from './volumes.ts'

type Verdict = 'approved' | 'rejected'
type Decided = { id: string; status: ReturnType<typeof statusOf> | null; error?: { code: string; message: string } }

export const approve = (ctx: Ctx, { body }: In<typeof conversions.approve>) => decideAll(ctx, body.ids, 'approved', body.reason)
export const reject = (ctx: Ctx, { body }: In<typeof conversions.reject>) => decideAll(ctx, body.ids, 'rejected', body.reason)

async function decideAll(ctx: Ctx, ids: string[], verdict: Verdict, reason: string | undefined) {
  const unique = [...new Set(ids)]
  if (verdict === 'rejected') await lockCountersOf(ctx, unique, c => c.decision !== 'rejected')
  const standings = await sql.lock(ctx, unique, opens[verdict](ctx))
  const rooms: Rooms = new Map()
  const results = unique.map(id => verdictOn(ctx, id, standings.get(id), verdict, rooms))
  const changed = results.filter(r => r.status !== null).map(r => standings.get(r.id) as sql.Standing)
  await sql.decide(
    ctx,
    changed.map(s => ({ id: s.id, decision: verdict, reason: reason ?? null })),
  )
  if (verdict === 'approved') {
    await pay(ctx, changed)
    await announceApproved(
      ctx,
      changed.map(s => s.id),
    )
  } else await takeBack(ctx, changed, reason ?? null)
  for (const s of changed) {
    ctx.tell(`conversion.${verdict}`, s.id, {
      program_id: ctx.program.id,
      before: { decision: s.decision, held_until: s.held_until },
      after: { decision: verdict, reason },
    })
  }
  const counts = { changed: changed.length, failed: results.length - changed.length }
  return { results: verdict === 'approved' ? await withHolds(ctx, results, changed) : results, counts }
}

/** What waited for review may be on hold now, and says so. */
async function withHolds(ctx: Ctx, results: Decided[], approved: sql.Standing[]): Promise<Decided[]> {
  const waited = approved.filter(s => s.pending !== null).map(s => s.id)
  if (waited.length === 0) return results
  const now = await sql.read(ctx, waited)
  return results.map(r => (now.has(r.id) ? { ...r, status: statusNow(ctx, now.get(r.id) as sql.Standing) } : r))
}

/** The open tabs that a verdict enters: for what waited, for what was on hold, for what leaves its draft. */
const opens: Record<Verdict, (ctx: Ctx) => (standings: sql.Standing[]) => Promise<tabs.Lock[]>> = {
  approved: ctx => async standings => {
    const held = standings
      .filter(s => s.earning_id !== null && statusNow(ctx, s) === 'hold')
      .map(s => sql.openTab(s, tabs.NO_HOLD))
    const waiting = (
      await pendingEntries(
        ctx,
        standings.filter(s => s.pending !== null),
      )
    ).map(e => ({ ...e, on: e.earned_on }))
    return [...held, ...waiting]
  },
  rejected: () => async standings =>
    standings.filter(s => s.payout_status === 'draft').map(s => sql.openTab(s, s.held_until as Instant)),
}

const statusNow = (ctx: Ctx, s: sql.Standing) =>
  statusOf({ decision: s.decision, held_until: heldOf(s), paid: s.payment_id !== null }, ctx.now)
const heldOf = (s: sql.Standing) => (s.held_until === null || s.held_until === tabs.NO_HOLD ? null : s.held_until)

function verdictOn(ctx: Ctx, id: string, standing: sql.Standing | undefined, verdict: Verdict, rooms: Rooms): Decided {
  try {
    if (!standing) refuse('not_found', 'There is no such conversion in this brand.')
    decide({ status: statusNow(ctx, standing), in_approved_payout: standing.payout_status === 'approved' }, verdict)
    if (verdict === 'rejected' && standing.payout_id !== null) takeRoom(rooms, standing.payout_id, standing)
    return { id, status: verdict }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { id, status: null, error: { code: error.code, message: error.message } }
  }
}

/** How much can still leave each draft before it would fall below zero, by its adjustments. */
type Rooms = Map<string, number>

/** Refuses `conversion_in_payout` when the draft cannot let the conversion go. */
function takeRoom(rooms: Rooms, payout_id: string, s: sql.Standing): void {
  const left = (rooms.get(payout_id) ?? s.payout_cents) - (s.amount_cents - s.reversed_cents)
  if (left < 0)
    refuse('conversion_in_payout', 'Its draft would fall below zero; cancel the draft or change its adjustments first.')
  rooms.set(payout_id, left)
}

/** What waited for review is entered as it was priced then; what is on hold moves to the partner's running tab. */
async function pay(ctx: Ctx, approved: sql.Standing[]): Promise<void> {
  await tabs.enterOnOpen(
    ctx,
    await pendingEntries(
      ctx,
      approved.filter(s => s.pending !== null),
    ),
  )
  const held = approved.filter(s => s.earning_id !== null)
  if (held.length === 0) return
  await tabs.moveToOpen(ctx, await tabs.withReversals(ctx, earningIds(held)), 'release')
}

const earningIds = (standings: sql.Standing[]): string[] => standings.map(s => s.earning_id as string)

async function pendingEntries(ctx: Ctx, waiting: sql.Standing[]) {
  const campaignOf = new Map(
    (
      await campaigns.byIds(
        ctx,
        waiting.map(s => s.campaign_id),
      )
    ).map(c => [c.id, c]),
  )
  return waiting.map(s => {
    const priced = s.pending as NonNullable<sql.Standing['pending']>
    return {
      id: ctx.newId(),
      partner_id: s.partner_id,
      kind: 'commission' as const,
      currency: priced.currency,
      stream: 'conversions' as const,
      held_until: heldUntil(ctx, campaignOf.get(s.campaign_id) as campaigns.CampaignRow, s.occurred_at),
      amount_cents: priced.amount_cents,
      item_count: 1,
      revenue_cents: priced.currency === s.currency ? s.revenue_cents : 0,
      earned_on: dayOf(s.occurred_at, ctx.time_zone),
      source_key: `conversion:${s.id}`,
      reverses_id: null,
      mark: null,
      because: priced.because,
      inputs: priced.inputs,
    }
  })
}

/** Takes rejected conversions out of drafts, then takes their commissions back whole, each on its own tab. */
async function takeBack(ctx: Ctx, rejected: sql.Standing[], reason: string | null): Promise<void> {
  await uncount(ctx, rejected)
  const earned = rejected.filter(s => s.earning_id !== null)
  const drafted = earned.filter(s => s.payout_id !== null)
  if (drafted.length > 0) {
    await tabs.moveToOpen(ctx, await tabs.withReversals(ctx, earningIds(drafted)), 'keep')
    await payouts.follow(ctx, [...new Set(drafted.map(s => s.payout_id as string))])
  }
  const now =
    drafted.length > 0
      ? await sql.read(
          ctx,
          earned.map(s => s.id),
        )
      : new Map(earned.map(s => [s.id, s]))
  const entries = [...now.values()].map(s => reversalOf(ctx, s, reason))
  await tabs.insertEarnings(ctx, entries)
  await tabs.addTo(ctx, entries)
}

function reversalOf(ctx: Ctx, s: sql.Standing, reason: string | null): tabs.Entry {
  return {
    id: ctx.newId(),
    partner_id: s.partner_id,
    currency: s.earning_currency,
    tab_id: s.tab_id as string,
    kind: 'reversal',
    amount_cents: -(s.amount_cents - s.reversed_cents),
    item_count: -1,
    revenue_cents: -(s.earned_revenue_cents - s.reversed_earned_revenue_cents),
    earned_on: s.earned_on,
    source_key: `reversal:rejected:${s.id}`,
    reverses_id: s.earning_id,
    mark: 'rejected',
    because: reason ? `Rejected: ${reason}` : 'Rejected',
    inputs: { conversion_id: s.id, reason },
  }
}
