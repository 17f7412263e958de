/** Short ways to say: this rule, for this period, of a partner on it from then until then. For tests of the pure core. */
import { type Accrued, accruePeriod, coverage, type Due, type NotAccrued } from '../../src/core/accrue.ts'
import { type Day, type Instant, periodOf, startOfDay } from '../../src/core/calendar.ts'
import { ruleOf } from '../../src/core/rules/index.ts'
import type { Version } from '../../src/core/structure.ts'

/** `2026-04-11 10:00` in UTC. */
export const at = (text: string): Instant =>
  new Date(`${text.replace(' ', 'T')}${text.length > 10 ? ':00' : 'T00:00:00'}Z`).toISOString()

/** A version that was always there: 50.00 each month, unless said otherwise. Its params are completed as when it is saved. */
export function version(said: Partial<Version> = {}): Version {
  const { criteria_type = 'recurring', criteria_params = {} } = said
  return {
    ...{ id: 'v1', structure_id: 's', version_number: 1, created_at: at('2000-01-01') },
    ...{ period: 'monthly', amount_cents: 50_00, currency: 'USD', proration_mode: 'skip', backfill_on_assignment: false },
    ...said,
    criteria_type,
    criteria_params: ruleOf(criteria_type).params.parse(criteria_params),
  }
}

/** The period of a version that a day lies in. */
export function periodWith(day: Day, { version, zone = 'UTC' }: { version: Version; zone?: string }): Due {
  const { first_on, until } = periodOf(day, version.period!)
  return { version, first_on, until, start: startOfDay(first_on, zone), end: startOfDay(until, zone), counts_from: first_on }
}

export type On = { start: Instant; end: Instant | null }
/** On the structure from then on, or from then until then. */
export const on = (start: string, end: string | null = null): On => ({ start: at(start), end: end === null ? null : at(end) })
export const ALWAYS: On = on('2000-01-02')

export const circumstances = {
  tz: 'UTC',
  evaluated_at: at('2030-01-01'),
  assigned_at: at('2000-01-02'),
  unassigned_at: null,
  assignment_id: 'a',
}

type Said = { assigned?: On[]; facts?: unknown; zone?: string }

export function outcomeOf(due: Due, { assigned = [ALWAYS], facts = {}, zone = 'UTC' }: Said = {}): Accrued | NotAccrued {
  return accruePeriod(due, coverage(due, assigned, zone), facts, circumstances)
}

/** What a period earns in cents, or why nothing. */
export function earns(due: Due, said: Said = {}): number | string {
  const outcome = outcomeOf(due, said)
  return 'cents' in outcome ? outcome.cents : outcome.reason
}
