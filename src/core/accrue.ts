/**
 * Which periods of a structure are due, how much of each a partner was on it, and what it earned.
 *
 * Calendar periods in the organization's zone, half-open, each computed with the version in force at its end. Nothing here
 * reads a clock or a table: the night gathers facts, this decides. Source: spec B7, B8, B10.
 */
import {
  addDays,
  type Day,
  dayOf,
  daysBetween,
  type Instant,
  instant,
  later,
  ms,
  type PeriodKind,
  periodOf,
  startOfDay,
  type TimeZone,
} from './calendar.ts'
import { type Cents, cents } from './money.ts'
import { type CriteriaType, ruleOf } from './rules/index.ts'
import { isEarned, type Unearned, WHOLE } from './rules/rule.ts'
import { amountOf, type ProrationMode, type Version } from './structure.ts'

/** Goals are evaluated two days after their period closed: late posts are still being collected. */
const GOALS_WAIT = 48 * 3_600_000
/** No period is longer, so that one which overlaps another begins within this many days before it. */
const LONGEST_PERIOD = 31

export type Span = { start: Instant; end: Instant }
/** A period with the version that computes it. `counts_from` is later than its start where another kind of period went before. */
export type Due = Span & { version: Version; first_on: Day; until: Day; counts_from: Day }

/** From when a period may be evaluated. */
export const readyAt = (due: Pick<Due, 'version' | 'end'>): Instant =>
  due.version.criteria_type === 'goals' ? instant(ms(due.end) + GOALS_WAIT) : due.end

/**
 * The periods that ended after `from` and are ready at `now`, in order.
 *
 * Whatever follows a period that is not ready waits with it, so that the end of the last one is where to go on from.
 * The version in force at a period's end says of what kind it is, so a period that runs when its kind is changed is never
 * computed; where a longer kind follows a shorter one, days already computed do not count again. Archiving ends it: the
 * period that runs then gives nothing.
 */
export function periodsDue(
  versions: Version[],
  { from, now, archived_at, time_zone }: { from: Instant; now: Instant; archived_at: Instant | null; time_zone: TimeZone },
): Due[] {
  const ordered = versions.toSorted((a, b) => a.version_number - b.version_number)
  const horizon = archived_at !== null && archived_at < now ? archived_at : now
  const found: Due[] = []
  let done_until: Day = ''
  for (const [n, version] of ordered.entries()) {
    const next = ordered[n + 1]?.created_at ?? null
    const just_before = instant(ms(version.created_at) - 1) // in the instant that a period ends, a new version computes it
    const begin = later(just_before, instant(ms(from) - LONGEST_PERIOD * 24 * 3_600_000))
    for (let at = dayOf(begin, time_zone); version.period !== null; ) {
      const { first_on, until } = periodOf(at, version.period)
      const [start, end] = [startOfDay(first_on, time_zone), startOfDay(until, time_zone)]
      if (end > horizon || (next !== null && end >= next)) break
      const due = { version, first_on, until, start, end, counts_from: done_until > first_on ? done_until : first_on }
      if (end >= version.created_at && start < end) {
        if (end > from && readyAt(due) > now) return found
        if (end > from) found.push(due)
        done_until = until
      }
      at = until
    }
  }
  return found
}

/** The periods of a goal's kind that end inside a structure's period: what it is measured by there. */
export function subPeriods(due: Pick<Due, 'first_on' | 'until'>, kind: PeriodKind, time_zone: TimeZone): Span[] {
  const found: Span[] = []
  for (let at = due.first_on; ; ) {
    const { first_on, until } = periodOf(at, kind)
    if (until > due.until) return found
    const span = { start: startOfDay(first_on, time_zone), end: startOfDay(until, time_zone) }
    if (span.start < span.end) found.push(span)
    at = until
  }
}

/**
 * The version and assignment that pay a milestone crossed at an instant, if any.
 *
 * It pays while the partner is on the structure, by the version in force then; crossed before, it pays only when an
 * assignment looks back, and `looking_back` names that one.
 */
export function payingMilestone<A extends { start: Instant; end: Instant | null }>(
  { versions, archived_at, assignments }: { versions: Version[]; archived_at: Instant | null; assignments: A[] },
  crossing: { threshold_views: number; at: Instant },
  looking_back: A | null = null,
): { version: Version; assignment: A } | null {
  const { at, threshold_views } = crossing
  const as_of = looking_back?.start ?? at
  const version = versions.filter(v => v.created_at <= as_of).toSorted((a, b) => b.version_number - a.version_number)[0]
  const assignment = looking_back ?? assignments.find(a => a.start <= at && (a.end === null || at < a.end))
  const thresholds = (version?.criteria_params.thresholds ?? []) as { views: number }[]
  if (!version || !assignment || version.criteria_type !== 'view_threshold') return null
  if (!thresholds.some(each => each.views === threshold_views)) return null
  if (archived_at !== null && as_of > archived_at) return null
  if (looking_back !== null && (at > looking_back.start || !version.backfill_on_assignment)) return null
  return { version, assignment }
}

export type Coverage = {
  active_days: number
  total_days: number
  is_whole: boolean
  /** Some of its days were computed in periods of another kind. */
  is_cut: boolean
  /** When the partner was on the structure within the period. */
  spans: Span[]
}

/**
 * How much of a period some assignments cover, in calendar days of the zone.
 *
 * The day of assignment counts, and so does the day on which it ends: assigned at any time on the first day is assigned
 * for the whole period.
 */
export function coverage(due: Due, assignments: { start: Instant; end: Instant | null }[], time_zone: TimeZone): Coverage {
  const counts_from = startOfDay(due.counts_from, time_zone)
  const spans = assignments
    .map(({ start, end }) => ({ start: later(start, counts_from), end: end !== null && end < due.end ? end : due.end }))
    .filter(span => span.start < span.end)
    .toSorted((a, b) => (a.start < b.start ? -1 : 1))
  let active_days = 0
  let counted_until: Day = due.counts_from
  for (const span of spans) {
    const first_on = later(dayOf(span.start, time_zone), counted_until)
    const until = addDays(dayOf(instant(ms(span.end) - 1), time_zone), 1)
    if (until <= first_on) continue
    active_days += daysBetween(first_on, until)
    counted_until = until
  }
  const total_days = daysBetween(due.first_on, due.until)
  return { active_days, total_days, is_whole: active_days === total_days, is_cut: due.counts_from > due.first_on, spans }
}

/**
 * How a partial period is treated: not at all, by its days, or as a whole one. A version by views counts those of its days.
 *
 * One that is cut goes by its days where it would be paid in full: the others were paid already.
 */
export function treatment(version: Version, { active_days, is_whole, is_cut }: Coverage): 'nothing' | ProrationMode {
  if (active_days === 0) return 'nothing'
  if (is_whole) return 'full'
  if (version.proration_mode === 'skip') return 'nothing'
  return is_cut ? 'prorate' : version.proration_mode
}

/** The instants within which views count: the assignment's where it is prorated, else the period's. */
export const countedSpans = (due: Due, covered: Coverage): Span[] =>
  treatment(due.version, covered) === 'prorate' ? covered.spans : [{ start: due.start, end: due.end }]

export type Accrued = { cents: Cents; because: string; inputs: Record<string, unknown> }
export type NotAccrued = { reason: string; inputs: Record<string, unknown> }

/** What was evaluated, besides the facts: goes into the inputs as it is. */
export type Circumstances = {
  tz: TimeZone
  evaluated_at: Instant
  assigned_at: Instant
  unassigned_at: Instant | null
  assignment_id: string
}

/** Computes one partner's period with the facts of its rule. */
export function accruePeriod(due: Due, covered: Coverage, facts: unknown, given: Circumstances): Accrued | NotAccrued {
  const { version } = due
  const { active_days, total_days } = covered
  const mode = treatment(version, covered)
  const by_days = mode === 'prorate' && version.criteria_type !== 'cpm'
  const proration = by_days ? { numerator: active_days, denominator: total_days } : WHOLE
  const common = {
    ...{ criteria_type: version.criteria_type, version_number: version.version_number, period: version.period },
    ...{ period_start: due.start, period_end: due.end, base_amount_cents: version.amount_cents, ...given },
    proration: { mode: version.proration_mode, active_days, total_days, factor: by_days ? factorOf(active_days, total_days) : 1 },
  }
  if (mode === 'nothing') return { reason: 'the period is not covered whole', inputs: { ...common, result_cents: 0 } }
  const outcome = ruleOf(version.criteria_type).earn(facts, amountOf(version), version.criteria_params, proration)
  return withInputs(outcome, common)
}

/** Computes one milestone. */
export function accrueMilestone(
  version: Version,
  crossing: { video_id: string; threshold_views: number; view_count: number; snapshot_at: Instant; backfill: boolean },
  given: Circumstances,
): Accrued | NotAccrued {
  const common = {
    ...{ criteria_type: version.criteria_type, version_number: version.version_number, period: null },
    ...{ period_start: crossing.snapshot_at, period_end: crossing.snapshot_at, base_amount_cents: null, ...given },
    proration: { mode: 'skip', active_days: 1, total_days: 1, factor: 1 },
  }
  return withInputs(ruleOf('view_threshold').earn(crossing, amountOf(version), version.criteria_params, WHOLE), common)
}

function withInputs(
  outcome: ReturnType<ReturnType<typeof ruleOf>['earn']>,
  common: Record<string, unknown>,
): Accrued | NotAccrued {
  if (!isEarned(outcome))
    return { reason: (outcome as Unearned).reason, inputs: { ...common, ...outcome.shown, result_cents: 0 } }
  return {
    cents: cents(outcome.cents),
    because: outcome.because,
    inputs: { ...common, ...outcome.shown, result_cents: outcome.cents },
  }
}

/** For people: six decimals, cut. The amount itself is computed from the days. */
const factorOf = (active: number, total: number): number => Math.floor((active * 1_000_000) / total) / 1_000_000

export const isAccrued = (outcome: Accrued | NotAccrued): outcome is Accrued => 'cents' in outcome

/** What `accrueAgain` reads of an accrual's inputs. */
export type AccrualInputs = {
  criteria_type: CriteriaType
  proration: { mode: ProrationMode; active_days: number; total_days: number; factor: number }
} & Record<string, unknown>

/** Prices an accrual again from the inputs that it left and its version: the same cents, or the books are wrong. */
export function accrueAgain(version: Version, inputs: AccrualInputs): { cents: Cents; because: string } | null {
  const { active_days, total_days, factor } = inputs.proration
  const proration = factor === 1 ? WHOLE : { numerator: active_days, denominator: total_days }
  const kind = ruleOf(inputs.criteria_type)
  const outcome = kind.earn(kind.recall(inputs), amountOf(version), version.criteria_params, proration)
  return isEarned(outcome) ? { cents: outcome.cents, because: outcome.because } : null
}
