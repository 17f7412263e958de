/**
 * Imports a file of conversions: any delimiter, decimal and date, by a mapping; each rejected row with its reason.
 *
 * First every conversion of the file, then every row that takes one back. Batches of 1,000 rows are a transaction each:
 * stopped in the middle, running the same file again finishes, since what is there counts as a duplicate.
 * `read = created + duplicates + rejected`. Source: spec G, G2.
 */
import path from 'node:path'
import type { Mapping } from '../../core/mapping.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { type App, work } from '../app.ts'
import { named } from '../campaigns/campaigns.sql.ts'
import { type Ctx, systemCaller } from '../context.ts'
import { newStatistics } from '../db/upkeep.ts'
import { organizationOf } from '../organizations/programs.sql.ts'
import * as sql from './import.sql.ts'
import { batchesOf, headersOf, type Rejects, rejectsFile } from './import-file.ts'
import { readMapping } from './import-mapping.ts'
import { reverseRows } from './import-reversals.ts'
import { type ConversionReader, conversionReader, type Earned, type Outcome, recordRows } from './import-rows.ts'

export type ImportRequest = {
  file: string
  brand_id: string
  campaign: string
  map?: Record<string, unknown> | undefined
  dry_run: boolean
}
/** `amount_cents` is what partners earn by the import, less what its reversals took, by currency. */
export type Imported = sql.Tally & { import_id: string | null; rejects_file: string | null; amount_cents: Record<string, number> }
/** `share` of the file is read, from 0 to 1. */
export type OnProgress = (progress: sql.Tally & { share: number }) => void

/** Runs one use case in a transaction of the import's program. */
export type InTransaction = <T>(act: (ctx: Ctx) => Promise<T>) => Promise<T>

/** Imports a file, or with `dry_run` says what it would do and does nothing. Refuses `not_found`, `invalid_body`. */
export async function importConversions(app: App, request: ImportRequest, onProgress: OnProgress): Promise<Imported> {
  const mapping = readMapping(request.map)
  const org_id = (await organizationOf(app.db, request.brand_id)) ?? refuse('not_found', `There is no brand ${request.brand_id}.`)
  const headers = await headersOf(request.file, mapping)
  const caller = systemCaller(org_id, 'import')
  const inTransaction: InTransaction = act => work(app, caller, { program_id: request.brand_id }, act)
  return (request.dry_run ? rehearse : carryOut)({ app, request, mapping, headers, onProgress }, inTransaction)
}

type Job = { app: App; request: ImportRequest; mapping: Mapping; headers: string[]; onProgress: OnProgress }

async function carryOut(job: Job, inTransaction: InTransaction): Promise<Imported> {
  const id = job.app.newId()
  const reader = await inTransaction(async ctx => {
    const found = await readerFor(ctx, job)
    await sql.insert(ctx, { id, campaign_id: found.campaign.id, file_name: path.basename(job.request.file) })
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
async function rehearse(job: Job, inTransaction: InTransaction): Promise<Imported> {
  return takenBack(inTransaction, async ctx => {
    const reader = await readerFor(ctx, job)
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

async function readerFor(ctx: Ctx, { request, mapping, headers }: Job): Promise<ConversionReader> {
  const [campaign] = await named(ctx.tx, ctx.org_id, ctx.program.id, [request.campaign.toLowerCase()])
  if (!campaign) refuse('not_found', `There is no campaign "${request.campaign}" in this brand.`)
  return conversionReader(campaign, mapping, headers, ctx.time_zone)
}

const passes = [
  { takes_back: false, enter: recordRows },
  { takes_back: true, enter: reverseRows },
]

/** Reads the file once for conversions and, where the mapping knows reversals, once more for those. */
async function takeIn(
  { app, request, mapping, headers, onProgress }: Job,
  reader: ConversionReader,
  import_id: string | null,
  inTransaction: InTransaction,
): Promise<Imported> {
  const rejects = rejectsFile(app.config.data_dir, import_id ?? `dry-run-${app.newId()}`, headers)
  const wanted = mapping.reversal ? passes : passes.slice(0, 1)
  let so_far: Imported = { import_id, read: 0, created: 0, duplicates: 0, rejected: 0, rejects_file: null, amount_cents: {} }
  try {
    for (const [n, { takes_back, enter }] of wanted.entries()) {
      for await (const { rows, share } of batchesOf(request.file, mapping, row => reader.rows.reverses(row) === takes_back)) {
        const before: Imported = so_far
        const outcomes = await inTransaction(async ctx => {
          const found = await enter(ctx, reader, rows, import_id)
          if (import_id !== null) await sql.update(ctx, import_id, tallyOf(before, found))
          return found
        })
        so_far = { ...before, ...tallyOf(before, outcomes), amount_cents: earnedBy(before.amount_cents, outcomes) }
        await reject(rejects, rows, outcomes)
        onProgress({ ...tallyOf(so_far, []), share: (n + share) / wanted.length })
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

async function reject(rejects: Rejects, rows: Parameters<typeof recordRows>[2], outcomes: Outcome[]): Promise<void> {
  outcomes.forEach((outcome, n) => {
    if (outcome.status === 'rejected') rejects.add(rows[n] as (typeof rows)[number], outcome.reason)
  })
  await rejects.flush()
}
