import {
  IconBan,
  IconCircleCheck,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleX,
  type TablerIcon,
} from '@tabler/icons-react'
import { contract } from '../../api/contract.ts'
import { addressOf } from '../../client/client.ts'
import { Amount, onlyCurrency } from '../shared/amount.tsx'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText, Period } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Pill, type Tone } from '../shared/pill.tsx'
import css from './parts.module.css'
import type { HistoryRow } from './queries.ts'
import { usePortal } from './session.tsx'

const looks: Record<HistoryRow['status'], { label: string; tone: Tone; icon: TablerIcon; title: string }> = {
  pending: { label: 'Pending', tone: 'quiet', icon: IconCircleDashed, title: 'Waits for approval. Nothing is paid yet.' },
  approved: { label: 'Approved', tone: 'info', icon: IconCircleCheck, title: 'Approved. It is paid next.' },
  paid: { label: 'Paid', tone: 'good', icon: IconCircleCheckFilled, title: 'Paid and final.' },
  rejected: {
    label: 'Rejected',
    tone: 'bad',
    icon: IconCircleX,
    title: 'It did not go through. The amount is back in your balance.',
  },
  voided: { label: 'Voided', tone: 'warn', icon: IconBan, title: 'Taken back. What it paid is owed to you again.' },
}

const nameOf = ({ kind, number }: HistoryRow): string =>
  kind === 'payout' ? `Payout no. ${number}` : kind === 'payment' ? 'Direct payment' : 'Payment on account'

type HistoryTableProps = {
  rows: readonly HistoryRow[] | undefined
  error: unknown
  onRetry: () => void
  more: { has: boolean; load: () => void; is_loading: boolean; label: string }
}

/** Payouts and payments, the newest first, each with its papers. */
export function HistoryTable({ rows, error, onRetry, more }: HistoryTableProps) {
  const currency = onlyCurrency(rows ?? [])
  return (
    <DataTable
      name="portal-history"
      label="Payment history"
      rows={rows}
      rowKey={row => row.id}
      error={error}
      onRetry={onRetry}
      more={more}
      empty={<Empty title="No payments yet.">The first one shows up here as soon as it is prepared.</Empty>}
      columns={columnsOf(currency)}
    />
  )
}

const columnsOf = (currency: string | null): Column<HistoryRow>[] => [
  {
    key: 'what',
    title: 'What',
    fixed: true,
    render: row => (
      <>
        <span className={css.strong}>{nameOf(row)}</span>
        <span className={css.below}>
          <DateText at={row.paid_at ?? row.created_at} />
        </span>
        <span className={css.below}>
          <Papers row={row} />
        </span>
      </>
    ),
  },
  {
    key: 'period',
    title: 'Period',
    wide: true,
    render: row => (row.period_start && row.period_end ? <Period start={row.period_start} end={row.period_end} /> : '–'),
  },
  { key: 'method', title: 'Method', wide: true, render: row => row.method_name ?? '–' },
  { key: 'reference', title: 'Reference', wide: true, optional: true, render: row => row.reference ?? '–' },
  {
    key: 'amount',
    title: 'Amount',
    unit: currency,
    numeric: true,
    fixed: true,
    render: row => <Amount cents={row.amount_cents} currency={row.currency} bare={currency !== null} />,
  },
  {
    key: 'status',
    title: 'Status',
    fixed: true,
    render: ({ status }) => (
      <span data-status={status}>
        <Pill {...looks[status]} />
      </span>
    ),
  },
  { key: 'paid', title: 'Paid', wide: true, render: row => <DateText at={row.paid_at} /> },
  { key: 'papers', title: 'Papers', wide: true, fixed: true, render: row => <Papers row={row} /> },
]

/** What can be kept of a payment: the statement with its lines, or the invoice. */
function Papers({ row }: { row: HistoryRow }) {
  const { who } = usePortal()
  const statement = (format: 'pdf' | 'csv') =>
    addressOf(contract.portal.statement.path, { payout_id: row.id }, { ...who, format })
  if (!row.has_statement && !row.has_invoice) return null
  return (
    <span className={css.papers}>
      {row.has_statement && (
        <>
          <a href={statement('pdf')} download aria-label={`Statement of ${nameOf(row)} as PDF`}>
            PDF
          </a>
          <a href={statement('csv')} download aria-label={`Statement of ${nameOf(row)} as CSV`}>
            CSV
          </a>
        </>
      )}
      {row.has_invoice && (
        <a
          href={addressOf(contract.portal.invoice.path, { publisher_payout_id: row.id }, who)}
          download
          aria-label={`Invoice of ${nameOf(row)}`}
        >
          Invoice
        </a>
      )}
    </span>
  )
}
