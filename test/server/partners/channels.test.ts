/** Partners by their channel: the same people as in the brand's list, with a handle that is theirs alone. */
import { describe, expect } from 'vitest'
import { creator, get, type Shop, stories, v1, video } from '../metrics/support.ts'

const story = stories({ today: '2026-03-10T23:30:00Z', time_zone: 'Asia/Tokyo' })
const add = (shop: Shop, body: unknown) => v1(shop, 'POST', `/projects/${shop.brand_id}/creators`, body)
const patch = (shop: Shop, { id }: { id: string }, body: unknown) => v1(shop, 'PATCH', `/creators/${id}`, body)
const remove = (shop: Shop, ...ids: string[]) =>
  shop.w.sql('update partners set removed_at = now() where id = any($1::uuid[])', [ids])
const handlesIn = async (shop: Shop, query = '') =>
  (await get(shop, `/creators?project_id=${shop.brand_id}${query}`)).map((c: { handle: string }) => c.handle)

describe('a creator', () => {
  story(
    'is what was sent; its name defaults to the handle, tracking begins today in the zone of the organization [TG-99]',
    async shop => {
      const { status, data } = await add(shop, { tiktok_handle: ' @Ada.Loves_1 ' })
      expect([status, data]).toEqual([
        201,
        {
          ...{ id: expect.any(String), project_id: shop.brand_id, platform: 'tiktok', handle: 'Ada.Loves_1' },
          ...{ tiktok_handle: 'Ada.Loves_1', display_name: 'Ada.Loves_1', description: null, readme: null, status: 'created' },
          ...{ tracking_mode: 'auto', tracking_start_date: '2026-03-11', follower_count: null, created_at: expect.any(String) },
        },
      ])
      const { status: _, ...row } = data
      expect(await get(shop, `/creators/${data.id}`)).toEqual(row)
      const sent = { platform: 'youtube', handle: '@Nick & Söhne 🎬', display_name: 'Nick', description: 'clips' }
      const more = { tracking_mode: 'selective', tracking_start_date: '2026-01-01' }
      expect(await shop.must(add(shop, { ...sent, ...more }))).toMatchObject({
        ...{ ...sent, ...more },
        ...{ handle: 'Nick & Söhne 🎬', tiktok_handle: null },
      })
    },
  )

  story(
    'is a partner: in the brand’s lists under the same id, and a partner is a creator, without a handle [ON-01]',
    async shop => {
      const ada = await creator(shop, { tiktok_handle: 'ada', display_name: 'Ada L' })
      const bob = await shop.partner('Bob')
      for (const list of ['/partners', '/publishers'])
        expect((await shop.must(shop.send('GET', list))).map((p: { id: string }) => p.id)).toEqual([bob.id, ada.id])
      expect(await shop.must(shop.send('GET', `/partners/${ada.id}`))).toMatchObject({
        ...{ id: ada.id, name: 'Ada L', slug: 'ada', alias: 'ada', status: 'approved' },
      })
      expect((await get(shop, `/creators?project_id=${shop.brand_id}`)).map((c: { id: string }) => c.id)).toEqual([
        bob.id,
        ada.id,
      ])
      expect(await get(shop, `/creators/${bob.id}`)).toMatchObject({ display_name: 'Bob', handle: null, platform: null })
      expect(await shop.must(patch(shop, bob, { tiktok_handle: '@bob' }))).toMatchObject({ id: bob.id, tiktok_handle: 'bob' })
    },
  )

  story('earns by conversions too, named by its handle, even a later one', async shop => {
    const taken = await shop.partner('Nick', { alias: 'nick' })
    const nick = await creator(shop, { tiktok_handle: 'nick' })
    expect(await shop.must(shop.send('GET', `/partners/${nick.id}`))).toMatchObject({ slug: 'nick-2', alias: 'nick-2' })
    const ada = await creator(shop, { tiktok_handle: 'ada' })
    await shop.must(patch(shop, ada, { handle: 'ada.new' }))
    for (const [who, owner] of [
      ['Ada.NEW', ada],
      ['ada', ada],
      ['nick', taken],
    ] as const) {
      const sale = await shop.sale(who, 1_00)
      expect((await shop.must(shop.send('GET', `/conversions/${sale.id}`))).partner_id).toBe(owner.id)
    }
    await shop.must(add(shop, { platform: 'x', handle: 'twice' }))
    await shop.must(add(shop, { platform: 'other', handle: 'Twice' }))
    await shop.w.sql(`update partners set alias = id::text, slug = id::text where handle_key = 'twice'`)
    const sent = { external_id: 'x', partner: 'twice', campaign: (await shop.campaign()).slug }
    expect((await shop.send('POST', '/conversions', sent)).meta.errors[0].path).toBe('partner')
  })

  story('has a handle that nobody else of the project has on its platform, whatever the case', async shop => {
    const ada = await creator(shop, { tiktok_handle: 'Ada' })
    for (const body of [{ tiktok_handle: 'ADA' }, { platform: 'tiktok', handle: 'ada' }, { handle: '@ada' }])
      await shop.refused(() => add(shop, body), 409, 'handle_taken')
    const elsewhere = await shop.must(add(shop, { platform: 'instagram', handle: 'ada' }))
    await shop.refused(() => patch(shop, elsewhere, { platform: 'tiktok' }), 409, 'handle_taken')
    expect(await shop.must(patch(shop, ada, { tiktok_handle: 'ADA' }))).toMatchObject({ handle: 'ADA' })
    const other = await shop.must(v1(shop, 'POST', '/projects', { name: 'Other' }))
    expect((await v1(shop, 'POST', `/projects/${other.id}/creators`, { tiktok_handle: 'ada' })).status).toBe(201)
    const same = await Promise.all([1, 2, 3].map(() => add(shop, { tiktok_handle: 'race' })))
    expect(same.map(answer => answer.status).sort()).toEqual([201, 409, 409])
  })

  story('with a field that is wrong is refused', async shop => {
    const ada = await creator(shop)
    for (const body of [
      ...[{}, { display_name: 'x' }, { platform: 'youtube' }, { tiktok_handle: 'a b' }, { tiktok_handle: 'x'.repeat(31) }],
      ...[
        { tiktok_handle: 'a', handle: 'a' },
        { tiktok_handle: 'a', platform: 'x' },
        { handle: 'a b' },
        { platform: 'x', handle: ' @ ' },
      ],
      ...[
        { platform: 'myspace', handle: 'a' },
        { tiktok_handle: 'a', tracking_mode: 'on' },
        { tiktok_handle: 'a', x: 1 },
      ],
      ...[{ creators: [] }, { creators: Array(51).fill({ tiktok_handle: 'a' }) }, { creators: [{}], x: 1 }, 'x', []],
    ])
      await shop.refused(() => add(shop, body), 400, 'invalid_body')
    for (const body of [
      {},
      { handle: 'a b' },
      { tiktok_handle: '' },
      { tiktok_handle: 'a', handle: 'b' },
      { tiktok_handle: 'a', platform: 'x' },
    ])
      await shop.refused(() => patch(shop, ada, body), 400, 'invalid_body')
    const bare = await shop.partner('Bare')
    await shop.refused(() => patch(shop, bare, { platform: 'x' }), 400, 'invalid_body')
    expect((await add(shop, { tiktok_handle: 'a b' })).meta.errors).toEqual([
      { path: 'tiktok_handle', message: 'must be 1 to 30 letters, digits, ".", "_" or "-"' },
    ])
  })

  story('is changed field by field', async shop => {
    const ada = await creator(shop, { description: 'old' })
    const change = {
      display_name: 'Ada',
      description: null,
      readme: '# Ada',
      tracking_mode: 'selective',
      tracking_start_date: '2026-02-02',
    }
    const changed = await shop.must(patch(shop, ada, change))
    const { status: _, ...before } = ada
    expect(changed).toEqual({ ...before, ...change })
    expect(await shop.must(patch(shop, ada, { platform: 'x' }))).toMatchObject({
      platform: 'x',
      handle: ada.handle,
      tiktok_handle: null,
    })
    expect((await video(shop, ada)).status).toBe('pending_review')
  })

  story('is found by a part of its name or handle, taken literally, in pages', async shop => {
    for (const tiktok_handle of ['ann', 'b_b', 'cyan']) await creator(shop, { tiktok_handle })
    expect(await handlesIn(shop)).toEqual(['cyan', 'b_b', 'ann'])
    expect([await handlesIn(shop, '&search=AN'), await handlesIn(shop, '&search=_')]).toEqual([['cyan', 'ann'], ['b_b']])
    const first = await v1(shop, 'GET', `/creators?project_id=${shop.brand_id}&limit=2`)
    expect(await handlesIn(shop, `&limit=2&cursor=${first.meta.next_cursor}`)).toEqual(['ann'])
    expect(await get(shop, '/creators?project_id=00000000-0000-7000-8000-000000000000')).toEqual([])
  })
})

describe('several creators', () => {
  story('are answered each on its own: a bad one refuses no other', async shop => {
    await creator(shop, { tiktok_handle: 'known' })
    const gone = await creator(shop, { tiktok_handle: 'gone' })
    await remove(shop, gone.id)
    const creators = [
      ...[{ tiktok_handle: 'new' }, { tiktok_handle: 'KNOWN' }, { tiktok_handle: 'a b' }, 'nonsense'],
      ...[{ tiktok_handle: 'Gone', display_name: 'Back' }, { tiktok_handle: 'NEW' }, { platform: 'youtube', handle: 'new' }],
    ]
    const { status, data } = await add(shop, { creators })
    expect(status).toBe(201)
    expect(data.creators.map((c: { status: string }) => c.status)).toEqual([
      ...['created', 'rejected', 'rejected', 'rejected', 're_added', 'rejected', 'created'],
    ])
    expect(data.creators[1]).toEqual({
      status: 'rejected',
      creator: null,
      errors: [{ path: 'tiktok_handle', message: 'is taken' }],
    })
    expect(data.creators[4].creator).toMatchObject({ id: gone.id, handle: 'Gone', display_name: 'Back' })
    const again = await add(shop, { creators: [{ tiktok_handle: 'new' }] })
    expect([again.status, again.data.creators[0].status]).toEqual([200, 'rejected'])
  })

  story('of one name on several platforms get slugs of their own', async shop => {
    const creators = ['tiktok', 'youtube', 'instagram', 'x', 'other'].map(platform => ({ platform, handle: 'same' }))
    await shop.must(add(shop, { creators }))
    const slugs = (await shop.must(shop.send('GET', '/partners'))).map((p: { slug: string }) => p.slug)
    expect(slugs.sort()).toEqual(['same', 'same-2', 'same-3', 'same-4', 'same-5'])
  })

  story('beyond the plan are refused, all of them; those that are there take no place', async shop => {
    await shop.w.sql(`update organizations set plan = 'starter'`)
    try {
      const [{ used }] = await shop.w.sql('select count(*)::int as used from partners where removed_at is null')
      const free = 50 - used
      const creators = Array.from({ length: free }, (_, n) => ({ tiktok_handle: `plan-${n}` }))
      await shop.must(add(shop, { creators: creators.slice(0, free - 1) }))
      const two = { creators: [{ tiktok_handle: 'over-1' }, { tiktok_handle: 'over-2' }] }
      const { meta } = await shop.refused(() => add(shop, two), 402, 'limit_reached')
      expect(meta).toMatchObject({ limit_key: 'creators', current: 49, max: 50 })
      const last = await shop.must(
        add(shop, { creators: [...creators.slice(0, 5), { tiktok_handle: 'last' }, { tiktok_handle: 'LAST' }] }),
      )
      expect(last.creators.filter((c: { status: string }) => c.status === 'created')).toHaveLength(1)
      await shop.refused(() => add(shop, { tiktok_handle: 'more' }), 402, 'limit_reached')
      await shop.refused(() => add(shop, { tiktok_handle: 'last' }), 409, 'handle_taken')
    } finally {
      await shop.w.sql(`update organizations set plan = 'unlimited'`)
    }
  })
})

describe('a creator that was removed', () => {
  story('is in no list of creators, can not be changed, and stays a partner with its history', async shop => {
    const ada = await creator(shop)
    const clip = await video(shop, ada)
    await remove(shop, ada.id)
    expect(await handlesIn(shop)).toEqual([])
    expect((await v1(shop, 'GET', `/creators/${ada.id}`)).status).toBe(404)
    await shop.refused(() => patch(shop, ada, { display_name: 'x' }), 404, 'not_found')
    await shop.refused(
      () => v1(shop, 'POST', `/creators/${ada.id}/snapshots`, { captured_at: '2026-03-01T00:00:00Z', follower_count: 1 }),
      404,
      'not_found',
    )
    expect(await shop.must(shop.send('GET', '/partners'))).toMatchObject([{ id: ada.id }])
    expect((await get(shop, `/videos/${clip.id}`)).creator_id).toBe(ada.id)
  })

  story('comes back under its id when its handle is added again; what is not sent stays', async shop => {
    const ada = await creator(shop, {
      tiktok_handle: 'ada',
      display_name: 'Ada',
      description: 'clips',
      tracking_start_date: '2026-01-01',
    })
    await remove(shop, ada.id)
    const { status, data } = await add(shop, { tiktok_handle: 'ADA' })
    expect([status, data]).toMatchObject([
      200,
      {
        ...{ id: ada.id, status: 're_added', handle: 'ADA', display_name: 'Ada', description: 'clips' },
        tracking_start_date: '2026-01-01',
      },
    ])
    expect(await handlesIn(shop)).toEqual(['ADA'])
    await shop.refused(() => add(shop, { tiktok_handle: 'ada' }), 409, 'handle_taken')
  })
})
