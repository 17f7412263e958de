import { IconAlertTriangle, IconArrowBackUp, IconCircleCheck, IconCircleDashed, IconLoader } from '@tabler/icons-react'
import { Pill, type Tone } from '../shared/pill.tsx'
import type { Import } from './queries.ts'

const looks = {
  uploaded: {
    ...{ label: 'Not imported', tone: 'warn' as Tone, icon: IconCircleDashed },
    says: 'The file waits for a day; nothing of it is recorded.',
  },
  running: { ...{ label: 'Running', tone: 'info' as Tone, icon: IconLoader }, says: 'It goes on when you leave this page.' },
  interrupted: {
    ...{ label: 'Interrupted', tone: 'bad' as Tone, icon: IconAlertTriangle },
    says: 'Cut off before the end. Import it again to finish it, nothing comes twice; or undo it.',
  },
  done: {
    ...{ label: 'Done', tone: 'good' as Tone, icon: IconCircleCheck },
    says: 'Every row is recorded, counted or rejected.',
  },
  undone: { ...{ label: 'Undone', tone: 'quiet' as Tone, icon: IconArrowBackUp }, says: 'What it made is taken back.' },
} as const

export const StatusPill = ({ status }: { status: Import['status'] }) => {
  const { label, tone, icon, says } = looks[status]
  return <Pill label={label} tone={tone} icon={icon} title={says} />
}
