import { expect, test } from 'vitest'
import { type LimitKey, limitOf, plans } from '../../src/core/plan.ts'

const INF = Number.POSITIVE_INFINITY

/** The table of spec B4, retyped: free, starter, ultra, unlimited. */
test.each<[LimitKey, number[]]>([
  ['creators', [5, 50, 300, INF]],
  ['projects', [1, 3, 10, INF]],
  ['members', [2, 5, 50, INF]],
  ['max_api_requests_per_day', [0, 1_000, 50_000, INF]],
  ['max_payout_methods_per_org', [6, 10, INF, INF]],
  ['max_payout_structures_per_project', [3, 10, INF, INF]],
])('%s by plan is as it is published', (key, expected) => {
  expect(plans.map(plan => limitOf(plan, key))).toEqual(expected)
})
