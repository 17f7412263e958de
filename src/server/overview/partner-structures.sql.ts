import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'

export type AssignedRow = {
  assignment_id: string
  structure_id: string
  name: string
  archived_at: Instant | null
  assigned_at: Instant
  unassigned_at: Instant | null
}

/** The structures that a partner is or was on, the latest assignment first. */
export async function assigned(
  ctx: Ctx,
  partner_id: string,
  { limit, after }: { limit: number; after: string | null },
): Promise<AssignedRow[]> {
  const { rows } = await sql<AssignedRow>`
    select a.id as assignment_id, s.id as structure_id, s.name, s.archived_at, a.assigned_at, a.unassigned_at
    from assignments a join structures s on s.org_id = a.org_id and s.id = a.structure_id
    where a.org_id = ${ctx.org_id} and a.partner_id = ${partner_id} and s.program_id = ${ctx.program.id}
      and ${after === null ? sql`true` : sql`a.id < ${after}::uuid`}
    order by a.id desc limit ${limit + 1}`.execute(ctx.tx)
  return rows
}

/** What each structure earned a partner, less what was taken back, by the structure's id. */
export async function earnedBy(ctx: Ctx, partner_id: string, structure_ids: string[]): Promise<Map<string, number>> {
  if (structure_ids.length === 0) return new Map()
  const { rows } = await sql<{ id: string; cents: number }>`
    select v.structure_id as id, sum(g.cents)::bigint as cents from (
      select e.structure_version_id, sum(e.amount_cents) as cents
      from tabs t join earnings e on e.org_id = t.org_id and e.tab_id = t.id
      where t.org_id = ${ctx.org_id} and t.program_id = ${ctx.program.id} and t.partner_id = ${partner_id} and t.stream = 'structures'
        and e.structure_version_id is not null
      group by 1) g
    join structure_versions v on v.org_id = ${ctx.org_id} and v.id = g.structure_version_id
    where v.structure_id = any(${structure_ids}::uuid[]) group by 1`.execute(ctx.tx)
  return new Map(rows.map(row => [row.id, row.cents]))
}
