/** The night: what each kind of structure earns, through the API and the clock alone. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { accrue } from '../../../src/server/structures/accrue.ts'
import { type World, world } from '../../support/world.ts'

let at: World

const V = '/api/v1'
type Rule = Record<string, unknown>
const recurring = (fields: Rule = {}): Rule => ({
  ...{ period: 'monthly', amount_cents: 50_00, currency: 'USD', criteria_type: 'recurring', criteria_params: {} },
  ...{ proration_mode: 'skip', ...fields },
})
const goals = (params: Rule, fields: Rule = {}) =>
  recurring({ amount_cents: 100_00, criteria_type: 'goals', criteria_params: params, ...fields })
const thresholds = (fields: Rule = {}): Rule => ({
  ...{ period: null, amount_cents: null, currency: 'USD', criteria_type: 'view_threshold', proration_mode: 'skip' },
  criteria_params: {
    thresholds: [
      { views: 10_000, amount_cents: 5_00 },
      { views: 100_000, amount_cents: 50_00 },
    ],
  },
  ...fields,
})

async function done(method: string, path: string, body?: unknown) {
  const answer = await at.request(method, `${V}${path}`, body, { headers: { 'idempotency-key': crypto.randomUUID() } })
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.data
}

async function creator(handle = `nick${crypto.randomUUID().slice(0, 8)}`): Promise<string> {
  return (await done('POST', `/projects/${at.brand_id}/creators`, { tiktok_handle: handle })).id
}

async function structure(rule: Rule, ...creator_ids: string[]): Promise<string> {
  const { structure_id } = await done('POST', '/payout-structures', { project_id: at.brand_id, name: 'Base', ...rule })
  if (creator_ids.length > 0) await done('POST', `/payout-structures/${structure_id}/assignments`, { creator_ids })
  return structure_id
}

async function video(creator_id: string, posted_at: string, views: [at: string, count: number][] = [], fields: Rule = {}) {
  const external_id = crypto.randomUUID()
  const { id } = await done('POST', '/videos', { project_id: at.brand_id, creator_id, external_id, posted_at, ...fields })
  await observe(id, views)
  return id as string
}

async function observe(video_id: string, views: [at: string, count: number][]) {
  if (views.length === 0) return
  const snapshots = views.map(([captured_at, view_count]) => ({ captured_at, view_count }))
  await done('POST', `/videos/${video_id}/snapshots`, { snapshots })
}

const night = (now: string) => accrue(at.app, new Date(now).toISOString())
const accruals = (query = '') => done('GET', `/payout-accruals?project_id=${at.brand_id}${query}`)
const amounts = async (of?: string) =>
  (await accruals(of && `&creator_id=${of}`)).map((a: { amount_cents: number }) => a.amount_cents)

describe('from 1 April, many at once', () => {
  beforeAll(async () => {
    at = await world({ today: '2026-04-01' })
  })
  beforeEach(() => at.travelTo('2026-04-01'))
  afterAll(() => at.close())

  test('assigned on the first day is assigned for the whole month [TG-41]', async () => {
    await at.travelTo('2026-04-01T09:00:00Z')
    const nick = await creator()
    await structure(recurring(), nick)
    await night('2026-05-01T00:00:00Z')
    expect(await amounts(nick)).toEqual([50_00])
  })

  test('an edit within the 48 hours after a close does not change the closed period [TG-30]', async () => {
    const nick = await creator()
    await done('POST', '/goals', { creator_id: nick, type: 'posts', target: 1, period: 'monthly' })
    const id = await structure(goals({ mode: 'any' }), nick)
    await video(nick, '2026-04-10T00:00:00Z')
    await at.travelTo('2026-05-01T12:00:00Z')
    await done('PATCH', `/payout-structures/${id}`, { kind: 'rule', amount_cents: 1_00 })
    await done('POST', '/goals', { creator_id: nick, type: 'posts', target: 99, period: 'monthly', starts_on: '2026-04-01' })
    await night('2026-05-03T00:00:00Z')
    expect(await amounts(nick)).toEqual([100_00])
  })

  test.each([
    ['any', { mode: 'any' }, 1, [100_00]],
    ['n_of_m with two of three', { mode: 'n_of_m', n: 2 }, 2, [100_00]],
    ['n_of_m with one of three', { mode: 'n_of_m', n: 2 }, 1, []],
    ['all with two of three', { mode: 'all' }, 2, []],
    ['all with three of three', { mode: 'all' }, 3, [100_00]],
  ])('goals: %s [TG-42]', async (_words, params, met, earned) => {
    const nick = await creator()
    await structure(goals(params), nick)
    for (const target of [1, 2, 3].map(n => (n <= met ? 1 : 5)))
      await done('POST', '/goals', { creator_id: nick, type: 'posts', target, period: 'monthly' })
    await video(nick, '2026-04-10T00:00:00Z')
    await night('2026-05-03T00:00:00Z')
    expect(await amounts(nick)).toEqual(earned)
  })

  test.each<[string, Rule, number, number, number[]]>([
    ['no part', {}, 12, 10_000, []],
    ['in part', { partial_allowed: true }, 12, 10_000, [90_00]],
    ['in part × 1.2', { partial_allowed: true, partial_multiplier: 1.2 }, 12, 10_000, [108_00]],
    ['at least 95 %', { partial_allowed: true, min_completion_pct: 95 }, 12, 10_000, []],
    ['at least 90 %', { partial_allowed: true, min_completion_pct: 90 }, 12, 10_000, [90_00]],
    ['met', { partial_allowed: true, partial_multiplier: 0.5 }, 15, 12_000, [100_00]],
  ])('goals of 15 posts and 10,000 views: %s [TG-43]', async (_words, partial, posts, views, earned) => {
    const nick = await creator()
    await structure(goals({ mode: 'all', ...partial }), nick)
    await done('POST', '/goals', { creator_id: nick, type: 'posts', target: 15, period: 'monthly' })
    await done('POST', '/goals', { creator_id: nick, type: 'views', target: 10_000, period: 'monthly' })
    for (let n = 0; n < posts; n++) await video(nick, '2026-04-10T00:00:00Z', n === 0 ? [['2026-04-29T00:00:00Z', views]] : [])
    await night('2026-05-03T00:00:00Z')
    expect(await amounts(nick)).toEqual(earned)
  })

  test.each([
    ['auto_tracked', {}, 1],
    ['included', {}, 1],
    ['pending_review', {}, 0],
    ['excluded', {}, 0],
    ['included', { tracking_enabled: false }, 0],
  ])('a video that is %s %o counts for a goal and for views: %i [TG-45]', async (status, change, counted) => {
    const nick = await creator()
    await structure(goals({ mode: 'any' }), nick)
    await structure(recurring({ criteria_type: 'cpm', amount_cents: 10_00 }), nick)
    await done('POST', '/goals', { creator_id: nick, type: 'posts', target: 1, period: 'monthly' })
    const id = await video(nick, '2026-04-10T00:00:00Z', [['2026-04-20T00:00:00Z', 1_000]], { status })
    if (Object.keys(change).length > 0) await done('PATCH', `/videos/${id}`, change)
    await night('2026-05-03T00:00:00Z')
    expect((await amounts(nick)).sort()).toEqual(counted ? [10_00, 100_00].sort() : [])
  })

  test('views gained within the month are paid per thousand [TG-47]', async () => {
    const nick = await creator()
    await structure(recurring({ criteria_type: 'cpm', amount_cents: 2_50 }), nick)
    const seen: [string, number][] = [
      ['2026-03-31T00:00:00Z', 1_000_000],
      ['2026-04-15T00:00:00Z', 1_050_000],
      ['2026-04-30T00:00:00Z', 1_123_456],
      ['2026-05-02T00:00:00Z', 9_000_000],
    ]
    await video(nick, '2026-03-01T00:00:00Z', seen)
    await night('2026-05-01T00:00:00Z')
    expect(await amounts(nick)).toEqual([308_64])
  })

  test.each([
    [{ min_views: 1_001 }, []],
    [{ min_views: 1_000 }, [2_50]],
    [{ max_amount_cents: 1_00 }, [1_00]],
  ])('a CPM with %o earns %o for 1,000 views [TG-47]', async (criteria_params, earned) => {
    const nick = await creator()
    await structure(recurring({ criteria_type: 'cpm', amount_cents: 2_50, criteria_params }), nick)
    await video(nick, '2026-04-03T00:00:00Z', [['2026-04-20T00:00:00Z', 1_000]])
    await night('2026-05-01T00:00:00Z')
    expect(await amounts(nick)).toEqual(earned)
  })

  test('with backfill an assignment answers when what was crossed before is earned [TG-49]', async () => {
    const nick = await creator()
    const id = await video(nick, '2026-03-02T00:00:00Z', [['2026-03-20T00:00:00Z', 12_000]])
    await structure(thresholds({ backfill_on_assignment: true }), nick)
    expect(await amounts(nick)).toEqual([5_00])
    await observe(id, [['2026-04-09T00:00:00Z', 100_000]])
    await night('2026-04-10T00:00:00Z')
    expect((await amounts(nick)).sort()).toEqual([5_00, 50_00].sort())
  })

  test('without backfill only later crossings are earned [TG-50]', async () => {
    const nick = await creator()
    const id = await video(nick, '2026-03-02T00:00:00Z', [['2026-03-20T00:00:00Z', 12_000]])
    await structure(thresholds(), nick)
    expect(await amounts(nick)).toEqual([])
    await night('2026-04-08T00:00:00Z')
    expect(await amounts(nick)).toEqual([])
    await observe(id, [['2026-04-09T00:00:00Z', 100_000]])
    await night('2026-04-10T00:00:00Z')
    expect(await amounts(nick)).toEqual([50_00])
  })

  test('a video pays a threshold once ever: across versions and assignments [TG-51]', async () => {
    const nick = await creator()
    const id = await structure(thresholds({ backfill_on_assignment: true }), nick)
    await video(nick, '2026-04-02T00:00:00Z', [['2026-04-04T00:00:00Z', 12_000]])
    await night('2026-04-05T00:00:00Z')
    await at.travelTo('2026-04-06')
    await done('DELETE', `/payout-structures/${id}/assignments`, { creator_ids: [nick] })
    await done('PATCH', `/payout-structures/${id}`, {
      kind: 'rule',
      criteria_params: { thresholds: [{ views: 10_000, amount_cents: 9_00 }] },
    })
    await at.travelTo('2026-04-07')
    await done('POST', `/payout-structures/${id}/assignments`, { creator_ids: [nick] })
    await night('2026-04-20T00:00:00Z')
    expect(await amounts(nick)).toEqual([5_00])
  })

  test('a threshold that a new version adds is not paid to videos that crossed it before', async () => {
    const nick = await creator()
    const id = await structure(thresholds(), nick)
    await video(nick, '2026-04-02T00:00:00Z', [['2026-04-04T00:00:00Z', 60_000]])
    await at.travelTo('2026-04-06')
    await done('PATCH', `/payout-structures/${id}`, {
      kind: 'rule',
      criteria_params: { thresholds: [{ views: 50_000, amount_cents: 9_00 }] },
    })
    await night('2026-04-20T00:00:00Z')
    expect(await amounts(nick)).toEqual([5_00])
  })
})

describe('each in a world of its own', () => {
  afterEach(() => at.close())

  test('a monthly amount is earned once when the month has ended, however often the night runs [TG-39]', async () => {
    at = await world({ today: '2026-04-01' })
    await structure(recurring(), await creator())
    expect(await night('2026-04-30T23:59:59Z')).toEqual({ evaluated: 0, created: 0, amount_cents: 0 })
    expect(await night('2026-05-01T00:00:00Z')).toEqual({ evaluated: 1, created: 1, amount_cents: 50_00 })
    expect(await night('2026-05-01T00:00:00Z')).toEqual({ evaluated: 0, created: 0, amount_cents: 0 })
    expect(await night('2026-05-02T00:00:00Z')).toEqual({ evaluated: 0, created: 0, amount_cents: 0 })
    expect(await accruals()).toMatchObject([
      {
        status: 'earned',
        amount_cents: 50_00,
        period_start_at: '2026-04-01T00:00:00.000Z',
        period_end_at: '2026-05-01T00:00:00.000Z',
      },
    ])
  })

  test('three missed months are caught up in one night [TG-40]', async () => {
    at = await world({ today: '2026-01-01' })
    await structure(recurring(), await creator())
    expect(await night('2026-04-01T00:00:00Z')).toMatchObject({ created: 3, amount_cents: 150_00 })
    expect((await accruals()).map((a: { period_start_at: string }) => a.period_start_at.slice(0, 7))).toEqual([
      '2026-03',
      '2026-02',
      '2026-01',
    ])
  })

  test.each([
    ['skip', [50_00]],
    ['prorate', [50_00, 33_33]],
    ['full', [50_00, 50_00]],
  ])('assigned on 11 April a monthly 50.00 with %s earns as the vector says [TG-41]', async (proration_mode, earned) => {
    at = await world({ today: '2026-04-11T10:00:00Z' })
    await structure(recurring({ proration_mode }), await creator())
    await night('2026-06-01T00:00:00Z')
    expect(await amounts()).toEqual(earned)
  })

  test('unassigned within a month its days count, and what was earned stays', async () => {
    at = await world({ today: '2026-03-01' })
    const nick = await creator()
    const id = await structure(recurring({ proration_mode: 'prorate' }), nick)
    await at.travelTo('2026-04-10T08:00:00Z')
    await done('DELETE', `/payout-structures/${id}/assignments`, { creator_ids: [nick] })
    expect(await night('2026-06-01T00:00:00Z')).toMatchObject({ created: 2 })
    expect(await amounts()).toEqual([16_67, 50_00])
  })

  test('who is assigned after the night ran for a later day is evaluated all the same', async () => {
    at = await world({ today: '2026-04-01' })
    const id = await structure(recurring(), await creator())
    expect(await night('2026-05-01T00:00:00Z')).toMatchObject({ created: 1 })
    await done('POST', `/payout-structures/${id}/assignments`, { creator_ids: [await creator(), await creator()] })
    expect(await night('2026-05-01T00:00:00Z')).toEqual({ evaluated: 2, created: 2, amount_cents: 100_00 })
    expect(await night('2026-05-01T00:00:00Z')).toMatchObject({ created: 0 })
  })

  test('a changed rule computes the periods that end after it, with the version in force at their end [TG-30]', async () => {
    at = await world({ today: '2026-03-01' })
    const id = await structure(recurring(), await creator())
    await night('2026-04-01T00:00:00Z')
    await at.travelTo('2026-04-15T12:00:00Z')
    await done('PATCH', `/payout-structures/${id}`, { kind: 'rule', amount_cents: 70_00 })
    await night('2026-05-01T00:00:00Z')
    expect(await amounts()).toEqual([70_00, 50_00])
    const [april, march] = await accruals()
    expect(april.structure_version_id).not.toBe(march.structure_version_id)
  })

  test('an archived structure pays what ended before and nothing of the running month [TG-31]', async () => {
    at = await world({ today: '2026-03-01' })
    const id = await structure(recurring(), await creator())
    await at.travelTo('2026-04-20')
    expect(await done('DELETE', `/payout-structures/${id}`)).toEqual({ id, archived: true })
    await night('2026-06-01T00:00:00Z')
    expect(await accruals()).toMatchObject([{ period_start_at: '2026-03-01T00:00:00.000Z', status: 'earned' }])
  })

  test('goals are evaluated 48 hours after the month closed, not a minute before [TG-44]', async () => {
    at = await world({ today: '2026-04-01' })
    const nick = await creator()
    await structure(goals({ mode: 'any' }), nick)
    await done('POST', '/goals', { creator_id: nick, type: 'posts', target: 1, period: 'monthly' })
    await video(nick, '2026-04-10T00:00:00Z')
    expect(await night('2026-05-02T23:59:00Z')).toMatchObject({ evaluated: 0, created: 0 })
    expect(await night('2026-05-03T00:00:00Z')).toMatchObject({ evaluated: 1, created: 1 })
  })

  test('weekly goals in a monthly structure count in the month in which their week ends [TG-46]', async () => {
    at = await world({ today: '2026-02-01' })
    const nick = await creator()
    await structure(goals({ mode: 'all', partial_allowed: true }), nick)
    await done('POST', '/goals', { creator_id: nick, type: 'posts', target: 1, period: 'weekly' })
    for (const day of ['02-03', '02-10', '02-17']) await video(nick, `2026-${day}T12:00:00Z`)
    await night('2026-03-03T00:00:00Z')
    expect(await amounts()).toEqual([75_00])
  })

  test('each threshold that a video crosses pays once [TG-48]', async () => {
    at = await world({ today: '2026-04-01' })
    const nick = await creator()
    await structure(thresholds(), nick)
    await video(nick, '2026-04-02T00:00:00Z', [
      ['2026-04-03T00:00:00Z', 8_000],
      ['2026-04-04T00:00:00Z', 120_000],
    ])
    expect(await night('2026-04-03T12:00:00Z')).toMatchObject({ created: 0 })
    expect(await night('2026-04-05T00:00:00Z')).toMatchObject({ created: 2, amount_cents: 55_00 })
    expect(await night('2026-04-06T00:00:00Z')).toMatchObject({ created: 0 })
    expect(await accruals()).toMatchObject([
      { period_start_at: '2026-04-04T00:00:00.000Z', period_end_at: '2026-04-04T00:00:00.000Z' },
      { period_start_at: '2026-04-04T00:00:00.000Z' },
    ])
  })

  test('a day is the day of the organization, of 23 hours when the clock goes forward [ON-16]', async () => {
    at = await world({ today: '2026-03-01', time_zone: 'America/New_York' })
    const nick = await creator()
    await structure(goals({ mode: 'any' }, { period: 'daily', amount_cents: 1_00 }), nick)
    await done('POST', '/goals', { creator_id: nick, type: 'posts', target: 1, period: 'daily' })
    await structure(recurring({ period: 'daily', amount_cents: 7 }), nick)
    await video(nick, '2026-03-02T03:00:00Z')
    await night('2026-03-10T12:00:00Z')
    const all = await accruals('&limit=100')
    expect(all.filter((a: { amount_cents: number }) => a.amount_cents === 1_00)).toMatchObject([
      { period_start_at: '2026-03-01T05:00:00.000Z', period_end_at: '2026-03-02T05:00:00.000Z' },
    ])
    const spring = all.find((a: { period_start_at: string }) => a.period_start_at.startsWith('2026-03-08'))
    expect(spring).toMatchObject({ period_start_at: '2026-03-08T05:00:00.000Z', period_end_at: '2026-03-09T04:00:00.000Z' })
  })
})
