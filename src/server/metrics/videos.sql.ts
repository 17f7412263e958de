import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'
import type { PageRequest } from '../page.ts'
import { inPrograms } from '../reach.sql.ts'

export type VideoStatus = 'auto_tracked' | 'pending_review' | 'included' | 'excluded' | 'direct_add'
export type VideoRow = {
  id: string
  program_id: string
  partner_id: string | null
  external_id: string
  url: string | null
  title: string | null
  posted_at: Instant | null
  status: VideoStatus
  is_tracked: boolean
  view_count: number | null
  like_count: number | null
  comment_count: number | null
  share_count: number | null
  save_count: number | null
  last_captured_at: Instant | null
  created_at: Instant
}

/** Whether a video `v` counts for goals and pay. */
export const isCounted = sql`v.status in ('auto_tracked', 'included', 'direct_add') and v.is_tracked`

const columns = sql`v.id, v.program_id, v.partner_id, v.external_id, v.url, v.title, v.posted_at, v.status, v.is_tracked, v.view_count,
  v.like_count, v.comment_count, v.share_count, v.save_count, v.last_captured_at, v.created_at`

type Filter = { program_id: string | null; partner_id: string | null; status: string | null }

export async function list(ctx: Ctx, page: PageRequest & Filter & { after: string | null }): Promise<VideoRow[]> {
  const { rows } = await sql<VideoRow>`
    select ${columns} from videos v
    where v.org_id = ${ctx.org_id} and v.status <> 'excluded'
      and ${inPrograms(ctx, page.program_id, 'v')}
      and (${page.partner_id}::uuid is null or v.partner_id = ${page.partner_id})
      and (${page.status}::text is null or v.status = ${page.status})
      and (${page.after}::uuid is null or v.id < ${page.after}::uuid)
    order by v.id desc limit ${page.limit + 1}`.execute(ctx.tx)
  return rows
}

export async function one(ctx: Ctx, id: string): Promise<VideoRow | undefined> {
  const { rows } = await sql<VideoRow>`
    select ${columns} from videos v where v.org_id = ${ctx.org_id} and v.id = ${id}`.execute(ctx.tx)
  return rows[0]
}

/** As `one`, held until the transaction ends: what is observed of a video at the same time takes turns. */
export async function lock(ctx: Ctx, id: string): Promise<VideoRow | undefined> {
  const { rows } = await sql<VideoRow>`
    select ${columns} from videos v where v.org_id = ${ctx.org_id} and v.id = ${id} for no key update`.execute(ctx.tx)
  return rows[0]
}

/** As `lock` for many, always in one order. */
export async function lockAll(ctx: Ctx, ids: string[]): Promise<void> {
  await sql`select from videos where org_id = ${ctx.org_id} and id = any(${ids}::uuid[]) order by id for no key update`.execute(
    ctx.tx,
  )
}

/** The videos of the program that these external ids name. */
export async function named(ctx: Ctx, external_ids: string[]): Promise<VideoRow[]> {
  const { rows } = await sql<VideoRow>`
    select ${columns} from videos v where v.org_id = ${ctx.org_id} and v.program_id = ${ctx.program.id}
      and v.external_id = any(${external_ids}::text[])`.execute(ctx.tx)
  return rows
}

export type NewVideo = Pick<VideoRow, 'id' | 'partner_id' | 'external_id' | 'url' | 'title' | 'posted_at' | 'status'>

/** Inserts videos and returns the ids of those that are new: an external id that is there already stays as it is. */
export async function insert(ctx: Ctx, videos: NewVideo[], import_id: string | null): Promise<string[]> {
  if (videos.length === 0) return []
  const { rows } = await sql<{ id: string }>`
    insert into videos (org_id, id, program_id, partner_id, external_id, url, title, posted_at, status, import_id, created_at)
    select ${ctx.org_id}, r.id, ${ctx.program.id}, r.partner_id, r.external_id, r.url, r.title, r.posted_at, r.status,
      ${import_id}::uuid, ${ctx.now}::timestamptz
    from json_to_recordset(${JSON.stringify(videos)}::json) as r(id uuid, partner_id uuid, external_id text, url text, title text,
      posted_at timestamptz, status text)
    order by r.external_id
    on conflict do nothing returning id`.execute(ctx.tx)
  return rows.map(row => row.id)
}

export type VideoChanges = Partial<Pick<VideoRow, 'status' | 'is_tracked' | 'partner_id' | 'url' | 'title'>> & {
  needs_accrual?: true
}

export async function update(ctx: Ctx, id: string, changes: VideoChanges): Promise<void> {
  await ctx.tx.updateTable('videos').set(changes).where('org_id', '=', ctx.org_id).where('id', '=', id).execute()
}

/** The partners whose videos count the most views. */
export async function mostViewed(ctx: Ctx, count: number): Promise<string[]> {
  const { rows } = await sql<{ partner_id: string }>`
    select partner_id from videos where org_id = ${ctx.org_id} and program_id = ${ctx.program.id} and partner_id is not null
    group by partner_id order by sum(view_count) desc nulls last, partner_id limit ${count}`.execute(ctx.tx)
  return rows.map(row => row.partner_id)
}
