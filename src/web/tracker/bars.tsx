import { BarChart } from '@mantine/charts'
import '@mantine/charts/styles.css'
import { figure } from '../shared/amount.tsx'

type BarsProps = {
  data: Record<string, string | number>[]
  names: readonly { name: string; label: string; color: string }[]
  currency: string
  is_stacked: boolean
}

/** Bars of amounts; in a file of their own, since the library of charts is large and read only where there is one. */
export const Bars = ({ data, names, currency, is_stacked }: BarsProps) => (
  <BarChart
    h={190}
    data={data}
    dataKey="month"
    series={[...names]}
    type={is_stacked ? 'stacked' : 'default'}
    valueFormatter={cents => figure(Math.round(cents), currency)}
    yAxisProps={{ width: 72, tickCount: 4 }}
    gridAxis="y"
    tickLine="none"
    strokeDasharray="0"
    withLegend
    legendProps={{ verticalAlign: 'bottom', height: 28 }}
    maxBarWidth={28}
    barProps={{ isAnimationActive: false, radius: is_stacked ? 0 : 2 }}
  />
)
