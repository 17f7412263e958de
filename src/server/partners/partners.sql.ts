import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import { isId } from '../../core/ids.ts'
import type { Ctx, Tx } from '../context.ts'
import { containing } from '../db/like.ts'
import type { PageRequest } from '../page.ts'

export type PartnerStatus = 'pending' | 'approved' | 'paused' | 'declined'
/** Their traffic is restricted: what they bring is recorded and pays nothing. Source: spec C5. */
export const isRestricted = (status: PartnerStatus): boolean => status === 'paused' || status === 'declined'

export type PartnerRow = {
  id: string
  program_id: string
  name: string
  email: string | null
  slug: string
  alias: string
  status: PartnerStatus
  country: string | null
  company: string | null
  address: string | null
  vat_id: string | null
  billing_details: string | null
  metadata: Record<string, never>
  readme: string | null
  created_at: Instant
}
export type PartnerWithCoupons = PartnerRow & { coupon_codes: string[]; platform: string | null; handle: string | null }

const columns = sql`p.id, p.program_id, p.name, p.email, p.slug, p.alias, p.status, p.country, p.company, p.address, p.vat_id,
  p.billing_details, p.metadata, p.readme, p.created_at, p.platform, p.handle,
  array(select c.code from coupons c where c.org_id = p.org_id and c.program_id = p.program_id and c.partner_id = p.id
    order by c.code) as coupon_codes`

export async function one(ctx: Ctx, id: string): Promise<PartnerWithCoupons | undefined> {
  const { rows } = await sql<PartnerWithCoupons>`
    select ${columns} from partners p
    where p.org_id = ${ctx.org_id} and p.program_id = ${ctx.program.id} and p.id = ${id}`.execute(ctx.tx)
  return rows[0]
}

export async function list(
  ctx: Ctx,
  page: PageRequest & { after: string | null; q?: string | undefined; status?: string | undefined },
) {
  const like = page.q === undefined ? null : containing(page.q)
  const { rows } = await sql<PartnerWithCoupons>`
    select ${columns} from partners p
    where p.org_id = ${ctx.org_id} and p.program_id = ${ctx.program.id}
      and (${page.after}::uuid is null or p.id < ${page.after}::uuid)
      and (${page.status ?? null}::text is null or p.status = ${page.status ?? null})
      and (${like}::text is null or lower(p.name) like ${like} or lower(p.alias) like ${like} or lower(coalesce(p.email, '')) like ${like})
    order by p.id desc limit ${page.limit + 1}`.execute(ctx.tx)
  return rows
}

export type NewPartner = Omit<PartnerRow, 'program_id' | 'created_at'> & { import_id?: string | null }

/** Inserts a partner, or returns false when its slug or alias is taken. */
export async function insert(ctx: Ctx, row: NewPartner): Promise<boolean> {
  const { rows } = await sql`
    insert into partners (org_id, id, program_id, name, email, slug, alias, status, country, company, address, vat_id,
      billing_details, metadata, readme, import_id, created_at)
    values (${ctx.org_id}, ${row.id}, ${ctx.program.id}, ${row.name}, ${row.email}, ${row.slug}, ${row.alias}, ${row.status},
      ${row.country}, ${row.company}, ${row.address}, ${row.vat_id}, ${row.billing_details}, ${JSON.stringify(row.metadata)},
      ${row.readme}, ${row.import_id ?? null}, ${ctx.now})
    on conflict do nothing returning id`.execute(ctx.tx)
  return rows.length > 0
}

export async function update(ctx: Ctx, id: string, changes: Partial<PartnerRow>): Promise<void> {
  if (Object.keys(changes).length === 0) return
  const { metadata, ...rest } = changes
  await ctx.tx
    .updateTable('partners')
    .set({ ...rest, ...(metadata && { metadata: JSON.stringify(metadata) }) })
    .where('org_id', '=', ctx.org_id)
    .where('id', '=', id)
    .execute()
}

/** Gives partners a status; returns those of the program that had another one, with it, in the order of their ids. */
export async function setStatus(
  ctx: Ctx,
  ids: string[],
  status: PartnerStatus,
): Promise<{ id: string; before: PartnerStatus }[]> {
  const { rows } = await sql<{ id: string; before: PartnerStatus }>`
    with found as (select id, status from partners where org_id = ${ctx.org_id} and program_id = ${ctx.program.id}
      and id = any(${ids}::uuid[]) order by id for update)
    update partners p set status = ${status} from found
    where p.org_id = ${ctx.org_id} and p.id = found.id and found.status <> ${status}
    returning p.id, found.status as before`.execute(ctx.tx)
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Which of these are partners of the program. */
export async function present(ctx: Ctx, ids: string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from partners where org_id = ${ctx.org_id} and program_id = ${ctx.program.id} and id = any(${ids}::uuid[])`.execute(
    ctx.tx,
  )
  return new Set(rows.map(row => row.id))
}

/** Whether another partner of the program has this slug or alias, whatever the case. */
export async function taken(ctx: Ctx, column: 'slug' | 'alias', value: string, except: string | null): Promise<boolean> {
  const { rows } = await sql`
    select from partners where org_id = ${ctx.org_id} and program_id = ${ctx.program.id}
      and ${sql.ref(`${column}_key`)} = lower(${value}) and id is distinct from ${except}::uuid`.execute(ctx.tx)
  return rows.length > 0
}

/** Replaces a partner's coupon codes; returns those that belong to somebody else. */
export async function setCoupons(ctx: Ctx, partner_id: string, codes: string[]): Promise<string[]> {
  await ctx.tx
    .deleteFrom('coupons')
    .where('org_id', '=', ctx.org_id)
    .where('program_id', '=', ctx.program.id)
    .where('partner_id', '=', partner_id)
    .execute()
  if (codes.length === 0) return []
  const { rows } = await sql<{ code: string }>`
    insert into coupons (org_id, program_id, code, partner_id)
    select ${ctx.org_id}, ${ctx.program.id}, code, ${partner_id} from unnest(${codes}::text[]) code
    on conflict do nothing returning code`.execute(ctx.tx)
  const kept = new Set(rows.map(r => r.code))
  return codes.filter(code => !kept.has(code))
}

type Named = { name: string; id: string; status: PartnerStatus }

/** The partner that each text names: by id, else alias, else slug, else handle, whatever the case. `names` are in lower case. */
export async function named(tx: Tx, org_id: string, program_id: string, names: string[]): Promise<Named[]> {
  const { rows } = await sql<Named>`
    select distinct on (found.name) found.name, found.id, found.status from (
      select p.id::text as name, p.id, p.status, 1 as rank from unnest(${names.filter(isId)}::uuid[]) n(id)
        join partners p on p.org_id = ${org_id} and p.id = n.id and p.program_id = ${program_id}
      union all
      select n.name, p.id, p.status, 2 from unnest(${names}::text[]) n(name)
        join partners p on p.org_id = ${org_id} and p.program_id = ${program_id} and p.alias_key = n.name
      union all
      select n.name, p.id, p.status, 3 from unnest(${names}::text[]) n(name)
        join partners p on p.org_id = ${org_id} and p.program_id = ${program_id} and p.slug_key = n.name
    ) found order by found.name, found.rank`.execute(tx)
  if (rows.length === names.length) return rows
  const known = new Set(rows.map(row => row.name))
  const unknown = names.filter(name => !known.has(name))
  return [...rows, ...(await withHandles(tx, org_id, program_id, unknown))]
}

/** Those with a handle on one platform; a handle that two of them have, on two platforms, names nobody. */
async function withHandles(tx: Tx, org_id: string, program_id: string, names: string[]): Promise<Named[]> {
  const { rows } = await sql<Named>`
    select n.name, min(p.id::text)::uuid as id, min(p.status) as status
    from unnest(${names}::text[]) n(name)
    cross join unnest('{tiktok,youtube,instagram,x,other}'::text[]) platform(name)
    join partners p on p.org_id = ${org_id} and p.program_id = ${program_id} and p.platform = platform.name and p.handle_key = n.name
    group by n.name having count(distinct p.id) = 1`.execute(tx)
  return rows
}

/** Every partner of a program, or those named by id, with its alias: what custom payout lines may name. */
export async function aliases(ctx: Ctx, ids?: string[]): Promise<{ id: string; alias: string }[]> {
  const { rows } = await sql<{ id: string; alias: string }>`
    select id, alias from partners where org_id = ${ctx.org_id} and program_id = ${ctx.program.id}
      and (${ids ?? null}::uuid[] is null or id = any(${ids ?? null}::uuid[]))`.execute(ctx.tx)
  return rows
}
