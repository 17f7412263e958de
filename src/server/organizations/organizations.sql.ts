import { type Kysely, sql } from 'kysely'
import type { Day, Instant, TimeZone } from '../../core/calendar.ts'
import { refuse } from '../../core/refusal.ts'
import type { Ctx, Role, Tx } from '../context.ts'
import type { Tables } from '../db/tables.ts'

export type ProgramRow = {
  id: string
  slug: string
  name: string
  program_type: 'affiliate' | 'creator'
  currency: string
  frequency: 'monthly' | 'bi_weekly' | 'on_demand'
  anchor_on: Day
  minimum_threshold_cents: number
  hold_days: number
  conversion_types: string[]
  created_at: Instant
}
export type Scope = { time_zone: TimeZone; program: ProgramRow | null }

/** The organization's zone and, when the path names one, its program; an unknown one is `not_found`. */
export async function scopeOf(tx: Tx, org_id: string, program_id: string | null): Promise<Scope> {
  const { rows } = await sql<ProgramRow & { time_zone: TimeZone; program_id: string | null }>`
    select o.time_zone, p.id as program_id, p.id, p.slug, p.name, p.program_type, p.currency, p.frequency, p.anchor_on,
      p.minimum_threshold_cents, p.hold_days, p.conversion_types, p.created_at
    from organizations o left join programs p on p.org_id = o.org_id and p.id = ${program_id}
    where o.org_id = ${org_id}`.execute(tx)
  const [row] = rows
  if (!row) throw new Error(`no organization ${org_id}`)
  if (program_id !== null && row.program_id === null) refuse('not_found', 'There is no such brand; check the id in the path.')
  const { time_zone, program_id: id, ...program } = row
  return { time_zone, program: id === null ? null : program }
}

export async function programs(tx: Tx, org_id: string): Promise<ProgramRow[]> {
  return (await tx.selectFrom('programs').selectAll().where('org_id', '=', org_id).orderBy('id').execute()) as ProgramRow[]
}

export async function organization(tx: Tx, org_id: string) {
  return tx.selectFrom('organizations').selectAll().where('org_id', '=', org_id).executeTakeFirstOrThrow()
}

export async function insertOrganization(
  tx: Tx,
  row: { org_id: string; name: string; time_zone: string; plan: string; now: Instant },
) {
  const { now, ...organization } = row
  await tx
    .insertInto('organizations')
    .values({ ...organization, created_at: now })
    .execute()
}

export async function insertProgram(
  tx: Tx,
  org_id: string,
  row: Pick<ProgramRow, 'id' | 'slug' | 'name' | 'currency' | 'program_type' | 'anchor_on' | 'created_at'>,
): Promise<ProgramRow> {
  await tx.insertInto('lookups').values({ kind: 'program_slug', key: row.slug.toLowerCase(), org_id }).execute()
  return (await tx
    .insertInto('programs')
    .values({ org_id, ...row })
    .returningAll()
    .executeTakeFirstOrThrow()) as ProgramRow
}

export async function updateProgram(ctx: Ctx, changes: Partial<ProgramRow>): Promise<ProgramRow> {
  if (Object.keys(changes).length === 0) return ctx.program
  return (await ctx.tx
    .updateTable('programs')
    .set(changes as never)
    .where('org_id', '=', ctx.org_id)
    .where('id', '=', ctx.program.id)
    .returningAll()
    .executeTakeFirstOrThrow()) as ProgramRow
}

/** Which organization owns a key's hash, a slug or the like: asked before any tenant is known. */
export async function ownersOf(tx: Kysely<Tables>, kind: string, key: string): Promise<string[]> {
  const rows = await tx.selectFrom('lookups').select('org_id').where('kind', '=', kind).where('key', '=', key).execute()
  return rows.map(r => r.org_id)
}

export async function insertLookup(tx: Tx, kind: string, key: string, org_id: string): Promise<void> {
  await tx
    .insertInto('lookups')
    .values({ kind, key, org_id })
    .onConflict(c => c.doNothing())
    .execute()
}

export async function insertMember(
  tx: Tx,
  row: { org_id: string; user_id: string; email: string; role: Role; created_at: Instant },
) {
  await tx
    .insertInto('members')
    .values(row)
    .onConflict(c => c.doNothing())
    .execute()
  await insertLookup(tx, 'user', row.user_id, row.org_id)
}

export type Membership = { role: Role; email: string; program_roles: Record<string, Role> }

export async function membership(tx: Tx, org_id: string, user_id: string): Promise<Membership | null> {
  const { rows } = await sql<Membership>`
    select m.role, m.email, coalesce((select jsonb_object_agg(p.program_id, p.role) from program_members p
      where p.org_id = m.org_id and p.user_id = m.user_id), '{}') as program_roles
    from members m where m.org_id = ${org_id} and m.user_id = ${user_id} and m.removed_at is null`.execute(tx)
  return rows[0] ?? null
}

export async function admins(tx: Tx, org_id: string) {
  return tx
    .selectFrom('members')
    .selectAll()
    .where('org_id', '=', org_id)
    .where('role', '=', 'admin')
    .where('removed_at', 'is', null)
    .orderBy('created_at')
    .execute()
}
