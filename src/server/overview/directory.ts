/** The list of partners with what they are owed and were paid. Source: spec C5, market 4.3. */
import type { In } from '../../api/endpoint.ts'
import type { partners } from '../../api/partners.ts'
import { type Ctx, reply } from '../context.ts'
import { packCursor, pageOf, unpackCursor } from '../page.ts'
import * as sql from './directory.sql.ts'

export async function list(ctx: Ctx, { query }: In<typeof partners.overview>) {
  const { limit, cursor, q = null, status = null } = query
  const order = query.sort.replace('-', '') as sql.Order
  const after = unpackCursor(cursor, [order === 'name' ? 'text' : 'integer', 'id']) as [string | number, string] | null
  const [found, counts] = await Promise.all([
    sql.page(ctx, { q, status, order, descending: query.sort.startsWith('-'), after, limit }),
    cursor === undefined ? sql.counts(ctx, q) : null,
  ])
  const { rows, next_cursor } = pageOf(found, limit, row => packCursor([row.place, row.id]))
  return reply(
    rows.map(({ place: _, ...row }) => row),
    { meta: { next_cursor, counts } },
  )
}
