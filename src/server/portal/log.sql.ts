import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'
import type { Place } from '../page.ts'
import { own } from './own.sql.ts'

export type LogRow = {
  id: string
  campaign: { id: string; name: string }
  click_id: string | null
  type: string
  status: 'hold' | 'pending_review' | 'approved' | 'rejected' | 'paid'
  held_until: Instant | null
  payout_cents: number
  currency: string
  subs: Record<string, string> | null
  occurred_at: Instant
}

type Filter = {
  after: Place | null
  limit: number
  type: string | null
  campaign_id: string | null
  start: Instant | null
  end: Instant | null
}

/** The partner's conversions, the latest first, with what each earns it. Of the sale itself nothing is read. */
export async function log(ctx: Ctx, f: Filter): Promise<LogRow[]> {
  const beyond =
    f.after === null
      ? sql`true`
      : f.after.id === null
        ? sql`c.occurred_at < ${f.after.at}`
        : sql`(c.occurred_at, c.id) < (${f.after.at}::timestamptz, ${f.after.id}::uuid)`
  const { rows } = await sql<LogRow>`
    with c as materialized (
      select c.* from conversions c
      where ${own(ctx, 'c')} and ${beyond} and (${f.type}::text is null or c.type = ${f.type})
        and (${f.campaign_id}::uuid is null or c.campaign_id = ${f.campaign_id}::uuid)
        and (${f.start}::timestamptz is null or c.occurred_at >= ${f.start}::timestamptz)
        and (${f.end}::timestamptz is null or c.occurred_at < ${f.end}::timestamptz)
      order by c.occurred_at desc, c.id desc limit ${f.limit + 1})
    select c.id, json_build_object('id', a.id, 'name', a.name) as campaign, c.click_id, c.type,
      case when c.decision <> 'approved' then c.decision when t.payment_id is not null then 'paid'
        when t.held_until > ${ctx.now} then 'hold' else 'approved' end as status,
      case when c.decision = 'approved' and t.held_until > ${ctx.now} then t.held_until end as held_until,
      case when c.decision = 'rejected' then 0 else coalesce(e.amount_cents + coalesce(back.cents, 0), (c.pending->>'amount_cents')::bigint, 0)
        end::bigint as payout_cents,
      coalesce(e.currency, c.pending->>'currency', c.currency) as currency, c.subs, c.occurred_at
    from c
    join campaigns a on a.org_id = c.org_id and a.id = c.campaign_id
    cross join lateral (select 'conversion:' || c.id as source_key offset 0) k
    left join earnings e on e.org_id = c.org_id and e.source_key = k.source_key
    left join tabs t on t.org_id = e.org_id and t.id = e.tab_id
    left join lateral (select sum(r.amount_cents) as cents from earnings r where r.org_id = e.org_id and r.reverses_id = e.id) back on true
    order by c.occurred_at desc, c.id desc`.execute(ctx.tx)
  return rows
}

/** The types that the newest conversions have, beside those that the program lists: what can be filtered by. */
export async function types(ctx: Ctx): Promise<string[]> {
  const { rows } = await sql<{ type: string }>`
    select distinct type from (select c.type from conversions c where ${own(ctx, 'c')} order by c.occurred_at desc limit 1000) n`.execute(
    ctx.tx,
  )
  return rows.map(row => row.type)
}
