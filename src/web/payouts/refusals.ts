/** Why something cannot be done now, in the words that people read on the page. */
import { money } from '../shared/amount.tsx'
import type { Balance, Payout } from './queries.ts'

/** Why a balance is left out of a run; null when it is in. */
export function heldBack(row: Balance, minimum_cents: number): string | null {
  if (row.below_threshold) return `${money(minimum_cents - row.owed_cents, row.currency)} below the minimum`
  if (row.partner_status === 'paused' || row.partner_status === 'declined') return `${row.partner_status}, not in a run`
  return null
}

/** Why no payout can be made of a balance; null when one can. */
export function noDraft(row: Balance, minimum_cents: number): string | null {
  if (row.owed_cents <= 0) {
    if (row.in_payouts_cents > 0) return 'All of it is in payouts already.'
    return row.pending_cents > 0 ? 'What was earned is on hold.' : 'Nothing is owed.'
  }
  if (!row.below_threshold) return null
  return minimum_cents > 0
    ? `Below the minimum of ${money(minimum_cents, row.currency)}: ${money(minimum_cents - row.owed_cents, row.currency)} to go.`
    : 'Below the minimum of this brand.'
}

const verbs = {
  approved: { from: ['draft'], cannot: (p: Payout) => `No. ${p.number} is ${p.status}; only a draft is approved.` },
  paid: { from: ['approved'], cannot: (p: Payout) => `No. ${p.number} is ${p.status}; only an approved payout is paid.` },
  cancelled: { from: ['draft', 'approved'], cannot: (p: Payout) => `No. ${p.number} is ${p.status}, which is final.` },
}
export type Move = keyof typeof verbs

const NAMED = 3

/** Why a selection of payouts cannot make a move: the first few of those that stand in its way. */
export function noMove(rows: readonly Payout[], move: Move): string[] {
  const against = rows.filter(row => !verbs[move].from.includes(row.status)).map(verbs[move].cannot)
  const more = against.length - NAMED
  return more > 0 ? [...against.slice(0, NAMED), `And ${more} more.`] : against
}
