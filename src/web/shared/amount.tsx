/** Amounts on the page: the words of core/money, a real minus sign, the currency once. */
import { type Cents, type Currency, format } from '../../core/money.ts'
import css from './shared.module.css'

/** `1,234.50`, without the currency, for columns that name it in their head. */
export const figure = (cents: Cents, currency: Currency): string =>
  format(cents, currency)
    .slice(0, -1 - currency.length)
    .replace('-', '−')

/** `1,234.50 USD`. */
export const money = (cents: Cents, currency: Currency): string => format(cents, currency).replace('-', '−')

type AmountProps = { cents: Cents; currency: Currency; bare?: boolean }

/** An amount of money; negative ones have a minus and a colour. `bare` leaves the currency to the column's head. */
export const Amount = ({ cents, currency, bare = false }: AmountProps) => (
  <span className={cents < 0 ? css.negative : undefined}>{bare ? figure(cents, currency) : money(cents, currency)}</span>
)

/** The currency of a column when all its rows have the same one; `null` when each row must say its own. */
export function onlyCurrency(rows: readonly { currency: Currency }[]): Currency | null {
  const all = new Set(rows.map(row => row.currency))
  return all.size === 1 ? ([...all][0] as Currency) : null
}
