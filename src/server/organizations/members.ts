/** Members of an organization: their roles, and how they go. Source: spec A2, D2 row 20. */
import type { In, Out } from '../../api/endpoint.ts'
import type { members } from '../../api/members.ts'
import { refuse } from '../../core/refusal.ts'
import { type Ctx, mayWrite, type Role } from '../context.ts'
import { refuseKeyOfProgram } from './keys.ts'
import * as sql from './members.sql.ts'
import { programs } from './organizations.sql.ts'

const present = ({ user_id, email, role, program_roles, created_at }: sql.MemberRow): Out<typeof members.change> => ({
  ...{ id: user_id, email, role, created_at },
  brand_roles: Object.entries(program_roles).map(([brand_id, role]) => ({ brand_id, role })),
})

export async function list(ctx: Ctx): Promise<Out<typeof members.list>> {
  refuseKeyOfProgram(ctx)
  return (await sql.list(ctx)).map(present)
}

/**
 * Refuses `forbidden` for what the caller may not give: an admin of one program decides in that program alone, and an unknown
 * program is `not_found`.
 */
export async function refuseBeyond(ctx: Ctx, program_id: string | null): Promise<void> {
  refuseKeyOfProgram(ctx)
  if (program_id === null && ctx.caller.role !== 'admin')
    refuse('forbidden', 'Only an admin of the organization decides about the whole organization; name a brand.')
  if (program_id === null) return
  if (!(await programs(ctx.tx, ctx.org_id)).some(program => program.id === program_id))
    refuse('not_found', 'There is no such brand; check brand_id.')
  if (!mayWrite(ctx.caller, program_id)) refuse('forbidden', 'Only an admin of this brand decides who works on it.')
}

/** Changes a role. Refuses `last_admin` when nobody would be left who may. */
export async function change(ctx: Ctx, { params, body }: In<typeof members.change>): Promise<Out<typeof members.change>> {
  const program_id = 'brand_id' in body ? body.brand_id : null
  await refuseBeyond(ctx, program_id)
  await sql.hold(ctx)
  const before = await memberOf(ctx, params.member_id)
  if (program_id !== null) await sql.setProgramRole(ctx, before.user_id, program_id, body.role)
  else {
    if (body.role !== 'admin') await refuseLastAdmin(ctx, before)
    await sql.setRole(ctx, before.user_id, body.role as Role)
  }
  const after = await memberOf(ctx, params.member_id)
  const named = { email: before.email }
  ctx.tell('member.changed', null, {
    program_id,
    before: { ...named, ...rolesOf(before) },
    after: { ...named, ...rolesOf(after) },
  })
  return present(after)
}

const rolesOf = ({ role, program_roles }: sql.MemberRow) => ({ role, program_roles })

/** Takes a member away, from the next request on; their keys stop with them. Refuses `last_admin`. */
export async function remove(ctx: Ctx, { params }: In<typeof members.remove>): Promise<Out<typeof members.remove>> {
  refuseKeyOfProgram(ctx)
  await sql.hold(ctx)
  const member = await memberOf(ctx, params.member_id)
  await refuseLastAdmin(ctx, member)
  await sql.remove(ctx, member.user_id)
  ctx.tell('member.removed', null, { before: { email: member.email, ...rolesOf(member) } })
  return { id: member.user_id }
}

async function memberOf(ctx: Ctx, user_id: string): Promise<sql.MemberRow> {
  const [member] = await sql.list(ctx, user_id)
  return member ?? refuse('not_found', 'There is no such member.')
}

async function refuseLastAdmin(ctx: Ctx, { role, email, user_id }: sql.MemberRow): Promise<void> {
  if (role !== 'admin') return
  const others = (await sql.list(ctx)).filter(each => each.role === 'admin' && each.user_id !== user_id)
  if (others.length === 0)
    refuse('last_admin', `${email} is the last admin of this organization; make somebody else an admin first.`)
}
