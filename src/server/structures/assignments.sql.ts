import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'
import type { PageRequest } from '../page.ts'

export type AssignmentRow = {
  id: string
  structure_id: string
  partner_id: string
  partner: { id: string; name: string; handle: string | null }
  assigned_at: Instant
  unassigned_at: Instant | null
  assigned_by: string
}

type Filter = PageRequest & { after: string | null; with_past: boolean }

export async function list(ctx: Ctx, structure_id: string, f: Filter): Promise<AssignmentRow[]> {
  const { rows } = await sql<AssignmentRow>`
    select a.id, a.structure_id, a.partner_id, a.assigned_at, a.unassigned_at, a.assigned_by,
      json_build_object('id', p.id, 'name', p.name, 'handle', p.handle) as partner
    from assignments a join partners p on p.org_id = a.org_id and p.id = a.partner_id
    where a.org_id = ${ctx.org_id} and a.structure_id = ${structure_id} and (${f.with_past} or a.unassigned_at is null)
      and (${f.after}::uuid is null or a.id < ${f.after}::uuid)
    order by a.id desc limit ${f.limit + 1}`.execute(ctx.tx)
  return rows
}

/** How many partners are on each structure now, by its id. */
export async function assignedCounts(ctx: Ctx, structure_ids: string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ structure_id: string; count: number }>`
    select structure_id, count(*) as count from assignments
    where org_id = ${ctx.org_id} and structure_id = any(${structure_ids}::uuid[]) and unassigned_at is null group by 1`.execute(
    ctx.tx,
  )
  return new Map(rows.map(row => [row.structure_id, row.count]))
}

/** Those of the program's partners that are there, held so that none is removed meanwhile. */
export async function holdPartners(ctx: Ctx, ids: string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from partners where org_id = ${ctx.org_id} and program_id = ${ctx.program.id} and id = any(${ids}::uuid[])
      and removed_at is null order by id for share`.execute(ctx.tx)
  return new Set(rows.map(row => row.id))
}

export type NewAssignment = { id: string; partner_id: string; assigned_at: Instant }

/**
 * Puts partners on a structure from now on; returns those who were not on it.
 *
 * An assignment that ended a moment later than this request began is not overlapped: the new one begins at its end.
 */
export async function insert(ctx: Ctx, structure_id: string, partner_ids: string[]): Promise<NewAssignment[]> {
  if (partner_ids.length === 0) return []
  const wanted = partner_ids.map(partner_id => ({ id: ctx.newId(), partner_id }))
  const { rows } = await sql<NewAssignment>`
    insert into assignments (org_id, id, structure_id, partner_id, assigned_at, assigned_by)
    select ${ctx.org_id}, w.id, ${structure_id}, w.partner_id, greatest(${ctx.now}::timestamptz, past.ended_at), ${ctx.actor}
    from json_to_recordset(${JSON.stringify(wanted)}::json) as w(id uuid, partner_id uuid)
    cross join lateral (select max(unassigned_at) as ended_at from assignments
      where org_id = ${ctx.org_id} and structure_id = ${structure_id} and partner_id = w.partner_id) past
    order by w.partner_id
    on conflict (org_id, structure_id, partner_id) where unassigned_at is null do nothing
    returning id, partner_id, assigned_at`.execute(ctx.tx)
  return rows
}

/** Takes partners off a structure from now on; returns those who were on it. */
export async function end(ctx: Ctx, structure_id: string, partner_ids: string[]): Promise<string[]> {
  const { rows } = await sql<{ partner_id: string }>`
    update assignments set unassigned_at = greatest(${ctx.now}::timestamptz, assigned_at), unassigned_by = ${ctx.actor}
    where org_id = ${ctx.org_id} and structure_id = ${structure_id} and partner_id = any(${partner_ids}::uuid[])
      and unassigned_at is null
    returning partner_id`.execute(ctx.tx)
  return rows.map(row => row.partner_id)
}

/** Takes partners off every structure; returns which they were on. */
export async function endAll(ctx: Ctx, partner_ids: string[]): Promise<{ structure_id: string; partner_id: string }[]> {
  if (partner_ids.length === 0) return []
  const { rows } = await sql<{ structure_id: string; partner_id: string }>`
    with current as (select id from assignments
      where org_id = ${ctx.org_id} and partner_id = any(${partner_ids}::uuid[]) and unassigned_at is null order by id for update)
    update assignments a set unassigned_at = greatest(${ctx.now}::timestamptz, a.assigned_at), unassigned_by = ${ctx.actor}
    from current where a.org_id = ${ctx.org_id} and a.id = current.id and a.unassigned_at is null
    returning a.structure_id, a.partner_id`.execute(ctx.tx)
  return rows
}
