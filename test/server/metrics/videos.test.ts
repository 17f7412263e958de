/** Videos: which count, for whom, and that an external id is one video. */
import { describe, expect } from 'vitest'
import { creator, get, type Shop, stories, v1, video } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
const patch = (shop: Shop, { id }: { id: string }, body: object) => v1(shop, 'PATCH', `/videos/${id}`, body)
const waits = async (shop: Shop, { id }: { id: string }) =>
  (await shop.w.sql('select needs_accrual from videos where id = $1', [id]))[0].needs_accrual
const evaluated = (shop: Shop, { id }: { id: string }) =>
  shop.w.sql('update videos set needs_accrual = false where id = $1', [id])

describe('a video', () => {
  story('is what was sent, and waits to be accrued [TG-99]', async shop => {
    const ada = await creator(shop)
    const { status, data } = await v1(shop, 'POST', '/videos', {
      ...{ project_id: shop.brand_id, creator_id: ada.id, external_id: 'yt-1', url: 'https://example.org/1', title: 'One 🎬' },
      posted_at: '2026-03-02T10:00:00+02:00',
    })
    expect([status, data]).toEqual([
      201,
      {
        ...{ id: expect.any(String), project_id: shop.brand_id, creator_id: ada.id, external_id: 'yt-1' },
        ...{ url: 'https://example.org/1', title: 'One 🎬', posted_at: '2026-03-02T08:00:00.000Z', status: 'auto_tracked' },
        ...{ tracking_enabled: true, view_count: null, like_count: null, comment_count: null, share_count: null },
        ...{ save_count: null, last_captured_at: null, created_at: expect.stringContaining('2026-03-10T12:00') },
      },
    ])
    expect(await get(shop, `/videos/${data.id}`)).toEqual(data)
    expect(await waits(shop, data)).toBe(true)
  })

  story('sent again answers the row that is there, and changes nothing', async shop => {
    const first = await video(shop, null, { external_id: 'same', title: 'first' })
    const before = await shop.w.fingerprint()
    const body = { project_id: shop.brand_id, external_id: 'same', title: 'second', posted_at: '2026-03-09T00:00:00Z' }
    const again = await v1(shop, 'POST', '/videos', body)
    expect([again.status, again.data]).toEqual([200, first])
    expect(await shop.w.fingerprint()).toBe(before)
    const both = await Promise.all([1, 2, 3].map(() => v1(shop, 'POST', '/videos', { ...body, external_id: 'race' })))
    expect(both.map(answer => answer.status).sort()).toEqual([200, 200, 201])
    expect(new Set(both.map(answer => answer.data.id)).size).toBe(1)
  })

  story('counts by the tracking of its creator; one of nobody was added by hand', async shop => {
    const [auto, selective] = [await creator(shop), await creator(shop, { tracking_mode: 'selective' })]
    const made = [
      await video(shop, auto),
      await video(shop, selective),
      await video(shop, null),
      await video(shop, auto, { status: 'excluded' }),
    ]
    expect(made.map(v => v.status)).toEqual(['auto_tracked', 'pending_review', 'direct_add', 'excluded'])
  })

  story('is looked at again by the next accrual when what counts was changed, and only then', async shop => {
    const [ada, bob] = [await creator(shop), await creator(shop)]
    const clip = await video(shop, ada)
    for (const [body, expected] of [
      [{ title: 'new title' }, false],
      [{ status: 'auto_tracked', creator_id: ada.id }, false],
      [{ status: 'excluded' }, true],
      [{ status: 'included' }, true],
      [{ tracking_enabled: false }, true],
      [{ creator_id: bob.id }, true],
    ] as const) {
      await evaluated(shop, clip)
      expect(await shop.must(patch(shop, clip, body))).toMatchObject(body)
      expect(await waits(shop, clip), JSON.stringify(body)).toBe(expected)
    }
  })

  story('that is excluded stands in no list, and can be included again [TG-45]', async shop => {
    const ada = await creator(shop)
    const [kept, gone] = [await video(shop, ada), await video(shop, ada)]
    await shop.must(patch(shop, gone, { status: 'excluded' }))
    for (const query of [`project_id=${shop.brand_id}`, `creator_id=${ada.id}`])
      expect((await get(shop, `/videos?${query}`)).map((v: { id: string }) => v.id)).toEqual([kept.id])
    expect((await get(shop, `/videos/${gone.id}`)).status).toBe('excluded')
    expect((await v1(shop, 'GET', '/videos?status=excluded')).error.code).toBe('invalid_query')
    await shop.must(patch(shop, gone, { status: 'included' }))
    expect(await get(shop, `/videos?creator_id=${ada.id}&status=included`)).toMatchObject([{ id: gone.id }])
  })

  story('of another project, or for a creator of one, is not there', async shop => {
    const other = await shop.must(v1(shop, 'POST', '/projects', { name: 'Other' }))
    const eve = await shop.must(v1(shop, 'POST', `/projects/${other.id}/creators`, { tiktok_handle: 'eve' }))
    const [mine, none] = [await video(shop, null), '00000000-0000-7000-8000-000000000000']
    const body = { project_id: shop.brand_id, external_id: 'x', posted_at: '2026-03-01T00:00:00Z' }
    await shop.refused(() => v1(shop, 'POST', '/videos', { ...body, creator_id: eve.id }), 404, 'not_found')
    await shop.refused(() => v1(shop, 'POST', '/videos', { ...body, project_id: none }), 404, 'not_found')
    await shop.refused(() => patch(shop, mine, { creator_id: eve.id }), 404, 'not_found')
    await shop.refused(() => patch(shop, { id: none }, { title: 'x' }), 404, 'not_found')
    expect(await get(shop, `/videos?project_id=${none}`)).toEqual([])
    expect(await get(shop, `/videos?creator_id=${none}`)).toEqual([])
    for (const bad of [
      { ...body, posted_at: 'yesterday' },
      { ...body, url: 'ftp://x' },
      { ...body, views: 1 },
      { ...body, external_id: '' },
    ])
      await shop.refused(() => v1(shop, 'POST', '/videos', bad), 400, 'invalid_body')
    await shop.refused(() => patch(shop, mine, {}), 400, 'invalid_body')
  })

  story('stands in a list of pages, newest first', async shop => {
    const made = []
    for (let n = 0; n < 5; n++) made.push(await video(shop, null))
    const path = `/videos?project_id=${shop.brand_id}&limit=2`
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { data, meta } = await v1(shop, 'GET', cursor ? `${path}&cursor=${cursor}` : path)
      seen.push(...data.map((v: { id: string }) => v.id))
      cursor = meta.next_cursor
    }
    expect(seen).toEqual(made.map(v => v.id).reverse())
  })
})
