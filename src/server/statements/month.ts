/**
 * A partner's statement of one month: opening, earned, adjusted, paid, closing, by currency and day.
 *
 * While the month runs it closes with the balance of now. Takes the partner's id, so that the portal can show a partner
 * its own. Source: market.md 4.4, spec D5.
 */
import type { Out } from '../../api/endpoint.ts'
import type { statements } from '../../api/statements.ts'
import { addDays, dayOf, firstOfNextMonth } from '../../core/calendar.ts'
import { refuse } from '../../core/refusal.ts'
import {
  emptyStatement,
  entryText,
  type Month,
  type Moved,
  monthText,
  type StatementKind,
  statementOf,
  statementSpan,
} from '../../core/statement.ts'
import type { Ctx } from '../context.ts'
import * as sql from './month.sql.ts'

export type MonthStatement = Out<typeof statements.month>

/** Without a month the current one. Refuses `not_found` for a partner of another program. */
export async function monthStatement(ctx: Ctx, partner_id: string, wanted?: Month): Promise<MonthStatement> {
  const month = wanted ?? monthText(dayOf(ctx.now, ctx.time_zone))
  const { is_running, ...span } = statementSpan(month, ctx.now, ctx.time_zone)
  const [payee, rows] = await Promise.all([sql.payee(ctx, partner_id), sql.moved(ctx, partner_id, span)])
  if (!payee) refuse('not_found', 'There is no such partner in this brand.')
  const openings = rows.flatMap(row => (row.on === null ? [{ currency: row.currency, cents: row.amount_cents }] : []))
  const found = statementOf(openings, rows.filter(row => row.on !== null).map(movedBy))
  const { created_at, ...partner } = payee
  return {
    ...{ partner, month, is_running, time_zone: ctx.time_zone, until: is_running ? ctx.now : span.until },
    ...{ first_on: `${month}-01`, last_on: addDays(firstOfNextMonth(`${month}-01`), -1) },
    first_month: monthText(dayOf(created_at, ctx.time_zone)),
    currencies: found.length > 0 ? found : [emptyStatement(ctx.program.currency)],
  }
}

function movedBy(row: sql.MovedRow): Moved {
  const { currency, on, count, amount_cents, payment_id, payout_id } = row
  const kind = row.kind as StatementKind
  return { currency, on: on as string, kind, count, amount_cents, payment_id, payout_id, text: textOf(kind, row) }
}

function textOf(kind: StatementKind, row: sql.MovedRow): string {
  if (kind === 'advance') return row.words ?? 'Paid on account'
  if (kind === 'adjustment') return row.words ? `Adjustment: ${row.words}` : 'Paid beside what was earned'
  if (kind === 'undone') return `${nameOf(row)} ${row.status === 'rejected' ? 'came back' : 'was voided'}`
  if (kind === 'payment') return [nameOf(row), row.method_name, row.reference].filter(Boolean).join(', ')
  return entryText(kind, row.count)
}

const nameOf = ({ payout_number }: sql.MovedRow): string => (payout_number === null ? 'Payment' : `Payout ${payout_number}`)
