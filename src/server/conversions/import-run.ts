/**
 * Takes a file in, whatever its rows are: batches of 1,000 rows are a transaction each, each rejected row has its reason.
 *
 * Stopped in the middle, running the same file again finishes, since what is there counts as a duplicate.
 * `read = created + duplicates + rejected`. Source: spec G, G2.
 */
import path from 'node:path'
import type { FileRow, Mapping, RowKind } from '../../core/mapping.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { type App, work } from '../app.ts'
import { type Ctx, systemCaller } from '../context.ts'
import { newStatistics } from '../db/upkeep.ts'
import { organizationOf } from '../organizations/programs.sql.ts'
import * as sql from './import.sql.ts'
import { batchesOf, headersOf, type Rejects, rejectsFile } from './import-file.ts'
import type { Earned, Outcome } from './import-rows.ts'

export type FileRequest = { file: string; brand_id: string; dry_run: boolean }
/** `amount_cents` is what partners earn by the import, less what its reversals took, by currency. */
export type Imported = sql.Tally & { import_id: string | null; rejects_file: string | null; amount_cents: Record<string, number> }
/** `share` of the file is read, from 0 to 1. */
export type OnProgress = (progress: sql.Tally & { share: number }) => void

/** Runs one use case in a transaction of the import's program. */
export type InTransaction = <T>(act: (ctx: Ctx) => Promise<T>) => Promise<T>

/** One reading of the file: the rows that it wants, and how a batch of them is entered. */
export type Pass<Reader> = {
  wants(reader: Reader, row: FileRow): boolean
  enter(ctx: Ctx, reader: Reader, rows: FileRow[], import_id: string | null): Promise<Outcome[]>
}
/** How a kind of file is read; the reader is made once, inside the program. */
export type Taking<Reader> = {
  kind: RowKind
  mapping: Mapping
  reader(ctx: Ctx, headers: string[]): Promise<Reader>
  campaignOf(reader: Reader): string | null
  passes: readonly Pass<Reader>[]
}

/** Imports a file, or with `dry_run` says what it would do and does nothing. Refuses `not_found`, `invalid_body`. */
export async function importFile<R>(
  app: App,
  request: FileRequest,
  taking: Taking<R>,
  onProgress: OnProgress,
): Promise<Imported> {
  const org_id = (await organizationOf(app.db, request.brand_id)) ?? refuse('not_found', `There is no brand ${request.brand_id}.`)
  const headers = await headersOf(request.file, taking.mapping)
  const caller = systemCaller(org_id, 'import')
  const inTransaction: InTransaction = act => work(app, caller, { program_id: request.brand_id }, act)
  return (request.dry_run ? rehearse : carryOut)({ app, request, taking, headers, onProgress }, inTransaction)
}

type Job<R> = { app: App; request: FileRequest; taking: Taking<R>; headers: string[]; onProgress: OnProgress }

async function carryOut<R>(job: Job<R>, inTransaction: InTransaction): Promise<Imported> {
  const id = job.app.newId()
  const { taking } = job
  const reader = await inTransaction(async ctx => {
    const found = await taking.reader(ctx, job.headers)
    const row = { id, campaign_id: taking.campaignOf(found), kind: taking.kind, file_name: path.basename(job.request.file) }
    await sql.insert(ctx, row)
    return found
  })
  const imported = await takeIn(job, reader, id, inTransaction).catch(error => refuseHalfDone(error, id))
  await inTransaction(async ctx => {
    const { read, created, duplicates, rejected, amount_cents } = imported
    await sql.update(ctx, id, { status: 'done' })
    const after = { read, created, duplicates, rejected, amount_cents }
    ctx.tell('import.done', id, { program_id: ctx.program.id, after })
  })
  await newStatistics(job.app.db)
  return imported
}

/** What stands before the trouble is recorded and keeps its name, by which it can be undone. */
function refuseHalfDone(error: unknown, import_id: string): never {
  if (!(error instanceof Refusal)) throw error
  return refuse(
    error.code,
    `${error.message} What was read before it is recorded: mend the file and import it again, or undo import ${import_id}.`,
  )
}

/** Does everything in one transaction and takes it back; what it finds is what the import would do. */
async function rehearse<R>(job: Job<R>, inTransaction: InTransaction): Promise<Imported> {
  return takenBack(inTransaction, async ctx => {
    const reader = await job.taking.reader(ctx, job.headers)
    return takeIn(job, reader, null, act => act(ctx))
  })
}

/** Thrown to roll a transaction back; what it found is kept outside. */
class Rehearsed extends Error {}

/** Runs `act` in one transaction that is rolled back, and returns what it returned. */
export async function takenBack<T>(inTransaction: InTransaction, act: (ctx: Ctx) => Promise<T>): Promise<T> {
  const found: T[] = []
  const rolledBack = inTransaction(async ctx => {
    found[0] = await act(ctx)
    throw new Rehearsed()
  })
  await rolledBack.catch(error => {
    if (!(error instanceof Rehearsed)) throw error
  })
  return found[0] as T
}

/** Reads the file once for each pass. */
async function takeIn<R>(
  { app, request, taking, headers, onProgress }: Job<R>,
  reader: R,
  import_id: string | null,
  inTransaction: InTransaction,
): Promise<Imported> {
  const rejects = rejectsFile(app.config.data_dir, import_id ?? `dry-run-${app.newId()}`, headers)
  const { mapping, passes } = taking
  let so_far: Imported = { import_id, read: 0, created: 0, duplicates: 0, rejected: 0, rejects_file: null, amount_cents: {} }
  try {
    for (const [n, { wants, enter }] of passes.entries()) {
      for await (const { rows, share } of batchesOf(request.file, mapping, row => wants(reader, row))) {
        const before: Imported = so_far
        const outcomes = await inTransaction(async ctx => {
          const found = await enter(ctx, reader, rows, import_id)
          if (import_id !== null) await sql.update(ctx, import_id, tallyOf(before, found))
          return found
        })
        so_far = { ...before, ...tallyOf(before, outcomes), amount_cents: earnedBy(before.amount_cents, outcomes) }
        await reject(rejects, rows, outcomes)
        onProgress({ ...tallyOf(so_far, []), share: (n + share) / passes.length })
      }
    }
  } finally {
    so_far.rejects_file = await rejects.close()
  }
  return so_far
}

function tallyOf({ read, created, duplicates, rejected }: sql.Tally, outcomes: Outcome[]): sql.Tally {
  const count = (status: Outcome['status']) => outcomes.filter(o => o.status === status).length
  return {
    read: read + outcomes.length,
    created: created + count('created'),
    duplicates: duplicates + count('duplicate'),
    rejected: rejected + count('rejected'),
  }
}

export function earnedBy(before: Record<string, number>, entries: { earned: Earned | null }[]): Record<string, number> {
  const sums = { ...before }
  for (const { earned } of entries) if (earned) sums[earned.currency] = (sums[earned.currency] ?? 0) + earned.amount_cents
  return sums
}

async function reject(rejects: Rejects, rows: FileRow[], outcomes: Outcome[]): Promise<void> {
  outcomes.forEach((outcome, n) => {
    if (outcome.status === 'rejected') rejects.add(rows[n] as FileRow, outcome.reason)
  })
  await rejects.flush()
}
