import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'
import { containing } from '../db/like.ts'

export type BalanceRow = {
  partner_id: string
  partner_name: string
  partner_email: string | null
  currency: string
  conversion_count: number
  accrual_count: number
  revenue_cents: number
  owed_cents: number
  unpaid_cents: number
  in_payouts_cents: number
  credit_cents: number
  /** What is unpaid less credit: below zero when more was paid on account than earned. */
  balance_cents: number
  pending_cents: number
  paid_cents: number
  last_paid_at: Instant | null
  below_threshold: boolean
}
export type Filter = {
  partner_id?: string | undefined
  /** Of these partners alone. */
  partner_ids?: string[] | undefined
  currency?: string | undefined
  q?: string | undefined
  owed?: boolean | undefined
}

/**
 * Every partner's figures, from its few unsettled tabs, its pending conversions and what it was paid so far.
 *
 * The cost depends on the number of partners, never on the length of their history. Source: spec A6, D5.
 */
export function figures(ctx: Ctx, f: Filter): RawBuilder<unknown> {
  const mine = (alias: string) => {
    const t = sql.ref(`${alias}.partner_id`)
    const base = sql`${sql.ref(`${alias}.org_id`)} = ${ctx.org_id} and ${sql.ref(`${alias}.program_id`)} = ${ctx.program.id}`
    if (f.partner_ids) return sql`${base} and ${t} = any(${f.partner_ids}::uuid[])`
    return f.partner_id === undefined ? base : sql`${base} and ${t} = ${f.partner_id}`
  }
  return sql`
    select partner_id, currency, sum(conversion_count)::bigint as conversion_count, sum(accrual_count)::bigint as accrual_count,
      sum(revenue_cents)::bigint as revenue_cents, sum(unpaid_cents)::bigint as unpaid_cents,
      sum(in_payouts_cents)::bigint as in_payouts_cents, sum(credit_cents)::bigint as credit_cents,
      sum(pending_cents)::bigint as pending_cents, sum(paid_cents)::bigint as paid_cents, max(last_paid_at) as last_paid_at,
      greatest(0, sum(unpaid_cents) - sum(in_payouts_cents) - sum(credit_cents))::bigint as owed_cents,
      greatest(0, sum(unpaid_cents) - sum(credit_cents))::bigint as outstanding_cents,
      (sum(unpaid_cents) - sum(credit_cents))::bigint as balance_cents
    from (
      select t.partner_id, t.currency,
        case when t.stream = 'conversions' and t.payout_id is null and t.held_until <= ${ctx.now} then t.item_count else 0 end as conversion_count,
        case when t.stream = 'structures' and t.payout_id is null and t.held_until <= ${ctx.now} then t.item_count else 0 end as accrual_count,
        case when t.payout_id is null and t.held_until <= ${ctx.now} then t.revenue_cents else 0 end as revenue_cents,
        case when t.stream <> 'credit' and t.held_until <= ${ctx.now} then t.amount_cents else 0 end as unpaid_cents,
        case when t.payout_id is not null then t.amount_cents else 0 end as in_payouts_cents,
        case when t.stream = 'credit' then -t.amount_cents else 0 end as credit_cents,
        case when t.held_until > ${ctx.now} then t.amount_cents else 0 end as pending_cents,
        0 as paid_cents, null::timestamptz as last_paid_at
      from tabs t where ${mine('t')} and t.payment_id is null
      union all
      select c.partner_id, coalesce(c.pending->>'currency', c.currency), 0, 0, 0, 0, 0, 0, (c.pending->>'amount_cents')::bigint, 0, null
      from conversions c where ${mine('c')} and c.decision = 'pending_review'
      union all
      select d.partner_id, d.currency, 0, 0, 0, 0, 0, 0, 0, d.paid_cents, d.last_paid_at from paid_totals d where ${mine('d')}
    ) f
    where ${f.currency ?? null}::text is null or currency = ${f.currency ?? null}
    group by partner_id, currency`
}

/** Whether a partner `p` is one that the filter looks for by name, e-mail or alias. */
function named({ q }: Filter): RawBuilder<unknown> {
  if (q === undefined) return sql`true`
  const like = containing(q)
  return sql`(lower(p.name) like ${like} or lower(coalesce(p.email, '')) like ${like} or lower(p.alias) like ${like})`
}

function rows(ctx: Ctx, f: Filter): RawBuilder<unknown> {
  const owed = f.owed ? sql`b.owed_cents > 0` : sql`true`
  return sql`
    select b.*, p.name as partner_name, p.email as partner_email,
      b.owed_cents > 0 and b.currency = ${ctx.program.currency} and b.owed_cents < ${ctx.program.minimum_threshold_cents} as below_threshold
    from (${figures(ctx, f)}) b join partners p on p.org_id = ${ctx.org_id} and p.id = b.partner_id
    where ${named(f)} and ${owed}`
}

export type OnHold = { currency: string; amount_cents: number; freed_cents: number }

/** What is held now, and what of it the hold would have let go by `as_if`, which is now or later. */
export async function onHold(ctx: Ctx, as_if: Instant): Promise<OnHold[]> {
  const { rows } = await sql<OnHold>`
    select t.currency, sum(t.amount_cents)::bigint as amount_cents,
      coalesce(sum(t.amount_cents) filter (where t.held_until <= ${as_if}), 0)::bigint as freed_cents
    from tabs t where t.org_id = ${ctx.org_id} and t.program_id = ${ctx.program.id} and t.payment_id is null
      and t.held_until > ${ctx.now} group by 1 order by 1`.execute(ctx.tx)
  return rows
}

export type ByMinimum = { ready_count: number; ready_cents: number; below_count: number; below_cents: number }

/** The balances in the program's currency that reach a minimum, and those that do not. */
export async function byMinimum(ctx: Ctx, minimum_cents: number): Promise<ByMinimum> {
  const { rows } = await sql<ByMinimum>`
    select count(*) filter (where is_ready) as ready_count, coalesce(sum(owed_cents) filter (where is_ready), 0)::bigint as ready_cents,
      count(*) filter (where not is_ready) as below_count, coalesce(sum(owed_cents) filter (where not is_ready), 0)::bigint as below_cents
    from (select owed_cents, owed_cents >= ${minimum_cents} as is_ready from (${figures(ctx, { currency: ctx.program.currency })}) f
      where owed_cents > 0) b`.execute(ctx.tx)
  return rows[0] as ByMinimum
}

export type Sort = { column: 'owed_cents' | 'partner_name'; descending: boolean }
export type After = (string | number)[] | null

export async function page(ctx: Ctx, f: Filter, sort: Sort, after: After, limit: number): Promise<BalanceRow[]> {
  const column = sql.ref(`r.${sort.column}`)
  const direction = sort.descending ? sql`desc` : sql`asc`
  const type = sort.column === 'owed_cents' ? sql`bigint` : sql`text`
  const beyond =
    after === null
      ? sql`true`
      : sql`(${column} ${sort.descending ? sql`<` : sql`>`} ${after[0]}::${type}
          or (${column} = ${after[0]}::${type} and (r.partner_id, r.currency) > (${after[1]}::uuid, ${after[2]}::text)))`
  const found = await sql<BalanceRow>`
    select * from (${rows(ctx, f)}) r where ${beyond}
    order by ${column} ${direction}, r.partner_id, r.currency limit ${limit + 1}`.execute(ctx.tx)
  return found.rows
}

export type TotalRow = Pick<
  BalanceRow,
  | 'currency'
  | 'owed_cents'
  | 'unpaid_cents'
  | 'in_payouts_cents'
  | 'credit_cents'
  | 'balance_cents'
  | 'pending_cents'
  | 'paid_cents'
> & {
  /** What is unpaid less credit, drafts and approved payouts included: "Owed to partners". */
  outstanding_cents: number
  draft_count: number
  draft_cents: number
  paid_this_month_cents: number
}

/** The totals of the whole filter, with drafts and what was paid this month: all that the strip on top of the page shows. */
export async function totals(ctx: Ctx, f: Filter, month: { start: Instant; end: Instant }): Promise<TotalRow[]> {
  const ofPartner = f.partner_id === undefined ? sql`true` : sql`y.partner_id = ${f.partner_id}`
  const ofNamed =
    f.q === undefined
      ? sql`true`
      : sql`y.partner_id in (select p.id from partners p where p.org_id = ${ctx.org_id} and ${named(f)})`
  const mine = sql`y.org_id = ${ctx.org_id} and y.program_id = ${ctx.program.id} and ${ofPartner} and ${ofNamed}`
  const source = f.q === undefined && !f.owed ? figures(ctx, f) : rows(ctx, f)
  const found = await sql<TotalRow>`
    with b as (select currency, sum(owed_cents)::bigint as owed_cents, sum(outstanding_cents)::bigint as outstanding_cents,
        sum(unpaid_cents)::bigint as unpaid_cents,
        sum(in_payouts_cents)::bigint as in_payouts_cents, sum(credit_cents)::bigint as credit_cents,
        sum(balance_cents)::bigint as balance_cents, sum(pending_cents)::bigint as pending_cents,
        sum(paid_cents)::bigint as paid_cents
      from (${source}) s group by currency),
    d as (select y.currency, count(*) as draft_count, sum(y.amount_cents)::bigint as draft_cents from payouts y
      where ${mine} and y.status = 'draft' group by 1),
    m as (select y.currency, sum(y.amount_cents)::bigint as cents from payouts y
      where ${mine} and y.status = 'paid' and y.paid_at >= ${month.start} and y.paid_at < ${month.end} group by 1)
    select b.*, coalesce(d.draft_count, 0) as draft_count, coalesce(d.draft_cents, 0) as draft_cents,
      coalesce(m.cents, 0) as paid_this_month_cents
    from b left join d using (currency) left join m using (currency) order by b.currency`.execute(ctx.tx)
  return found.rows
}
