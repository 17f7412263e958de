import { lazy, Suspense } from 'react'
import type { Currency } from '../../core/money.ts'
import type { DayEarned } from './chart.tsx'
import css from './parts.module.css'

const Chart = lazy(async () => ({ default: (await import('./chart.tsx')).EarningsChart }))

/** The chart comes after the figures, and keeps its place until it is there. */
export const EarningsChart = (props: { label: string; days: readonly DayEarned[]; currency: Currency }) => (
  <figure className={css.chart} role="img" aria-label={props.label}>
    <Suspense>
      <Chart {...props} />
    </Suspense>
  </figure>
)
