/** The long work on an import: a rehearsal, the run or an undo, in the background, with its progress and its result. */
import { instant } from '../../core/calendar.ts'
import { Refusal } from '../../core/refusal.ts'
import { type App, work } from '../app.ts'
import { Stopped, startWork } from '../background.ts'
import { realMs } from '../clock.ts'
import { type Ctx, systemCaller } from '../context.ts'
import type { Engines } from './import-engine.ts'
import * as sql from './import-jobs.sql.ts'
import { removeUpload, uploadPath } from './import-upload.ts'

/** How often a process says that it is still there. */
const PULSE = 5_000
/** As many reasons as a page shows; the file of rejected rows has them all. */
const REASONS = 20

type Place = { brand_id: string; import_id: string }
type Doing = { app: App; engines: Engines; row: sql.JobRow; task: sql.Task; goOn(): void; inProgram: InProgram }
type InProgram = <T>(act: (ctx: Ctx) => Promise<T>) => Promise<T>

const shares = new Map<string, number>()

/** How much of an import's file this process has read, from 0 to 1; null when it does not read it. */
export const shareOf = (import_id: string): number | null => shares.get(import_id) ?? null

/** Begins the task that waits on an import. Asked again, or where another process was first, it finds nothing to begin. */
export function beginTask(app: App, org_id: string, { brand_id, import_id }: Place, engines: Engines): void {
  const inProgram: InProgram = act => work(app, systemCaller(org_id, 'import'), { program_id: brand_id }, act)
  startWork(app, import_id, async goOn => {
    const row = await inProgram(ctx => claim(ctx, import_id))
    if (!row?.task) return
    const pulse = setInterval(() => void inProgram(ctx => beat(ctx, import_id)).catch(() => {}), PULSE)
    try {
      await carryOut({ app, engines, row, task: row.task, goOn, inProgram })
    } finally {
      clearInterval(pulse)
      shares.delete(import_id)
    }
  })
}

async function claim(ctx: Ctx, import_id: string): Promise<sql.JobRow | null> {
  const row = await sql.lock(ctx, import_id)
  if (row?.task?.state !== 'waiting') return null
  await sql.update(ctx, import_id, { task: { ...row.task, state: 'running' }, task_seen_at: instant(realMs()) })
  return row
}

const beat = (ctx: Ctx, import_id: string): Promise<void> => sql.update(ctx, import_id, { task_seen_at: instant(realMs()) })

/** Does the task and keeps what came of it; a failure that is a bug is kept in plain words and told to the log. */
async function carryOut(doing: Doing): Promise<void> {
  const { task, row, inProgram, app } = doing
  const keep = (more: Partial<sql.Task>, gone = false) =>
    inProgram(ctx => sql.update(ctx, row.id, { task: { ...task, ...more }, ...(gone && { file_bytes: null }) }))
  try {
    const result = await (task.kind === 'run' || task.kind === 'dry_run' ? take(doing) : takeBack(doing))
    const is_over = task.kind === 'run' || task.kind === 'undo'
    await keep({ state: 'done', result }, is_over)
    if (is_over) removeUpload(app.config.data_dir, row.id)
  } catch (error) {
    if (error instanceof Stopped) return keep({ state: 'interrupted', error: 'The server stopped.' })
    await keep({ state: 'failed', error: error instanceof Refusal ? error.message : 'Something went wrong on our side.' })
    if (!(error instanceof Refusal)) throw error
  }
}

const NONE: sql.Result = {
  ...{ read: 0, created: 0, duplicates: 0, rejected: 0, reasons: [], amount_cents: {} },
  ...{ reversed: 0, failed: 0, given_back: 0, withdrawn: 0, clawed_back_cents: {} },
}

async function take({ app, engines, row, task, goOn }: Doing): Promise<sql.Result> {
  const reasons = new Map<string, number>()
  const onReject = (reason: string) => {
    const kind = reason.replace(/"[^"]*"/g, '"…"').slice(0, 200)
    const known = reasons.has(kind) || reasons.size < 1000 ? kind : 'other reasons'
    reasons.set(known, (reasons.get(known) ?? 0) + 1)
  }
  const request = {
    file: uploadPath(app.config.data_dir, row.id),
    ...{ brand_id: row.program_id, dry_run: task.kind === 'dry_run', mapping: row.mapping ?? {} },
    ...(row.campaign_id !== null && { campaign_id: row.campaign_id }),
    under: { import_id: row.id, actor: task.actor, onReject },
  }
  const done = await engines[row.kind].take(app, request, ({ share }) => {
    shares.set(row.id, share)
    goOn()
  })
  const { read, created, duplicates, rejected, amount_cents = {} } = done
  const top = [...reasons].sort(([, a], [, b]) => b - a).slice(0, REASONS)
  return {
    ...NONE,
    read,
    created,
    duplicates,
    rejected,
    amount_cents,
    reasons: top.map(([reason, count]) => ({ reason, count })),
  }
}

async function takeBack({ app, engines, row, task, goOn }: Doing): Promise<sql.Result> {
  const request = { import_id: row.id, dry_run: task.kind === 'undo_dry_run', actor: task.actor }
  const { import_id: _, ...done } = await engines[row.kind].undo(app, request, goOn)
  return { ...NONE, ...done }
}
