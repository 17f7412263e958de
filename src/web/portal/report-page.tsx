import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { DataTable } from '../shared/data-table.tsx'
import { shortDay } from '../shared/dates.ts'
import { Empty } from '../shared/empty.tsx'
import { centsIn, EarnedText, mainCurrency, oneCurrency } from './earned.tsx'
import { EarningsChart } from './earnings-chart.tsx'
import css from './parts.module.css'
import { PortalPage } from './portal-page.tsx'
import { type Report, type ReportFilter, reportQuery } from './queries.ts'
import { rangesAt } from './ranges.ts'
import { usePortal } from './session.tsx'

type By = NonNullable<ReportFilter['by']>

/** Clicks, conversions and earnings of a range of days, by day or by campaign; all of it is in the address. */
export function ReportPage() {
  const { who } = usePortal()
  const { from, to, by = 'day' } = useSearch({ from: '/portal/report' })
  const filter = { ...(from && { from }), ...(to && { to }), by }
  const report = useQuery({ ...reportQuery(who, filter), placeholderData: keepPreviousData })
  const shown = report.data
  return (
    <PortalPage title="Report" actions={<ByChoice by={by} />}>
      <Range from={shown?.meta.from} to={shown?.meta.to} />
      {shown && by === 'day' && <Chart report={shown} />}
      <ReportTable report={shown} by={by} error={report.error} onRetry={() => void report.refetch()} />
    </PortalPage>
  )
}

function ByChoice({ by }: { by: By }) {
  return (
    <nav className={css.choices} aria-label="Grouped by">
      {(['day', 'campaign'] as const).map(each => (
        <Link
          key={each}
          to="/portal/report"
          search={((before: object) => ({ ...before, by: each === 'day' ? undefined : each })) as never}
          replace
          aria-current={each === by ? 'true' : undefined}
          activeProps={{}}
        >
          By {each}
        </Link>
      ))}
    </nav>
  )
}

/** Two days to choose, and the ranges that people ask for. */
function Range({ from, to }: { from: string | undefined; to: string | undefined }) {
  const { me } = usePortal()
  const navigate = useNavigate({ from: '/portal/report' })
  const set = (change: { from?: string; to?: string }) =>
    void navigate({ search: before => ({ ...before, ...change }), replace: true })
  return (
    <div className={css.range}>
      <label>
        From
        <input
          type="date"
          value={from ?? ''}
          max={to}
          onChange={event => event.target.value && set({ from: event.target.value })}
        />
      </label>
      <label>
        To
        <input
          type="date"
          value={to ?? ''}
          min={from}
          onChange={event => event.target.value && set({ to: event.target.value })}
        />
      </label>
      <nav className={css.choices} aria-label="Range">
        {rangesAt(me.clock.now, me.program.time_zone).map(range => (
          <Link
            key={range.label}
            from="/portal/report"
            to="/portal/report"
            search={((before: object) => ({ ...before, from: range.from, to: range.to })) as never}
            replace
            aria-current={range.from === from && range.to === to ? 'true' : undefined}
            activeProps={{}}
          >
            {range.label}
          </Link>
        ))}
      </nav>
    </div>
  )
}

function Chart({ report }: { report: Report }) {
  const { me } = usePortal()
  const currency = mainCurrency(report.meta.totals.earnings, me.program.currency)
  const days = report.data.map(({ key, earnings }) => ({ day: key, earned_cents: centsIn(earnings, currency) }))
  if (days.every(each => each.earned_cents === 0)) return null
  return (
    <EarningsChart label={`Earned a day, in ${currency}; the table below has the same figures`} days={days} currency={currency} />
  )
}

type ReportTableProps = { report: Report | undefined; by: By; error: unknown; onRetry: () => void }

function ReportTable({ report, by, error, onRetry }: ReportTableProps) {
  const { me } = usePortal()
  const totals = report?.meta.totals
  const currency = oneCurrency([...(report?.data ?? []), ...(totals ? [totals] : [])], me.program.currency)
  const rows = by === 'day' ? report?.data.toReversed() : report?.data
  const is_empty = totals && totals.click_count === 0 && totals.conversion_count === 0 && totals.earnings.length === 0
  const counts = [
    ['click_count', 'Clicks'],
    ['conversion_count', 'Conversions'],
    ['approved_count', 'Approved'],
  ] as const
  return (
    <DataTable
      name="portal-report"
      label={`Report by ${by}`}
      rows={is_empty ? [] : rows}
      rowKey={row => row.key}
      error={error}
      onRetry={onRetry}
      empty={<Empty title="Nothing happened in these days.">Choose another range above.</Empty>}
      columns={[
        {
          key: 'label',
          title: by === 'day' ? 'Day' : 'Campaign',
          fixed: true,
          render: row => (by === 'day' ? shortDay(row.key, 'UTC') : row.label),
          total: 'Total',
        },
        ...counts.map(([key, title]) => ({
          key,
          title,
          numeric: true,
          fixed: true,
          wide: key !== 'conversion_count',
          render: (row: Report['data'][number]) => row[key].toLocaleString('en'),
          total: totals?.[key].toLocaleString('en'),
        })),
        {
          key: 'earned',
          title: 'Earned',
          unit: currency,
          numeric: true,
          fixed: true,
          render: row => <EarnedText earnings={row.earnings} bare={currency} />,
          total: totals && <EarnedText earnings={totals.earnings} bare={currency} />,
        },
      ]}
    />
  )
}
