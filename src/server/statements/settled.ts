/**
 * The statement of one paid payout: what it paid, line by line, with adjustments and what was paid on account before.
 *
 * Lines and adjustments come to the amount that was paid. Takes an optional partner, so that the portal can show a partner
 * its own payout and nothing of what the program took in. Source: market.md 4.4.
 */
import { type Day, dayOf } from '../../core/calendar.ts'
import { refuse } from '../../core/refusal.ts'
import { entryText, type StatementKind } from '../../core/statement.ts'
import type { Ctx } from '../context.ts'
import * as payouts from '../payouts/payouts.sql.ts'
import * as sql from './settled.sql.ts'

/** A line as a statement tells it; without an earning it is an adjustment. */
export type SettledLine = { on: Day; kind: StatementKind; text: string; amount_cents: number; earning_id: string | null }
export type SettledStatement = {
  payout: payouts.PayoutRow & { paid_at: string }
  lines: SettledLine[]
  /** Lines that were left out because the limit was reached. */
  left_out: { count: number; amount_cents: number }
}
/** `for_partner` tells each line without how it was priced, which may say what the program took in. */
export type Reader = { partner_id?: string; for_partner?: boolean }

const CHUNK = 5000

/** Refuses `not_found` for another partner's payout, `invalid_transition` for one that is not paid. */
export async function settledStatement(
  ctx: Ctx,
  payout_id: string,
  limit: number,
  reader: Reader = {},
): Promise<SettledStatement> {
  const payout = await payouts.one(ctx, payout_id)
  if (!payout || (reader.partner_id !== undefined && payout.partner_id !== reader.partner_id))
    refuse('not_found', 'There is no such payout in this brand.')
  const { paid_at } = payout
  if (paid_at === null)
    refuse('invalid_transition', `This payout is ${payout.status}; there is a statement of it once it is paid.`)
  const [{ rows, has_more }, adjustments] = await Promise.all([
    linesOf(ctx, payout_id, limit),
    payouts.adjustments(ctx, payout_id),
  ])
  const lines = [
    ...rows.map(row => lineOf(ctx, row, reader)),
    ...adjustments.map(({ amount_cents, reason }) => ({
      ...{ on: dayOf(paid_at, ctx.time_zone), kind: 'adjustment' as const, text: `Adjustment: ${reason}`, amount_cents },
      earning_id: null,
    })),
  ]
  const shown = lines.reduce((sum, line) => sum + line.amount_cents, 0)
  const count = has_more ? (await sql.countLines(ctx, payout_id)) - rows.length : 0
  return { payout: { ...payout, paid_at }, lines, left_out: { count, amount_cents: payout.amount_cents - shown } }
}

/** Page by page, since one payout may pay a million conversions. */
async function linesOf(ctx: Ctx, payout_id: string, limit: number) {
  const rows: payouts.LineRow[] = []
  for (let after: string | null = null; ; ) {
    const size = Math.min(CHUNK, limit - rows.length)
    const found = await payouts.lines(ctx, payout_id, { limit: size, after })
    rows.push(...found.slice(0, size))
    if (found.length <= size || rows.length >= limit) return { rows, has_more: found.length > size }
    after = (rows.at(-1) as payouts.LineRow).earning_id
  }
}

function lineOf(ctx: Ctx, row: payouts.LineRow, { for_partner }: Reader): SettledLine {
  const { earning_id, amount_cents, because } = row
  const kind = row.kind as StatementKind
  const is_told = !for_partner || kind === 'advance'
  const text = is_told && because ? because : entryText(kind, 1)
  return { on: dayOf(row.occurred_at, ctx.time_zone), kind, text, amount_cents, earning_id }
}
