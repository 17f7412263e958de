import { DateText, Period } from '../shared/date-text.tsx'

type Of = { period_start_at: string; period_end_at: string }

/** The days of an accrual: a period by its first and last day, since its end is exclusive; a milestone by its instant. */
export function AccrualPeriod({ of }: { of: Of }) {
  if (of.period_start_at === of.period_end_at) return <DateText at={of.period_end_at} />
  const last = new Date(Date.parse(of.period_end_at) - 1).toISOString()
  return <Period start={of.period_start_at} end={last} />
}
