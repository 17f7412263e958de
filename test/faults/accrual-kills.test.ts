/**
 * R3: the night that accrues is killed at a random moment, again and again. Running it again finishes it, and what was
 * accrued is, to the cent, what a twin accrued whose nights nobody disturbed.
 *
 * A round catches up two days for more partners than one chunk takes, by structures of every way through the night: paid
 * alike, by days, by views with what earned nothing, and by milestones.
 */
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CompiledQuery } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { addDays, daysBetween } from '../../src/core/calendar.ts'
import type { App } from '../../src/server/app.ts'
import { buildServer } from '../../src/server/http/server.ts'
import { importMetrics } from '../../src/server/metrics/import.ts'
import { figures, random, sized, tally, thousands } from './figures.ts'
import { build, buildProduct, ended, type House, inside, type Json, type Kind, run } from './house.ts'

/** By views 1,000 partners are evaluated a transaction: on a server a night stops within a period, too. */
const PARTNERS = { postgres: 1100, embedded: 250 }
const DAYS_A_ROUND = 1
const FIRST_OBSERVED = '2026-03-09'
const FIRST_NIGHT = '2026-03-20'
const KILLS = { postgres: sized(15, 100), embedded: sized(5, 100) }

beforeAll(buildProduct)

/** Views of a video at the end of the n-th day: steady, uneven, and for every seventh none at all. */
const viewsOf = (video: number, day: number) => (video % 7 === 0 ? 40 : 40 + day * (37 + (video % 11) * 13))

/** How many days after the first observation a round's night comes. */
const daysUntil = (round: number) => daysBetween(FIRST_OBSERVED, FIRST_NIGHT) + round * DAYS_A_ROUND

/** One video a partner, observed every day up to a round's night: after each, videos have something new to be looked at for. */
async function observe(app: App, house: House, partners: number, round: number): Promise<void> {
  const days = Array.from({ length: daysUntil(round) }, (_, day) => day).slice(round === 0 ? 0 : -DAYS_A_ROUND)
  const lines = ['creator,video,posted_at,captured_at,view_count']
  for (let n = 0; n < partners; n++) {
    for (const day of days) {
      const seen = `${addDays(FIRST_OBSERVED, day)}T23:00:00Z,${viewsOf(n, day)}`
      lines.push(`partner-${n},video-${n},2026-03-01T00:00:00Z,${seen}`)
    }
  }
  const file = path.join(house.database.data_dir, `metrics-${round}.csv`)
  fs.writeFileSync(file, `${lines.join('\n')}\n`)
  const request = { file, brand_id: house.brand_id, map: { create_partners: true }, dry_run: false }
  expect(await importMetrics(app, request, () => {})).toMatchObject({ created: partners * days.length, rejected: 0 })
}

const recurring = { period: 'daily', amount_cents: 1_00, currency: 'USD', criteria_type: 'recurring', criteria_params: {} }
const STRUCTURES = [
  { name: 'Alike', ...recurring, proration_mode: 'skip' },
  { name: 'By days', ...recurring, period: 'weekly', amount_cents: 10_01, proration_mode: 'prorate' },
  { name: 'By views', ...recurring, amount_cents: 2_50, criteria_type: 'cpm', criteria_params: { min_views: 60 } },
  {
    ...{ name: 'Milestones', ...recurring, period: null, amount_cents: null, criteria_type: 'view_threshold' },
    criteria_params: { thresholds: Array.from({ length: 20 }, (_, n) => ({ views: 100 + n * 150, amount_cents: 1_00 + n })) },
  },
].map(structure => ({ proration_mode: 'skip', ...structure }))

/** Everybody is on every structure; every third leaves on Friday, and every sixth comes back a week later. */
function fill(house: House, partners: number): Promise<void> {
  return inside(house, async app => {
    await observe(app, house, partners, 0)
    const ids = (await rows(app, 'select id from partners order by slug')).map(row => row.id)
    await assignAll(app, house, ids)
  })
}

async function assignAll(app: App, house: House, ids: string[]): Promise<void> {
  const server = await buildServer(app)
  const ask = async (method: string, rest: string, body: object): Promise<Json> => {
    const headers = { authorization: `Bearer ${house.key}`, 'content-type': 'application/json' }
    const url = `/api/v1/payout-structures${rest}`
    const answer = await server.inject({ method: method as 'POST', url, headers, payload: JSON.stringify(body) })
    expect(answer.statusCode, answer.payload).toBeLessThan(300)
    return answer.json().data
  }
  const structures: string[] = []
  for (const structure of STRUCTURES) {
    structures.push((await ask('POST', '', { project_id: house.brand_id, ...structure })).structure_id)
  }
  const all = async (method: string, at: string, who: string[]) => {
    app.clock.travel(at)
    for (const id of structures) {
      for (let n = 0; n < who.length; n += 500) await ask(method, `/${id}/assignments`, { creator_ids: who.slice(n, n + 500) })
    }
  }
  await all('POST', '2026-03-10T12:00:00.000Z', ids)
  await all(
    'DELETE',
    '2026-03-13T12:00:00.000Z',
    ids.filter((_, n) => n % 3 === 0),
  )
  await all(
    'POST',
    '2026-03-18T12:00:00.000Z',
    ids.filter((_, n) => n % 6 === 0),
  )
  await server.close()
}

async function rows<Row = Json>(app: App, text: string): Promise<Row[]> {
  return (await app.db.kysely.executeQuery<Row>(CompiledQuery.raw(text))).rows
}

/** What was accrued and what was found to earn nothing, with the tabs' sums, in words that two databases share. */
const stored = (house: House) =>
  inside(house, async app => ({
    accruals: await rows(
      app,
      `select s.name, p.slug, e.period_start_at, e.period_end_at, e.amount_cents, e.because, e.earned_on, v.version_number,
         substring(e.source_key from '^[a-z]+') as source
       from earnings e join partners p on p.id = e.partner_id join structure_versions v on v.id = e.structure_version_id
         join structures s on s.id = v.structure_id order by 1, 2, 3, 5, 6`,
    ),
    unearned: await rows(
      app,
      `select s.name, p.slug, u.period_start_at, u.period_end_at, u.reason from unearned_periods u join partners p on p.id = u.partner_id
         join structures s on s.id = u.structure_id order by 1, 2, 3`,
    ),
    tabs: await rows(
      app,
      `select p.slug, t.stream, t.currency, t.is_open, t.first_on, t.last_on, t.amount_cents, t.item_count
       from tabs t join partners p on p.id = t.partner_id order by 1, 2`,
    ),
    progress: await rows(
      app,
      `select s.name, g.accrued_until, g.period_end_at, g.after_partner_id from accrual_progress g
         join structures s on s.id = g.structure_id order by 1`,
    ),
  }))

/** The first of the rows that the others lack, or have less often. */
function onlyIn(these: Json[], others: Json[]): string[] {
  const left = tally()
  for (const row of others) left.add(JSON.stringify(row))
  const seen = tally()
  const lacking = these
    .map(row => JSON.stringify(row))
    .filter(row => {
      seen.add(row)
      return seen.of(row) > left.of(row)
    })
  return lacking.slice(0, 10)
}

const night = (house: House, round: number) =>
  run(house, ['accrue', '--now', `${addDays(FIRST_NIGHT, round * DAYS_A_ROUND)}T00:30:00Z`])

async function whole(house: House, round: number): Promise<{ made: Json; ms: number }> {
  const began = performance.now()
  const { code, json, err } = await ended(night(house, round))
  expect(code, err).toBe(0)
  return { made: json, ms: performance.now() - began }
}

/** A command that does nothing: as long as a night needs before it begins. */
async function idle(house: House): Promise<number> {
  const began = performance.now()
  await ended(run(house, ['migrate']))
  return performance.now() - began
}

async function killed(kind: Kind): Promise<void> {
  const rnd = random(`accrual kills ${kind}`)
  const [house, twin] = [await build(kind), await build(kind)]
  for (const each of [house, twin]) await fill(each, PARTNERS[kind])
  const first = [await whole(house, 0), await whole(twin, 0)] // everything since the first assignment
  expect(first[0]?.made).toEqual(first[1]?.made)
  const boot_ms = Math.min(await idle(twin), await idle(twin), await idle(twin))
  const seen = { early: 0, cut: 0, late: 0, work_ms: 0 }
  for (let round = 1; round <= KILLS[kind]; round++) {
    for (const each of [house, twin]) await inside(each, app => observe(app, each, PARTNERS[kind], round))
    const { made, ms } = await whole(twin, round)
    const work_ms = Math.max(0, ms - boot_ms)
    seen.work_ms += work_ms
    const child = night(house, round)
    const gone = ended(child)
    await wait(boot_ms + (work_ms * rnd.below(1000)) / 1000)
    child.kill('SIGKILL')
    await gone
    const again = await whole(house, round)
    seen[again.made.created === made.created ? 'early' : again.made.created === 0 ? 'late' : 'cut']++
  }
  expect((await whole(house, KILLS[kind])).made.created, 'a night again').toBe(0)
  const [mine, its] = [await stored(house), await stored(twin)]
  for (const what of ['accruals', 'unearned', 'tabs', 'progress'] as const) {
    expect([onlyIn(mine[what], its[what]), onlyIn(its[what], mine[what])], what).toEqual([[], []])
  }
  for (const each of [house, twin]) {
    const checked = await ended(run(each, ['check']))
    expect(checked.code, checked.err).toBe(0)
    await each.database.remove()
  }
  const { early, cut, late, work_ms } = seen
  figures(
    `kill -9 of the accruing night on ${kind}: ${KILLS[kind]} kills within nights of ${Math.round(work_ms / KILLS[kind])} ms of work ` +
      `(${cut} cut in the middle, ${early} before the first commit, ${late} after the last), finished by running again: ` +
      `${thousands(mine.accruals.length)} accruals and ${thousands(mine.unearned.length)} unearned periods equal the undisturbed twin's`,
  )
}

const limit = (kind: Kind) => 240_000 + KILLS[kind] * 20_000

test(
  'killed in the middle of accrual nights on a server, they are finished by running again (R3)',
  () => killed('postgres'),
  limit('postgres'),
)
test(
  'killed in the middle of accrual nights on the embedded database, they are finished by running again (R3)',
  () => killed('embedded'),
  limit('embedded'),
)
