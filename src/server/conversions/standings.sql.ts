import { sql } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'
import type { Decision } from '../../core/conversion.ts'
import type { Priced } from '../../core/price.ts'
import type { Ctx } from '../context.ts'
import * as tabs from '../earnings/tabs.sql.ts'

/** Where a conversion and its money stand. */
export type Standing = {
  id: string
  campaign_id: string
  partner_id: string
  decision: Decision
  pending: Priced | null
  revenue_cents: number
  currency: string
  occurred_at: Instant
  reversed_revenue_cents: number
  is_reversed: boolean
  is_over_cap: boolean
  earning_id: string | null
  amount_cents: number
  earning_currency: string
  earned_revenue_cents: number
  earned_on: Day
  reversed_cents: number
  reversed_earned_revenue_cents: number
  tab_id: string | null
  held_until: Instant | null
  is_open: boolean | null
  payout_id: string | null
  payout_status: string | null
  payout_cents: number
  payment_id: string | null
}

/**
 * Where conversions stand, by id.
 *
 * The key of an earning is made apart (`offset 0`): row-level security lets no index look up what an expression makes.
 */
export async function read(ctx: Ctx, ids: string[]): Promise<Map<string, Standing>> {
  const { rows } = await sql<Standing>`
    select c.id, c.campaign_id, c.partner_id, c.decision, c.pending, c.revenue_cents, c.currency, c.occurred_at,
      coalesce(back.revenue_cents, 0)::bigint as reversed_revenue_cents, coalesce(back.count, 0) > 0 as is_reversed,
      coalesce(coalesce(e.inputs, c.pending->'inputs')->>'reason' = 'over_cap', false) as is_over_cap,
      e.id as earning_id, coalesce(e.amount_cents, 0) as amount_cents, e.currency as earning_currency,
      coalesce(e.revenue_cents, 0) as earned_revenue_cents, e.earned_on, coalesce(taken.amount_cents, 0)::bigint as reversed_cents,
      coalesce(taken.revenue_cents, 0)::bigint as reversed_earned_revenue_cents,
      t.id as tab_id, t.held_until, t.is_open, t.payout_id, t.payment_id, p.status as payout_status,
      coalesce(p.amount_cents, 0) as payout_cents
    from conversions c
    cross join lateral (select 'conversion:' || c.id as source_key offset 0) k
    left join earnings e on e.org_id = c.org_id and e.source_key = k.source_key
    left join tabs t on t.org_id = e.org_id and t.id = e.tab_id
    left join payouts p on p.org_id = t.org_id and p.id = t.payout_id
    left join lateral (select -sum(x.amount_cents) as amount_cents, -sum(x.revenue_cents) as revenue_cents from earnings x
      where x.org_id = e.org_id and x.reverses_id = e.id) taken on true
    left join lateral (select sum(v.revenue_cents) as revenue_cents, count(*) as count from reversals v
      where v.org_id = c.org_id and v.conversion_id = c.id) back on true
    where c.org_id = ${ctx.org_id} and c.program_id = ${ctx.program.id} and c.id = any(${ids}::uuid[])`.execute(ctx.tx)
  return new Map(rows.map(row => [row.id, row]))
}

/** Locks conversions, first of all, in the order of their ids. */
export async function lockConversions(ctx: Ctx, ids: string[]) {
  const { rows } = await sql<{ id: string; campaign_id: string; partner_id: string; occurred_at: Instant; decision: Decision }>`
    select id, campaign_id, partner_id, occurred_at, decision from conversions
    where org_id = ${ctx.org_id} and program_id = ${ctx.program.id} and id = any(${ids}::uuid[]) order by id for update`.execute(
    ctx.tx,
  )
  return rows
}

const ATTEMPTS = 5
/** What decides which locks are needed. */
const place = (s: Standing | undefined) => JSON.stringify([s?.tab_id, s?.is_open, s?.payout_id, s?.payout_status, s?.payment_id])

/**
 * Locks conversions and then everything their money sits on, in the house's order, and reads where they stand.
 *
 * `opens` names the open tabs that will be entered. When the money moved while it was waited for, its locks are given back
 * before others are taken: held, they would be out of order.
 */
export async function lock(
  ctx: Ctx,
  ids: string[],
  opens: (standings: Standing[]) => Promise<tabs.Lock[]>,
): Promise<Map<string, Standing>> {
  await lockConversions(ctx, ids)
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    await sql`savepoint standings`.execute(ctx.tx)
    const standings = [...(await read(ctx, ids)).values()]
    await tabs.lock(ctx, present(standings.map(s => s.payout_id)), [...standings.flatMap(ownTab), ...(await opens(standings))])
    const after = await read(ctx, ids)
    if (standings.every(s => place(s) === place(after.get(s.id)))) return after
    await sql`rollback to savepoint standings`.execute(ctx.tx)
  }
  throw Object.assign(new Error('the tabs of these conversions keep moving'), { code: '40001' })
}

const keyOf = (s: Standing, held_until: Instant): tabs.TabKey => ({
  partner_id: s.partner_id,
  currency: s.earning_currency,
  stream: 'conversions',
  held_until,
})

/** The open tab that takes what a conversion earned. */
export const openTab = (s: Standing, held_until: Instant, on = s.earned_on): tabs.Lock => ({ ...keyOf(s, held_until), on })

/** The tab that a conversion's money is on; none when it earns nothing. */
function ownTab(s: Standing): tabs.Lock[] {
  if (s.tab_id === null || s.held_until === null) return []
  return [s.is_open ? openTab(s, s.held_until) : { ...keyOf(s, s.held_until), closed_id: s.tab_id }]
}

const present = (ids: (string | null)[]): string[] => [...new Set(ids.filter(id => id !== null))]

/** Writes decisions; what waited is no longer pending. */
export async function decide(ctx: Ctx, decided: { id: string; decision: Decision; reason: string | null }[]): Promise<void> {
  if (decided.length === 0) return
  await sql`
    update conversions c set decision = d.decision, pending = null, reason = coalesce(d.reason, c.reason)
    from json_to_recordset(${JSON.stringify(decided)}::json) as d(id uuid, decision text, reason text)
    where c.org_id = ${ctx.org_id} and c.id = d.id`.execute(ctx.tx)
}

export type NewReversal = { id: string; conversion_id: string; external_id: string | null; revenue_cents: number; reason: string }

export async function insertReversals(ctx: Ctx, rows: NewReversal[], import_id: string | null): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into reversals (org_id, id, conversion_id, external_id, revenue_cents, reason, import_id, recorded_at)
    select ${ctx.org_id}, r.id, r.conversion_id, r.external_id, r.revenue_cents, r.reason, ${import_id}, ${ctx.now}
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as r(id uuid, conversion_id uuid, external_id text, revenue_cents bigint, reason text)
    returning id`.execute(ctx.tx)
}

/** The reversals of one conversion that carry this external id: a retry finds its first try. */
export async function reversalNamed(ctx: Ctx, external_id: string, conversion_id: string | null) {
  const { rows } = await sql<{ id: string; conversion_id: string; revenue_cents: number; reason: string }>`
    select r.id, r.conversion_id, r.revenue_cents, r.reason from reversals r
    where r.org_id = ${ctx.org_id} and r.external_id = ${external_id}
      and (${conversion_id}::uuid is null or r.conversion_id = ${conversion_id}::uuid)
    order by r.id limit 1`.execute(ctx.tx)
  return rows[0] ?? null
}

export async function earningOf(ctx: Ctx, source_key: string) {
  return (
    (await ctx.tx
      .selectFrom('earnings')
      .select(['id', 'kind', 'amount_cents', 'currency', 'because'])
      .where('org_id', '=', ctx.org_id)
      .where('source_key', '=', source_key)
      .executeTakeFirst()) ?? null
  )
}
