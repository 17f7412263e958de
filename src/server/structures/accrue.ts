/**
 * The night: evaluates every period of every structure that is due and not evaluated yet, and every milestone crossed.
 *
 * A structure's periods go in order, its partners in chunks, each chunk a transaction that also moves the mark up to which
 * it is done: stopped anywhere, the next run goes on there, and running again finds nothing. Source: spec B10, model.md.
 */
import {
  type Accrued,
  accruePeriod,
  type Circumstances,
  type Coverage,
  coverage,
  type Due,
  isAccrued,
  type NotAccrued,
  periodsDue,
  treatment,
} from '../../core/accrue.ts'
import { addDays, type Instant, startOfDay, type TimeZone } from '../../core/calendar.ts'
import { groupBy } from '../../core/collect.ts'
import { type App, work } from '../app.ts'
import { type Caller, type Ctx, systemCaller } from '../context.ts'
import * as tabs from '../earnings/tabs.sql.ts'
import { inLanes } from '../lanes.ts'
import { organizationIds } from '../organizations/programs.sql.ts'
import * as sql from './accrue.sql.ts'
import { factsFor } from './facts.ts'
import { accrueMilestones } from './milestones.ts'
import { entryOf, type Night, NOTHING, sumOf } from './night.ts'

/** Partners a transaction: many where each is alike, fewer where each has facts of its own. */
const UNIFORM_CHUNK = 10_000
const CHUNK = 1_000

/** Accrues what is due at `now` in every organization. */
export async function accrue(app: App, now: Instant): Promise<Night> {
  let night = NOTHING
  for (const org_id of await organizationIds(app.db.kysely)) night = sumOf(night, await accrueOrganization(app, org_id, now))
  return night
}

async function accrueOrganization(app: App, org_id: string, now: Instant): Promise<Night> {
  const caller = systemCaller(org_id, 'accrue')
  const { structures, time_zone } = await work(app, caller, { now, readonly: true }, async ctx => ({
    structures: await sql.assigned(ctx),
    time_zone: ctx.time_zone,
  }))
  const nights = await inLanes(structures, structure => accrueStructure(app, caller, structure, { now, time_zone }))
  let night = nights.reduce(sumOf, NOTHING)
  const milestones = structures.filter(s => s.versions.some(v => v.criteria_type === 'view_threshold'))
  for (const [program_id, mine] of groupBy(milestones, s => s.program_id)) {
    night = sumOf(night, await accrueMilestones(act => work(app, caller, { program_id, now }, act), mine))
  }
  return night
}

type AsOf = { now: Instant; time_zone: TimeZone }

/** Structures go beside each other: one that comes to partners whose tabs another holds follows behind it. */
async function accrueStructure(app: App, caller: Caller, structure: sql.Structure, { now, time_zone }: AsOf): Promise<Night> {
  const { id, program_id, versions, archived_at, accrued_until, first_assigned_at } = structure
  let night = NOTHING
  for (const due of periodsDue(versions, { from: accrued_until ?? first_assigned_at, now, archived_at, time_zone })) {
    for (let done = false; !done; ) {
      const chunk = await work(app, caller, { program_id, now }, ctx => accrueChunk(ctx, id, due))
      night = sumOf(night, chunk.night)
      done = chunk.done
    }
  }
  return night
}

const hasFacts = ({ version }: Due): boolean => version.criteria_type !== 'recurring'

/** The next partners of a period, in one transaction; done when there are no more. */
async function accrueChunk(ctx: Ctx, structure_id: string, due: Due): Promise<{ night: Night; done: boolean }> {
  const progress = await sql.lockProgress(ctx, structure_id)
  if (progress === null || (progress.accrued_until !== null && progress.accrued_until >= due.end))
    return { night: NOTHING, done: true }
  const after = progress.period_end_at === due.end ? progress.after_partner_id : null
  const size = hasFacts(due) ? CHUNK : UNIFORM_CHUNK
  const within = { start: due.start, end: due.end, after, until: null }
  const next = await sql.chunkEnd(ctx, structure_id, within, size)
  const probing = progress.furthest_at !== null && progress.furthest_at >= due.end
  const night = await accrueWithin(ctx, structure_id, due, { ...within, ...next }, probing)
  await sql.advance(ctx, structure_id, due.end, next.until)
  if (night.created > 0) tellOf(ctx, structure_id, due, night)
  return { night, done: next.until === null }
}

function tellOf(ctx: Ctx, structure_id: string, due: Due, { created, amount_cents }: Night): void {
  ctx.tell('accruals.made', structure_id, {
    program_id: ctx.program.id,
    after: { count: created, amount_cents, period_start_at: due.start, period_end_at: due.end, version_id: due.version.id },
  })
}

/** Those alike in one statement, the others one by one. */
async function accrueWithin(ctx: Ctx, structure_id: string, due: Due, within: sql.Chunk, probing: boolean): Promise<Night> {
  const whole = hasFacts(due) || due.counts_from !== due.first_on ? null : wholeOf(ctx, due)
  const alike = whole === null ? NOTHING : await accrueAlike(ctx, structure_id, due, within, whole, probing)
  const assignments = await sql.assignments(ctx, structure_id, within, whole)
  return sumOf(alike, await accrueEach(ctx, structure_id, due, assignments))
}

const wholeOf = (ctx: Ctx, { first_on, until }: Due): sql.Whole => ({
  first_day_ends: startOfDay(addDays(first_on, 1), ctx.time_zone),
  last_day_starts: startOfDay(addDays(until, -1), ctx.time_zone),
})

/** Evaluates the period once for all who were on the structure for the whole of it, since they all earn the same. */
async function accrueAlike(
  ctx: Ctx,
  structure_id: string,
  due: Due,
  within: sql.Chunk,
  whole: sql.Whole,
  probing: boolean,
): Promise<Night> {
  const span = { start: due.start, end: null }
  const covered = coverage(due, [span], ctx.time_zone)
  const outcome = accruePeriod(due, covered, {}, circumstancesOf(ctx, { id: '', ...span }))
  if (!isAccrued(outcome)) return NOTHING
  const each = { structure_id, structure_version_id: due.version.id, currency: due.version.currency, ...outcome, ...frameOf(due) }
  const ids = Array.from({ length: 2 * within.count }, () => ctx.newId())
  const created = await sql.enterUniform(ctx, each, within, whole, ids, probing)
  if (created > 0) await sql.markAccrued(ctx, [structure_id])
  return { evaluated: created, created, amount_cents: created * outcome.cents }
}

const frameOf = (due: Due) => ({ start: due.start, end: due.end, earned_on: addDays(due.until, -1) })

const circumstancesOf = (ctx: Ctx, first: { id: string; start: Instant; end: Instant | null }, last = first): Circumstances => ({
  tz: ctx.time_zone,
  evaluated_at: ctx.now,
  assigned_at: first.start,
  unassigned_at: last.end,
  assignment_id: last.id,
})

type Mine = { partner_id: string; source_key: string; covered: Coverage; assignments: sql.Assigned[] }

/** Evaluates partners one by one, with the facts that their rule asks for. */
async function accrueEach(ctx: Ctx, structure_id: string, due: Due, assignments: sql.Assigned[]): Promise<Night> {
  const all = [...groupBy(assignments, a => a.partner_id)].map(
    ([partner_id, mine]): Mine => ({
      partner_id,
      assignments: mine,
      source_key: `period:${structure_id}:${partner_id}:${due.start}`,
      covered: coverage(due, mine, ctx.time_zone),
    }),
  )
  if (all.length === 0) return NOTHING
  const known = await sql.known(
    ctx,
    all.map(each => each.source_key),
  )
  const fresh = all.filter(each => !known.has(each.source_key))
  const paying = fresh.filter(each => treatment(due.version, each.covered) !== 'nothing')
  const facts = await factsFor(ctx, due, paying)
  const outcomes = fresh.map(each => {
    const [first, last] = [each.assignments[0] as sql.Assigned, each.assignments.at(-1)]
    return { ...each, outcome: accruePeriod(due, each.covered, facts.get(each.partner_id), circumstancesOf(ctx, first, last)) }
  })
  return enter(ctx, structure_id, due, outcomes)
}

type Outcome = Mine & { outcome: Accrued | NotAccrued }

async function enter(ctx: Ctx, structure_id: string, due: Due, outcomes: Outcome[]): Promise<Night> {
  const frame = { structure_version_id: due.version.id, period_start_at: due.start, period_end_at: due.end }
  const unearned = outcomes.flatMap(({ partner_id, source_key, outcome }) =>
    isAccrued(outcome) ? [] : [{ ...frame, structure_id, partner_id, source_key, ...outcome }],
  )
  const entries = outcomes.flatMap(({ partner_id, source_key, outcome }) =>
    isAccrued(outcome)
      ? [entryOf(ctx, { partner_id, source_key, currency: due.version.currency, ...frame, ...outcome }, frameOf(due).earned_on)]
      : [],
  )
  await sql.insertUnearned(ctx, unearned)
  await tabs.enterOnOpen(ctx, entries)
  if (entries.length > 0) await sql.markAccrued(ctx, [structure_id])
  return { evaluated: outcomes.length, created: entries.length, amount_cents: tabs.total(entries).amount_cents }
}
