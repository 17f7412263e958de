import {
  IconArrowBackUp,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconRotate2,
} from '@tabler/icons-react'
import { Pill } from '../shared/pill.tsx'
import type { Payment, Status } from './queries.ts'

const accrued = {
  earned: { label: 'Earned', tone: 'info', icon: IconCircleDashed, title: 'Earned and not paid yet.' },
  paid: {
    label: 'Paid',
    tone: 'good',
    icon: IconCircleCheckFilled,
    title: 'Paid by a payment. Voiding that makes it earned again.',
  },
  rejected: { label: 'Rejected', tone: 'quiet', icon: IconCircleX, title: 'Judged not deserved. It is not owed.' },
  voided: { label: 'Voided', tone: 'quiet', icon: IconArrowBackUp, title: 'Made in error. It is not owed.' },
} as const

/** How an accrual stands; one that a payout holds says so. */
export function AccrualPill({ status, payout_id }: { status: Status; payout_id?: string | null }) {
  if (status === 'earned' && payout_id) {
    return <Pill label="In a payout" tone="info" icon={IconClock} title="Earned, and held by a payout that is not paid yet." />
  }
  return <Pill {...accrued[status]} />
}

const sent = {
  pending: { label: 'Pending', tone: 'info', icon: IconClock, title: 'Asked for, not sent yet.' },
  paid: { label: 'Paid', tone: 'good', icon: IconCircleCheckFilled, title: 'The money left.' },
  rejected: { label: 'Came back', tone: 'bad', icon: IconRotate2, title: 'Refused or returned. What it paid is owed again.' },
  voided: { label: 'Voided', tone: 'quiet', icon: IconArrowBackUp, title: 'Recorded in error. What it paid is owed again.' },
} as const

export const PaymentPill = ({ status }: { status: Payment['status'] }) => <Pill {...sent[status]} />

export const accrualStatuses = (Object.keys(accrued) as Status[]).map(value => ({ value, label: accrued[value].label as string }))

export const origins: Record<Payment['origin'], string> = {
  direct: 'Direct',
  payout: 'Payout',
  on_account: 'On account',
}
