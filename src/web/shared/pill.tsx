import type { TablerIcon } from '@tabler/icons-react'
import css from './shared.module.css'

export type Tone = 'quiet' | 'info' | 'good' | 'warn' | 'bad'
type PillProps = { label: string; tone: Tone; icon: TablerIcon; title?: string | undefined }

/** A status as an icon and a word; hovering says what it means and what comes next. */
export const Pill = ({ label, tone, icon: Icon, title }: PillProps) => (
  <span className={css.pill} data-tone={tone} title={title}>
    <Icon size={15} aria-hidden="true" />
    {label}
  </span>
)
