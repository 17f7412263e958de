/** Days and months as documents write them: spelled by us, so that a document is the same on every machine. */
import type { Day } from '../../core/calendar.ts'
import { format } from '../../core/money.ts'
import type { Month } from '../../core/statement.ts'

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

const monthName = (text: string): string => months[Number(text.slice(5, 7)) - 1] as string

/** `2026-03-01` is `1 March 2026`. */
export const dayWords = (day: Day): string => `${Number(day.slice(8, 10))} ${monthName(day)} ${day.slice(0, 4)}`
/** `1 Mar 2026`, for tables. */
export const shortDay = (day: Day): string => `${Number(day.slice(8, 10))} ${monthName(day).slice(0, 3)} ${day.slice(0, 4)}`
/** `2026-03` is `March 2026`. */
export const monthWords = (month: Month): string => `${monthName(month)} ${month.slice(0, 4)}`

/** An amount without its currency, which the column names: `1,234.50`. */
export const bare = (cents: number, currency: string): string => format(cents, currency).replace(` ${currency}`, '')
