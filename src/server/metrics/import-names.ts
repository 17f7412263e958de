/** The partners and videos that rows of a file name: found, made where they may be, and kept to their owners. */
import { dayOf } from '../../core/calendar.ts'
import type { Mapping } from '../../core/mapping.ts'
import type { Ctx } from '../context.ts'
import { type Outcome, rejected } from '../conversions/import-rows.ts'
import { checkLimit } from '../organizations/plans.ts'
import * as channels from '../partners/channels.sql.ts'
import { insertChannels } from '../partners/channels.ts'
import { named } from '../partners/partners.sql.ts'
import { type Item, isItem, type Who } from './import-items.ts'
import type { Observed } from './observations.sql.ts'
import * as videos from './videos.sql.ts'
import { usual } from './videos.ts'

type Partner = { id: string; tracking_mode: 'auto' | 'selective' }

export type Partners = Map<string, Partner>
const keyOf = ({ platform, handle }: Who) => `${platform} ${handle.toLowerCase()}`

/** The partners that rows name: by their handle on the platform, else by id, alias, slug or another handle. */
export async function partnersOf(ctx: Ctx, read: (Item | Outcome)[]): Promise<Partners> {
  const wanted = new Map(read.filter(isItem).flatMap(({ who }) => (who ? [[keyOf(who), who] as const] : [])))
  const found: Partners = new Map()
  for (const platform of new Set([...wanted.values()].map(who => who.platform))) {
    const handles = [...wanted.values()].filter(who => who.platform === platform).map(who => who.handle)
    for (const { handle, ...partner } of await channels.withHandles(ctx, platform, handles))
      found.set(keyOf({ platform, handle, name: handle }), partner)
  }
  const others = [...wanted].filter(([key]) => !found.has(key))
  if (others.length === 0) return found
  const byName = await named(ctx.tx, ctx.org_id, ctx.program.id, [...new Set(others.map(([, who]) => who.handle.toLowerCase()))])
  const ofIds = await channels.trackingOf(
    ctx,
    byName.map(p => p.id),
  )
  const modes = new Map(ofIds.map(p => [p.id, p]))
  const ids = new Map(byName.map(p => [p.name, p.id]))
  for (const [key, who] of others) {
    const partner = modes.get(ids.get(who.handle.toLowerCase()) ?? '')
    if (partner) found.set(key, partner)
  }
  return found
}

export type Known = Map<string, videos.VideoRow>

/** Rejects rows that name what is not there and may not be made. */
export function settle(mapping: Mapping, read: (Item | Outcome)[], known: Known, partners: Partners): (Item | Outcome)[] {
  if (mapping.create_partners) return read
  return read.map(item => {
    if (!isItem(item)) return item
    const { who, video } = item
    if (video) return known.has(video.external_id) ? item : rejected(`there is no video "${video.external_id}" in this project`)
    return who && partners.has(keyOf(who)) ? item : rejected(`there is no creator "${who?.name}" in this project`)
  })
}

/** Whose rows make something: followers, and of each new video the first. A video stays its own when a channel is renamed. */
export function newOwners(items: Item[], known: Known): Item[] {
  const seen = new Set(known.keys())
  return items.filter(({ video }) => {
    if (!video) return true
    const is_new = !seen.has(video.external_id)
    seen.add(video.external_id)
    return is_new
  })
}

/** Makes the partners that are not known, with the file's own text as name and handle. */
export async function makePartners(ctx: Ctx, items: Item[], partners: Partners, import_id: string | null): Promise<void> {
  const unknown = new Map<string, Who>()
  for (const { who } of items) if (who && !partners.has(keyOf(who)) && !unknown.has(keyOf(who))) unknown.set(keyOf(who), who)
  await checkLimit(ctx, 'creators', unknown.size)
  const tracking_start_on = dayOf(ctx.now, ctx.time_zone)
  const channel = { description: null, tracking_mode: 'auto' as const, tracking_start_on, import_id }
  const wanted = [...unknown].sort(([a], [b]) => (a < b ? -1 : 1))
  const ids = await insertChannels(
    ctx,
    wanted.map(([, who]) => ({ ...who, ...channel })),
  )
  for (const [n, [key, { platform, handle }]] of wanted.entries()) {
    // null: somebody made the same channel a moment ago
    const id = ids[n] ?? (await channels.withHandle(ctx, platform, handle))?.id
    if (id !== undefined) partners.set(key, { id, tracking_mode: 'auto' })
  }
}

export async function makeVideos(
  ctx: Ctx,
  items: Item[],
  partners: Partners,
  known: Known,
  import_id: string | null,
): Promise<void> {
  const unknown = new Map<string, videos.NewVideo>()
  for (const { who, video } of items) {
    if (!video) continue
    const partner = who ? (partners.get(keyOf(who)) ?? null) : null
    unknown.set(video.external_id, { ...video, id: ctx.newId(), partner_id: partner?.id ?? null, status: usual(partner) })
  }
  if (unknown.size === 0) return
  await videos.insert(ctx, [...unknown.values()], import_id)
  for (const video of await videos.named(ctx, [...unknown.keys()])) known.set(video.external_id, video)
}

export function observedBy({ who, video, captured_at, counts }: Item, known: Known, partners: Partners): Observed {
  const owner = video ? known.get(video.external_id) : who && partners.get(keyOf(who))
  return { owner_id: (owner as { id: string }).id, captured_at, counts }
}
