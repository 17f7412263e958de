import { Button } from '@mantine/core'
import { IconChecks } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Amount, onlyCurrency } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import table from '../shared/table.module.css'
import { useSession } from '../shell/session.tsx'
import { CreateButton } from './create-button.tsx'
import css from './payouts.module.css'
import { type Balance, balancesQuery, type Totals } from './queries.ts'

/** Partners with a balance that is in no payout yet, the largest first. */
export function PendingTable() {
  const { brand } = useSession()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(balancesQuery(brand.id))
  const all = data?.pages.flatMap(page => page.data) ?? []
  const rows = all.filter(row => row.owed_cents > 0)
  const has_more = hasNextPage && rows.length === all.length
  return (
    <section aria-labelledby="pending" className={css.section}>
      <h2 id="pending">Pending payouts</h2>
      {!data && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {data && rows.length === 0 && <NothingPending totals={data.pages[0]?.meta.totals ?? []} />}
      {rows.length > 0 && <Rows rows={rows} />}
      {has_more && (
        <Button variant="subtle" loading={isFetchingNextPage} onClick={() => void fetchNextPage()} className={css.more}>
          Load more partners
        </Button>
      )}
    </section>
  )
}

function Rows({ rows }: { rows: Balance[] }) {
  const { is_admin } = useSession()
  const currency = onlyCurrency(rows)
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">Partner</th>
          <th scope="col" className={table.number} data-wide>
            Conversions
          </th>
          <th scope="col" className={table.number} data-wide>
            Revenue{currency && <span className={table.unit}>{currency}</span>}
          </th>
          <th scope="col" className={table.number}>
            Amount owed{currency && <span className={table.unit}>{currency}</span>}
          </th>
          <th scope="col" className={table.date} data-wide>
            Last paid
          </th>
          {is_admin && (
            <th scope="col" className={table.action}>
              <span className={table.hidden}>Action</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <Row key={`${row.partner_id}${row.currency}`} row={row} bare={currency !== null} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ row, bare }: { row: Balance; bare: boolean }) {
  const { is_admin } = useSession()
  return (
    <tr>
      <th scope="row">
        <span className={table.name}>{row.partner_name}</span>
        <span className={table.narrow}>{counted(row.conversion_count, 'conversion')}</span>
      </th>
      <td className={table.number} data-wide>
        {row.conversion_count.toLocaleString('en')}
        {row.accrual_count > 0 && (
          <span title={`${counted(row.accrual_count, 'accrual')} of structures`}>
            {' '}
            + {row.accrual_count.toLocaleString('en')}
          </span>
        )}
      </td>
      <td className={table.number} data-wide>
        <Amount cents={row.revenue_cents} currency={row.currency} bare={bare} />
      </td>
      <td className={table.number} data-strong>
        <Amount cents={row.owed_cents} currency={row.currency} bare={bare} />
      </td>
      <td className={table.date} data-wide>
        <DateText at={row.last_paid_at} />
      </td>
      {is_admin && (
        <td className={table.action}>
          <CreateButton row={row} />
        </td>
      )}
    </tr>
  )
}

/** Nothing yet, nothing left to draft, or the good one: nothing left to pay. */
function NothingPending({ totals }: { totals: readonly Totals[] }) {
  const in_payouts = totals.some(total => total.in_payouts_cents > 0)
  const had_any = totals.some(total => total.paid_cents > 0 || total.unpaid_cents !== 0 || total.pending_cents !== 0)
  if (in_payouts) return <Empty title="Nothing left to draft.">Everything that is owed is in the payouts below.</Empty>
  if (had_any) {
    return <Empty icon={<IconChecks size={20} aria-hidden="true" />} title="All partners are paid." />
  }
  return <Empty title="No unpaid balances.">Approved conversions of partners show up here with what they earned.</Empty>
}
