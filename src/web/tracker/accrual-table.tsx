import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Amount, onlyCurrency } from '../shared/amount.tsx'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText } from '../shared/date-text.tsx'
import { RowLink } from '../shared/row-link.tsx'
import { useSession } from '../shell/session.tsx'
import { AccrualPeriod } from './period.tsx'
import { type Accrual, accrualsQuery, type Filter, structuresQuery } from './queries.ts'
import { AccrualPill } from './status.tsx'
import css from './tracker.module.css'

/** The names of structures by id; a structure beyond the first hundred has none here. */
export function useStructureNames(): (id: string) => string {
  const { brand } = useSession()
  const { data = [] } = useQuery(structuresQuery(brand.id))
  return id => data.find(each => each.id === id)?.name ?? 'Structure'
}

type AccrualTableProps = { filter: Omit<Filter, 'q'>; compact?: boolean; empty: ReactNode }

/** Accruals, the latest period first. Opening one shows how it came about; which one is in the address. */
export function AccrualTable({ filter, compact = false, empty }: AccrualTableProps) {
  const { brand } = useSession()
  const query = useInfiniteQuery(accrualsQuery(brand.id, filter))
  const navigate = useNavigate()
  const nameOf = useStructureNames()
  const rows = query.data?.pages.flatMap(page => page.data)
  const currency = onlyCurrency(rows ?? [])
  const open = (accrual: string) => void navigate({ to: '.', search: ((before: object) => ({ ...before, accrual })) as never })
  const columns = columnsOf({ currency, compact, nameOf }).filter(column => !compact || !wide.includes(column.key))
  return (
    <DataTable<Accrual>
      name={compact ? 'accruals-beside' : 'accruals'}
      label="Accruals"
      columns={columns}
      rows={rows}
      rowKey={row => row.id}
      error={query.error}
      onRetry={() => void query.refetch()}
      empty={empty}
      onOpen={row => open(row.id)}
      more={{
        has: query.hasNextPage,
        load: () => void query.fetchNextPage(),
        is_loading: query.isFetchingNextPage,
        label: 'Load more accruals',
      }}
    />
  )
}

/** No room for these beside a table. */
const wide = ['because', 'entered']

type Shown = { currency: string | null; compact: boolean; nameOf: (id: string) => string }

const columnsOf = ({ currency, compact, nameOf }: Shown): Column<Accrual>[] => [
  {
    key: 'period',
    title: 'Period',
    fixed: true,
    render: row => (
      <>
        <RowLink row={`accrual:${row.id}`} search={{ accrual: row.id }}>
          <span className={css.nowrap}>
            <AccrualPeriod of={row} />
          </span>
        </RowLink>
        <span className={css.second}>{nameOf(row.structure_id)}</span>
      </>
    ),
  },
  { key: 'because', title: 'How', wide: true, render: row => <span className={css.because}>{row.because}</span> },
  { key: 'status', title: 'Status', width: compact ? 100 : 116, render: row => <AccrualPill {...row} /> },
  { key: 'entered', title: 'Entered', wide: true, width: 110, render: row => <DateText at={row.created_at} /> },
  {
    ...{ key: 'amount', title: 'Amount', unit: currency, numeric: true, fixed: true, width: compact ? 104 : 120 },
    render: row => <Amount cents={row.amount_cents} currency={row.currency} bare={currency !== null} />,
  },
]
