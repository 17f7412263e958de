/**
 * Milestones: a video of an assigned partner that reached a threshold pays it, once ever.
 *
 * Only videos that something happened to are looked at, each locked, so that two nights or a night and an assignment that
 * looks back never both pay one. Source: spec B7.4.
 */
import { accrueMilestone, isAccrued, payingMilestone } from '../../core/accrue.ts'
import { dayOf, type Instant } from '../../core/calendar.ts'
import { groupBy } from '../../core/collect.ts'
import type { Ctx } from '../context.ts'
import * as tabs from '../earnings/tabs.sql.ts'
import * as accrueSql from './accrue.sql.ts'
import * as sql from './milestones.sql.ts'
import { entryOf, type Night, NOTHING, sumOf } from './night.ts'

const CHUNK = 500

type InTransaction = <T>(act: (ctx: Ctx) => Promise<T>) => Promise<T>

/** Looks at every video of a program that needs it, in chunks. */
export async function accrueMilestones(inTransaction: InTransaction, structures: accrueSql.Structure[]): Promise<Night> {
  let night = NOTHING
  for (let after: string | null = null; ; ) {
    const chunk: Chunk = await inTransaction(ctx => accrueChunk(ctx, structures, after))
    night = sumOf(night, chunk.night)
    if (chunk.last === null) return night
    after = chunk.last
  }
}

/** What a transaction made, and the last video that it looked at when there may be more. */
type Chunk = { night: Night; last: string | null }

async function accrueChunk(ctx: Ctx, structures: accrueSql.Structure[], after: string | null): Promise<Chunk> {
  const present = await accrueSql.hold(ctx, idsOf(structures))
  const videos = await sql.lockVideos(ctx, { after, limit: CHUNK })
  const mine = structures.filter(structure => present.has(structure.id))
  const night = await accrueVideos(ctx, mine, videos, null)
  await sql.looked(ctx, idsOf(videos))
  return { night, last: videos.length < CHUNK ? null : (videos.at(-1) as sql.VideoRow).id }
}

const idsOf = (rows: { id: string }[]): string[] => rows.map(row => row.id)

/** What an assignment brings about: periods already evaluated are open for it, and milestones crossed before may pay at once. */
export async function afterAssignment(
  ctx: Ctx,
  structure_id: string,
  assigned: { id: string; partner_id: string; assigned_at: Instant }[],
): Promise<void> {
  if (assigned.length === 0) return
  const partner_ids = assigned.map(a => a.partner_id)
  await accrueSql.reopen(ctx, structure_id, ctx.now)
  const [structure] = await accrueSql.assigned(ctx, structure_id)
  const current = structure?.versions.at(-1)
  if (!structure || current?.criteria_type !== 'view_threshold') return
  await sql.lookAgain(ctx, partner_ids)
  if (!current.backfill_on_assignment) return
  const videos = await sql.lockVideos(ctx, { partner_ids })
  const looking = assigned.map(a => ({ id: a.id, structure_id, partner_id: a.partner_id, start: a.assigned_at, end: null }))
  await accrueVideos(ctx, [structure], videos, new Map(looking.map(a => [a.partner_id, a])))
}

type LookingBack = Map<string, sql.AssignmentRow> | null

async function accrueVideos(
  ctx: Ctx,
  structures: accrueSql.Structure[],
  videos: sql.VideoRow[],
  back: LookingBack,
): Promise<Night> {
  const partner_ids = [...new Set(videos.map(video => video.partner_id))]
  const assignments = await sql.assignmentsOf(
    ctx,
    structures.map(s => s.id),
    partner_ids,
  )
  const mine = groupBy(assignments, a => `${a.structure_id} ${a.partner_id}`)
  const asked = structures.flatMap(structure =>
    videos
      .filter(video => mine.has(`${structure.id} ${video.partner_id}`))
      .flatMap(video => thresholdsOf(structure).map(threshold_views => ({ structure, video, threshold_views }))),
  )
  if (asked.length === 0) return NOTHING
  const crossed = new Map((await sql.crossings(ctx, pairsOf(asked))).map(c => [`${c.video_id} ${c.threshold_views}`, c]))
  const found = asked.flatMap(({ structure, video, threshold_views }) => {
    const crossing = crossed.get(`${video.id} ${threshold_views}`)
    const own = mine.get(`${structure.id} ${video.partner_id}`) ?? []
    return crossing ? paid(ctx, { structure, video, crossing, assignments: own, back }) : []
  })
  return enter(ctx, found)
}

const thresholdsOf = ({ versions }: accrueSql.Structure): number[] => [
  ...new Set(versions.flatMap(v => ((v.criteria_params.thresholds ?? []) as { views: number }[]).map(t => t.views))),
]

/** Two structures may ask for the same threshold of one video: it is looked up once. */
const pairsOf = (asked: { video: sql.VideoRow; threshold_views: number }[]) => [
  ...new Map(
    asked.map(a => [`${a.video.id} ${a.threshold_views}`, { video_id: a.video.id, threshold_views: a.threshold_views }]),
  ).values(),
]

type Reached = {
  structure: accrueSql.Structure
  video: sql.VideoRow
  crossing: sql.CrossingRow
  assignments: sql.AssignmentRow[]
  back: LookingBack
}
type Found = ReturnType<typeof entryOf> & { structure_id: string }

function paid(ctx: Ctx, { structure, video, crossing, assignments, back }: Reached): Found[] {
  const looking_back = back?.get(video.partner_id) ?? null
  const paying = payingMilestone({ ...structure, assignments }, crossing, looking_back)
  if (!paying) return []
  const { version, assignment } = paying
  const { at: snapshot_at, video_id, threshold_views, view_count } = crossing
  const outcome = accrueMilestone(
    version,
    { video_id, threshold_views, view_count, snapshot_at, backfill: looking_back !== null },
    {
      ...{ tz: ctx.time_zone, evaluated_at: ctx.now, assignment_id: assignment.id },
      ...{ assigned_at: assignment.start, unassigned_at: assignment.end },
    },
  )
  if (!isAccrued(outcome)) return []
  const source_key = `milestone:${structure.id}:${video_id}:${threshold_views}`
  const frame = { structure_version_id: version.id, period_start_at: snapshot_at, period_end_at: snapshot_at }
  const accrual = { partner_id: video.partner_id, source_key, currency: version.currency, ...frame, ...outcome }
  return [{ ...entryOf(ctx, accrual, dayOf(snapshot_at, ctx.time_zone)), structure_id: structure.id }]
}

async function enter(ctx: Ctx, found: Found[]): Promise<Night> {
  const known = await accrueSql.known(
    ctx,
    found.map(each => each.source_key),
  )
  const fresh = found.filter(each => !known.has(each.source_key))
  await tabs.enterOnOpen(ctx, fresh)
  if (fresh.length > 0) {
    const structure_ids = [...new Set(fresh.map(each => each.structure_id))]
    await accrueSql.markAccrued(ctx, structure_ids)
    const { amount_cents } = tabs.total(fresh)
    ctx.tell('accruals.made', structure_ids.length === 1 ? (structure_ids[0] as string) : null, {
      program_id: ctx.program.id,
      after: { count: fresh.length, amount_cents, structure_ids },
    })
  }
  return { evaluated: found.length, created: fresh.length, amount_cents: tabs.total(fresh).amount_cents }
}
