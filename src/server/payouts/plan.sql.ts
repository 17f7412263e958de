import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { payable, type Scope } from './draft.sql.ts'

export type DueRow = {
  partner_id: string
  partner_name: string
  partner_status: string
  currency: string
  lines_cents: number
  credit_cents: number
  conversion_count: number
  accrual_count: number
}

/**
 * What each partner would be drafted, read without a lock: one row a partner and currency with something earned.
 *
 * A tab that spans the cut-off counts with what it holds up to that day, as the run would split it.
 */
export async function due(ctx: Ctx, scope: Scope): Promise<DueRow[]> {
  const { rows } = await sql<DueRow>`
    select d.*, p.name as partner_name, p.status as partner_status from (
      select t.partner_id, t.currency,
        coalesce(sum(coalesce(x.amount_cents, t.amount_cents)) filter (where t.stream <> 'credit'), 0)::bigint as lines_cents,
        0 - coalesce(sum(t.amount_cents) filter (where t.stream = 'credit'), 0)::bigint as credit_cents,
        coalesce(sum(coalesce(x.item_count, t.item_count)) filter (where t.stream = 'conversions'), 0)::bigint as conversion_count,
        coalesce(sum(coalesce(x.item_count, t.item_count)) filter (where t.stream = 'structures'), 0)::bigint as accrual_count
      from tabs t left join lateral (
        select coalesce(sum(e.amount_cents), 0) as amount_cents, coalesce(sum(e.item_count), 0) as item_count
        from earnings e left join earnings o on o.org_id = e.org_id and o.id = e.reverses_id and o.tab_id = e.tab_id
        where e.org_id = ${ctx.org_id} and e.tab_id = t.id and coalesce(o.earned_on, e.earned_on) <= ${scope.cut_off}
      ) x on t.last_on > ${scope.cut_off} and t.stream <> 'credit'
      where ${payable(ctx, scope)}
      group by t.partner_id, t.currency having count(*) filter (where t.stream <> 'credit') > 0
    ) d join partners p on p.org_id = ${ctx.org_id} and p.id = d.partner_id`.execute(ctx.tx)
  return rows
}

export type Clawback = { partner_id: string; currency: string; cents: number }

/** What is taken from these payouts for conversions of paid ones: below zero. */
export async function clawbacks(ctx: Ctx, scope: Scope): Promise<Clawback[]> {
  const { rows } = await sql<Clawback>`
    select t.partner_id, t.currency, sum(e.amount_cents)::bigint as cents
    from earnings e join tabs t on t.org_id = e.org_id and t.id = e.tab_id
    where e.org_id = ${ctx.org_id} and e.program_id = ${ctx.program.id} and e.kind = 'clawback' and e.earned_on <= ${scope.cut_off}
      and ${payable(ctx, scope)}
    group by t.partner_id, t.currency`.execute(ctx.tx)
  return rows
}

export type Held = { currency: string; count: number; amount_cents: number }

/** What is still on hold, and of how many partners. */
export async function held(ctx: Ctx, { partner_ids, currency }: Scope): Promise<Held[]> {
  const { rows } = await sql<Held>`
    select t.currency, count(distinct t.partner_id) as count, sum(t.amount_cents)::bigint as amount_cents from tabs t
    where t.org_id = ${ctx.org_id} and t.program_id = ${ctx.program.id} and t.payment_id is null and t.payout_id is null
      and t.held_until > ${ctx.now} and t.item_count <> 0
      and (${currency}::text is null or t.currency = ${currency})
      and (${partner_ids}::uuid[] is null or t.partner_id = any(${partner_ids}::uuid[]))
    group by t.currency order by t.currency`.execute(ctx.tx)
  return rows
}
