/**
 * How a goal stands in one of its periods: what was reached, where it leads, and how far the figures can be trusted.
 *
 * Periods are calendar ones in the organization's zone. Posts, views and engagement begin each period at 0; followers are
 * a level, so their pace is what was gained since the period began. Source: spec B14.
 */
import { type Day, type Instant, instant, later, ms, type PeriodKind, periodOf, startOfDay, type TimeZone } from './calendar.ts'

export type GoalType = 'posts' | 'views' | 'engagement' | 'followers'
export type Goal = { target: number; period: PeriodKind; starts_on: Day; ends_on: Day | null }
export type Period = { first_on: Day; until: Day; start: Instant; end: Instant }
export type GoalStatus = 'on_track' | 'behind_pace' | 'at_risk' | 'completed' | 'missed'

const HOUR = 3_600_000
/** So long after its end late figures may still come in. */
const SETTLING = 48 * HOUR
/** A channel that nobody looked at for longer is stale. */
const STALE_AFTER = 24 * HOUR

/** The period that a day falls in, in days and in instants; half-open. */
export function goalPeriod(day: Day, kind: PeriodKind, zone: TimeZone): Period {
  const { first_on, until } = periodOf(day, kind)
  return { first_on, until, start: startOfDay(first_on, zone), end: startOfDay(until, zone) }
}

/** `actual` so far, `from` at the period's beginning: 0, but for followers. */
export type Reached = { actual: number; from: number }
export type Standing = { completion_pct: number; projected: number; status: GoalStatus }

/**
 * Reached, missed, or where this pace leads by the end: on track at 100 % of the target, behind from 70 %, else at risk.
 *
 *   standing({ target: 100 }, { actual: 30, from: 0 }, …half of the period is over)   // projected 60, at_risk
 */
export function standing({ target }: Pick<Goal, 'target'>, reached: Reached, period: Period, now: Instant): Standing {
  const projected = projectedOf(reached, period, now)
  const completion_pct = percent(reached.actual, target)
  const status = statusOf(target, reached, projected, { ended: ms(now) >= ms(period.end), begun: ms(now) > ms(period.start) })
  return { completion_pct, projected, status }
}

function statusOf(
  target: number,
  { actual }: Reached,
  projected: number,
  { ended, begun }: { ended: boolean; begun: boolean },
): GoalStatus {
  if (actual >= target) return 'completed'
  if (ended) return 'missed'
  if (!begun || projected >= target) return 'on_track'
  return BigInt(projected) * 10n >= BigInt(target) * 7n ? 'behind_pace' : 'at_risk'
}

/** What the actual comes to by the end at this pace, cut to a whole number. */
function projectedOf({ actual, from }: Reached, { start, end }: Period, now: Instant): number {
  const whole = ms(end) - ms(start)
  const elapsed = Math.min(Math.max(ms(now) - ms(start), 0), whole)
  if (elapsed === 0 || elapsed === whole) return actual
  const gained = (BigInt(actual - from) * BigInt(whole)) / BigInt(elapsed)
  const projected = Number(BigInt(from) + gained)
  return Math.min(Math.max(projected, 0), Number.MAX_SAFE_INTEGER)
}

/** With two decimals, cut; above 100 when more was reached than asked. */
const percent = (actual: number, target: number): number => Number((BigInt(actual) * 10_000n) / BigInt(target)) / 100

export type Advisory = {
  has_advisory: boolean
  period_in_progress: boolean
  period_recently_ended: boolean
  scrape_stale: boolean
  not_yet_started: boolean
  messages: string[]
}

/** Why the figures of a period are not final; `last_captured_at` is the newest observation of what the goal measures. */
export function advisoryOf(
  { starts_on }: Pick<Goal, 'starts_on'>,
  period: Period,
  last_captured_at: Instant | null,
  now: Instant,
): Advisory {
  const not_yet_started = ms(now) < ms(period.start) || starts_on >= period.until
  const period_in_progress = !not_yet_started && ms(now) < ms(period.end)
  const period_recently_ended = ms(now) >= ms(period.end) && ms(now) < ms(period.end) + SETTLING
  const scrape_stale = !not_yet_started && isStale(period, last_captured_at, now)
  const messages = [
    not_yet_started && `The goal or this period has not started yet: it begins on ${later(starts_on, period.first_on)}.`,
    period_in_progress && `This period runs until ${period.end}; its figures will change.`,
    period_recently_ended &&
      `This period ended less than 48 hours ago; late figures count until ${instant(ms(period.end) + SETTLING)}.`,
    scrape_stale && staleWords(last_captured_at),
  ].filter(message => message !== false)
  return { has_advisory: messages.length > 0, period_in_progress, period_recently_ended, scrape_stale, not_yet_started, messages }
}

/** Nothing was observed for a day, while the period runs or since its end: what is shown may be behind. */
function isStale(period: Period, last_captured_at: Instant | null, now: Instant): boolean {
  if (last_captured_at === null) return true
  const is_final = ms(last_captured_at) >= ms(period.end)
  return !is_final && ms(now) - ms(last_captured_at) > STALE_AFTER
}

const staleWords = (last: Instant | null): string =>
  last === null ? 'Nothing was ever observed.' : `Nothing was observed since ${last}, more than 24 hours ago.`
