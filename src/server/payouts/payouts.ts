/** Reads payouts: the list, one with its lines, and the export. */
import type { In, Out } from '../../api/endpoint.ts'
import type { payouts } from '../../api/payouts.ts'
import { addDays, dayOf, startOfDay } from '../../core/calendar.ts'
import { minorDigits } from '../../core/money.ts'
import { refuse } from '../../core/refusal.ts'
import { type App, work } from '../app.ts'
import { type Caller, type Ctx, reply } from '../context.ts'
import { idCursor, pageOf } from '../page.ts'
import * as sql from './payouts.sql.ts'

type Payout = Out<typeof payouts.list>[number]

export function present({ program_id, adjustment_cents: _a, credit_cents: _c, revision: _r, ...row }: sql.PayoutRow): Payout {
  return { kind: 'payout', brand_id: program_id, ...row }
}

export async function list(ctx: Ctx, { query }: In<typeof payouts.list>) {
  const { from, to, cursor, ...filter } = query
  const found = await sql.list(ctx, {
    ...filter,
    after: idCursor(cursor),
    ...(from !== undefined && { from: startOfDay(from, ctx.time_zone) }),
    ...(to !== undefined && { before: startOfDay(addDays(to, 1), ctx.time_zone) }),
  })
  const { rows, next_cursor } = pageOf(found, query.limit, p => p.id)
  return reply(rows.map(present), { meta: { next_cursor } })
}

export async function one(ctx: Ctx, { params, query }: In<typeof payouts.one>) {
  const row = (await sql.one(ctx, params.payout_id)) ?? refuse('not_found', 'There is no such payout in this brand.')
  return detail(ctx, row, query)
}

/** A payout with a page of its lines. */
export async function detail(ctx: Ctx, row: sql.PayoutRow, page: { limit: number; cursor?: string | undefined }) {
  const [found, adjustments] = await Promise.all([
    sql.lines(ctx, row.id, { ...page, after: idCursor(page.cursor) }),
    sql.adjustments(ctx, row.id),
  ])
  const { rows, next_cursor } = pageOf(found, page.limit, line => line.earning_id)
  return reply({ ...present(row), lines: rows, adjustments, credit_cents: row.credit_cents }, { meta: { next_cursor } })
}

/** All paid payouts as CSV, streamed by the database itself; amounts are decimals of their currency. Source: spec A11. */
export async function exportPaid(app: App, caller: Caller, program_id: string) {
  const { currencies, slug, day } = await work(app, caller, { program_id, readonly: true }, async ctx => ({
    currencies: await sql.currencies(ctx),
    slug: ctx.program.slug,
    day: dayOf(ctx.now, ctx.time_zone),
  }))
  const digits = currencies.filter(c => /^[A-Z]{3}$/.test(c)).map((c): [string, number] => [c, minorDigits(c)])
  const stream = await app.db.copyOut(
    { org_id: caller.org_id, header: true },
    sql.exportSelect(caller.org_id, program_id, digits),
  )
  return { file_name: `payouts-${slug}-${day}.csv`, stream }
}
