/** Partners leave their program: they are on no structure from now on, and what they earned stays payable. Source: spec B9, B14. */
import type { creators } from '../../api/creators.ts'
import type { In, Out } from '../../api/endpoint.ts'
import { groupBy } from '../../core/collect.ts'
import { enter } from '../app.ts'
import type { Ctx } from '../context.ts'
import { markRemoved, one } from '../partners/channels.sql.ts'
import { refuseUnknown } from '../partners/channels.ts'
import { endAll } from './assignments.sql.ts'

/** Refuses `not_found` for one that was removed before. */
export async function remove(ctx: Ctx, { params }: In<typeof creators.remove>): Promise<Out<typeof creators.remove>> {
  const partner = (await one(ctx, params.creator_id)) ?? refuseUnknown()
  const inside = await enter(ctx, partner.program_id)
  const removed = await leave(inside, [partner.id])
  if (removed.length === 0) refuseUnknown()
  return { id: partner.id, deleted: true }
}

export async function removeSeveral(
  ctx: Ctx,
  { body }: In<typeof creators.removeSeveral>,
): Promise<Out<typeof creators.removeSeveral>> {
  const ids = [...new Set(body.creator_ids)]
  const removed = new Set(await leave(ctx, ids))
  return {
    removed: removed.size,
    not_in_project: ids.length - removed.size,
    results: ids.map(id => ({ creator_id: id, status: removed.has(id) ? ('removed' as const) : ('not_in_project' as const) })),
  }
}

/** Removes those that are there; their assignments end after that, so that none begins in between. */
async function leave(ctx: Ctx, ids: string[]): Promise<string[]> {
  const removed = await markRemoved(ctx, ids)
  const left = groupBy(await endAll(ctx, removed), assignment => assignment.partner_id)
  for (const id of removed) {
    const structure_ids = (left.get(id) ?? []).map(assignment => assignment.structure_id)
    ctx.tell('partner.removed', id, { program_id: ctx.program.id, after: { removed_at: ctx.now, structure_ids } })
  }
  return removed
}
