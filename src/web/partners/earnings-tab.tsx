import { IconCircleCheckFilled, IconCircleDot, IconClockPause, IconFileInvoice } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { Amount, onlyCurrency } from '../shared/amount.tsx'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText } from '../shared/date-text.tsx'
import { fullTime } from '../shared/dates.ts'
import { Empty } from '../shared/empty.tsx'
import { FilterBar } from '../shared/filter-bar.tsx'
import { Pill, type Tone } from '../shared/pill.tsx'
import { useSession } from '../shell/session.tsx'
import css from './partners.module.css'
import { type Earning, earningsQuery, type Partner } from './queries.ts'

const states = {
  held: { label: 'On hold', tone: 'warn' as Tone, icon: IconClockPause },
  payable: { label: 'Payable', tone: 'info' as Tone, icon: IconCircleDot },
  in_payout: { label: 'In payout', tone: 'info' as Tone, icon: IconFileInvoice },
  paid: { label: 'Paid', tone: 'good' as Tone, icon: IconCircleCheckFilled },
} as const
const kinds = {
  commission: 'Commission',
  accrual: 'Accrual',
  bonus: 'Bonus',
  reversal: 'Reversal',
  clawback: 'Clawback',
  advance: 'Paid on account',
} as const

const optionsOf = (words: Record<string, string | { label: string }>) =>
  Object.entries(words).map(([value, word]) => ({ value, label: typeof word === 'string' ? word : word.label }))
const fields = [
  { key: 'state', label: 'Status', kind: 'several' as const, options: optionsOf(states) },
  { key: 'kind', label: 'Kind', kind: 'several' as const, options: optionsOf(kinds) },
  { key: 'from', label: 'From', kind: 'day' as const },
  { key: 'to', label: 'To', kind: 'day' as const },
]

/** Every entry on the partner's account, newest first, with its reason and where it stands. */
export function EarningsTab({ partner }: { partner: Partner }) {
  const { brand } = useSession()
  const { kind, state, from, to } = useSearch({ from: '/shell/partners/$partner_id' })
  const query = useInfiniteQuery(earningsQuery(brand.id, partner.id, { kind, state, from, to }))
  const rows = query.data?.pages.flatMap(page => page.data)
  const is_filtered = Boolean(kind || state || from || to)
  return (
    <>
      <FilterBar fields={fields} />
      <DataTable
        name="partner-earnings"
        label={`Earnings of ${partner.name}`}
        columns={columnsOf(rows ?? [])}
        rows={rows}
        rowKey={row => row.id}
        error={query.error}
        onRetry={() => void query.refetch()}
        empty={is_filtered ? <Empty title="No earnings match these filters." /> : <Nothing />}
        more={{
          has: query.hasNextPage,
          load: () => void query.fetchNextPage(),
          is_loading: query.isFetchingNextPage,
          label: 'Load more earnings',
        }}
      />
    </>
  )
}

const Nothing = () => (
  <Empty title="Nothing earned yet.">Conversions and structures of this partner enter what they pay here, one line each.</Empty>
)

function columnsOf(rows: readonly Earning[]): Column<Earning>[] {
  const currency = onlyCurrency(rows)
  return [
    { key: 'earned_on', title: 'Date', wide: true, width: 112, render: row => <DateText at={row.earned_on} /> },
    {
      ...{ key: 'kind', title: 'Earned by', fixed: true },
      render: row => (
        <>
          {row.campaign?.name ?? row.structure?.name ?? kinds[row.kind]}
          <span className={css.second}>
            {kinds[row.kind]}
            {row.external_id && ` · ${row.external_id}`}
          </span>
          <span className={css.phone}>
            <DateText at={row.earned_on} /> · {states[row.state].label}
          </span>
        </>
      ),
    },
    {
      ...{ key: 'because', title: 'Because', wide: true },
      render: row => <span className={css.because}>{row.because}</span>,
    },
    {
      ...{ key: 'revenue_cents', title: 'Base', unit: currency, numeric: true, wide: true, width: 120 },
      render: row =>
        row.revenue_cents === 0 ? (
          <span className={css.none}>–</span>
        ) : (
          <Amount cents={row.revenue_cents} currency={row.currency} bare={currency !== null} />
        ),
    },
    {
      ...{ key: 'amount_cents', title: 'Amount', unit: currency, numeric: true, width: 120 },
      render: row => (
        <span className={css.strong}>
          <Amount cents={row.amount_cents} currency={row.currency} bare={currency !== null} />
        </span>
      ),
    },
    { key: 'state', title: 'Status', wide: true, width: 128, render: row => <State row={row} /> },
  ]
}

function State({ row }: { row: Earning }) {
  const { label, tone, icon } = states[row.state]
  const title = {
    held: row.held_until && `Payable from ${fullTime(row.held_until)}`,
    payable: 'Goes into the next payout',
    in_payout: row.payout && `In payout no. ${row.payout.number}`,
    paid: row.payout ? `Paid by payout no. ${row.payout.number}` : 'Paid directly',
  }[row.state]
  const pill = <Pill label={label} tone={tone} icon={icon} title={title ?? undefined} />
  return (
    <>
      {pill}
      {row.payout && (
        <Link to="/payouts" search={{ payout: row.payout.id }} className={css.second}>
          no. {row.payout.number}
        </Link>
      )}
      {row.state === 'held' && row.held_until && (
        <span className={css.second}>
          to <DateText at={row.held_until} />
        </span>
      )}
    </>
  )
}
