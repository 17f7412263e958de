import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Amount, onlyCurrency } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText } from '../shared/date-text.tsx'
import { RowLink } from '../shared/row-link.tsx'
import { useSession } from '../shell/session.tsx'
import { type Filter, type Payment, paymentsQuery } from './queries.ts'
import { origins, PaymentPill } from './status.tsx'
import css from './tracker.module.css'

type PaymentTableProps = { filter: Omit<Filter, 'q'>; compact?: boolean; empty: ReactNode }

/** Payments, the latest first, whatever their origin; a row leads to the page of the payment. */
export function PaymentTable({ filter, compact = false, empty }: PaymentTableProps) {
  const { brand } = useSession()
  const query = useInfiniteQuery(paymentsQuery(brand.id, filter))
  const navigate = useNavigate()
  const rows = query.data?.pages.flatMap(page => page.data)
  const currency = onlyCurrency(rows?.map(row => ({ currency: row.currency })) ?? [])
  return (
    <DataTable<Payment>
      name={compact ? 'payments-beside' : 'payments-of'}
      label="Payments"
      columns={columnsOf(currency).filter(column => !compact || !['lines', 'note'].includes(column.key))}
      rows={rows}
      rowKey={row => row.id}
      error={query.error}
      onRetry={() => void query.refetch()}
      empty={empty}
      onOpen={row =>
        void navigate({
          to: '/tracker/payments/$payment_id',
          params: { payment_id: row.id },
          search: ((before: { brand?: string }) => ({ brand: before.brand })) as never,
        })
      }
      more={{
        has: query.hasNextPage,
        load: () => void query.fetchNextPage(),
        is_loading: query.isFetchingNextPage,
        label: 'Load more payments',
      }}
    />
  )
}

const columnsOf = (currency: string | null): Column<Payment>[] => [
  {
    key: 'paid_at',
    title: 'Paid',
    fixed: true,
    render: row => (
      <>
        <RowLink row={`payment:${row.id}`} to="/tracker/payments/$payment_id" params={{ payment_id: row.id } as never}>
          <DateText at={row.paid_at} />
        </RowLink>
        <span className={css.second}>{row.method_name ?? origins[row.origin]}</span>
      </>
    ),
  },
  {
    ...{ key: 'lines', title: 'Pays', wide: true, width: 130 },
    render: row => (row.line_count === 0 ? 'nothing linked' : counted(row.line_count, 'line')),
  },
  { key: 'note', title: 'Note', wide: true, render: row => <span className={css.because}>{row.note ?? ''}</span> },
  { key: 'status', title: 'Status', width: 116, render: row => <PaymentPill status={row.status} /> },
  {
    ...{ key: 'amount', title: 'Amount', unit: currency, numeric: true, fixed: true, width: 120 },
    render: row => <Amount cents={row.total_amount_cents} currency={row.currency} bare={currency !== null} />,
  },
]
