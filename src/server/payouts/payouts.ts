/** Reads payouts: the list, one with its lines, and the export. */
import type { In, Out } from '../../api/endpoint.ts'
import type { payouts } from '../../api/payouts.ts'
import { dayOf } from '../../core/calendar.ts'
import type { PayoutStatus } from '../../core/payout.ts'
import { refuse } from '../../core/refusal.ts'
import { type App, work } from '../app.ts'
import { type Caller, type Ctx, reply } from '../context.ts'
import { idCursor, packCursor, pageOf, unpackCursor } from '../page.ts'
import { besidePayouts } from '../payments/payments.sql.ts'
import { between } from '../payments/payments.ts'
import * as sql from './payouts.sql.ts'

type Row = Out<typeof payouts.list>[number]
type Payout = Extract<Row, { kind: 'payout' }>
type PaymentRow = Extract<Row, { kind: 'payment' }>

/** What the books know of a payout until they are connected. */
const UNSYNCED = { status: 'unsynced', vendor_id: null, bill_id: null, synced_at: null, error: null } as const

export function present({ program_id, adjustment_cents: _a, credit_cents: _c, revision: _r, ...row }: sql.PayoutRow): Payout {
  return { kind: 'payout', brand_id: program_id, ...row, quickbooks: UNSYNCED }
}

/** Payouts, and when asked the payments that were made without one: by their ids, which are in the order of their making. */
export async function list(ctx: Ctx, { query }: In<typeof payouts.list>) {
  const { from, to, cursor, include, limit, status, sort, totals, ...rest } = query
  if (include !== undefined) return withPayments(ctx, query)
  const filter = { ...rest, ...between(ctx, { from, to }), statuses: status as PayoutStatus[] | undefined }
  const order = { column: sort.endsWith('amount_cents') ? 'amount_cents' : 'id', descending: sort.startsWith('-') } as const
  const by_id = order.column === 'id'
  const after = by_id ? [idCursor(cursor)].filter(id => id !== null) : unpackCursor(cursor, ['integer', 'id'])
  const [found, sums] = await Promise.all([
    sql.list(ctx, { ...filter, limit, order, after: after?.length ? after : null }),
    totals ? sql.listTotals(ctx, filter) : undefined,
  ])
  const { rows, next_cursor } = pageOf(found, limit, row => (by_id ? row.id : packCursor([row.amount_cents, row.id])))
  return reply(rows.map(present), { meta: { next_cursor, ...(sums && { totals: sums }) } })
}

const newestFirst = { column: 'id', descending: true } as const

async function withPayments(ctx: Ctx, { from, to, cursor, status, limit, partner_id }: In<typeof payouts.list>['query']) {
  const id = idCursor(cursor)
  const wanted = { limit, partner_id, ...between(ctx, { from, to }) }
  const statuses = status?.filter(isIn(payoutStatuses)) as PayoutStatus[] | undefined
  const others = status?.filter(isIn(paymentStatuses))
  const [mine, beside] = await Promise.all([
    statuses?.length === 0 ? [] : sql.list(ctx, { ...wanted, statuses, order: newestFirst, after: id === null ? null : [id] }),
    others?.length === 0 ? [] : besidePayouts(ctx, { ...wanted, statuses: others, after: id }),
  ])
  const found = [...mine.map(present), ...beside.map(presentPayment)].sort((a, b) => (a.id < b.id ? 1 : -1))
  const { rows, next_cursor } = pageOf<Row>(found, limit, row => row.id)
  return reply(rows, { meta: { next_cursor } })
}

const payoutStatuses = ['draft', 'approved', 'paid', 'cancelled']
const paymentStatuses = ['pending', 'paid', 'rejected', 'voided']
const isIn = (statuses: readonly string[]) => (status: string) => statuses.includes(status)

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
