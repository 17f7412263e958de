import { describe, expect } from 'vitest'
import { keyOf } from '../../support/keys.ts'
import { type StructureShop, stories } from '../structures/support.ts'

const story = stories({ today: '2026-03-31T12:00:00Z' })

// biome-ignore lint/suspicious/noExplicitAny: answers are compared, not typed
type Json = any
type Row = [method: string, path: string, body?: object]

const at = '2026-03-31T00:00:00Z'

/** A creator with a video, a goal and a payment of its accrual. */
async function feed(shop: StructureShop) {
  const { partner, accrual } = await shop.earned(50_00, { until: '2026-05-01' })
  const made = (path: string, body: object): Promise<Json> =>
    shop.must(shop.v1('POST', path, body, { headers: { 'idempotency-key': shop.w.app.newId() } }))
  const video = await made('/videos', { project_id: shop.brand_id, creator_id: partner.id, external_id: 'v', posted_at: at })
  await made(`/videos/${video.id}/snapshots`, { captured_at: at, view_count: 1 })
  await made(`/creators/${partner.id}/snapshots`, { captured_at: at, follower_count: 1 })
  const goal = await made('/goals', { creator_id: partner.id, type: 'views', target: 1, period: 'daily' })
  const payment = await made('/payout-payments', {
    ...{ project_id: shop.brand_id, creator_id: partner.id, accrual_ids: [accrual.id], total_amount_cents: 50_00 },
  })
  return { creator: partner as { id: string }, video, goal, payment }
}

describe('a key of one project', () => {
  story('sees and changes the creators, videos, goals and payments of that one alone', async shop => {
    const { creator, video, goal, payment } = await feed(shop)
    const theirs = await keyOf(shop.w, { brand_id: await shop.another() })
    const ours = await keyOf(shop.w, { brand_id: shop.brand_id })
    const send = (key: string, [method, path, body]: Row) =>
      shop.v1(method, path, body, { key, headers: { 'idempotency-key': shop.w.app.newId() } })

    const project = `/projects/${shop.brand_id}`
    for (const path of [
      ...[`/creators/${creator.id}`, `/creators/${creator.id}/snapshots`],
      ...[`/videos/${video.id}`, `/videos/${video.id}/snapshots`, `/goals/${goal.id}`, `/payout-payments/${payment.id}`],
      `${project}/goal-compliance`,
    ]) {
      expect([path, (await send(theirs, ['GET', path])).status]).toEqual([path, 404])
      expect([path, (await send(ours, ['GET', path])).status]).toEqual([path, 200])
    }
    for (const list of ['/creators', '/videos', '/goals', '/payout-payments']) {
      for (const filter of ['', `?project_id=${shop.brand_id}`, ...(list === '/creators' ? [] : [`?creator_id=${creator.id}`])])
        expect([list, filter, (await send(theirs, ['GET', list + filter])).data]).toEqual([list, filter, []])
      expect([list, (await send(ours, ['GET', list])).data.length]).toEqual([list, 1])
    }

    const writes: Row[] = [
      ['POST', `${project}/creators`, { tiktok_handle: 'bob' }],
      ['PATCH', `/creators/${creator.id}`, { description: 'X' }],
      ['POST', `/creators/${creator.id}/snapshots`, { captured_at: '2026-04-01T00:00:00Z', follower_count: 2 }],
      ['POST', '/videos', { project_id: shop.brand_id, external_id: 'w', posted_at: at }],
      ['PATCH', `/videos/${video.id}`, { title: 'X' }],
      ['POST', `/videos/${video.id}/snapshots`, { captured_at: '2026-04-01T00:00:00Z', view_count: 2 }],
      ['POST', '/goals', { creator_id: creator.id, type: 'posts', target: 1, period: 'daily' }],
      ['PATCH', `/goals/${goal.id}`, { target: 2 }],
      ['POST', '/payout-payments', { project_id: shop.brand_id, creator_id: creator.id, total_amount_cents: 1_00 }],
      ['PATCH', `/payout-payments/${payment.id}`, { status: 'voided' }],
      ['DELETE', `/goals/${goal.id}`],
      ['DELETE', `${project}/creators`, { creator_ids: [creator.id] }],
      ['DELETE', `/creators/${creator.id}`],
    ]
    for (const row of writes) await shop.refused(() => send(theirs, row), 404, 'not_found')
    for (const row of writes.slice(0, -1)) {
      const answer = await send(ours, row)
      expect(answer.status, `${row[0]} ${row[1]} ${answer.text}`).toBeLessThan(300)
    }
  })

  story('names nothing of another project in what it makes in its own', async shop => {
    const { creator, video } = await feed(shop)
    const project_id = await shop.another()
    const key = await keyOf(shop.w, { brand_id: project_id })
    const rows: Row[] = [
      ['POST', '/videos', { project_id, creator_id: creator.id, external_id: 'w', posted_at: at }],
      ['POST', '/payout-payments', { project_id, creator_id: creator.id, total_amount_cents: 1_00 }],
    ]
    const headers = () => ({ 'idempotency-key': shop.w.app.newId() })
    for (const [method, path, body] of rows)
      await shop.refused(() => shop.v1(method, path, body, { key, headers: headers() }), 404, 'not_found')
    const own = await shop.must(shop.v1('POST', '/videos', { project_id, external_id: 'v', posted_at: at }, { key }))
    expect(own.id).not.toBe(video.id)
    await shop.refused(() => shop.v1('PATCH', `/videos/${own.id}`, { creator_id: creator.id }, { key }), 404, 'not_found')
  })
})
