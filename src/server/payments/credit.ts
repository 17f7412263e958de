/**
 * Credit: what partners were paid on account, on their `credit` tabs as negative earnings, until a payout nets it.
 *
 * An advance is never changed: an edit adds the difference, a rejection the opposite. Source: spec C8, D2 row 4, model.md 3.
 */
import { dayOf, type Instant } from '../../core/calendar.ts'
import type { Cents } from '../../core/money.ts'
import type { Ctx } from '../context.ts'
import * as tabs from '../earnings/tabs.sql.ts'
import * as sql from './on-account.sql.ts'

type Payee = { payment_id: string; partner_id: string; currency: string; paid_at: Instant }

/** The key of the tab that takes a partner's credit, for its lock. */
export const creditTab = (ctx: Ctx, { partner_id, currency }: Pick<Payee, 'partner_id' | 'currency'>) => ({
  ...({ partner_id, currency, stream: 'credit', held_until: tabs.NO_HOLD } as const),
  on: dayOf(ctx.now, ctx.time_zone),
})

/** Enters advances on the partner's open credit tab, numbered from `first`; negative ones lower the balance. Returns their ids. */
export async function enterAdvances(ctx: Ctx, payee: Payee, first: number, amounts: Cents[], why = ''): Promise<string[]> {
  const { on, ...key } = creditTab(ctx, payee)
  const entries = amounts.map((amount_cents, n) => ({
    ...key,
    ...{ id: ctx.newId(), kind: 'advance' as const, amount_cents, item_count: 0, revenue_cents: 0, earned_on: on },
    ...{ source_key: sql.advanceKey(payee.payment_id, first + n), reverses_id: null, mark: null },
    because: `Paid on account on ${dayOf(payee.paid_at, ctx.time_zone)}${why && `: ${why}`}`,
    inputs: { payment_id: payee.payment_id },
  }))
  await tabs.enterOnOpen(ctx, entries)
  return entries.map(entry => entry.id)
}

/**
 * Puts a part of a partner's credit on closed tabs of its own, for a payout that earned less than that.
 *
 * Whole payments first, the oldest first; the one that spans the amount is divided by two advances that sum to zero.
 * The tabs are locked by the caller. Returns the fresh tabs.
 */
export async function carve(ctx: Ctx, whose: Omit<Payee, 'payment_id' | 'paid_at'>, tab_ids: string[], amount_cents: Cents) {
  const leaving: string[] = []
  let left = amount_cents
  for (const { cents, payment_id, paid_at, earning_ids } of await sql.creditOn(ctx, tab_ids)) {
    if (left === 0) break
    const part = Math.min(left, cents)
    left -= part
    leaving.push(...(part === cents ? earning_ids : await divide(ctx, { ...whose, payment_id, paid_at }, part)))
  }
  if (left !== 0) throw new Error(`the credit of partner ${whose.partner_id} falls ${left} short of its tabs`)
  return tabs.moveToFresh(ctx, await tabs.withReversals(ctx, leaving))
}

/** Returns the advance that carries the part. */
async function divide(ctx: Ctx, payee: Payee, part: Cents): Promise<string[]> {
  const first = await sql.takeAdvanceNumbers(ctx, payee.payment_id, 2)
  return (await enterAdvances(ctx, payee, first, [-part, part], 'divided, a part is netted')).slice(0, 1)
}
