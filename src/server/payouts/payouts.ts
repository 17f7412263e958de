/** Reads payouts: the list, one with its lines, and the export. */
import type { In, Out } from '../../api/endpoint.ts'
import type { payouts } from '../../api/payouts.ts'
import { dayOf } from '../../core/calendar.ts'
import { refuse } from '../../core/refusal.ts'
import { type App, work } from '../app.ts'
import { type Caller, type Ctx, reply } from '../context.ts'
import { idCursor, pageOf } from '../page.ts'
import { besidePayouts } from '../payments/payments.sql.ts'
import { between } from '../payments/payments.ts'
import * as sql from './payouts.sql.ts'

type Row = Out<typeof payouts.list>[number]
type Payout = Extract<Row, { kind: 'payout' }>
type PaymentRow = Extract<Row, { kind: 'payment' }>

export function present({ program_id, adjustment_cents: _a, credit_cents: _c, revision: _r, ...row }: sql.PayoutRow): Payout {
  return { kind: 'payout', brand_id: program_id, ...row }
}

/** Payouts, and when asked the payments that were made without one: by their ids, which are in the order of their making. */
export async function list(ctx: Ctx, { query }: In<typeof payouts.list>) {
  const { from, to, cursor, include, status, ...filter } = query
  const wanted = { ...filter, ...between(ctx, { from, to }), after: idCursor(cursor) }
  const [mine, beside] = await Promise.all([
    isIn(payoutStatuses, status) ? sql.list(ctx, { ...wanted, status }) : [],
    include !== undefined && isIn(paymentStatuses, status) ? besidePayouts(ctx, { ...wanted, status }) : [],
  ])
  const found = [...mine.map(present), ...beside.map(presentPayment)].sort((a, b) => (a.id < b.id ? 1 : -1))
  const { rows, next_cursor } = pageOf<Row>(found, query.limit, row => row.id)
  return reply(rows, { meta: { next_cursor } })
}

const payoutStatuses = ['draft', 'approved', 'paid', 'cancelled'] as const
const paymentStatuses = ['pending', 'paid', 'rejected', 'voided'] as const
const isIn = <S extends string>(statuses: readonly S[], status: string | undefined): status is S | undefined =>
  status === undefined || (statuses as readonly string[]).includes(status)

function presentPayment(row: Awaited<ReturnType<typeof besidePayouts>>[number]): PaymentRow {
  const { id, partner_id, partner, status, status_reason, currency, method_id, method_name, reference } = row
  const { paid_at, created_at, created_by, voided_at, voided_by } = row
  return {
    ...{ kind: 'payment', id, origin: row.origin as PaymentRow['origin'], brand_id: row.program_id, partner_id, partner },
    ...{ status, status_reason, amount_cents: row.total_amount_cents, currency, method_id, method_name, reference },
    ...{ notes: row.note, paid_at, created_at, created_by, voided_at, voided_by },
  }
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
  const stream = await app.db.copyOut(
    { org_id: caller.org_id, header: true },
    sql.exportSelect(caller.org_id, program_id, currencies),
  )
  return { file_name: `payouts-${slug}-${day}.csv`, stream }
}
