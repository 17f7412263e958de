/** Reads conversions: pages of them, the totals of a filter, and one with all that happened to it. */
import type { conversions } from '../../api/conversions.ts'
import type { In, Out } from '../../api/endpoint.ts'
import { addDays, startOfDay } from '../../core/calendar.ts'
import { isId } from '../../core/ids.ts'
import { refuse } from '../../core/refusal.ts'
import { type Ctx, reply } from '../context.ts'
import { idCursor, pageOf } from '../page.ts'
import * as partners from '../partners/partners.sql.ts'
import * as sql from './conversions.sql.ts'

type Query = In<typeof conversions.list>['query']
type Detail = Out<typeof conversions.one>

export async function list(ctx: Ctx, { query }: In<typeof conversions.list>) {
  const after = idCursor(query.cursor)
  const filter = await filterOf(ctx, query)
  if (filter === null) return reply([], { meta: { next_cursor: null, ...(query.totals && { totals: [] }) } })
  const found = await sql.list(ctx, { ...filter, status: query.status, limit: query.limit, after })
  const { rows, next_cursor } = pageOf(found, query.limit, c => c.id)
  const totals = query.totals ? await sql.totals(ctx, filter) : undefined
  return reply(rows, { meta: { next_cursor, ...(totals && { totals }) } })
}

/** What a query asks for; `null` when it names a partner that there is not. */
async function filterOf(ctx: Ctx, query: Query): Promise<sql.Filter | null> {
  const q = query.q?.trim()
  const filter = {
    ...{ partner_id: query.partner_id, campaign_id: query.campaign_id, type: query.type },
    ...(q && (isId(q) ? { id: q } : { external_id: q })),
    from: query.from === undefined ? undefined : startOfDay(query.from, ctx.time_zone),
    until: query.to === undefined ? undefined : startOfDay(addDays(query.to, 1), ctx.time_zone),
  }
  if (query.partner === undefined) return filter
  const [named] = await partners.named(ctx.tx, ctx.org_id, ctx.program.id, [query.partner.toLowerCase()])
  if (!named || (query.partner_id !== undefined && query.partner_id !== named.id)) return null
  return { ...filter, partner_id: named.id }
}

export async function one(ctx: Ctx, { params }: In<typeof conversions.one>): Promise<Detail> {
  const id = params.conversion_id
  const [row] = await sql.list(ctx, { id })
  if (!row) refuse('not_found', 'There is no such conversion in this brand.')
  const [more, reversals, events] = [await sql.more(ctx, id), await sql.reversalsOf(ctx, id), await sql.eventsOf(ctx, id)]
  return { ...row, ...more, reversals, history: historyOf(row, events) }
}

type Step = Detail['history'][number]
const steps: Record<string, Step['step']> = {
  'conversion.approved': 'approved',
  'conversion.rejected': 'rejected',
  'conversion.reversed': 'reversed',
}

/** One recorded among many is told of with the others: its own row says when, and who is not known any more. */
function historyOf({ recorded_at }: sql.ConversionView, events: sql.EventRow[]): Step[] {
  const recorded = events.find(event => event.verb === 'conversions.recorded')
  const first: Step = { step: 'recorded', at: recorded_at, by: recorded?.actor ?? null, reason: null }
  const later = events.flatMap(({ verb, at, actor, reason }): Step[] => {
    const step = steps[verb]
    return step ? [{ step, at, by: actor, reason }] : []
  })
  return [first, ...later]
}
