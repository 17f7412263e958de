/**
 * Real view counts: 200 channels of a public data set, on a CPM and on milestones, night by night, paid to the cent.
 *
 * What each channel must get is worked out from the file by `test/support/youtube-recount.mjs`, which shares no code with
 * the product.
 */
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { operate } from '../../src/server/operations.ts'
import { accrue } from '../../src/server/structures/accrue.ts'
import { type World, world } from '../support/world.ts'
import { observe, recount } from '../support/youtube-recount.mjs'

const EXAMPLES = path.join(import.meta.dirname, '..', '..', 'examples')
const FILE = path.join(EXAMPLES, 'youtube-trending.csv')
const FIRST = Date.parse('2017-09-13T00:00:00Z')
const DAY = 86_400_000
/** The night after each day from 13 September to 22 October. */
const NIGHTS = Array.from({ length: 40 }, (_, n) => new Date(FIRST + (n + 1) * DAY).toISOString())
const CPM = { rate_cents: 3, min_views: 1_000, max_amount_cents: 90_000, period: 'daily' as const }
const THRESHOLDS = [
  { views: 500_000, amount_cents: 25_00 },
  { views: 1_000_000, amount_cents: 60_00 },
  { views: 5_000_000, amount_cents: 400_00 },
]

let at: World
beforeAll(async () => {
  at = await world({ today: '2017-09-13' })
}, 60_000)
afterAll(() => at.close(), 60_000)

// biome-ignore lint/suspicious/noExplicitAny: what the import says
let imported: any
const channels: { id: string; name: string }[] = []

test('the file comes in as it is: creators, videos and daily observations, each broken row with its reason', async () => {
  const map = JSON.parse(fs.readFileSync(path.join(EXAMPLES, 'youtube-trending.map.json'), 'utf8'))
  imported = await operate(at.app, 'import.metrics', { file: FILE, brand_id: at.brand_id, map }, () => {})
  const seen = observe(FILE)
  const rejected = seen.conflict + Object.values(seen.rejected).reduce((sum, n) => sum + n, 0)
  expect(imported).toMatchObject({ read: seen.rows, created: seen.taken, duplicates: seen.duplicate, rejected })
  const [stored] = await at.sql<{ videos: number; metrics: number }>(
    'select (select count(*)::int from videos) as videos, (select count(*)::int from video_metrics) as metrics',
  )
  expect({ videos: Number(stored!.videos), metrics: Number(stored!.metrics) }).toEqual({
    videos: seen.videos.size,
    metrics: seen.taken,
  })
  const lines = fs.readFileSync(imported.rejects_file, 'utf8').trim().split('\n')
  expect(lines).toHaveLength(rejected + 1)
}, 120_000)

test('200 channels are put on a CPM and on milestones', async () => {
  const all = new Map<string, string>()
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await at.api.creators.list({ query: { project_id: at.brand_id, limit: 100, ...(cursor && { cursor }) } })
    for (const each of page.data) all.set(each.display_name, each.id)
    cursor = page.meta.next_cursor ?? undefined
  }
  channels.push(...mostSeen(200).map(name => ({ id: all.get(name)!, name })))
  expect(channels.filter(channel => channel.id === undefined)).toEqual([])
  const common = { project_id: at.brand_id, currency: 'USD' as const, proration_mode: 'skip' as const }
  const { period, rate_cents, ...cpm } = CPM
  const made = [
    { name: 'Views', period, amount_cents: rate_cents, criteria_type: 'cpm' as const, criteria_params: cpm },
    {
      name: 'Milestones',
      period: null,
      amount_cents: null,
      criteria_type: 'view_threshold' as const,
      criteria_params: { thresholds: THRESHOLDS },
    },
  ]
  for (const rule of made) {
    const { structure_id } = (await at.api.structures.create({ body: { ...common, ...rule } })).data
    const { data: assigned } = await at.api.structures.assign({
      params: { structure_id },
      body: { creator_ids: channels.map(c => c.id) },
    })
    expect(assigned.assigned).toBe(200)
  }
}, 60_000)

/** The channels whose videos were seen on the most days. */
function mostSeen(count: number): string[] {
  const seen = new Map<string, number>()
  for (const video of observe(FILE).videos.values()) seen.set(video.channel, (seen.get(video.channel) ?? 0) + video.seen.length)
  return [...seen]
    .sort((a, b) => b[1] - a[1])
    .slice(0, count)
    .map(([name]) => name)
}

const expected = () =>
  recount(FILE, {
    channels: channels.map(c => c.name),
    cpm: CPM,
    thresholds: THRESHOLDS,
    assigned_at: '2017-09-13T00:00:00Z',
    nights: NIGHTS,
  })

test('night by night they earn what the file says, to the cent, and are paid all that is outstanding', async () => {
  let created = 0
  let cents = 0
  for (const [n, night] of NIGHTS.entries()) {
    await at.travelTo(night)
    const made = await accrue(at.app, night)
    created += made.created
    cents += made.amount_cents
    if (n === 19 || n === 39) await payAll()
  }
  const truth = expected()
  expect(cents).toBe(truth.total_cents)
  expect(created).toBe(truth.channels.reduce((sum, c) => sum + c.cpm.length + c.milestones.length, 0))
  expect(await accrue(at.app, NIGHTS.at(-1) as string)).toEqual({ evaluated: 0, created: 0, amount_cents: 0 })
}, 300_000)

/** Each channel's outstanding accruals, summed from the API, are settled with one payment. */
async function payAll(): Promise<void> {
  for (const { id } of channels) {
    let total = 0
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await at.api.accruals.list({
        query: { creator_id: id, status: 'earned', limit: 100, ...(cursor && { cursor }) },
      })
      total += page.data.reduce((sum, accrual) => sum + accrual.amount_cents, 0)
      cursor = page.meta.next_cursor ?? undefined
      more = cursor !== undefined
    }
    if (total === 0) continue
    const body = { project_id: at.brand_id, creator_id: id, total_amount_cents: total, auto_apply_outstanding: true }
    await at.api.payments.record({ body, idempotency_key: crypto.randomUUID() })
  }
}

test('each channel was paid exactly what its views and milestones come to, and nothing is left', async () => {
  const rows = await at.sql<{ name: string; accrued: string; paid: string | null; unpaid: string }>(`
    select p.name, coalesce(sum(e.amount_cents), 0)::text as accrued, max(d.paid_cents)::text as paid,
      coalesce(sum(e.amount_cents) filter (where t.payment_id is null), 0)::text as unpaid
    from partners p left join earnings e on e.org_id = p.org_id and e.partner_id = p.id
    left join tabs t on t.org_id = e.org_id and t.id = e.tab_id
    left join paid_totals d on d.org_id = p.org_id and d.partner_id = p.id group by p.name`)
  const byName = new Map(rows.map(row => [row.name, row]))
  for (const { channel, total_cents } of expected().channels) {
    const { accrued, paid, unpaid } = byName.get(channel)!
    expect({ channel, accrued: Number(accrued), paid: Number(paid ?? 0), unpaid: Number(unpaid) }).toEqual({
      ...{ channel, accrued: total_cents, paid: total_cents, unpaid: 0 },
    })
  }
})

test('every day and every milestone is the one that the file gives', async () => {
  const rows = await at.sql<{ line: string }>(`
    select p.name || ' ' || v.criteria_type || ' ' || case when v.criteria_type = 'cpm' then to_char(e.period_start_at, 'YYYY-MM-DD')
      else (e.inputs->>'threshold_views') || ' ' || to_char(e.period_end_at, 'YYYY-MM-DD') end || ' ' || e.amount_cents as line
    from earnings e join partners p on p.org_id = e.org_id and p.id = e.partner_id
    join structure_versions v on v.org_id = e.org_id and v.id = e.structure_version_id`)
  const truth = expected().channels.flatMap(({ channel, cpm, milestones }) => [
    ...cpm.map(({ day, cents }) => `${channel} cpm ${day} ${cents}`),
    ...milestones.map(m => `${channel} view_threshold ${m.threshold_views} ${m.at.slice(0, 10)} ${m.cents}`),
  ])
  expect(rows.map(row => row.line).sort()).toEqual(truth.sort())
})
