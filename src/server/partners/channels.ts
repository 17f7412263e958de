/**
 * Partners by their channel: a platform and a handle that nobody else in the program has. The ids are the partners' own.
 *
 * One that was removed keeps its handle and its history; adding the handle again brings it back. Source: spec B14, ON-01.
 */
import { type creators, isTikTokHandle, NewCreator } from '../../api/creators.ts'
import type { In, Out } from '../../api/endpoint.ts'
import { dayOf } from '../../core/calendar.ts'
import { given, groupBy } from '../../core/collect.ts'
import { type Fault, faultsOf } from '../../core/faults.ts'
import { refuse } from '../../core/refusal.ts'
import { numbered, slugOf } from '../../core/slug.ts'
import { enter } from '../app.ts'
import { type Ctx, type Reply, reply } from '../context.ts'
import { isUniqueViolation } from '../db/errors.ts'
import { checkLimit } from '../organizations/plans.ts'
import { idCursor, pageOf } from '../page.ts'
import * as sql from './channels.sql.ts'
import { taken } from './partners.sql.ts'

type Channel = Out<typeof creators.one>
type Wish = ReturnType<typeof wishOf>
type Added = { status: 'created' | 're_added' | 'rejected'; creator: Channel | null; errors?: Fault[] }

const present = ({ program_id, name, tracking_start_on, ...channel }: sql.ChannelRow): Channel => ({
  ...channel,
  project_id: program_id,
  display_name: name,
  tiktok_handle: channel.platform === 'tiktok' ? channel.handle : null,
  tracking_start_date: tracking_start_on,
})

export async function list(ctx: Ctx, { query }: In<typeof creators.list>) {
  const { project_id = null, search, limit, cursor } = query
  const found = await sql.list(ctx, { limit, after: idCursor(cursor), program_id: project_id, search })
  const { rows, next_cursor } = pageOf(found, limit, p => p.id)
  return reply(rows.map(present), { meta: { next_cursor } })
}

export async function one(ctx: Ctx, { params }: In<typeof creators.one>): Promise<Channel> {
  const row = await read(ctx, params.creator_id)
  await enter(ctx, row.program_id)
  return present(row)
}

async function read(ctx: Ctx, id: string): Promise<sql.ChannelRow> {
  return (await sql.one(ctx, id)) ?? refuseUnknown()
}

export const refuseUnknown = (): never => refuse('not_found', 'There is no such creator, or it was removed from its project.')

/** Refuses `handle_taken` for one alone; of several each is answered on its own. `limit_reached` refuses them all. */
export async function add(ctx: Ctx, { body }: In<typeof creators.add>): Promise<Reply<Out<typeof creators.add>>> {
  if (!('creators' in body)) return addOne(ctx, wishOf(body))
  const items = body.creators.map(readWish)
  await checkLimit(ctx, 'creators', await placesFor(ctx, items))
  const added: Added[] = []
  for (const item of items) added.push('faults' in item ? rejected(item.faults) : await addOrReject(ctx, item))
  return reply({ creators: added }, { status: added.some(({ status }) => status === 'created') ? 201 : 200 })
}

const rejected = (errors: Fault[]): Added => ({ status: 'rejected', creator: null, errors })

/** The platform is TikTok unless another is named. */
function wishOf({ tiktok_handle, platform = 'tiktok', handle, ...more }: ReturnType<typeof NewCreator.parse>) {
  return { ...more, platform, handle: tiktok_handle ?? (handle as string), path: tiktok_handle ? 'tiktok_handle' : 'handle' }
}

function readWish(raw: unknown): Wish | { faults: Fault[] } {
  const parsed = NewCreator.safeParse(raw)
  return parsed.success ? wishOf(parsed.data) : { faults: faultsOf(parsed.error) }
}

/** How many partners more there will be. */
async function placesFor(ctx: Ctx, items: (Wish | { faults: Fault[] })[]): Promise<number> {
  const wishes = items.filter((item): item is Wish => !('faults' in item))
  let places = 0
  for (const [first] of groupBy(wishes, wish => `${wish.platform} ${wish.handle.toLowerCase()}`).values()) {
    const { platform, handle } = first as Wish
    const known = await sql.withHandle(ctx, platform, handle)
    if (!known || known.is_removed) places++
  }
  return places
}

async function addOne(ctx: Ctx, wish: Wish): Promise<Reply<Out<typeof creators.add>>> {
  const known = await sql.withHandle(ctx, wish.platform, wish.handle)
  if (!known || known.is_removed) await checkLimit(ctx, 'creators', 1)
  const { status, creator } = await addOrReject(ctx, wish)
  if (creator === null) return refuseHandle(wish)
  return reply({ ...creator, status }, { status: status === 'created' ? 201 : 200 })
}

const refuseHandle = ({ handle, platform }: { handle: string; platform: string }): never =>
  refuse('handle_taken', `The handle "${handle}" on ${platform} belongs to another creator of this project.`)

async function addOrReject(ctx: Ctx, wish: Wish): Promise<Added> {
  const known = await sql.withHandle(ctx, wish.platform, wish.handle)
  if (known) return known.is_removed ? reAdd(ctx, known.id, wish) : rejected([isTaken(wish)])
  const { platform, handle, display_name, description = null, tracking_mode, tracking_start_date } = wish
  const id = await insertChannel(ctx, {
    ...{ platform, handle, description, tracking_mode, name: display_name ?? handle, import_id: null },
    tracking_start_on: tracking_start_date ?? dayOf(ctx.now, ctx.time_zone),
  })
  if (id === null) return rejected([isTaken(wish)])
  return { status: 'created', creator: present(await read(ctx, id)) }
}

const isTaken = ({ path }: Wish): Fault => ({ path, message: 'is taken' })

/** What is sent holds; what is not stays as it was. */
async function reAdd(ctx: Ctx, id: string, wish: Wish): Promise<Added> {
  if (!(await sql.bringBack(ctx, id))) return rejected([isTaken(wish)])
  const { handle, display_name, description, tracking_mode, tracking_start_date } = wish
  await sql.update(ctx, id, {
    ...{ handle, tracking_mode },
    ...(display_name !== undefined && { name: display_name }),
    ...(description !== undefined && { description }),
    ...(tracking_start_date !== undefined && { tracking_start_on: tracking_start_date }),
  })
  const creator = present(await read(ctx, id))
  ctx.tell('partner.re_added', id, { program_id: ctx.program.id, after: creator })
  return { status: 're_added', creator }
}

type Given = Omit<sql.NewChannel, 'id' | 'slug' | 'alias'>

/** Makes partners of channels, in one statement as far as their names are free; returns their ids, null as `insertChannel`. */
export async function insertChannels(ctx: Ctx, given: Given[]): Promise<(string | null)[]> {
  const rows = given.map(each => ({ ...each, id: ctx.newId(), slug: slugOf(each.handle), alias: each.handle }))
  const made = await sql.insert(ctx, rows)
  const ids: (string | null)[] = []
  for (const [n, row] of rows.entries()) {
    if (made.has(row.id)) tellCreated(ctx, row)
    ids.push(made.has(row.id) ? row.id : await insertChannel(ctx, given[n] as Given))
  }
  return ids
}

const tellCreated = (ctx: Ctx, { id, name, platform, handle }: sql.NewChannel): void =>
  ctx.tell('partner.created', id, { program_id: ctx.program.id, after: { name, status: 'approved', platform, handle } })

/**
 * Makes a partner of a channel and returns its id; null when the handle was taken a moment ago.
 *
 * Its alias is the handle, so that conversions may name it; where that or the slug is taken, both are numbered.
 */
async function insertChannel(ctx: Ctx, given: Given): Promise<string | null> {
  const base = slugOf(given.handle)
  for (let attempt = 1; attempt <= 100; attempt++) {
    const slug = numbered(base, attempt)
    const alias = (await taken(ctx, 'alias', given.handle, null)) ? slug : given.handle
    const row = { ...given, id: ctx.newId(), slug, alias }
    if ((await sql.insert(ctx, [row])).has(row.id)) {
      tellCreated(ctx, row)
      return row.id
    }
    if (await sql.withHandle(ctx, given.platform, given.handle)) return null
  }
  return refuse('invalid_body', `The slugs of "${given.handle}" are all taken; send another display name or handle.`)
}

/** Refuses `handle_taken`, and `invalid_body` for a platform without a handle. */
export async function change(ctx: Ctx, { params, body }: In<typeof creators.change>): Promise<Channel> {
  const before = await read(ctx, params.creator_id)
  const inside = await enter(ctx, before.program_id)
  const { tiktok_handle, handle, platform, display_name, tracking_start_date, ...same } = body
  const changes = {
    ...given(same),
    ...(display_name !== undefined && { name: display_name }),
    ...(tracking_start_date !== undefined && { tracking_start_on: tracking_start_date }),
    ...channelOf(before, { tiktok_handle, handle, platform }),
  } as sql.ChannelChanges
  try {
    await sql.update(inside, before.id, changes)
  } catch (error) {
    if (!isUniqueViolation(error, 'partners_handle')) throw error
    refuseHandle({ handle: changes.handle as string, platform: changes.platform as string })
  }
  const after = await read(inside, before.id)
  inside.tell('partner.changed', before.id, { program_id: before.program_id, before: present(before), after: present(after) })
  return present(after)
}

type Sent = Pick<In<typeof creators.change>['body'], 'tiktok_handle' | 'handle' | 'platform'>

/** The channel that a change leads to; a handle without a platform stays on the one that is there. */
function channelOf(before: sql.ChannelRow, { tiktok_handle, handle, platform }: Sent) {
  if (tiktok_handle !== undefined && (handle !== undefined || (platform ?? 'tiktok') !== 'tiktok')) {
    return refuseField('tiktok_handle', 'goes alone: send platform with handle for another platform')
  }
  if (tiktok_handle !== undefined) return { platform: 'tiktok' as const, handle: tiktok_handle }
  if (handle === undefined && platform === undefined) return {}
  const after = { platform: platform ?? before.platform ?? 'tiktok', handle: handle ?? before.handle }
  if (after.handle === null) return refuseField('handle', 'is needed with a platform')
  if (after.platform === 'tiktok' && !isTikTokHandle(after.handle)) {
    return refuseField('handle', 'must be 1 to 30 letters, digits, ".", "_" or "-" on TikTok')
  }
  return after
}

const refuseField = (path: string, message: string): never =>
  refuse('invalid_body', `The body is not as it should be: ${path} ${message}.`, { errors: [{ path, message }] })
