/** The organization itself: its name, its time zone, its plan with what is used of it. Source: spec B1, B4. */
import type { In, Out } from '../../api/endpoint.ts'
import type { organizations } from '../../api/organizations.ts'
import { dayOf } from '../../core/calendar.ts'
import { given } from '../../core/collect.ts'
import { type LimitKey, limitOf, type Plan } from '../../core/plan.ts'
import { refuse } from '../../core/refusal.ts'
import type { Ctx } from '../context.ts'
import { refuseKeyOfProgram } from './keys.ts'
import { organization } from './organizations.sql.ts'
import { type Counted, count } from './plans.sql.ts'
import * as sql from './profile.sql.ts'

type Organization = Out<typeof organizations.one>

const STANDS =
  'Every earning lies on a day of this zone, and every period of a structure begins and ends in it: in another zone, periods that ' +
  'are paid would overlap new ones. It stands since the first earning or assignment.'

export async function one(ctx: Ctx): Promise<Organization> {
  const { name, time_zone, plan, created_at } = await organization(ctx.tx, ctx.org_id)
  const time_zone_stands = (await sql.hasDays(ctx)) ? STANDS : null
  return {
    ...{ id: ctx.org_id, name, time_zone, time_zone_stands, plan: plan as Plan, created_at },
    limits: await limitsOf(ctx, plan as Plan),
  }
}

const ofOrganization = ['creators', 'projects', 'members', 'max_payout_methods_per_org'] as const satisfies Counted[]

/** What is used of each limit; a key of one program sees the structures of that one alone. */
async function limitsOf(ctx: Ctx, plan: Plan): Promise<Organization['limits']> {
  const used = (limit_key: LimitKey, current: number, project_id: string | null = null) => {
    const max = limitOf(plan, limit_key)
    return { limit_key, project_id, current, max: max === Number.POSITIVE_INFINITY ? null : max }
  }
  const own = ctx.caller.program_id
  const structures = (await sql.structuresByProgram(ctx)).filter(each => own === null || each.program_id === own)
  const counts = await Promise.all(ofOrganization.map(async key => used(key, await count(ctx, key))))
  return [
    ...counts,
    used('max_api_requests_per_day', await sql.requestsOn(ctx, dayOf(ctx.now, 'UTC'))),
    ...structures.map(({ program_id, current }) => used('max_payout_structures_per_project', current, program_id)),
  ]
}

/** Refuses `invalid_transition` for another zone once something lies on the days of this one. */
export async function change(ctx: Ctx, { body }: In<typeof organizations.change>): Promise<Organization> {
  refuseKeyOfProgram(ctx)
  const said = ({ name, time_zone, plan }: Awaited<ReturnType<typeof organization>>) => ({ name, time_zone, plan })
  const changes = given(body)
  if (changes.time_zone !== undefined) await sql.holdStructures(ctx)
  const before = said(await organization(ctx.tx, ctx.org_id))
  if (changes.time_zone !== undefined && changes.time_zone !== before.time_zone && (await sql.hasDays(ctx))) {
    refuse('invalid_transition', `The time zone stays ${before.time_zone}. ${STANDS}`)
  }
  await sql.update(ctx, changes as Parameters<typeof sql.update>[1])
  ctx.tell('organization.changed', ctx.org_id, { before, after: { ...before, ...changes } })
  return one(ctx)
}
