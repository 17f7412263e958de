import { sql } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'
import { own } from './own.sql.ts'

export type Span = { from: Day; to: Day; start: Instant; end: Instant }
/** One row a day, campaign and currency; `campaign_id` is null for what was earned without one. */
export type FigureRow = {
  on: Day
  campaign_id: string | null
  name: string
  currency: string | null
  click_count: number
  conversion_count: number
  approved_count: number
  earned_cents: number
}

/**
 * Clicks, conversions and earnings of a span of days, by day and campaign.
 *
 * A conversion counts on the day that it occurred, with its commission less what was taken back of it; one that waits or was
 * rejected has earned nothing. What structures pay counts on the day that it was earned for.
 */
export async function figures(ctx: Ctx, { from, to, start, end }: Span): Promise<FigureRow[]> {
  const zone = ctx.time_zone
  const { rows } = await sql<FigureRow>`
    select f.on::text as on, f.campaign_id, coalesce(a.name, '') as name, f.currency, sum(f.clicks)::bigint as click_count,
      sum(f.conversions)::bigint as conversion_count, sum(f.approved)::bigint as approved_count, sum(f.cents)::bigint as earned_cents
    from (
      select (k.clicked_at at time zone ${zone})::date as on, k.campaign_id, null::text as currency, count(*) as clicks,
        0 as conversions, 0 as approved, 0 as cents
      from clicks k where ${own(ctx, 'k')} and k.clicked_at >= ${start} and k.clicked_at < ${end} group by 1, 2
      union all
      select (c.occurred_at at time zone ${zone})::date, c.campaign_id, e.currency, 0, count(*),
        count(*) filter (where c.decision = 'approved' and t.held_until <= ${ctx.now}),
        coalesce(sum(e.amount_cents + coalesce(back.cents, 0)), 0)
      from conversions c
      cross join lateral (select 'conversion:' || c.id as source_key offset 0) s
      left join earnings e on e.org_id = c.org_id and e.source_key = s.source_key
      left join tabs t on t.org_id = e.org_id and t.id = e.tab_id
      left join lateral (select sum(r.amount_cents) as cents from earnings r where r.org_id = e.org_id and r.reverses_id = e.id) back on true
      where ${own(ctx, 'c')} and c.occurred_at >= ${start} and c.occurred_at < ${end} group by 1, 2, 3
      union all
      select e.earned_on, null, e.currency, 0, 0, 0, sum(e.amount_cents)
      from tabs t join earnings e on e.org_id = t.org_id and e.tab_id = t.id
      where ${own(ctx, 't')} and t.stream = 'structures' and t.last_on >= ${from} and t.first_on <= ${to}
        and e.earned_on >= ${from} and e.earned_on <= ${to} group by 1, 3
    ) f left join campaigns a on a.org_id = ${ctx.org_id} and a.id = f.campaign_id
    group by 1, 2, 3, 4 order by 1, 3, 2`.execute(ctx.tx)
  return rows
}
