import { fullTime, shortDay, shortRange, shortTime } from './dates.ts'
import { usePlace } from './place.tsx'

/** A day, short; the whole instant in UTC on hover. Never: a dash. */
export function DateText({ at }: { at: string | null }) {
  const { time_zone } = usePlace()
  if (at === null) return <span title="never">–</span>
  return (
    <time dateTime={at} title={fullTime(at)}>
      {shortDay(at, time_zone)}
    </time>
  )
}

/** A day and the time of day. */
export function TimeText({ at }: { at: string }) {
  const { time_zone } = usePlace()
  return (
    <time dateTime={at} title={fullTime(at)}>
      {shortTime(at, time_zone)}
    </time>
  )
}

export function Period({ start, end }: { start: string; end: string }) {
  const { time_zone } = usePlace()
  return <span title={`${fullTime(start)} – ${fullTime(end)}`}>{shortRange(start, end, time_zone)}</span>
}
