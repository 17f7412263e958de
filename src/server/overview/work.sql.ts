import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'

export type QueueRow = { queue: string; count: number; currency: string | null; cents: number; since: Instant | null }

/**
 * Every queue of a program in one round trip: payouts by status, conversions in review, and the partners' unsettled tabs.
 *
 * It reads what is open, never what is over, so it does not grow with the history.
 */
export async function queues(ctx: Ctx, rejects_since: Instant): Promise<QueueRow[]> {
  const mine = sql`org_id = ${ctx.org_id} and program_id = ${ctx.program.id}`
  const { currency, minimum_threshold_cents: minimum } = ctx.program
  const { rows } = await sql<QueueRow>`
    with balances as (
      select t.partner_id, t.currency,
        sum(t.amount_cents) filter (where t.stream <> 'credit' and t.payout_id is null and t.held_until <= ${ctx.now}) as free,
        sum(t.amount_cents) filter (where t.held_until <= ${ctx.now}) as balance,
        coalesce(sum(t.amount_cents) filter (where t.stream = 'credit' and t.payout_id is null), 0) as credit
      from tabs t where t.org_id = ${ctx.org_id} and t.program_id = ${ctx.program.id} and t.payment_id is null group by 1, 2
    ), owed as (
      select b.currency, greatest(0, coalesce(b.free, 0) + b.credit) as cents, b.balance,
        case when p.status in ('paused', 'declined') then 'blocked'
          when b.currency = ${currency} and coalesce(b.free, 0) + b.credit < ${minimum} then 'below_minimum'
          else 'to_draft' end as queue
      from balances b join partners p on p.org_id = ${ctx.org_id} and p.id = b.partner_id
    )
    select case status when 'draft' then 'to_approve' else 'to_pay' end as queue, count(*), currency, sum(amount_cents)::bigint as cents,
        min(coalesce(approved_at, created_at)) as since
      from payouts where ${mine} and status in ('draft', 'approved') group by status, currency
    union all
    select 'to_review', count(*), coalesce(pending->>'currency', currency), coalesce(sum((pending->>'amount_cents')::bigint), 0)::bigint,
        min(recorded_at) from conversions where ${mine} and decision = 'pending_review' group by 3
    union all
    select queue, count(*), currency, sum(cents)::bigint, null from owed where cents > 0 group by queue, currency
    union all
    select 'overpaid', count(*), currency, sum(balance)::bigint, null from owed where balance < 0 group by currency
    union all
    select 'on_hold', count(distinct partner_id), currency, sum(amount_cents)::bigint, min(held_until)
      from tabs where ${mine} and payment_id is null and held_until > ${ctx.now} and amount_cents <> 0 group by currency
    union all
    select 'new_partners', count(*), null, 0, min(created_at) from partners where ${mine} and status = 'pending' having count(*) > 0
    union all
    select 'rejected_rows', sum(rejected)::bigint, null, 0, min(created_at) from imports
      where ${mine} and rejected > 0 and status = 'done' and created_at > ${rejects_since} having count(*) > 0`.execute(ctx.tx)
  return rows
}

export type Has = { partners: boolean; campaigns: boolean; structures: boolean; earnings: boolean }

export async function has(ctx: Ctx): Promise<Has> {
  const any = (table: string) =>
    sql`exists (select from ${sql.table(table)} where org_id = ${ctx.org_id} and program_id = ${ctx.program.id})`
  const { rows } = await sql<Has>`select ${any('partners')} as partners, ${any('campaigns')} as campaigns,
    ${any('structures')} as structures, ${any('tabs')} as earnings`.execute(ctx.tx)
  return rows[0] as Has
}
