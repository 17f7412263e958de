/** What each partner is owed, by currency, with the totals of the whole filter. Source: spec A6, A13. */
import type { In, Out } from '../../api/endpoint.ts'
import type { payouts } from '../../api/payouts.ts'
import { instant, monthOf, ms } from '../../core/calendar.ts'
import { type Ctx, reply } from '../context.ts'
import { packCursor, pageOf, unpackCursor } from '../page.ts'
import * as sql from './balances.sql.ts'

const kinds = { partner_name: 'text', last_paid_at: 'instant' } as const
const kindOf = (column: sql.SortColumn) => (column in kinds ? kinds[column as keyof typeof kinds] : ('integer' as const))

export async function list(ctx: Ctx, { query }: In<typeof payouts.balances>) {
  const { limit, cursor, sort, owed, only, ...rest } = query
  const order: sql.Sort = { column: sort.replace('-', '') as sql.SortColumn, descending: sort.startsWith('-') }
  const after = unpackCursor(cursor, [kindOf(order.column), 'id', 'text'])
  const filter = { ...rest, only: only ?? (owed ? ('owed' as const) : undefined) }
  const found = await sql.read(ctx, { filter, sort: order, after, limit, month: monthOf(ctx.now, ctx.time_zone) })
  const keyOf = (row: sql.BalanceRow) => (order.column === 'last_paid_at' ? (row.last_paid_at ?? '-infinity') : row[order.column])
  const { rows, next_cursor } = pageOf(found.rows, limit, row => packCursor([keyOf(row), row.partner_id, row.currency]))
  return reply(rows.map(present), { meta: { next_cursor, totals: found.totals } })
}

function present({ sort_key: _k, outstanding_cents: _o, ...row }: sql.Found['rows'][number] & Record<string, unknown>) {
  return row as sql.BalanceRow
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
