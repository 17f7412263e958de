import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleCheckFilled,
  IconCircleX,
  IconClockPause,
  type TablerIcon,
} from '@tabler/icons-react'
import { shortDay } from '../shared/dates.ts'
import { Pill, type Tone } from '../shared/pill.tsx'
import { useSession } from '../shell/session.tsx'
import type { Conversion } from './queries.ts'

type Status = Conversion['status']
type Look = { label: string; tone: Tone; icon: TablerIcon; next: string }

const looks: Record<Status, Look> = {
  hold: { label: 'Hold period', tone: 'quiet', icon: IconClockPause, next: 'Approves itself when its hold is over.' },
  pending_review: {
    label: 'Needs review',
    tone: 'warn',
    icon: IconAlertTriangle,
    next: 'Earns nothing until somebody approves it.',
  },
  approved: { label: 'Approved', tone: 'info', icon: IconCircleCheck, next: 'Owed to the partner; the next payout takes it.' },
  rejected: { label: 'Rejected', tone: 'bad', icon: IconCircleX, next: 'Final: it earns nothing.' },
  paid: { label: 'Paid', tone: 'good', icon: IconCircleCheckFilled, next: 'Final: it left with a payout.' },
}

export const statusOptions = (Object.keys(looks) as Status[]).map(value => ({ value, label: looks[value].label }))

/** A status as an icon and a word; hovering says what comes next, and when. */
export function StatusPill({ row }: { row: Pick<Conversion, 'status' | 'held_until' | 'reason'> }) {
  const { time_zone } = useSession()
  const { label, tone, icon, next } = looks[row.status]
  const when = row.status === 'hold' && row.held_until ? ` It is released on ${shortDay(row.held_until, time_zone)}.` : ''
  return <Pill label={label} tone={tone} icon={icon} title={`${row.reason ? `${row.reason}. ` : ''}${next}${when}`} />
}
