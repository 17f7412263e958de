/**
 * The history of a structure in words: what one version changed, from when it counts, and what a change of period costs.
 *
 * A period is computed with the newest version at its end, so a version counts from the period in which it was made.
 * Source: spec B6.3, decision 0014.
 */
import { addDays, type Day, dayOf, type Instant, type PeriodKind, periodOf, startOfDay, type TimeZone } from './calendar.ts'
import { type Cents, type Currency, format } from './money.ts'
import type { CriteriaType } from './rules/index.ts'
import { unitOf } from './rules/rule.ts'
import type { ProrationMode, Terms, Version } from './structure.ts'

export const criteriaLabels: Record<CriteriaType, string> = {
  recurring: 'Recurring',
  goals: 'Goals',
  cpm: 'CPM',
  view_threshold: 'View thresholds',
}

/** What each way of treating a period does in which a partner was not on the structure all along. */
export const prorationMeanings: Record<ProrationMode, string> = {
  skip: 'A period in which a partner was not on it all along pays nothing',
  prorate: 'A period in which a partner was not on it all along pays its share of days (of views, for CPM)',
  full: 'A period in which a partner was not on it all along pays in full',
}

export type TermsChange = { what: string; from: string | null; to: string | null }

type Params = {
  mode?: 'all' | 'any' | 'n_of_m'
  n?: number
  partial_allowed?: boolean
  partial_multiplier?: number
  min_completion_pct?: number
  min_views?: number
  max_amount_cents?: Cents | null
  thresholds?: { views: number; amount_cents: Cents }[]
}

const number = (value: number): string => new Intl.NumberFormat('en').format(value)
const modes = { all: 'all goals', any: 'at least one goal', n_of_m: 'a number of goals' }

/** Everything that terms say, as names and words; what does not apply to their type is left out. */
function said({ currency, ...terms }: Terms): Map<string, string> {
  const { mode, n, partial_allowed, partial_multiplier, min_completion_pct, min_views, max_amount_cents, thresholds } =
    terms.criteria_params as Params
  const { criteria_type: type, period, amount_cents } = terms
  const money = (cents: Cents) => format(cents, currency as Currency)
  const all: [name: string, words: string | null][] = [
    ['Type', criteriaLabels[type]],
    [type === 'cpm' ? 'Per 1,000 views' : 'Amount', amount_cents === null ? null : money(amount_cents)],
    ['Period', period],
    ['Currency', currency],
    ['Goals that must be met', mode === undefined ? null : mode === 'n_of_m' ? `at least ${n}` : modes[mode]],
    ['Part for part of the goals', mode === 'all' ? (partial_allowed ? 'yes' : 'no') : null],
    ['Multiplier of the part', partial_allowed ? `× ${partial_multiplier}` : null],
    ['Least completion', partial_allowed ? `${min_completion_pct} %` : null],
    ['Least views', type === 'cpm' ? number(min_views ?? 0) : null],
    ['Most a period', type === 'cpm' ? (max_amount_cents == null ? 'no limit' : money(max_amount_cents)) : null],
    ...(thresholds ?? []).map((each): [string, string] => [`At ${number(each.views)} views`, money(each.amount_cents)]),
    ['Partial periods', type === 'view_threshold' ? null : terms.proration_mode],
    ['Looks back on assignment', type === 'view_threshold' ? (terms.backfill_on_assignment ? 'yes' : 'no') : null],
  ]
  return new Map(all.filter((pair): pair is [string, string] => pair[1] !== null))
}

/** What is different in the later terms; `null` stands for what one of them does not say at all. */
export function changesBetween(before: Terms, after: Terms): TermsChange[] {
  const [was, is] = [said(before), said(after)]
  return [...new Set([...was.keys(), ...is.keys()])].flatMap(what => {
    const [from, to] = [was.get(what) ?? null, is.get(what) ?? null]
    return from === to ? [] : [{ what, from, to }]
  })
}

/** A period by its days, the last one included. */
export type Days = { first_on: Day; last_on: Day }

/** The first period that a version computes: the one that runs when it is made. Milestones have none. */
export function countsFrom(version: Pick<Version, 'period' | 'created_at'>, time_zone: TimeZone): Days | null {
  if (version.period === null) return null
  const { first_on, until } = periodOf(dayOf(version.created_at, time_zone), version.period)
  return { first_on, last_on: addDays(until, -1) }
}

/** Whether the version after it came before the first period of a version had ended: then it computed nothing. */
export function wasOvertaken(
  version: Pick<Version, 'period' | 'created_at'>,
  next: Pick<Version, 'created_at'> | undefined,
  time_zone: TimeZone,
): boolean {
  const first = countsFrom(version, time_zone)
  return first !== null && next !== undefined && next.created_at <= startOfDay(addDays(first.last_on, 1), time_zone)
}

const lengths: Record<PeriodKind, number> = { daily: 1, weekly: 7, monthly: 31 }

/** What changing the kind of period now does to the running one, as a warning; `null` when nothing is lost. */
export function periodWarning(
  from: PeriodKind | null,
  to: PeriodKind | null,
  { now, time_zone }: { now: Instant; time_zone: TimeZone },
): { kind: 'unpaid' | 'cut'; running: Days; words: string } | null {
  if (from === null || from === to) return null
  const { first_on, until } = periodOf(dayOf(now, time_zone), from)
  const running = { first_on, last_on: addDays(until, -1) }
  const [old, unit] = [unitOf(from), unitOf(to)]
  if (to === null) return { kind: 'unpaid', running, words: `The running ${old} will not be paid.` }
  if (lengths[to] < lengths[from]) {
    const words = `The running ${old} will not be paid: the first ${unit} that ends after the change is. Pay the begun ${old} by hand, or make this change on the first day of the next one.`
    return { kind: 'unpaid', running, words }
  }
  const words = `The ${unit} that runs now counts only the days that no ${old} has paid.`
  return { kind: 'cut', running, words }
}
