/**
 * Laws that hold whatever happens, each tried on ten thousand cases; a failure prints its seed and the smallest case.
 *
 * That parts of an amount add up to it is tried beside `allocate` in money.test.ts.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  accrueAgain,
  accrueMilestone,
  accruePeriod,
  countedSpans,
  coverage,
  type Due,
  periodsDue,
  treatment,
} from '../../src/core/accrue.ts'
import { addDays, daysBetween, type Instant, instant, ms, startOfDay } from '../../src/core/calendar.ts'
import { scale } from '../../src/core/money.ts'
import { settle } from '../../src/core/payment.ts'
import { Refusal } from '../../src/core/refusal.ts'
import type { GoalResult } from '../../src/core/rules/goals.ts'
import type { Version } from '../../src/core/structure.ts'
import { ALWAYS, at, circumstances, type On, outcomeOf, periodWith, version } from '../support/accruing.ts'

const RUNS = { numRuns: 10_000 }
const HOUR = 3_600_000
const DAY = 24 * HOUR

const amount = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 1_000_000_000_000 }))
const period = fc.constantFrom('daily', 'weekly', 'monthly')
/** Calendars with something to trip over: clocks that change, a day that is missing, no midnight, an hour twice. */
const calendars = [
  { zone: 'UTC', day: '2028-02-28' },
  { zone: 'America/New_York', day: '2026-11-01' },
  { zone: 'Europe/London', day: '2026-03-29' },
  { zone: 'Pacific/Apia', day: '2011-12-31' },
  { zone: 'Africa/Cairo', day: '2024-04-26' },
  { zone: 'Africa/Cairo', day: '2024-10-31' },
]
const calendar = fc.constantFrom(...calendars)
const kinds = { daily: 1, weekly: 7, monthly: 31 }
const periodsAround = ({ zone, day }: (typeof calendars)[number]) =>
  (Object.keys(kinds) as (keyof typeof kinds)[]).map(kind => ({
    zone,
    due: periodWith(day, { version: version({ period: kind }), zone }),
  }))
const cents = (outcome: ReturnType<typeof outcomeOf>): number => ('cents' in outcome ? outcome.cents : 0)
const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0)

/** A period, and some instants in and around it, in order. */
const someTime = fc
  .record({
    ...{ around: fc.constantFrom(...calendars.flatMap(periodsAround)), amount_cents: amount },
    proration_mode: fc.constantFrom('skip', 'prorate', 'full'),
    cuts: fc.array(fc.integer({ min: -30_000, max: 130_000 }), { maxLength: 8 }),
  })
  .map(({ around: { zone, due }, cuts, ...terms }) => {
    const length = ms(due.end) - ms(due.start)
    const instants = cuts.toSorted((a, b) => a - b).map(cut => instant(Math.round(ms(due.start) + (cut / 100_000) * length)))
    return { due: { ...due, version: { ...due.version, ...terms } }, zone, instants }
  })

/** Every second stretch between the instants. */
const everySecond = (instants: Instant[]): On[] =>
  instants.flatMap((start, n) => (n % 2 === 0 ? [{ start, end: instants[n + 1] ?? null }] : []))
/** Every stretch between the instants, without a gap, and what is before and after them. */
const everyOne = (instants: Instant[]): On[] =>
  [at('2000-01-01'), ...instants].map((start, n) => ({ start, end: instants[n] ?? null }))

describe('a part of a period', () => {
  test('however a partner comes and goes, the period pays between nothing and its amount', () => {
    const law = fc.property(someTime, ({ due, zone, instants }) => {
      const paid = cents(outcomeOf(due, { assigned: everySecond(instants), zone }))
      expect(paid >= 0 && paid <= due.version.amount_cents!).toBe(true)
    })
    fc.assert(law, RUNS)
  })

  test('one assignment after the other without a gap pays the whole amount', () => {
    const law = fc.property(someTime, ({ due, zone, instants }) => {
      expect(cents(outcomeOf(due, { assigned: everyOne(instants), zone }))).toBe(due.version.amount_cents)
    })
    fc.assert(law, RUNS)
  })

  test('days split among assignments are counted once: one partner never has more of them than two have together', () => {
    const law = fc.property(someTime, ({ due, zone, instants }) => {
      const days = (assigned: On[]) => coverage(due, assigned, zone).active_days
      const assigned = everySecond(instants)
      const alone = assigned.map(each => days([each]))
      const together = days(assigned)
      expect(together >= Math.max(0, ...alone) && together <= sum(alone)).toBe(true)
      expect([days(assigned.toReversed()), together <= daysBetween(due.first_on, due.until)]).toEqual([together, true])
    })
    fc.assert(law, RUNS)
  })

  test('who comes earlier or leaves later never earns less', () => {
    const law = fc.property(someTime, ({ due, zone, instants }) => {
      const [a, b, c, d] = instants
      if (!d) return
      const paid = (start: Instant, end: Instant) => cents(outcomeOf(due, { assigned: [{ start, end }], zone }))
      const shorter = paid(b!, c!)
      expect(paid(a!, c!)).toBeGreaterThanOrEqual(shorter)
      expect(paid(b!, d)).toBeGreaterThanOrEqual(shorter)
    })
    fc.assert(law, RUNS)
  })
})

const goalResults = fc.array(
  fc.record({
    ...{ goal_id: fc.constant('g'), type: fc.constant('posts') },
    target: fc.integer({ min: 1, max: 1_000_000 }),
    periods: fc.array(
      fc.record({
        ...{ start: fc.constant('s'), end: fc.constant('e') },
        actual: fc.oneof(fc.integer({ min: 0, max: 1_500_000 }), fc.constant(1_000_000)),
      }),
      { maxLength: 5 },
    ),
  }),
  { maxLength: 4 },
) satisfies fc.Arbitrary<GoalResult[]>
const goalParams = fc.oneof(
  fc.record({ mode: fc.constantFrom('any', 'all') }),
  fc.record({ mode: fc.constant('n_of_m'), n: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    ...{ mode: fc.constant('all'), partial_allowed: fc.constant(true) },
    partial_multiplier: fc.integer({ min: 0, max: 3_000_000 }).map(ppm => ppm / 1_000_000),
    min_completion_pct: fc.constantFrom(0, 12.5, 33.3333, 100),
  }),
)
const APRIL = periodWith('2026-04-15', { version: version() })
const WHOLE = coverage(APRIL, [ALWAYS], 'UTC')
const april = (said: Partial<Version>): Due => ({ ...APRIL, version: version(said) })
/** What a partner earns who was there all April. */
const whole = (due: Due, facts: unknown) => cents(accruePeriod(due, WHOLE, facts, circumstances))

describe('goals', () => {
  const partly = fc.record({
    goals: goalResults,
    ...{ cents: amount, multiplier: fc.integer({ min: 0, max: 3_000_000 }), assigned_on: fc.integer({ min: 1, max: 30 }) },
  })
  const paying = ({ cents: amount_cents, multiplier }: { cents: number; multiplier: number }) =>
    april({
      ...{ criteria_type: 'goals', amount_cents, proration_mode: 'prorate' },
      criteria_params: { mode: 'all', partial_allowed: true, partial_multiplier: multiplier / 1_000_000 },
    })
  const met = ({ target, periods }: GoalResult) => periods.every(each => each.actual >= target)

  test('all met pays the amount; a part never pays more than amount × multiplier, and neither more than its days', () => {
    const law = fc.property(partly, ({ goals, assigned_on, ...terms }) => {
      const assigned = [{ start: at(`2026-04-${String(assigned_on).padStart(2, '0')} 12:00`), end: null }]
      const days = assigned_on === 1 ? 30 : 31 - assigned_on
      const paid = cents(outcomeOf(paying(terms), { assigned, facts: { goals } }))
      const counting = goals.filter(each => each.periods.length > 0)
      const most = counting.every(met) ? 1_000_000 : terms.multiplier
      const limit = scale(terms.cents, BigInt(most) * BigInt(days), 30_000_000)
      if (counting.length === 0) expect(paid).toBe(0)
      else if (counting.every(met)) expect(paid).toBe(limit)
      else expect(paid >= 0 && paid <= limit).toBe(true)
    })
    fc.assert(law, RUNS)
  })

  test('reaching more never pays less while the multiplier is at most 1', () => {
    const law = fc.property(partly, fc.nat(3), fc.nat(1_000), ({ goals, ...terms }, which, more) => {
      const better = goals.map((goal, n) =>
        n === which ? { ...goal, periods: goal.periods.map(each => ({ ...each, actual: each.actual + more })) } : goal,
      )
      const due = paying({ ...terms, multiplier: terms.multiplier % 1_000_001 })
      expect(whole(due, { goals: better })).toBeGreaterThanOrEqual(whole(due, { goals }))
    })
    fc.assert(law, RUNS)
  })
})

const views = fc.oneof(fc.nat(5_000), fc.nat(50_000_000))
const videosOf = (gained: number[]) => ({
  videos: gained.map((each, n) => ({ video_id: `v${n}`, start_views: 0, end_views: each, gained: each })),
})

describe('views', () => {
  const rate = fc.integer({ min: 0, max: 100_000 })
  const paid = (amount_cents: number, gained: number[], criteria_params = {}) =>
    whole(april({ criteria_type: 'cpm', amount_cents, criteria_params }), videosOf(gained))

  test('two lots of views pay together what they pay apart, but for one cent of rounding; their order is nothing', () => {
    const law = fc.property(rate, views, views, (amount_cents, a, b) => {
      const together = paid(amount_cents, [a, b])
      const apart = paid(amount_cents, [a]) + paid(amount_cents, [b])
      expect(Math.abs(together - apart) <= 1).toBe(true)
      expect([paid(amount_cents, [b, a]), paid(amount_cents, [a + b])]).toEqual([together, together])
    })
    fc.assert(law, RUNS)
  })

  test('more views never pay less, below the minimum nothing, and never more than the cap', () => {
    const law = fc.property(
      ...[rate, views, views, fc.nat(100_000), fc.option(fc.nat(5_000_00))],
      (amount_cents, a, more, min_views, max_amount_cents) => {
        const params = { min_views, max_amount_cents }
        const [less, greater] = [paid(amount_cents, [a], params), paid(amount_cents, [a, more], params)]
        expect(greater).toBeGreaterThanOrEqual(less)
        expect(less <= (max_amount_cents ?? Number.MAX_SAFE_INTEGER) && (a >= min_views || less === 0)).toBe(true)
      },
    )
    fc.assert(law, RUNS)
  })
})

describe('an accrual is priced again from its record, after it went through JSON', () => {
  const again = (each: Version, inputs: Record<string, unknown>) =>
    accrueAgain(each, JSON.parse(JSON.stringify(inputs)) as Parameters<typeof accrueAgain>[1])
  const rules = {
    recurring: fc.constant({ params: {}, facts: {} }),
    goals: fc.record({ params: goalParams, facts: fc.record({ goals: goalResults }) }),
    cpm: fc.record({
      params: fc.record({ min_views: fc.nat(9_000), max_amount_cents: fc.option(fc.nat(9_000_00)) }),
      facts: fc.array(views, { maxLength: 4 }).map(videosOf),
    }),
  }

  test.each(['recurring', 'goals', 'cpm'] as const)('%s: the same cents, for the same reason, or none again', criteria_type => {
    const law = fc.property(someTime, rules[criteria_type], ({ due, zone, instants }, { params, facts }) => {
      const amount_cents = due.version.amount_cents! % 1_000_000_000
      const mine = { ...due, version: version({ ...due.version, amount_cents, criteria_type, criteria_params: params }) }
      const covered = coverage(mine, everySecond(instants), zone)
      const first = outcomeOf(mine, { assigned: everySecond(instants), facts, zone })
      if (treatment(mine.version, covered) === 'nothing') expect(cents(first)).toBe(0)
      else
        expect(again(mine.version, first.inputs)).toEqual(
          'cents' in first ? { cents: first.cents, because: first.because } : null,
        )
      expect(first.inputs.result_cents).toBe(cents(first))
    })
    fc.assert(law, RUNS)
  })

  test('milestones', () => {
    const thresholds = fc
      .uniqueArray(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 5 })
      .map(all => all.toSorted((a, b) => a - b).map(each => ({ views: each, amount_cents: 1 + (each % 977) })))
    const law = fc.property(thresholds, fc.nat(9_000), fc.nat(5), fc.boolean(), (steps, other, which, backfill) => {
      const terms = { criteria_type: 'view_threshold', period: null, amount_cents: null } as const
      const mine = version({ ...terms, criteria_params: { thresholds: steps } })
      const threshold_views = steps[which]?.views ?? other
      const crossing = { video_id: 'v', threshold_views, view_count: 9_000, snapshot_at: at('2026-04-02'), backfill }
      const first = accrueMilestone(mine, crossing, circumstances)
      expect(again(mine, first.inputs)).toEqual('cents' in first ? { cents: first.cents, because: first.because } : null)
      expect(cents(first as never)).toBe(steps.find(each => each.views === threshold_views)?.amount_cents ?? 0)
    })
    fc.assert(law, RUNS)
  })
})

describe('periods', () => {
  /** A history: versions of changing kind, when they were made, perhaps an archive, nights in order. Times are in hours. */
  const history = fc
    .record({
      calendar,
      kinds: fc.array(fc.record({ period, is_goals: fc.boolean(), hour: fc.nat(12 * 24) }), { minLength: 1, maxLength: 4 }),
      archived: fc.option(fc.nat(16 * 24), { freq: 3 }),
      nights: fc.array(fc.nat(18 * 24), { minLength: 1, maxLength: 4 }),
      first: fc.nat(6 * 24),
    })
    .map(({ calendar: { zone, day }, kinds: made, archived, nights, first }) => {
      const begin = ms(startOfDay(addDays(day, -8), zone))
      const when = (hour: number) => instant(begin + hour * HOUR)
      const hours = made.map(each => each.hour).toSorted((a, b) => a - b)
      const versions = made.map(({ period, is_goals }, n) =>
        version({
          ...{ id: `v${n}`, version_number: n + 1, created_at: when(n === 0 ? 0 : hours[n]!), period, proration_mode: 'prorate' },
          ...(is_goals ? { criteria_type: 'goals', criteria_params: { mode: 'any' } } : {}),
        }),
      )
      const ordered = nights.toSorted((a, b) => a - b).map(when)
      return { zone, versions, archived_at: archived === null ? null : when(archived), nights: ordered, from: when(first) }
    })
  type History = typeof history extends fc.Arbitrary<infer T> ? T : never
  const dueAt = ({ versions, archived_at, zone, from }: History, now: Instant, since = from): Due[] =>
    periodsDue(
      versions.filter(each => each.created_at <= now),
      { from: since, now, archived_at: archived_at !== null && archived_at <= now ? archived_at : null, time_zone: zone },
    )
  const keyOf = (each: Due) => `${each.start} ${each.end} ${each.version.id} ${each.counts_from}`
  const last = <T>(all: T[]): T => all.at(-1) as T

  test('of one version they follow each other without a gap, each of a calendar’s length, and all that ended is there', () => {
    const law = fc.property(calendar, period, fc.nat(8 * 24), fc.nat(8 * 24), ({ zone, day }, kind, before, after) => {
      const [from, now] = [ms(startOfDay(day, zone)) - before * HOUR, ms(startOfDay(day, zone)) + after * HOUR]
      const asked = { from: instant(from), now: instant(now), archived_at: null, time_zone: zone }
      const found = periodsDue([version({ period: kind, created_at: instant(from - DAY) })], asked)
      const fits = (each: Due, n: number) =>
        each.start < each.end &&
        each.counts_from === each.first_on &&
        (n === 0 || each.start === found[n - 1]!.end) &&
        daysBetween(each.first_on, each.until) <= kinds[kind]
      expect(found.filter((each, n) => !fits(each, n))).toEqual([])
      const longest = kinds[kind] * DAY + HOUR
      expect(now - Math.max(from, found.length > 0 ? ms(last(found).end) : from)).toBeLessThan(longest + DAY)
      if (found[0]) expect(ms(found[0].end) > from && ms(found[0].start) - from < longest).toBe(true)
    })
    fc.assert(law, RUNS)
  })

  test('night by night or once at the end: the same periods, each once', () => {
    const law = fc.property(history, story => {
      const found: Due[] = []
      for (const now of story.nights) found.push(...dueAt(story, now, found.at(-1)?.end))
      expect(found.map(keyOf)).toEqual(dueAt(story, last(story.nights)).map(keyOf))
      expect(found.every((each, n) => n === 0 || each.end > found[n - 1]!.end)).toBe(true)
    })
    fc.assert(law, RUNS)
  })

  test('a later version changes nothing in periods that ended before it', () => {
    const law = fc.property(history, story => {
      const [now, made] = [last(story.nights), last(story.versions).created_at]
      const ended = (found: Due[]) => found.filter(each => each.end < made).map(keyOf)
      const without = { ...story, versions: story.versions.slice(0, -1) }
      expect(ended(dueAt(story, now))).toEqual(ended(dueAt(without, now)))
    })
    fc.assert(law, RUNS)
  })

  test('versions that leave the kind of period alone leave its periods alone', () => {
    const law = fc.property(history, period, (story, kind) => {
      const alike = story.versions.map(each => ({ ...each, period: kind, criteria_type: 'recurring' as const }))
      const spans = (versions: Version[]) =>
        dueAt({ ...story, versions }, last(story.nights)).map(each => `${each.start} ${each.counts_from}`)
      expect(spans(alike)).toEqual(spans(alike.slice(0, 1)))
    })
    fc.assert(law, RUNS)
  })

  test('no day and no view counts in two periods, whatever follows what', () => {
    const law = fc.property(history, fc.constantFrom('prorate', 'full', 'skip'), (story, proration_mode) => {
      const versions = story.versions.map(each => ({ ...each, proration_mode }))
      const found = dueAt({ ...story, versions }, last(story.nights))
      const covered = found.map(each => coverage(each, [ALWAYS], story.zone))
      const counted = found.flatMap((each, n) =>
        treatment(each.version, covered[n]!) === 'nothing' ? [] : countedSpans(each, covered[n]!),
      )
      expect(found.filter((each, n) => covered[n]!.active_days > daysBetween(each.counts_from, each.until))).toEqual([])
      expect(found.filter((each, n) => n > 0 && each.counts_from < found[n - 1]!.until)).toEqual([])
      expect(counted.filter((each, n) => n > 0 && each.start < counted[n - 1]!.end)).toEqual([])
    })
    fc.assert(law, RUNS)
  })
})

test('a payment is its lines and one adjustment, to the cent, and never without a reason', () => {
  const usd = (cents: number) => ({ cents, currency: 'USD' })
  const law = fc.property(
    amount,
    fc.array(fc.integer({ min: -1_000_00, max: 1_000_000_00 })),
    fc.boolean(),
    (free, lines, exact) => {
      const total = exact ? sum(lines) : free
      const adjustment = settle(usd(total), lines.map(usd), ' agreed ')
      expect(sum(lines) + (adjustment?.amount_cents ?? 0)).toBe(total)
      expect(adjustment?.reason).toBe(total === sum(lines) ? undefined : 'agreed')
      if (adjustment) expect(() => settle(usd(total), lines.map(usd), '  ')).toThrow(Refusal)
    },
  )
  fc.assert(law, RUNS)
})
