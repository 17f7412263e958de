import { figure, money } from '../shared/amount.tsx'
import css from './parts.module.css'
import { usePortal } from './session.tsx'

export type Earned = readonly { currency: string; amount_cents: number }[]

/** The currency that a list of earnings is charted in: the program's where it occurs, else the first. */
export function mainCurrency(earnings: Earned, own: string): string {
  return earnings.some(each => each.currency === own) || earnings.length === 0 ? own : (earnings[0]?.currency ?? own)
}

export const centsIn = (earnings: Earned, currency: string): number =>
  earnings.find(each => each.currency === currency)?.amount_cents ?? 0

/** Earnings of one row; `bare` when the column names their one currency. */
export function EarnedText({ earnings, bare }: { earnings: Earned; bare: string | null }) {
  const { me } = usePortal()
  if (earnings.length === 0) return <>{bare ? figure(0, bare) : money(0, me.program.currency)}</>
  return earnings.map(({ currency, amount_cents }) => (
    <span key={currency} className={css.earned} data-negative={amount_cents < 0 || undefined}>
      {bare === currency ? figure(amount_cents, currency) : money(amount_cents, currency)}
    </span>
  ))
}

/** The one currency of all these rows, to be said in the column's head; null when there are several. */
export function oneCurrency(rows: readonly { earnings: Earned }[], own: string): string | null {
  const all = new Set(rows.flatMap(row => row.earnings.map(each => each.currency)))
  return all.size === 0 ? own : all.size === 1 ? ([...all][0] as string) : null
}

/** `3.4 %`; a dash where there was no click. */
export const rateText = (rate: number | null): string =>
  rate === null
    ? '–'
    : new Intl.NumberFormat('en', { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 })
        .format(rate)
        .replace('%', ' %')
