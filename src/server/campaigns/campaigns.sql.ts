import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Terms } from '../../core/price.ts'
import type { Ctx, Tx } from '../context.ts'
import { containing } from '../db/like.ts'
import type { PageRequest } from '../page.ts'

export type Caps = { daily?: number | null; weekly?: number | null; monthly?: number | null }
/** The wording of terms as it is stored; the campaign and version are columns beside it. */
export type StoredTerms = Omit<Terms, 'campaign_id' | 'version'>
export type CampaignRow = {
  id: string
  program_id: string
  slug: string
  name: string
  destination_url: string | null
  hold_hours: number | null
  default_revenue_cents: number
  caps: Caps
  postback_secret: string | null
  version: number
  created_at: Instant
  terms: StoredTerms
  tables: Record<string, string>
}

const select = sql`
  select c.id, c.program_id, c.slug, c.name, c.destination_url, c.hold_hours, c.default_revenue_cents, c.caps,
    c.postback_secret, c.version, c.created_at, v.terms, v.tables
  from campaigns c join campaign_versions v on v.org_id = c.org_id and v.campaign_id = c.id and v.version = c.version`

export async function one(ctx: Ctx, id: string): Promise<CampaignRow | undefined> {
  const { rows } = await sql<CampaignRow>`${select}
    where c.org_id = ${ctx.org_id} and c.program_id = ${ctx.program.id} and c.id = ${id}`.execute(ctx.tx)
  return rows[0]
}

/** Locks a campaign against ingestion and other edits until this transaction ends, then reads it. */
export async function lock(ctx: Ctx, id: string): Promise<CampaignRow | undefined> {
  await sql`select from campaigns where org_id = ${ctx.org_id} and id = ${id} for update`.execute(ctx.tx)
  return one(ctx, id)
}

export async function list(
  ctx: Ctx,
  page: PageRequest & { after: string | null; q?: string | undefined },
): Promise<CampaignRow[]> {
  const like = page.q === undefined ? null : containing(page.q)
  const { rows } = await sql<CampaignRow>`${select}
    where c.org_id = ${ctx.org_id} and c.program_id = ${ctx.program.id} and (${page.after}::uuid is null or c.id < ${page.after}::uuid)
      and (${like}::text is null or lower(c.name) like ${like} or lower(c.slug) like ${like})
    order by c.id desc limit ${page.limit + 1}`.execute(ctx.tx)
  return rows
}

/** Inserts a campaign, or returns false when its slug is taken. */
export async function insert(ctx: Ctx, row: Omit<CampaignRow, 'created_at' | 'version' | 'program_id'>): Promise<boolean> {
  const { rows } = await sql`
    insert into campaigns (org_id, id, program_id, slug, name, destination_url, hold_hours, default_revenue_cents, caps,
      postback_secret, version, created_at)
    values (${ctx.org_id}, ${row.id}, ${ctx.program.id}, ${row.slug}, ${row.name}, ${row.destination_url}, ${row.hold_hours},
      ${row.default_revenue_cents}, ${JSON.stringify(row.caps)}, ${row.postback_secret}, 1, ${ctx.now})
    on conflict do nothing returning id`.execute(ctx.tx)
  if (rows.length === 0) return false
  await insertVersion(ctx, row.id, 1, row)
  return true
}

export async function insertVersion(
  ctx: Ctx,
  id: string,
  version: number,
  wording: Pick<CampaignRow, 'terms' | 'tables'>,
): Promise<void> {
  await sql`
    insert into campaign_versions (org_id, campaign_id, version, terms, tables, created_at, created_by)
    values (${ctx.org_id}, ${id}, ${version}, ${JSON.stringify(wording.terms)}, ${JSON.stringify(wording.tables)},
      ${ctx.now}, ${ctx.actor})`.execute(ctx.tx)
}

export type VersionRow = Pick<CampaignRow, 'version' | 'terms' | 'tables' | 'created_at'> & { created_by: string }

/** The wordings of one campaign, newest first. */
export async function versions(ctx: Ctx, id: string, page: { limit: number; before: number | null }): Promise<VersionRow[]> {
  const { rows } = await sql<VersionRow>`
    select version, terms, tables, created_at, created_by from campaign_versions
    where org_id = ${ctx.org_id} and campaign_id = ${id} and (${page.before}::int is null or version < ${page.before}::int)
    order by version desc limit ${page.limit + 1}`.execute(ctx.tx)
  return rows
}

/** How many conversions each campaign of the program had since an instant. */
export async function recentCounts(ctx: Ctx, since: Instant): Promise<Map<string, number>> {
  const { rows } = await sql<{ campaign_id: string; count: number }>`
    select campaign_id, count(*) as count from conversions
    where org_id = ${ctx.org_id} and program_id = ${ctx.program.id} and occurred_at >= ${since} group by campaign_id`.execute(
    ctx.tx,
  )
  return new Map(rows.map(row => [row.campaign_id, row.count]))
}

type Changes = Partial<Omit<CampaignRow, 'id' | 'terms' | 'tables' | 'created_at' | 'program_id'>>

export async function update(ctx: Ctx, id: string, { caps, ...changes }: Changes): Promise<void> {
  await ctx.tx
    .updateTable('campaigns')
    .set({ ...changes, ...(caps && { caps: JSON.stringify(caps) }) } as never)
    .where('org_id', '=', ctx.org_id)
    .where('id', '=', id)
    .execute()
}

export async function slugTaken(ctx: Ctx, slug: string, except: string): Promise<boolean> {
  const { rows } = await sql`
    select from campaigns where org_id = ${ctx.org_id} and program_id = ${ctx.program.id} and lower(slug) = lower(${slug})
      and id <> ${except}`.execute(ctx.tx)
  return rows.length > 0
}

/**
 * Counts what was recorded before a campaign began to count (tiers and caps), anew, under the campaign's lock.
 *
 * Lifetime, days, weeks and months, in the organization's zone; the partner of all zeros stands for the whole campaign, and
 * what was over a cap takes no room in it.
 */
export async function countSoFar(ctx: Ctx, id: string): Promise<void> {
  await sql`update volumes set counted = 0 where org_id = ${ctx.org_id} and campaign_id = ${id}`.execute(ctx.tx)
  await sql`
    insert into volumes (org_id, campaign_id, partner_id, span, counted)
    select ${ctx.org_id}, ${id}, who, span, count(*)
    from conversions c
      cross join lateral (select 'conversion:' || c.id as source_key offset 0) k
      left join earnings e on e.org_id = c.org_id and e.source_key = k.source_key,
      lateral (select c.occurred_at at time zone ${ctx.time_zone} as at,
        coalesce(e.inputs, c.pending->'inputs')->>'reason' is distinct from 'over_cap' as takes_room) z,
      lateral (values (c.partner_id, 'lifetime', true),
        ('00000000-0000-0000-0000-000000000000'::uuid, 'day:' || to_char(z.at, 'YYYY-MM-DD'), z.takes_room),
        ('00000000-0000-0000-0000-000000000000'::uuid, 'week:' || to_char(date_trunc('week', z.at), 'YYYY-MM-DD'), z.takes_room),
        ('00000000-0000-0000-0000-000000000000'::uuid, 'month:' || to_char(z.at, 'YYYY-MM'), z.takes_room)) s(who, span, counts)
    where c.org_id = ${ctx.org_id} and c.campaign_id = ${id} and c.decision <> 'rejected' and s.counts
    group by who, span
    on conflict (org_id, campaign_id, partner_id, span) do update set counted = excluded.counted`.execute(ctx.tx)
}

/** How many conversions of a partner a campaign has counted for its tiers. */
export async function countedSoFar(ctx: Ctx, id: string, partner_id: string): Promise<number> {
  const row = await ctx.tx
    .selectFrom('volumes')
    .select('counted')
    .where('org_id', '=', ctx.org_id)
    .where('campaign_id', '=', id)
    .where('partner_id', '=', partner_id)
    .where('span', '=', 'lifetime')
    .executeTakeFirst()
  return row?.counted ?? 0
}

/**
 * The campaigns that texts may name, by id or slug in lower case, kept from changing until this transaction ends.
 *
 * One whose terms changed while its lock was waited for is not in the answer, joined as it was with the version before:
 * the second look, under the lock, finds it.
 */
export async function named(tx: Tx, org_id: string, program_id: string, names: string[]): Promise<CampaignRow[]> {
  const look = sql<CampaignRow>`${select}
    where c.org_id = ${org_id} and c.program_id = ${program_id}
      and (lower(c.slug) = any(${names}::text[]) or c.id::text = any(${names}::text[]))
    for key share of c`
  const { rows } = await look.execute(tx)
  return rows.length < names.length ? (await look.execute(tx)).rows : rows
}

export async function byIds(ctx: Ctx, ids: string[]): Promise<CampaignRow[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<CampaignRow>`${select}
    where c.org_id = ${ctx.org_id} and c.program_id = ${ctx.program.id} and c.id = any(${[...new Set(ids)]}::uuid[])`.execute(
    ctx.tx,
  )
  return rows
}
