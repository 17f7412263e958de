import { type RawBuilder, sql } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'
import type { OnAccountStatus } from '../../core/payment.ts'
import type { Ctx } from '../context.ts'
import { containing } from '../db/like.ts'
import type { PageRequest } from '../page.ts'

export type OnAccountRow = {
  id: string
  partner_id: string
  partner: { id: string; name: string; alias: string }
  total_amount_cents: number
  currency: string
  status: OnAccountStatus
  note: string | null
  advance_count: number
  is_netted: boolean
  paid_at: Instant
  created_at: Instant
  invoice_number: string | null
}

/** The key of the n-th advance of an on-account payment: what it takes off the balance, or gives back. */
export const advanceKey = (payment_id: string, n: number): string => `on_account:${payment_id}:${n}`

/** The advances of the payment `p`, each with its tab. The keys are made apart: no index looks up what an expression makes. */
const advances = sql`generate_series(1, p.advance_count) n
  cross join lateral (select 'on_account:' || p.id || ':' || n as source_key offset 0) k
  join earnings e on e.org_id = p.org_id and e.source_key = k.source_key
  join tabs t on t.org_id = e.org_id and t.id = e.tab_id`

const select = sql`select p.id, p.partner_id, p.total_amount_cents, p.currency, p.status, p.note, p.advance_count, p.paid_at, p.created_at,
    p.invoice_number, json_build_object('id', a.id, 'name', a.name, 'alias', a.alias) as partner,
    coalesce((select sum(e.amount_cents) from ${advances} where coalesce(t.payout_id, t.payment_id) is not null), 0) <> 0 as is_netted
  from payments p join partners a on a.org_id = p.org_id and a.id = p.partner_id`

const mine = (ctx: Ctx): RawBuilder<unknown> =>
  sql`p.org_id = ${ctx.org_id} and p.program_id = ${ctx.program.id} and p.payout_id is null and p.origin = 'on_account'`

export async function one(ctx: Ctx, id: string): Promise<OnAccountRow | undefined> {
  const { rows } = await sql<OnAccountRow>`${select} where ${mine(ctx)} and p.id = ${id}`.execute(ctx.tx)
  return rows[0]
}

type Search = { partner_id?: string | undefined; q?: string | undefined }
type Filter = PageRequest & Search & { after: string | null; status?: OnAccountStatus | undefined }

const searched = (ctx: Ctx, f: Search): RawBuilder<unknown>[] => {
  const like = f.q === undefined ? null : containing(f.q)
  return [
    mine(ctx),
    ...(f.partner_id === undefined ? [] : [sql`p.partner_id = ${f.partner_id}`]),
    ...(like === null
      ? []
      : [sql`(lower(a.name) like ${like} or lower(a.alias) like ${like} or lower(coalesce(p.note, '')) like ${like})`]),
  ]
}

export async function list(ctx: Ctx, f: Filter): Promise<OnAccountRow[]> {
  const conditions = [
    ...searched(ctx, f),
    ...(f.after === null ? [] : [sql`p.id < ${f.after}::uuid`]),
    ...(f.status === undefined ? [] : [sql`p.status = ${f.status}`]),
  ]
  const { rows } = await sql<OnAccountRow>`${select} where ${sql.join(conditions, sql` and `)}
    order by p.id desc limit ${f.limit + 1}`.execute(ctx.tx)
  return rows
}

export type OnAccountTotals = { currency: string } & Record<`${OnAccountStatus}_${'count' | 'cents'}`, number>

/** What a search finds in all, by status: figures that do not depend on which page or status is looked at. */
export async function totals(ctx: Ctx, f: Search): Promise<OnAccountTotals[]> {
  const of = (status: OnAccountStatus) => sql`count(*) filter (where p.status = ${status}) as ${sql.ref(`${status}_count`)},
    coalesce(sum(p.total_amount_cents) filter (where p.status = ${status}), 0)::bigint as ${sql.ref(`${status}_cents`)}`
  const { rows } = await sql<OnAccountTotals>`select p.currency, ${of('pending')}, ${of('paid')}, ${of('rejected')}
    from payments p join partners a on a.org_id = p.org_id and a.id = p.partner_id
    where ${sql.join(searched(ctx, f), sql` and `)} group by 1 order by 1`.execute(ctx.tx)
  return rows
}

export type Advance = {
  id: string
  payment_id: string
  amount_cents: number
  earned_on: Day
  tab_id: string
  is_open: boolean
  is_claimed: boolean
}

/** What an on-account payment entered, advance by advance, with the tab that each one is on. */
export async function advancesOf(ctx: Ctx, payment_id: string): Promise<Advance[]> {
  const { rows } = await sql<Advance>`
    select e.id, p.id as payment_id, e.amount_cents, e.earned_on, e.tab_id, t.is_open,
      coalesce(t.payout_id, t.payment_id) is not null as is_claimed
    from payments p cross join ${advances}
    where p.org_id = ${ctx.org_id} and p.id = ${payment_id} order by e.id`.execute(ctx.tx)
  return rows
}

/** What a partner has coming: earned, hold over, not paid, less its credit. Below zero when it was paid more on account. */
export async function balance(ctx: Ctx, partner_id: string, currency: string): Promise<number> {
  const { rows } = await sql<{ cents: number }>`
    select coalesce(sum(t.amount_cents), 0)::bigint as cents from tabs t
    where t.org_id = ${ctx.org_id} and t.program_id = ${ctx.program.id} and t.partner_id = ${partner_id} and t.currency = ${currency}
      and t.payment_id is null and t.held_until <= ${ctx.now}`.execute(ctx.tx)
  return rows[0]?.cents ?? 0
}

/** Locks the on-account payments that still have credit of these partners: before any tab, as the house's order wants. */
export async function lockCredited(ctx: Ctx, partner_ids: string[]): Promise<void> {
  await sql`
    select from payments where org_id = ${ctx.org_id} and id = any(select ${paymentId} from tabs t
      join earnings e on e.org_id = t.org_id and e.tab_id = t.id
      where t.org_id = ${ctx.org_id} and t.program_id = ${ctx.program.id} and t.partner_id = any(${partner_ids}::uuid[])
        and t.stream = 'credit' and t.payout_id is null and t.payment_id is null)
    order by id for update`.execute(ctx.tx)
}

const paymentId = sql`(substring(e.source_key from '^on_account:([^:]+):'))::uuid`

export type Credit = { payment_id: string; paid_at: Instant; cents: number; earning_ids: string[] }

/** The credit on some tabs by payment, the oldest first. */
export async function creditOn(ctx: Ctx, tab_ids: string[]): Promise<Credit[]> {
  const { rows } = await sql<Credit>`
    select p.id as payment_id, p.paid_at, x.cents, x.earning_ids
    from (select ${paymentId} as payment_id, -sum(e.amount_cents)::bigint as cents, array_agg(e.id) as earning_ids
      from earnings e where e.org_id = ${ctx.org_id} and e.tab_id = any(${tab_ids}::uuid[]) group by 1 offset 0) x
    join payments p on p.org_id = ${ctx.org_id} and p.id = x.payment_id
    where x.cents > 0 order by p.id`.execute(ctx.tx)
  return rows
}

/** Takes the next `more` numbers of a payment's advances; returns the first. */
export async function takeAdvanceNumbers(ctx: Ctx, payment_id: string, more: number): Promise<number> {
  const { rows } = await sql<{ advance_count: number }>`
    update payments set advance_count = advance_count + ${more} where org_id = ${ctx.org_id} and id = ${payment_id}
    returning advance_count`.execute(ctx.tx)
  return (rows[0]?.advance_count ?? more) - more + 1
}
