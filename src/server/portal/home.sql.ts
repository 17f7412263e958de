import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Facts } from '../../core/portal-balance.ts'
import type { Ctx } from '../context.ts'
import { own } from './own.sql.ts'

export type LinkRow = { campaign_id: string; name: string; slug: string; has_destination: boolean }

const MOST_LINKS = 20

/**
 * All of the partner's money and the newest tracking links, in one round trip.
 *
 * From the few unsettled tabs, what waits for review, the total paid so far and the payments of this year: it reads no
 * earning, so a million of them cost what ten do.
 */
export async function home(ctx: Ctx, year_start: Instant): Promise<Facts & { links: LinkRow[] }> {
  const { rows } = await sql<Facts & { links: LinkRow[] }>`
    select (${facts(ctx, year_start)}) as facts, coalesce((
      select json_agg(c) from (
        select c.id as campaign_id, c.name, c.slug, c.destination_url is not null as has_destination from campaigns c
        where c.org_id = ${ctx.org_id} and c.program_id = ${ctx.program.id} order by c.id desc limit ${MOST_LINKS}) c
      ), '[]') as links`.execute(ctx.tx)
  const [row] = rows as unknown as [{ facts: Facts; links: LinkRow[] }]
  return { ...row.facts, links: row.links }
}

/** The same sums without the links: for the header, and the page of payments. */
export async function balances(ctx: Ctx, year_start: Instant): Promise<Facts> {
  const { rows } = await sql<{ facts: Facts }>`select (${facts(ctx, year_start)}) as facts`.execute(ctx.tx)
  return (rows[0] as { facts: Facts }).facts
}

const facts = (ctx: Ctx, year_start: Instant) => sql`
  select json_build_object(
    'tabs', coalesce((select json_agg(s) from (
      select t.currency, t.stream = 'credit' as is_credit, t.payout_id is not null as in_payout,
        case when t.held_until > ${ctx.now} then to_char(t.held_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end as held_until,
        sum(t.amount_cents) as amount_cents
      from tabs t where ${own(ctx, 't')} and t.payment_id is null group by 1, 2, 3, 4) s), '[]'),
    'in_review', coalesce((select json_agg(s) from (
      select coalesce(c.pending->>'currency', c.currency) as currency, sum((c.pending->>'amount_cents')::bigint) as amount_cents
      from conversions c where ${own(ctx, 'c')} and c.decision = 'pending_review' group by 1) s), '[]'),
    'paid', coalesce((select json_agg(s) from (
      select d.currency, d.paid_cents as amount_cents from paid_totals d where ${own(ctx, 'd')}) s), '[]'),
    'paid_this_year', coalesce((select json_agg(s) from (
      select m.currency, sum(m.total_amount_cents) as amount_cents from payments m
      where ${own(ctx, 'm')} and m.paid_at >= ${year_start} and m.status = 'paid' group by 1) s), '[]'))`
