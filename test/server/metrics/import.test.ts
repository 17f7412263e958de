/** Files of metrics: each row is an observation, or is rejected with its reason; undone, it counts for nothing. */
import { describe, expect } from 'vitest'
import { operate } from '../../../src/server/operations.ts'
import { fileOf, observedIn, reasonsOf, rejectsOf, take, undo } from './files.ts'
import { creator, get, observe, type Shop, stories, v1, video } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
const all = { create_partners: true }
const head = 'creator,video,captured_at,view_count,like_count'
const creators = async (shop: Shop) =>
  (await get(shop, `/creators?project_id=${shop.brand_id}&limit=100`)).map((c: { display_name: string }) => c.display_name)
const brief = async (shop: Shop) => (await observedIn(shop)).map(o => [o.video, o.partner, o.at.slice(0, 10), o.views, o.likes])

describe('a file of metrics', () => {
  story('without a mapping bears our field names; channels and videos are made when it may', async shop => {
    const lines = [
      'creator,handle,platform,video,title,url,posted_at,captured_at,view_count,like_count,comment_count,share_count,save_count',
      'Ada L,@ada,tiktok,v1,One 🎬,https://example.org/1,2026-03-01,2026-03-02T10:00:00Z,100,10,1,2,3',
      'Ada L,ADA,tiktok,v1,One,,2026-03-01,2026-03-03,150,,,,',
      'Bob,,,v2,,,,2026-03-03,7,,,,',
    ]
    expect(await take(shop, lines, { map: all })).toMatchObject({ read: 3, created: 3, rejected: 0, rejects_file: null })
    const [ada, bob] = await get(shop, `/creators?project_id=${shop.brand_id}`)
    expect(ada).toMatchObject({ display_name: 'Ada L', tiktok_handle: 'ada', platform: 'tiktok' })
    expect(bob).toMatchObject({ display_name: 'Bob', handle: 'Bob', platform: 'other' })
    const [two, one] = await get(shop, `/videos?project_id=${shop.brand_id}`)
    expect(one).toMatchObject({
      ...{ creator_id: ada.id, external_id: 'v1', title: 'One 🎬', url: 'https://example.org/1', status: 'auto_tracked' },
      ...{ posted_at: '2026-03-01T00:00:00.000Z', last_captured_at: '2026-03-03T00:00:00.000Z' },
      ...{ view_count: 150, like_count: 10, comment_count: 1, share_count: 2, save_count: 3 },
    })
    expect(two).toMatchObject({ creator_id: bob.id, posted_at: null, view_count: 7, like_count: null })
    const waits = await shop.w.sql('select needs_accrual from videos where program_id = $1', [shop.brand_id])
    expect(waits.map(v => v.needs_accrual)).toEqual([true, true])
  })

  story('may date its rows by days that end, leave the year out, and name cells that stand for others', async shop => {
    const columns = { creator: 'Who', video: 'Id', captured_at: 'Day', posted_at: 'Posted', view_count: 'Views' }
    const map = { ...all, columns, delimiter: ';', date_format: 'd.M', year: 2017, day_end: true, time_zone: 'Europe/Berlin' }
    const lines = [
      'Id;Who;Day;Posted;Views',
      'a;ada;13.09;1.9;1',
      'b;ada;3.1;;2',
      'c;ada;29.10;;3',
      'd;ada;31.2;;4',
      'e;ada;100;;5',
    ]
    const imported = await take(shop, lines, { map: { ...map, values: { captured_at: { '3.1': '3.10' } } } })
    expect(reasonsOf(imported)).toEqual({
      5: 'captured_at "31.2" is no date like d.M',
      6: 'captured_at "100" is no date like d.M',
    })
    expect((await observedIn(shop)).map(o => o.at)).toEqual([
      ...['2017-09-13T22:00:00.000Z', '2017-10-03T22:00:00.000Z', '2017-10-29T23:00:00.000Z'],
    ])
    expect((await get(shop, `/videos?project_id=${shop.brand_id}`)).at(-1).posted_at).toBe('2017-08-31T22:00:00.000Z')
  })

  story('rejects what it cannot say, row by row, and keeps the rest; nothing is lost', async shop => {
    const lines = [
      head,
      'ada,v1,2026-03-01,100,',
      'ada,v1,2026-03-01,100,',
      'ada,v1,2026-03-01,101,',
      'ada,v1,2026-03-02,,5',
      'ada,v1,2026-03-03,,',
      'ada,v1,2026-03-03,many,1',
      'ada,v1,2026-03-03,-1,1',
      'ada,v1,2026-03-03,1.5,1',
      'ada,,2026-03-03,1,1',
      ',v1,2026-03-03,1,1',
      'ada,v1,,1,1',
      'ada,v1,03/03/2026,1,1',
      'ada,v1,2026-03-03,1',
      `ada,${'v'.repeat(201)},2026-03-03,1,1`,
      `${'a'.repeat(101)},v9,2026-03-03,1,1`,
      'ada,v1,2026-03-04, 7 ,1',
    ]
    const imported = await take(shop, lines, { map: all })
    expect(imported).toMatchObject({ read: 16, created: 3, duplicates: 1, rejected: 12 })
    expect(reasonsOf(imported)).toMatchObject({
      ...{ 4: 'conflict: captured_at is recorded with other counts; the first stays', 6: 'holds no count' },
      ...{ 7: 'view_count must be a whole number, 0 or more', 9: 'view_count must be a whole number, 0 or more' },
      ...{ 10: 'video is empty', 11: 'creator is empty', 12: 'captured_at is empty' },
      ...{ 13: 'captured_at "03/03/2026" is no date like 2026-03-01T10:00:00Z', 14: 'the line has 4 cells, the header 5' },
    })
    expect(rejectsOf(imported)[0]).toMatchObject({ line: 4, video: 'v1', view_count: '101' })
    expect(await brief(shop)).toEqual([
      ['v1', 'ada', '2026-03-01', 100, null],
      ['v1', 'ada', '2026-03-02', null, 5],
      ['v1', 'ada', '2026-03-04', 7, 1],
    ])
    expect(await creators(shop)).toEqual(['ada'])
  })

  story('makes nothing unless the mapping says so, and finds creators by id, alias, slug and handle', async shop => {
    const ada = await creator(shop, { tiktok_handle: 'ada', display_name: 'Ada L' })
    const clip = await video(shop, ada, { external_id: 'v1' })
    const lines = [head, 'stranger,v2,2026-03-02,1,', 'ada,v1,2026-03-02,1,']
    const imported = await take(shop, lines)
    expect(imported).toMatchObject({ created: 1, rejected: 1 })
    expect(reasonsOf(imported)).toEqual({ 2: 'there is no video "v2" in this project' })
    await shop.partner('Grace', { alias: 'amazing', slug: 'grace' })
    const named = ['ADA', ada.id, 'Amazing', 'GRACE', 'stranger'].map((who, n) => `${who},n${n},2026-03-02,1,`)
    expect(await take(shop, [head, ...named], { map: all })).toMatchObject({ created: 5 })
    expect((await brief(shop)).map(([video, who]) => [video, who])).toEqual([
      ...[
        ['n0', 'Ada L'],
        ['n1', 'Ada L'],
        ['n2', 'Grace'],
        ['n3', 'Grace'],
        ['n4', 'stranger'],
        ['v1', 'Ada L'],
      ],
    ])
    expect((await creators(shop)).sort()).toEqual(['Ada L', 'Grace', 'stranger'])
    expect((await get(shop, `/videos/${clip.id}`)).view_count).toBe(1)
  })

  story('leaves a video with its creator when its channel is renamed, and makes no creator for that', async shop => {
    const lines = [head, 'old name,v1,2026-03-01,1,', 'new name,v1,2026-03-02,2,']
    expect(await take(shop, lines, { map: all })).toMatchObject({ created: 2 })
    expect(await take(shop, [head, 'newest,v1,2026-03-03,3,'], { map: all })).toMatchObject({ created: 1 })
    expect(await creators(shop)).toEqual(['old name'])
    expect((await brief(shop)).map(([, who]) => who)).toEqual(['old name', 'old name', 'old name'])
  })

  story('may tell of followers, or of videos of nobody', async shop => {
    const followers = [
      'creator,captured_at,follower_count',
      'ada,2026-03-01,100',
      'ada,2026-03-02,120',
      'ada,2026-03-02,121',
      'bob,2026-03-01,',
      ',2026-03-01,1',
    ]
    const imported = await take(shop, followers, { map: { ...all, constants: { platform: 'tiktok' } } })
    expect(imported).toMatchObject({ created: 2, rejected: 3 })
    expect(await get(shop, `/creators?project_id=${shop.brand_id}`)).toMatchObject([
      { tiktok_handle: 'ada', follower_count: 120 },
    ])
    const strangers = await take(shop, ['creator,captured_at,follower_count', 'nobody,2026-03-01,1'])
    expect(reasonsOf(strangers)).toEqual({ 2: 'there is no creator "nobody" in this project' })
    await take(shop, ['video,captured_at,view_count', 'alone,2026-03-01,1'], { map: all })
    expect(await get(shop, `/videos?project_id=${shop.brand_id}`)).toMatchObject([{ creator_id: null, status: 'direct_add' }])
    expect(await undo(shop, imported)).toMatchObject({ withdrawn: 2 })
    expect(await get(shop, `/creators?project_id=${shop.brand_id}`)).toMatchObject([{ follower_count: null }])
  })

  story('can be rehearsed: it says what it would do and does nothing', async shop => {
    const lines = [head, 'ada,v1,2026-03-01,1,', 'ada,v1,2026-03-01,2,']
    const before = await shop.w.fingerprint()
    const rehearsed = await take(shop, lines, { map: all, dry_run: true })
    expect(rehearsed).toMatchObject({ import_id: null, read: 2, created: 1, rejected: 1 })
    expect(await shop.w.fingerprint()).toBe(before)
  })

  story('that cannot be read is refused before anything is recorded', async shop => {
    const refused = async (content: string, words: string, map?: Record<string, unknown>) => {
      const before = await shop.w.fingerprint()
      await expect(take(shop, content, { ...(map && { map }) })).rejects.toThrow(words)
      expect(await shop.w.fingerprint()).toBe(before)
    }
    await refused('a,b\n1,2', 'Nothing in the file is named captured_at or creator or follower_count: its columns are "a", "b"')
    await refused('video\n1', 'Nothing in the file is named captured_at')
    await refused('video,captured_at\n1,2', 'Nothing in the file is named view_count')
    await refused('video,captured_at,view_count,follower_count\n1,2,3,4', 'map video or follower_count, not both')
    await refused('video,captured_at,view_count\n', 'columns.partner is no field; fields are creator', {
      columns: { partner: 'a' },
    })
    await refused('video,captured_at,view_count\n', 'needs a year', { date_format: 'd.M' })
    await refused('video,captured_at,view_count\n', '"year" names another', { date_format: 'd.M.yyyy', year: 2017 })
    await refused('video,captured_at,view_count\n', 'has an unknown key: reversal', { reversal: null })
    const wrong = { file: fileOf(shop, head), brand_id: '00000000-0000-7000-8000-000000000000', dry_run: false }
    await expect(operate(shop.w.app, 'import.metrics', wrong, () => {})).rejects.toThrow('There is no brand')
  })

  story('stops at the plan’s number of creators, and says so', async shop => {
    await shop.w.sql(`update organizations set plan = 'free'`)
    try {
      const lines = [head, ...Array.from({ length: 60 }, (_, n) => `c${n},v${n},2026-03-01,1,`)]
      await expect(take(shop, lines, { map: all })).rejects.toThrow(/^Limit reached: creators .*undo import/)
      expect(await observedIn(shop)).toEqual([])
    } finally {
      await shop.w.sql(`update organizations set plan = 'unlimited'`)
    }
  })
})

describe('an import that is undone', () => {
  story('leaves what was observed otherwise; its file can be imported again', async shop => {
    const ada = await creator(shop, { tiktok_handle: 'ada' })
    const clip = await video(shop, ada, { external_id: 'v1' })
    await observe(shop, clip, { '2026-03-01T00:00:00.000Z': { view_count: 50, like_count: 5 } })
    const lines = [head, 'ada,v1,2026-03-01,50,5', 'ada,v1,2026-03-02,100,', 'ada,v2,2026-03-02,7,']
    const map = { ...all, constants: { platform: 'tiktok' } }
    const imported = await take(shop, lines, { map })
    expect(imported).toMatchObject({ created: 2, duplicates: 1 })
    await shop.w.sql('update videos set needs_accrual = false where program_id = $1', [shop.brand_id])

    const before = await shop.w.fingerprint()
    expect(await undo(shop, imported, true)).toMatchObject({ withdrawn: 2 })
    expect(await shop.w.fingerprint()).toBe(before)
    expect(await operate(shop.w.app, 'import.undo', { import_id: imported.import_id }, () => {})).toEqual({
      ...{ import_id: imported.import_id, withdrawn: 2 },
    })
    expect(await brief(shop)).toEqual([['v1', 'ada', '2026-03-01', 50, 5]])
    expect(await get(shop, `/videos?project_id=${shop.brand_id}`)).toMatchObject([
      { external_id: 'v2', view_count: null, last_captured_at: null },
      { external_id: 'v1', view_count: 50, like_count: 5, last_captured_at: '2026-03-01T00:00:00.000Z' },
    ])
    const waits = await shop.w.sql('select needs_accrual from videos where program_id = $1', [shop.brand_id])
    expect(waits.map(v => v.needs_accrual)).toEqual([true, true])
    const [{ kept }] = await shop.w.sql('select count(*)::int as kept from video_metrics where import_id = $1', [
      imported.import_id,
    ])
    expect(kept).toBe(2)

    const undone = await shop.w.fingerprint()
    expect(await undo(shop, imported)).toMatchObject({ withdrawn: 0 })
    expect(await shop.w.fingerprint()).toBe(undone)
    expect(await take(shop, lines, { map })).toMatchObject({ created: 2, duplicates: 1 })
    expect(await get(shop, `/videos/${clip.id}`)).toMatchObject({ view_count: 100, like_count: 5 })
  })

  story('of conversions is undone as before; an unknown one is not there', async shop => {
    const none = '00000000-0000-7000-8000-000000000000'
    await expect(operate(shop.w.app, 'import.undo', { import_id: none }, () => {})).rejects.toThrow(`There is no import ${none}.`)
    expect((await v1(shop, 'GET', '/videos')).status).toBe(200)
  })
})
