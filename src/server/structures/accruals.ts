/**
 * Accruals: what structures earned their partners, period by period. The night makes them; here they are read, and taken
 * back while they are unpaid. Source: spec B10.
 */
import type { accruals } from '../../api/accruals.ts'
import type { In, Out } from '../../api/endpoint.ts'
import { takeBack } from '../../core/accrual.ts'
import { addDays, startOfDay } from '../../core/calendar.ts'
import { refuse } from '../../core/refusal.ts'
import { enter } from '../app.ts'
import { type Ctx, reply } from '../context.ts'
import * as tabs from '../earnings/tabs.sql.ts'
import { pageOf, placeCursor, readPlace } from '../page.ts'
import * as payouts from '../payouts/payouts.sql.ts'
import * as sql from './accruals.sql.ts'

const present = <Row extends sql.AccrualRow>({ program_id, partner_id, ...row }: Row) => ({
  ...row,
  project_id: program_id,
  creator_id: partner_id,
})

export async function list(ctx: Ctx, { query }: In<typeof accruals.list>) {
  const { limit, project_id, creator_id, structure_id = null, status = null, from, to, cursor } = query
  const found = await sql.list(ctx, {
    ...{ limit, structure_id, status, program_id: project_id ?? null, partner_id: creator_id ?? null },
    from: from === undefined ? null : startOfDay(from, ctx.time_zone),
    before: to === undefined ? null : startOfDay(addDays(to, 1), ctx.time_zone),
    after: readPlace(cursor),
  })
  const { rows, next_cursor } = pageOf(found, limit, row => placeCursor({ at: row.period_end_at, id: row.id }))
  return reply(rows.map(present), { meta: { next_cursor } })
}

export async function one(ctx: Ctx, { params }: In<typeof accruals.one>): Promise<Out<typeof accruals.one>> {
  const row = await read(ctx, params.accrual_id)
  await enter(ctx, row.program_id)
  return present(row)
}

const read = async (ctx: Ctx, id: string) =>
  (await sql.one(ctx, id)) ?? refuse('not_found', 'There is no such accrual; GET /api/v1/payout-accruals lists them.')

/** Takes an accrual back whole: what money sits on is locked first, then core decides. */
export async function change(ctx: Ctx, { params, body }: In<typeof accruals.change>): Promise<Out<typeof accruals.change>> {
  const { id, program_id } = await read(ctx, params.accrual_id)
  const inside = await enter(ctx, program_id)
  const standing = await lock(inside, id)
  const { payout_status, payout_cents } = standing
  const payout = payout_status === null ? null : { status: payout_status, amount_cents: payout_cents }
  const mark = takeBack({ ...standing, payout }, body.status)
  if (mark !== null) {
    await reverse(inside, standing.payout_id === null ? standing : await leaveDraft(inside, standing), mark)
    ctx.tell(`accrual.${mark}`, id, { program_id, before: { status: standing.status }, after: { status: mark } })
  }
  return present(await read(inside, id))
}

async function lock(ctx: Ctx, id: string): Promise<sql.Standing> {
  const placeOf = (s: sql.Standing) => [s.tab_id, s.is_open, s.payout_id, s.payout_status, s.status].join(' ')
  const [found] = await tabs.lockSteady(
    ctx,
    () => sql.standing(ctx, id),
    seen => lockAll(ctx, seen),
    placeOf,
  )
  return found as sql.Standing
}

/** The payout that holds it, its tab, and the open tab that it moves to when it leaves a draft. */
async function lockAll(ctx: Ctx, seen: sql.Standing[]): Promise<void> {
  for (const { payout_id, payout_status, ...s } of seen) {
    const key = { partner_id: s.partner_id, currency: s.currency, stream: 'structures' as const, held_until: s.held_until }
    const open = { ...key, on: s.earned_on }
    const closed = { ...key, closed_id: s.tab_id }
    const wanted = s.is_open ? [open] : payout_status === 'draft' ? [closed, open] : [closed]
    await tabs.lock(ctx, payout_id === null ? [] : [payout_id], wanted)
  }
}

async function leaveDraft(ctx: Ctx, { id, payout_id }: sql.Standing): Promise<sql.Standing> {
  await tabs.moveToOpen(ctx, await tabs.withReversals(ctx, [id]), 'keep')
  await payouts.follow(ctx, [payout_id as string])
  const [moved] = await sql.standing(ctx, id)
  return moved as sql.Standing
}

const words = { rejected: 'Rejected: not deserved', voided: 'Voided: made in error' }

async function reverse(ctx: Ctx, s: sql.Standing, mark: 'rejected' | 'voided'): Promise<void> {
  const { partner_id, currency, tab_id, earned_on, structure_version_id, period_start_at, period_end_at } = s
  const entry: tabs.Entry = {
    ...{ partner_id, currency, tab_id, earned_on, structure_version_id, period_start_at, period_end_at },
    ...{ id: ctx.newId(), kind: 'reversal', source_key: `reversal:${mark}:${s.id}`, reverses_id: s.id, mark },
    ...{ amount_cents: -s.amount_cents, item_count: -1, revenue_cents: 0 },
    ...{ because: words[mark], inputs: { accrual_id: s.id } },
  }
  await tabs.insertEarnings(ctx, [entry])
  await tabs.addTo(ctx, [entry])
}
