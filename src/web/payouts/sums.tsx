import { figure, money } from '../shared/amount.tsx'
import type { Figure } from '../shared/kpis.tsx'
import css from './payouts.module.css'

/** The total of a column: one figure a currency, never added up; the currency is left out where the head says it. */
export const Sums = ({ sums, unit }: { sums: readonly Figure[]; unit: string | null }) => (
  <span className={css.sums}>
    {sums.map(({ currency, cents }) => (
      <span key={currency}>{unit === currency && sums.length === 1 ? figure(cents, currency) : money(cents, currency)}</span>
    ))}
  </span>
)
