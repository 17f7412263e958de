import { type RawBuilder, sql } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'
import type { AccrualStatus } from '../../core/payment.ts'
import type { Ctx } from '../context.ts'
import { containing } from '../db/like.ts'
import { within } from '../structures/accruals.sql.ts'

export type Filter = {
  /** Accruals whose whole period is between; payments that were paid between. */
  from: Instant | null
  before: Instant | null
  status: AccrualStatus | null
  structure_id: string | null
  partner_id: string | null
  q: string | undefined
}

/** A status or a structure chooses accruals; then payments count by the accruals that they pay. */
export const choosesAccruals = (f: Filter): boolean => f.status !== null || f.structure_id !== null

export const all = (conditions: RawBuilder<unknown>[]) => sql.join(conditions, sql` and `)
export const inReach = (ctx: Ctx, f: Filter, alias: string): RawBuilder<unknown>[] => [
  sql`${sql.ref(`${alias}.org_id`)} = ${ctx.org_id} and ${sql.ref(`${alias}.program_id`)} = ${ctx.program.id}`,
  ...(f.partner_id === null ? [] : [sql`${sql.ref(`${alias}.partner_id`)} = ${f.partner_id}`]),
]

/** What took accruals back whole: few, so that they are joined once instead of being looked up for each accrual. */
const takenBack = (ctx: Ctx, f: Filter) => sql`(
  select r.partner_id, r.currency, r.reverses_id, r.mark, r.amount_cents from earnings r where ${all(inReach(ctx, f, 'r'))}
    and r.kind = 'reversal' and r.structure_version_id is not null and r.mark in ('rejected', 'voided'))`

const byStatus: Record<AccrualStatus, RawBuilder<unknown>> = {
  earned: sql`t.payment_id is null and r.mark is null`,
  paid: sql`t.payment_id is not null and r.mark is null`,
  rejected: sql`r.mark = 'rejected'`,
  voided: sql`r.mark = 'voided'`,
}

/**
 * The accruals `e` of the filter, with their tab `t`, what took them back `r`, and the payment `m` of their tab.
 *
 * What is known of an accrual is said of its tab too: one partner's, or those not settled yet, are found by their few tabs.
 */
const accruals = (ctx: Ctx, f: Filter, more: RawBuilder<unknown>[] = []) => sql`
  earnings e join tabs t on t.org_id = e.org_id and t.id = e.tab_id and t.stream = 'structures' and ${all(inReach(ctx, f, 't'))}
    left join ${takenBack(ctx, f)} r on r.reverses_id = e.id
    left join payments m on m.org_id = t.org_id and m.id = t.payment_id
  where ${all([
    ...inReach(ctx, f, 'e'),
    sql`e.kind = 'accrual'`,
    ...within(ctx, f),
    ...(f.status === null ? [] : [byStatus[f.status]]),
    ...more,
  ])}`

/**
 * Payments `m` that stand, with what of each counts: a direct one whole, of a payout's the accruals that it paid.
 *
 * On-account payments are no part of it: the payout that nets one pays its accruals.
 */
const payments = (ctx: Ctx, f: Filter, more: RawBuilder<unknown>[] = []) => sql`(
  select m.id, m.partner_id, m.currency, m.paid_at, m.total_amount_cents as cents from payments m
  where ${all([...standing(ctx, f), ...more])} and m.origin = 'direct'
  union all
  select m.id, m.partner_id, m.currency, m.paid_at, t.amount_cents from tabs t
    join payments m on m.org_id = t.org_id and m.id = t.payment_id and m.origin = 'payout'
  where ${all([...inReach(ctx, f, 't'), ...standing(ctx, f), ...more])} and t.stream = 'structures' and t.payment_id is not null)`

const standing = (ctx: Ctx, f: Filter): RawBuilder<unknown>[] => [
  ...inReach(ctx, f, 'm'),
  sql`m.status = 'paid'`,
  ...(f.from === null ? [] : [sql`m.paid_at >= ${f.from}::timestamptz`]),
  ...(f.before === null ? [] : [sql`m.paid_at < ${f.before}::timestamptz`]),
]

/** All accruals there are, from the few tabs that hold their sums: no history is read. */
const sumsOfTabs = (ctx: Ctx, f: Filter) => sql`
  select t.partner_id, t.currency, t.amount_cents as earned_cents, 0 as paid_cents,
    case when t.payment_id is null then t.amount_cents else 0 end as outstanding_cents,
    case when t.payment_id is null and t.payout_id is not null then t.amount_cents else 0 end as in_payouts_cents,
    0 as taken_back_cents, null::timestamptz as paid_at
  from tabs t where ${all(inReach(ctx, f, 't'))} and t.stream = 'structures'
  union all select r.partner_id, r.currency, 0, 0, 0, 0, -r.amount_cents, null from ${takenBack(ctx, f)} r`

const sumsOfAccruals = (ctx: Ctx, f: Filter) => sql`
  select e.partner_id, e.currency, case when r.mark is null then e.amount_cents else 0 end as earned_cents,
    case when ${choosesAccruals(f)} and r.mark is null and t.payment_id is not null then e.amount_cents else 0 end as paid_cents,
    case when r.mark is null and t.payment_id is null then e.amount_cents else 0 end as outstanding_cents,
    case when r.mark is null and t.payment_id is null and t.payout_id is not null then e.amount_cents else 0 end as in_payouts_cents,
    case when r.mark is not null then e.amount_cents else 0 end as taken_back_cents,
    case when ${choosesAccruals(f)} and r.mark is null then m.paid_at end as paid_at
  from ${accruals(ctx, f)}`

function figures(ctx: Ctx, f: Filter): RawBuilder<unknown> {
  if (choosesAccruals(f)) return sumsOfAccruals(ctx, f)
  const sums = f.from === null && f.before === null ? sumsOfTabs(ctx, f) : sumsOfAccruals(ctx, f)
  return sql`${sums} union all select m.partner_id, m.currency, 0, m.cents, 0, 0, 0, m.paid_at from ${payments(ctx, f)} m`
}

/** Whether a partner `p` is one that the filter looks for by name, handle or alias. */
export function isNamed({ q }: Filter): RawBuilder<unknown> {
  if (!q) return sql`true`
  const like = containing(q)
  return sql`(lower(p.name) like ${like} or lower(coalesce(p.handle, '')) like ${like} or lower(p.alias) like ${like})`
}

export type Row = {
  partner_id: string
  partner_name: string
  handle: string | null
  currency: string
  earned_cents: number
  paid_cents: number
  outstanding_cents: number
  in_payouts_cents: number
  taken_back_cents: number
  last_paid_at: Instant | null
  /** What stands for `last_paid_at` in an order and a cursor: milliseconds, 0 for never. */
  last_paid_ms: number
}
export type Total = Omit<Row, 'partner_id' | 'partner_name' | 'handle' | 'last_paid_at' | 'last_paid_ms'> & {
  partner_count: number
  outstanding_partner_count: number
  without_partner_cents: number
}
export type Sort = { column: keyof typeof orders; descending: boolean }
const orders = {
  outstanding_cents: sql`bigint`,
  earned_cents: sql`bigint`,
  paid_cents: sql`bigint`,
  last_paid_ms: sql`bigint`,
  partner_name: sql`text`,
}

/** A page of partners and the totals of the whole filter, from one reading of the figures. */
export async function page(
  ctx: Ctx,
  f: Filter,
  { sort, after, limit }: { sort: Sort; after: (string | number)[] | null; limit: number },
): Promise<{ rows: Row[]; totals: Total[] }> {
  const column = sql.ref(`r.${sort.column}`)
  const [direction, beyond] = sort.descending ? [sql`desc`, sql`<`] : [sql`asc`, sql`>`]
  const type = orders[sort.column]
  const place =
    after === null
      ? sql`true`
      : sql`(${column} ${beyond} ${after[0]}::${type}
          or (${column} = ${after[0]}::${type} and (r.partner_id, r.currency) > (${after[1]}::uuid, ${after[2]}::text)))`
  const order = sql`order by ${column} ${direction}, r.partner_id, r.currency`
  const { rows } = await sql<{ rows: Row[]; totals: Total[] }>`
    with b as materialized (${grouped(ctx, f)}),
    r as materialized (select b.*, p.name as partner_name, p.handle from b
      join partners p on p.org_id = ${ctx.org_id} and p.id = b.partner_id where ${isNamed(f)}),
    s as (${sumsOf(f)})
    select (select coalesce(json_agg(r ${order}), '[]') from (select * from r where ${place} ${order} limit ${limit + 1}) r) as rows,
      (select coalesce(json_agg(s order by s.currency), '[]') from s) as totals`.execute(ctx.tx)
  return rows[0] as { rows: Row[]; totals: Total[] }
}

const SUMS = ['earned_cents', 'paid_cents', 'outstanding_cents', 'in_payouts_cents', 'taken_back_cents']
const sums = sql.join(SUMS.map(name => sql`sum(${sql.ref(name)})::bigint as ${sql.ref(name)}`))

const grouped = (ctx: Ctx, f: Filter) => sql`
  select partner_id, currency, ${sums},
    to_char(max(paid_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as last_paid_at,
    coalesce(extract(epoch from max(paid_at)) * 1000, 0)::bigint as last_paid_ms
  from (${figures(ctx, f)}) u group by partner_id, currency
  having sum(earned_cents) <> 0 or sum(taken_back_cents) <> 0 or max(paid_at) is not null`

/** Ad-hoc payments have no row, and no name that could be looked for. */
const sumsOf = (f: Filter) => sql`
  select currency, ${sums}, count(partner_id) as partner_count,
    count(*) filter (where outstanding_cents > 0) as outstanding_partner_count,
    coalesce(sum(paid_cents) filter (where partner_id is null), 0)::bigint as without_partner_cents
  from (select partner_id, currency, ${sql.join(SUMS.map(name => sql.ref(name)))} from r
    union all select null, currency, ${sql.join(SUMS.map(name => sql.ref(name)))} from b where partner_id is null and ${!f.q}) u
  group by currency`

export type MonthRow = { month: string; currency: string; earned_cents: number; paid_cents: number }
export type StructureMonthRow = {
  month: string
  currency: string
  structure_id: string
  structure_name: string
  earned_cents: number
}
/** The first day that is counted: of accruals by the last day of their period, of payments by their instant. */
export type Since = { day: Day; at: Instant } | null

const ofNamed = (ctx: Ctx, f: Filter, column: string): RawBuilder<unknown>[] =>
  f.q ? [sql`${sql.ref(column)} in (select p.id from partners p where p.org_id = ${ctx.org_id} and ${isNamed(f)})`] : []
const countedSince = (since: Since): RawBuilder<unknown>[] =>
  since === null ? [] : [sql`e.period_end_at >= ${since.at}::timestamptz and e.earned_on >= ${since.day}::date`]

/** What was earned and what was paid, by month. */
export async function months(ctx: Ctx, f: Filter, since: Since): Promise<MonthRow[]> {
  const monthOf = sql`to_char(m.paid_at at time zone ${ctx.time_zone}, 'YYYY-MM')`
  const paidSince = since === null ? [] : [sql`m.paid_at >= ${since.at}::timestamptz`]
  const paid = choosesAccruals(f)
    ? sql`select ${monthOf}, e.currency, 0, e.amount_cents
        from ${accruals(ctx, f, [sql`m.id is not null and r.mark is null`, ...paidSince, ...ofNamed(ctx, f, 'e.partner_id')])}`
    : sql`select ${monthOf}, m.currency, 0, m.cents from ${payments(ctx, f, [...paidSince, ...ofNamed(ctx, f, 'm.partner_id')])} m`
  const { rows } = await sql<MonthRow>`
    select month, currency, sum(earned_cents)::bigint as earned_cents, sum(paid_cents)::bigint as paid_cents from (
      select to_char(e.earned_on, 'YYYY-MM') as month, e.currency, e.amount_cents as earned_cents, 0 as paid_cents
      from ${accruals(ctx, f, [sql`r.mark is null`, ...countedSince(since), ...ofNamed(ctx, f, 'e.partner_id')])}
      union all ${paid}) u
    group by month, currency order by month, currency`.execute(ctx.tx)
  return rows
}

/** What each structure earned, by month. */
export async function structureMonths(ctx: Ctx, f: Filter, since: Since): Promise<StructureMonthRow[]> {
  const { rows } = await sql<StructureMonthRow>`
    select g.month, g.currency, s.id as structure_id, s.name as structure_name, sum(g.cents)::bigint as earned_cents from (
      select to_char(e.earned_on, 'YYYY-MM') as month, e.currency, e.structure_version_id, sum(e.amount_cents) as cents
      from ${accruals(ctx, f, [sql`r.mark is null`, ...countedSince(since), ...ofNamed(ctx, f, 'e.partner_id')])}
      group by 1, 2, 3) g
    join structure_versions v on v.org_id = ${ctx.org_id} and v.id = g.structure_version_id
    join structures s on s.org_id = v.org_id and s.id = v.structure_id
    group by g.month, g.currency, s.id, s.name order by g.month, g.currency, s.id`.execute(ctx.tx)
  return rows
}

/** When something was last earned or paid, by the indexes; null where nothing ever was. The end of a period is exclusive. */
export async function latest(ctx: Ctx, f: Filter): Promise<Instant | null> {
  const { rows } = await sql<{ at: Instant | null }>`
    select greatest(
      (select max(e.period_end_at) - interval '1 millisecond' from earnings e where ${all([...inReach(ctx, f, 'e'), sql`e.kind = 'accrual'`, ...within(ctx, f)])}),
      (select max(m.paid_at) from payments m where ${all(standing(ctx, f))})) as at`.execute(ctx.tx)
  return rows[0]?.at ?? null
}
