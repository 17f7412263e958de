/** Payout methods: labels under which payments are recorded, shared by all programs. They move no money. Source: spec B5. */
import type { In, Out } from '../../api/endpoint.ts'
import type { methods } from '../../api/methods.ts'
import { refuse } from '../../core/refusal.ts'
import type { Ctx } from '../context.ts'
import { isUniqueViolation } from '../db/errors.ts'
import { addressOfIcon, checkIcon } from './icons.ts'
import { refuseKeyOfProgram } from './keys.ts'
import * as sql from './methods.sql.ts'
import { checkLimit } from './plans.ts'

type Method = Out<typeof methods.one>

const present = ({ icon_path, ...method }: sql.MethodRow): Method => ({ ...method, icon_url: addressOfIcon(icon_path) })

export async function list(ctx: Ctx, { query }: In<typeof methods.list>): Promise<Method[]> {
  const all = query.include_disabled !== undefined
  if (all && ctx.caller.role !== 'admin')
    refuse('forbidden', 'Only admins of the organization see disabled methods; leave include_disabled out.')
  return (await sql.list(ctx, all)).map(present)
}

export async function one(ctx: Ctx, { params }: In<typeof methods.one>): Promise<Method> {
  return present(await found(sql.method(ctx.tx, ctx.org_id, params.method_id)))
}

const found = async (row: Promise<sql.MethodRow | undefined>): Promise<sql.MethodRow> =>
  (await row) ?? refuse('not_found', 'There is no such payout method; GET /api/v1/payout-methods lists those there are.')

/** Refuses `limit_reached` at the plan's number of active methods, `conflict_name` for a name that is taken. */
export async function create(ctx: Ctx, { body }: In<typeof methods.create>): Promise<Method> {
  refuseKeyOfProgram(ctx)
  const { name, icon_path = null, metadata = {}, readme = null } = body
  await checkLimit(ctx, 'max_payout_methods_per_org')
  await checkIcon(ctx, icon_path)
  const row = { id: ctx.newId(), name, icon_path, metadata: metadata as Record<string, never>, readme }
  const method = present((await sql.insert(ctx, row)) ?? refuseTaken(name))
  ctx.tell('method.created', method.id, { after: method })
  return method
}

/** Refuses as `create` does: a name may be taken, and a method that is switched on again needs its place in the plan. */
export async function change(ctx: Ctx, { params, body }: In<typeof methods.change>): Promise<Method> {
  refuseKeyOfProgram(ctx)
  const before = present(await found(sql.lock(ctx, params.method_id)))
  if (body.is_active === true && !before.is_active) await checkLimit(ctx, 'max_payout_methods_per_org')
  await checkIcon(ctx, body.icon_path ?? null)
  const after = present(await update(ctx, before.id, body as sql.MethodChanges))
  ctx.tell('method.changed', before.id, { before, after })
  return after
}

async function update(ctx: Ctx, id: string, changes: sql.MethodChanges): Promise<sql.MethodRow> {
  try {
    return await sql.update(ctx, id, changes)
  } catch (error) {
    if (isUniqueViolation(error, 'payout_methods_name')) refuseTaken(changes.name as string)
    throw error
  }
}

const refuseTaken = (name: string): never =>
  refuse('conflict_name', `There is a payout method "${name}" already, disabled perhaps; choose another name.`)

/** Refuses `default_method`. What was paid with a method that is gone keeps its name. */
export async function remove(ctx: Ctx, { params }: In<typeof methods.remove>): Promise<Out<typeof methods.remove>> {
  refuseKeyOfProgram(ctx)
  const before = present(await found(sql.lock(ctx, params.method_id)))
  if (before.is_default) refuse('default_method', `${before.name} is a default: disable it with {"is_active": false} instead.`)
  await sql.remove(ctx, before.id)
  ctx.tell('method.deleted', before.id, { before })
  return { id: before.id, deleted: true }
}
