import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'
import { containing } from '../db/like.ts'

export type BalanceRow = {
  partner_id: string
  partner_name: string
  partner_email: string | null
  partner_status: string
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
/** Which of the rows are listed; the totals are those of the rest of the filter. */
export const listings = ['owed', 'outstanding', 'ready', 'blocked', 'on_hold', 'in_payouts'] as const
export type Listing = (typeof listings)[number]
export type Filter = {
  partner_id?: string | undefined
  /** Of these partners alone. */
  partner_ids?: string[] | undefined
  currency?: string | undefined
  q?: string | undefined
  only?: Listing | undefined
}
export type SortColumn =
  | ('owed_cents' | 'partner_name' | 'revenue_cents' | 'conversion_count' | 'accrual_count')
  | ('in_payouts_cents' | 'pending_cents' | 'last_paid_at')
export type Sort = { column: SortColumn; descending: boolean }
export type After = (string | number)[] | null

type Money =
  | 'owed_cents'
  | 'unpaid_cents'
  | 'in_payouts_cents'
  | 'credit_cents'
  | 'balance_cents'
  | 'pending_cents'
  | 'paid_cents'
export type TotalRow = Pick<BalanceRow, 'currency' | Money> & {
  /** What is unpaid less credit, drafts and approved payouts included: "Owed to partners". */
  outstanding_cents: number
  draft_count: number
  draft_cents: number
  paid_this_month_cents: number
  /** Of the rows that are listed. */
  listed: { count: number } & Pick<
    BalanceRow,
    'conversion_count' | 'accrual_count' | 'revenue_cents' | 'owed_cents' | 'in_payouts_cents' | 'pending_cents'
  >
}

/** What tells apart whose rows a filter is about, of table `alias`. */
function mine(ctx: Ctx, f: Filter, alias: string): RawBuilder<unknown> {
  const of = (column: string) => sql.ref(`${alias}.${column}`)
  const conditions = [
    sql`${of('org_id')} = ${ctx.org_id} and ${of('program_id')} = ${ctx.program.id}`,
    ...(f.partner_id === undefined ? [] : [sql`${of('partner_id')} = ${f.partner_id}`]),
    ...(f.partner_ids === undefined ? [] : [sql`${of('partner_id')} = any(${f.partner_ids}::uuid[])`]),
    ...(f.q === undefined ? [] : [sql`${of('partner_id')} in (select p.id from partners p where ${named(ctx, f.q)})`]),
  ]
  return sql.join(conditions, sql` and `)
}

/** Partners of the program that are looked for by name, e-mail or alias. */
function named(ctx: Ctx, q: string): RawBuilder<unknown> {
  const like = containing(q)
  return sql`p.org_id = ${ctx.org_id} and p.program_id = ${ctx.program.id}
    and (lower(p.name) like ${like} or lower(coalesce(p.email, '')) like ${like} or lower(p.alias) like ${like})`
}

/**
 * Every partner's figures, from its few unsettled tabs and its pending conversions.
 *
 * The cost depends on the number of partners, never on the length of their history. What was paid so far is joined to the
 * rows that need it: a hundred thousand partners would cost as much again. Source: spec A6, D5.
 */
function openFigures(ctx: Ctx, f: Filter): RawBuilder<unknown> {
  const due = sql`t.held_until <= ${ctx.now}`
  const free = sql`t.payout_id is null and ${due}`
  const sum = (column: string, when: RawBuilder<unknown>) =>
    sql`coalesce(sum(t.${sql.ref(column)}) filter (where ${when}), 0)::bigint`
  return sql`
    select t.partner_id, t.currency,
      ${sum('item_count', sql`t.stream = 'conversions' and ${free}`)} as conversion_count,
      ${sum('item_count', sql`t.stream = 'structures' and ${free}`)} as accrual_count,
      ${sum('revenue_cents', free)} as revenue_cents,
      ${sum('amount_cents', sql`t.stream <> 'credit' and ${due}`)} as unpaid_cents,
      ${sum('amount_cents', sql`t.payout_id is not null`)} as in_payouts_cents,
      0 - ${sum('amount_cents', sql`t.stream = 'credit'`)} as credit_cents,
      ${sum('amount_cents', sql`t.held_until > ${ctx.now}`)} as pending_cents
    from tabs t where ${mine(ctx, f, 't')} and t.payment_id is null group by t.partner_id, t.currency`
}

/** What waits for review, in the shape of the figures. */
const inReview = (ctx: Ctx, f: Filter): RawBuilder<unknown> => sql`
  select c.partner_id, coalesce(c.pending->>'currency', c.currency) as currency, 0, 0, 0, 0, 0, 0,
    sum((c.pending->>'amount_cents')::bigint)::bigint
  from conversions c where ${mine(ctx, f, 'c')} and c.decision = 'pending_review' group by 1, 2`

/** Whoever was paid, though nothing of it is open any more. */
const paidOff = (ctx: Ctx, f: Filter): RawBuilder<unknown> =>
  sql`select d.partner_id, d.currency, 0, 0, 0, 0, 0, 0, 0 from paid_totals d where ${mine(ctx, f, 'd')}`

const added = (column: string) => sql`sum(${sql.ref(column)})::bigint as ${sql.ref(column)}`
const sums = (columns: readonly string[]) => sql.join(columns.map(added))
const COUNTED = [
  'conversion_count',
  'accrual_count',
  'revenue_cents',
  'unpaid_cents',
  'in_payouts_cents',
  'credit_cents',
] as const

/** The figures of all that the filter is about, one row a partner and currency, with what follows from them. */
function balances(ctx: Ctx, f: Filter, { with_paid, in_review }: Shape): RawBuilder<unknown> {
  const parts = [openFigures(ctx, f), ...(in_review ? [inReview(ctx, f)] : []), ...(with_paid ? [paidOff(ctx, f)] : [])]
  const all =
    parts.length === 1
      ? sql`(${parts[0]})`
      : sql`(select partner_id, currency, ${sums([...COUNTED, 'pending_cents'])} from (${sql.join(parts, sql` union all `)}) u
          group by partner_id, currency)`
  return sql`
    select g.*, greatest(0, unpaid_cents - in_payouts_cents - credit_cents) as owed_cents,
      greatest(0, unpaid_cents - credit_cents) as outstanding_cents, unpaid_cents - credit_cents as balance_cents
    from ${all} g where ${f.currency ?? null}::text is null or currency = ${f.currency ?? null}`
}

type Shape = { with_paid: boolean; in_review: boolean }

/** Of what has a tab alone: nothing that was paid off, nothing that waits for review. */
const OPEN_ONLY: Shape = { with_paid: false, in_review: false }

/** All figures of whoever the filter is about, what waits for review and what was paid included. */
export const figures = (ctx: Ctx, f: Filter): RawBuilder<unknown> => sql`
  select b.*, coalesce(d.paid_cents, 0) as paid_cents, d.last_paid_at
  from (${balances(ctx, f, { with_paid: true, in_review: true })}) b
    left join paid_totals d on d.org_id = ${ctx.org_id} and d.program_id = ${ctx.program.id} and d.partner_id = b.partner_id
      and d.currency = b.currency`

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
    from (select owed_cents, owed_cents >= ${minimum_cents} as is_ready from (${balances(ctx, { currency: ctx.program.currency }, OPEN_ONLY)}) f
      where owed_cents > 0) b`.execute(ctx.tx)
  return rows[0] as ByMinimum
}

const isBelow = (ctx: Ctx, alias: string) => {
  const of = (name: string) => sql.ref(`${alias}.${name}`)
  const { currency, minimum_threshold_cents } = ctx.program
  return sql`(${of('owed_cents')} > 0 and ${of('currency')} = ${currency} and ${of('owed_cents')} < ${minimum_threshold_cents})`
}
const isIdle = sql`p.status in ('paused', 'declined')`

const conditionOf: Record<Listing, (ctx: Ctx) => RawBuilder<unknown>> = {
  owed: () => sql`b.owed_cents > 0`,
  outstanding: () => sql`b.outstanding_cents > 0`,
  ready: ctx => sql`b.owed_cents > 0 and not ${isBelow(ctx, 'b')} and not ${isIdle}`,
  blocked: ctx => sql`b.owed_cents > 0 and (${isBelow(ctx, 'b')} or ${isIdle})`,
  on_hold: () => sql`b.pending_cents <> 0`,
  in_payouts: () => sql`b.in_payouts_cents <> 0`,
}

/** The rows that are listed; partners are joined only where a rule or the order asks for them. */
function listed(ctx: Ctx, f: Filter, sort: Sort): RawBuilder<unknown> {
  const asks = sort.column === 'partner_name' || f.only === 'ready' || f.only === 'blocked'
  const partners = asks ? sql`join partners p on p.org_id = ${ctx.org_id} and p.id = b.partner_id` : sql``
  const paid =
    sort.column === 'last_paid_at'
      ? sql`left join paid_totals d on d.org_id = ${ctx.org_id} and d.program_id = ${ctx.program.id}
          and d.partner_id = b.partner_id and d.currency = b.currency`
      : sql``
  const key =
    sort.column === 'partner_name'
      ? sql`, p.name as sort_key`
      : sort.column === 'last_paid_at'
        ? sql`, coalesce(d.last_paid_at, '-infinity') as sort_key`
        : sql``
  return sql`select b.*${key} from b ${partners} ${paid} where ${f.only ? conditionOf[f.only](ctx) : sql`true`}`
}

const typeOf = (column: SortColumn) =>
  column === 'partner_name' ? sql`text` : column === 'last_paid_at' ? sql`timestamptz` : sql`bigint`
const keyOf = (column: SortColumn, alias: string) =>
  sql.ref(`${alias}.${column === 'partner_name' || column === 'last_paid_at' ? 'sort_key' : column}`)
const inOrder = ({ column, descending }: Sort, alias: string) => {
  const of = (name: string) => sql.ref(`${alias}.${name}`)
  return sql`${keyOf(column, alias)} ${descending ? sql`desc` : sql`asc`}, ${of('partner_id')}, ${of('currency')}`
}

function pageOf(ctx: Ctx, sort: Sort, after: After, limit: number): RawBuilder<unknown> {
  const [key, type] = [keyOf(sort.column, 'l'), typeOf(sort.column)]
  const beyond =
    after === null
      ? sql`true`
      : sql`(${key} ${sort.descending ? sql`<` : sql`>`} ${after[0]}::${type}
          or (${key} = ${after[0]}::${type} and (l.partner_id, l.currency) > (${after[1]}::uuid, ${after[2]}::text)))`
  return sql`
    select r.*, p.name as partner_name, p.email as partner_email, p.status as partner_status, ${isBelow(ctx, 'r')} as below_threshold,
      coalesce(d.paid_cents, 0) as paid_cents, ${isoOf('d.last_paid_at')} as last_paid_at
    from (select l.* from l where ${beyond} order by ${inOrder(sort, 'l')} limit ${limit + 1}) r
      join partners p on p.org_id = ${ctx.org_id} and p.id = r.partner_id
      left join paid_totals d on d.org_id = ${ctx.org_id} and d.program_id = ${ctx.program.id} and d.partner_id = r.partner_id
        and d.currency = r.currency`
}

/** An instant inside JSON, as the driver gives it outside. */
const isoOf = (column: string) => sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

export type Found = { rows: (BalanceRow & { sort_key?: string })[]; totals: TotalRow[] }
export type Wanted = { filter: Filter; sort: Sort; after: After; limit: number; month: { start: Instant; end: Instant } }

const SHOWN = ['conversion_count', 'accrual_count', 'revenue_cents', 'owed_cents', 'in_payouts_cents', 'pending_cents'] as const
const SUMMED = [
  ...(['owed_cents', 'outstanding_cents', 'unpaid_cents', 'in_payouts_cents', 'credit_cents'] as const),
  ...(['balance_cents', 'pending_cents'] as const),
]

/** A page of balances and the totals of the whole filter, from one pass over the tabs: all that the payouts page shows. */
export async function read(ctx: Ctx, { filter, sort, after, limit, month }: Wanted): Promise<Found> {
  // who is listed for being owed something has a tab, or waits for review
  const shape = { with_paid: filter.only === undefined, ...(await prepare(ctx)) }
  const zero = (column: string) => sql`coalesce(${sql.ref(column)}, 0) as ${sql.ref(column.replace(/^\w\./, ''))}`
  const totals = sql`
    select c.currency, ${sql.join(SUMMED.map(column => zero(`s.${column}`)))}, coalesce(e.cents, 0) as paid_cents,
      coalesce(y.draft_count, 0) as draft_count, coalesce(y.draft_cents, 0) as draft_cents,
      coalesce(m.cents, 0) as paid_this_month_cents,
      json_build_object('count', coalesce(h.count, 0), ${sql.join(SHOWN.map(column => sql`${sql.lit(column)}::text, coalesce(${sql.ref(`h.${column}`)}, 0)`))}) as listed
    from (select currency from s union select currency from e) c left join s using (currency) left join e using (currency)
      left join y using (currency) left join m using (currency) left join h using (currency) order by c.currency`
  const { rows } = await sql<Found>`
    with b as materialized (${balances(ctx, filter, shape)}),
    l as ${filter.only === undefined && sort.column !== 'partner_name' ? sql`not materialized` : sql`materialized`} (${listed(ctx, filter, sort)}),
    s as (select currency, ${sums(SUMMED)} from b group by currency),
    h as (select currency, count(*) as count, ${sums(SHOWN)} from l group by currency),
    e as (select d.currency, sum(d.paid_cents)::bigint as cents from paid_totals d where ${mine(ctx, filter, 'd')}
      and (${filter.currency ?? null}::text is null or d.currency = ${filter.currency ?? null}) group by 1),
    y as (select y.currency, count(*) as draft_count, sum(y.amount_cents)::bigint as draft_cents from payouts y
      where ${mine(ctx, filter, 'y')} and y.status = 'draft' group by 1),
    m as (select y.currency, sum(y.amount_cents)::bigint as cents from payouts y where ${mine(ctx, filter, 'y')}
      and y.status = 'paid' and y.paid_at >= ${month.start} and y.paid_at < ${month.end} group by 1)
    select coalesce((select json_agg(r order by ${inOrder(sort, 'r')}) from (${pageOf(ctx, sort, after, limit)}) r), '[]') as rows,
      coalesce((select json_agg(t order by t.currency) from (${totals}) t), '[]') as totals`.execute(ctx.tx)
  return rows[0] as Found
}

/**
 * Whether anything waits for review at all: mostly nothing does, and then the figures need no second grouping.
 *
 * The same round trip gives this transaction the memory to group a hundred thousand partners without a file on disk.
 */
async function prepare(ctx: Ctx): Promise<{ in_review: boolean }> {
  const { rows } = await sql<{ in_review: boolean }>`
    select exists (select from conversions where org_id = ${ctx.org_id} and program_id = ${ctx.program.id}
      and decision = 'pending_review') as in_review, set_config('work_mem', '64MB', true)`.execute(ctx.tx)
  return { in_review: rows[0]?.in_review ?? false }
}
