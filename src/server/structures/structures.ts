/**
 * Structures: what partners are paid over time. What a structure is called may change; what it pays only gains versions.
 *
 * A path names no program, so the row is found first and its program entered. Whatever adds to a structure locks it first.
 * Source: spec B6.
 */
import type { In, Out } from '../../api/endpoint.ts'
import type { structures } from '../../api/structures.ts'
import { given } from '../../core/collect.ts'
import { refuse } from '../../core/refusal.ts'
import { checkTerms, describe, type Terms } from '../../core/structure.ts'
import { enter } from '../app.ts'
import { type Ctx, reply } from '../context.ts'
import { checkLimit } from '../organizations/plans.ts'
import { idCursor, pageOf } from '../page.ts'
import { assignedCounts } from './assignments.sql.ts'
import * as sql from './structures.sql.ts'

type Structure = Out<typeof structures.change> & { id: string }
type Cosmetic = Extract<In<typeof structures.change>['body'], { kind: 'cosmetic' }>
type RulePatch = Extract<In<typeof structures.change>['body'], { kind: 'rule' }>

const versionOf = (version: sql.VersionRow) => ({
  ...version,
  criteria_params: version.criteria_params as Record<string, never>,
  description: describe(version),
})

function present({ program_id, has_accruals: _, ...row }: sql.StructureRow, current: sql.VersionRow, assignment_count: number) {
  const is_active = row.archived_at === null
  return { ...row, project_id: program_id, is_active, assignment_count, current_version: versionOf(current) }
}

export async function list(ctx: Ctx, { query }: In<typeof structures.list>) {
  const { limit, cursor, project_id = null, is_active, criteria_type, q } = query
  const kind = { criteria_type, q, is_active: is_active === undefined ? null : is_active === 'true' }
  const filter = { limit, program_id: project_id, ...kind }
  const { rows, next_cursor } = pageOf(await sql.list(ctx, { ...filter, after: idCursor(cursor) }), limit, s => s.id)
  const ids = rows.map(row => row.id)
  const [current, counts] = await Promise.all([sql.currentVersions(ctx, ids), assignedCounts(ctx, ids)])
  return reply(
    rows.map(row => present(row, current.get(row.id) as sql.VersionRow, counts.get(row.id) ?? 0)),
    { meta: { next_cursor } },
  )
}

export async function one(ctx: Ctx, { params }: In<typeof structures.one>): Promise<Out<typeof structures.one>> {
  const { row } = await open(ctx, sql.one(ctx, params.structure_id))
  const [versions, counts] = await Promise.all([sql.versions(ctx, row.id), assignedCounts(ctx, [row.id])])
  return { ...present(row, versions[0] as sql.VersionRow, counts.get(row.id) ?? 0), versions: versions.map(versionOf) }
}

/** Structures pay in one currency, whatever their program's is (spec B6.1). */
export async function totals(ctx: Ctx, { params }: In<typeof structures.totals>): Promise<Out<typeof structures.totals>> {
  const { row } = await open(ctx, sql.one(ctx, params.structure_id))
  return { currency: 'USD', ...(await sql.totals(ctx, row)) }
}

/** A structure with the context of its program. Refuses `not_found`, and `forbidden` for a member who writes. */
export async function open(ctx: Ctx, found: Promise<sql.StructureRow | undefined>) {
  const row = (await found) ?? refuse('not_found', 'There is no such payout structure; GET /api/v1/payout-structures lists them.')
  return { row, inside: await enter(ctx, row.program_id) }
}

/** Refuses `limit_reached` at the plan's number of active structures in the program. */
export async function create(ctx: Ctx, { body }: In<typeof structures.create>): Promise<Out<typeof structures.create>> {
  const inside = await enter(ctx, body.project_id)
  const { name, metadata = {}, readme = null } = body
  const terms = checkTerms(termsOf(body))
  await checkLimit(inside, 'max_payout_structures_per_project')
  const id = ctx.newId()
  const version = { id: ctx.newId(), structure_id: id, version_number: 1, ...terms }
  await sql.insert(inside, { id, name, metadata, readme })
  await sql.insertVersion(inside, version)
  ctx.tell('structure.created', id, { program_id: body.project_id, after: { name, version } })
  return { structure_id: id, version_id: version.id }
}

const ruleFields = [
  ...(['period', 'amount_cents', 'currency', 'criteria_type', 'criteria_params'] as const),
  ...(['proration_mode', 'backfill_on_assignment'] as const),
]

/** The rule in what was sent, or in a version. */
function termsOf<T extends Partial<Record<(typeof ruleFields)[number], unknown>>>(sent: T) {
  return Object.fromEntries(ruleFields.flatMap(field => (sent[field] === undefined ? [] : [[field, sent[field]]]))) as Pick<
    T,
    Extract<keyof T, keyof Terms>
  >
}

export async function change(ctx: Ctx, { params, body }: In<typeof structures.change>): Promise<Out<typeof structures.change>> {
  const { row, inside } = await open(ctx, sql.lock(ctx, params.structure_id))
  const current = (await sql.currentVersions(ctx, [row.id])).get(row.id) as sql.VersionRow
  return body.kind === 'rule' ? addVersion(inside, row, current, body) : rename(inside, row, current, body)
}

async function rename(ctx: Ctx, row: sql.StructureRow, current: sql.VersionRow, body: Cosmetic): Promise<Structure> {
  const { kind: _, ...sent } = body
  const changes = given(sent) as sql.Changes
  await sql.update(ctx, row.id, changes)
  const after = { ...row, ...changes } as sql.StructureRow
  const said = ({ name, metadata, readme }: sql.StructureRow) => ({ name, metadata, readme })
  ctx.tell('structure.changed', row.id, { program_id: row.program_id, before: said(row), after: said(after) })
  return present(after, current, (await assignedCounts(ctx, [row.id])).get(row.id) ?? 0)
}

/**
 * What is not sent stays as the current version has it; what results is checked as a whole.
 *
 * Refuses `structure_archived`: nothing is computed with it any more.
 */
async function addVersion(ctx: Ctx, row: sql.StructureRow, current: sql.VersionRow, body: RulePatch) {
  refuseArchived(row, 'Its name can still change; for another rule make a new structure.')
  const terms = checkTerms({ ...termsOf(current), ...termsOf(body) } as Terms)
  const version = { id: ctx.newId(), structure_id: row.id, version_number: current.version_number + 1, ...terms }
  await sql.insertVersion(ctx, version)
  ctx.tell('structure.version_created', row.id, { program_id: row.program_id, before: current, after: version })
  return { version_id: version.id, version_number: version.version_number }
}

/** Refuses `structure_archived`, with what to do instead. */
export function refuseArchived(row: sql.StructureRow, advice: string): void {
  if (row.archived_at !== null) refuse('structure_archived', `The structure "${row.name}" is archived. ${advice}`)
}

export async function remove(ctx: Ctx, { params, query }: In<typeof structures.remove>): Promise<Out<typeof structures.remove>> {
  const { row, inside } = await open(ctx, sql.lock(ctx, params.structure_id))
  return query.mode === 'hard' ? erase(inside, row) : archive(inside, row)
}

/** Periods that ended before are still computed, the running one gives nothing. Archived already, it stays as it is. */
async function archive(ctx: Ctx, row: sql.StructureRow) {
  if (row.archived_at === null) {
    await sql.update(ctx, row.id, { archived_at: ctx.now })
    ctx.tell('structure.archived', row.id, { program_id: row.program_id, after: { archived_at: ctx.now } })
  }
  return { id: row.id, archived: true as const }
}

/** Refuses `has_accruals`: what money was computed with is kept. */
async function erase(ctx: Ctx, row: sql.StructureRow) {
  if (row.has_accruals)
    refuse('has_accruals', 'This structure has accruals, which keep their versions; archive it instead (without mode=hard).')
  const before = { name: row.name, versions: await sql.versions(ctx, row.id) }
  await sql.remove(ctx, row.id)
  ctx.tell('structure.deleted', row.id, { program_id: row.program_id, before })
  return { id: row.id, deleted: true as const }
}
