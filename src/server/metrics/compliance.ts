/** How each goal of a program stands in the period of a day. Source: spec B14. */
import type { In, Out } from '../../api/endpoint.ts'
import type { goals } from '../../api/goals.ts'
import { dayOf } from '../../core/calendar.ts'
import { advisoryOf, goalPeriod, type Period, type Reached, standing } from '../../core/goal.ts'
import { type Ctx, reply } from '../context.ts'
import { idCursor, pageOf } from '../page.ts'
import type { Span } from './actuals.sql.ts'
import * as sql from './goals.sql.ts'
import { present } from './goals.ts'
import { measure } from './measure.ts'

type Compliance = Out<typeof goals.compliance>[number]
type Judged = { goal: sql.JudgedGoal; period: Period; span: Span }

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
    judged.map(each => complianceOf(ctx, each, reached.get(each.span.n) as Reached)),
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

/** What was reached so far, by the number of the span; of followers also with how many the period began. */
async function reachedBy(ctx: Ctx, judged: Judged[]): Promise<Map<number, Reached>> {
  const asked = judged.map(({ goal, span }) => ({ ...span, type: goal.type }))
  const levels = asked.filter(({ type }) => type === 'followers').map(span => ({ ...span, end: span.start }))
  const [actuals, before] = await Promise.all([measure(ctx, asked), measure(ctx, levels)])
  return new Map(
    asked.map(({ n, type }) => {
      const actual = actuals.get(n) ?? 0
      // nobody counted before the period: what was found first is where it began
      return [n, { actual, from: type === 'followers' ? (before.get(n) ?? actual) : 0 }]
    }),
  )
}
