import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { statuses } from '../searches.ts'
import { Amount, onlyCurrency } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText, Period } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Section } from '../shared/page.tsx'
import { RowLink } from '../shared/row-link.tsx'
import { useSession } from '../shell/session.tsx'
import { historyFilter, narrowsHistory, sortOf, textOfSort } from './filters.ts'
import { HistorySelection } from './history-selection.tsx'
import css from './payouts.module.css'
import { historyQuery, type ListTotal, type Payout } from './queries.ts'
import { StatusPill, statusLabel } from './status-pill.tsx'
import { Sums } from './sums.tsx'

/** Every payout, newest first; a row opens its rail. */
export function HistoryTable() {
  const { brand, is_admin } = useSession()
  const search = useSearch({ from: '/shell/payouts' })
  const navigate = useNavigate({ from: '/payouts' })
  const query = useInfiniteQuery(historyQuery(brand.id, historyFilter(search)))
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const rows = query.data?.pages.flatMap(page => page.data)
  const selected = rows?.filter(row => ids.has(row.id)) ?? []
  const set = (change: object) => void navigate({ search: before => ({ ...before, ...change }), replace: true })
  return (
    <Section id="history" title="Payout history" aside={<StatusLinks status={search.status} />}>
      <DataTable
        name="payouts-history"
        label="Payout history"
        columns={columnsOf(rows ?? [], query.data?.pages[0]?.meta.totals ?? [])}
        rows={rows}
        rowKey={row => row.id}
        error={query.error}
        onRetry={() => void query.refetch()}
        empty={<NothingThere status={search.status} is_narrowed={narrowsHistory(search)} />}
        sort={sortOf(search.sort, '-created_at')}
        onSort={sort => set({ sort: textOfSort(sort) })}
        onOpen={row => set({ payout: row.id })}
        openKey={search.payout}
        {...(is_admin && {
          selected,
          onSelect: (chosen: Payout[]) => setIds(new Set(chosen.map(row => row.id))),
          rowName: (row: Payout) => `payout no. ${row.number}, ${row.partner.name}`,
        })}
        more={{
          has: query.hasNextPage,
          load: () => void query.fetchNextPage(),
          is_loading: query.isFetchingNextPage,
          label: 'Load more payouts',
        }}
      />
      {is_admin && <HistorySelection rows={selected} onClear={() => setIds(new Set())} />}
    </Section>
  )
}

/** One link a status, beside the filter that takes several; the choice is in the address, so that it can be sent to somebody. */
function StatusLinks({ status }: { status: string | undefined }) {
  return (
    <nav className={css.chips} aria-label="Status">
      {[undefined, ...statuses].map(each => (
        <Link
          key={each ?? 'all'}
          from="/payouts"
          to="/payouts"
          search={before => ({ ...before, status: each })}
          replace
          className={css.chip}
          aria-current={each === status ? 'true' : undefined}
          activeProps={{}}
        >
          {each ? statusLabel(each) : 'All'}
        </Link>
      ))}
    </nav>
  )
}

const everything = { q: undefined, currency: undefined, status: undefined, from: undefined, to: undefined, date: undefined }

function NothingThere({ status, is_narrowed }: { status: string | undefined; is_narrowed: boolean }) {
  if (!is_narrowed) return <Empty title="No payouts yet.">Create one from a balance above, or run payouts for everybody.</Empty>
  const title =
    status && !status.includes(',') ? `No payouts are ${status === 'draft' ? 'drafts' : status}.` : 'No payout matches.'
  return (
    <Empty title={title}>
      <Link from="/payouts" to="/payouts" search={before => ({ ...before, ...everything })}>
        Show all payouts
      </Link>
    </Empty>
  )
}

/** Since when it has its status. */
const changedAt = (row: Payout): string => row.paid_at ?? row.cancelled_at ?? row.approved_at ?? row.created_at

function columnsOf(rows: readonly Payout[], totals: readonly ListTotal[]): Column<Payout>[] {
  const unit = onlyCurrency(rows)
  const count = totals.reduce((sum, total) => sum + total.count, 0)
  const number = { numeric: true, wide: true } as const
  return [
    { ...{ ...number, key: 'created_at', title: 'No.', sortable: true, width: 76 }, render: row => row.number },
    {
      ...{ key: 'partner', title: 'Partner', fixed: true },
      render: row => (
        <RowLink
          row={`payout:${row.id}`}
          search={{ payout: row.id }}
          narrow={
            <>
              No. {row.number} · <DateText at={changedAt(row)} />
            </>
          }
        >
          {row.partner.name}
        </RowLink>
      ),
      total: counted(count, 'payout'),
    },
    {
      ...{ key: 'period', title: 'Period', wide: true },
      render: row => <Period start={row.period_start} end={row.period_end} />,
    },
    { ...{ ...number, key: 'conversions', title: 'Conversions' }, render: row => row.conversion_count.toLocaleString('en') },
    { ...{ ...number, key: 'accruals', title: 'Accruals' }, render: row => row.accrual_count.toLocaleString('en') },
    { ...{ key: 'method', title: 'Method', wide: true, optional: true }, render: row => row.method_name ?? '–' },
    { ...{ key: 'reference', title: 'Reference', wide: true, optional: true }, render: row => row.reference ?? '–' },
    {
      ...{ key: 'amount_cents', title: 'Amount', unit, numeric: true, sortable: true, fixed: true },
      render: row => (
        <strong className={css.strong}>
          <Amount cents={row.amount_cents} currency={row.currency} bare={unit !== null} />
        </strong>
      ),
      total: <Sums sums={totals.map(total => ({ currency: total.currency, cents: total.amount_cents }))} unit={unit} />,
    },
    { ...{ key: 'status', title: 'Status', fixed: true }, render: row => <StatusPill status={row.status} /> },
    { ...{ key: 'since', title: 'Since', wide: true }, render: row => <DateText at={changedAt(row)} /> },
  ]
}
