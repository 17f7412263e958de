/** Goals, and how they stand. */
import { describe, expect } from 'vitest'
import { creator, get, observe, type Shop, stories, v1, video } from './support.ts'

const story = stories({ today: '2026-03-16T00:00:00Z' })
type Named = { id: string }
const goal = (shop: Shop, { id }: Named, fields: object = {}) =>
  shop.must(v1(shop, 'POST', '/goals', { creator_id: id, type: 'views', target: 1000, period: 'monthly', ...fields }))
const judged = (shop: Shop, query = '') => get(shop, `/projects/${shop.brand_id}/goal-compliance?${query}`)
const day = (n: number, month = 3) => `2026-0${month}-${String(n).padStart(2, '0')}T00:00:00.000Z`

describe('a goal', () => {
  story('is set, read, changed and removed; it starts today [TG-98]', async shop => {
    const ada = await creator(shop)
    const made = await goal(shop, ada, { ends_on: '2026-12-31' })
    expect(made).toEqual({
      ...{ id: expect.any(String), project_id: shop.brand_id, creator_id: ada.id, type: 'views', target: 1000 },
      ...{ period: 'monthly', starts_on: '2026-03-16', ends_on: '2026-12-31', created_at: expect.any(String) },
    })
    expect(await get(shop, `/goals/${made.id}`)).toEqual(made)
    const changed = await shop.must(v1(shop, 'PATCH', `/goals/${made.id}`, { target: 5, ends_on: null }))
    expect(changed).toEqual({ ...made, target: 5, ends_on: null })
    const other = await goal(shop, await creator(shop), { type: 'posts', starts_on: '2026-01-01' })
    expect(await get(shop, `/goals?project_id=${shop.brand_id}`)).toEqual([other, changed])
    expect(await get(shop, `/goals?creator_id=${ada.id}`)).toEqual([changed])
    expect(await shop.must(v1(shop, 'DELETE', `/goals/${made.id}`))).toEqual({ id: made.id, deleted: true })
    expect(await get(shop, `/goals?creator_id=${ada.id}`)).toEqual([])
    for (const method of ['GET', 'DELETE'] as const) expect((await v1(shop, method, `/goals/${made.id}`)).status).toBe(404)
    const told = await shop.w.sql('select verb from events where object_id = $1 order by id', [made.id])
    expect(told.map(event => event.verb)).toEqual(['goal.created', 'goal.changed', 'goal.removed'])
  })

  story('with a field that is wrong, or for nobody, is refused', async shop => {
    const ada = await creator(shop)
    const made = await goal(shop, ada)
    const body = { creator_id: ada.id, type: 'views', target: 1, period: 'daily' }
    for (const bad of [
      ...[{ target: 0 }, { target: 1.5 }, { type: 'likes' }, { period: 'yearly' }, { ends_on: '2026-03-15' }, { x: 1 }],
      ...[{ starts_on: '2026-04-02', ends_on: '2026-04-01' }, { starts_on: '2026-02-30' }],
    ])
      await shop.refused(() => v1(shop, 'POST', '/goals', { ...body, ...bad }), 400, 'invalid_body')
    for (const bad of [{}, { target: -1 }, { ends_on: '2026-03-15' }, { type: 'posts' }])
      await shop.refused(() => v1(shop, 'PATCH', `/goals/${made.id}`, bad), 400, 'invalid_body')
    const none = '00000000-0000-7000-8000-000000000000'
    await shop.refused(() => v1(shop, 'POST', '/goals', { ...body, creator_id: none }), 404, 'not_found')
    await shop.refused(() => v1(shop, 'PATCH', `/goals/${none}`, { target: 1 }), 404, 'not_found')
    expect(await get(shop, `/goals?project_id=${none}`)).toEqual([])
  })
})

describe('compliance', () => {
  story('tells for each goal what was reached, where it leads and how it stands [TG-98]', async shop => {
    await shop.w.travelTo('2026-03-15T23:59:00Z')
    const ada = await creator(shop, { display_name: 'Ada', tiktok_handle: 'ada-l' })
    const clips = [await video(shop, ada, { posted_at: day(2) }), await video(shop, ada, { posted_at: day(9) })]
    await observe(shop, clips[0] as Named, {
      [day(3)]: { view_count: 100, like_count: 5 },
      [day(15)]: { view_count: 700, like_count: 30 },
    })
    await observe(shop, clips[1] as Named, { [day(15)]: { view_count: 50, comment_count: 10 } })
    const followers = [
      { captured_at: day(28, 2), follower_count: 900 },
      { captured_at: day(15), follower_count: 950 },
    ]
    await shop.must(v1(shop, 'POST', `/creators/${ada.id}/snapshots`, { snapshots: followers }))
    const wanted = [
      ['views', 1000, 'monthly', 750, 1550, 'on_track'],
      ['views', 1800, 'monthly', 750, 1550, 'behind_pace'],
      ['views', 750, 'monthly', 750, 1550, 'completed'],
      ['engagement', 200, 'monthly', 40, 82, 'at_risk'],
      ['posts', 2, 'monthly', 2, 4, 'completed'],
      ['posts', 5, 'monthly', 2, 4, 'behind_pace'],
      ['followers', 1000, 'monthly', 950, 1003, 'on_track'],
    ] as const
    for (const [type, target, period] of wanted) await goal(shop, ada, { type, target, period })
    const found = (await judged(shop)).reverse()
    type Row = { goal: { type: string; target: number; period: string }; actual: number; projected: number; status: string }
    expect(
      found.map((row: Row) => [row.goal.type, row.goal.target, row.goal.period, row.actual, row.projected, row.status]),
    ).toEqual(wanted)
    expect(found[0]).toMatchObject({
      ...{ creator: { id: ada.id, display_name: 'Ada', handle: 'ada-l' }, period_start: day(1), period_end: day(1, 4) },
      ...{ target: 1000, completion_pct: 75 },
      advisory: {
        has_advisory: true,
        period_in_progress: true,
        period_recently_ended: false,
        scrape_stale: false,
        not_yet_started: false,
      },
    })
  })

  story('of a day in the past says missed or completed, with an advisory for 48 hours [TG-98]', async shop => {
    const ada = await creator(shop)
    const clip = await video(shop, ada, { posted_at: day(9) })
    await observe(shop, clip, { [day(12)]: 100, [day(16)]: 400 })
    const [low, high] = [
      await goal(shop, ada, { target: 400, period: 'weekly' }),
      await goal(shop, ada, { target: 401, period: 'weekly' }),
    ]
    const at = async (now: string) => {
      await shop.w.travelTo(now)
      const rows = await judged(shop, 'reference_date=2026-03-11&period=weekly')
      return rows.map((row: { goal: Named; status: string; advisory: { period_recently_ended: boolean } }) => [
        row.goal.id,
        row.status,
        row.advisory.period_recently_ended,
      ])
    }
    expect(await at('2026-03-16T00:00:00Z')).toEqual([
      [high.id, 'missed', true],
      [low.id, 'completed', true],
    ])
    expect(await at('2026-03-18T00:00:00Z')).toEqual([
      [high.id, 'missed', false],
      [low.id, 'completed', false],
    ])
  })

  story('asks for a creator, a period and a page; goals that are over and creators that left are not judged', async shop => {
    const [ada, bob, eve] = [await creator(shop), await creator(shop), await creator(shop)]
    const mine = [await goal(shop, ada), await goal(shop, ada, { period: 'daily' }), await goal(shop, bob)]
    await goal(shop, bob, { starts_on: '2026-01-01', ends_on: '2026-02-28' })
    await goal(shop, eve)
    await shop.must(v1(shop, 'DELETE', `/creators/${eve.id}`))
    const ids = async (query: string) => (await judged(shop, query)).map((row: { goal: Named }) => row.goal.id)
    expect(await ids('')).toEqual(mine.map(g => g.id).reverse())
    expect(await ids(`creator_id=${ada.id}&period=daily`)).toEqual([mine[1].id])
    expect(await ids('reference_date=2026-02-28')).toHaveLength(4)
    const first = await v1(shop, 'GET', `/projects/${shop.brand_id}/goal-compliance?limit=2`)
    expect(await ids(`limit=2&cursor=${first.meta.next_cursor}`)).toEqual([mine[0].id])
    const [later] = await judged(shop, `reference_date=2026-02-28&creator_id=${ada.id}`)
    expect(later.advisory).toMatchObject({ has_advisory: true, not_yet_started: true })
    expect((await v1(shop, 'GET', `/projects/${shop.brand_id}/goal-compliance?reference_date=soon`)).error.code).toBe(
      'invalid_query',
    )
  })

  story('follows the organization’s calendar', async shop => {
    await shop.w.sql(`update organizations set time_zone = 'Asia/Tokyo'`)
    try {
      const ada = await creator(shop)
      for (const posted_at of ['2026-03-14T15:00:00Z', '2026-03-14T14:59:59Z', '2026-03-15T15:00:00Z'])
        await video(shop, ada, { posted_at })
      await goal(shop, ada, { type: 'posts', target: 1, period: 'daily', starts_on: '2026-03-01' })
      expect(await judged(shop, 'reference_date=2026-03-15')).toMatchObject([
        { actual: 1, period_start: '2026-03-14T15:00:00.000Z', period_end: '2026-03-15T15:00:00.000Z', status: 'completed' },
      ])
    } finally {
      await shop.w.sql(`update organizations set time_zone = 'UTC'`)
    }
  })

  story('of a goal counts only what is counted: waiting, excluded and untracked videos change nothing [TG-45]', async shop => {
    const ada = await creator(shop)
    for (const type of ['views', 'posts']) await goal(shop, ada, { type, target: 10 })
    const actuals = async () => (await judged(shop)).map((row: { actual: number }) => row.actual)
    for (const [status, expected] of [
      ['pending_review', [0, 0]],
      ['excluded', [0, 0]],
      ['included', [1, 5]],
      ['auto_tracked', [2, 10]],
      ['direct_add', [3, 15]],
    ] as const) {
      const clip = await video(shop, ada, { status, posted_at: day(2) })
      await observe(shop, clip, { [day(3)]: 5 })
      expect(await actuals(), status).toEqual(expected)
    }
    const [last] = await get(shop, `/videos?creator_id=${ada.id}`)
    await shop.must(v1(shop, 'PATCH', `/videos/${last.id}`, { tracking_enabled: false }))
    expect(await actuals()).toEqual([2, 10])
  })
})
