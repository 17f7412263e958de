/**
 * Takes conversions back, whole or in part: a refund, a chargeback, the undo of an import.
 *
 * The commission follows in proportion. While it is unpaid and in no approved payout the reversal stands beside it on the
 * same tab (a draft follows); else it is a clawback on the partner's running tab, which nets next time. Reversals never
 * exceed the conversion, nor its commission. Source: spec G2, D4.
 */
import type { conversions } from '../../api/conversions.ts'
import type { In } from '../../api/endpoint.ts'
import { dayOf } from '../../core/calendar.ts'
import { amountText } from '../../core/money.ts'
import { reversalOf } from '../../core/price.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { type Ctx, reply } from '../context.ts'
import * as tabs from '../earnings/tabs.sql.ts'
import * as payouts from '../payouts/payouts.sql.ts'
import * as sql from './standings.sql.ts'
import { lockCountersOf, uncount } from './volumes.ts'

export type Wish = { conversion_id: string; revenue_cents: number | null; reason: string; external_id: string | null }

export async function reverse(ctx: Ctx, { params, body }: In<typeof conversions.reverse>) {
  const { conversion_id } = params
  const external_id = body.external_id ?? null
  if (external_id !== null) await sql.lockConversions(ctx, [conversion_id]) // a twin waits here, and then finds the first
  const earlier = external_id === null ? null : await sql.reversalNamed(ctx, external_id, conversion_id)
  if (earlier) return reply(await present(ctx, earlier), { status: 200 })
  const wish = { conversion_id, revenue_cents: body.amount_cents ?? null, reason: body.reason, external_id }
  const [done] = await reverseAll(ctx, [wish], null)
  if (done instanceof Refusal) throw done
  return present(ctx, done as sql.NewReversal)
}

async function present(ctx: Ctx, r: { id: string; conversion_id: string; revenue_cents: number }) {
  const earning = await sql.earningOf(ctx, `reversal:${r.id}`)
  return { id: r.id, conversion_id: r.conversion_id, revenue_cents: r.revenue_cents, earning }
}

/** A reversal and what it took from the partner: negative, or null when nothing was earned. A clawback takes back what was paid. */
export type Reversed = sql.NewReversal & { earned: { currency: string; amount_cents: number } | null; is_clawback: boolean }

/** Reverses several conversions (each named once); one that cannot be reversed gives its refusal and stops no other. */
export async function reverseAll(ctx: Ctx, wishes: Wish[], import_id: string | null): Promise<(Reversed | Refusal)[]> {
  const ids = wishes.map(w => w.conversion_id)
  await lockCountersOf(ctx, ids, c => c.decision === 'pending_review')
  const standings = await sql.lock(ctx, ids, async all => all.filter(isClawedBack).map(s => clawbackTab(ctx, s)))
  const planned = wishes.map(wish => planOrRefusal(ctx, wish, standings.get(wish.conversion_id)))
  const plans = planned.filter((p): p is Plan => !(p instanceof Refusal))
  await sql.decide(
    ctx,
    plans.filter(p => p.rejects).map(p => ({ id: p.standing.id, decision: 'rejected' as const, reason: p.reversal.reason })),
  )
  await uncount(
    ctx,
    plans.filter(p => p.rejects).map(p => p.standing),
  )
  await sql.insertReversals(
    ctx,
    plans.map(p => p.reversal),
    import_id,
  )
  await write(ctx, plans)
  for (const { reversal, entry, standing: s } of plans) {
    ctx.tell('conversion.reversed', reversal.conversion_id, {
      program_id: ctx.program.id,
      before: { decision: s.decision, reversed_revenue_cents: s.reversed_revenue_cents, reversed_cents: s.reversed_cents },
      after: {
        reversal_id: reversal.id,
        revenue_cents: reversal.revenue_cents,
        reason: reversal.reason,
        commission_cents: entry?.amount_cents ?? 0,
      },
    })
  }
  return planned.map(p =>
    p instanceof Refusal
      ? p
      : {
          ...p.reversal,
          earned: p.entry && { currency: p.entry.currency, amount_cents: p.entry.amount_cents },
          is_clawback: p.entry?.kind === 'clawback',
        },
  )
}

const isBeside = (s: sql.Standing) => s.payment_id === null && s.payout_status !== 'approved'
const isClawedBack = (s: sql.Standing) => s.earning_id !== null && !isBeside(s)
const clawbackTab = (ctx: Ctx, s: sql.Standing) => sql.openTab(s, tabs.NO_HOLD, dayOf(ctx.now, ctx.time_zone))

type Plan = {
  standing: sql.Standing
  reversal: sql.NewReversal
  rejects: boolean
  entry: Omit<tabs.Entry, 'tab_id'> | null
  beside: boolean
}

function planOrRefusal(ctx: Ctx, wish: Wish, standing: sql.Standing | undefined): Plan | Refusal {
  try {
    if (!standing) refuse('not_found', 'There is no such conversion in this brand.')
    return plan(ctx, wish, standing)
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

function plan(ctx: Ctx, wish: Wish, s: sql.Standing): Plan {
  const left = s.revenue_cents - s.reversed_revenue_cents
  if (s.decision === 'rejected') refuse('invalid_transition', 'This conversion is rejected; there is nothing to take back.')
  if (left === 0 && s.is_reversed) refuse('invalid_transition', 'This conversion is taken back whole already.')
  const revenue_cents = wish.revenue_cents ?? left
  if (revenue_cents > left) {
    refuse('invalid_body', `Only ${amountText(left, s.currency)} ${s.currency} of this conversion is left to take back.`, {
      errors: [{ path: 'amount_cents', message: `must be at most ${left}` }],
    })
  }
  const whole = revenue_cents === left
  if (s.decision === 'pending_review' && !whole)
    refuse('invalid_transition', 'Approve or reject this conversion first; it earns nothing yet.')
  const reversal = { id: ctx.newId(), conversion_id: s.id, external_id: wish.external_id, revenue_cents, reason: wish.reason }
  const beside = isBeside(s)
  const entry = s.earning_id === null ? null : entryFor(ctx, s, reversal, whole, beside)
  return { standing: s, reversal, rejects: s.decision === 'pending_review', entry, beside }
}

function entryFor(
  ctx: Ctx,
  s: sql.Standing,
  reversal: sql.NewReversal,
  whole: boolean,
  beside: boolean,
): Omit<tabs.Entry, 'tab_id'> {
  const so_far = { commission_cents: s.reversed_cents, revenue_cents: s.reversed_revenue_cents }
  const taken = reversalOf(s.amount_cents, s.revenue_cents, so_far, whole ? 'all' : reversal.revenue_cents)
  const revenue = s.earning_currency === s.currency ? reversal.revenue_cents : 0
  return {
    id: ctx.newId(),
    partner_id: s.partner_id,
    currency: s.earning_currency,
    kind: beside ? 'reversal' : 'clawback',
    amount_cents: taken === 0 ? 0 : -taken,
    item_count: beside && whole ? -1 : 0,
    revenue_cents: revenue === 0 ? 0 : -revenue,
    earned_on: beside ? s.earned_on : dayOf(ctx.now, ctx.time_zone),
    source_key: `reversal:${reversal.id}`,
    reverses_id: s.earning_id,
    mark: 'refunded',
    because: `${beside ? 'Reversal' : 'Clawback'} of ${amountText(reversal.revenue_cents, s.currency)} ${s.currency} of ${amountText(s.revenue_cents, s.currency)}: ${reversal.reason}`,
    inputs: {
      conversion_id: s.id,
      reversal_id: reversal.id,
      revenue_cents: reversal.revenue_cents,
      before: so_far,
      commission_cents: s.amount_cents,
    },
  }
}

async function write(ctx: Ctx, plans: Plan[]): Promise<void> {
  const beside = plans
    .filter(p => p.entry && p.beside)
    .map(p => ({ ...(p.entry as Omit<tabs.Entry, 'tab_id'>), tab_id: p.standing.tab_id as string }))
  await tabs.insertEarnings(ctx, beside)
  await tabs.addTo(ctx, beside)
  await payouts.follow(ctx, [
    ...new Set(plans.filter(p => p.beside && p.standing.payout_id !== null).map(p => p.standing.payout_id as string)),
  ])
  const clawbacks = plans.filter(p => p.entry && !p.beside).map(p => p.entry as Omit<tabs.Entry, 'tab_id'>)
  await tabs.enterOnOpen(
    ctx,
    clawbacks.map(entry => ({ ...entry, stream: 'conversions' as const, held_until: tabs.NO_HOLD })),
  )
}
