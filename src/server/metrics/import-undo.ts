/**
 * Undoes an import of metrics: its observations are withdrawn, and the newest counts of its videos are those before it.
 *
 * Nothing is deleted, and what was accrued from them stands. The same file can be imported again. Source: spec G.
 */
import { type App, work } from '../app.ts'
import { type Ctx, systemCaller } from '../context.ts'
import * as imports from '../conversions/import.sql.ts'
import { type InTransaction, takenBack } from '../conversions/import-run.ts'
import { findImport, type UndoRequest } from '../conversions/import-undo.ts'
import * as channels from '../partners/channels.sql.ts'
import * as sql from './observations.sql.ts'
import { ofPartners, ofVideos } from './observations.sql.ts'
import * as videos from './videos.sql.ts'

const PAGE = 1000

export type Withdrawn = { import_id: string; withdrawn: number }
type OnProgress = (progress: { read: number }) => void

/** Refuses `not_found`. With `dry_run` it says what it would do and does nothing. */
export async function undoMetrics(
  app: App,
  { import_id, dry_run, actor }: UndoRequest,
  onProgress: OnProgress,
): Promise<Withdrawn> {
  const { org_id, program_id } = await findImport(app, import_id)
  const inTransaction: InTransaction = act => work(app, systemCaller(org_id, 'import undo', actor), { program_id }, act)
  if (dry_run) return takenBack(inTransaction, ctx => undoAll(act => act(ctx), import_id, onProgress))
  return undoAll(inTransaction, import_id, onProgress)
}

async function undoAll(inTransaction: InTransaction, import_id: string, onProgress: OnProgress): Promise<Withdrawn> {
  let withdrawn = 0
  for (const series of [ofVideos, ofPartners]) {
    let after: string | null = null
    do {
      const page: { withdrawn: number; last: string | null } = await inTransaction(ctx => undoPage(ctx, series, import_id, after))
      withdrawn += page.withdrawn
      after = page.last
      onProgress({ read: withdrawn })
    } while (after !== null)
  }
  return inTransaction(ctx => finish(ctx, { import_id, withdrawn }))
}

/** Withdraws the next of the import's observations that stand. */
async function undoPage(ctx: Ctx, series: sql.Series, import_id: string, after: string | null) {
  const found = await sql.ofImport(ctx, series, import_id, after, PAGE)
  if (found.length === 0) return { withdrawn: 0, last: null }
  const owners = [...new Set(found.map(each => each.owner_id))]
  await (series === ofVideos ? videos.lockAll : channels.lockAll)(ctx, owners)
  const ids = found.map(each => each.id)
  const withdrawn = await sql.withdraw(ctx, series, ids)
  if (series === ofVideos) await sql.refresh(ctx, owners)
  return { withdrawn, last: ids.at(-1) ?? null }
}

/** Marks the import as undone, once. */
async function finish(ctx: Ctx, undone: Withdrawn): Promise<Withdrawn> {
  const { import_id, withdrawn } = undone
  const before = await imports.one(ctx.tx, ctx.org_id, import_id)
  if (before?.status === 'undone' && withdrawn === 0) return undone
  await imports.update(ctx, import_id, { status: 'undone', undone_at: ctx.now })
  ctx.tell('import.undone', import_id, { program_id: ctx.program.id, after: undone })
  return undone
}
