import { type RawBuilder, sql } from 'kysely'
import type { LimitKey, Plan } from '../../core/plan.ts'
import type { Ctx } from '../context.ts'

export async function plan(ctx: Ctx): Promise<Plan> {
  const { plan } = await ctx.tx
    .selectFrom('organizations')
    .select('plan')
    .where('org_id', '=', ctx.org_id)
    .executeTakeFirstOrThrow()
  return plan as Plan
}

/** Holds the organization until the transaction ends, so that two requests cannot both take the last place of a plan. */
export async function lockPlan(ctx: Ctx): Promise<Plan> {
  const { plan } = await ctx.tx
    .selectFrom('organizations')
    .select('plan')
    .where('org_id', '=', ctx.org_id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  return plan as Plan
}

/** What each limit counts now. Requests are counted apart, day by day. */
export type Counted = Exclude<LimitKey, 'max_api_requests_per_day'>

const counted: Record<Counted, (ctx: Ctx) => RawBuilder<unknown>> = {
  creators: ctx => sql`partners where org_id = ${ctx.org_id} and removed_at is null`,
  projects: ctx => sql`programs where org_id = ${ctx.org_id}`,
  members: ctx => sql`members where org_id = ${ctx.org_id} and removed_at is null`,
  max_payout_methods_per_org: ctx => sql`payout_methods where org_id = ${ctx.org_id} and is_active`,
  max_payout_structures_per_project: ctx =>
    sql`structures where org_id = ${ctx.org_id} and program_id = ${ctx.program.id} and archived_at is null`,
}

export async function count(ctx: Ctx, key: Counted): Promise<number> {
  const { rows } = await sql<{ current: number }>`select count(*)::int as current from ${counted[key](ctx)}`.execute(ctx.tx)
  return rows[0]?.current ?? 0
}
