/**
 * Imports a file of conversions: any delimiter, decimal and date, by a mapping; each rejected row with its reason.
 *
 * First every conversion of the file, then every row that takes one back. Source: spec G, G2.
 */
import { refuse } from '../../core/refusal.ts'
import type { App } from '../app.ts'
import { named } from '../campaigns/campaigns.sql.ts'
import type { Ctx } from '../context.ts'
import { type Engine, flat, type Reading } from './import-engine.ts'
import { readMapping } from './import-mapping.ts'
import { reverseRows } from './import-reversals.ts'
import { type ConversionReader, conversionReader, isItem, itemOf, reasonOf, recordRows } from './import-rows.ts'
import { type FileRequest, type Imported, importFile, type OnProgress, type Pass } from './import-run.ts'
import { undoImport } from './import-undo.ts'
import type { Sample } from './import-upload.ts'

export type { Imported } from './import-run.ts'
export type ImportRequest = FileRequest & { campaign: string; map?: Record<string, unknown> | undefined }

const passes: Pass<ConversionReader>[] = [
  { wants: (reader, row) => !reader.rows.reverses(row), enter: recordRows },
  { wants: (reader, row) => reader.rows.reverses(row), enter: reverseRows },
]

/** Imports a file, or with `dry_run` says what it would do and does nothing. Refuses `not_found`, `invalid_body`. */
export async function importConversions(app: App, request: ImportRequest, onProgress: OnProgress): Promise<Imported> {
  const mapping = readMapping(request.map)
  return importFile(
    app,
    request,
    {
      ...{ kind: 'conversions', mapping },
      reader: async (ctx, headers) => conversionReader(await campaignOf(ctx, request.campaign), mapping, headers, ctx.time_zone),
      campaignOf: reader => reader.campaign.id,
      passes: mapping.reversal ? passes : passes.slice(0, 1),
    },
    onProgress,
  )
}

async function campaignOf(ctx: Ctx, name: string) {
  const [campaign] = await named(ctx.tx, ctx.org_id, ctx.program.id, [name.toLowerCase()])
  return campaign ?? refuse('not_found', `There is no campaign "${name}" in this brand.`)
}

/** Rows as conversions of the campaign; nothing is recorded, and nobody is looked up. */
async function preview(ctx: Ctx, { mapping: map, campaign_id }: Reading, { headers, rows }: Sample) {
  const mapping = readMapping(map)
  if (campaign_id === undefined) {
    refuse('invalid_body', 'Choose the campaign that these conversions belong to.', {
      errors: [{ path: 'campaign_id', message: 'is needed' }],
    })
  }
  const reader = conversionReader(await campaignOf(ctx, campaign_id), mapping, headers, ctx.time_zone)
  return rows.map(row => {
    const reverses = reader.rows.reverses(row)
    const item = itemOf(reader, row, { takes_back: reverses })
    if (!isItem(item)) return { fields: null, fault: reasonOf(item.faults), reverses }
    const { campaign: _, ...fields } = item
    return { fields: flat(fields), fault: null, reverses }
  })
}

export const conversionEngine: Engine = {
  preview,
  take: (app, { mapping, campaign_id = '', ...request }, onProgress) =>
    importConversions(app, { ...request, campaign: campaign_id, map: mapping }, onProgress),
  undo: undoImport,
}
