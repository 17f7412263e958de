/** What partners brought in spans of time, from their observations: baselines, gaps, falls, and who counts. */
import { describe, expect } from 'vitest'
import { work } from '../../../src/server/app.ts'
import { type Ctx, systemCaller } from '../../../src/server/context.ts'
import * as actuals from '../../../src/server/metrics/actuals.sql.ts'
import { creator, observe, type Shop, stories, v1, video } from './support.ts'

const story = stories({ today: '2026-04-10T12:00:00Z' })
type Named = { id: string }
const day = (n: number, month = 3) => `2026-0${month}-${String(n).padStart(2, '0')}T00:00:00.000Z`

const asking = <T>(shop: Shop, act: (ctx: Ctx) => Promise<T>) =>
  work(shop.w.app, systemCaller(shop.w.org_id, 'test'), { program_id: shop.brand_id, readonly: true }, act)
const spansOf = (partner: Named, ...spans: [string, string][]) =>
  spans.map(([start, end], n) => ({ n, partner_id: partner.id, start, end }))
const gains = (shop: Shop, partner: Named, ...spans: [string, string][]) =>
  asking(shop, ctx => actuals.gains(ctx, spansOf(partner, ...spans)))
/** Views gained, by span. */
const gained = async (shop: Shop, partner: Named, ...spans: [string, string][]) => {
  const found = await gains(shop, partner, ...spans)
  return spans.map((_, n) => found.filter(g => g.n === n).reduce((sum, g) => sum + g.gained_views, 0))
}
const MARCH: [string, string] = [day(1), day(1, 4)]

describe('views gained', () => {
  story('are those between the last observations at or before both ends; spans that meet add up', async shop => {
    const ada = await creator(shop)
    const clip = await video(shop, ada, { posted_at: '2026-01-01T00:00:00Z' })
    await observe(shop, clip, { [day(1, 2)]: 100, [day(27, 2)]: 300, [day(10)]: 1000, [day(15)]: 1500, [day(2, 4)]: 9000 })
    expect(await gains(shop, ada, MARCH)).toEqual([
      { n: 0, video_id: clip.id, start_views: 300, end_views: 1500, gained_views: 1200, gained_engagement: 0 },
    ])
    expect(await gained(shop, ada, [day(1), day(10)], [day(10), day(15)], [day(15), day(1, 4)])).toEqual([700, 500, 0])
  })

  story('of a video posted inside start at 0; posted before but first observed inside, at its first observation', async shop => {
    const ada = await creator(shop)
    const fresh = await video(shop, ada, { posted_at: day(5) })
    const late = await video(shop, ada, { posted_at: day(1, 2) })
    await observe(shop, fresh, { [day(6)]: 400, [day(20)]: 900 })
    await observe(shop, late, { [day(7)]: 5000, [day(20)]: 5600 })
    const unknown = await video(shop, ada)
    await shop.w.sql('update videos set posted_at = null where id = $1', [unknown.id])
    await observe(shop, unknown, { [day(8)]: 70, [day(21)]: 77 })
    const found = await gains(shop, ada, MARCH)
    expect(found.map(g => [g.start_views, g.gained_views])).toEqual([
      [0, 900],
      [5000, 600],
      [70, 7],
    ])
    expect(await gained(shop, ada, [day(1), day(7)], [day(7), day(1, 4)])).toEqual([400, 500 + 600 + 7])
  })

  story('of a video observed before it was posted, as its source says, are not counted twice', async shop => {
    const ada = await creator(shop)
    const clip = await video(shop, ada, { posted_at: day(5) })
    await observe(shop, clip, { [day(1, 2)]: 500, [day(20)]: 900 })
    expect(await gained(shop, ada, MARCH)).toEqual([400])
    const exact = await video(shop, await creator(shop), { posted_at: day(1) })
    await observe(shop, exact, { [day(1)]: 3, [day(20)]: 10 })
    expect(await gained(shop, { id: exact.creator_id }, MARCH)).toEqual([10])
  })

  story('never fall below 0, for any video, and a fall takes nothing from another', async shop => {
    const ada = await creator(shop)
    const [down, up] = [await video(shop, ada, { posted_at: day(1, 2) }), await video(shop, ada, { posted_at: day(1, 2) })]
    await observe(shop, down, { [day(1)]: { view_count: 500, like_count: 50 }, [day(9)]: { view_count: 450, like_count: 10 } })
    await observe(shop, up, { [day(1)]: { view_count: 10, like_count: 1 }, [day(9)]: { view_count: 30, like_count: 3 } })
    expect((await gains(shop, ada, MARCH)).map(g => [g.gained_views, g.gained_engagement])).toEqual([
      [0, 0],
      [20, 2],
    ])
  })

  story('skip what was not known: the last known count stands', async shop => {
    const ada = await creator(shop)
    const clip = await video(shop, ada, { posted_at: day(1, 2) })
    await observe(shop, clip, {
      [day(20, 2)]: { view_count: 100, like_count: 10 },
      [day(27, 2)]: { like_count: 12 },
      [day(10)]: { view_count: 160, comment_count: 4 },
      [day(20)]: { comment_count: 9, like_count: 15 },
      [day(21)]: { share_count: 3 },
    })
    expect(await gains(shop, ada, MARCH)).toMatchObject([
      { start_views: 100, end_views: 160, gained_views: 60, gained_engagement: 3 + 5 },
    ])
  })

  story('come from counted videos only: waiting, excluded and untracked ones bring nothing [TG-45]', async shop => {
    const ada = await creator(shop)
    const counts: Record<string, boolean> = {
      ...{ auto_tracked: true, included: true, direct_add: true, pending_review: false, excluded: false },
    }
    const made: Record<string, Named> = {}
    for (const status of Object.keys(counts)) {
      const clip = await video(shop, ada, { posted_at: day(2), status })
      await observe(shop, clip, { [day(3)]: 100 })
      made[status] = clip
    }
    const counted = async () => {
      const found = await gains(shop, ada, MARCH)
      const [posts] = await asking(shop, ctx => actuals.posts(ctx, spansOf(ada, MARCH)))
      return [found.map(g => g.video_id).sort(), posts?.posts]
    }
    const ids = (...names: string[]) => names.map(name => made[name]?.id).sort()
    expect(await counted()).toEqual([ids('auto_tracked', 'included', 'direct_add'), 3])
    await shop.must(v1(shop, 'PATCH', `/videos/${made.included?.id}`, { tracking_enabled: false }))
    await shop.must(v1(shop, 'PATCH', `/videos/${made.pending_review?.id}`, { status: 'included' }))
    expect(await counted()).toEqual([ids('auto_tracked', 'direct_add', 'pending_review'), 3])
  })

  story('of withdrawn observations are none', async shop => {
    const ada = await creator(shop)
    const clip = await video(shop, ada, { posted_at: day(2) })
    await observe(shop, clip, { [day(3)]: 100, [day(4)]: 900 })
    await shop.w.sql('update video_metrics set withdrawn_at = now() where video_id = $1 and captured_at = $2', [clip.id, day(4)])
    await shop.w.sql('update videos set view_count = 100, last_captured_at = $2 where id = $1', [clip.id, day(3)])
    expect(await gained(shop, ada, MARCH)).toEqual([100])
  })

  story('of thousands of spans come in one statement, in seconds', async shop => {
    const ada = await creator(shop)
    for (let n = 0; n < 5; n++) {
      const clip = await video(shop, ada, { posted_at: day(1) })
      const seen = Array.from({ length: 30 }, (_, i) => [day(i + 1), { view_count: (i + 1) * 10, like_count: i }] as const)
      await observe(shop, clip, Object.fromEntries(seen))
    }
    const spans = Array.from({ length: 3000 }, (_, n): [string, string] => [day((n % 29) + 1), day((n % 29) + 2)])
    const started = performance.now()
    const found = await gains(shop, ada, ...spans)
    expect(found).toHaveLength(15_000)
    expect(found.every(g => g.gained_views === (g.start_views === 0 ? 20 : 10))).toBe(true)
    expect(performance.now() - started).toBeLessThan(8_000)
  })
})

describe('posts and followers', () => {
  story('are counted by instant, half-open; every span is answered', async shop => {
    const [ada, bob] = [await creator(shop), await creator(shop)]
    for (const posted_at of [day(1), '2026-03-31T23:59:59.999Z', day(1, 4)]) await video(shop, ada, { posted_at })
    await video(shop, bob, { posted_at: day(7) })
    const spans = spansOf(ada, MARCH, [day(1, 4), day(1, 5)], [day(1, 1), day(1, 2)])
    expect(await asking(shop, ctx => actuals.posts(ctx, spans))).toEqual([
      { n: 0, posts: 2 },
      { n: 1, posts: 1 },
      { n: 2, posts: 0 },
    ])
  })

  story('of followers the last known at the end counts', async shop => {
    const ada = await creator(shop)
    const snapshots = [day(5), day(31), day(1, 4)].map((captured_at, n) => ({ captured_at, follower_count: 100 + n }))
    await shop.must(v1(shop, 'POST', `/creators/${ada.id}/snapshots`, { snapshots }))
    const spans = spansOf(ada, [day(1), day(5)], [day(1), day(20)], MARCH, [day(1, 2), day(1)])
    const found = await asking(shop, ctx => actuals.followers(ctx, spans))
    expect(found.map(f => f.followers)).toEqual([100, 100, 102, null])
  })

  story('without a span nothing is asked', async shop => {
    for (const ask of [actuals.gains, actuals.posts, actuals.followers])
      expect(await asking(shop, ctx => ask(ctx, []) as Promise<unknown[]>)).toEqual([])
  })
})
