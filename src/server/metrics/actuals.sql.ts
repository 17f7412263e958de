/**
 * What partners brought in spans of time: posts, views and engagement gained, followers. Set-based, for thousands of spans.
 *
 * Only counted videos bring anything: auto_tracked, included or direct_add, and still tracked. Source: spec B7.3, B14.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'
import { isCounted } from './videos.sql.ts'

/** A partner in the time `[start, end)`; `n` is the caller's own number for it. */
export type Span = { n: number; partner_id: string; start: Instant; end: Instant }
export type Gain = {
  n: number
  video_id: string
  start_views: number
  end_views: number
  gained_views: number
  gained_engagement: number
}

const given = (spans: Span[]) => {
  const rows = spans.map(({ n, partner_id, start, end }) => ({ n, partner_id, start_at: start, end_at: end }))
  return sql`json_to_recordset(${JSON.stringify(rows)}::json) as s(n int, partner_id uuid, start_at timestamptz, end_at timestamptz)`
}

const counts = ['view', 'like', 'comment', 'share', 'save'] as const
const columns = sql.raw(counts.map(name => `m.${name}_count`).join(', '))
const ofVideo = sql`m.org_id = v.org_id and m.video_id = v.id and m.withdrawn_at is null`
const postedInside = sql`v.posted_at >= s.start_at and v.posted_at < s.end_at and (b.captured_at is null or b.captured_at >= v.posted_at)`

/** The one count that an observation may lack: looked up behind it only then. */
function known(name: (typeof counts)[number], when: RawBuilder<unknown>, order: 'asc' | 'desc'): RawBuilder<unknown> {
  const column = sql.ref(`m.${name}_count`)
  return sql`(select ${column} from video_metrics m where ${ofVideo} and ${when} and ${column} is not null
    order by m.captured_at ${sql.raw(order)} limit 1)`
}

/** A count at both ends of the span. */
function ends(name: (typeof counts)[number]): RawBuilder<unknown> {
  const at = (row: string) => sql.ref(`${row}.${name}_count`)
  const until_end = known(name, sql`m.captured_at <= s.end_at`, 'desc')
  const until_start = known(name, sql`m.captured_at <= s.start_at`, 'desc')
  const first_inside = known(name, sql`m.captured_at > s.start_at and m.captured_at <= s.end_at`, 'asc')
  return sql`coalesce(${at('e')}, ${until_end}) as ${sql.ref(`end_${name}s`)},
    case when ${postedInside} then 0 else coalesce(${at('b')}, ${until_start}, ${first_inside}) end as ${sql.ref(`start_${name}s`)}`
}

const gained = (name: string) => sql`coalesce(${sql.ref(`end_${name}s`)} - ${sql.ref(`start_${name}s`)}, 0)`

/**
 * What each counted video of a span gained in it: its last observation at or before the end less that at the start.
 *
 * Posted inside, it starts at 0; first observed inside but posted earlier, or nobody knows when, at its first observation.
 * What fell gained 0; an unknown count is the last known one. Videos that were not observed by the end are left out.
 */
export async function gains(ctx: Ctx, spans: Span[]): Promise<Gain[]> {
  if (spans.length === 0) return []
  const { rows } = await sql<Gain>`
    select n, video_id, coalesce(start_views, 0) as start_views, coalesce(end_views, 0) as end_views,
      greatest(0, ${gained('view')}) as gained_views,
      greatest(0, ${sql.join(['like', 'comment', 'share', 'save'].map(gained), sql` + `)}) as gained_engagement
    from (
      select s.n, v.id as video_id, ${sql.join(counts.map(ends))}
      from ${given(spans)}
      join videos v on v.org_id = ${ctx.org_id} and v.partner_id = s.partner_id and ${isCounted}
      cross join lateral (select ${columns} from video_metrics m
        where ${ofVideo} and m.captured_at <= s.end_at order by m.captured_at desc limit 1) e
      left join lateral (select m.captured_at, ${columns} from video_metrics m
        where ${ofVideo} and m.captured_at <= s.start_at order by m.captured_at desc limit 1) b on true
    ) observed
    order by n, video_id`.execute(ctx.tx)
  return rows
}

/** How many counted videos were posted in each span; every span is answered. */
export async function posts(ctx: Ctx, spans: Span[]): Promise<{ n: number; posts: number }[]> {
  if (spans.length === 0) return []
  const { rows } = await sql<{ n: number; posts: number }>`
    select s.n, count(v.id)::int as posts
    from ${given(spans)}
    left join videos v on v.org_id = ${ctx.org_id} and v.partner_id = s.partner_id and ${isCounted}
      and v.posted_at >= s.start_at and v.posted_at < s.end_at
    group by s.n order by s.n`.execute(ctx.tx)
  return rows
}

/** The last known follower count at the end of each span, null where nobody counted. */
export async function followers(ctx: Ctx, spans: Span[]): Promise<{ n: number; followers: number | null }[]> {
  if (spans.length === 0) return []
  const { rows } = await sql<{ n: number; followers: number | null }>`
    select s.n, (select m.follower_count from partner_metrics m
      where m.org_id = ${ctx.org_id} and m.partner_id = s.partner_id and m.withdrawn_at is null and m.captured_at <= s.end_at
        and m.follower_count is not null order by m.captured_at desc limit 1) as followers
    from ${given(spans)} order by s.n`.execute(ctx.tx)
  return rows
}
