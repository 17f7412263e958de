/** Files of metrics, and what becomes of them. */
import { expect } from 'vitest'
import { importMetrics } from '../../../src/server/metrics/import.ts'
import { undoMetrics } from '../../../src/server/metrics/import-undo.ts'
import { fileOf as fileIn, rejectsOf } from '../conversions/files.ts'
import type { Shop } from './support.ts'

export { reasonsOf, rejectsOf } from '../conversions/files.ts'

export const fileOf = (shop: Shop, content: string | string[]) => fileIn(shop.w as never, content)

type Options = { map?: Record<string, unknown>; dry_run?: boolean; file?: string }
export type Taken = Awaited<ReturnType<typeof importMetrics>> & { amount_cents: Record<string, number> }

export async function take(shop: Shop, content: string | string[], { map, dry_run = false, file }: Options = {}): Promise<Taken> {
  const request = { file: file ?? fileOf(shop, content), brand_id: shop.brand_id, dry_run, ...(map && { map }) }
  const imported = await importMetrics(shop.w.app, request, () => {})
  expect(imported.read).toBe(imported.created + imported.duplicates + imported.rejected)
  expect(rejectsOf(imported)).toHaveLength(imported.rejected)
  return { ...imported, amount_cents: {} }
}

export const undo = (shop: Shop, { import_id }: Pick<Taken, 'import_id'>, dry_run = false) =>
  undoMetrics(shop.w.app, { import_id: import_id as string, dry_run }, () => {})

/** What videos of the shop were observed to count, by external id and instant. */
export const observedIn = (shop: Shop) =>
  shop.w.sql<{
    video: string
    partner: string | null
    at: string
    views: number | null
    likes: number | null
    comments: number | null
  }>(
    `select v.external_id as video, p.name as partner, m.captured_at as at, m.view_count as views, m.like_count as likes,
      m.comment_count as comments
    from video_metrics m join videos v on v.org_id = m.org_id and v.id = m.video_id left join partners p on p.id = v.partner_id
    where v.program_id = $1 and m.withdrawn_at is null order by 1, 3`,
    [shop.brand_id],
  )
