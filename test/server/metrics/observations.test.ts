/** Observations: each is kept as it was made, one an instant, and the newest counts follow. */
import { describe, expect } from 'vitest'
import { creator, get, observe, type Shop, statuses, stories, v1, video } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
type Named = { id: string }
const send = (shop: Shop, { id }: Named, body: unknown) => v1(shop, 'POST', `/videos/${id}/snapshots`, body)
const counts = { view_count: 100, like_count: 10, comment_count: 5, share_count: 2, save_count: 1 }
const day = (n: number) => `2026-03-${String(n).padStart(2, '0')}T00:00:00.000Z`

describe('an observation of a video', () => {
  story('is recorded, listed newest first, and shows on the video [TG-99]', async shop => {
    const clip = await video(shop, await creator(shop))
    const { status, data } = await send(shop, clip, { captured_at: '2026-03-02T02:00:00+02:00', ...counts })
    expect([status, data]).toEqual([
      201,
      { results: [{ captured_at: day(2), status: 'created' }], counts: { created: 1, duplicate: 0, conflict: 0, rejected: 0 } },
    ])
    await observe(shop, clip, { [day(4)]: 400, [day(3)]: 300 })
    expect((await get(shop, `/videos/${clip.id}/snapshots`)).map((s: object) => Object.values(s).slice(0, 3))).toEqual([
      [day(4), 400, null],
      [day(3), 300, null],
      [day(2), 100, 10],
    ])
    expect(await get(shop, `/videos/${clip.id}`)).toMatchObject({ ...counts, view_count: 400, last_captured_at: day(4) })
  })

  story('of an instant that is recorded is a duplicate, or a conflict when it counts otherwise; the first stays', async shop => {
    const clip = await video(shop, null)
    await observe(shop, clip, { [day(2)]: { ...counts, save_count: null } })
    const before = await shop.w.fingerprint()
    for (const [body, expected] of [
      [{ captured_at: day(2), ...counts, save_count: undefined }, 'duplicate'],
      [{ captured_at: '2026-03-01T19:00:00-05:00', ...counts, view_count: '100', save_count: null }, 'duplicate'],
      [{ captured_at: day(2), ...counts }, 'conflict'],
      [{ captured_at: day(2), ...counts, view_count: 101, save_count: null }, 'conflict'],
    ] as const) {
      const { status, data } = await send(shop, clip, body)
      expect([status, statuses(data.results)]).toEqual([200, [expected]])
    }
    expect(await shop.w.fingerprint()).toBe(before)
  })

  story('that is bad refuses itself and none of its neighbours; alone it is refused', async shop => {
    const clip = await video(shop, null)
    const snapshots = [
      { captured_at: day(2), view_count: 1 },
      { captured_at: day(3), view_count: -1 },
      { captured_at: 'soon', view_count: 1 },
      { captured_at: day(4) },
      { captured_at: day(5), view_count: 1.5 },
      { captured_at: day(6), view_count: 1, views: 1 },
      'nonsense',
      null,
      { captured_at: day(2), view_count: 1 },
      { captured_at: day(2), view_count: 2 },
      { captured_at: day(7), view_count: ' 7 ' },
    ]
    const { status, data } = await send(shop, clip, { snapshots })
    expect(status).toBe(201)
    expect(statuses(data.results).join(' ')).toBe(
      'created rejected rejected rejected rejected rejected rejected rejected duplicate conflict created',
    )
    expect(data.counts).toEqual({ created: 2, duplicate: 1, conflict: 1, rejected: 7 })
    expect(data.results[4]).toEqual({
      ...{ captured_at: day(5), status: 'rejected' },
      errors: [{ path: 'view_count', message: 'must be a whole number, 0 or more' }],
    })
    expect(data.results[5].errors).toEqual([{ path: '', message: 'unknown key: views' }])
    for (const bad of [
      snapshots[1],
      snapshots[3],
      {},
      { snapshots: [] },
      { snapshots: Array(1001).fill(snapshots[0]) },
      { snapshots, x: 1 },
    ])
      await shop.refused(() => send(shop, clip, bad), 400, 'invalid_body')
    const { meta } = await send(shop, clip, snapshots[4])
    expect(meta.errors).toEqual([{ path: 'view_count', message: 'must be a whole number, 0 or more' }])
  })

  story('whose count fell is kept, with a warning; so is one that lies ahead', async shop => {
    const clip = await video(shop, null)
    await observe(shop, clip, { [day(2)]: { view_count: 500, like_count: 50 } })
    const snapshots = [
      { captured_at: day(4), view_count: 450, like_count: 51 },
      { captured_at: day(5), view_count: 460, like_count: null },
      { captured_at: day(6), like_count: 1 },
      { captured_at: '2026-03-12T12:00:00Z', view_count: 900 },
    ]
    const { data } = await send(shop, clip, { snapshots })
    expect(data.results.map((r: { warnings?: string[] }) => r.warnings)).toEqual([
      ['view_count fell from 500 to 450'],
      undefined,
      ['like_count fell from 51 to 1'],
      ['captured_at is more than a day ahead'],
    ])
    expect(await get(shop, `/videos/${clip.id}`)).toMatchObject({ view_count: 900, like_count: 1 })
  })

  story('that comes late changes no newest count, and an unknown count keeps the one before', async shop => {
    const clip = await video(shop, null)
    await observe(shop, clip, { [day(6)]: { view_count: 600, like_count: null } })
    await observe(shop, clip, { [day(5)]: { view_count: 500, like_count: 50 } })
    await observe(shop, clip, { [day(7)]: { share_count: 7 } })
    expect(await get(shop, `/videos/${clip.id}`)).toMatchObject({
      ...{ view_count: 600, like_count: 50, share_count: 7, comment_count: null, last_captured_at: day(7) },
    })
  })

  story('has the video looked at by the next accrual; a duplicate does not', async shop => {
    const clip = await video(shop, null)
    const waits = async () => (await shop.w.sql('select needs_accrual from videos where id = $1', [clip.id]))[0].needs_accrual
    const evaluated = () => shop.w.sql('update videos set needs_accrual = false where id = $1', [clip.id])
    await evaluated()
    await observe(shop, clip, { [day(2)]: 1 })
    expect(await waits()).toBe(true)
    await evaluated()
    await send(shop, clip, { captured_at: day(2), view_count: 1 })
    expect(await waits()).toBe(false)
  })

  story('comes a thousand at a time, and from many at once, and none is lost', async shop => {
    const clip = await video(shop, null)
    const at = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString()
    const some = (from: number) => Array.from({ length: 1000 }, (_, n) => ({ captured_at: at(from + n), view_count: from + n }))
    const answers = await Promise.all([some(0), some(500), some(1000)].map(snapshots => send(shop, clip, { snapshots })))
    expect(answers.reduce((sum, { data }) => sum + data.counts.created, 0)).toBe(2000)
    expect(answers.reduce((sum, { data }) => sum + data.counts.duplicate, 0)).toBe(1000)
    expect(await get(shop, `/videos/${clip.id}`)).toMatchObject({ view_count: 1999, last_captured_at: at(1999) })
  })

  story('is listed in pages by its instant', async shop => {
    const clip = await video(shop, null)
    await observe(shop, clip, { [day(2)]: 1, [day(3)]: 2, [day(4)]: 3 })
    const first = await v1(shop, 'GET', `/videos/${clip.id}/snapshots?limit=2`)
    expect(first.data).toHaveLength(2)
    const rest = await v1(shop, 'GET', `/videos/${clip.id}/snapshots?limit=2&cursor=${first.meta.next_cursor}`)
    expect([rest.data.length, rest.data[0].view_count, rest.meta.next_cursor]).toEqual([1, 1, null])
    expect((await v1(shop, 'GET', `/videos/${clip.id}/snapshots?cursor=x`)).error.code).toBe('invalid_query')
  })
})

describe('an observation of a creator', () => {
  story('is its follower count; the newest shows on the creator [TG-99]', async shop => {
    const ada = await creator(shop)
    const path = `/creators/${ada.id}/snapshots`
    const snapshots = [
      { captured_at: day(3), follower_count: 300 },
      { captured_at: day(2), follower_count: 310 },
      { captured_at: day(4), view_count: 1 },
      { captured_at: day(3), follower_count: 301 },
    ]
    const { status, data } = await v1(shop, 'POST', path, { snapshots })
    expect([status, statuses(data.results)]).toEqual([201, ['created', 'created', 'rejected', 'conflict']])
    expect(data.results[0].warnings).toEqual(['follower_count fell from 310 to 300'])
    expect((await get(shop, `/creators/${ada.id}`)).follower_count).toBe(300)
    expect((await get(shop, path)).map((s: { follower_count: number }) => s.follower_count)).toEqual([300, 310])
    await shop.refused(() => v1(shop, 'POST', path, { captured_at: day(5) }), 400, 'invalid_body')
  })

  story('or of a video that is not there is refused', async shop => {
    const none = '00000000-0000-7000-8000-000000000000'
    const body = { captured_at: day(2), view_count: 1, follower_count: 1 }
    for (const path of [`/videos/${none}/snapshots`, `/creators/${none}/snapshots`]) {
      await shop.refused(() => v1(shop, 'POST', path, body), 404, 'not_found')
      expect((await v1(shop, 'GET', path)).status).toBe(404)
    }
  })
})
