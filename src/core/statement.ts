/**
 * A partner's account by month: what it opened with, what was earned, adjusted and paid, and what it closes with.
 *
 * `closing = opening + earned + adjusted − paid`, in each currency; what a month closes with, the next one opens with.
 * Source: market.md 4.4, spec D5.
 */
import { type Day, firstOfMonth, firstOfNextMonth, type Instant, instant, ms, startOfDay, type TimeZone } from './calendar.ts'
import { groupBy } from './collect.ts'
import { type Cents, cents } from './money.ts'

/** A calendar month: `2026-03`. */
export type Month = string & { readonly __time?: 'month' }
export const monthText = (day: Day): Month => day.slice(0, 7)

export const statementKinds = [
  ...(['commission', 'accrual', 'bonus', 'reversal', 'clawback'] as const),
  ...(['adjustment', 'advance', 'payment', 'undone'] as const),
] as const
export type StatementKind = (typeof statementKinds)[number]
export type StatementColumn = 'earned' | 'adjusted' | 'paid'

const columns: Record<StatementKind, StatementColumn> = {
  ...({ commission: 'earned', accrual: 'earned', bonus: 'earned' } as const),
  ...({ reversal: 'adjusted', clawback: 'adjusted', adjustment: 'adjusted' } as const),
  ...({ advance: 'paid', payment: 'paid', undone: 'paid' } as const),
}

/** What moved the balance on one day; `amount_cents` is signed by what it did to the balance, so a payment is below zero. */
export type StatementEntry = {
  on: Day
  kind: StatementKind
  column: StatementColumn
  text: string
  count: number
  amount_cents: Cents
  payment_id: string | null
  payout_id: string | null
}
/** An entry before it is told in words. */
export type Moved = Omit<StatementEntry, 'column'> & { currency: string }
export type StatementTotals = {
  currency: string
  opening_cents: Cents
  earned_cents: Cents
  adjusted_cents: Cents
  /** What was paid, above zero. */
  paid_cents: Cents
  closing_cents: Cents
}
export type CurrencyStatement = StatementTotals & { entries: StatementEntry[] }

const one: Partial<Record<StatementKind, string>> = {
  ...{
    commission: 'Commission',
    accrual: 'Accrual',
    bonus: 'Bonus',
    reversal: 'Taken back',
    clawback: 'Taken back after it was paid',
  },
}
const many: Partial<Record<StatementKind, string>> = {
  ...{ commission: 'commissions', accrual: 'accruals', bonus: 'bonuses', reversal: 'taken back' },
  clawback: 'taken back after they were paid',
}

/** Says how many of one kind a day had; what names a payment has its own words. */
export const entryText = (kind: StatementKind, count: number): string =>
  (count === 1 ? one[kind] : many[kind] && `${count} ${many[kind]}`) ?? kind

/** The instants of a month in a zone, and up to when it is known: its end, or the moment after now while it runs. */
export function statementSpan(
  month: Month,
  now: Instant,
  zone: TimeZone,
): { start: Instant; until: Instant; is_running: boolean } {
  const first = firstOfMonth(`${month}-01`)
  const end = startOfDay(firstOfNextMonth(first), zone)
  const is_running = ms(end) > ms(now)
  return { start: startOfDay(first, zone), until: is_running ? instant(ms(now) + 1) : end, is_running }
}

/** Adds up what moved in a month, by currency. A currency in which nothing moved and nothing is left is left out. */
export function statementOf(openings: { currency: string; cents: Cents }[], moved: Moved[]): CurrencyStatement[] {
  const [opened, entries] = [new Map(openings.map(o => [o.currency, o.cents])), groupBy(moved, m => m.currency)]
  const currencies = [...new Set([...opened.keys(), ...entries.keys()])].sort()
  return currencies
    .map(currency => accountOf(currency, opened.get(currency) ?? 0, entries.get(currency) ?? []))
    .filter(account => account.opening_cents !== 0 || account.entries.length > 0)
}

export const emptyStatement = (currency: string): CurrencyStatement => accountOf(currency, 0, [])

function accountOf(currency: string, opening_cents: Cents, moved: Moved[]): CurrencyStatement {
  const entries = moved.map(({ currency: _, ...entry }) => ({ ...entry, column: columns[entry.kind] }))
  const sumOf = (column: StatementColumn) =>
    entries.reduce((sum, e) => (e.column === column ? cents(sum + e.amount_cents) : sum), 0)
  const [earned_cents, adjusted_cents, paid] = [sumOf('earned'), sumOf('adjusted'), sumOf('paid')]
  const closing_cents = cents(opening_cents + earned_cents + adjusted_cents + paid)
  return { currency, opening_cents, earned_cents, adjusted_cents, paid_cents: cents(-paid), closing_cents, entries }
}
