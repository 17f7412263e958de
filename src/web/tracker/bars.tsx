import { BarChart } from '@mantine/charts'
import '@mantine/charts/styles.css'
import { minorDigits } from '../../core/money.ts'
import { figure } from '../shared/amount.tsx'

type BarsProps = {
  data: Record<string, string | number>[]
  names: readonly { name: string; label: string; color: string }[]
  currency: string
  is_stacked: boolean
}

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const exact = (cents: number, currency: string) => figure(Math.round(cents), currency)

/** Bars of amounts; in a file of their own, since the library of charts is large and read only where there is one. */
export const Bars = ({ data, names, currency, is_stacked }: BarsProps) => (
  <BarChart
    h={210}
    data={data}
    dataKey="month"
    series={[...names]}
    type={is_stacked ? 'stacked' : 'default'}
    valueFormatter={cents => exact(cents, currency)}
    yAxisProps={{ width: 44, tickCount: 4, tickFormatter: (cents: number) => short.format(cents / 10 ** minorDigits(currency)) }}
    gridAxis="x"
    tickLine="none"
    strokeDasharray="0"
    withLegend
    legendProps={{ verticalAlign: 'bottom', height: 30 }}
    maxBarWidth={28}
    barChartProps={{ accessibilityLayer: false }}
    barProps={{ isAnimationActive: false, radius: is_stacked ? 0 : 2 }}
  />
)
