import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Cents, Currency } from '../../core/money.ts'
import { figure } from './amount.tsx'
import css from './kpis.module.css'
import { usePlace } from './place.tsx'

export type Figure = { currency: Currency; cents: Cents }
export type Kpi = {
  name: string
  /** Beside the name: a number of things, a share. */
  note?: ReactNode
  /** Amounts, one a currency; none is a zero in the program's currency. `null` while they are read. */
  figures?: readonly Figure[] | null
  /** What is no money: a count, a rate, a date. `null` while it is read. */
  value?: ReactNode
  /** Makes the card a filter: these search parameters are set by a click, and taken away by a second one. */
  filter?: Record<string, string | undefined>
  /** Whether its filter is on now. */
  is_on?: boolean
}

/** The figures on top of a page; a card with a filter narrows the tables below. */
export const Kpis = ({ kpis }: { kpis: readonly Kpi[] }) => (
  <dl className={css.strip} aria-busy={kpis.some(isWaiting)} data-count={kpis.length}>
    {kpis.map(kpi => (
      <div key={kpi.name} className={css.kpi} data-on={kpi.is_on || undefined}>
        <dt>
          {kpi.filter ? <FilterLink kpi={kpi} filter={kpi.filter} /> : kpi.name}
          {kpi.note !== undefined && kpi.note !== '' && <span className={css.note}>{kpi.note}</span>}
        </dt>
        <Value kpi={kpi} />
      </div>
    ))}
  </dl>
)

const isWaiting = (kpi: Kpi): boolean => kpi.figures === null || kpi.value === null

function FilterLink({ kpi, filter }: { kpi: Kpi; filter: Record<string, string | undefined> }) {
  const off = Object.fromEntries(Object.keys(filter).map(name => [name, undefined]))
  return (
    <Link
      to="."
      search={(before: object) => ({ ...before, ...(kpi.is_on ? off : filter) }) as never}
      replace
      className={css.filter}
      aria-current={kpi.is_on ? 'true' : undefined}
      title={kpi.is_on ? 'Show everything again' : 'Show only these below'}
    >
      {kpi.name}
    </Link>
  )
}

function Value({ kpi }: { kpi: Kpi }) {
  const { currency: own } = usePlace()
  if (isWaiting(kpi)) return <dd className={css.waiting}>…</dd>
  if (!kpi.figures) return <dd>{kpi.value}</dd>
  const shown = kpi.figures.length > 0 ? kpi.figures : [{ currency: own, cents: 0 }]
  return shown.map(({ currency, cents }) => (
    <dd key={currency} data-small={shown.length > 1 || undefined} data-negative={cents < 0 || undefined}>
      {figure(cents, currency)} <span className={css.currency}>{currency}</span>
    </dd>
  ))
}
