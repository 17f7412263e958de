/**
 * Days, months and hours in an organization's time zone; instants are UTC.
 *
 * Calendar boundaries (day, month, "this month") follow the organization's IANA zone, daylight saving included. Nothing
 * here reads a clock: the caller passes the instant. Source: spec 0.3, B8.
 */
import { Temporal } from 'temporal-polyfill'

/** An ISO 8601 instant in UTC: `2026-03-01T10:00:00.000Z`. */
export type Instant = string & { readonly __time?: 'instant' }
/** A calendar day: `2026-03-01`. */
export type Day = string & { readonly __time?: 'day' }
export type TimeZone = string

const HOUR = 3_600_000

export const instant = (ms: number): Instant => new Date(ms).toISOString()
export const ms = (at: Instant): number => Date.parse(at)
/** The later of two days or of two instants: as ISO texts they compare as text. */
export const later = <T extends Day | Instant>(a: T, b: T): T => (a > b ? a : b)

export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

const formats = new Map<TimeZone, Intl.DateTimeFormat>()
const dayByHour = new Map<string, Day>()

/** The calendar day of an instant in a zone. Days are remembered by quarter hour, since imports ask for the same ones. */
export function dayOf(at: Instant, zone: TimeZone): Day {
  if (zone === 'UTC') return at.slice(0, 10)
  const key = `${zone} ${Math.floor(ms(at) / 900_000)}`
  let day = dayByHour.get(key)
  if (day === undefined) {
    let format = formats.get(zone)
    if (!format) {
      format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
      formats.set(zone, format)
    }
    day = format.format(ms(at))
    if (dayByHour.size > 50_000) dayByHour.clear()
    dayByHour.set(key, day)
  }
  return day
}

/** The first instant of a day in a zone (after a spring-forward midnight: the first that exists). */
export const startOfDay = (day: Day, zone: TimeZone): Instant =>
  instant(Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds)

export const addDays = (day: Day, days: number): Day => Temporal.PlainDate.from(day).add({ days }).toString()
export const daysBetween = (from: Day, to: Day): number => Temporal.PlainDate.from(from).until(to).days
export const firstOfMonth = (day: Day): Day => `${day.slice(0, 7)}-01`
export const firstOfNextMonth = (day: Day): Day => Temporal.PlainDate.from(firstOfMonth(day)).add({ months: 1 }).toString()

/** The Monday that starts the week of a day. */
export const mondayOf = (day: Day): Day => addDays(day, 1 - Temporal.PlainDate.from(day).dayOfWeek)

export type PeriodKind = 'daily' | 'weekly' | 'monthly'

/** The days of the period that a day falls in, half-open: a day, Monday to Monday, a calendar month. */
export function periodOf(day: Day, kind: PeriodKind): { first_on: Day; until: Day } {
  if (kind === 'monthly') return { first_on: firstOfMonth(day), until: firstOfNextMonth(day) }
  const first_on = kind === 'weekly' ? mondayOf(day) : day
  return { first_on, until: addDays(first_on, kind === 'weekly' ? 7 : 1) }
}

/** The month that an instant falls in, as instants: half-open `[start, end)`. */
export function monthOf(at: Instant, zone: TimeZone): { start: Instant; end: Instant } {
  const day = dayOf(at, zone)
  return { start: startOfDay(firstOfMonth(day), zone), end: startOfDay(firstOfNextMonth(day), zone) }
}

/** The end of a hold that began at `from`: never early, rounded up to the full hour. */
export const holdEnd = (from: Instant, hours: number): Instant => instant(Math.ceil((ms(from) + hours * HOUR) / HOUR) * HOUR)
