import { sql } from 'kysely'
import type { Day, Instant, PeriodKind } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'

export type GoalRow = {
  id: string
  partner_id: string
  type: 'posts' | 'views' | 'engagement' | 'followers'
  target: number
  period: PeriodKind
  starts_on: Day
  ends_on: Day | null
}

/** The goals of some partners as they were set when a period ended: what is set or removed later does not change it. */
export async function goalsAt(ctx: Ctx, partner_ids: string[], end: Instant): Promise<GoalRow[]> {
  const { rows } = await sql<GoalRow>`
    select id, partner_id, type, target, period, starts_on, ends_on from goals
    where org_id = ${ctx.org_id} and partner_id = any(${partner_ids}::uuid[]) and created_at < ${end}
      and (removed_at is null or removed_at >= ${end})
    order by partner_id, id`.execute(ctx.tx)
  return rows
}
