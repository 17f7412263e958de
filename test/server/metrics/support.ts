/** What feeds are asked with: paths under /api/v1, and a creator, a video and its observations in one line each. */
import { expect } from 'vitest'
import type { Answered } from '../../support/world.ts'
import type { Shop } from '../payouts/support.ts'

export { type Shop, stories } from '../payouts/support.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are compared, not typed
type Json = any
type Fields = Record<string, unknown>
type Named = { id: string }

export const v1 = (shop: Shop, method: string, path: string, body?: unknown, key?: string): Promise<Answered> =>
  shop.w.request(method, `/api/v1${path}`, body, key ? { key } : {})

export const get = (shop: Shop, path: string): Promise<Json> => shop.must(v1(shop, 'GET', path))

let handles = 0
export const creator = (shop: Shop, fields: Fields = {}): Promise<Json> =>
  shop.must(v1(shop, 'POST', `/projects/${shop.brand_id}/creators`, { tiktok_handle: `creator-${++handles}`, ...fields }))

let videos = 0
export const video = (shop: Shop, of: Named | null, fields: Fields = {}): Promise<Json> =>
  shop.must(
    v1(shop, 'POST', '/videos', {
      ...{
        project_id: shop.brand_id,
        creator_id: of?.id ?? null,
        external_id: `v-${++videos}`,
        posted_at: '2026-03-01T00:00:00Z',
      },
      ...fields,
    }),
  )

/** Records what a video counted: by instant, its views or all its counts. */
export async function observe(shop: Shop, of: Named, counts: Record<string, number | Fields>): Promise<Json> {
  const snapshots = Object.entries(counts).map(([captured_at, seen]) => ({
    captured_at,
    ...(typeof seen === 'number' ? { view_count: seen } : seen),
  }))
  const data = await shop.must(v1(shop, 'POST', `/videos/${of.id}/snapshots`, { snapshots }))
  expect(data.counts, JSON.stringify(data)).toMatchObject({ created: snapshots.length })
  return data
}

export const statuses = (results: { status: string }[]) => results.map(result => result.status)
