import { sql } from 'kysely'
import type { Ctx, Tx } from '../context.ts'
import { type PortalRow, portalColumns } from '../organizations/access.sql.ts'

export type { PortalRow }

export async function read(ctx: Ctx): Promise<PortalRow> {
  const { rows } = await sql<PortalRow>`
    select ${portalColumns} from programs g left join portals r on r.org_id = g.org_id and r.program_id = g.id
    where g.org_id = ${ctx.org_id} and g.id = ${ctx.program.id}`.execute(ctx.tx)
  return rows[0] as PortalRow
}

export async function write(ctx: Ctx, row: PortalRow): Promise<void> {
  const key = { org_id: ctx.org_id, program_id: ctx.program.id }
  await ctx.tx
    .insertInto('portals')
    .values({ ...key, ...row })
    .onConflict(c => c.columns(['org_id', 'program_id']).doUpdateSet(row))
    .execute()
}

export type Front = { program_id: string; slug: string; name: string } & PortalRow

/** What a visitor may know of a program, by its slug. */
export async function front(tx: Tx, org_id: string, slug: string): Promise<Front | undefined> {
  const { rows } = await sql<Front>`
    select g.id as program_id, g.slug, g.name, ${portalColumns}
    from programs g left join portals r on r.org_id = g.org_id and r.program_id = g.id
    where g.org_id = ${org_id} and lower(g.slug) = lower(${slug})`.execute(tx)
  return rows[0]
}
