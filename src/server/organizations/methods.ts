import type { In, Out } from '../../api/endpoint.ts'
import type { methods } from '../../api/methods.ts'
import { refuse } from '../../core/refusal.ts'
import type { Ctx } from '../context.ts'
import * as sql from './organizations.sql.ts'

export async function list(ctx: Ctx, { query }: In<typeof methods.list>): Promise<Out<typeof methods.list>> {
  const all = query.include_disabled !== undefined
  if (all && ctx.caller.role !== 'admin')
    refuse('forbidden', 'Only admins of the organization see disabled methods; leave include_disabled out.')
  const found = await sql.methods(ctx.tx, ctx.org_id, all)
  return found.map(({ icon_path, ...method }) => ({ ...method, icon_url: icon_path === null ? null : `/${icon_path}` }))
}

export async function create(_ctx: Ctx, _input: In<typeof methods.create>): Promise<Out<typeof methods.create>> {
  throw new Error('not built')
}

export async function one(_ctx: Ctx, _input: In<typeof methods.one>): Promise<Out<typeof methods.one>> {
  throw new Error('not built')
}

export async function change(_ctx: Ctx, _input: In<typeof methods.change>): Promise<Out<typeof methods.change>> {
  throw new Error('not built')
}

export async function remove(_ctx: Ctx, _input: In<typeof methods.remove>): Promise<Out<typeof methods.remove>> {
  throw new Error('not built')
}
