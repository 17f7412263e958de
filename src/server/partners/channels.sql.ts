/** Partners as their channel sees them: the same rows as partners.sql.ts, without those that were removed. */
import { sql } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'
import { containing } from '../db/like.ts'
import type { PageRequest } from '../page.ts'
import { inPrograms } from '../reach.sql.ts'

export type Platform = 'tiktok' | 'youtube' | 'instagram' | 'x' | 'other'
export type ChannelRow = {
  id: string
  program_id: string
  name: string
  platform: Platform | null
  handle: string | null
  description: string | null
  readme: string | null
  tracking_mode: 'auto' | 'selective'
  tracking_start_on: Day | null
  follower_count: number | null
  created_at: Instant
}

const columns = sql`p.id, p.program_id, p.name, p.platform, p.handle, p.description, p.readme, p.tracking_mode, p.tracking_start_on,
  p.created_at, (select m.follower_count from partner_metrics m where m.org_id = p.org_id and m.partner_id = p.id
    and m.withdrawn_at is null and m.follower_count is not null order by m.captured_at desc limit 1) as follower_count`

export async function list(
  ctx: Ctx,
  page: PageRequest & { after: string | null; program_id: string | null; search: string | undefined },
): Promise<ChannelRow[]> {
  const like = page.search === undefined ? null : containing(page.search)
  const { rows } = await sql<ChannelRow>`
    select ${columns} from partners p
    where p.org_id = ${ctx.org_id} and p.removed_at is null
      and ${inPrograms(ctx, page.program_id, 'p')}
      and (${page.after}::uuid is null or p.id < ${page.after}::uuid)
      and (${like}::text is null or lower(p.name) like ${like} or p.handle_key like ${like} or p.alias_key like ${like})
    order by p.id desc limit ${page.limit + 1}`.execute(ctx.tx)
  return rows
}

/** One that is not removed, whatever its program. */
export async function one(ctx: Ctx, id: string): Promise<ChannelRow | undefined> {
  const { rows } = await sql<ChannelRow>`
    select ${columns} from partners p where p.org_id = ${ctx.org_id} and p.id = ${id} and p.removed_at is null`.execute(ctx.tx)
  return rows[0]
}

/** As `one`, held until the transaction ends: what is observed of a partner at the same time takes turns. */
export async function lock(ctx: Ctx, id: string): Promise<{ id: string; program_id: string } | undefined> {
  const { rows } = await sql<{ id: string; program_id: string }>`
    select id, program_id from partners where org_id = ${ctx.org_id} and id = ${id} and removed_at is null
    for no key update`.execute(ctx.tx)
  return rows[0]
}

/** Who has a handle in the program, removed or not. */
export async function withHandle(ctx: Ctx, platform: Platform, handle: string) {
  const { rows } = await sql<{ id: string; is_removed: boolean }>`
    select id, removed_at is not null as is_removed from partners where org_id = ${ctx.org_id}
      and program_id = ${ctx.program.id} and platform = ${platform} and handle_key = lower(${handle})`.execute(ctx.tx)
  return rows[0]
}

export type Named = { handle: string; id: string; tracking_mode: 'auto' | 'selective' }

/** The partners of the program with these handles on a platform, by the text that was asked for. */
export async function withHandles(ctx: Ctx, platform: Platform, handles: string[]): Promise<Named[]> {
  const { rows } = await sql<Named>`
    select n.handle, p.id, p.tracking_mode
    from (select handle, lower(handle) as key from unnest(${handles}::text[]) handle offset 0) n
    join partners p on p.org_id = ${ctx.org_id} and p.program_id = ${ctx.program.id} and p.platform = ${platform}
      and p.handle_key = n.key`.execute(ctx.tx)
  return rows
}

/** How videos of these partners are tracked. */
export async function trackingOf(ctx: Ctx, ids: string[]): Promise<{ id: string; tracking_mode: 'auto' | 'selective' }[]> {
  const { rows } = await sql<{ id: string; tracking_mode: 'auto' | 'selective' }>`
    select id, tracking_mode from partners where org_id = ${ctx.org_id} and id = any(${ids}::uuid[])`.execute(ctx.tx)
  return rows
}

/** Holds partners until the transaction ends, always in one order. */
export async function lockAll(ctx: Ctx, ids: string[]): Promise<void> {
  await sql`select from partners where org_id = ${ctx.org_id} and id = any(${ids}::uuid[]) order by id for no key update`.execute(
    ctx.tx,
  )
}

export type NewChannel = {
  id: string
  name: string
  slug: string
  alias: string
  platform: Platform
  handle: string
  description: string | null
  tracking_mode: 'auto' | 'selective'
  tracking_start_on: Day
  import_id: string | null
}

/** Inserts partners with their channels; returns the ids of those whose slug, alias and handle were free. */
export async function insert(ctx: Ctx, channels: NewChannel[]): Promise<Set<string>> {
  if (channels.length === 0) return new Set()
  const { rows } = await sql<{ id: string }>`
    insert into partners (org_id, id, program_id, name, slug, alias, platform, handle, description, tracking_mode,
      tracking_start_on, import_id, created_at)
    select ${ctx.org_id}, r.id, ${ctx.program.id}, r.name, r.slug, r.alias, r.platform, r.handle, r.description, r.tracking_mode,
      r.tracking_start_on, r.import_id, ${ctx.now}::timestamptz
    from json_to_recordset(${JSON.stringify(channels)}::json) as r(id uuid, name text, slug text, alias text, platform text,
      handle text, description text, tracking_mode text, tracking_start_on date, import_id uuid)
    order by r.slug, r.id
    on conflict do nothing returning id`.execute(ctx.tx)
  return new Set(rows.map(row => row.id))
}

export type ChannelChanges = Partial<
  Pick<ChannelRow, 'name' | 'platform' | 'handle' | 'description' | 'readme' | 'tracking_mode' | 'tracking_start_on'>
>

export async function update(ctx: Ctx, id: string, changes: ChannelChanges): Promise<void> {
  if (Object.keys(changes).length === 0) return
  await ctx.tx.updateTable('partners').set(changes).where('org_id', '=', ctx.org_id).where('id', '=', id).execute()
}

/** Brings a removed partner back; false when somebody did so before. */
export async function bringBack(ctx: Ctx, id: string): Promise<boolean> {
  const { rows } = await sql`
    update partners set removed_at = null where org_id = ${ctx.org_id} and id = ${id} and removed_at is not null
    returning id`.execute(ctx.tx)
  return rows.length > 0
}

/** Removes partners from their program; returns those that were there and not removed yet. */
export async function markRemoved(ctx: Ctx, ids: string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with present as (select id from partners
      where org_id = ${ctx.org_id} and program_id = ${ctx.program.id} and id = any(${ids}::uuid[]) and removed_at is null
      order by id for update)
    update partners p set removed_at = ${ctx.now} from present
    where p.org_id = ${ctx.org_id} and p.id = present.id and p.removed_at is null
    returning p.id`.execute(ctx.tx)
  return rows.map(row => row.id)
}
