/**
 * Imports a file of metrics: what videos, or the followers of partners, counted at an instant; any shape, by a mapping.
 *
 * With `create_partners` a channel or video that is not known is made. Source: spec B14, G2.
 */

import type { App } from '../app.ts'
import { readMapping } from '../conversions/import-mapping.ts'
import { type FileRequest, type Imported, importFile, type OnProgress } from '../conversions/import-run.ts'
import { metricReader } from './import-items.ts'
import { enterRows } from './import-rows.ts'

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
