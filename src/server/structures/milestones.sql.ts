import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'
import { isCounted } from '../metrics/videos.sql.ts'

export type VideoRow = { id: string; partner_id: string }
export type Looking = { after: string | null; limit: number } | { partner_ids: string[] }

/**
 * Locks videos that something happened to since their milestones were looked at, in the order of their ids; or, when
 * partners are named, all of theirs that count.
 */
export async function lockVideos(ctx: Ctx, looking: Looking): Promise<VideoRow[]> {
  const which =
    'after' in looking
      ? sql`v.needs_accrual and v.partner_id is not null and (${looking.after}::uuid is null or v.id > ${looking.after}::uuid)`
      : sql`v.partner_id = any(${looking.partner_ids}::uuid[]) and ${isCounted}`
  const { rows } = await sql<VideoRow>`
    select v.id, v.partner_id from videos v where v.org_id = ${ctx.org_id} and v.program_id = ${ctx.program.id} and ${which}
    order by v.id limit ${'after' in looking ? looking.limit : null} for update`.execute(ctx.tx)
  return rows
}

/** What counts as looked at; a video observed for a later instant than now will be looked at again. */
export async function looked(ctx: Ctx, video_ids: string[]): Promise<void> {
  await sql`update videos set needs_accrual = false
    where org_id = ${ctx.org_id} and id = any(${video_ids}::uuid[])
      and (last_captured_at is null or last_captured_at <= ${ctx.now})`.execute(ctx.tx)
}

export async function lookAgain(ctx: Ctx, partner_ids: string[]): Promise<void> {
  await sql`update videos set needs_accrual = true
    where org_id = ${ctx.org_id} and partner_id = any(${partner_ids}::uuid[]) and not needs_accrual`.execute(ctx.tx)
}

export type AssignmentRow = { id: string; structure_id: string; partner_id: string; start: Instant; end: Instant | null }

export async function assignmentsOf(ctx: Ctx, structure_ids: string[], partner_ids: string[]): Promise<AssignmentRow[]> {
  const { rows } = await sql<AssignmentRow>`
    select id, structure_id, partner_id, assigned_at as start, unassigned_at as "end" from assignments
    where org_id = ${ctx.org_id} and structure_id = any(${structure_ids}::uuid[]) and partner_id = any(${partner_ids}::uuid[])
    order by assigned_at`.execute(ctx.tx)
  return rows
}

export type CrossingRow = { video_id: string; threshold_views: number; view_count: number; at: Instant }

/** The first observation of each video at or above each threshold, up to now; of videos that count. */
export async function crossings(ctx: Ctx, asked: { video_id: string; threshold_views: number }[]): Promise<CrossingRow[]> {
  const { rows } = await sql<CrossingRow>`
    select w.video_id, w.threshold_views, m.view_count, m.captured_at as at
    from json_to_recordset(${JSON.stringify(asked)}::json) as w(video_id uuid, threshold_views bigint)
    join videos v on v.org_id = ${ctx.org_id} and v.id = w.video_id and ${isCounted}
    cross join lateral (select view_count, captured_at from video_metrics
      where org_id = ${ctx.org_id} and video_id = w.video_id and withdrawn_at is null and view_count >= w.threshold_views
        and captured_at <= ${ctx.now}
      order by captured_at limit 1) m
    order by w.video_id, w.threshold_views`.execute(ctx.tx)
  return rows
}
