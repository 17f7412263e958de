/** When payouts are drafted by themselves: on the 1st of the month, or every 14 days from the anchor day. Source: spec A5. */
import { addDays, type Day, daysBetween, firstOfNextMonth } from './calendar.ts'

export const frequencies = ['monthly', 'bi_weekly', 'on_demand'] as const
export type Frequency = (typeof frequencies)[number]
export type Schedule = { frequency: Frequency; anchor_on: Day }

const FORTNIGHT = 14

/** Whether a program is due on a day. */
export function isDue({ frequency, anchor_on }: Schedule, today: Day): boolean {
  if (frequency === 'monthly') return today.endsWith('-01')
  if (frequency !== 'bi_weekly') return false
  const days = daysBetween(anchor_on, today)
  return days > 0 && days % FORTNIGHT === 0
}

/** The next day on which drafts are made, after today; `null` where they are made on demand alone. */
export function nextRunOn({ frequency, anchor_on }: Schedule, today: Day): Day | null {
  if (frequency === 'on_demand') return null
  if (frequency === 'monthly') return firstOfNextMonth(today)
  const days = daysBetween(anchor_on, today)
  return addDays(anchor_on, days < 0 ? FORTNIGHT : (Math.floor(days / FORTNIGHT) + 1) * FORTNIGHT)
}
