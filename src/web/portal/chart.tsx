import { BarChart } from '@mantine/charts'
import '@mantine/charts/styles.css'
import type { Currency } from '../../core/money.ts'
import { figure, money } from '../shared/amount.tsx'
import { shortDay } from '../shared/dates.ts'

export type DayEarned = { day: string; earned_cents: number }

/** What each day earned, as bars. Whoever cannot see it finds the same figures in the table beside it. */
export function EarningsChart({ days, currency }: { days: readonly DayEarned[]; currency: Currency }) {
  return (
    <BarChart
      h={190}
      data={days.map(({ day, earned_cents }) => ({ day: shortDay(day, 'UTC'), earned_cents }))}
      dataKey="day"
      series={[{ name: 'earned_cents', label: 'Earned', color: 'jade.6' }]}
      gridAxis="y"
      tickLine="none"
      barProps={{ radius: 2, isAnimationActive: false, maxBarSize: 26 }}
      xAxisProps={{ tickFormatter: (day: string) => day.slice(0, -5), minTickGap: 40 }}
      yAxisProps={{ width: 64, tickFormatter: (cents: number) => figure(cents, currency), allowDecimals: false }}
      valueFormatter={cents => money(cents, currency)}
    />
  )
}
