/**
 * Videos: what partners are measured by. Which of them count, and for whom, is decided here. Source: spec B14.
 *
 * A video counts while it is auto_tracked, included or direct_add, and tracked. A change of that is looked at by the next
 * accrual; what was accrued before stands.
 */
import type { In, Out } from '../../api/endpoint.ts'
import type { videos } from '../../api/videos.ts'
import { given } from '../../core/collect.ts'
import { refuse } from '../../core/refusal.ts'
import { enter } from '../app.ts'
import { type Ctx, reply } from '../context.ts'
import { idCursor, pageOf } from '../page.ts'
import * as partners from '../partners/channels.sql.ts'
import * as sql from './videos.sql.ts'

type Video = Out<typeof videos.one>

const present = ({ program_id, partner_id, is_tracked, ...video }: sql.VideoRow): Video => ({
  ...video,
  project_id: program_id,
  creator_id: partner_id,
  tracking_enabled: is_tracked,
})

export async function list(ctx: Ctx, { query }: In<typeof videos.list>) {
  const { project_id = null, creator_id = null, status = null, limit, cursor } = query
  const filter = { program_id: project_id, partner_id: creator_id, status }
  const found = await sql.list(ctx, { ...filter, limit, after: idCursor(cursor) })
  const { rows, next_cursor } = pageOf(found, limit, v => v.id)
  return reply(rows.map(present), { meta: { next_cursor } })
}

export async function one(ctx: Ctx, { params }: In<typeof videos.one>): Promise<Video> {
  const row = (await sql.one(ctx, params.video_id)) ?? refuseUnknown()
  await enter(ctx, row.program_id)
  return present(row)
}

export const refuseUnknown = (): never => refuse('not_found', 'There is no such video.')

/** The video that a path names, held, and the context inside its program. */
export async function hold(ctx: Ctx, id: string): Promise<{ inside: Ctx; video: sql.VideoRow }> {
  const video = (await sql.lock(ctx, id)) ?? refuseUnknown()
  return { inside: await enter(ctx, video.program_id), video }
}

/** The same external id in the project again changes nothing and answers the row that is there. */
export async function create(ctx: Ctx, { body }: In<typeof videos.create>) {
  const inside = await enter(ctx, body.project_id)
  const { creator_id = null, external_id, url = null, title = null, posted_at, status } = body
  const partner = creator_id === null ? null : await partnerOf(inside, creator_id)
  const [known] = await sql.named(inside, [external_id])
  if (known) return reply(present(known), { status: 200 })
  const row = { id: ctx.newId(), partner_id: creator_id, external_id, url, title, posted_at, status: status ?? usual(partner) }
  const [id] = await sql.insert(inside, [row], null)
  const [made] = await sql.named(inside, [external_id])
  const video = present(made as sql.VideoRow)
  if (id === undefined) return reply(video, { status: 200 })
  inside.tell('video.created', id, { program_id: inside.program.id, after: video })
  return reply(video)
}

/** A video of nobody was added by hand; one of a partner waits for review where tracking is selective. */
export function usual(partner: { tracking_mode: 'auto' | 'selective' } | null): sql.VideoStatus {
  if (partner === null) return 'direct_add'
  return partner.tracking_mode === 'auto' ? 'auto_tracked' : 'pending_review'
}

/** Refuses `not_found` for a partner of another program, or one that was removed. */
async function partnerOf(inside: Ctx, id: string): Promise<partners.ChannelRow> {
  const partner = await partners.one(inside, id)
  if (partner?.program_id !== inside.program.id) refuse('not_found', 'There is no such creator in this project.')
  return partner
}

export async function change(ctx: Ctx, { params, body }: In<typeof videos.change>): Promise<Video> {
  const { inside, video: before } = await hold(ctx, params.video_id)
  const { creator_id, tracking_enabled, ...same } = body
  if (creator_id !== undefined) await partnerOf(inside, creator_id)
  const wanted = { ...same, is_tracked: tracking_enabled, partner_id: creator_id }
  const changes = given(wanted) as sql.VideoChanges
  const counted = ['status', 'is_tracked', 'partner_id'] as const
  const matters = counted.some(field => changes[field] !== undefined && changes[field] !== before[field])
  await sql.update(inside, before.id, { ...changes, ...(matters && { needs_accrual: true }) })
  const after = present((await sql.one(inside, before.id)) as sql.VideoRow)
  inside.tell('video.changed', before.id, { program_id: before.program_id, before: present(before), after })
  return after
}
