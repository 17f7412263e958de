import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { figure, onlyCurrency } from '../shared/amount.tsx'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { RowLink } from '../shared/row-link.tsx'
import { useSession } from '../shell/session.tsx'
import { InvoiceButton } from './invoice-button.tsx'
import css from './on-account.module.css'
import { type Filter, listQuery, type OnAccount, type Totals } from './queries.ts'
import { StatusPill, statusLabel } from './status.tsx'

/** What was recorded, newest first, with the total of what is shown and filtered. */
export function Rows({ filter }: { filter: Filter }) {
  const { brand, is_admin } = useSession()
  const { open } = useSearch({ from: '/shell/on-account' })
  const navigate = useNavigate({ from: '/on-account' })
  const show = (id: string) => void navigate({ search: before => ({ ...before, open: id }) })
  const query = useInfiniteQuery(listQuery(brand.id, filter))
  const rows = query.data?.pages.flatMap(page => page.data)
  const totals = query.data?.pages[0]?.meta.totals ?? []
  const columns = columnsOf({ rows: rows ?? [], totals, filter, is_beside: open !== undefined, edit: is_admin ? show : null })
  return (
    <DataTable<OnAccount>
      name="on-account"
      label="Publisher payouts"
      columns={columns}
      rows={rows}
      rowKey={row => row.id}
      error={query.error}
      onRetry={() => void query.refetch()}
      empty={<Nothing filter={filter} onCreate={is_admin ? () => show('new') : null} />}
      onOpen={row => show(row.id)}
      openKey={open}
      more={{
        ...{ has: query.hasNextPage, load: () => void query.fetchNextPage(), is_loading: query.isFetchingNextPage },
        label: 'Load more payouts',
      }}
    />
  )
}

/** Beside an open row there is room for less. */
function columnsOf(shown: {
  rows: OnAccount[]
  totals: readonly Totals[]
  filter: Filter
  is_beside: boolean
  edit: Edit
}): Column<OnAccount>[] {
  const { rows, totals, filter, is_beside, edit } = shown
  const currency = onlyCurrency(rows)
  const sums = totals.filter(total => currency === null || total.currency === currency)
  const roomy: Column<OnAccount>[] = [
    {
      ...{ key: 'note', title: 'Note', wide: true },
      render: row => (
        <span className={css.note} title={row.note ?? undefined}>
          {row.note ?? '–'}
        </span>
      ),
    },
  ]
  return [
    { key: 'date', title: 'Date', wide: true, width: 112, render: row => <DateText at={row.created_at} /> },
    { key: 'publisher', title: 'Publisher', fixed: true, render: row => <Publisher row={row} /> },
    {
      ...{ key: 'amount', title: 'Requested amount', numeric: true, fixed: true },
      render: row => figure(row.requested_amount_cents, row.currency),
      total: sums.map(total => (
        <span key={total.currency} className={css.sum}>
          {figure(sumOf(total, filter), total.currency)} {sums.length > 1 && total.currency}
        </span>
      )),
    },
    {
      key: 'currency',
      title: 'Currency',
      wide: true,
      width: 88,
      render: row => <span className={css.quiet}>{row.currency}</span>,
    },
    { key: 'status', title: 'Status', fixed: true, render: row => <StatusPill status={row.status} /> },
    ...(is_beside ? [] : roomy),
    { key: 'invoice', title: 'Invoice', wide: true, width: 146, render: row => <InvoiceButton row={row} /> },
    ...(edit && !is_beside ? [editColumn(edit)] : []),
  ]
}

type Edit = ((id: string) => void) | null

const editColumn = (edit: (id: string) => void): Column<OnAccount> => ({
  ...{ key: 'edit', title: 'Edit', wide: true, width: 76 },
  render: row => (
    <Button variant="default" size="compact-sm" onClick={() => edit(row.id)} aria-label={`Edit ${row.publisher.name}`}>
      Edit
    </Button>
  ),
})

/** What deducts when no status is chosen; else of that status. */
const sumOf = (total: Totals, { status }: Filter): number =>
  status ? total[`${status}_cents`] : total.pending_cents + total.paid_cents

const Publisher = ({ row }: { row: OnAccount }) => (
  <>
    <RowLink
      row={`on-account:${row.id}`}
      search={{ open: row.id }}
      narrow={
        <>
          <DateText at={row.created_at} /> · {row.currency}
        </>
      }
    >
      {row.publisher.name}
    </RowLink>
    <span className={css.identity} title={row.publisher_id}>
      {row.publisher.alias} · {row.publisher_id.slice(0, 8)}
    </span>
  </>
)

function Nothing({ filter: { q, status }, onCreate }: { filter: Filter; onCreate: (() => void) | null }) {
  if (!q && !status) {
    return (
      <Empty title="Nothing was paid outside yet.">
        What a publisher was paid by other means is recorded here and comes off the balance at once.
        {onCreate && (
          <p>
            <Button size="sm" onClick={onCreate}>
              Create new payout
            </Button>
          </p>
        )}
      </Empty>
    )
  }
  return (
    <Empty
      title={`No ${status ? statusLabel(status).toLowerCase() : ''} payout matches${q ? ` “${q}”` : ''}.`.replace('  ', ' ')}
    >
      <Link to="/on-account" search={before => ({ brand: before.brand }) as never}>
        Clear the filter
      </Link>
    </Empty>
  )
}
