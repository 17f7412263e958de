/** What a partner was paid and is being paid, with the papers of it. Source: spec A15, C8–C10, TR-63, RT-27, RT-28, RT-40, RT-41. */
import type { In } from '../../api/endpoint.ts'
import type { portal } from '../../api/portal.ts'
import { refuse } from '../../core/refusal.ts'
import { type Ctx, reply } from '../context.ts'
import { idCursor, pageOf, placeCursor, readPlace } from '../page.ts'
import { invoiceOfPayout, invoiceOnAccount } from '../statements/invoices.ts'
import { type MonthStatement, monthStatement } from '../statements/month.ts'
import type { FileAnswer } from '../statements/month-files.ts'
import * as files from '../statements/month-files.ts'
import { settledFile } from '../statements/settled-files.ts'
import { shownBalances } from './home.ts'
import { partnerOf, shownTo } from './own.sql.ts'
import { read } from './payment-settings.sql.ts'
import * as sql from './payments.sql.ts'

export async function payments(ctx: Ctx, { query }: In<typeof portal.payments>) {
  const { limit, cursor } = query
  const settings = await read(ctx)
  if (!shownTo(ctx).show_balance) return reply({ balances: null, settings, history: null }, { meta: { next_cursor: null } })
  const balances = await shownBalances(ctx)
  const found = await sql.history(ctx, { after: readPlace(cursor), limit })
  const { rows, next_cursor } = pageOf(found, limit, row => placeCursor({ at: row.created_at, id: row.id }))
  return reply({ balances, settings, history: rows }, { meta: { next_cursor } })
}

/** Where balances and history are switched off, there are no papers of them either. */
export async function statements(ctx: Ctx, { query }: In<typeof portal.statements>) {
  const { limit, cursor } = query
  const found = shownTo(ctx).show_balance ? await sql.statements(ctx, { after: idCursor(cursor), limit }) : []
  const { rows, next_cursor } = pageOf(found, limit, row => row.payout_id)
  return reply(rows, { meta: { next_cursor } })
}

/** Refuses `not_found` for a payout that is not this partner's, or not paid. */
export async function statement(ctx: Ctx, { params, query }: In<typeof portal.statement>): Promise<FileAnswer> {
  const row = shownTo(ctx).show_balance ? await sql.statement(ctx, params.payout_id) : undefined
  if (!row) refuse('not_found', 'You have no statement of this payout; a statement is made once a payout is paid.')
  return settledFile(ctx, row.payout_id, query.format, { partner_id: partnerOf(ctx).id, for_partner: true })
}

/** Refuses `not_found` where the program shows no balances. */
export async function month(ctx: Ctx, { query }: In<typeof portal.month>): Promise<MonthStatement> {
  refuseHidden(ctx)
  return monthStatement(ctx, partnerOf(ctx).id, query.month)
}

export async function monthFile(ctx: Ctx, { query }: In<typeof portal.monthFile>): Promise<FileAnswer> {
  refuseHidden(ctx)
  return files.monthFile(ctx, partnerOf(ctx).id, query.month, query.format)
}

function refuseHidden(ctx: Ctx): void {
  if (!shownTo(ctx).show_balance) refuse('not_found', 'This program does not show balances and what was paid.')
}

export async function invoices(ctx: Ctx, { query }: In<typeof portal.invoices>) {
  const { limit, cursor } = query
  const found = shownTo(ctx).show_balance ? await sql.invoices(ctx, { after: idCursor(cursor), limit }) : []
  const { rows, next_cursor } = pageOf(found, limit, row => row.id)
  return reply(rows, { meta: { next_cursor } })
}

/** Refuses `not_found` for what is not this partner's, or of which there is no invoice. */
export async function invoice(ctx: Ctx, { params }: In<typeof portal.invoice>): Promise<FileAnswer> {
  const id = params.publisher_payout_id
  const [row] = shownTo(ctx).show_balance ? await sql.invoices(ctx, { after: null, limit: 1, id }) : []
  if (!row) refuse('not_found', 'You have no such invoice.')
  const reader = { partner_id: partnerOf(ctx).id }
  return row.kind === 'payout' ? invoiceOfPayout(ctx, id, reader) : invoiceOnAccount(ctx, id, reader)
}
