/**
 * Assignments: who is on a structure, since when. One ends and another may begin; none is ever changed.
 *
 * The structure is locked first, so that whoever comes and goes takes turns with its versions and its end. Source: spec B9.
 */
import type { In, Out } from '../../api/endpoint.ts'
import type { structures } from '../../api/structures.ts'
import { type Ctx, reply } from '../context.ts'
import { idCursor, pageOf } from '../page.ts'
import * as sql from './assignments.sql.ts'
import { afterAssignment } from './milestones.ts'
import { lock, one } from './structures.sql.ts'
import { open, refuseArchived } from './structures.ts'

const present = ({ partner_id, partner, ...row }: sql.AssignmentRow) => ({
  ...row,
  creator_id: partner_id,
  creator: { id: partner.id, display_name: partner.name, handle: partner.handle },
})

export async function assignments(ctx: Ctx, { params, query }: In<typeof structures.assignments>) {
  const { row } = await open(ctx, one(ctx, params.structure_id))
  const { limit, cursor, include_inactive } = query
  const found = await sql.list(ctx, row.id, { limit, after: idCursor(cursor), with_past: include_inactive !== undefined })
  const { rows, next_cursor } = pageOf(found, limit, a => a.id)
  return reply(rows.map(present), { meta: { next_cursor } })
}

/** Each is answered on its own: one who is not in the program stops no other. Refuses `structure_archived`. */
export async function assign(ctx: Ctx, { params, body }: In<typeof structures.assign>): Promise<Out<typeof structures.assign>> {
  const { row, inside } = await open(ctx, lock(ctx, params.structure_id))
  refuseArchived(row, 'Assign these creators to an active structure.')
  const ids = [...new Set(body.creator_ids)]
  const present = await sql.holdPartners(inside, ids)
  const wanted = ids.filter(id => present.has(id))
  const made = await sql.insert(inside, row.id, wanted)
  await afterAssignment(inside, row.id, made)
  const partner_ids = made.map(assignment => assignment.partner_id)
  if (made.length > 0) tellOf(inside, 'structure.assigned', row.id, partner_ids)
  const fresh = new Set(partner_ids)
  const statusOf = (id: string) => (fresh.has(id) ? 'assigned' : present.has(id) ? 'already_assigned' : 'not_in_project')
  return {
    assigned: made.length,
    already_assigned: wanted.length - made.length,
    not_in_project: ids.length - wanted.length,
    results: ids.map(id => ({ creator_id: id, status: statusOf(id) })),
  }
}

/** What they earned stays payable. */
export async function unassign(
  ctx: Ctx,
  { params, body }: In<typeof structures.unassign>,
): Promise<Out<typeof structures.unassign>> {
  const { row, inside } = await open(ctx, lock(ctx, params.structure_id))
  const ids = [...new Set(body.creator_ids)]
  const ended = new Set(await sql.end(inside, row.id, ids))
  if (ended.size > 0) tellOf(inside, 'structure.unassigned', row.id, [...ended])
  return {
    unassigned: ended.size,
    not_assigned: ids.length - ended.size,
    results: ids.map(id => ({ creator_id: id, status: ended.has(id) ? ('unassigned' as const) : ('not_assigned' as const) })),
  }
}

const tellOf = (ctx: Ctx, verb: string, structure_id: string, partner_ids: string[]): void =>
  ctx.tell(verb, structure_id, { program_id: ctx.program.id, after: { count: partner_ids.length, partner_ids } })
