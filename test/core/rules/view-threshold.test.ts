import { describe, expect, test } from 'vitest'
import { accrueMilestone, payingMilestone } from '../../../src/core/accrue.ts'
import { ruleOf } from '../../../src/core/rules/index.ts'
import { describe as sentence } from '../../../src/core/structure.ts'
import { at, circumstances, on, version } from '../../support/accruing.ts'

const ladder = [
  { views: 10_000, amount_cents: 5_00 },
  { views: 100_000, amount_cents: 50_00 },
]
const milestones = (said = {}) =>
  version({ criteria_type: 'view_threshold', period: null, amount_cents: null, criteria_params: { thresholds: ladder }, ...said })

const crossing = (threshold_views: number, view_count: number) =>
  ({ video_id: 'v', threshold_views, view_count, snapshot_at: at('2026-04-02'), backfill: false }) as const

describe('each threshold pays its own amount (vector D9.7)', () => {
  test.each([
    [10_000, 120_000, 5_00],
    [100_000, 120_000, 50_00],
    [10_000, 10_000, 5_00],
  ])('at %i views, seen at %i', (threshold, seen, cents) => {
    const outcome = accrueMilestone(milestones(), crossing(threshold, seen), circumstances)
    expect(outcome).toMatchObject({ cents, because: `A video reached ${threshold.toLocaleString('en')} views` })
  })
  test('a threshold that the version does not have pays nothing', () => {
    expect(accrueMilestone(milestones(), crossing(50_000, 120_000), circumstances)).toMatchObject({
      reason: '50,000 views is no threshold of this version',
      inputs: { result_cents: 0 },
    })
  })
  test('the record names video, threshold, count, when, and the version; there is no period', () => {
    const { inputs } = accrueMilestone(milestones({ version_number: 3 }), crossing(10_000, 12_000), circumstances)
    expect(inputs).toMatchObject({
      ...{ criteria_type: 'view_threshold', version_number: 3, period: null, base_amount_cents: null, result_cents: 5_00 },
      ...{ video_id: 'v', threshold_views: 10_000, view_count: 12_000, snapshot_at: at('2026-04-02'), backfill: false },
      ...{ period_start: at('2026-04-02'), period_end: at('2026-04-02') },
      proration: { mode: 'skip', factor: 1 },
    })
  })
})

describe('who is paid for a crossing', () => {
  const assignment = on('2026-04-10', '2026-04-20')
  const paid = (
    when: string,
    { views = 10_000, versions = [milestones()], archived_at = null as string | null, back = false } = {},
  ) => {
    const known = { versions, archived_at, assignments: [assignment] }
    return payingMilestone(known, { threshold_views: views, at: at(when) }, back ? assignment : null)
  }
  test.each([
    ['while on the structure', '2026-04-15 12:00', true],
    ['in the instant of assignment', '2026-04-10 00:00', true],
    ['just before the assignment', '2026-04-09 23:59', false],
    ['just before it ends', '2026-04-19 23:59', true],
    ['in the instant it ends', '2026-04-20 00:00', false],
  ])('%s', (_, when, pays) => expect(paid(when)?.assignment).toEqual(pays ? assignment : undefined))

  test('crossed before the assignment: paid when the version looks back, else never', () => {
    expect(paid('2026-04-01', { back: true })).toBeNull()
    const looks_back = [milestones({ backfill_on_assignment: true })]
    expect(paid('2026-04-01', { versions: looks_back, back: true })?.assignment).toBe(assignment)
    expect(paid('2026-04-01', { versions: looks_back })).toBeNull()
    expect(paid('2026-04-15', { versions: looks_back, back: true })).toBeNull()
  })

  test('looking back, the version in force at the assignment pays, though it was made after the crossing', () => {
    const made = milestones({ backfill_on_assignment: true, created_at: at('2026-04-05') })
    expect(paid('2026-04-01', { versions: [made], back: true })?.version).toBe(made)
    expect(paid('2026-04-01', { versions: [made], back: true, archived_at: at('2026-04-09') })).toBeNull()
  })

  const later = (said: object) => milestones({ id: 'v2', version_number: 2, created_at: at('2026-04-15'), ...said })
  const more = { criteria_params: { thresholds: [{ views: 5_000, amount_cents: 1_00 }, ...ladder] } }
  test.each([
    ['the version in force at the crossing pays', '2026-04-14 23:59', 10_000, 'v1'],
    ['a new version pays from its first instant', '2026-04-15 00:00', 10_000, 'v2'],
    ['a threshold added after it was crossed never pays', '2026-04-14 23:59', 5_000, undefined],
    ['a threshold added before it was crossed pays', '2026-04-16 00:00', 5_000, 'v2'],
  ])('%s', (_, when, views, id) => expect(paid(when, { views, versions: [later(more), milestones()] })?.version.id).toBe(id))
  test('a threshold that was taken out, or another kind of rule, pays no more', () => {
    const only_high = later({ criteria_params: { thresholds: ladder.slice(1) } })
    expect(paid('2026-04-16', { versions: [milestones(), only_high] })).toBeNull()
    const recurring = version({ id: 'v2', version_number: 2, created_at: at('2026-04-15') })
    expect(paid('2026-04-16', { versions: [milestones(), recurring] })).toBeNull()
  })
  test('nothing pays before the first version, or after the structure was archived', () => {
    expect(paid('2026-04-12', { versions: [milestones({ created_at: at('2026-04-13') })] })).toBeNull()
    expect(paid('2026-04-12', { archived_at: at('2026-04-11') })).toBeNull()
    expect(paid('2026-04-12', { archived_at: at('2026-04-12') })?.version.id).toBe('v1')
  })
})

describe('params', () => {
  const faults = (params: unknown) =>
    ruleOf('view_threshold')
      .params.safeParse(params)
      .error?.issues.map(issue => `${issue.path.join('.')} ${issue.message}`) ?? []
  const steps = (count: number) => Array.from({ length: count }, (_, n) => ({ views: n + 1, amount_cents: 1 }))

  test.each([1, 50])('%i thresholds are taken', count => expect(faults({ thresholds: steps(count) })).toEqual([]))
  test.each([
    [[{ views: 0, amount_cents: 1 }], 'thresholds.0.views must be 1 or more'],
    [[{ views: 10, amount_cents: 0 }], 'thresholds.0.amount_cents must be 1 or more'],
    [[...steps(2), { views: 2, amount_cents: 5 }], 'thresholds views must rise from one to the next'],
    [[ladder[1], ladder[0]], 'thresholds views must rise from one to the next'],
  ])('%j: %s', (thresholds, fault) => expect(faults({ thresholds })).toEqual([fault]))
  test.each([
    ['thresholds', {}],
    ['thresholds', { thresholds: [] }],
    ['thresholds', { thresholds: steps(51) }],
    ['thresholds.0.views', { thresholds: [{ views: 1.5, amount_cents: 1 }] }],
    ['thresholds.0.amount_cents', { thresholds: [{ views: 1, amount_cents: 1_000_000_000_001 }] }],
    ['thresholds.0.amount_cents', { thresholds: [{ views: 1 }] }],
    ['thresholds.0', { thresholds: [{ views: 1, amount_cents: 1, note: '' }] }],
    ['', { thresholds: ladder, minimum: 1 }],
  ])('the fault is at "%s" in %j', (path, given) => {
    expect(faults(given).map(fault => fault.split(' ')[0])).toEqual([path])
  })
  test('reads as one sentence', () => {
    expect(sentence(milestones())).toBe('For each video: 5.00 USD at 10,000 views, 50.00 USD at 100,000 views')
  })
})
