import { IconCircleCheck, IconCircleCheckFilled, IconCircleDashed, IconCircleX } from '@tabler/icons-react'
import type { Status } from '../searches.ts'
import { Pill } from '../shared/pill.tsx'

const looks = {
  draft: { label: 'Draft', tone: 'quiet', icon: IconCircleDashed, next: 'Waits for approval. Nothing is paid yet.' },
  approved: { label: 'Approved', tone: 'info', icon: IconCircleCheck, next: 'Ready to pay. Mark it paid once the money left.' },
  paid: { label: 'Paid', tone: 'good', icon: IconCircleCheckFilled, next: 'Paid and final.' },
  cancelled: { label: 'Cancelled', tone: 'bad', icon: IconCircleX, next: 'Stopped before payment. Its balance is owed again.' },
} as const

export const statusLabel = (status: Status): string => looks[status].label

/** A status as an icon and a word; hovering says what it means. */
export function StatusPill({ status }: { status: Status }) {
  const { label, tone, icon, next } = looks[status]
  return (
    <span data-status={status}>
      <Pill label={label} tone={tone} icon={icon} title={next} />
    </span>
  )
}
