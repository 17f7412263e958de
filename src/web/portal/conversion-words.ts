/** The statuses of a conversion in a partner's words. */
import { IconCircleCheck, IconCircleCheckFilled, IconCircleX, IconClock, IconEye, type TablerIcon } from '@tabler/icons-react'
import type { Tone } from '../shared/pill.tsx'
import type { Conversion } from './queries.ts'

type Look = { label: string; tone: Tone; icon: TablerIcon; title: string }

export const looks: Record<Conversion['status'], Look> = {
  hold: { label: 'On hold', tone: 'quiet', icon: IconClock, title: 'Counted. It can be paid once its hold is over.' },
  pending_review: { label: 'In review', tone: 'warn', icon: IconEye, title: 'The program looks at it before it counts.' },
  approved: { label: 'Approved', tone: 'info', icon: IconCircleCheck, title: 'It counts, and is part of your next payout.' },
  rejected: { label: 'Rejected', tone: 'bad', icon: IconCircleX, title: 'The program did not accept it; it pays nothing.' },
  paid: { label: 'Paid', tone: 'good', icon: IconCircleCheckFilled, title: 'Paid and final.' },
}
