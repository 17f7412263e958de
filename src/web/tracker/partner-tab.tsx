import { Button, SegmentedControl } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Amount } from '../shared/amount.tsx'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { type Kpi, Kpis } from '../shared/kpis.tsx'
import { RowLink } from '../shared/row-link.tsx'
import { Failed } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { AccrualDialog } from './accrual-dialog.tsx'
import { AccrualTable } from './accrual-table.tsx'
import { Charts } from './charts.tsx'
import { MarkPaid, type Payee } from './mark-paid.tsx'
import { PartnerExport } from './partner-rail.tsx'
import { PaymentTable } from './payment-table.tsx'
import { type Assigned, partnerQuery, partnerStructuresQuery, type Row } from './queries.ts'
import css from './tracker.module.css'

type Address = { sub?: 'accruals' | 'payments' | 'structures'; accrual?: string }

/** The Payouts tab of a partner's page: stat cards, charts, accruals, payments and structures. Source: spec B15. */
export function PartnerTab({ partner_id }: { partner_id: string }) {
  const { brand, is_admin } = useSession()
  const { accrual } = useSearch({ strict: false }) as Address
  const navigate = useNavigate()
  const { data: rows, error, refetch } = useQuery(partnerQuery(brand.id, partner_id))
  const [payee, setPayee] = useState<Payee | null>(null)
  const payable = rows?.filter(row => row.outstanding_cents > row.in_payouts_cents) ?? []
  if (error && !rows) return <Failed error={error} onRetry={() => void refetch()} />
  return (
    <>
      <Kpis kpis={cardsOf(rows)} />
      <div className={css.tabButtons}>
        {is_admin &&
          payable.map(row => (
            <Button key={row.currency} onClick={() => setPayee(row)} data-key="c">
              Mark as paid{payable.length > 1 ? ` in ${row.currency}` : ''}
            </Button>
          ))}
        <PartnerExport partner_id={partner_id} />
      </div>
      <div className={css.body}>
        <Charts filter={{ partner_id }} />
        <Lists partner_id={partner_id} />
      </div>
      {payee && <MarkPaid payee={payee} onClose={() => setPayee(null)} />}
      {accrual && (
        <AccrualDialog
          accrual_id={accrual}
          onClose={() =>
            void navigate({ to: '.', search: ((before: object) => ({ ...before, accrual: undefined })) as never, replace: true })
          }
        />
      )}
    </>
  )
}

function cardsOf(rows: readonly Row[] | undefined): Kpi[] {
  const figures = (pick: (row: Row) => number) =>
    rows ? rows.filter(row => pick(row) > 0).map(row => ({ currency: row.currency, cents: pick(row) })) : null
  const last =
    rows
      ?.flatMap(row => row.last_paid_at ?? [])
      .sort()
      .at(-1) ?? null
  return [
    { name: 'Outstanding', figures: figures(row => row.outstanding_cents) },
    { name: 'Paid', figures: figures(row => row.paid_cents) },
    { name: 'Earned lifetime', figures: figures(row => row.earned_cents) },
    { name: 'Last payment', value: rows ? <DateText at={last} /> : null },
  ]
}

const subs = [
  { value: 'accruals', label: 'Accruals' },
  { value: 'payments', label: 'Payments' },
  { value: 'structures', label: 'Structures' },
]

function Lists({ partner_id }: { partner_id: string }) {
  const { sub = 'accruals' } = useSearch({ strict: false }) as Address
  const navigate = useNavigate()
  const choose = (value: string) =>
    void navigate({ to: '.', search: ((before: object) => ({ ...before, sub: value })) as never, replace: true })
  const filter = { partner_id }
  return (
    <section aria-label="Payouts of this partner">
      <SegmentedControl size="xs" className={css.subs} aria-label="Lists" value={sub} onChange={choose} data={subs} />
      {sub === 'accruals' && (
        <AccrualTable
          filter={filter}
          empty={
            <Empty title="No accruals yet.">They appear when a period of a structure ends, or a milestone is reached.</Empty>
          }
        />
      )}
      {sub === 'payments' && (
        <PaymentTable
          filter={filter}
          empty={<Empty title="No payments yet.">Mark accruals as paid, or pay by a payout.</Empty>}
        />
      )}
      {sub === 'structures' && <Structures partner_id={partner_id} />}
    </section>
  )
}

function Structures({ partner_id }: { partner_id: string }) {
  const { brand } = useSession()
  const query = useInfiniteQuery(partnerStructuresQuery(brand.id, partner_id))
  const rows = query.data?.pages.flatMap(page => page.data)
  return (
    <DataTable<Assigned>
      name="structures-of"
      label="Structures"
      columns={columns}
      rows={rows}
      rowKey={row => row.assignment_id}
      error={query.error}
      onRetry={() => void query.refetch()}
      empty={
        <Empty title="On no structure.">
          <Link to="/structures" search={before => ({ brand: before.brand }) as never}>
            Assign a payout structure
          </Link>
        </Empty>
      }
      more={{
        has: query.hasNextPage,
        load: () => void query.fetchNextPage(),
        is_loading: query.isFetchingNextPage,
        label: 'Load more structures',
      }}
    />
  )
}

const columns: Column<Assigned>[] = [
  {
    ...{ key: 'name', title: 'Structure', fixed: true },
    render: row => (
      <>
        <RowLink
          row={`structure:${row.assignment_id}`}
          to="/structures/$structure_id"
          params={{ structure_id: row.structure_id } as never}
          search={{ tab: undefined, sub: undefined }}
        >
          <span className={css.name}>{row.name}</span>
        </RowLink>
        <span className={css.second}>{row.current_version.description}</span>
      </>
    ),
  },
  {
    ...{ key: 'version', title: 'Version', wide: true, numeric: true, width: 90 },
    render: row => row.current_version.version_number,
  },
  { ...{ key: 'assigned', title: 'Since', wide: true, width: 120 }, render: row => <DateText at={row.assigned_at} /> },
  {
    ...{ key: 'until', title: 'Until', width: 120 },
    render: row => (row.unassigned_at ? <DateText at={row.unassigned_at} /> : row.archived_at ? 'archived' : 'now'),
  },
  {
    ...{ key: 'earned', title: 'Earned by it', numeric: true, fixed: true, width: 140 },
    render: row => <Amount cents={row.earned_cents} currency={row.currency} />,
  },
]
