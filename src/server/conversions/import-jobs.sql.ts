/** Imports as the pages see them: rows that wait, run and end, and the last piece of long work on each. */
import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { RowKind } from '../../core/mapping.ts'
import type { Ctx } from '../context.ts'
import type { PageRequest } from '../page.ts'
import type { ImportRow } from './import.sql.ts'

export type TaskKind = 'dry_run' | 'run' | 'undo_dry_run' | 'undo'
/** `waiting` until a process begins it; an interrupted one says so itself, or is silent. */
export type Task = {
  id: string
  kind: TaskKind
  state: 'waiting' | 'running' | 'done' | 'failed' | 'interrupted'
  actor: string
  started_at: Instant
  error: string | null
  result: Result | null
}
export type Result = {
  read: number
  created: number
  duplicates: number
  rejected: number
  reasons: { reason: string; count: number }[]
  amount_cents: Record<string, number>
  reversed: number
  failed: number
  given_back: number
  withdrawn: number
  clawed_back_cents: Record<string, number>
}

export type JobRow = ImportRow & {
  file_name: string
  mapping: Record<string, never> | null
  file_bytes: number | null
  task: Task | null
  task_seen_at: Instant | null
  created_at: Instant
  created_by: string
  undone_at: Instant | null
}

const columns = sql`i.id, i.program_id, i.campaign_id, i.kind, i.status, i.read, i.created, i.duplicates, i.rejected, i.earned,
  i.file_name, i.mapping, i.file_bytes, i.task, i.task_seen_at, i.created_at, i.created_by, i.undone_at`

/** Newest first; files that nobody imported within a day are gone and not listed. */
export async function list(ctx: Ctx, page: PageRequest & { after: string | null; since: Instant }): Promise<JobRow[]> {
  const { rows } = await sql<JobRow>`
    select ${columns} from imports i
    where i.org_id = ${ctx.org_id} and i.program_id = ${ctx.program.id} and (${page.after}::uuid is null or i.id < ${page.after}::uuid)
      and (i.status <> 'uploaded' or i.created_at > ${page.since}::timestamptz)
    order by i.id desc limit ${page.limit + 1}`.execute(ctx.tx)
  return rows
}

export async function one(ctx: Ctx, id: string): Promise<JobRow | undefined> {
  const { rows } = await sql<JobRow>`
    select ${columns} from imports i where i.org_id = ${ctx.org_id} and i.program_id = ${ctx.program.id} and i.id = ${id}`.execute(
    ctx.tx,
  )
  return rows[0]
}

/** As `one`, held until the transaction ends: of two who begin work on an import, one is first. */
export async function lock(ctx: Ctx, id: string): Promise<JobRow | undefined> {
  await sql`select from imports where org_id = ${ctx.org_id} and program_id = ${ctx.program.id} and id = ${id} for update`.execute(
    ctx.tx,
  )
  return one(ctx, id)
}

type Upload = { id: string; kind: RowKind; file_name: string; file_bytes: number; mapping: object }

export async function insertUpload(ctx: Ctx, { mapping, ...row }: Upload): Promise<void> {
  const from = { org_id: ctx.org_id, program_id: ctx.program.id, created_at: ctx.now, created_by: ctx.actor }
  await ctx.tx
    .insertInto('imports')
    .values({ ...row, ...from, campaign_id: null, status: 'uploaded', mapping: JSON.stringify(mapping), undone_at: null })
    .execute()
}

type Changes = {
  kind?: RowKind
  campaign_id?: string | null
  mapping?: object
  file_bytes?: number | null
  task?: Task
  task_seen_at?: Instant
}

export async function update(ctx: Ctx, id: string, { mapping, task, ...changes }: Changes): Promise<void> {
  const json = { ...(mapping && { mapping: JSON.stringify(mapping) }), ...(task && { task: JSON.stringify(task) }) }
  await ctx.tx
    .updateTable('imports')
    .set({ ...changes, ...json })
    .where('org_id', '=', ctx.org_id)
    .where('id', '=', id)
    .execute()
}
