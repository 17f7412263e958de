/** What an agent with one key does, over HTTP alone: the workflows of trackagoat's MCP page. Source: spec B16. */
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { accrue } from '../../src/server/structures/accrue.ts'
import { type World, world } from '../support/world.ts'

// biome-ignore lint/suspicious/noExplicitAny: an agent reads what comes
type Json = any
const V = '/api/v1'
let w: World
beforeEach(async () => {
  w = await world({ today: '2026-03-02' }) // a Monday
})
afterEach(() => w.close())

async function ask(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Json> {
  const answer = await w.request(method, `${V}${path}`, body, { headers })
  expect(answer.status, `${method} ${path} ${answer.text}`).toBeLessThan(300)
  return answer
}
const get = async (path: string): Promise<Json> => (await ask('GET', path)).data
const post = async (path: string, body: object): Promise<Json> => (await ask('POST', path, body)).data

/** All rows of a list, two at a time, so that paging is part of every flow. */
async function all(path: string): Promise<Json[]> {
  const rows: Json[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { data, meta } = await ask('GET', `${path}${path.includes('?') ? '&' : '?'}limit=2${cursor && `&cursor=${cursor}`}`)
    rows.push(...data)
    cursor = meta.next_cursor
  }
  return rows
}

/** Time passes, and the nightly job has run. */
async function night(at: string): Promise<void> {
  await w.travelTo(at)
  await accrue(w.app, w.app.clock.now())
}

const creator = async (project_id: string, tiktok_handle: string): Promise<string> =>
  (await post(`/projects/${project_id}/creators`, { tiktok_handle })).id

/** A structure with creators on it from now on. */
async function structure(project_id: string, creator_ids: string[], fields: object): Promise<string> {
  const flat = { currency: 'USD', criteria_type: 'recurring', criteria_params: {}, proration_mode: 'skip' }
  const { structure_id } = await post('/payout-structures', { project_id, name: 'Base', period: 'weekly', ...flat, ...fields })
  await post(`/payout-structures/${structure_id}/assignments`, { creator_ids })
  return structure_id
}

/** Cents by creator. */
function sums(rows: Json[]): Record<string, number> {
  const found: Record<string, number> = {}
  for (const { creator_id, amount_cents } of rows) found[creator_id] = (found[creator_id] ?? 0) + amount_cents
  return found
}

test('1: reviews the week: what accrued and why, refuses what is not deserved, and knows the rest [TG-100]', async () => {
  const ids = await Promise.all(['ada', 'ben', 'cleo'].map(name => creator(w.brand_id, name)))
  const [ada, ben, cleo] = ids as [string, string, string]
  await structure(w.brand_id, ids, { amount_cents: 40_00 })
  const video = await post('/videos', {
    project_id: w.brand_id,
    creator_id: ada,
    external_id: 'v1',
    posted_at: '2026-03-03T09:00:00Z',
  })
  await structure(w.brand_id, [ada], { criteria_type: 'cpm', amount_cents: 5_00 })
  await post(`/videos/${video.id}/snapshots`, { captured_at: '2026-03-08T20:00:00Z', view_count: 30_000 })
  await night('2026-03-09T03:00:00Z')

  const week = await all(`/payout-accruals?project_id=${w.brand_id}&from=2026-03-02&to=2026-03-08`)
  expect(sums(week)).toEqual({ [ada]: 190_00, [ben]: 40_00, [cleo]: 40_00 })
  for (const { id, amount_cents, status } of week) {
    const { inputs_snapshot: why } = await get(`/payout-accruals/${id}`)
    const due = why.criteria_type === 'cpm' ? Math.round((why.rate_cents * why.views) / 1000) : why.base_amount_cents
    expect([status, amount_cents]).toEqual(['earned', due])
  }
  const idle = week.filter(row => row.creator_id === cleo)
  for (const { id } of idle) await ask('PATCH', `/payout-accruals/${id}`, { status: 'rejected' })
  const open = await all(`/payout-accruals?project_id=${w.brand_id}&status=earned`)
  expect(sums(open)).toEqual({ [ada]: 190_00, [ben]: 40_00 })
  expect(await all(`/payout-payments?project_id=${w.brand_id}&from=2026-03-02`)).toEqual([])
})

test('2: finds who is unpaid across the organization, project by project [TG-100]', async () => {
  const projects = [w.brand_id]
  for (const name of ['Second', 'Third']) projects.push((await post('/projects', { name })).id)
  for (const [n, project_id] of projects.entries()) {
    const ids = [await creator(project_id, 'ada'), await creator(project_id, `only_${n}`)]
    await structure(project_id, ids, { amount_cents: (n + 1) * 10_00 })
  }
  await night('2026-03-23')
  const [paid] = await all(`/creators?project_id=${projects[1]}&search=ada`)
  const settle = { project_id: projects[1], creator_id: paid.id, total_amount_cents: 60_00, auto_apply_outstanding: true }
  await ask('POST', '/payout-payments', settle, { 'idempotency-key': randomUUID() })

  const audit: [string, string, number, string | null][] = []
  const unpaid = sums(await all('/payout-accruals?status=earned'))
  const payments = await all('/payout-payments?status=paid')
  for (const project of await all('/projects')) {
    for (const { id, handle } of await all(`/creators?project_id=${project.id}`)) {
      const last = payments.find(payment => payment.creator_id === id)
      audit.push([project.name, handle, unpaid[id] ?? 0, last?.paid_at ?? null])
    }
  }
  const first = (await get('/projects')).at(-1).name
  expect(
    audit
      .filter(([, , cents]) => cents > 0)
      .map(([project, handle, cents]) => `${project} ${handle} ${cents}`)
      .sort(),
  ).toEqual([`${first} ada 3000`, `${first} only_0 3000`, 'Second only_1 6000', 'Third ada 9000', 'Third only_2 9000'].sort())
  expect(audit.filter(([, , cents]) => cents === 0)).toEqual([['Second', 'ada', 0, expect.stringMatching(/^2026-03-23T/)]])
})

test('3: records a payment to a creator via Venmo, once however often it is sent [TG-100]', async () => {
  const ada = await creator(w.brand_id, 'ada')
  await structure(w.brand_id, [ada], { amount_cents: 25_00 })
  await night('2026-03-23')

  const [found] = await all('/creators?search=ada')
  const method = (await get('/payout-methods')).find((each: Json) => each.name === 'Venmo')
  const outstanding = await all(`/payout-accruals?project_id=${found.project_id}&creator_id=${found.id}&status=earned`)
  const total_amount_cents = outstanding.reduce((sum, row) => sum + row.amount_cents, 0)
  expect(total_amount_cents).toBe(75_00)
  const body = {
    ...{ project_id: found.project_id, creator_id: found.id, method_id: method.id, total_amount_cents },
    ...{ accrual_ids: outstanding.map(row => row.id), tracking_url: 'https://venmo.example/t/1' },
  }
  const key = { 'idempotency-key': randomUUID() }
  const first = (await ask('POST', '/payout-payments', body, key)).data
  const again = (await ask('POST', '/payout-payments', body, key)).data
  expect([again.id, first.status, first.method_name, first.payout_adjustments]).toEqual([first.id, 'paid', 'Venmo', []])
  expect(first.payout_payment_lines.map((line: Json) => line.accrual_id).sort()).toEqual(body.accrual_ids.sort())
  expect(await all(`/payout-accruals?creator_id=${ada}&status=earned`)).toEqual([])
  expect(await all(`/payout-payments?creator_id=${ada}`)).toMatchObject([{ id: first.id, total_amount_cents: 75_00 }])
})

test('4: sets up a new creator with a goal-based structure, which pays by how far the goals were met [TG-100]', async () => {
  const [project] = await get('/projects')
  const ada = await creator(project.id, '@ada')
  for (const goal of [
    { type: 'posts', target: 2 },
    { type: 'views', target: 10_000 },
  ])
    await post('/goals', { creator_id: ada, period: 'weekly', ...goal })
  const criteria_params = { mode: 'all', partial_allowed: true, min_completion_pct: 50 }
  const made = await structure(project.id, [ada], { amount_cents: 100_00, criteria_type: 'goals', criteria_params })
  expect(await get(`/payout-structures/${made}`)).toMatchObject({ assignment_count: 1, current_version: { criteria_params } })

  for (const [n, day] of ['03', '05'].entries()) {
    const posted = { external_id: `v${n}`, posted_at: `2026-03-${day}T12:00:00Z` }
    const video = await post('/videos', { project_id: project.id, creator_id: ada, ...posted })
    await post(`/videos/${video.id}/snapshots`, { captured_at: '2026-03-08T22:00:00Z', view_count: 3_000 })
  }
  const standing = await get(`/projects/${project.id}/goal-compliance?creator_id=${ada}&reference_date=2026-03-04`)
  expect(standing.map((each: Json) => [each.goal.type, each.actual, each.target]).sort()).toEqual([
    ['posts', 2, 2],
    ['views', 6_000, 10_000],
  ])
  await night('2026-03-10T23:59:00Z')
  expect(await all(`/payout-accruals?creator_id=${ada}`)).toEqual([])
  await night('2026-03-11T00:00:00Z')
  const [accrual] = await all(`/payout-accruals?creator_id=${ada}`)
  // posts are met, views to 60 %: (1 + 0.6) / 2 of 100.00
  expect(accrual).toMatchObject({ amount_cents: 80_00, status: 'earned', structure_id: made })
  const { inputs_snapshot } = await get(`/payout-accruals/${accrual.id}`)
  expect(inputs_snapshot).toMatchObject({ completion_pct: 0.8, partial: { applied: true } })
})
