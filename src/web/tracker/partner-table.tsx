import { Button, Tooltip } from '@mantine/core'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Amount, money, onlyCurrency } from '../shared/amount.tsx'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { RowLink } from '../shared/row-link.tsx'
import { useSession } from '../shell/session.tsx'
import type { Payee } from './mark-paid.tsx'
import type { Filter, Order, Row, Totals } from './queries.ts'
import css from './tracker.module.css'

type PageOf = { data: Row[]; meta: { totals: Totals[] } }
type TableProps = {
  query: UseInfiniteQueryResult<InfiniteData<PageOf>>
  filter: Filter
  sort: Order
  onOpen: (partner_id: string) => void
  onPay: (payee: Payee) => void
}

/** One row a partner and currency: earned, paid, outstanding, last paid. A row opens its accruals and payments. */
export function PartnerTable({ query, filter, sort = '-outstanding_cents', onOpen, onPay }: TableProps) {
  const { is_admin } = useSession()
  const navigate = useNavigate({ from: '/tracker' })
  const { partner } = useSearch({ from: '/shell/tracker' })
  const rows = query.data?.pages.flatMap(page => page.data)
  const currency = onlyCurrency(rows ?? [])
  const shows_taken_back = filter.status === 'rejected' || filter.status === 'voided'
  const is_beside = partner !== undefined
  const first = new Map<string, Row>()
  for (const row of rows ?? []) if (!first.has(row.partner_id)) first.set(row.partner_id, row)
  // what is open is a partner, and has one row by that name, however many currencies
  const nameOf = (row: Row) =>
    first.get(row.partner_id) === row ? `partner:${row.partner_id}` : `currency:${row.partner_id}:${row.currency}`
  const columns = columnsOf({ currency, nameOf, shows_taken_back, is_beside, ...(is_admin && { onPay }) })
  return (
    <section aria-label="Partners" className={css.section}>
      <DataTable<Row>
        name="tracker"
        label="Partners"
        columns={columns}
        rows={rows}
        rowKey={row => `${row.partner_id}:${row.currency}`}
        error={query.error}
        onRetry={() => void query.refetch()}
        empty={<Nothing filter={filter} />}
        sort={{ key: sort.replace('-', ''), direction: sort.startsWith('-') ? 'desc' : 'asc' }}
        onSort={({ key, direction }) =>
          void navigate({ search: before => ({ ...before, sort: direction === 'desc' ? `-${key}` : key }), replace: true })
        }
        onOpen={row => onOpen(row.partner_id)}
        openKey={
          rows?.find(row => row.partner_id === partner) && `${partner}:${rows.find(row => row.partner_id === partner)?.currency}`
        }
        more={{
          has: query.hasNextPage,
          load: () => void query.fetchNextPage(),
          is_loading: query.isFetchingNextPage,
          label: 'Load more partners',
        }}
      />
    </section>
  )
}

const lastPaid: Column<Row> = {
  ...{ key: 'last_paid_at', title: 'Last paid', sortable: true, wide: true, width: 112 },
  render: row => <DateText at={row.last_paid_at} />,
}

type ColumnsOf = {
  nameOf: (row: Row) => string
  currency: string | null
  shows_taken_back: boolean
  is_beside: boolean
  onPay?: (payee: Payee) => void
}

function columnsOf({ currency, nameOf, shows_taken_back, is_beside, onPay }: ColumnsOf): Column<Row>[] {
  const amount = (key: keyof Row & `${string}_cents`, title: string, more: Partial<Column<Row>> = {}): Column<Row> => ({
    ...{ key, title, unit: currency, numeric: true, width: 118 },
    render: row => <Amount cents={row[key]} currency={row.currency} bare={currency !== null} />,
    ...more,
  })
  return [
    {
      ...{ key: 'partner_name', title: 'Partner', sortable: true, fixed: true },
      render: row => (
        <>
          <RowLink row={nameOf(row)} search={{ partner: row.partner_id, sub: undefined }}>
            <span className={css.name}>{row.partner_name}</span>
          </RowLink>
          {row.handle && row.handle !== row.partner_name && <span className={css.second}>@{row.handle}</span>}
        </>
      ),
    },
    amount('earned_cents', 'Earned', { sortable: true, wide: true }),
    amount('paid_cents', 'Paid', { sortable: true, wide: true }),
    ...(shows_taken_back ? [amount('taken_back_cents', 'Taken back')] : []),
    amount('outstanding_cents', 'Outstanding', {
      sortable: true,
      width: 142,
      fixed: true,
      render: row => (
        <strong className={css.strong}>
          <Amount cents={row.outstanding_cents} currency={row.currency} bare={currency !== null} />
        </strong>
      ),
    }),
    // the open partner says it beside the table, where the table is narrow
    ...(is_beside ? [] : [lastPaid]),
    ...(onPay
      ? [{ key: 'pay', title: '', fixed: true, width: 116, numeric: true, render: (row: Row) => <Pay row={row} onPay={onPay} /> }]
      : []),
  ]
}

/** Opens the dialog; where nothing can be paid it stays within reach of the keyboard, to say why. */
function Pay({ row, onPay }: { row: Row; onPay: (payee: Payee) => void }) {
  const reason =
    row.outstanding_cents === 0
      ? 'Nothing is outstanding here.'
      : row.outstanding_cents === row.in_payouts_cents
        ? `${money(row.in_payouts_cents, row.currency)} is held by payouts: pay those, or cancel them first.`
        : null
  return (
    <Tooltip label={reason ?? ''} disabled={reason === null}>
      <Button
        variant="subtle"
        size="compact-sm"
        className={css.pay}
        aria-disabled={reason !== null || undefined}
        data-disabled={reason !== null || undefined}
        aria-label={`Mark as paid: ${row.partner_name}, ${row.currency}${reason ? `. ${reason}` : ''}`}
        onClick={reason === null ? () => onPay(row) : undefined}
      >
        Mark as paid
      </Button>
    </Tooltip>
  )
}

function Nothing({ filter }: { filter: Filter }) {
  const is_filtered = Object.values(filter).some(Boolean)
  if (is_filtered) {
    const none = { q: undefined, from: undefined, to: undefined, status: undefined, structure: undefined }
    return (
      <Empty title={filter.status === 'earned' ? 'Nothing is outstanding here.' : 'Nothing matches this filter.'}>
        <Link to="/tracker" search={before => ({ ...before, ...none }) as never}>
          Show everything
        </Link>
      </Empty>
    )
  }
  return (
    <Empty title="Nothing was earned by structures yet.">
      A structure pays partners over time: a fixed amount, goals, views or milestones.{' '}
      <Link to="/structures" search={before => ({ brand: before.brand }) as never}>
        Make a payout structure
      </Link>
    </Empty>
  )
}
