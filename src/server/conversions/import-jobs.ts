/**
 * Imports from the pages: a file is uploaded, looked at through a mapping, rehearsed, run, and undone.
 *
 * What takes long goes on in the background after the answer; its row says how it stands. One that was cut off is taken up by
 * running it again: what is there already is found again, so nothing comes twice. Source: issue 4; market 4.3.
 */
import type { In, Out } from '../../api/endpoint.ts'
import { type imports, MAX_UPLOAD } from '../../api/imports.ts'
import { instant, ms } from '../../core/calendar.ts'
import type { RowKind } from '../../core/mapping.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { type App, work } from '../app.ts'
import { isAtWork } from '../background.ts'
import { realMs } from '../clock.ts'
import { type Caller, type Ctx, reply } from '../context.ts'
import { idCursor, pageOf } from '../page.ts'
import type { Engines, Previewed, Reading } from './import-engine.ts'
import * as sql from './import-jobs.sql.ts'
import { beginTask, shareOf } from './import-task.ts'
import { type Kept, keepUpload, removeOldUploads, type Sample, sampleOf, uploadPath } from './import-upload.ts'

type Import = Out<typeof imports.one>
const DAY = 86_400_000
/** A process that is silent for longer is gone. */
const SILENCE = 15_000
const PREVIEW = 20

const amountsOf = (cents: Record<string, number>) =>
  Object.entries(cents)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, amount_cents]) => ({ currency, amount_cents }))

const isUnderWay = ({ task }: sql.JobRow): boolean => task?.state === 'waiting' || task?.state === 'running'
const isAlive = ({ id, task_seen_at }: sql.JobRow): boolean =>
  isAtWork(id) || (task_seen_at !== null && ms(task_seen_at) > realMs() - SILENCE)
const hasFile = (ctx: Ctx, row: sql.JobRow): boolean => row.file_bytes !== null && ms(row.created_at) > ms(ctx.now) - DAY

function present(ctx: Ctx, row: sql.JobRow): Import {
  const is_cut_off = isUnderWay(row) && !isAlive(row)
  const { program_id, earned, task, file_bytes: _, task_seen_at: __, ...rest } = row
  return {
    ...rest,
    brand_id: program_id,
    status: is_cut_off && row.status === 'running' ? 'interrupted' : row.status,
    amounts: amountsOf(earned),
    has_file: hasFile(ctx, row),
    task: task && presentTask(row.id, task, is_cut_off),
  }
}

function presentTask(import_id: string, task: sql.Task, is_cut_off: boolean): NonNullable<Import['task']> {
  const { kind, state, started_at, error, result } = task
  const { amount_cents = {}, clawed_back_cents = {}, ...counts } = result ?? {}
  return {
    ...{ kind, started_at, error },
    state: is_cut_off ? 'interrupted' : state === 'waiting' ? 'running' : state,
    share: state === 'done' ? 1 : shareOf(import_id),
    result: result && {
      ...(counts as Omit<sql.Result, 'amount_cents' | 'clawed_back_cents'>),
      amounts: amountsOf(amount_cents),
      clawbacks: amountsOf(clawed_back_cents),
    },
  }
}

const found = <T>(row: T | undefined): T => row ?? refuse('not_found', 'There is no such import in this brand.')

async function list(ctx: Ctx, { query }: In<typeof imports.list>) {
  const since = instant(ms(ctx.now) - DAY)
  const rows = await sql.list(ctx, { ...query, after: idCursor(query.cursor), since })
  const page = pageOf(rows, query.limit, row => row.id)
  return reply(
    page.rows.map(row => present(ctx, row)),
    { meta: { next_cursor: page.next_cursor } },
  )
}

const one = async (ctx: Ctx, { params }: In<typeof imports.one>): Promise<Import> =>
  present(ctx, found(await sql.one(ctx, params.import_id)))

/** Reads the body to the end, once it is sure that it goes into the caller's own program. */
async function prepareUpload(app: App, caller: Caller, { params, body }: In<typeof imports.upload>): Promise<Kept> {
  await work(app, caller, { program_id: params.brand_id, readonly: true }, async () => {})
  const { data_dir } = app.config
  removeOldUploads(data_dir)
  return keepUpload(data_dir, app.newId(), body.bytes, MAX_UPLOAD)
}

async function upload(ctx: Ctx, { query }: In<typeof imports.upload>, { id, bytes, format }: Kept): Promise<Import> {
  await sql.insertUpload(ctx, { id, kind: query.kind, file_name: query.file_name, file_bytes: bytes, mapping: format })
  return present(ctx, found(await sql.one(ctx, id)))
}

type Asked = { params: { brand_id: string; import_id: string }; body: Reading & { kind?: RowKind | undefined } }
type Looked = { sample: Sample; row: sql.JobRow }

/** The beginning of the file, read by what separates its cells now. Refuses `invalid_transition` when the file is gone. */
async function look(app: App, caller: Caller, { params, body }: Asked): Promise<Looked> {
  const row = await work(app, caller, { program_id: params.brand_id, readonly: true }, async ctx => {
    const row = found(await sql.one(ctx, params.import_id))
    if (!hasFile(ctx, row)) refuseGone()
    return row
  })
  const { delimiter = ',', encoding = 'utf-8' } = { ...(row.mapping as object), ...body.mapping } as Record<string, string>
  const format = { delimiter: String(delimiter), encoding: String(encoding) }
  return { row, sample: await readable(() => sampleOf(uploadPath(app.config.data_dir, row.id), format, PREVIEW)) }
}

const refuseGone = (): never =>
  refuse('invalid_transition', 'The file is gone: it was imported, or has waited for more than a day. Upload it again.')

/** What the parser itself will not take (a delimiter of two characters, an unknown encoding) is the mapping's fault. */
async function readable<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Refusal) throw error
    return refuse('invalid_body', `The file cannot be read like this: ${(error as Error).message}.`)
  }
}

const previewOf =
  (engines: Engines) =>
  async (ctx: Ctx, { body }: In<typeof imports.preview>, { row, sample }: Looked): Promise<Out<typeof imports.preview>> => {
    const { headers, rows } = sample
    const plain = () => rows.map(({ line, cells }) => ({ line, cells: [...cells], fields: null, fault: null, reverses: false }))
    const read = await orProblem(() => engines[body.kind ?? row.kind].preview(ctx, readingOf(row, body), sample))
    if (typeof read === 'string') return { headers, rows: plain(), problem: read }
    return {
      headers,
      rows: rows.map(({ line, cells }, n) => ({ line, cells: [...cells], ...(read[n] as Previewed) })),
      problem: null,
    }
  }

/** What is wrong with a mapping is what a preview is for: it is said beside the rows. */
async function orProblem<T>(act: () => Promise<T>): Promise<T | string> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Refusal && error.code === 'invalid_body') return error.message
    throw error
  }
}

const readingOf = (row: sql.JobRow, { mapping, campaign_id }: Reading): Reading => ({
  mapping: { ...(row.mapping as object), ...mapping },
  campaign_id: campaign_id ?? row.campaign_id ?? undefined,
})

/** Refuses `invalid_transition` for an import that is done or at work, and `invalid_body` for a mapping that does not fit. */
const runWith =
  (engines: Engines) =>
  async (ctx: Ctx, { params, body }: In<typeof imports.run>, { sample }: Looked): Promise<Import> => {
    const row = found(await sql.lock(ctx, params.import_id))
    refuseAtWork(row)
    if (row.status === 'done' || row.status === 'undone')
      refuse('invalid_transition', `This file is ${row.status === 'done' ? 'imported' : 'undone'} already; upload it again.`)
    const reading = readingOf(row, body)
    const kind = body.kind ?? row.kind
    await engines[kind].preview(ctx, reading, { ...sample, rows: [] })
    const campaign_id = kind === 'conversions' ? (reading.campaign_id ?? null) : null
    await sql.update(ctx, row.id, { kind, campaign_id, mapping: reading.mapping })
    return ask(ctx, engines, row.id, body.dry_run ? 'dry_run' : 'run')
  }

/** Refuses `invalid_transition` for an import that made nothing, is undone or at work. */
const undoWith =
  (engines: Engines) =>
  async (ctx: Ctx, { params, body }: In<typeof imports.undo>): Promise<Import> => {
    const row = found(await sql.lock(ctx, params.import_id))
    refuseAtWork(row)
    if (row.status === 'uploaded') refuse('invalid_transition', 'This file is not imported; there is nothing to undo.')
    if (row.status === 'undone') refuse('invalid_transition', 'This import is undone already.')
    return ask(ctx, engines, row.id, body.dry_run ? 'undo_dry_run' : 'undo')
  }

function refuseAtWork(row: sql.JobRow): void {
  if (isUnderWay(row) && isAlive(row)) refuse('invalid_transition', 'This import is at work; wait until it has ended.')
}

/** Writes down what is to be done; it begins once that is committed. */
async function ask(ctx: Ctx, engines: Engines, id: string, kind: sql.TaskKind): Promise<Import> {
  const made = { state: 'waiting' as const, started_at: ctx.now, error: null, result: null }
  const task: sql.Task = { id: ctx.newId(), kind, actor: ctx.actor, ...made }
  await sql.update(ctx, id, { task, task_seen_at: instant(realMs()) })
  const place = { brand_id: ctx.program.id, import_id: id }
  ctx.afterCommit('import', async app => beginTask(app, ctx.org_id, place, engines))
  return present(ctx, found(await sql.one(ctx, id)))
}

/** The use cases, over an engine a kind of rows. */
export const importsOver = (engines: Engines) => ({
  ...{ list, one, prepareUpload, upload, look },
  ...{ preview: previewOf(engines), run: runWith(engines), undo: undoWith(engines) },
})
