import { sql } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'
import type { Place } from '../page.ts'
import { own } from './own.sql.ts'

export type HistoryRow = {
  id: string
  kind: 'payout' | 'payment' | 'on_account'
  number: number | null
  status: 'pending' | 'approved' | 'paid' | 'rejected' | 'voided'
  amount_cents: number
  currency: string
  period_start: Day | null
  period_end: Day | null
  method_name: string | null
  reference: string | null
  created_at: Instant
  paid_at: Instant | null
  has_statement: boolean
  has_invoice: boolean
}

/**
 * Payouts and the payments without one as one history, the newest first.
 *
 * A draft shows as pending and a cancelled payout not at all; notes are the program's own and stay there.
 */
export async function history(ctx: Ctx, { after, limit }: { after: Place | null; limit: number }): Promise<HistoryRow[]> {
  const beyond = (alias: string) => {
    const [at, id] = [sql.ref(`${alias}.created_at`), sql.ref(`${alias}.id`)]
    if (after === null) return sql`true`
    return after.id === null ? sql`${at} < ${after.at}` : sql`(${at}, ${id}) < (${after.at}::timestamptz, ${after.id}::uuid)`
  }
  const newest = (alias: string) =>
    sql`order by ${sql.ref(`${alias}.created_at`)} desc, ${sql.ref(`${alias}.id`)} desc limit ${limit + 1}`
  const { rows } = await sql<HistoryRow>`
    select * from (
      (select y.id, 'payout' as kind, y.number, case y.status when 'draft' then 'pending' else y.status end as status,
        y.amount_cents, y.currency, y.period_start, y.period_end, y.method_name, y.reference, y.created_at, y.paid_at,
        y.status = 'paid' as has_statement, y.status = 'paid' as has_invoice
      from payouts y where ${own(ctx, 'y')} and y.status <> 'cancelled' and ${beyond('y')} ${newest('y')})
      union all
      (select m.id, case m.origin when 'direct' then 'payment' else 'on_account' end, null, m.status, m.total_amount_cents, m.currency,
        null, null, m.method_name, m.reference, m.created_at, case when m.status = 'pending' then null else m.paid_at end,
        false, m.origin = 'on_account' and m.status <> 'rejected'
      from payments m where ${own(ctx, 'm')} and m.payout_id is null and ${beyond('m')} ${newest('m')})
    ) h ${newest('h')}`.execute(ctx.tx)
  return rows
}

export type StatementRow = {
  payout_id: string
  number: number
  period_start: Day
  period_end: Day
  paid_at: Instant
  amount_cents: number
  currency: string
}

const statementColumns = sql`y.id as payout_id, y.number, y.period_start, y.period_end, y.paid_at, y.amount_cents, y.currency`

/** Paid payouts, the latest made first. */
export async function statements(ctx: Ctx, { after, limit }: { after: string | null; limit: number }): Promise<StatementRow[]> {
  const { rows } = await sql<StatementRow>`
    select ${statementColumns} from payouts y
    where ${own(ctx, 'y')} and y.status = 'paid' and (${after}::uuid is null or y.id < ${after}::uuid)
    order by y.id desc limit ${limit + 1}`.execute(ctx.tx)
  return rows
}

export async function statement(ctx: Ctx, payout_id: string): Promise<StatementRow | undefined> {
  const { rows } = await sql<StatementRow>`
    select ${statementColumns} from payouts y where ${own(ctx, 'y')} and y.id = ${payout_id} and y.status = 'paid'`.execute(
    ctx.tx,
  )
  return rows[0]
}

export type InvoiceRow = {
  id: string
  kind: 'payout' | 'on_account'
  number: string | null
  amount_cents: number
  currency: string
  status: 'pending' | 'paid'
  created_at: Instant
}

/** What there is an invoice of: paid payouts, and payments on account that are not rejected; or the one that is asked for. */
export async function invoices(
  ctx: Ctx,
  { after, limit, id }: { after: string | null; limit: number; id?: string },
): Promise<InvoiceRow[]> {
  const key = sql`coalesce(m.payout_id, m.id)`
  const { rows } = await sql<InvoiceRow>`
    select ${key} as id, case m.origin when 'payout' then 'payout' else 'on_account' end as kind, m.invoice_number as number,
      m.total_amount_cents as amount_cents, m.currency, m.status, m.created_at
    from payments m where ${own(ctx, 'm')} and m.origin in ('payout', 'on_account') and m.status in ('pending', 'paid')
      and (${after}::uuid is null or ${key} < ${after}::uuid) and (${id ?? null}::uuid is null or ${key} = ${id ?? null}::uuid)
    order by ${key} desc limit ${limit + 1}`.execute(ctx.tx)
  return rows
}
