import { describe, expect, test } from 'vitest'
import { Refusal } from '../../src/core/refusal.ts'
import { amountOf, checkTerms, type Terms } from '../../src/core/structure.ts'

type Given = Parameters<typeof checkTerms>[0]
const monthly: Given = {
  ...{ period: 'monthly', amount_cents: 50_00, currency: 'USD', criteria_type: 'recurring', criteria_params: {} },
  proration_mode: 'prorate',
}
const milestone: Given = {
  ...{ period: null, amount_cents: null, currency: 'USD', criteria_type: 'view_threshold', proration_mode: 'skip' },
  criteria_params: { thresholds: [{ views: 10_000, amount_cents: 5_00 }] },
}
const goals = (criteria_params: Record<string, unknown>): Given => ({ ...monthly, criteria_type: 'goals', criteria_params })

/** What is said no to: the code, the sentence and each fault. */
function refusalOf(given: Given) {
  try {
    checkTerms(given)
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal
    const errors = refusal.detail.errors as { path: string; message: string }[]
    return { code: refusal.code, message: refusal.message, errors: errors.map(({ path, message }) => `${path}: ${message}`) }
  }
  return null
}

describe('what fits together is completed', () => {
  test.each<[string, Given, Partial<Terms>]>([
    ['recurring', monthly, { criteria_params: {}, backfill_on_assignment: false, proration_mode: 'prorate' }],
    ['recurring with idle params', { ...monthly, criteria_params: { n: 1 } }, { criteria_params: {} }],
    ['an amount of 0', { ...monthly, amount_cents: 0 }, { amount_cents: 0 }],
    [
      'goals',
      goals({ mode: 'all' }),
      { criteria_params: { mode: 'all', partial_allowed: false, partial_multiplier: 1, min_completion_pct: 0 } },
    ],
    ['views', { ...monthly, criteria_type: 'cpm' }, { criteria_params: { min_views: 0, max_amount_cents: null } }],
    ['a milestone sent as full is skip', { ...milestone, proration_mode: 'full' }, { proration_mode: 'skip' }],
    ['a milestone that looks back', { ...milestone, backfill_on_assignment: true }, { backfill_on_assignment: true }],
    ['a backfill of false on another kind', { ...monthly, backfill_on_assignment: false }, { backfill_on_assignment: false }],
  ])('%s', (_, given, expected) => {
    const terms = checkTerms(given)
    expect(terms).toMatchObject(expected)
    expect(terms.criteria_params).toEqual(expected.criteria_params ?? terms.criteria_params)
  })
  test('complete terms come out as they went in: a change may take them from the current version', () => {
    for (const given of [monthly, milestone, goals({ mode: 'n_of_m', n: 2 }), { ...monthly, criteria_type: 'cpm' as const }]) {
      const terms = checkTerms(given)
      expect(checkTerms(terms)).toEqual(terms)
    }
  })
})

describe('what does not fit is refused, with one entry a fault', () => {
  const thresholds = (...all: unknown[]) => ({ ...milestone, criteria_params: { thresholds: all } })
  test.each<[string, Given, string[]]>([
    ['a period on a milestone', { ...milestone, period: 'monthly' }, ['period: must be null with view_threshold']],
    ['an amount on a milestone', { ...milestone, amount_cents: 100 }, ['amount_cents: must be null with view_threshold']],
    ['no period', { ...monthly, period: null }, ['period: must not be null']],
    ['no amount', { ...monthly, amount_cents: null }, ['amount_cents: must not be null']],
    [
      'looking back without a milestone',
      { ...monthly, backfill_on_assignment: true },
      ['backfill_on_assignment: goes with view_threshold only'],
    ],
    ['n of m without n', goals({ mode: 'n_of_m' }), ['criteria_params.n: is needed with mode "n_of_m"']],
    [
      'a part with any',
      goals({ mode: 'any', partial_allowed: true }),
      ['criteria_params.partial_allowed: goes with mode "all" only'],
    ],
    ['a key that goals do not have', goals({ mode: 'all', minimum: 1 }), ['criteria_params: unknown: minimum']],
    [
      'a key of goals on views',
      { ...monthly, criteria_type: 'cpm', criteria_params: { mode: 'all' } },
      ['criteria_params: unknown: mode'],
    ],
    [
      'a threshold of 0 views',
      thresholds({ views: 0, amount_cents: 1 }),
      ['criteria_params.thresholds.0.views: must be 1 or more'],
    ],
    [
      'thresholds that do not rise',
      thresholds({ views: 2, amount_cents: 1 }, { views: 2, amount_cents: 1 }),
      ['criteria_params.thresholds: views must rise from one to the next'],
    ],
    [
      'all of it at once',
      { ...goals({ mode: 'any', n: 1, min_completion_pct: 5 }), period: null, amount_cents: null, backfill_on_assignment: true },
      [
        'period: must not be null',
        'amount_cents: must not be null',
        'backfill_on_assignment: goes with view_threshold only',
        'criteria_params.n: goes with mode "n_of_m" only',
        'criteria_params.min_completion_pct: goes with mode "all" only',
      ],
    ],
  ])('%s', (_, given, errors) => {
    expect(refusalOf(given)).toMatchObject({ code: 'invalid_body', errors })
  })
  test.each([101, -1])('a least completion of %i %%', min_completion_pct => {
    expect(refusalOf(goals({ mode: 'all', min_completion_pct }))?.errors).toEqual([
      expect.stringMatching(/^criteria_params\.min_completion_pct: /),
    ])
  })
  test('its sentence names the first fault', () => {
    expect(refusalOf({ ...monthly, period: null })?.message).toBe('The rule does not fit together: period must not be null.')
  })
})

test('a milestone has no amount of its own: its thresholds have', () => {
  expect(amountOf(checkTerms(milestone))).toEqual({ cents: 0, currency: 'USD' })
  expect(amountOf(checkTerms(monthly))).toEqual({ cents: 50_00, currency: 'USD' })
})
