/** The recount is the second opinion of the YouTube story, so it is tried by hand here, on a file small enough to reckon. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { endOfDay, observe, recount } from '../support/youtube-recount.mjs'

const HEADER = 'video_id,title,channel_title,category_id,tags,views,likes,dislikes,comment_total,thumbnail_link,date'
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quittance-recount-'))
afterAll(() => fs.rmSync(folder, { recursive: true }))

type Row = [video: string, channel: string, views: string, date: string, likes?: string]
function file(rows: Row[]): string {
  const lines = rows.map(
    ([id, channel, views, date, likes = '7']) => `${id},"A ""b"", c",${channel},24,x|y,${views},${likes},1,,https://v,${date}`,
  )
  const name = path.join(folder, `${fs.readdirSync(folder).length}.csv`)
  fs.writeFileSync(name, `${[HEADER, ...lines].join('\r\n')}\r\n`)
  return name
}

describe('days', () => {
  test.each([
    ['13.09', '2017-09-14'],
    ['30.09', '2017-10-01'],
    ['1.1', '2017-10-02'],
    ['10.1', '2017-10-11'],
    ['22.1', '2017-10-23'],
    ['31.10', '2017-11-01'],
  ])('%s ends at midnight of %s', (cell, end) => expect(endOfDay(cell)).toBe(Date.parse(end)))
  test.each(['100', '24.09xcaeyJTx4Co', '26.0903jeumSTSzc', '31.09', '0.1', '32.1', '1.13', '1.1.1', ''])(
    '"%s" is no day',
    cell => {
      expect(endOfDay(cell)).toBeNull()
    },
  )
})

test('each row has one fate', () => {
  const { videos, ...fates } = observe(
    file([
      ['v1', 'A', '100', '13.09'],
      ['v1', 'A', '100', '13.09'],
      ['v1', 'A', '101', '13.09'],
      ['v1', 'A', '200', '1.1'],
      ['', 'A', '5', '13.09'],
      ['v2', 'A', '5', '100'],
      ['v3', 'A', 'many', '13.09'],
      ['v4', 'A', '', '13.09'],
      ['v5', 'A', '', '13.09', ''],
      ['v1', 'B', '150', '14.09'],
    ]),
  )
  expect(fates).toEqual({
    ...{ rows: 10, taken: 4, duplicate: 1, conflict: 1 },
    rejected: { date: 1, video_id: 1, count: 1, no_count: 1 },
  })
  expect([...videos.keys()]).toEqual(['v1', 'v4'])
  expect(videos.get('v1')).toMatchObject({ channel: 'A', seen: [{ views: 100 }, { views: 150 }, { views: 200 }] })
  expect(videos.get('v4')?.seen).toMatchObject([{ views: null }])
})

describe('views a day at 2.50 per 1,000', () => {
  const story: Row[] = [
    ['v1', 'A', '10000', '13.09'],
    ['v2', 'A', '500', '14.09'],
    ['v1', 'A', '12000', '14.09'],
    ['v3', 'B', '9000', '14.09'],
    ['v1', 'A', '11000', '15.09'],
    ['v2', 'A', '1502', '15.09'],
    ['v2', 'A', '', '16.09'],
    ['v1', 'A', '15001', '17.09'],
    ['v3', 'B', '9001', '17.09'],
  ]
  const cpm = { rate_cents: 2_50, min_views: 0, max_amount_cents: null, period: 'daily' as const }
  const terms = { channels: ['A', 'B'], cpm, assigned_at: '2017-09-13T08:00:00Z', nights: ['2017-09-18T00:00:00Z'] }
  const daysOf = (overrides: object) =>
    recount(file(story), { ...terms, ...overrides }).channels[0]?.cpm.map(({ day, views, cents }) => [day, views, cents])

  test('a day gains what was seen at its end less what was seen at its start; a new video starts at its first sight', () => {
    expect(daysOf({})).toEqual([
      ['2017-09-14', 2_000, 5_00],
      ['2017-09-15', 1_002, 2_51], // v1 fell, which counts 0; 2.505 is rounded up
      ['2017-09-17', 4_001, 10_00], // nothing was seen on the 16th
    ])
  })
  test('a quarter of a cent is none, and makes no accrual', () => {
    const { channels, total_cents } = recount(file(story), terms)
    expect(channels[1]).toMatchObject({ channel: 'B', videos: 1, cpm: [], total_cents: 0 })
    expect(total_cents).toBe(17_51)
  })
  test.each([
    ['a day below the minimum', { cpm: { ...cpm, min_views: 2_000 } }, ['2017-09-14', '2017-09-17'], [5_00, 10_00]],
    ['a cap a day', { cpm: { ...cpm, max_amount_cents: 5_00 } }, ['2017-09-14', '2017-09-15', '2017-09-17'], [5_00, 2_51, 5_00]],
    [
      'assigned late on the 15th: that day counts whole',
      { assigned_at: '2017-09-15T23:59:00Z' },
      ['2017-09-15', '2017-09-17'],
      [2_51, 10_00],
    ],
    [
      'the last night is before the 17th has ended',
      { nights: ['2017-09-17T23:59:00Z'] },
      ['2017-09-14', '2017-09-15'],
      [5_00, 2_51],
    ],
  ])('%s', (_, overrides, days, cents) => {
    expect(daysOf(overrides)?.map(each => each[0])).toEqual(days)
    expect(daysOf(overrides)?.map(each => each[2])).toEqual(cents)
  })
  test('each is made in the first night after its day', () => {
    const nights = ['2017-09-15T00:00:00Z', '2017-09-17T03:00:00Z', '2017-09-18T03:00:00Z']
    expect(recount(file(story), { ...terms, nights }).channels[0]?.cpm.map(each => each.night)).toEqual(nights)
  })
})

describe('milestones', () => {
  const story: Row[] = [
    ['v1', 'A', '9000', '13.09'],
    ['v1', 'A', '10000', '14.09'],
    ['v1', 'A', '9999', '15.09'],
    ['v1', 'A', '120000', '16.09'],
    ['v2', 'A', '120000', '15.09'],
  ]
  const thresholds = [
    { views: 10_000, amount_cents: 5_00 },
    { views: 100_000, amount_cents: 50_00 },
  ]
  const paid = (assigned_at: string, last = '2017-10-01T00:00:00Z') => {
    const { channels } = recount(file(story), { channels: ['A'], thresholds, assigned_at, nights: [last] })
    return channels[0]?.milestones.map(each => `${each.video_id} ${each.threshold_views} ${each.at.slice(5, 10)} ${each.cents}`)
  }
  const [first, both, last] = ['v1 10000 09-15 500', ['v2 10000 09-16 500', 'v2 100000 09-16 5000'], 'v1 100000 09-17 5000']
  test.each([
    ['assigned before all of them', '2017-09-13T00:00:00Z', [first, ...both, last]],
    ['in the instant of the first', '2017-09-15T00:00:00Z', [first, ...both, last]],
    ['a second later: it was crossed before and never pays', '2017-09-15T00:00:01Z', [...both, last]],
    ['when all are crossed', '2017-09-18T00:00:00Z', []],
  ])('%s', (_, assigned, expected) => expect(paid(assigned)).toEqual(expected))
  test('a night sees only what was observed by then', () => {
    expect(paid('2017-09-13T00:00:00Z', '2017-09-15T23:00:00Z')).toEqual([first])
    expect(paid('2017-09-13T00:00:00Z', '2017-09-14T23:00:00Z')).toEqual([])
  })
})
