/** What a rule asks for to evaluate a period: nothing, new views by video, or what became of each goal. Source: spec B7. */
import { type Coverage, countedSpans, type Due, type Span, subPeriods } from '../../core/accrue.ts'
import { dayOf, instant, ms } from '../../core/calendar.ts'
import { groupBy } from '../../core/collect.ts'
import type { CpmFacts } from '../../core/rules/cpm.ts'
import type { GoalFacts } from '../../core/rules/goals.ts'
import type { CriteriaType } from '../../core/rules/index.ts'
import type { Ctx } from '../context.ts'
import { gains } from '../metrics/actuals.sql.ts'
import { measure } from '../metrics/measure.ts'
import * as sql from './facts.sql.ts'

type Covered = { partner_id: string; covered: Coverage }
type Gather = (ctx: Ctx, due: Due, partners: Covered[]) => Promise<Map<string, unknown>>

/** The facts of each partner, by its id. */
export function factsFor(ctx: Ctx, due: Due, partners: Covered[]): Promise<Map<string, unknown>> {
  if (partners.length === 0) return Promise.resolve(new Map())
  return gatherers[due.version.criteria_type](ctx, due, partners)
}

const gatherers: Record<CriteriaType, Gather> = {
  recurring: async (_ctx, _due, partners) => new Map(partners.map(each => [each.partner_id, {}])),
  cpm: viewsGained,
  goals: goalResults,
  view_threshold: () => Promise.reject(new Error('milestones have no period')),
}

type Asked = Span & { n: number; partner_id: string }

async function viewsGained(ctx: Ctx, due: Due, partners: Covered[]): Promise<Map<string, CpmFacts>> {
  const asked: Asked[] = partners.flatMap(each =>
    countedSpans(due, each.covered).map(span => ({ n: 0, partner_id: each.partner_id, ...span })),
  )
  for (const [n, each] of asked.entries()) each.n = n
  const byPartner = groupBy(await gains(ctx, asked), gain => asked[gain.n]!.partner_id)
  return new Map(partners.map(({ partner_id }) => [partner_id, { videos: (byPartner.get(partner_id) ?? []).map(videoOf) }]))
}

const videoOf = (gain: { video_id: string; start_views: number; end_views: number; gained_views: number }) => ({
  video_id: gain.video_id,
  start_views: gain.start_views,
  end_views: gain.end_views,
  gained: gain.gained_views,
})

/** The goals that ran for as long as the partner was on the structure, each in its own periods that end inside this one. */
async function goalResults(ctx: Ctx, due: Due, partners: Covered[]): Promise<Map<string, GoalFacts>> {
  const ids = partners.map(each => each.partner_id)
  const goals = groupBy(await sql.goalsAt(ctx, ids, due.end), goal => goal.partner_id)
  const running = partners.flatMap(each => (goals.get(each.partner_id) ?? []).filter(goal => runs(ctx, goal, each.covered)))
  const asked = running.flatMap(goal => subPeriods(due, goal.period, ctx.time_zone).map(span => ({ goal, ...span })))
  const actuals = await measure(
    ctx,
    asked.map((each, n) => ({ n, partner_id: each.goal.partner_id, type: each.goal.type, start: each.start, end: each.end })),
  )
  const measured = groupBy(
    asked.map(({ goal, start, end }, n) => ({ goal, start, end, actual: actuals.get(n) ?? 0 })),
    each => each.goal.id,
  )
  const resultsOf = (partner_id: string) =>
    running
      .filter(goal => goal.partner_id === partner_id && measured.has(goal.id))
      .map(({ id, type, target }) => ({
        goal_id: id,
        ...{ type, target },
        periods: measured.get(id)!.map(({ start, end, actual }) => ({ start, end, actual })),
      }))
  return new Map(ids.map(partner_id => [partner_id, { goals: resultsOf(partner_id) }]))
}

function runs(ctx: Ctx, goal: sql.GoalRow, { spans }: Coverage): boolean {
  const [first, last] = [spans[0] as Span, spans.at(-1) as Span]
  const last_on = dayOf(instant(ms(last.end) - 1), ctx.time_zone)
  return goal.starts_on <= dayOf(first.start, ctx.time_zone) && (goal.ends_on === null || goal.ends_on >= last_on)
}
