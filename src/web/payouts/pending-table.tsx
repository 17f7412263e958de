import { IconChecks } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Amount, onlyCurrency } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Section } from '../shared/page.tsx'
import { RowLink } from '../shared/row-link.tsx'
import { useSession } from '../shell/session.tsx'
import { CreateButton } from './create-button.tsx'
import { balancesFilter, narrowsBalances, sortOf, textOfSort } from './filters.ts'
import css from './payouts.module.css'
import { PendingSelection } from './pending-selection.tsx'
import { type Balance, balancesQuery, settingsQuery, type Totals } from './queries.ts'
import { heldBack } from './refusals.ts'
import { Sums } from './sums.tsx'

export const keyOfBalance = (row: Balance): string => `partner:${row.partner_id}:${row.currency}`

/** Partners with a balance that is in no payout yet, the largest first; by the filter also those whose balance is elsewhere. */
export function PendingTable() {
  const { brand, is_admin } = useSession()
  const search = useSearch({ from: '/shell/payouts' })
  const navigate = useNavigate({ from: '/payouts' })
  const query = useInfiniteQuery(balancesQuery(brand.id, balancesFilter(search)))
  const { data: settings } = useQuery(settingsQuery(brand.id))
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set())
  const rows = query.data?.pages.flatMap(page => page.data)
  const totals = query.data?.pages[0]?.meta.totals ?? []
  const selected = rows?.filter(row => keys.has(keyOfBalance(row))) ?? []
  const minimum_cents = settings?.minimum_threshold_cents ?? 0
  return (
    <Section id="pending" title="Pending payouts">
      <DataTable
        name="payouts-pending"
        label="Pending payouts"
        columns={columnsOf({ rows: rows ?? [], totals, is_admin, minimum_cents })}
        rows={rows}
        rowKey={keyOfBalance}
        error={query.error}
        onRetry={() => void query.refetch()}
        empty={<NothingPending totals={totals} is_narrowed={narrowsBalances(search)} />}
        sort={sortOf(search.balance_sort, '-owed_cents')}
        onSort={sort =>
          void navigate({ search: before => ({ ...before, balance_sort: textOfSort(sort) as never }), replace: true })
        }
        {...(is_admin && {
          selected,
          onSelect: (chosen: Balance[]) => setKeys(new Set(chosen.map(keyOfBalance))),
          rowName: (row: Balance) => `the balance of ${row.partner_name} in ${row.currency}`,
        })}
        more={{
          has: query.hasNextPage,
          load: () => void query.fetchNextPage(),
          is_loading: query.isFetchingNextPage,
          label: 'Load more partners',
        }}
      />
      {is_admin && <PendingSelection rows={selected} minimum_cents={minimum_cents} onClear={() => setKeys(new Set())} />}
    </Section>
  )
}

type Given = { rows: readonly Balance[]; totals: readonly Totals[]; is_admin: boolean; minimum_cents: number }

function columnsOf({ rows, totals, is_admin, minimum_cents }: Given): Column<Balance>[] {
  const unit = onlyCurrency(rows)
  const listed = totals.filter(total => total.listed.count > 0)
  const count = (pick: (listed: Totals['listed']) => number) =>
    listed.reduce((sum, total) => sum + pick(total.listed), 0).toLocaleString('en')
  const sum = (pick: (listed: Totals['listed']) => number) => (
    <Sums sums={listed.map(total => ({ currency: total.currency, cents: pick(total.listed) }))} unit={unit} />
  )
  // a column of zeros says nothing
  const has = {
    accruals: listed.some(total => total.listed.accrual_count > 0),
    in_payouts: listed.some(total => total.listed.in_payouts_cents !== 0),
  }
  const only = (is_there: boolean, column: Column<Balance>) => (is_there ? [column] : [])
  const number = { numeric: true, wide: true, sortable: true } as const
  const amount = (cents: number, row: Balance) => <Amount cents={cents} currency={row.currency} bare={unit !== null} />
  return [
    {
      ...{ key: 'partner_name', title: 'Partner', sortable: true, fixed: true },
      render: row => <Partner row={row} minimum_cents={minimum_cents} />,
      total: counted(
        listed.reduce((all, total) => all + total.listed.count, 0),
        'balance',
      ),
    },
    {
      ...{ ...number, key: 'conversion_count', title: 'Conversions' },
      render: row => row.conversion_count.toLocaleString('en'),
      total: count(each => each.conversion_count),
    },
    ...only(has.accruals, {
      ...{ ...number, key: 'accrual_count', title: 'Accruals' },
      render: row => row.accrual_count.toLocaleString('en'),
      total: count(each => each.accrual_count),
    }),
    {
      ...{ ...number, key: 'revenue_cents', title: 'Revenue', unit },
      render: row => amount(row.revenue_cents, row),
      total: sum(each => each.revenue_cents),
    },
    {
      ...{ ...number, key: 'pending_cents', title: 'On hold', unit, optional: true },
      render: row => amount(row.pending_cents, row),
      total: sum(each => each.pending_cents),
    },
    ...only(has.in_payouts, {
      ...{ ...number, key: 'in_payouts_cents', title: 'In payouts', unit },
      render: row => amount(row.in_payouts_cents, row),
      total: sum(each => each.in_payouts_cents),
    }),
    {
      ...{ ...number, wide: false, key: 'owed_cents', title: 'Amount owed', unit, fixed: true },
      render: row => <strong className={css.strong}>{amount(row.owed_cents, row)}</strong>,
      total: sum(each => each.owed_cents),
    },
    {
      ...{ key: 'last_paid_at', title: 'Last paid', wide: true, sortable: true },
      render: row => <DateText at={row.last_paid_at} />,
    },
    ...(is_admin
      ? [{ key: 'action', title: '', fixed: true, numeric: true, render: (row: Balance) => <CreateButton row={row} /> }]
      : []),
  ]
}

function Partner({ row, minimum_cents }: { row: Balance; minimum_cents: number }) {
  const why = row.owed_cents > 0 ? heldBack(row, minimum_cents) : null
  return (
    <>
      <RowLink
        row={keyOfBalance(row)}
        to="/partners/$partner_id"
        params={{ partner_id: row.partner_id } as never}
        narrow={counted(row.conversion_count + row.accrual_count, 'item')}
      >
        {row.partner_name}
      </RowLink>
      {why && <span className={css.quiet}>{why}</span>}
    </>
  )
}

type NothingProps = { totals: readonly Totals[]; is_narrowed: boolean }

/** Nothing that matches, nothing yet, nothing left to draft, or the good one: nothing left to pay. */
function NothingPending({ totals, is_narrowed }: NothingProps) {
  if (is_narrowed) {
    return (
      <Empty title="No balance matches.">
        <Link
          from="/payouts"
          to="/payouts"
          search={before => ({ ...before, q: undefined, currency: undefined, balance: undefined })}
        >
          Show all that is owed
        </Link>
      </Empty>
    )
  }
  const in_payouts = totals.some(total => total.in_payouts_cents > 0)
  const had_any = totals.some(total => total.paid_cents > 0 || total.unpaid_cents !== 0 || total.pending_cents !== 0)
  if (in_payouts) return <Empty title="Nothing left to draft.">Everything that is owed is in the payouts below.</Empty>
  if (had_any) {
    return <Empty icon={<IconChecks size={20} aria-hidden="true" />} title="All partners are paid." />
  }
  return <Empty title="No unpaid balances.">Approved conversions of partners show up here with what they earned.</Empty>
}
