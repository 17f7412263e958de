/** Goals: what a partner should reach in each day, week or month. Source: spec B14. */
import type { In, Out } from '../../api/endpoint.ts'
import type { goals } from '../../api/goals.ts'
import { type Day, dayOf } from '../../core/calendar.ts'
import { refuse } from '../../core/refusal.ts'
import { enter } from '../app.ts'
import { type Ctx, reply } from '../context.ts'
import { idCursor, pageOf } from '../page.ts'
import * as partners from '../partners/channels.sql.ts'
import { refuseUnknown } from '../partners/channels.ts'
import * as sql from './goals.sql.ts'

type Goal = Out<typeof goals.one>

export const present = ({ program_id, partner_id, ...goal }: sql.GoalRow): Goal => ({
  ...goal,
  project_id: program_id,
  creator_id: partner_id,
})

export async function list(ctx: Ctx, { query }: In<typeof goals.list>) {
  const { project_id = null, creator_id = null, limit, cursor } = query
  const found = await sql.list(ctx, { program_id: project_id, partner_id: creator_id, limit, after: idCursor(cursor) })
  const { rows, next_cursor } = pageOf(found, limit, g => g.id)
  return reply(rows.map(present), { meta: { next_cursor } })
}

export async function one(ctx: Ctx, { params }: In<typeof goals.one>): Promise<Goal> {
  return present((await read(ctx, params.goal_id)).goal)
}

/** The goal that a path names, and the context inside its program. */
async function read(ctx: Ctx, id: string): Promise<{ inside: Ctx; goal: sql.GoalRow }> {
  const goal = (await sql.one(ctx, id)) ?? refuse('not_found', 'There is no such goal, or it was removed.')
  return { inside: await enter(ctx, goal.program_id), goal }
}

export async function create(ctx: Ctx, { body }: In<typeof goals.create>): Promise<Goal> {
  const partner = (await partners.one(ctx, body.creator_id)) ?? refuseUnknown()
  const inside = await enter(ctx, partner.program_id)
  const { creator_id, starts_on = dayOf(ctx.now, ctx.time_zone), ends_on = null, ...same } = body
  checkEnd(starts_on, ends_on)
  const id = ctx.newId()
  await sql.insert(inside, { ...same, id, partner_id: creator_id, starts_on, ends_on })
  const goal = present((await sql.one(inside, id)) as sql.GoalRow)
  inside.tell('goal.created', id, { program_id: partner.program_id, after: goal })
  return goal
}

function checkEnd(starts_on: Day, ends_on: Day | null): void {
  if (ends_on === null || starts_on <= ends_on) return
  refuse('invalid_body', `The goal would end before it starts, on ${starts_on}.`, {
    errors: [{ path: 'ends_on', message: `is before ${starts_on}, when the goal starts` }],
  })
}

export async function change(ctx: Ctx, { params, body }: In<typeof goals.change>): Promise<Goal> {
  const { inside, goal: before } = await read(ctx, params.goal_id)
  if (body.ends_on !== undefined) checkEnd(before.starts_on, body.ends_on)
  const { target, ends_on } = body
  await sql.update(inside, before.id, { ...(target !== undefined && { target }), ...(ends_on !== undefined && { ends_on }) })
  const after = present((await sql.one(inside, before.id)) as sql.GoalRow)
  inside.tell('goal.changed', before.id, { program_id: before.program_id, before: present(before), after })
  return after
}

export async function remove(ctx: Ctx, { params }: In<typeof goals.remove>): Promise<{ id: string; deleted: true }> {
  const { inside, goal } = await read(ctx, params.goal_id)
  await sql.update(inside, goal.id, { removed_at: ctx.now })
  inside.tell('goal.removed', goal.id, { program_id: goal.program_id, before: present(goal) })
  return { id: goal.id, deleted: true }
}
