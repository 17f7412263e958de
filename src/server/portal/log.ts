/** The log of a partner's conversions, where the program shows it. Source: spec C10, C11. */
import type { In } from '../../api/endpoint.ts'
import type { portal } from '../../api/portal.ts'
import { addDays, startOfDay } from '../../core/calendar.ts'
import { refuse } from '../../core/refusal.ts'
import { type Ctx, reply } from '../context.ts'
import { pageOf, placeCursor, readPlace } from '../page.ts'
import * as sql from './log.sql.ts'
import { shownTo } from './own.sql.ts'

/** Refuses `forbidden` while the program shows no log. */
export async function conversions(ctx: Ctx, { query }: In<typeof portal.conversions>) {
  if (!shownTo(ctx).show_log) refuse('forbidden', 'This program does not show the log of conversions.')
  const { limit, cursor, type, campaign_id, from, to } = query
  const found = await sql.log(ctx, {
    ...{ limit, after: readPlace(cursor), type: type ?? null, campaign_id: campaign_id ?? null },
    start: from === undefined ? null : startOfDay(from, ctx.time_zone),
    end: to === undefined ? null : startOfDay(addDays(to, 1), ctx.time_zone),
  })
  const { rows, next_cursor } = pageOf(found, limit, row => placeCursor({ at: row.occurred_at, id: row.id }))
  const types = [...new Set([...ctx.program.conversion_types, ...(await sql.types(ctx))])].sort()
  return reply(rows, { meta: { next_cursor, types } })
}
