import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Count, DayText, Page, PageMeta, Period, ProjectParams, Uuid, V1 } from './shapes.ts'

const GoalParams = z.strictObject({ goal_id: Uuid })
const Type = z.enum(['posts', 'views', 'engagement', 'followers'])
const Target = Count.min(1, 'must be 1 or more')

export const Goal = z.object({
  id: z.string(),
  project_id: z.string(),
  creator_id: z.string(),
  type: Type,
  target: z.int(),
  period: Period,
  starts_on: z.string(),
  ends_on: z.string().nullable(),
  created_at: z.string(),
})

const Compliance = z.object({
  goal: Goal,
  creator: z.object({ id: z.string(), display_name: z.string(), handle: z.string().nullable() }),
  period_start: z.string(),
  period_end: z.string(),
  actual: z.int(),
  target: z.int(),
  completion_pct: z.number(),
  projected: z.int().meta({ description: "What the actual comes to at the period's end at this pace." }),
  status: z.enum(['on_track', 'behind_pace', 'at_risk', 'completed', 'missed']),
  advisory: z.object({
    has_advisory: z.boolean(),
    period_in_progress: z.boolean(),
    period_recently_ended: z.boolean(),
    scrape_stale: z.boolean(),
    not_yet_started: z.boolean(),
    messages: z.array(z.string()),
  }),
})

export const goals = {
  list: endpoint({
    method: 'GET',
    path: `${V1}/goals`,
    scope: 'read',
    summary: 'Goals, newest first.',
    query: z.strictObject({ ...Page, project_id: Uuid.optional(), creator_id: Uuid.optional() }),
    data: z.array(Goal),
    meta: PageMeta,
  }),
  create: endpoint({
    method: 'POST',
    path: `${V1}/goals`,
    scope: 'write',
    enters_program: true,
    summary: 'Set a goal for a creator. It starts today unless said otherwise.',
    body: z
      .strictObject({
        creator_id: Uuid,
        type: Type,
        target: Target,
        period: Period,
        starts_on: DayText.optional(),
        ends_on: DayText.nullish(),
      })
      .refine(g => g.starts_on === undefined || g.ends_on == null || g.starts_on <= g.ends_on, 'ends_on is before starts_on'),
    status: 201,
    data: Goal,
  }),
  one: endpoint({
    method: 'GET',
    path: `${V1}/goals/{goal_id}`,
    scope: 'read',
    summary: 'One goal.',
    params: GoalParams,
    data: Goal,
  }),
  change: endpoint({
    method: 'PATCH',
    path: `${V1}/goals/{goal_id}`,
    scope: 'write',
    enters_program: true,
    summary: 'Change the target or the end of a goal. Periods already evaluated keep what they were evaluated with.',
    params: GoalParams,
    body: z
      .strictObject({ target: Target.optional(), ends_on: DayText.nullish() })
      .refine(b => Object.keys(b).length > 0, 'send at least one field to change'),
    data: Goal,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: `${V1}/goals/{goal_id}`,
    scope: 'write',
    enters_program: true,
    summary: 'Remove a goal: it is evaluated no more.',
    params: GoalParams,
    data: z.object({ id: z.string(), deleted: z.literal(true) }),
  }),
  compliance: endpoint({
    method: 'GET',
    path: `${V1}/projects/{project_id}/goal-compliance`,
    scope: 'read',
    summary: 'How each goal stands in the period of a day, with a warning where the figures are not final.',
    params: ProjectParams,
    query: z.strictObject({
      ...Page,
      creator_id: Uuid.optional(),
      period: Period.optional(),
      reference_date: DayText.optional(),
    }),
    data: z.array(Compliance),
    meta: PageMeta,
  }),
}
