/** Reads payments, with what they paid. Source: spec B11. */
import type { In, Out } from '../../api/endpoint.ts'
import type { payments } from '../../api/payments.ts'
import { addDays, type Day, startOfDay } from '../../core/calendar.ts'
import { groupBy } from '../../core/collect.ts'
import { refuse } from '../../core/refusal.ts'
import { type Ctx, reply } from '../context.ts'
import { idCursor, type PageRequest, pageOf, placeCursor, readPlace } from '../page.ts'
import * as lines from './lines.sql.ts'
import * as sql from './payments.sql.ts'

type Payment = Out<typeof payments.one>
type Line = Payment['payout_payment_lines'][number]

/** So many lines of each payment are in an answer; its cursor pages through the rest. */
const LINES_SHOWN = 100

export async function list(ctx: Ctx, { query }: In<typeof payments.list>) {
  const { project_id, creator_id, ...rest } = query
  const { program_id: reach } = ctx.caller
  if (reach !== null && project_id !== undefined && project_id !== reach) return reply([], { meta: { next_cursor: null } })
  return listed(ctx, { ...rest, program_id: project_id ?? reach, partner_id: creator_id, with_pending: false })
}

export const listOfProgram = (ctx: Ctx, { query }: In<typeof payments.listOfBrand>) =>
  listed(ctx, { ...query, program_id: ctx.program.id, with_pending: true })

type Wanted = Omit<sql.Filter, 'from' | 'before' | 'after'> & PageRequest & { from?: Day | undefined; to?: Day | undefined }

async function listed(ctx: Ctx, { from, to, cursor, ...filter }: Wanted) {
  const found = await sql.list(ctx, { ...filter, ...between(ctx, { from, to }), after: readPlace(cursor) })
  const { rows, next_cursor } = pageOf(found, filter.limit, row => placeCursor({ at: row.paid_at, id: row.id }))
  return reply(await withLines(ctx, rows), { meta: { next_cursor } })
}

/** Days of the organization, both inclusive, as instants. */
export const between = ({ time_zone }: Ctx, { from, to }: { from?: Day | undefined; to?: Day | undefined }) => ({
  ...(from !== undefined && { from: startOfDay(from, time_zone) }),
  ...(to !== undefined && { before: startOfDay(addDays(to, 1), time_zone) }),
})

export async function one(ctx: Ctx, { params, query }: In<typeof payments.one>) {
  const row = await sql.one(ctx, params.payment_id)
  const { program_id: reach } = ctx.caller
  if (!row || (reach !== null && row.program_id !== reach)) refuse('not_found', 'There is no such payment.')
  return detail(ctx, row, query)
}

export async function oneOfProgram(ctx: Ctx, { params, query }: In<typeof payments.oneOfBrand>) {
  const row = await sql.one(ctx, params.payment_id)
  if (row?.program_id !== ctx.program.id) refuse('not_found', 'There is no such payment in this brand.')
  return detail(ctx, row, query)
}

/** A payment with a page of its lines. */
export async function detail(ctx: Ctx, row: sql.PaymentRow, page: PageRequest = { limit: LINES_SHOWN }, status?: number) {
  const after = idCursor(page.cursor)
  const [found, sums] = await Promise.all([lines.lines(ctx, [row.id], { limit: page.limit, after }), sumsOf(ctx, [row])])
  const { rows, next_cursor } = pageOf(found, page.limit, line => line.earning_id)
  const [payment] = assembled(ctx, [row], rows, sums)
  return reply(payment as Payment, { meta: { next_cursor }, ...(status !== undefined && { status }) })
}

async function withLines(ctx: Ctx, rows: sql.PaymentRow[]): Promise<Payment[]> {
  const [found, sums] = await Promise.all([lines.lines(ctx, idsOf(rows), { limit: LINES_SHOWN, after: null }), sumsOf(ctx, rows)])
  const first = [...groupBy(found, line => line.payment_id).values()].flatMap(mine => mine.slice(0, LINES_SHOWN))
  return assembled(ctx, rows, first, sums)
}

const idsOf = (rows: { id: string }[]): string[] => rows.map(row => row.id)

type PaymentSums = { counts: Map<string, number>; adjustments: lines.AdjustmentRow[] }

async function sumsOf(ctx: Ctx, rows: sql.PaymentRow[]): Promise<PaymentSums> {
  if (rows.length === 0) return { counts: new Map(), adjustments: [] }
  const [counts, adjustments] = await Promise.all([lines.lineCounts(ctx, idsOf(rows)), lines.adjustments(ctx, idsOf(rows))])
  return { counts, adjustments }
}

function assembled(ctx: Ctx, rows: sql.PaymentRow[], found: lines.LineRow[], { counts, adjustments }: PaymentSums): Payment[] {
  const [linesOf, adjustmentsOf] = [groupBy(found, line => line.payment_id), groupBy(adjustments, a => a.payment_id)]
  return rows.map(({ program_id, partner_id, advance_count: _a, invoice_number: _i, ...row }) => ({
    ...row,
    project_id: program_id,
    creator_id: partner_id,
    line_count: counts.get(row.id) ?? 0,
    payout_payment_lines: (linesOf.get(row.id) ?? []).map(line => presentLine(ctx, line)),
    payout_adjustments: adjustmentsOf.get(row.id) ?? [],
  })) as Payment[]
}

function presentLine(ctx: Ctx, line: lines.LineRow): Line {
  const { id, earning_id, kind, amount_cents, because } = line
  const isAccrual = kind === 'accrual'
  return {
    ...{ id, earning_id, kind, amount_cents, because },
    accrual_id: isAccrual ? earning_id : null,
    accrual: isAccrual ? accrualOf(ctx, line) : null,
  }
}

function accrualOf(ctx: Ctx, line: lines.LineRow): NonNullable<Line['accrual']> {
  const { payment_id: _p, earning_id, kind: _k, program_id, partner_id, recorded_at, ...rest } = line
  const ids = { id: earning_id, org_id: ctx.org_id, project_id: program_id, creator_id: partner_id }
  return { ...rest, ...ids, created_at: recorded_at } as NonNullable<Line['accrual']>
}
