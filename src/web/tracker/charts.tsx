import { SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { figure } from '../shared/amount.tsx'
import { Failed } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { type Filter, type Series, seriesQuery } from './queries.ts'
import { Scrolls } from './scrolls.tsx'
import css from './tracker.module.css'

const Bars = lazy(async () => ({ default: (await import('./bars.tsx')).Bars }))

/** Earned and paid by month, and what each structure earned: as bars, and as the figures behind them. */
export function Charts({ filter }: { filter: Filter }) {
  const { brand } = useSession()
  const { data, error, refetch } = useQuery({ ...seriesQuery(brand.id, filter), placeholderData: before => before })
  const [wanted, setWanted] = useState<string | null>(null)
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />
  if (!data) return <div className={css.chartsWaiting} role="status" aria-label="Loading charts" />
  const currencies = [...new Set(data.months.map(each => each.currency))]
  if (currencies.length === 0) return null
  const currency = currencies.find(each => each === wanted) ?? currencies.find(each => each === brand.currency) ?? currencies[0]!
  return (
    <div className={css.charts}>
      {currencies.length > 1 && (
        <SegmentedControl size="xs" data={currencies} value={currency} onChange={setWanted} aria-label="Currency" />
      )}
      <ByMonth series={data} currency={currency} />
      <ByStructure series={data} currency={currency} />
    </div>
  )
}

type ChartProps = { series: Series; currency: string }
type Bar = Record<string, string | number>

function ByMonth({ series, currency }: ChartProps) {
  const rows = series.months.filter(each => each.currency === currency)
  const data: Bar[] = filled(rows.map(each => each.month)).map(month => {
    const row = rows.find(each => each.month === month)
    return { month: monthName(month), earned: row?.earned_cents ?? 0, paid: row?.paid_cents ?? 0 }
  })
  const names = [
    { name: 'earned', label: 'Earned', color: 'var(--bar-quiet)' },
    { name: 'paid', label: 'Paid', color: 'var(--accent)' },
  ]
  return <Chart title="Earned and paid by month" data={data} names={names} currency={currency} />
}

const SHADES = ['var(--accent)', 'var(--bar-2)', 'var(--bar-3)', 'var(--bar-4)', 'var(--bar-5)']

/** The structures that earned most; what is beyond the shades there are is one bar. */
function ByStructure({ series, currency }: ChartProps) {
  const rows = series.structures.filter(each => each.currency === currency)
  const sums = new Map<string, { label: string; cents: number }>()
  for (const { structure_id, structure_name, earned_cents } of rows) {
    const cents = (sums.get(structure_id)?.cents ?? 0) + earned_cents
    sums.set(structure_id, { label: structure_name, cents })
  }
  const room = sums.size > SHADES.length ? SHADES.length - 1 : SHADES.length
  const largest = [...sums].toSorted(([, a], [, b]) => b.cents - a.cents).slice(0, room)
  // keys of our own: a chart reads a dot in a key as a path
  const keys = new Map(largest.map(([id], n) => [id, `s${n}`]))
  const names = largest.map(([, { label }], n) => ({ name: `s${n}`, label, color: SHADES[n] as string }))
  if (sums.size > room) names.push({ name: 'others', label: 'Other structures', color: SHADES.at(-1) as string })
  if (names.length === 0) return null
  const data = filled(rows.map(each => each.month)).map(month => {
    const bar: Bar = { month: monthName(month) }
    for (const each of rows.filter(row => row.month === month)) {
      const key = keys.get(each.structure_id) ?? 'others'
      bar[key] = Number(bar[key] ?? 0) + each.earned_cents
    }
    return bar
  })
  return <Chart title="Earned by structure" data={data} names={names} currency={currency} is_stacked />
}

/** Every month from the first to the last, also those in which nothing happened. */
function filled(months: readonly string[]): string[] {
  const sorted = [...new Set(months)].sort()
  const last = sorted.at(-1)
  const found: string[] = []
  for (let at = sorted[0]; at && last && at <= last && found.length < 240; at = nextMonth(at)) found.push(at)
  return found
}

function nextMonth(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
}

const monthName = (month: string): string =>
  new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${month}-15T00:00:00Z`))

type PlotProps = {
  title: string
  data: Bar[]
  names: readonly { name: string; label: string; color: string }[]
  currency: string
  is_stacked?: boolean
}

function Chart({ title, data, names, currency, is_stacked = false }: PlotProps) {
  return (
    <figure className={css.chart}>
      <figcaption>
        {title} <span className={css.unit}>{currency}</span>
      </figcaption>
      <div aria-hidden="true" className={css.bars}>
        <Suspense fallback={<div className={css.barsWaiting} />}>
          <Bars data={data} names={names} currency={currency} is_stacked={is_stacked} />
        </Suspense>
      </div>
      <details className={css.figures}>
        <summary>Figures</summary>
        <Scrolls label={`${title}, figures`}>
          <table className={css.small} aria-label={title}>
            <thead>
              <tr>
                <th scope="col">Month</th>
                {names.map(each => (
                  <th key={each.name} scope="col">
                    {each.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.map(row => (
                <tr key={row.month}>
                  <th scope="row">{row.month}</th>
                  {names.map(each => (
                    <td key={each.name}>{figure(Number(row[each.name] ?? 0), currency)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolls>
      </details>
    </figure>
  )
}
