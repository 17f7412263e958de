import { sql } from 'kysely'
import type { Day } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'
import type { Stream } from '../earnings/tabs.sql.ts'

export type Scope = { partner_ids: string[] | null; except_partner_ids: string[]; currency: string | null; cut_off: Day }
/** One balance in the order of a run. */
export type Place = { partner_id: string; currency: string }
/** The balances after one place, up to and with another; `null` is the beginning or the end. */
export type Stretch = { after: Place | null; until: Place | null }

/** What is earned by the cut-off, and all credit: what was paid already is netted whenever it was paid. */
export const payable = (
  ctx: Ctx,
  s: Scope,
) => sql`t.org_id = ${ctx.org_id} and t.program_id = ${ctx.program.id} and t.payment_id is null
  and t.payout_id is null and t.held_until <= ${ctx.now} and (t.stream = 'credit' or t.first_on <= ${s.cut_off})
  and (${s.currency}::text is null or t.currency = ${s.currency})
  and (${s.partner_ids}::uuid[] is null or t.partner_id = any(${s.partner_ids}::uuid[]))
  and ${s.except_partner_ids.length === 0 ? sql`true` : sql`not t.partner_id = any(${s.except_partner_ids}::uuid[])`}`

const within = ({ after, until }: Stretch) => sql`
  ${after === null ? sql`true` : sql`(t.partner_id, t.currency) > (${after.partner_id}::uuid, ${after.currency})`} and
  ${until === null ? sql`true` : sql`(t.partner_id, t.currency) <= (${until.partner_id}::uuid, ${until.currency})`}`

/** Every `size`-th of the balances with something payable: where the chunks of a run end. */
export async function chunkEnds(ctx: Ctx, s: Scope, size: number): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select b.partner_id, b.currency
    from (select t.partner_id, t.currency, row_number() over (order by t.partner_id, t.currency) as n
      from tabs t where ${payable(ctx, s)} group by t.partner_id, t.currency) b
    where b.n % ${size} = 0 order by b.n`.execute(ctx.tx)
  return rows
}

export type Tab = {
  id: string
  partner_id: string
  currency: string
  stream: Stream
  amount_cents: number
  item_count: number
  revenue_cents: number
  first_on: Day
  last_on: Day
}
export type Payable = Tab & { partner_status: string }

const columns = sql`t.id, t.partner_id, t.currency, t.stream, t.amount_cents, t.item_count, t.revenue_cents, t.first_on, t.last_on`

/** Locks what is payable, in the house's order. A tab that another draft takes meanwhile is not there. */
export async function lockPayable(ctx: Ctx, s: Scope, stretch: Stretch): Promise<Payable[]> {
  const { rows } = await sql<Payable>`
    select ${columns}, p.status as partner_status from tabs t join partners p on p.org_id = ${ctx.org_id} and p.id = t.partner_id
    where ${payable(ctx, s)} and ${within(stretch)}
    order by t.program_id, t.partner_id, t.currency, t.stream, t.held_until, t.is_open, t.id for update of t`.execute(ctx.tx)
  return rows
}

export async function payableByIds(ctx: Ctx, ids: string[]): Promise<Payable[]> {
  const { rows } = await sql<Payable>`
    select ${columns}, p.status as partner_status from tabs t join partners p on p.org_id = ${ctx.org_id} and p.id = t.partner_id
    where t.org_id = ${ctx.org_id} and t.id = any(${ids}::uuid[]) order by t.partner_id, t.currency, t.stream, t.id`.execute(
    ctx.tx,
  )
  return rows
}

/** Closes tabs that span the cut-off, and names their earnings of later days. */
export async function closeAt(ctx: Ctx, tab_ids: string[], cut_off: Day): Promise<string[]> {
  await sql`update tabs set is_open = false, last_on = ${cut_off}
    where org_id = ${ctx.org_id} and id = any(${tab_ids}::uuid[])`.execute(ctx.tx)
  const { rows } = await sql<{ id: string }>`
    select e.id from earnings e left join earnings o on o.org_id = e.org_id and o.id = e.reverses_id and o.tab_id = e.tab_id
    where e.org_id = ${ctx.org_id} and e.tab_id = any(${tab_ids}::uuid[]) and coalesce(o.earned_on, e.earned_on) > ${cut_off}`.execute(
    ctx.tx,
  )
  return rows.map(row => row.id)
}

/** The next `count` payout numbers of the organization: without gaps, since the counter is locked until the end. */
export async function takeNumbers(ctx: Ctx, count: number): Promise<number> {
  const { rows } = await sql<{ value: number }>`
    insert into counters (org_id, name, value) values (${ctx.org_id}, 'payout', ${count})
    on conflict (org_id, name) do update set value = counters.value + excluded.value returning value`.execute(ctx.tx)
  return (rows[0]?.value ?? count) - count + 1
}

export type NewPayout = {
  id: string
  partner_id: string
  number: number
  currency: string
  amount_cents: number
  revenue_cents: number
  conversion_count: number
  accrual_count: number
  credit_cents: number
  period_start: Day
  period_end: Day
}

export async function insert(ctx: Ctx, payouts: NewPayout[], notes: string | null): Promise<void> {
  await sql`
    insert into payouts (org_id, id, program_id, partner_id, number, currency, amount_cents, revenue_cents, conversion_count,
      accrual_count, credit_cents, period_start, period_end, notes, created_at, created_by)
    select ${ctx.org_id}, r.id, ${ctx.program.id}, r.partner_id, r.number, r.currency, r.amount_cents, r.revenue_cents,
      r.conversion_count, r.accrual_count, r.credit_cents, r.period_start, r.period_end, ${notes}, ${ctx.now}, ${ctx.actor}
    from json_to_recordset(${JSON.stringify(payouts)}::json) as r(id uuid, partner_id uuid, number bigint, currency text,
      amount_cents bigint, revenue_cents bigint, conversion_count bigint, accrual_count bigint, credit_cents bigint,
      period_start date, period_end date)
    on conflict (org_id, id) do nothing`.execute(ctx.tx)
}

export async function claim(ctx: Ctx, tabs: { id: string; payout_id: string }[]): Promise<void> {
  await sql`
    update tabs t set is_open = false, payout_id = c.payout_id
    from unnest(${tabs.map(t => t.id)}::uuid[], ${tabs.map(t => t.payout_id)}::uuid[]) c(id, payout_id)
    where t.org_id = ${ctx.org_id} and t.id = c.id`.execute(ctx.tx)
}

export async function knownPartners(ctx: Ctx, ids: string[]): Promise<Set<string>> {
  const rows = await ctx.tx
    .selectFrom('partners')
    .select('id')
    .where('org_id', '=', ctx.org_id)
    .where('program_id', '=', ctx.program.id)
    .where('id', 'in', ids)
    .execute()
  return new Set(rows.map(row => row.id))
}
