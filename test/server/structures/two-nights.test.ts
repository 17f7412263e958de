/** Nights that run at once, and assignments made meanwhile: what is created is what one night alone creates. */
import { beforeAll, describe, expect, test } from 'vitest'
import { makeApp } from '../../../src/server/app.ts'
import { openDatabase } from '../../../src/server/db/database.ts'
import type { Tables } from '../../../src/server/db/tables.ts'
import { accrue } from '../../../src/server/structures/accrue.ts'
import type { Night } from '../../../src/server/structures/night.ts'
import { deadlocks } from '../../faults/figures.ts'
import { type World, world } from '../../support/world.ts'

const V = '/api/v1'
const NOW = '2026-05-03T06:00:00.000Z'
const PARTNERS = 32
/** The last of them come to the structures while the nights run. */
const LATE = 8

const recurring = { period: 'daily', amount_cents: 1_00, criteria_type: 'recurring', criteria_params: {} }
const rules = [
  { name: 'daily', ...recurring },
  { name: 'another daily', ...recurring, amount_cents: 7 },
  { name: 'monthly', ...recurring, period: 'monthly', amount_cents: 50_00 },
  { name: 'views', ...recurring, period: 'weekly', amount_cents: 2_00, criteria_type: 'cpm' },
  { name: 'goals', ...recurring, amount_cents: 3_00, criteria_type: 'goals', criteria_params: { mode: 'any' } },
  {
    ...{ name: 'milestones', ...recurring, period: null, amount_cents: null, criteria_type: 'view_threshold' },
    criteria_params: { thresholds: [1_000, 10_000].map(views => ({ views, amount_cents: views })) },
    backfill_on_assignment: true,
  },
]

type Place = { w: World; partners: string[]; structures: string[] }

const must = async (w: World, method: string, path: string, body?: unknown) => {
  const answer = await w.request(method, `${V}${path}`, body)
  expect(answer.status, `${method} ${path} ${answer.text}`).toBeLessThan(300)
  return answer.data
}

/** The same in every world: partners with goals and videos, most of them on each structure since the end of March. */
async function filled(): Promise<Place> {
  const w = await world({ today: '2026-03-31T00:00:00Z' })
  const handles = Array.from({ length: PARTNERS }, (_, n) => `c${String(n).padStart(2, '0')}`)
  const { creators } = await must(w, 'POST', `/projects/${w.brand_id}/creators`, {
    creators: handles.map(tiktok_handle => ({ tiktok_handle })),
  })
  const partners: string[] = creators.map((each: { creator: { id: string } }) => each.creator.id)
  for (const [n, creator_id] of [...partners.entries()].filter(([n]) => n % 4 === 0)) {
    await must(w, 'POST', '/goals', { creator_id, type: 'posts', target: 1, period: 'daily' })
    const [external_id, posted_at] = [`v${n}`, '2026-04-02T08:00:00Z']
    const video = await must(w, 'POST', '/videos', { project_id: w.brand_id, creator_id, external_id, posted_at })
    const counts = [5, 6, 20].map(day => ({
      captured_at: `2026-04-${String(day).padStart(2, '0')}T00:00:00Z`,
      view_count: day * 600,
    }))
    await must(w, 'POST', `/videos/${video.id}/snapshots`, { snapshots: counts })
  }
  const structures: string[] = []
  for (const rule of rules) {
    const body = { project_id: w.brand_id, currency: 'USD', proration_mode: 'prorate', ...rule }
    const { structure_id } = await must(w, 'POST', '/payout-structures', body)
    await must(w, 'POST', `/payout-structures/${structure_id}/assignments`, { creator_ids: partners.slice(0, -LATE) })
    structures.push(structure_id)
  }
  await w.travelTo(NOW)
  return { w, partners, structures }
}

/** Half of those who come late to each structure, in one order or the other, with some who are there already. */
function lateAssignments({ w, partners, structures }: Place): (() => Promise<unknown>)[] {
  const some = partners.slice(-LATE - 4)
  return structures.flatMap((id, n) =>
    [some, some.toReversed(), some.slice(4).toReversed(), some.slice(2)].map(
      creator_ids => () =>
        must(w, 'POST', `/payout-structures/${id}/assignments`, {
          creator_ids: n % 2 === 0 ? creator_ids : creator_ids.toReversed(),
        }),
    ),
  )
}

/** What was earned, by names instead of ids. */
const earned = ({ w }: Place) =>
  w.sql(
    `select s.name as structure, p.handle as partner, e.amount_cents, e.period_start_at, e.period_end_at, e.because, v.external_id
     from earnings e join partners p on p.id = e.partner_id
       join structure_versions t on t.id = e.structure_version_id join structures s on s.id = t.structure_id
       left join videos v on v.id::text = e.inputs ->> 'video_id'
     where e.kind = 'accrual' order by 1, 2, 4, 5, 7, 3`,
  )

/** Nights at once, each of an app of its own over the one database. */
async function nights({ w }: Place, count: number): Promise<Night[]> {
  const { config } = w.app
  const own =
    config.database_url === undefined ? [] : await Promise.all(Array.from({ length: count }, () => openDatabase<Tables>(config)))
  const apps = Array.from({ length: count }, (_, n) => makeApp(own[n] ?? w.db, config))
  try {
    return await Promise.all(apps.map(app => accrue(app, NOW)))
  } finally {
    for (const db of own) await db.close()
  }
}

const sum = (all: Night[], of: keyof Night) => all.reduce((total, night) => total + night[of], 0)

describe('nights at once', () => {
  let alone: { night: Night; after: unknown[]; late: unknown[] }
  beforeAll(async () => {
    const place = await filled()
    const [night] = (await nights(place, 1)) as [Night]
    const after = await earned(place)
    for (const assign of lateAssignments(place)) await assign()
    alone = { night, after, late: await earned(place) }
    await place.w.close()
  })

  test('one alone makes something of each structure, and a late assignment what was crossed before', () => {
    const named = (rows: unknown[]) => new Set((rows as { structure: string }[]).map(row => row.structure))
    expect([...named(alone.after)].sort()).toEqual(rules.map(rule => rule.name).sort())
    expect(alone.night).toMatchObject({ created: alone.after.length, amount_cents: expect.any(Number) })
    // two partners in eight have a video, which crossed both thresholds
    expect(alone.late.length - alone.after.length).toBe((LATE / 4) * 2)
  })

  for (const count of [2, 4]) {
    test(`${count} of them make what one makes, and say together what it says`, async () => {
      const place = await filled()
      try {
        const all = await nights(place, count)
        expect(await earned(place)).toEqual(alone.after)
        expect([sum(all, 'created'), sum(all, 'amount_cents')]).toEqual([alone.night.created, alone.night.amount_cents])
        expect(await accrue(place.w.app, NOW)).toEqual({ evaluated: 0, created: 0, amount_cents: 0 })
      } finally {
        await place.w.close()
      }
    })

    test(`${count} of them and assignments meanwhile: none waits for the other in a ring, nothing is paid twice`, async () => {
      const place = await filled()
      try {
        const [all] = await Promise.all([nights(place, count), ...lateAssignments(place).map(assign => assign())])
        expect(sum(all as Night[], 'created')).toBeGreaterThanOrEqual(alone.night.created)
        expect(await earned(place)).toEqual(alone.late)
        expect(await accrue(place.w.app, NOW)).toMatchObject({ created: 0 })
        const assigned = await place.w.sql('select count(*)::int as n from assignments where unassigned_at is null')
        expect(assigned).toEqual([{ n: PARTNERS * rules.length }])
        if (place.w.database.database_url !== undefined) expect(await deadlocks(place.w)).toBe(0)
      } finally {
        await place.w.close()
      }
    })
  }
})
