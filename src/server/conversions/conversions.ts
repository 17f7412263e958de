/** Reads conversions. */
import type { conversions } from '../../api/conversions.ts'
import type { In } from '../../api/endpoint.ts'
import { refuse } from '../../core/refusal.ts'
import { type Ctx, reply } from '../context.ts'
import { idCursor, pageOf } from '../page.ts'
import * as sql from './conversions.sql.ts'

export async function list(ctx: Ctx, { query }: In<typeof conversions.list>) {
  const found = await sql.list(ctx, { ...query, after: idCursor(query.cursor) })
  const { rows, next_cursor } = pageOf(found, query.limit, c => c.id)
  return reply(rows, { meta: { next_cursor } })
}

export async function one(ctx: Ctx, { params }: In<typeof conversions.one>) {
  const [row] = await sql.list(ctx, { id: params.conversion_id })
  return row ?? refuse('not_found', 'There is no such conversion in this brand.')
}
