import { type RawBuilder, sql } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'
import type { PayoutStatus } from '../../core/payout.ts'
import { refuse } from '../../core/refusal.ts'
import type { Ctx } from '../context.ts'
import { decimal, guarded, utc } from '../db/csv.ts'
import { sqlState } from '../db/errors.ts'
import { containing } from '../db/like.ts'
import { methodIdOf } from '../organizations/methods.sql.ts'
import type { PageRequest } from '../page.ts'

export type PayoutRow = {
  id: string
  program_id: string
  partner_id: string
  partner: { id: string; name: string; email: string | null; slug: string }
  number: number
  currency: string
  status: PayoutStatus
  amount_cents: number
  revenue_cents: number
  conversion_count: number
  accrual_count: number
  adjustment_cents: number
  credit_cents: number
  revision: number
  period_start: Day
  period_end: Day
  notes: string | null
  method: string | null
  method_id: string | null
  method_name: string | null
  reference: string | null
  payment_id: string | null
  created_at: Instant
  created_by: string
  approved_at: Instant | null
  approved_by: string | null
  paid_at: Instant | null
  paid_by: string | null
  cancelled_at: Instant | null
  cancelled_by: string | null
}

const columns = sql`p.id, p.program_id, p.partner_id, p.number, p.currency, p.status, p.amount_cents, p.revenue_cents,
  p.conversion_count, p.accrual_count, p.adjustment_cents, p.credit_cents, p.revision, p.period_start, p.period_end, p.notes,
  p.method, ${methodIdOf('p')}, p.method_name, p.reference, p.payment_id, p.created_at, p.created_by, p.approved_at, p.approved_by,
  p.paid_at, p.paid_by, p.cancelled_at, p.cancelled_by,
  json_build_object('id', a.id, 'name', a.name, 'email', a.email, 'slug', a.slug) as partner`

const from = sql`from payouts p join partners a on a.org_id = p.org_id and a.id = p.partner_id`

export async function one(ctx: Ctx, id: string): Promise<PayoutRow | undefined> {
  const { rows } = await sql<PayoutRow>`select ${columns} ${from}
    where p.org_id = ${ctx.org_id} and p.program_id = ${ctx.program.id} and p.id = ${id}`.execute(ctx.tx)
  return rows[0]
}

/** Locks a payout until the transaction ends, then reads it. */
export async function lock(ctx: Ctx, id: string): Promise<PayoutRow | undefined> {
  await sql`select from payouts where org_id = ${ctx.org_id} and id = ${id} for update`.execute(ctx.tx)
  return one(ctx, id)
}

export async function byIds(ctx: Ctx, ids: string[]): Promise<PayoutRow[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<PayoutRow>`select ${columns} ${from}
    where p.org_id = ${ctx.org_id} and p.program_id = ${ctx.program.id} and p.id = any(${ids}::uuid[]) order by p.id`.execute(
    ctx.tx,
  )
  return rows
}

export type ListFilter = {
  statuses?: readonly PayoutStatus[] | undefined
  partner_id?: string | undefined
  currency?: string | undefined
  /** A part of the partner's name, e-mail or alias, or of the reference; or the whole number. */
  q?: string | undefined
  from?: Instant
  before?: Instant
  /** Of which of its days `from` and `before` speak. */
  date?: 'created_at' | 'approved_at' | 'paid_at' | undefined
}
export type ListOrder = { column: 'id' | 'amount_cents'; descending: boolean }

function conditions(ctx: Ctx, f: ListFilter): RawBuilder<unknown> {
  const date = sql.ref(`p.${f.date ?? 'created_at'}`)
  return sql.join(
    [
      sql`p.org_id = ${ctx.org_id} and p.program_id = ${ctx.program.id}`,
      ...(f.statuses === undefined ? [] : [sql`p.status = any(${f.statuses}::text[])`]),
      ...(f.partner_id === undefined ? [] : [sql`p.partner_id = ${f.partner_id}`]),
      ...(f.currency === undefined ? [] : [sql`p.currency = ${f.currency}`]),
      ...(f.q === undefined ? [] : [sought(ctx, f.q)]),
      ...(f.from === undefined ? [] : [sql`${date} >= ${f.from}::timestamptz`]),
      ...(f.before === undefined ? [] : [sql`${date} < ${f.before}::timestamptz`]),
    ],
    sql` and `,
  )
}

function sought(ctx: Ctx, q: string): RawBuilder<unknown> {
  const like = containing(q)
  const number = /^\d{1,15}$/.test(q) ? Number(q) : null
  return sql`(p.partner_id in (select w.id from partners w where w.org_id = ${ctx.org_id} and w.program_id = ${ctx.program.id}
      and (lower(w.name) like ${like} or lower(coalesce(w.email, '')) like ${like} or lower(w.alias) like ${like}))
    or lower(coalesce(p.reference, '')) like ${like} or p.number = ${number}::bigint)`
}

export async function list(
  ctx: Ctx,
  f: ListFilter & { limit: number; order: ListOrder; after: (string | number)[] | null },
): Promise<PayoutRow[]> {
  const { column, descending } = f.order
  const than = descending ? sql`<` : sql`>`
  const after =
    f.after === null
      ? sql`true`
      : column === 'id'
        ? sql`p.id ${than} ${f.after[0]}::uuid`
        : sql`(p.amount_cents, p.id) ${than} (${f.after[0]}::bigint, ${f.after[1]}::uuid)`
  const direction = descending ? sql`desc` : sql`asc`
  const order = column === 'id' ? sql`p.id ${direction}` : sql`p.amount_cents ${direction}, p.id ${direction}`
  const { rows } = await sql<PayoutRow>`select ${columns} ${from} where ${conditions(ctx, f)} and ${after}
    order by ${order} limit ${f.limit + 1}`.execute(ctx.tx)
  return rows
}

export type ListTotal = { currency: string; count: number; amount_cents: number }

/** How many payouts a filter finds and what they come to. */
export async function listTotals(ctx: Ctx, f: ListFilter): Promise<ListTotal[]> {
  const { rows } = await sql<ListTotal>`
    select p.currency, count(*) as count, sum(p.amount_cents)::bigint as amount_cents from payouts p
    where ${conditions(ctx, f)} group by p.currency order by p.currency`.execute(ctx.tx)
  return rows
}

export type LineRow = {
  earning_id: string
  kind: string
  conversion_id: string | null
  accrual_id: string | null
  amount_cents: number
  occurred_at: Instant
  because: string
}

/**
 * What a payout pays, line by line, in the order of entry.
 *
 * A conversion's id is read from the key before the join: row-level security lets no index look up what an expression makes.
 */
export async function lines(ctx: Ctx, payout_id: string, page: PageRequest & { after: string | null }): Promise<LineRow[]> {
  const { rows } = await sql<LineRow>`
    select e.id as earning_id, e.kind, e.amount_cents, e.because,
      coalesce(c.id, (substring(o.source_key from '^conversion:(.*)$'))::uuid) as conversion_id,
      case when e.kind = 'accrual' then e.id end as accrual_id,
      coalesce(c.occurred_at, e.period_end_at, e.recorded_at) as occurred_at
    from (select e.*, (substring(e.source_key from '^conversion:(.*)$'))::uuid as conversion_id
      from tabs t join earnings e on e.org_id = t.org_id and e.tab_id = t.id
      where t.org_id = ${ctx.org_id} and t.payout_id = ${payout_id} and (${page.after}::uuid is null or e.id > ${page.after}::uuid)
      order by e.id limit ${page.limit + 1}) e
    left join earnings o on o.org_id = e.org_id and o.id = e.reverses_id
    left join conversions c on c.org_id = e.org_id and c.id = e.conversion_id
    order by e.id`.execute(ctx.tx)
  return rows
}

export async function adjustments(ctx: Ctx, payout_id: string) {
  return ctx.tx
    .selectFrom('adjustments')
    .select(['id', 'amount_cents', 'reason'])
    .where('org_id', '=', ctx.org_id)
    .where('payout_id', '=', payout_id)
    .orderBy('id')
    .execute()
}

export async function insertAdjustments(
  ctx: Ctx,
  payout_id: string,
  rows: { amount_cents: number; reason: string }[],
): Promise<void> {
  const made = { org_id: ctx.org_id, payout_id, payment_id: null, created_at: ctx.now, created_by: ctx.actor }
  await ctx.tx
    .insertInto('adjustments')
    .values(rows.map(row => ({ ...row, ...made, id: ctx.newId() })))
    .execute()
}

export async function update(ctx: Ctx, id: string, changes: Record<string, unknown>): Promise<void> {
  await ctx.tx
    .updateTable('payouts')
    .set(changes as never)
    .where('org_id', '=', ctx.org_id)
    .where('id', '=', id)
    .execute()
}

/** The tabs that a payout claims, locked in the order of their key. */
export async function lockTabs(ctx: Ctx, payout_id: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from tabs where org_id = ${ctx.org_id} and payout_id = ${payout_id}
    order by program_id, partner_id, currency, stream, held_until, id for update`.execute(ctx.tx)
  return rows.map(row => row.id)
}

export async function releaseTabs(ctx: Ctx, payout_id: string): Promise<void> {
  await sql`update tabs set payout_id = null where org_id = ${ctx.org_id} and payout_id = ${payout_id}`.execute(ctx.tx)
}

/** Settles a payout's tabs; returns what was earned on them, and the credit that is netted. */
export async function settleTabs(
  ctx: Ctx,
  payout_id: string,
  payment_id: string,
): Promise<{ lines_cents: number; credit_cents: number }> {
  const { rows } = await sql<{ amount_cents: number; stream: string }>`
    update tabs set payment_id = ${payment_id} where org_id = ${ctx.org_id} and payout_id = ${payout_id}
    returning amount_cents, stream`.execute(ctx.tx)
  const sum = (isCredit: boolean) =>
    rows.filter(row => (row.stream === 'credit') === isCredit).reduce((cents, row) => cents + row.amount_cents, 0)
  return { lines_cents: sum(false), credit_cents: 0 - sum(true) }
}

/** Brings drafts' figures in line with their tabs. Refuses `invalid_body` when one would fall below zero. */
export async function follow(ctx: Ctx, payout_ids: string[]): Promise<void> {
  if (payout_ids.length === 0) return
  try {
    await setFigures(ctx, payout_ids)
  } catch (error) {
    if (sqlState(error) !== '23514') throw error
    refuse('invalid_body', 'A draft would fall below zero by this; cancel it or change its adjustments first.')
  }
}

async function setFigures(ctx: Ctx, payout_ids: string[]): Promise<void> {
  await sql`
    update payouts p set amount_cents = s.amount_cents + p.adjustment_cents - p.credit_cents, revenue_cents = s.revenue_cents,
      conversion_count = s.conversion_count, accrual_count = s.accrual_count, revision = p.revision + 1
    from (select w.id, coalesce(sum(t.amount_cents), 0)::bigint as amount_cents, coalesce(sum(t.revenue_cents), 0)::bigint as revenue_cents,
        coalesce(sum(t.item_count) filter (where t.stream = 'conversions'), 0)::bigint as conversion_count,
        coalesce(sum(t.item_count) filter (where t.stream = 'structures'), 0)::bigint as accrual_count
      from unnest(${payout_ids}::uuid[]) w(id) left join tabs t on t.org_id = ${ctx.org_id} and t.payout_id = w.id
        and t.stream <> 'credit' group by w.id) s
    where p.org_id = ${ctx.org_id} and p.id = s.id and p.status = 'draft'`.execute(ctx.tx)
}

/** The select behind the export: one row a paid payout, text cells guarded against formulas, amounts left as numbers. */
export function exportSelect(org_id: string, program_id: string, currencies: readonly string[]): string {
  const money = (column: string) => decimal(`p.${column}`, 'p.currency', currencies)
  return `select p.id as payout_id, p.partner_id, ${guarded('a.name')} as partner_name, ${guarded('a.email')} as partner_email,
    p.period_start, p.period_end, p.conversion_count as conversions, ${money('revenue_cents')} as revenue,
    ${money('amount_cents')} as amount, p.currency, ${guarded('p.method_name')} as method, ${guarded('p.reference')} as reference,
    ${guarded('p.notes')} as notes, ${utc('p.approved_at')} as approved_at, ${utc('p.paid_at')} as paid_at,
    null::text as quickbooks_bill_id
    from payouts p join partners a on a.org_id = p.org_id and a.id = p.partner_id
    where p.org_id = '${org_id}' and p.program_id = '${program_id}' and p.status = 'paid'
    order by p.id`
}

export async function currencies(ctx: Ctx): Promise<string[]> {
  const rows = await ctx.tx
    .selectFrom('paid_totals')
    .select('currency')
    .distinct()
    .where('org_id', '=', ctx.org_id)
    .where('program_id', '=', ctx.program.id)
    .execute()
  return rows.map(row => row.currency)
}
