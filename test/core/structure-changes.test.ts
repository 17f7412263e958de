import { describe, expect, test } from 'vitest'
import { changesBetween, countsFrom, periodWarning, wasOvertaken } from '../../src/core/structure-changes.ts'
import { at, version } from '../support/accruing.ts'

const zone = 'America/New_York'

describe('what a version changed', () => {
  test('names each term with what it was and what it is, and nothing else', () => {
    const before = version()
    expect(changesBetween(before, version({ amount_cents: 75_00 }))).toEqual([
      { what: 'Amount', from: '50.00 USD', to: '75.00 USD' },
    ])
    expect(changesBetween(before, version())).toEqual([])
    const both = version({ period: 'weekly', proration_mode: 'prorate' })
    expect(changesBetween(before, both)).toEqual([
      { what: 'Period', from: 'monthly', to: 'weekly' },
      { what: 'Partial periods', from: 'skip', to: 'prorate' },
    ])
  })

  test('of goals tells modes, parts and multipliers', () => {
    const goals = (criteria_params: object) => version({ criteria_type: 'goals', criteria_params: criteria_params as never })
    expect(changesBetween(goals({ mode: 'n_of_m', n: 2 }), goals({ mode: 'n_of_m', n: 3 }))).toEqual([
      { what: 'Goals that must be met', from: 'at least 2', to: 'at least 3' },
    ])
    const partial = goals({ mode: 'all', partial_allowed: true, partial_multiplier: 0.8, min_completion_pct: 50 })
    expect(changesBetween(goals({ mode: 'all' }), partial)).toEqual([
      { what: 'Part for part of the goals', from: 'no', to: 'yes' },
      { what: 'Multiplier of the part', from: null, to: '× 0.8' },
      { what: 'Least completion', from: null, to: '50 %' },
    ])
  })

  test('of CPM tells floor and cap, of thresholds each step', () => {
    const cpm = (criteria_params: object) => version({ criteria_type: 'cpm', criteria_params: criteria_params as never })
    expect(changesBetween(cpm({}), cpm({ min_views: 1_000, max_amount_cents: 500_00 }))).toEqual([
      { what: 'Least views', from: '0', to: '1,000' },
      { what: 'Most a period', from: 'no limit', to: '500.00 USD' },
    ])
    const steps = (...thresholds: [number, number][]) =>
      version({
        ...{ criteria_type: 'view_threshold', period: null, amount_cents: null },
        criteria_params: { thresholds: thresholds.map(([views, amount_cents]) => ({ views, amount_cents })) },
      })
    expect(changesBetween(steps([10_000, 5_00], [50_000, 20_00]), steps([10_000, 6_00], [100_000, 50_00]))).toEqual([
      { what: 'At 10,000 views', from: '5.00 USD', to: '6.00 USD' },
      { what: 'At 50,000 views', from: '20.00 USD', to: null },
      { what: 'At 100,000 views', from: null, to: '50.00 USD' },
    ])
  })

  test('of another type tells what came and what went', () => {
    const after = version({ criteria_type: 'cpm', amount_cents: 2_00 })
    expect(changesBetween(version(), after)).toEqual([
      { what: 'Type', from: 'Recurring', to: 'CPM' },
      { what: 'Amount', from: '50.00 USD', to: null },
      { what: 'Per 1,000 views', from: null, to: '2.00 USD' },
      { what: 'Least views', from: null, to: '0' },
      { what: 'Most a period', from: null, to: 'no limit' },
    ])
  })
})

describe('from when a version counts', () => {
  test('is the period that runs when it is made, by the days of the zone', () => {
    const made = { period: 'monthly', created_at: at('2026-04-01 02:00') } as const
    expect(countsFrom(made, 'UTC')).toEqual({ first_on: '2026-04-01', last_on: '2026-04-30' })
    expect(countsFrom(made, zone)).toEqual({ first_on: '2026-03-01', last_on: '2026-03-31' })
    expect(countsFrom({ ...made, period: 'weekly' }, 'UTC')).toEqual({ first_on: '2026-03-30', last_on: '2026-04-05' })
    expect(countsFrom({ ...made, period: null }, 'UTC')).toBeNull()
  })

  test('a version that was replaced before its first period ended computed nothing', () => {
    const made = { period: 'monthly', created_at: at('2026-04-10') } as const
    expect(wasOvertaken(made, undefined, 'UTC')).toBe(false)
    expect(wasOvertaken(made, { created_at: at('2026-04-20') }, 'UTC')).toBe(true)
    expect(wasOvertaken(made, { created_at: at('2026-05-01') }, 'UTC')).toBe(true)
    expect(wasOvertaken(made, { created_at: at('2026-05-01 00:01') }, 'UTC')).toBe(false)
    expect(wasOvertaken({ ...made, period: null }, { created_at: at('2026-04-11') }, 'UTC')).toBe(false)
  })
})

describe('a change of period', () => {
  const now = { now: at('2026-03-25 10:00'), time_zone: 'UTC' }

  test('to a shorter one leaves the running one unpaid, and says which days', () => {
    const warning = periodWarning('monthly', 'weekly', now)
    expect(warning).toMatchObject({ kind: 'unpaid', running: { first_on: '2026-03-01', last_on: '2026-03-31' } })
    expect(warning?.words).toContain('The running month will not be paid')
    expect(warning?.words).toContain('the first week that ends after the change')
    expect(periodWarning('weekly', 'daily', now)?.kind).toBe('unpaid')
  })

  test('to a longer one counts each day once', () => {
    expect(periodWarning('weekly', 'monthly', now)).toMatchObject({
      kind: 'cut',
      words: 'The month that runs now counts only the days that no week has paid.',
    })
  })

  test('to milestones ends the running one, from milestones or to the same kind loses nothing', () => {
    expect(periodWarning('monthly', null, now)?.words).toBe('The running month will not be paid.')
    expect(periodWarning(null, 'monthly', now)).toBeNull()
    expect(periodWarning('monthly', 'monthly', now)).toBeNull()
  })
})
