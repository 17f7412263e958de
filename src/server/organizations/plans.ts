/** Plan limits: counted while the organization is held, so that two requests cannot both take the last place. Source: spec B4. */
import { limitOf } from '../../core/plan.ts'
import { refuse } from '../../core/refusal.ts'
import type { Ctx } from '../context.ts'
import * as sql from './plans.sql.ts'

/**
 * Refuses `limit_reached` when the plan has no place for so many more. Call it before the rows are inserted.
 *
 * Without a limit it reads the plan and holds nothing. Structures are counted in `ctx.program`, all else in the organization.
 */
export async function checkLimit(ctx: Ctx, limit_key: sql.Counted, adding = 1): Promise<void> {
  if (adding <= 0 || limitOf(await sql.plan(ctx), limit_key) === Number.POSITIVE_INFINITY) return
  const max = limitOf(await sql.lockPlan(ctx), limit_key)
  const current = await sql.count(ctx, limit_key)
  if (current + adding > max) refuse('limit_reached', `Limit reached: ${limit_key}`, { limit_key, current, max })
}
