import { sql } from 'kysely'
import type { Day, Instant, PeriodKind } from '../../core/calendar.ts'
import type { GoalType } from '../../core/goal.ts'
import type { Ctx } from '../context.ts'
import type { PageRequest } from '../page.ts'
import { inPrograms } from '../reach.sql.ts'
import { isCounted } from './videos.sql.ts'

export type GoalRow = {
  id: string
  program_id: string
  partner_id: string
  type: GoalType
  target: number
  period: PeriodKind
  starts_on: Day
  ends_on: Day | null
  created_at: Instant
}

const columns = sql`g.id, g.program_id, g.partner_id, g.type, g.target, g.period, g.starts_on, g.ends_on, g.created_at`

type Filter = { program_id: string | null; partner_id: string | null }

/** Goals that stand, newest first. */
export async function list(ctx: Ctx, page: PageRequest & Filter & { after: string | null }): Promise<GoalRow[]> {
  const { rows } = await sql<GoalRow>`
    select ${columns} from goals g
    where g.org_id = ${ctx.org_id} and g.removed_at is null
      and ${inPrograms(ctx, page.program_id, 'g')}
      and (${page.partner_id}::uuid is null or g.partner_id = ${page.partner_id})
      and (${page.after}::uuid is null or g.id < ${page.after}::uuid)
    order by g.id desc limit ${page.limit + 1}`.execute(ctx.tx)
  return rows
}

export async function one(ctx: Ctx, id: string): Promise<GoalRow | undefined> {
  const { rows } = await sql<GoalRow>`
    select ${columns} from goals g where g.org_id = ${ctx.org_id} and g.id = ${id} and g.removed_at is null`.execute(ctx.tx)
  return rows[0]
}

export async function insert(ctx: Ctx, goal: Omit<GoalRow, 'program_id' | 'created_at'>): Promise<void> {
  const { org_id, program, now } = ctx
  const row = { ...goal, org_id, program_id: program.id, created_at: now, removed_at: null }
  await ctx.tx.insertInto('goals').values(row).execute()
}

export async function update(
  ctx: Ctx,
  id: string,
  changes: Partial<Pick<GoalRow, 'target' | 'ends_on'>> & { removed_at?: Instant },
): Promise<void> {
  await ctx.tx.updateTable('goals').set(changes).where('org_id', '=', ctx.org_id).where('id', '=', id).execute()
}

export type JudgedGoal = GoalRow & {
  name: string
  handle: string | null
  /** The newest observation of what it measures: of the partner's counted videos, or of its followers. */
  last_captured_at: Instant | null
}

/**
 * The goals of the program that had not ended before the period of a day, with what a judgement needs to know.
 *
 * `first_on` says by kind on which day that period begins. Goals of partners that were removed are left out.
 */
export async function toJudge(
  ctx: Ctx,
  page: PageRequest & {
    after: string | null
    partner_id: string | null
    period: PeriodKind | null
    first_on: Record<PeriodKind, Day>
  },
): Promise<JudgedGoal[]> {
  const { daily, weekly, monthly } = page.first_on
  const { rows } = await sql<JudgedGoal>`
    select ${columns}, p.name, p.handle, case g.type
      when 'followers' then (select max(m.captured_at) from partner_metrics m where m.org_id = g.org_id
        and m.partner_id = g.partner_id and m.withdrawn_at is null)
      else (select max(v.last_captured_at) from videos v where v.org_id = g.org_id and v.partner_id = g.partner_id
        and ${isCounted}) end as last_captured_at
    from goals g join partners p on p.org_id = g.org_id and p.id = g.partner_id and p.removed_at is null
    where g.org_id = ${ctx.org_id} and g.program_id = ${ctx.program.id} and g.removed_at is null
      and (${page.partner_id}::uuid is null or g.partner_id = ${page.partner_id})
      and (${page.period}::text is null or g.period = ${page.period})
      and (g.ends_on is null or g.ends_on >= case g.period when 'daily' then ${daily}::date when 'weekly' then ${weekly}::date
        else ${monthly}::date end)
      and (${page.after}::uuid is null or g.id < ${page.after}::uuid)
    order by g.id desc limit ${page.limit + 1}`.execute(ctx.tx)
  return rows
}
