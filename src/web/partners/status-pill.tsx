import { IconCircleCheck, IconCircleDashed, IconCircleX, IconPlayerPause } from '@tabler/icons-react'
import { Pill, type Tone } from '../shared/pill.tsx'
import type { PartnerStatus } from './queries.ts'

const looks = {
  pending: {
    ...{ label: 'Pending', tone: 'warn' as Tone, icon: IconCircleDashed },
    says: 'Asked to join and waits for an answer: approve or decline.',
  },
  approved: {
    ...{ label: 'Approved', tone: 'good' as Tone, icon: IconCircleCheck },
    says: 'Takes part, and may sign in to the partner portal.',
  },
  paused: {
    ...{ label: 'Paused', tone: 'quiet' as Tone, icon: IconPlayerPause },
    says: 'New conversions are recorded and earn nothing. What is owed stays payable.',
  },
  declined: {
    ...{ label: 'Declined', tone: 'bad' as Tone, icon: IconCircleX },
    says: 'Does not take part: new conversions earn nothing. What is owed stays payable.',
  },
} as const

export const statusWords = looks

export const StatusPill = ({ status }: { status: PartnerStatus }) => {
  const { label, tone, icon, says } = looks[status]
  return <Pill label={label} tone={tone} icon={icon} title={says} />
}
