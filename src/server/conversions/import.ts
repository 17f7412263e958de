/**
 * Imports a file of conversions: any delimiter, decimal and date, by a mapping; each rejected row with its reason.
 *
 * Batches of 1,000 rows are a transaction each. Stopped in the middle, running the same file again finishes: what is there
 * counts as a duplicate. `read = created + duplicates + rejected`. Source: spec G, G2.
 */
import { createReadStream, createWriteStream, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import { dayOf } from '../../core/calendar.ts'
import { csvLine } from '../../core/csv.ts'
import { type FileRow, headersOf, type Mapping } from '../../core/mapping.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { type App, work } from '../app.ts'
import type { Caller, Ctx } from '../context.ts'
import { named } from '../campaigns/campaigns.sql.ts'
import { transaction } from '../db/transaction.ts'
import { enterOnOpen, NO_HOLD } from '../earnings/tabs.sql.ts'
import { organizationIds, organizationOf } from '../organizations/programs.sql.ts'
import { campaignReader, type Outcome, recordRows, type RowReader } from './import-rows.ts'
import { readMapping } from './import-mapping.ts'
import * as sql from './import.sql.ts'
import { reverseAll } from './reversals.ts'

const BATCH = 1000

export type ImportRequest = { file: string; brand_id: string; campaign: string; map?: Record<string, unknown>; dry_run: boolean }
export type Imported = sql.Tally & { import_id: string | null; rejects_file: string | null; amount_cents: Record<string, number> }
type Progress = sql.Tally & { bytes: number; total_bytes: number }
type OnProgress = (progress: Progress) => void

const importer = (org_id: string): Caller => ({
  kind: 'command',
  id: 'import',
  actor: 'command:import',
  email: null,
  org_id,
  program_id: null,
  scopes: ['read', 'write'],
  role: 'admin',
  program_roles: {},
})

/** Imports a file, or with `dry_run` says what it would do and does nothing. Refuses `not_found`, `invalid_body`. */
export async function importConversions(app: App, request: ImportRequest, onProgress: OnProgress): Promise<Imported> {
  const mapping = readMapping(request.map)
  const total_bytes = sizeOf(request.file)
  const org_id = (await organizationOf(app.db, request.brand_id)) ?? refuse('not_found', `There is no brand ${request.brand_id}.`)
  const job = new Job(app, importer(org_id), request, mapping)
  return request.dry_run ? job.rehearse(total_bytes, onProgress) : job.run(total_bytes, onProgress)
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return refuse('invalid_body', `The file ${file} cannot be read; check its path.`)
  }
}

const nothing = (): Imported => ({ import_id: null, read: 0, created: 0, duplicates: 0, rejected: 0, rejects_file: null, amount_cents: {} })

/** Thrown to roll a rehearsal back; carries what it found. */
class Rehearsed extends Error {}

class Job {
  readonly app: App
  readonly caller: Caller
  readonly request: ImportRequest
  readonly mapping: Mapping
  readonly done = nothing()
  rejects: Rejects | null = null

  constructor(app: App, caller: Caller, request: ImportRequest, mapping: Mapping) {
    this.app = app
    this.caller = caller
    this.request = request
    this.mapping = mapping
  }

  private work<T>(act: (ctx: Ctx) => Promise<T>): Promise<T> {
    return work(this.app, this.caller, { program_id: this.request.brand_id }, act)
  }

  async run(total_bytes: number, onProgress: OnProgress): Promise<Imported> {
    const import_id = this.app.newId()
    const reader = await this.work(async ctx => {
      const found = await this.readerFor(ctx)
      await sql.insert(ctx, { id: import_id, campaign_id: found.campaign_id, file_name: path.basename(this.request.file) })
      return found
    })
    this.done.import_id = import_id
    for await (const { rows, bytes } of batches(this.request.file, this.mapping)) {
      const outcomes = await this.work(async ctx => {
        const found = await recordRows(ctx, reader, rows, import_id)
        await sql.update(ctx, import_id, tallyWith(this.done, found))
        return found
      })
      this.add(rows, outcomes)
      onProgress({ ...this.done, bytes, total_bytes })
    }
    await this.work(async ctx => {
      const { read, created, duplicates, rejected } = this.done
      await sql.update(ctx, import_id, { status: 'done' })
      ctx.tell('import.done', import_id, { program_id: ctx.program.id, after: { read, created, duplicates, rejected } })
    })
    this.done.rejects_file = (await this.rejects?.close()) ?? null
    return this.done
  }

  /** Does everything in one transaction and takes it back. */
  async rehearse(total_bytes: number, onProgress: OnProgress): Promise<Imported> {
    try {
      await this.work(async ctx => {
        const reader = await this.readerFor(ctx)
        for await (const { rows, bytes } of batches(this.request.file, this.mapping)) {
          this.add(rows, await recordRows(ctx, reader, rows, null))
          onProgress({ ...this.done, bytes, total_bytes })
        }
        throw new Rehearsed()
      })
    } catch (error) {
      if (!(error instanceof Rehearsed)) throw error
    }
    this.done.rejects_file = (await this.rejects?.close()) ?? null
    return this.done
  }

  private async readerFor(ctx: Ctx): Promise<RowReader> {
    const [campaign] = await named(ctx.tx, ctx.org_id, ctx.program.id, [this.request.campaign.toLowerCase()])
    if (!campaign) refuse('not_found', `There is no campaign "${this.request.campaign}" in this brand.`)
    return campaignReader(ctx, campaign, this.mapping)
  }

  private add(rows: Read[], outcomes: Outcome[]): void {
    Object.assign(this.done, tallyWith(this.done, outcomes))
    outcomes.forEach((outcome, n) => {
      if (outcome.status === 'rejected') this.reject(rows[n] as Read, outcome.reason)
      else if (outcome.earned) {
        const { currency, amount_cents } = outcome.earned
        this.done.amount_cents[currency] = (this.done.amount_cents[currency] ?? 0) + amount_cents
      }
    })
  }

  private reject(row: Read, reason: string): void {
    this.rejects ??= openRejects(this.app, this.done.import_id ?? `dry-run-${this.app.newId()}`, row)
    this.rejects.write(row, reason)
  }
}

function tallyWith(before: sql.Tally, outcomes: Outcome[]): sql.Tally {
  const count = (status: Outcome['status']) => outcomes.filter(o => o.status === status).length
  return {
    read: before.read + outcomes.length,
    created: before.created + count('created'),
    duplicates: before.duplicates + count('duplicate'),
    rejected: before.rejected + count('rejected'),
  }
}

type Rejects = { write(row: Read, reason: string): void; close(): Promise<string> }

/** The rejected rows as they stood in the file, each with its line and reason. */
function openRejects(app: App, name: string, first: Read): Rejects {
  const folder = path.resolve(app.config.data_dir, 'imports')
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, `${name}.rejects.csv`)
  const out = createWriteStream(file)
  const headers = Object.keys(first.cells)
  out.write(csvLine(['line', 'reason', ...headers]))
  return {
    write: (row, reason) => void out.write(csvLine([String(row.line), reason, ...headers.map(h => row.cells[h] ?? '')])),
    close: () => new Promise((resolve, reject) => out.end(() => resolve(file)).on('error', reject)),
  }
}

/** A row as read; `broken` says why it could not be read as CSV. */
export type Read = FileRow & { broken: string | null }

/** The rows of a file in batches, however it is written: with or without a byte-order mark, quotes, blank lines. */
async function* batches(file: string, mapping: Mapping): AsyncGenerator<{ rows: Read[]; bytes: number }> {
  const source = createReadStream(file)
  const parser = parse({ bom: true, delimiter: mapping.delimiter, info: true, relax_quotes: true, relax_column_count: true, skip_empty_lines: true })
  const piped = pipeline(source, parser)
  piped.catch(() => {}) // surfaces in the loop below
  let headers: string[] | null = null
  let rows: Read[] = []
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    if (headers === null) {
      headers = checkedHeaders(record, mapping)
      continue
    }
    rows.push(rowOf(headers, record, info.lines))
    if (rows.length < BATCH) continue
    yield { rows, bytes: source.bytesRead }
    rows = []
  }
  await piped
  if (headers === null) refuse('invalid_body', 'The file is empty; it needs a line of headers.')
  if (rows.length > 0) yield { rows, bytes: source.bytesRead }
}

function checkedHeaders(record: string[], mapping: Mapping): string[] {
  const headers = record.map(h => h.trim())
  const missing = headersOf(mapping).filter(name => Object.keys(mapping.columns).length > 0 && !headers.includes(name))
  if (missing.length > 0) {
    refuse('invalid_body', `The file has no column ${missing.map(name => `"${name}"`).join(', ')}; its columns are ${headers.join(', ')}.`)
  }
  return headers
}

function rowOf(headers: string[], record: string[], line: number): Read {
  const cells = Object.fromEntries(headers.map((header, n) => [header, record[n] ?? '']))
  const broken = record.length === headers.length ? null : `the line has ${record.length} cells, the header ${headers.length}`
  return { line, cells, broken }
}

export type Undone = { import_id: string; reversed: number; failed: number; given_back: number; amount_cents: Record<string, number> }

/** Takes back what an import made: its conversions, and the reversals it made elsewhere. What was paid becomes a clawback. */
export async function undoImport(app: App, { import_id, dry_run }: { import_id: string; dry_run: boolean }, onProgress: (p: Undone) => void): Promise<Undone> {
  const { org_id, program_id } = await findImport(app, import_id)
  const undone: Undone = { import_id, reversed: 0, failed: 0, given_back: 0, amount_cents: {} }
  const inOne = <T>(act: (ctx: Ctx) => Promise<T>) => work(app, { ...importer(org_id), id: 'import undo', actor: 'command:import undo' }, { program_id }, act)
  if (dry_run) {
    await inOne(async ctx => {
      await undoAll(step => step(ctx), import_id, undone, onProgress)
      throw new Rehearsed()
    }).catch(error => {
      if (!(error instanceof Rehearsed)) throw error
    })
  } else await undoAll(inOne, import_id, undone, onProgress)
  return undone
}

type InTransaction = <T>(act: (ctx: Ctx) => Promise<T>) => Promise<T>

async function undoAll(inTransaction: InTransaction, import_id: string, undone: Undone, onProgress: (p: Undone) => void): Promise<void> {
  for (let after: string | null = null; ; ) {
    const ids: string[] = await inTransaction(ctx => undoPage(ctx, import_id, after, undone))
    onProgress(undone)
    if (ids.length === 0) break
    after = ids.at(-1) as string
  }
  await inTransaction(async ctx => {
    undone.given_back = await giveBack(ctx, import_id)
    await sql.update(ctx, import_id, { status: 'undone', undone_at: ctx.now })
    ctx.tell('import.undone', import_id, { program_id: ctx.program.id, after: undone })
  })
}

async function undoPage(ctx: Ctx, import_id: string, after: string | null, undone: Undone): Promise<string[]> {
  const ids = await sql.standing(ctx, import_id, after, 500)
  if (ids.length === 0) return ids
  const wishes = ids.map(conversion_id => ({ conversion_id, revenue_cents: null, reason: 'import undone', external_id: `undo:${import_id}` }))
  const done = await reverseAll(ctx, wishes, null)
  undone.failed += done.filter(d => d instanceof Refusal).length
  undone.reversed += done.filter(d => !(d instanceof Refusal)).length
  return ids
}

async function findImport(app: App, import_id: string): Promise<{ org_id: string; program_id: string }> {
  for (const org_id of await organizationIds(app.db.kysely)) {
    const found = await transaction(app.db, { org_id, readonly: true }, tx => sql.one(tx, org_id, import_id))
    if (found) return { org_id, program_id: found.program_id }
  }
  return refuse('not_found', `There is no import ${import_id}.`)
}

/** What the import's reversals took from conversions that it did not make is entered again, as a bonus that says so. */
async function giveBack(ctx: Ctx, import_id: string): Promise<number> {
  const taken = await sql.foreignReversals(ctx, import_id)
  const day = dayOf(ctx.now, ctx.time_zone)
  await enterOnOpen(
    ctx,
    taken.map(t => ({
      id: ctx.newId(),
      partner_id: t.partner_id,
      currency: t.currency,
      stream: 'conversions' as const,
      held_until: NO_HOLD,
      kind: 'bonus' as const,
      amount_cents: -t.amount_cents,
      item_count: 0,
      revenue_cents: -t.revenue_cents,
      earned_on: day,
      source_key: `undo:${t.reversal_id}`,
      reverses_id: null,
      mark: null,
      because: 'Given back: the import that reversed this was undone',
      inputs: { import_id, reversal_id: t.reversal_id },
    })),
  )
  return taken.length
}
