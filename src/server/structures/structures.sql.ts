import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { CriteriaType } from '../../core/rules/index.ts'
import type { Terms, Version } from '../../core/structure.ts'
import type { Ctx } from '../context.ts'
import { containing } from '../db/like.ts'
import type { PageRequest } from '../page.ts'
import { inPrograms } from '../reach.sql.ts'

export type StructureRow = {
  id: string
  program_id: string
  name: string
  metadata: Record<string, never>
  readme: string | null
  has_accruals: boolean
  archived_at: Instant | null
  created_at: Instant
}
export type VersionRow = Version & { created_by: string }

const columns = sql`id, program_id, name, metadata, readme, has_accruals, archived_at, created_at`
const versionColumns = sql`v.id, v.structure_id, v.version_number, v.period, v.amount_cents, v.currency, v.criteria_type,
  v.criteria_params, v.proration_mode, v.backfill_on_assignment, v.created_at, v.created_by`

export async function one(ctx: Ctx, id: string): Promise<StructureRow | undefined> {
  const { rows } = await sql<StructureRow>`
    select ${columns} from structures where org_id = ${ctx.org_id} and id = ${id}`.execute(ctx.tx)
  return rows[0]
}

/** As `one`, held until the transaction ends: versions, assignments and the end of a structure take turns. */
export async function lock(ctx: Ctx, id: string): Promise<StructureRow | undefined> {
  const { rows } = await sql<StructureRow>`
    select ${columns} from structures where org_id = ${ctx.org_id} and id = ${id} for update`.execute(ctx.tx)
  return rows[0]
}

type Filter = PageRequest & {
  after: string | null
  program_id: string | null
  is_active: boolean | null
  criteria_type?: CriteriaType | undefined
  q?: string | undefined
}

/** Newest first, in the programs that the caller reaches. */
export async function list(ctx: Ctx, f: Filter): Promise<StructureRow[]> {
  const conditions = [
    sql`org_id = ${ctx.org_id} and ${inPrograms(ctx, f.program_id, 'structures')}`,
    ...(f.after === null ? [] : [sql`id < ${f.after}::uuid`]),
    ...(f.is_active === null ? [] : [f.is_active ? sql`archived_at is null` : sql`archived_at is not null`]),
    ...(f.q === undefined ? [] : [sql`lower(name) like ${containing(f.q)}`]),
    ...(f.criteria_type === undefined ? [] : [sql`${currentType(ctx)} = ${f.criteria_type}`]),
  ]
  const { rows } = await sql<StructureRow>`
    select ${columns} from structures where ${sql.join(conditions, sql` and `)} order by id desc limit ${f.limit + 1}`.execute(
    ctx.tx,
  )
  return rows
}

const currentType = (ctx: Ctx) => sql`(select v.criteria_type from structure_versions v
  where v.org_id = ${ctx.org_id} and v.structure_id = structures.id order by v.version_number desc limit 1)`

/** The version in force now of each structure, by the structure's id. */
export async function currentVersions(ctx: Ctx, structure_ids: string[]): Promise<Map<string, VersionRow>> {
  if (structure_ids.length === 0) return new Map()
  const { rows } = await sql<VersionRow>`
    select ${versionColumns} from unnest(${structure_ids}::uuid[]) w(id) cross join lateral (
      select * from structure_versions where org_id = ${ctx.org_id} and structure_id = w.id
      order by version_number desc limit 1) v`.execute(ctx.tx)
  return new Map(rows.map(row => [row.structure_id, row]))
}

export type Totals = {
  accrual_count: number
  accrued_cents: number
  taken_back_count: number
  taken_back_cents: number
  paid_cents: number
}

/** What a structure has made so far: its accruals by the index of each version, and the few that were taken back. */
export async function totals(ctx: Ctx, { id, program_id }: StructureRow): Promise<Totals> {
  const versions = sql`select v.id from structure_versions v where v.org_id = ${ctx.org_id} and v.structure_id = ${id}`
  const { rows } = await sql<Totals>`
    select made.*, back.* from (
      select count(*) as accrual_count, coalesce(sum(e.amount_cents), 0)::bigint as accrued_cents,
        coalesce(sum(e.amount_cents) filter (where t.payment_id is not null), 0)::bigint as paid_cents
      from (${versions}) w join earnings e on e.org_id = ${ctx.org_id} and e.structure_version_id = w.id and e.kind = 'accrual'
        join tabs t on t.org_id = e.org_id and t.id = e.tab_id) made
    cross join (
      select count(*) as taken_back_count, coalesce(-sum(r.amount_cents), 0)::bigint as taken_back_cents from earnings r
      where r.org_id = ${ctx.org_id} and r.program_id = ${program_id} and r.kind = 'reversal'
        and r.structure_version_id = any(array(${versions}))) back`.execute(ctx.tx)
  return rows[0] as Totals
}

/** Every version of a structure, newest first. */
export async function versions(ctx: Ctx, structure_id: string): Promise<VersionRow[]> {
  const { rows } = await sql<VersionRow>`
    select ${versionColumns} from structure_versions v
    where v.org_id = ${ctx.org_id} and v.structure_id = ${structure_id} order by v.version_number desc`.execute(ctx.tx)
  return rows
}

export async function insert(
  ctx: Ctx,
  row: { id: string; name: string; metadata: Record<string, unknown>; readme: string | null },
): Promise<void> {
  await sql`
    insert into structures (org_id, id, program_id, name, metadata, readme, created_at, created_by)
    values (${ctx.org_id}, ${row.id}, ${ctx.program.id}, ${row.name}, ${JSON.stringify(row.metadata)}, ${row.readme}, ${ctx.now},
      ${ctx.actor})`.execute(ctx.tx)
}

export async function insertVersion(
  ctx: Ctx,
  { id, structure_id, version_number, ...terms }: Terms & Pick<Version, 'id' | 'structure_id' | 'version_number'>,
): Promise<void> {
  await sql`
    insert into structure_versions (org_id, id, structure_id, version_number, period, amount_cents, currency, criteria_type,
      criteria_params, proration_mode, backfill_on_assignment, created_at, created_by)
    values (${ctx.org_id}, ${id}, ${structure_id}, ${version_number}, ${terms.period}, ${terms.amount_cents}, ${terms.currency},
      ${terms.criteria_type}, ${JSON.stringify(terms.criteria_params)}, ${terms.proration_mode}, ${terms.backfill_on_assignment},
      ${ctx.now}, ${ctx.actor})`.execute(ctx.tx)
}

export type Changes = { name?: string; metadata?: unknown; readme?: string | null; archived_at?: Instant }

export async function update(ctx: Ctx, id: string, changes: Changes): Promise<void> {
  const { metadata, ...plain } = changes
  await ctx.tx
    .updateTable('structures')
    .set({ ...plain, ...(metadata !== undefined && { metadata: JSON.stringify(metadata) }) })
    .where('org_id', '=', ctx.org_id)
    .where('id', '=', id)
    .execute()
}

/** Its versions, assignments and evaluated periods go with it. */
export async function remove(ctx: Ctx, id: string): Promise<void> {
  await sql`delete from structures where org_id = ${ctx.org_id} and id = ${id}`.execute(ctx.tx)
}
