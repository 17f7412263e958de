import { useInfiniteQuery } from '@tanstack/react-query'
import { StatusPill } from '../payouts/status-pill.tsx'
import { Amount, onlyCurrency } from '../shared/amount.tsx'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText, Period } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Section } from '../shared/page.tsx'
import { RowLink } from '../shared/row-link.tsx'
import { useSession } from '../shell/session.tsx'
import { PartnerTab } from '../tracker/partner-tab.tsx'
import { type Partner, payoutsQuery } from './queries.ts'

/** What this partner was and will be paid: its payouts here, its accruals and payments below. */
export function PayoutsTab({ partner }: { partner: Partner }) {
  const { brand } = useSession()
  const query = useInfiniteQuery(payoutsQuery(brand.id, partner.id))
  const rows = query.data?.pages.flatMap(page => page.data)
  return (
    <>
      <Section id="partner-payouts" title="Payouts">
        <DataTable
          name="partner-payouts"
          label={`Payouts of ${partner.name}`}
          columns={columnsOf(rows ?? [])}
          rows={rows}
          rowKey={row => row.id}
          error={query.error}
          onRetry={() => void query.refetch()}
          empty={<Empty title="No payouts yet.">A payout is drafted from what is owed, on the payouts page.</Empty>}
          more={{
            has: query.hasNextPage,
            load: () => void query.fetchNextPage(),
            is_loading: query.isFetchingNextPage,
            label: 'Load more payouts',
          }}
        />
      </Section>
      <PartnerTab partner_id={partner.id} />
    </>
  )
}

type Row = Awaited<ReturnType<NonNullable<ReturnType<typeof payoutsQuery>['queryFn']>>>['data'][number]

function columnsOf(rows: readonly Row[]): Column<Row>[] {
  const currency = onlyCurrency(rows)
  return [
    {
      ...{ key: 'number', title: 'No.', fixed: true, width: 84 },
      render: row => (
        <RowLink row={`payout:${row.id}`} to="/payouts" search={{ payout: row.id, tab: undefined }}>
          {row.number}
        </RowLink>
      ),
    },
    { key: 'period', title: 'Period', render: row => <Period start={row.period_start} end={row.period_end} /> },
    {
      ...{ key: 'items', title: 'Items', numeric: true, wide: true, width: 96 },
      render: row => (row.conversion_count + row.accrual_count).toLocaleString('en'),
    },
    {
      ...{ key: 'amount_cents', title: 'Amount', unit: currency, numeric: true, width: 132 },
      render: row => <Amount cents={row.amount_cents} currency={row.currency} bare={currency !== null} />,
    },
    { key: 'status', title: 'Status', width: 128, render: row => <StatusPill status={row.status} /> },
    { key: 'paid_at', title: 'Paid', wide: true, width: 116, render: row => <DateText at={row.paid_at} /> },
  ]
}
