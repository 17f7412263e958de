import { IconClockPlay } from '@tabler/icons-react'
import { fullTime } from '../shared/dates.ts'
import css from './shell.module.css'

/** Says that the product's clock was set by hand, so that nobody takes these days for today. */
export const ClockBanner = ({ now }: { now: string }) => (
  <div className={css.banner} role="status">
    <IconClockPlay size={16} aria-hidden="true" />
    <span>
      The clock is travelling: it is <strong>{fullTime(now)}</strong> here. Nightly and scheduled jobs do not start by themselves.
    </span>
  </div>
)
