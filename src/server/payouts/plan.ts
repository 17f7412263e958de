/**
 * What a run would draft, whom it would leave out and why: the plan that a person sees before anything is written.
 *
 * The same rules of core decide as in the run itself. Nothing is locked. Source: spec BX-07, market 4.3 (3).
 */
import type { Out } from '../../api/endpoint.ts'
import type { payouts } from '../../api/payouts.ts'
import { creditToNet, type DraftRules, type SkipReason, skipReason } from '../../core/payout.ts'
import type { Ctx } from '../context.ts'
import type { Scope } from './draft.sql.ts'
import * as sql from './plan.sql.ts'

export type Plan = NonNullable<Out<typeof payouts.create>['plan']>
type Row = Plan['rows'][number]
type Left = Plan['skipped'][number]

/** How many rows a plan lists, the largest first; its totals are of all. */
const LISTED = 100

export async function planOf(ctx: Ctx, scope: Scope, rules: DraftRules): Promise<Plan> {
  const [due, clawbacks, held] = await Promise.all([sql.due(ctx, scope), sql.clawbacks(ctx, scope), sql.held(ctx, scope)])
  const taken = new Map(clawbacks.map(each => [`${each.partner_id} ${each.currency}`, each.cents]))
  const [rows, left]: [Row[], Left[]] = [[], []]
  for (const each of due) {
    const threshold_cents = each.currency === ctx.program.currency ? ctx.program.minimum_threshold_cents : 0
    const reason = skipReason({ ...each, threshold_cents }, rules)
    if (reason === null) rows.push(rowOf(each, taken.get(`${each.partner_id} ${each.currency}`) ?? 0))
    else left.push(leftOf(each, reason, threshold_cents))
  }
  return {
    totals: totalsOf(rows),
    rows: rows.sort(byAmount).slice(0, LISTED),
    skipped_totals: [...skippedTotals(left), ...held.map(each => ({ ...each, reason: 'on_hold' as const, missing_cents: null }))],
    skipped: left.sort(byAmount).slice(0, LISTED),
  }
}

const byAmount = (a: Row | Left, b: Row | Left) => b.amount_cents - a.amount_cents || (a.partner_id < b.partner_id ? -1 : 1)

function rowOf({ partner_status: _s, lines_cents, credit_cents, ...due }: sql.DueRow, clawback_cents: number): Row {
  const netted = creditToNet({ lines_cents, credit_cents })
  return {
    ...due,
    gross_cents: lines_cents - clawback_cents,
    clawback_cents,
    credit_cents: netted,
    amount_cents: lines_cents - netted,
  }
}

function leftOf({ partner_id, partner_name, currency, ...due }: sql.DueRow, reason: SkipReason, threshold_cents: number): Left {
  const amount_cents = due.lines_cents - due.credit_cents
  const missing_cents = reason === 'below_threshold' ? threshold_cents - amount_cents : null
  return { partner_id, partner_name, currency, reason, amount_cents, missing_cents }
}

function totalsOf(rows: Row[]): Plan['totals'] {
  const totals = new Map<string, Plan['totals'][number]>()
  for (const row of rows) {
    const total = totals.get(row.currency) ?? {
      ...{ currency: row.currency, partner_count: 0, gross_cents: 0, clawback_cents: 0, credit_cents: 0, amount_cents: 0 },
    }
    total.partner_count++
    for (const key of ['gross_cents', 'clawback_cents', 'credit_cents', 'amount_cents'] as const) total[key] += row[key]
    totals.set(row.currency, total)
  }
  return [...totals.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1))
}

function skippedTotals(left: Left[]): Plan['skipped_totals'] {
  const totals = new Map<string, Plan['skipped_totals'][number]>()
  for (const { reason, currency, amount_cents, missing_cents } of left) {
    const key = `${reason} ${currency}`
    const total = totals.get(key) ?? { reason, currency, count: 0, amount_cents: 0, missing_cents: missing_cents && 0 }
    total.count++
    total.amount_cents += amount_cents
    if (missing_cents !== null) total.missing_cents = (total.missing_cents ?? 0) + missing_cents
    totals.set(key, total)
  }
  return [...totals.values()]
}
