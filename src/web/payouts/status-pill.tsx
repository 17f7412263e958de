import { IconCircleCheck, IconCircleCheckFilled, IconCircleDashed, IconCircleX } from '@tabler/icons-react'
import type { Status } from '../searches.ts'
import css from './payouts.module.css'

const looks = {
  draft: { label: 'Draft', Icon: IconCircleDashed, next: 'Waits for approval. Nothing is paid yet.' },
  approved: { label: 'Approved', Icon: IconCircleCheck, next: 'Ready to pay. Mark it paid once the money left.' },
  paid: { label: 'Paid', Icon: IconCircleCheckFilled, next: 'Paid and final.' },
  cancelled: { label: 'Cancelled', Icon: IconCircleX, next: 'Stopped before payment. Its balance is owed again.' },
} as const

export const statusLabel = (status: Status): string => looks[status].label

/** A status as an icon and a word; hovering says what it means. */
export function StatusPill({ status }: { status: Status }) {
  const { label, Icon, next } = looks[status]
  return (
    <span className={css.pill} data-status={status} title={next}>
      <Icon size={15} aria-hidden="true" />
      {label}
    </span>
  )
}
