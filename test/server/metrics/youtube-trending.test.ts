/** A real file, faults included: a recount of its text, with nothing of src/, comes to the same observations. */
import fs from 'node:fs'
import path from 'node:path'
import { parse } from 'csv-parse/sync'
import { expect } from 'vitest'
import { migrationsFolder } from '../../../src/server/db/migrate.ts'
import { operate } from '../../../src/server/operations.ts'
import { observedIn, rejectsOf, type Taken, undo } from './files.ts'
import { get, type Shop, stories } from './support.ts'

const story = stories({ today: '2017-11-01' })
const examples = path.join(path.dirname(migrationsFolder()), 'examples')
const file = path.join(examples, 'youtube-trending.csv')
const map = JSON.parse(fs.readFileSync(path.join(examples, 'youtube-trending.map.json'), 'utf8'))
const importIt = (shop: Shop, dry_run = false) =>
  operate(shop.w.app, 'import.metrics', { file, brand_id: shop.brand_id, map, dry_run }, () => {}) as Promise<Taken>

type Recount = {
  observed: Map<string, string>
  owners: Map<string, string>
  duplicates: number
  rejected: Record<string, number>
}

/** Every row in order, by hand: the first of a video and day counts; a video is its first channel's, which may be renamed. */
function recount(): Recount {
  const rows: string[][] = parse(fs.readFileSync(file), { from_line: 2 })
  const found: Recount = { observed: new Map(), owners: new Map(), duplicates: 0, rejected: {} }
  const reject = (why: string) => {
    found.rejected[why] = (found.rejected[why] ?? 0) + 1
  }
  for (const [video = '', , channel = '', , , views = '', likes = '', , comments = '', , date = ''] of rows) {
    const at = instantOf(date)
    if (video === '') reject('video')
    else if (at === null) reject('captured_at')
    else if (`${views}${likes}${comments}` === '') reject('holds')
    else {
      if (!found.owners.has(video)) found.owners.set(video, channel)
      const [key, counts] = [`${video} ${at}`, [views, likes, comments].join(' ')]
      const before = found.observed.get(key)
      if (before === undefined) found.observed.set(key, counts)
      else if (before === counts) found.duplicates++
      else reject('conflict:')
    }
  }
  return found
}

/** `13.09` and `3.1` (October, a zero lost) as the midnight that ends the day; nothing else is a date. */
function instantOf(date: string): string | null {
  const [, day, month] = /^(\d\d?)\.(09|1)$/.exec(date) ?? []
  return day === undefined ? null : new Date(Date.UTC(2017, month === '1' ? 9 : 8, Number(day) + 1)).toISOString()
}

story(
  '7,998 lines of trending videos become channels, videos and observations, and a recount of the file comes to the same [TG-99]',
  async shop => {
    const expected = recount()
    const before = await shop.w.fingerprint()
    const rehearsed = await importIt(shop, true)
    expect(await shop.w.fingerprint()).toBe(before)

    const started = performance.now()
    const imported = await importIt(shop)
    const seconds = (performance.now() - started) / 1000
    console.log(`7,998 rows in ${seconds} s`)
    expect(seconds).toBeLessThan(60)
    expect(imported).toMatchObject({ read: 7998, created: expected.observed.size, duplicates: expected.duplicates })
    expect(rehearsed).toMatchObject({ read: 7998, created: imported.created, rejected: imported.rejected, import_id: null })

    const reasons: Record<string, number> = {}
    for (const { reason } of rejectsOf(imported)) {
      const word = reason.split(' ')[0] as string
      reasons[word] = (reasons[word] ?? 0) + 1
    }
    expect(reasons).toEqual(expected.rejected)
    const observed = await observedIn(shop)
    const asText = observed.map(o => [`${o.video} ${o.at}`, [o.views, o.likes, o.comments].map(n => n ?? '').join(' ')] as const)
    expect(new Map(asText)).toEqual(expected.observed)
    expect(new Map(observed.map(o => [o.video, o.partner]))).toEqual(expected.owners)

    expect(await importIt(shop)).toMatchObject({ created: 0, duplicates: imported.created + imported.duplicates })
    const [busiest] = await shop.w.sql('select id from partners where name = $1', ['ESPN'])
    expect(await get(shop, `/creators/${busiest.id}`)).toMatchObject({
      platform: 'youtube',
      handle: 'ESPN',
      display_name: 'ESPN',
    })

    const names = await shop.w.sql('select name from partners where program_id = $1', [shop.brand_id])
    expect(new Set(names.map(p => p.name))).toEqual(new Set(expected.owners.values()))

    expect(await undo(shop, imported)).toEqual({ import_id: imported.import_id, withdrawn: imported.created })
    expect(await observedIn(shop)).toEqual([])
    expect(await importIt(shop)).toMatchObject({ created: imported.created, duplicates: imported.duplicates })
  },
  120_000,
)
