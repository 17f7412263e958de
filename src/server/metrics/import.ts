/**
 * Imports a file of metrics: what videos, or the followers of partners, counted at an instant; any shape, by a mapping.
 *
 * With `create_partners` a channel or video that is not known is made. Source: spec B14, G2.
 */
import type { App } from '../app.ts'
import type { Ctx } from '../context.ts'
import { type Engine, flat, type Reading } from '../conversions/import-engine.ts'
import { readMapping } from '../conversions/import-mapping.ts'
import { type FileRequest, type Imported, importFile, type OnProgress } from '../conversions/import-run.ts'
import type { Sample } from '../conversions/import-upload.ts'
import { isItem, metricReader, readItem } from './import-items.ts'
import { enterRows } from './import-rows.ts'
import { undoMetrics } from './import-undo.ts'

export type MetricsRequest = FileRequest & { map?: Record<string, unknown> | undefined }
export type ImportedMetrics = Omit<Imported, 'amount_cents'>

/** Imports a file, or with `dry_run` says what it would do and does nothing. Refuses `not_found`, `invalid_body`. */
export async function importMetrics(app: App, request: MetricsRequest, onProgress: OnProgress): Promise<ImportedMetrics> {
  const mapping = readMapping(request.map, 'metrics')
  const { amount_cents: _, ...imported } = await importFile(
    app,
    request,
    {
      ...{ kind: 'metrics', mapping },
      reader: async (ctx, headers) => metricReader(mapping, headers, ctx.time_zone),
      campaignOf: () => null,
      passes: [{ wants: () => true, enter: enterRows }],
    },
    onProgress,
  )
  return imported
}

/** Rows as observations; nothing is recorded, and nobody is looked up. */
async function preview(ctx: Ctx, { mapping: map }: Reading, { headers, rows }: Sample) {
  const mapping = readMapping(map, 'metrics')
  const reader = metricReader(mapping, headers, ctx.time_zone)
  return rows.map(row => {
    const item = readItem(reader, row)
    if (!isItem(item)) return { fields: null, fault: item.status === 'rejected' ? item.reason : null, reverses: false }
    const { who, video, captured_at, counts } = item
    const named = { creator: who?.name, platform: who?.platform, video: video?.external_id, title: video?.title }
    return { fields: flat({ ...named, captured_at, ...counts }), fault: null, reverses: false }
  })
}

export const metricEngine: Engine = {
  preview,
  take: (app, { mapping, campaign_id: _, ...request }, onProgress) =>
    importMetrics(app, { ...request, map: mapping }, onProgress),
  undo: undoMetrics,
}
