import { sql } from 'kysely'
import type { Day } from '../../core/calendar.ts'
import type { Plan } from '../../core/plan.ts'
import type { Ctx } from '../context.ts'

/** How many structures each program has that are not archived. */
export async function structuresByProgram(ctx: Ctx): Promise<{ program_id: string; current: number }[]> {
  const { rows } = await sql<{ program_id: string; current: number }>`
    select p.id as program_id, (select count(*) from structures s
      where s.org_id = p.org_id and s.program_id = p.id and s.archived_at is null) as current
    from programs p where p.org_id = ${ctx.org_id} order by p.id`.execute(ctx.tx)
  return rows
}

/** Requests with keys that a day has had, where the plan counts them. */
export async function requestsOn(ctx: Ctx, day: Day): Promise<number> {
  const { rows } = await sql<{ requests: number }>`
    select requests from api_usage where org_id = ${ctx.org_id} and day = ${day}`.execute(ctx.tx)
  return rows[0]?.requests ?? 0
}

/** Whether something lies on days of the zone: money that was earned, or a partner who is or was on a structure. */
export async function hasDays(ctx: Ctx): Promise<boolean> {
  const { rows } = await sql<{ yes: boolean }>`
    select exists (select from earnings where org_id = ${ctx.org_id})
      or exists (select from assignments where org_id = ${ctx.org_id}) as yes`.execute(ctx.tx)
  return rows[0]?.yes ?? false
}

/** Holds every structure, so that nobody is put on one while the zone changes. */
export async function holdStructures(ctx: Ctx): Promise<void> {
  await sql`select from structures where org_id = ${ctx.org_id} order by id for update`.execute(ctx.tx)
}

export async function update(ctx: Ctx, changes: { name?: string; time_zone?: string; plan?: Plan }): Promise<void> {
  await ctx.tx.updateTable('organizations').set(changes).where('org_id', '=', ctx.org_id).execute()
}
