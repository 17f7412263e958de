/**
 * Observations: what a video or a channel counted at an instant. Every one is kept as it was made. Source: spec B14, G2.
 *
 * At one instant there is one observation: the same again is a `duplicate`, another content a `conflict`, and the first
 * stays. A count that fell is kept, with a warning, since sources correct themselves.
 */
import type { z } from 'zod'
import type { In, Out } from '../../api/endpoint.ts'
import { InstantText } from '../../api/shapes.ts'
import { CreatorSnapshot, VideoSnapshot, type videos } from '../../api/videos.ts'
import { type Instant, ms } from '../../core/calendar.ts'
import { type Fault, faultsOf } from '../../core/faults.ts'
import { refuse } from '../../core/refusal.ts'
import { enter } from '../app.ts'
import { type Ctx, type Reply, reply } from '../context.ts'
import { pageOf } from '../page.ts'
import * as partners from '../partners/channels.sql.ts'
import { refuseUnknown } from '../partners/channels.ts'
import * as sql from './observations.sql.ts'
import { ofPartners, ofVideos } from './observations.sql.ts'
import * as videosSql from './videos.sql.ts'
import { hold, refuseUnknown as refuseUnknownVideo } from './videos.ts'

type Results = Out<typeof videos.observe>
type Result = Results['results'][number]
const DAY = 86_400_000

export async function observe(ctx: Ctx, { params, body }: In<typeof videos.observe>): Promise<Reply<Results>> {
  const { inside, video } = await hold(ctx, params.video_id)
  return answer(body, await take(inside, ofVideos, VideoSnapshot, video.id, itemsOf(body)))
}

export async function observePartner(ctx: Ctx, { params, body }: In<typeof videos.observeCreator>): Promise<Reply<Results>> {
  const partner = (await partners.lock(ctx, params.creator_id)) ?? refuseUnknown()
  const inside = await enter(ctx, partner.program_id)
  return answer(body, await take(inside, ofPartners, CreatorSnapshot, partner.id, itemsOf(body)))
}

type Body = In<typeof videos.observe>['body']
const isBatch = (body: Body): body is { snapshots: unknown[] } => 'snapshots' in body
const itemsOf = (body: Body): unknown[] => (isBatch(body) ? body.snapshots : [body])

/** A bad observation sent alone is refused as a whole: `invalid_body`. */
function answer(body: Body, results: Result[]): Reply<Results> {
  const [only] = results as [Result]
  if (!isBatch(body) && only.status === 'rejected') {
    const [first] = only.errors as [Fault]
    const message = `The observation was not recorded: ${`${first.path} ${first.message}`.trim()}.`
    refuse('invalid_body', message, { errors: only.errors })
  }
  const counts = { created: 0, duplicate: 0, conflict: 0, rejected: 0 }
  for (const { status } of results) counts[status]++
  return reply({ results, counts }, { status: counts.created > 0 ? 201 : 200 })
}

/** Records the observations of one video or partner, which the caller holds; the result of each stands at its own place. */
async function take(ctx: Ctx, series: sql.Series, schema: z.ZodType, owner_id: string, raw: unknown[]): Promise<Result[]> {
  const items = raw.map(each => readItem(series, schema, owner_id, each))
  const good = items.filter(isObserved)
  const statuses = await record(ctx, series, good, null)
  const created = good.filter((_, n) => statuses[n] === 'created')
  const warnings = await warningsFor(ctx, series, created)
  let n = 0
  return items.map(item => {
    if (!isObserved(item)) return item
    return resultOf(item, statuses[n++] as Status, warnings)
  })
}

const isObserved = (item: sql.Observed | Result): item is sql.Observed => 'owner_id' in item

function resultOf(item: sql.Observed, status: Status, warnings: Map<string, string[]>): Result {
  const { captured_at } = item
  if (status === 'conflict') return { captured_at, status, errors: [{ path: 'captured_at', message: OTHER_CONTENT }] }
  const said = status === 'created' ? warnings.get(captured_at) : undefined
  return { captured_at, status, ...(said && { warnings: said }) }
}

export const OTHER_CONTENT = 'is recorded with other counts; the first stays'

function readItem(series: sql.Series, schema: z.ZodType, owner_id: string, raw: unknown): sql.Observed | Result {
  const parsed = schema.safeParse(raw)
  if (!parsed.success) {
    const at = InstantText.safeParse((raw as { captured_at?: unknown } | null)?.captured_at)
    return { captured_at: at.data ?? null, status: 'rejected', errors: faultsOf(parsed.error) }
  }
  const { captured_at, ...sent } = parsed.data as { captured_at: Instant } & Record<string, number | null | undefined>
  return { owner_id, captured_at, counts: Object.fromEntries(series.counts.map(name => [name, sent[name] ?? null])) }
}

export type Status = 'created' | 'duplicate' | 'conflict'

/**
 * Enters observations of videos or partners that the caller holds, however many, and says what became of each.
 *
 * The newest counts of the videos follow, and the next accrual looks at them.
 */
export async function record(
  ctx: Ctx,
  series: sql.Series,
  observed: sql.Observed[],
  import_id: string | null,
): Promise<Status[]> {
  if (observed.length === 0) return []
  const known = new Map((await sql.existing(ctx, series, observed)).map(each => [keyOf(each), contentOf(series, each)]))
  const fresh: sql.Observed[] = []
  const statuses = observed.map((each): Status => {
    const content = contentOf(series, each)
    const before = known.get(keyOf(each))
    if (before !== undefined) return before === content ? 'duplicate' : 'conflict'
    known.set(keyOf(each), content)
    fresh.push(each)
    return 'created'
  })
  await sql.insert(ctx, series, fresh, import_id)
  if (series === ofVideos) await sql.refresh(ctx, [...new Set(fresh.map(each => each.owner_id))])
  return statuses
}

const keyOf = ({ owner_id, captured_at }: sql.Key) => `${owner_id} ${captured_at}`
const contentOf = (series: sql.Series, { counts }: sql.Observed) => series.counts.map(name => counts[name]).join(' ')

/** What is odd about observations of one video or partner, by their instants. */
async function warningsFor(ctx: Ctx, series: sql.Series, created: sql.Observed[]): Promise<Map<string, string[]>> {
  const before = new Map((await sql.before(ctx, series, created)).map(each => [each.captured_at, each.counts]))
  const oddities = created.map(({ captured_at, counts }) => {
    const earlier = before.get(captured_at) ?? {}
    const fell = series.counts.filter(name => (counts[name] ?? Number.POSITIVE_INFINITY) < (earlier[name] ?? 0))
    const words = fell.map(name => `${name} fell from ${earlier[name]} to ${counts[name]}`)
    if (ms(captured_at) > ms(ctx.now) + DAY) words.push('captured_at is more than a day ahead')
    return [captured_at, words] as const
  })
  return new Map(oddities.filter(([, words]) => words.length > 0).map(([at, words]) => [at, words]))
}

export async function observations(ctx: Ctx, { params, query }: In<typeof videos.observations>) {
  const video = (await videosSql.one(ctx, params.video_id)) ?? refuseUnknownVideo()
  await enter(ctx, video.program_id)
  return page(ctx, ofVideos, video.id, query) as Promise<Reply<Out<typeof videos.observations>>>
}

export async function partnerObservations(ctx: Ctx, { params, query }: In<typeof videos.creatorObservations>) {
  const partner = (await partners.one(ctx, params.creator_id)) ?? refuseUnknown()
  await enter(ctx, partner.program_id)
  return page(ctx, ofPartners, partner.id, query) as Promise<Reply<Out<typeof videos.creatorObservations>>>
}

/** Of one video or partner there is one observation an instant, so its instant is the cursor. */
async function page(ctx: Ctx, series: sql.Series, owner_id: string, query: { limit: number; cursor?: string | undefined }) {
  const found = await sql.list(ctx, series, owner_id, { limit: query.limit, before_at: instantCursor(query.cursor) })
  const { rows, next_cursor } = pageOf(found, query.limit, row => row.captured_at)
  return reply(rows as unknown, { meta: { next_cursor } })
}

function instantCursor(cursor: string | undefined): Instant | null {
  if (cursor === undefined) return null
  const { data } = InstantText.safeParse(cursor)
  return data ?? refuse('invalid_query', 'This cursor is not one of ours; take meta.next_cursor as it is.')
}
