import { describe, expect, test } from 'vitest'
import type { GoalResult } from '../../../src/core/rules/goals.ts'
import { ruleOf } from '../../../src/core/rules/index.ts'
import { describe as sentence } from '../../../src/core/structure.ts'
import { earns, on, outcomeOf, periodWith, version } from '../../support/accruing.ts'

/** A goal of some target with what was reached in each of its periods. */
const goal = (target: number, ...actuals: number[]): GoalResult => ({
  ...{ goal_id: `g${target}`, type: 'posts', target },
  periods: actuals.map((actual, n) => ({ start: `s${n}`, end: `e${n}`, actual })),
})
const april = (criteria_params: Record<string, unknown>, said = {}) =>
  periodWith('2026-04-15', { version: version({ criteria_type: 'goals', amount_cents: 100_00, criteria_params, ...said }) })
const pays = (criteria_params: Record<string, unknown>, goals: GoalResult[]) =>
  earns(april(criteria_params), { facts: { goals } })

describe('100.00 when all goals are met, or a part of it (vector D9.3)', () => {
  const twelve_of_fifteen = [goal(15, 12), goal(10_000, 10_000)]
  const more_than_met = [goal(15, 15), goal(10_000, 12_000)]
  test.each([
    ['12 of 15 posts, no part allowed: nothing', {}, twelve_of_fifteen, '1 of 2 goals met'],
    ['a part: 0.9 of it', { partial_allowed: true }, twelve_of_fifteen, 90_00],
    ['a part × 1.2', { partial_allowed: true, partial_multiplier: 1.2 }, twelve_of_fifteen, 108_00],
    [
      'a part from 95 % on: nothing',
      { partial_allowed: true, min_completion_pct: 95 },
      twelve_of_fifteen,
      'completion is below 95 %',
    ],
    ['a part from 90 % on: 90 % is not below', { partial_allowed: true, min_completion_pct: 90 }, twelve_of_fifteen, 90_00],
    ['all met: the whole, whatever the multiplier', { partial_allowed: true, partial_multiplier: 0.5 }, more_than_met, 100_00],
  ])('%s [TG-43]', (_, params, goals, expected) => expect(pays({ mode: 'all', ...params }, goals)).toBe(expected))

  test.each([
    ['three goals at a third each: exactly a third, not 0.333', [goal(3, 1), goal(3, 1), goal(3, 1)], {}, 33_33],
    ['1 of 3 and 1 of 7 is 5 of 21', [goal(3, 1), goal(7, 1)], {}, 23_81],
    ['what is over one goal does not fill another', [goal(10, 30), goal(10, 5)], {}, 75_00],
    ['at 33.3333 % a third is enough', [goal(3, 1)], { min_completion_pct: 33.3333 }, 33_33],
    ['at 33.3334 % a third is not', [goal(3, 1)], { min_completion_pct: 33.3334 }, 'completion is below 33.3334 %'],
    ['a multiplier above 1 may pay more than the whole', [goal(10, 9)], { partial_multiplier: 2.5 }, 225_00],
    ['a multiplier of 0 pays nothing', [goal(10, 9)], { partial_multiplier: 0 }, 'goals completed to 90 % × 0: comes to 0'],
    ['nothing reached at all', [goal(10, 0)], {}, 'goals completed to 0 % × 1: comes to 0'],
    ['half a cent is rounded up', [goal(20_000, 1)], {}, 1],
    ['less than half a cent is none', [goal(20_001, 1)], {}, 'goals completed to 0 % × 1: comes to 0'],
  ] as const)('a part: %s', (_, goals, params, expected) => {
    expect(pays({ mode: 'all', partial_allowed: true, ...params }, [...goals])).toBe(expected)
  })
})

describe('any, and n of m (vector D9.4)', () => {
  const [met, missed] = [goal(10, 10), goal(10, 9)]
  test.each([
    ['any with one met', { mode: 'any' }, [met, missed, missed], 100_00],
    ['any with none met', { mode: 'any' }, [missed, missed], '0 of 2 goals met'],
    ['2 of 3 with 2 met', { mode: 'n_of_m', n: 2 }, [met, met, missed], 100_00],
    ['2 of 3 with 1 met', { mode: 'n_of_m', n: 2 }, [met, missed, missed], '1 of 3 goals met'],
    ['2 with 3 met', { mode: 'n_of_m', n: 2 }, [met, met, met], 100_00],
    ['3 of a partner with 2 goals', { mode: 'n_of_m', n: 3 }, [met, met], '2 of 2 goals met'],
    ['all with all met', { mode: 'all' }, [met, met], 100_00],
    ['all with one missed', { mode: 'all' }, [met, missed], '1 of 2 goals met'],
  ])('%s [TG-42]', (_, params, goals, expected) => expect(pays(params, goals)).toBe(expected))

  test.each([{ mode: 'all', partial_allowed: true }, { mode: 'any' }, { mode: 'n_of_m', n: 1 }])(
    'a partner without a goal to evaluate is owed nothing: %j',
    params => {
      expect(pays(params, [])).toBe('no goal to evaluate')
      expect(pays(params, [goal(10)])).toBe('no goal to evaluate')
    },
  )
})

describe('goals of shorter periods', () => {
  test('a weekly goal under a monthly rule is met when met in each of its weeks', () => {
    expect(pays({ mode: 'all' }, [goal(15, 15, 16, 15, 40)])).toBe(100_00)
    expect(pays({ mode: 'all' }, [goal(15, 15, 16, 14, 40)])).toBe('0 of 1 goals met')
  })
  test('four weeks of which three are met and one is 0: not met, and complete to 0.75 [TG-46]', () => {
    const goals = [goal(15, 15, 20, 15, 0)]
    expect(pays({ mode: 'all' }, goals)).toBe('0 of 1 goals met')
    expect(pays({ mode: 'all', partial_allowed: true }, goals)).toBe(75_00)
    expect(pays({ mode: 'all', partial_allowed: true, partial_multiplier: 1.2 }, goals)).toBe(90_00)
  })
  test('each goal weighs the same, however many periods it has', () => {
    expect(pays({ mode: 'all', partial_allowed: true }, [goal(1, 1, 1, 1, 0), goal(4, 1)])).toBe(50_00)
  })
  test('a goal without a period that ends here is left out', () => {
    const outcome = outcomeOf(april({ mode: 'all' }), { facts: { goals: [goal(10, 10), goal(99)] } })
    expect(outcome).toMatchObject({ cents: 100_00, because: '1 of 1 goals met' })
    expect(outcome.inputs.goals).toHaveLength(1)
  })
})

describe('half a month on the structure', () => {
  const half = [on('2026-04-16')]
  const facts = (actual: number) => ({ goals: [goal(10, actual)] })
  const rule = { mode: 'all', partial_allowed: true }
  test.each([
    ['prorate', 10, 50_00],
    ['prorate', 9, 45_00],
    ['full', 10, 100_00],
    ['full', 9, 90_00],
    ['skip', 10, 'the period is not covered whole'],
  ] as const)('%s with %i of 10: the amount shrinks, the target does not', (proration_mode, actual, expected) => {
    expect(earns(april(rule, { proration_mode }), { assigned: half, facts: facts(actual) })).toBe(expected)
  })
  test('completion, multiplier and days are multiplied before anything is rounded', () => {
    const params = { ...rule, partial_multiplier: 1.1 }
    const due = april(params, { proration_mode: 'prorate', amount_cents: 9_99 })
    expect(earns(due, { assigned: [on('2026-04-20')], facts: { goals: [goal(3, 2)] } })).toBe(2_69) // 9.99 × 2/3 × 1.1 × 11/30
  })
})

describe('what it leaves for the record', () => {
  test('each goal with its completion, and how the part was made', () => {
    const params = { mode: 'all', partial_allowed: true, partial_multiplier: 1.2, min_completion_pct: 50 }
    const { inputs } = outcomeOf(april(params), { facts: { goals: [goal(15, 12), goal(3, 1, 3)] } })
    expect(inputs).toMatchObject({
      ...{ criteria_type: 'goals', mode: 'all', n: null, completion_pct: 0.733333, result_cents: 88_00 },
      goals: [
        { target: 15, actual: 12, completion: 0.8, met: false },
        { target: 3, actual: 4, completion: 0.666666, met: false },
      ],
      partial: { allowed: true, multiplier: 1.2, min_pct: 50, applied: true },
    })
  })
  test('a whole pay is no part', () => {
    const params = { mode: 'all', partial_allowed: true }
    expect(outcomeOf(april(params), { facts: { goals: [goal(1, 1)] } }).inputs.partial).toMatchObject({ applied: false })
    expect(outcomeOf(april({ mode: 'n_of_m', n: 1 }), { facts: { goals: [goal(1, 1)] } }).inputs).toMatchObject({ n: 1 })
  })
  test.each([
    [{ mode: 'all' }, '100.00 USD for each month in which all goals are met'],
    [{ mode: 'any' }, '100.00 USD for each month in which at least one goal is met'],
    [{ mode: 'n_of_m', n: 2 }, '100.00 USD for each month in which at least 2 goals are met'],
    [{ mode: 'all', partial_allowed: true }, '100.00 USD for each month in which all goals are met, else in proportion'],
    [
      { mode: 'all', partial_allowed: true, partial_multiplier: 1.2 },
      '100.00 USD for each month in which all goals are met, else in proportion × 1.2',
    ],
  ])('%j reads: %s', (params, words) => expect(sentence(april(params).version)).toBe(words))
})

describe('params', () => {
  const read = (params: unknown) => ruleOf('goals').params.safeParse(params)
  const faults = (params: unknown) => read(params).error?.issues.map(issue => `${issue.path.join('.')} ${issue.message}`) ?? []

  test.each([
    [{ mode: 'all' }, {}],
    [{ mode: 'any' }, {}],
    [{ mode: 'n_of_m', n: 1 }, { n: 1 }],
    [{ mode: 'all', partial_allowed: true }, { partial_allowed: true }],
    [{ mode: 'all', partial_multiplier: 0.000001 }, { partial_multiplier: 0.000001 }],
    [{ mode: 'all', partial_multiplier: 1000 }, { partial_multiplier: 1000 }],
    [{ mode: 'all', partial_allowed: undefined, partial_multiplier: undefined, min_completion_pct: undefined }, {}],
    [{ mode: 'any', partial_allowed: false, partial_multiplier: 1, min_completion_pct: 0 }, {}],
    [{ mode: 'all', min_completion_pct: 99.9999 }, { min_completion_pct: 99.9999 }],
  ])('%j is complete with false, 1 and 0', (given, own) => {
    const complete = { mode: given.mode, partial_allowed: false, partial_multiplier: 1, min_completion_pct: 0, ...own }
    expect(read(given).data).toEqual(complete)
    expect(read(complete).data).toEqual(complete)
  })

  test.each([
    [{ mode: 'n_of_m' }, ['n is needed with mode "n_of_m"']],
    [{ mode: 'all', n: 2 }, ['n goes with mode "n_of_m" only']],
    [{ mode: 'any', n: 2 }, ['n goes with mode "n_of_m" only']],
    [{ mode: 'any', partial_allowed: true }, ['partial_allowed goes with mode "all" only']],
    [{ mode: 'n_of_m', n: 1, partial_multiplier: 1.2 }, ['partial_multiplier goes with mode "all" only']],
    [{ mode: 'any', min_completion_pct: 50 }, ['min_completion_pct goes with mode "all" only']],
    [{ mode: 'all', partial_multiplier: 1.0000001 }, ['partial_multiplier must have at most 6 decimals']],
    [{ mode: 'all', partial_multiplier: 1e-7 }, ['partial_multiplier must have at most 6 decimals']],
    [{ mode: 'all', min_completion_pct: 33.33333 }, ['min_completion_pct must have at most 4 decimals']],
  ])('%j is refused: %j', (given, messages) => expect(faults(given)).toEqual(messages))

  test.each([
    ['mode', {}],
    ['mode', { mode: 'most' }],
    ['n', { mode: 'n_of_m', n: 0 }],
    ['n', { mode: 'n_of_m', n: 1.5 }],
    ['partial_multiplier', { mode: 'all', partial_multiplier: -0.1 }],
    ['partial_multiplier', { mode: 'all', partial_multiplier: 1000.5 }],
    ['partial_multiplier', { mode: 'all', partial_multiplier: '1.2' }],
    ['min_completion_pct', { mode: 'all', min_completion_pct: 101 }],
    ['min_completion_pct', { mode: 'all', min_completion_pct: -1 }],
    ['partial_allowed', { mode: 'all', partial_allowed: 'yes' }],
    ['', { mode: 'all', minimum: 3 }],
  ])('the fault is at "%s" in %j', (path, given) => {
    expect(read(given).error?.issues.map(issue => issue.path.join('.'))).toEqual([path])
  })
})
