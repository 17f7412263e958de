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
      gridAxis="x"
      tickLine="none"
      barProps={{ radius: 2, isAnimationActive: false, maxBarSize: 26 }}
      xAxisProps={{ tickFormatter: (day: string) => day.slice(0, -5), minTickGap: 40 }}
      yAxisProps={{ width: 64, tickFormatter: (cents: number) => figure(cents, currency), ...ticksOf(days) }}
      valueFormatter={cents => money(cents, currency)}
    />
  )
}

/** Lines at round amounts, a handful of them, the last one above the highest bar. */
function ticksOf(days: readonly DayEarned[]): { ticks: number[]; domain: [number, number] } {
  const amounts = days.map(each => each.earned_cents)
  const [lowest, highest] = [Math.min(0, ...amounts), Math.max(0, ...amounts)]
  const rough = Math.max(1, (highest - lowest) / 3)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find(each => each * power >= rough) ?? 10) * power
  const first = Math.floor(lowest / step)
  const count = Math.max(1, Math.ceil(highest / step)) - first
  const ticks = Array.from({ length: count + 1 }, (_, index) => (first + index) * step)
  return { ticks, domain: [ticks[0] as number, ticks.at(-1) as number] }
}
