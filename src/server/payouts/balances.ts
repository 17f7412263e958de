/** What each partner is owed, by currency, with the totals of the whole filter. Source: spec A6, A13. */
import type { In, Out } from '../../api/endpoint.ts'
import type { payouts } from '../../api/payouts.ts'
import { instant, monthOf, ms } from '../../core/calendar.ts'
import { type Ctx, reply } from '../context.ts'
import { packCursor, pageOf, unpackCursor } from '../page.ts'
import * as sql from './balances.sql.ts'

export async function list(ctx: Ctx, { query }: In<typeof payouts.balances>) {
  const { limit, cursor, sort, ...filter } = query
  const order: sql.Sort = { column: sort.replace('-', '') as sql.Sort['column'], descending: sort.startsWith('-') }
  const [found, totals] = await Promise.all([
    sql.page(ctx, filter, order, unpackCursor(cursor, [order.column === 'owed_cents' ? 'integer' : 'text', 'id', 'text']), limit),
    sql.totals(ctx, filter, monthOf(ctx.now, ctx.time_zone)),
  ])
  const { rows, next_cursor } = pageOf(found, limit, row => packCursor([row[order.column], row.partner_id, row.currency]))
  return reply(rows, { meta: { next_cursor, totals } })
}

const DAY = 86_400_000

/** What the settings do to the balances of now; with other ones in the query, what those would. Nothing is changed by asking. */
export async function settingsEffect(
  ctx: Ctx,
  { query }: In<typeof payouts.settingsEffect>,
): Promise<Out<typeof payouts.settingsEffect>> {
  const { hold_days, currency, minimum_threshold_cents } = ctx.program
  const days_less = Math.max(0, hold_days - (query.hold_days ?? hold_days))
  const [on_hold, by_minimum] = await Promise.all([
    sql.onHold(ctx, instant(ms(ctx.now) + days_less * DAY)),
    sql.byMinimum(ctx, query.minimum_threshold_cents ?? minimum_threshold_cents),
  ])
  return { on_hold, currency, ...by_minimum }
}
