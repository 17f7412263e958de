import { figure, money } from '../shared/amount.tsx'
import type { Column } from '../shared/data-table.tsx'
import { DateText } from '../shared/date-text.tsx'
import { RowLink } from '../shared/row-link.tsx'
import { countryName } from './partner-form.tsx'
import css from './partners.module.css'
import type { Listed } from './queries.ts'
import { type Move, RowMoves } from './status-change.tsx'
import { StatusPill } from './status-pill.tsx'

type Figures = Listed['figures'][number]

/** The columns of the list; amounts in the brand's currency, other currencies below with their names. */
export function columnsOf(currency: string, onMove?: (row: Listed, move: Move) => void): Column<Listed>[] {
  const amounts = (pick: (figures: Figures) => number) => (row: Listed) => <Amounts row={row} currency={currency} pick={pick} />
  return [
    {
      ...{ key: 'name', title: 'Partner', fixed: true, sortable: true },
      render: row => (
        <>
          <RowLink row={`partner:${row.id}`} to="/partners/$partner_id" params={{ partner_id: row.id } as never}>
            {row.name}
          </RowLink>
          <span className={css.second}>
            {row.handle ? `@${row.handle}` : row.alias}
            {row.email && <span className={css.wide}> · {row.email}</span>}
          </span>
          <span className={css.phone}>
            <StatusPill status={row.status} />
          </span>
        </>
      ),
    },
    { key: 'status', title: 'Status', wide: true, width: 116, render: row => <StatusPill status={row.status} /> },
    {
      ...{ key: 'country', title: 'Country', wide: true, width: 92 },
      render: row => (row.country ? <span title={countryName(row.country)}>{row.country}</span> : <None />),
    },
    {
      ...{ key: 'owed_cents', title: 'Owed', unit: currency, numeric: true, sortable: true, width: 132 },
      render: amounts(figures => figures.owed_cents),
    },
    {
      ...{ key: 'paid_cents', title: 'Paid', unit: currency, numeric: true, sortable: true, wide: true, width: 132 },
      render: amounts(figures => figures.paid_cents),
    },
    {
      ...{ key: 'last_paid_at', title: 'Last paid', sortable: true, wide: true, width: 124 },
      render: row => <DateText at={lastPaid(row)} />,
    },
    {
      ...{ key: 'created_at', title: 'Since', sortable: true, wide: true, width: 116 },
      render: row => <DateText at={row.created_at} />,
    },
    ...(onMove
      ? [
          {
            ...{ key: 'moves', title: '', fixed: true, wide: true, width: 56 },
            render: (row: Listed) => <RowMoves row={row} onMove={move => onMove(row, move)} />,
          },
        ]
      : []),
  ]
}

const None = () => <span className={css.none}>–</span>

const lastPaid = (row: Listed): string | null =>
  row.figures
    .map(each => each.last_paid_at)
    .filter(at => at !== null)
    .sort()
    .at(-1) ?? null

function Amounts({ row, currency, pick }: { row: Listed; currency: string; pick: (figures: Figures) => number }) {
  const own = row.figures.find(each => each.currency === currency)
  const others = row.figures.filter(each => each.currency !== currency && pick(each) !== 0)
  const cents = own ? pick(own) : 0
  return (
    <>
      {cents === 0 ? others.length === 0 && <None /> : <span className={css.strong}>{figure(cents, currency)}</span>}
      {others.map(each => (
        <span key={each.currency} className={css.second}>
          {money(pick(each), each.currency)}
        </span>
      ))}
    </>
  )
}
