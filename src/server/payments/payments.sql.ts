import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Origin, PaymentStatus } from '../../core/payment.ts'
import type { Ctx } from '../context.ts'
import { methodIdOf } from '../organizations/methods.sql.ts'
import type { Place } from '../page.ts'

export type NewPayment = {
  id: string
  partner_id: string | null
  currency: string
  origin: Origin
  payout_id: string | null
  status: Exclude<PaymentStatus, 'voided'>
  total_amount_cents: number
  method: string | null
  method_id: string | null
  method_name: string | null
  reference: string | null
  note: string | null
  paid_at: Instant
  tracking_url?: string | null
  metadata?: Record<string, unknown>
  readme?: string | null
  advance_count?: number
}

export async function insert(ctx: Ctx, { metadata = {}, ...payment }: NewPayment): Promise<void> {
  await ctx.tx
    .insertInto('payments')
    .values({
      tracking_url: null,
      readme: null,
      ...payment,
      metadata: JSON.stringify(metadata),
      org_id: ctx.org_id,
      program_id: ctx.program.id,
      created_at: ctx.now,
      created_by: ctx.actor,
      voided_at: null,
      voided_by: null,
    })
    .execute()
}

export type PaymentRow = Required<Omit<NewPayment, 'status' | 'method'>> & {
  org_id: string
  program_id: string
  status: PaymentStatus
  status_reason: string | null
  created_at: Instant
  created_by: string
  voided_at: Instant | null
  voided_by: string | null
  invoice_number: string | null
}

/** `method_id` is null once the method is deleted; its name stays as it was. */
const columns = sql`p.org_id, p.id, p.program_id, p.partner_id, p.currency, p.origin, p.payout_id, p.status, p.total_amount_cents,
  ${methodIdOf('p')}, p.method_name, p.reference, p.note, p.paid_at, p.tracking_url, p.metadata, p.readme, p.advance_count,
  p.status_reason, p.created_at, p.created_by, p.voided_at, p.voided_by, p.invoice_number`

/** One payment of the organization, in whatever program. */
export async function one(ctx: Ctx, id: string): Promise<PaymentRow | undefined> {
  const { rows } = await sql<PaymentRow>`select ${columns} from payments p
    where p.org_id = ${ctx.org_id} and p.id = ${id}`.execute(ctx.tx)
  return rows[0]
}

/** Locks a payment until the transaction ends, then reads it. */
export async function lock(ctx: Ctx, id: string): Promise<PaymentRow | undefined> {
  await sql`select from payments where org_id = ${ctx.org_id} and id = ${id} for update`.execute(ctx.tx)
  return one(ctx, id)
}

export async function update(ctx: Ctx, id: string, changes: Record<string, unknown>): Promise<void> {
  await ctx.tx
    .updateTable('payments')
    .set(changes as never)
    .where('org_id', '=', ctx.org_id)
    .where('id', '=', id)
    .execute()
}

export type Filter = {
  program_id: string | null
  partner_id?: string | undefined
  origin?: Origin | undefined
  status?: PaymentStatus | undefined
  /** Without a status, those that wait are left out. */
  with_pending: boolean
  from?: Instant
  before?: Instant
  after: Place | null
  limit: number
}

function conditionsOf(ctx: Ctx, f: Filter): RawBuilder<unknown> {
  const after =
    f.after?.id == null ? sql`p.paid_at < ${f.after?.at}` : sql`(p.paid_at, p.id) < (${f.after.at}, ${f.after.id}::uuid)`
  return sql.join(
    [
      sql`p.org_id = ${ctx.org_id}`,
      ...(f.partner_id === undefined ? [] : [sql`p.partner_id = ${f.partner_id}`]),
      ...(f.origin === undefined ? [] : [sql`p.origin = ${f.origin}`]),
      ...(f.status === undefined ? [] : [sql`p.status = ${f.status}`]),
      ...(f.status === undefined && !f.with_pending ? [sql`p.status <> 'pending'`] : []),
      ...(f.from === undefined ? [] : [sql`p.paid_at >= ${f.from}`]),
      ...(f.before === undefined ? [] : [sql`p.paid_at < ${f.before}`]),
      ...(f.after === null ? [] : [after]),
    ],
    sql` and `,
  )
}

/** The latest first. Over several programs each gives its own latest, in the order of the index. */
export async function list(ctx: Ctx, f: Filter): Promise<PaymentRow[]> {
  const page = sql`order by p.paid_at desc, p.id desc limit ${f.limit + 1}`
  const source =
    f.program_id !== null || f.partner_id !== undefined
      ? sql`payments p where ${conditionsOf(ctx, f)} and (${f.program_id}::uuid is null or p.program_id = ${f.program_id}::uuid)`
      : sql`programs g cross join lateral (select p.* from payments p where p.program_id = g.id and ${conditionsOf(ctx, f)} ${page}) p
          where g.org_id = ${ctx.org_id}`
  const { rows } = await sql<PaymentRow>`
    select ${columns} from (select p.* from ${source} ${page}) p order by p.paid_at desc, p.id desc`.execute(ctx.tx)
  return rows
}

/** The newest first, without those of payouts: what stands beside payouts in the history of a program. */
export async function besidePayouts(
  ctx: Ctx,
  f: Pick<Filter, 'partner_id' | 'from' | 'before' | 'limit'> & {
    statuses?: readonly string[] | undefined
    after: string | null
  },
): Promise<(PaymentRow & { partner: { id: string; name: string; email: string | null; slug: string } | null })[]> {
  const conditions = [
    sql`p.org_id = ${ctx.org_id} and p.program_id = ${ctx.program.id} and p.payout_id is null`,
    ...(f.after === null ? [] : [sql`p.id < ${f.after}::uuid`]),
    ...(f.partner_id === undefined ? [] : [sql`p.partner_id = ${f.partner_id}`]),
    ...(f.statuses === undefined ? [] : [sql`p.status = any(${f.statuses}::text[])`]),
    ...(f.from === undefined ? [] : [sql`p.created_at >= ${f.from}`]),
    ...(f.before === undefined ? [] : [sql`p.created_at < ${f.before}`]),
  ]
  const { rows } = await sql<never>`select ${columns}, case when a.id is not null then
      json_build_object('id', a.id, 'name', a.name, 'email', a.email, 'slug', a.slug) end as partner
    from payments p left join partners a on a.org_id = p.org_id and a.id = p.partner_id
    where ${sql.join(conditions, sql` and `)} order by p.id desc limit ${f.limit + 1}`.execute(ctx.tx)
  return rows
}

type Paid = { partner_id: string; currency: string; paid_cents: number; paid_at: Instant | null }

/** Moves what a partner was paid so far. */
export async function addPaid(ctx: Ctx, paid: Paid): Promise<void> {
  await sql`
    insert into paid_totals (org_id, program_id, partner_id, currency, paid_cents, last_paid_at)
    values (${ctx.org_id}, ${ctx.program.id}, ${paid.partner_id}, ${paid.currency}, ${paid.paid_cents}, ${paid.paid_at})
    on conflict (org_id, program_id, partner_id, currency) do update set
      paid_cents = paid_totals.paid_cents + excluded.paid_cents,
      last_paid_at = greatest(paid_totals.last_paid_at, excluded.last_paid_at)`.execute(ctx.tx)
}

/** Moves what a partner was paid so far when a payment ends or begins to count, and finds the last one that does. */
export async function changePaid(ctx: Ctx, paid: Omit<Paid, 'paid_at'>): Promise<void> {
  await addPaid(ctx, { ...paid, paid_at: null })
  // Apart: it must see what others committed while the row was waited for.
  await sql`
    update paid_totals set last_paid_at = (select max(p.paid_at) from payments p where p.org_id = ${ctx.org_id}
      and p.partner_id = ${paid.partner_id} and p.program_id = ${ctx.program.id} and p.currency = ${paid.currency} and p.status = 'paid')
    where org_id = ${ctx.org_id} and program_id = ${ctx.program.id} and partner_id = ${paid.partner_id}
      and currency = ${paid.currency}`.execute(ctx.tx)
}
