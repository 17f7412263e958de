import { IconCircleCheckFilled, IconCircleX, IconClock, type TablerIcon } from '@tabler/icons-react'
import { DataTable } from '../shared/data-table.tsx'
import { DateText, TimeText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Pill, type Tone } from '../shared/pill.tsx'
import css from './parts.module.css'
import type { Postback } from './queries.ts'

type Delivery = Postback['deliveries'][number]

const looks: Record<Delivery['status'], { label: string; tone: Tone; icon: TablerIcon; title: string }> = {
  waiting: { label: 'Waiting', tone: 'quiet', icon: IconClock, title: 'It is called next, or tried again.' },
  delivered: { label: 'Delivered', tone: 'good', icon: IconCircleCheckFilled, title: 'Your address took it.' },
  failed: { label: 'Failed', tone: 'bad', icon: IconCircleX, title: 'Your address did not take it; it is not tried again.' },
}

/** The last calls, and what your address answered. */
export const Deliveries = ({ deliveries }: { deliveries: readonly Delivery[] }) => (
  <DataTable
    name="portal-deliveries"
    label="Last calls"
    rows={deliveries}
    rowKey={row => row.id}
    empty={<Empty title="Nothing was called yet.">The first call follows the next approved conversion.</Empty>}
    columns={[
      { key: 'at', title: 'When', fixed: true, render: row => <TimeText at={row.delivered_at ?? row.created_at} /> },
      { key: 'status', title: 'Result', fixed: true, render: row => <Pill {...looks[row.status]} /> },
      {
        key: 'answer',
        title: 'Answer',
        fixed: true,
        render: row => <span className={css.wrap}>{row.error ?? row.response_status ?? '–'}</span>,
      },
      { key: 'tries', title: 'Tries', numeric: true, wide: true, fixed: true, render: row => row.attempt_count },
      { key: 'next', title: 'Next try', wide: true, fixed: true, render: row => <DateText at={row.next_attempt_at} /> },
      {
        key: 'conversion',
        title: 'Conversion',
        wide: true,
        fixed: true,
        render: row => <span className={css.quiet}>{row.conversion_id}</span>,
      },
    ]}
  />
)
