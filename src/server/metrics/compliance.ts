/** How each goal of a program stands in the period of a day. Source: spec B14. */
import type { In, Out } from '../../api/endpoint.ts'
import type { goals } from '../../api/goals.ts'
import { dayOf } from '../../core/calendar.ts'
import { advisoryOf, goalPeriod, type Period, type Reached, standing } from '../../core/goal.ts'
import { type Ctx, reply } from '../context.ts'
import { idCursor, pageOf } from '../page.ts'
import * as actuals from './actuals.sql.ts'
import * as sql from './goals.sql.ts'
import { present } from './goals.ts'

type Compliance = Out<typeof goals.compliance>[number]
type Judged = { goal: sql.JudgedGoal; period: Period; span: actuals.Span }

export async function compliance(ctx: Ctx, { query }: In<typeof goals.compliance>) {
  const { creator_id = null, period = null, reference_date = dayOf(ctx.now, ctx.time_zone), limit, cursor } = query
  const around = (kind: sql.GoalRow['period']) => goalPeriod(reference_date, kind, ctx.time_zone)
  const first_on = { daily: around('daily').first_on, weekly: around('weekly').first_on, monthly: around('monthly').first_on }
  const found = await sql.toJudge(ctx, { limit, after: idCursor(cursor), partner_id: creator_id, period, first_on })
  const { rows, next_cursor } = pageOf(found, limit, g => g.id)
  const judged = rows.map((goal, n) => {
    const its = around(goal.period)
    return { goal, period: its, span: { n, partner_id: goal.partner_id, start: its.start, end: its.end } }
  })
  const reached = await reachedBy(ctx, judged)
  return reply(
    judged.map(each => complianceOf(ctx, each, reached.get(each.span.n) ?? { actual: 0, from: 0 })),
    { meta: { next_cursor } },
  )
}

function complianceOf(ctx: Ctx, { goal, period }: Judged, reached: Reached): Compliance {
  const { name, handle, last_captured_at, ...row } = goal
  return {
    goal: present(row),
    creator: { id: goal.partner_id, display_name: name, handle },
    period_start: period.start,
    period_end: period.end,
    actual: reached.actual,
    target: goal.target,
    ...standing(goal, reached, period, ctx.now),
    advisory: advisoryOf(goal, period, last_captured_at, ctx.now),
  }
}

/** What was reached so far, by the number of the span: one statement for each type of goal, however many there are. */
async function reachedBy(ctx: Ctx, judged: Judged[]): Promise<Map<number, Reached>> {
  const of = (...types: string[]) => judged.filter(({ goal }) => types.includes(goal.type)).map(({ span }) => span)
  const atStart = of('followers').map(span => ({ ...span, end: span.start }))
  const [posts, gains, followers, before] = await Promise.all([
    actuals.posts(ctx, of('posts')),
    actuals.gains(ctx, of('views', 'engagement')),
    actuals.followers(ctx, of('followers')),
    actuals.followers(ctx, atStart),
  ])
  const reached = new Map<number, Reached>(posts.map(each => [each.n, { actual: each.posts, from: 0 }]))
  for (const gain of gains) {
    const gained = judged[gain.n]?.goal.type === 'views' ? gain.gained_views : gain.gained_engagement
    reached.set(gain.n, { actual: (reached.get(gain.n)?.actual ?? 0) + gained, from: 0 })
  }
  for (const [i, each] of followers.entries()) {
    const actual = each.followers ?? 0
    // nobody counted before the period: what was found first is where it began
    reached.set(each.n, { actual, from: before[i]?.followers ?? actual })
  }
  return reached
}
