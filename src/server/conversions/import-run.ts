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

/** The row that stands for the file already, who runs it, and what hears the reason of each rejection. */
export type Under = { import_id: string; actor: string; onReject(reason: string): void }
export type FileRequest = { file: string; brand_id: string; dry_run: boolean; under?: Under }
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
  const caller = systemCaller(org_id, 'import', request.under?.actor)
  const inTransaction: InTransaction = act => work(app, caller, { program_id: request.brand_id }, act)
  return (request.dry_run ? rehearse : carryOut)({ app, request, taking, headers, onProgress }, inTransaction)
}

type Job<R> = { app: App; request: FileRequest; taking: Taking<R>; headers: string[]; onProgress: OnProgress }

async function carryOut<R>(job: Job<R>, inTransaction: InTransaction): Promise<Imported> {
  const { taking, request } = job
  const id = request.under?.import_id ?? job.app.newId()
  const { reader, before } = await inTransaction(async ctx => {
    const reader = await taking.reader(ctx, job.headers)
    const row = { id, campaign_id: taking.campaignOf(reader), kind: taking.kind, file_name: path.basename(request.file) }
    return { reader, before: await begin(ctx, row) }
  })
  const imported = await takeIn(job, reader, { import_id: id, before }, inTransaction).catch(error =>
    refuseHalfDone(error, id, inTransaction),
  )
  await inTransaction(async ctx => {
    const { read, created, duplicates, rejected, amount_cents } = imported
    await sql.update(ctx, id, { status: 'done' })
    const after = { read, created, duplicates, rejected, amount_cents }
    ctx.tell('import.done', id, { program_id: ctx.program.id, after })
  })
  await newStatistics(job.app.db)
  return imported
}

/** What an import has made already: some of it when it was cut off before. */
type Before = Pick<sql.ImportRow, 'created' | 'earned'>
const NOTHING: Before = { created: 0, earned: {} }

/** Makes the import's row, or takes up the one that is there. */
async function begin(ctx: Ctx, row: Parameters<typeof sql.insert>[1]): Promise<Before> {
  const before = await sql.one(ctx.tx, ctx.org_id, row.id)
  if (before) await sql.update(ctx, row.id, { status: 'running', campaign_id: row.campaign_id })
  else await sql.insert(ctx, row)
  return before ?? NOTHING
}

/** What was made before it was cut off is found there again, and counts as made. */
const withBefore = <T extends sql.Tally>(tally: T, { created }: Before): T => ({
  ...tally,
  created: tally.created + created,
  duplicates: Math.max(0, tally.duplicates - created),
})

/** What stands before the trouble is recorded and keeps its name, by which it can be undone. */
async function refuseHalfDone(error: unknown, import_id: string, inTransaction: InTransaction): Promise<never> {
  await inTransaction(ctx => sql.update(ctx, import_id, { status: 'interrupted' })).catch(() => {}) // the first trouble says more
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
    return takeIn(job, reader, { import_id: null, before: NOTHING }, act => act(ctx))
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
  { import_id, before }: { import_id: string | null; before: Before },
  inTransaction: InTransaction,
): Promise<Imported> {
  const { under } = request
  const rejects = rejectsFile(app.config.data_dir, under?.import_id ?? import_id ?? `dry-run-${app.newId()}`, headers)
  const { mapping, passes } = taking
  const counts = { read: 0, created: 0, duplicates: 0, rejected: 0 }
  let so_far: Imported = { import_id, ...counts, rejects_file: null, amount_cents: before.earned }
  try {
    for (const [n, { wants, enter }] of passes.entries()) {
      for await (const { rows, share } of batchesOf(request.file, mapping, row => wants(reader, row))) {
        const last: Imported = so_far
        const outcomes = await inTransaction(async ctx => {
          const found = await enter(ctx, reader, rows, import_id)
          const earned = earnedBy(last.amount_cents, found)
          if (import_id !== null) await sql.update(ctx, import_id, { ...withBefore(tallyOf(last, found), before), earned })
          return found
        })
        so_far = { ...last, ...tallyOf(last, outcomes), amount_cents: earnedBy(last.amount_cents, outcomes) }
        await reject(rejects, rows, outcomes, under?.onReject)
        onProgress({ ...withBefore(tallyOf(so_far, []), before), share: (n + share) / passes.length })
      }
    }
  } finally {
    so_far.rejects_file = await rejects.close()
  }
  return withBefore(so_far, before)
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

async function reject(
  rejects: Rejects,
  rows: FileRow[],
  outcomes: Outcome[],
  onReject: Under['onReject'] = () => {},
): Promise<void> {
  outcomes.forEach((outcome, n) => {
    if (outcome.status !== 'rejected') return
    rejects.add(rows[n] as FileRow, outcome.reason)
    onReject(outcome.reason)
  })
  await rejects.flush()
}
