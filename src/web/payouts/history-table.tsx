import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { MouseEvent } from 'react'
import { type Status, statuses } from '../searches.ts'
import { Amount, onlyCurrency } from '../shared/amount.tsx'
import { DateText, Period } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { RowLink } from '../shared/row-link.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import table from '../shared/table.module.css'
import { useSession } from '../shell/session.tsx'
import css from './payouts.module.css'
import { historyQuery, type Payout } from './queries.ts'
import { StatusPill, statusLabel } from './status-pill.tsx'

/** Every payout, newest first; a row opens its rail. */
export function HistoryTable() {
  const { brand } = useSession()
  const { status } = useSearch({ from: '/shell/payouts' })
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    historyQuery(brand.id, status),
  )
  const rows = data?.pages.flatMap(page => page.data) ?? []
  return (
    <section aria-labelledby="history" className={css.section}>
      <div className={css.head}>
        <h2 id="history">Payout history</h2>
        <Filter status={status} />
      </div>
      {!data && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {data && rows.length === 0 && <NothingThere status={status} />}
      {rows.length > 0 && <Rows rows={rows} />}
      {hasNextPage && (
        <Button variant="subtle" loading={isFetchingNextPage} onClick={() => void fetchNextPage()} className={css.more}>
          Load more payouts
        </Button>
      )}
    </section>
  )
}

/** One chip a status; the choice is in the address, so that it can be sent to somebody. */
function Filter({ status }: { status: Status | undefined }) {
  return (
    <nav className={css.chips} aria-label="Status">
      {[undefined, ...statuses].map(each => (
        <Link
          key={each ?? 'all'}
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

function NothingThere({ status }: { status: Status | undefined }) {
  if (!status) return <Empty title="No payouts yet.">Create one from a balance above, or run payouts for everybody.</Empty>
  return (
    <Empty title={`No payouts are ${status === 'draft' ? 'drafts' : status}.`}>
      <Link to="/payouts" search={before => ({ ...before, status: undefined })}>
        Show all payouts
      </Link>
    </Empty>
  )
}

function Rows({ rows }: { rows: Payout[] }) {
  const currency = onlyCurrency(rows)
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col" className={table.serial} data-wide>
            No.
          </th>
          <th scope="col">Partner</th>
          <th scope="col" data-wide>
            Period
          </th>
          <th scope="col" className={table.number} data-wide>
            Items
          </th>
          <th scope="col" className={table.number}>
            Amount{currency && <span className={table.unit}>{currency}</span>}
          </th>
          <th scope="col" className={table.status}>
            Status
          </th>
          <th scope="col" className={table.date} data-wide>
            Since
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <Row key={row.id} row={row} bare={currency !== null} />
        ))}
      </tbody>
    </table>
  )
}

/** Since when it has its status. */
const changedAt = (row: Payout): string => row.paid_at ?? row.cancelled_at ?? row.approved_at ?? row.created_at

function Row({ row, bare }: { row: Payout; bare: boolean }) {
  const navigate = useNavigate({ from: '/payouts' })
  const { payout } = useSearch({ from: '/shell/payouts' })
  const open = (event: MouseEvent) => {
    const is_link = (event.target as Element).closest('a, button') !== null
    if (!is_link && !window.getSelection()?.toString()) void navigate({ search: before => ({ ...before, payout: row.id }) })
  }
  return (
    // The link in the row does the same from the keyboard.
    <tr onClick={open} className={table.opens} data-selected={payout === row.id || undefined}>
      <td className={table.serial} data-wide>
        {row.number}
      </td>
      <th scope="row">
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
      </th>
      <td data-wide className={table.quiet}>
        <Period start={row.period_start} end={row.period_end} />
      </td>
      <td className={table.number} data-wide>
        {(row.conversion_count + row.accrual_count).toLocaleString('en')}
      </td>
      <td className={table.number} data-strong>
        <Amount cents={row.amount_cents} currency={row.currency} bare={bare} />
      </td>
      <td className={table.status}>
        <StatusPill status={row.status} />
      </td>
      <td className={table.date} data-wide>
        <DateText at={changedAt(row)} />
      </td>
    </tr>
  )
}
