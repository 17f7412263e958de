import { IconCircleCheckFilled, IconCircleX, IconClock } from '@tabler/icons-react'
import { Pill } from '../shared/pill.tsx'
import type { Status } from './queries.ts'

export const statuses = ['pending', 'paid', 'rejected'] as const

const looks = {
  pending: { label: 'Pending', tone: 'warn', icon: IconClock, title: 'Recorded and off the balance; not confirmed as paid yet.' },
  paid: { label: 'Paid', tone: 'good', icon: IconCircleCheckFilled, title: 'Paid outside, and off the balance.' },
  rejected: { label: 'Rejected', tone: 'bad', icon: IconCircleX, title: 'Not paid: its amount is on the balance again.' },
} as const

export const statusLabel = (status: Status): string => looks[status].label
export const StatusPill = ({ status }: { status: Status }) => <Pill {...looks[status]} />
