/**
 * Dates as foreign files write them: a Unicode date pattern (`d/M/yyyy HH:mm`) in a zone, or ISO 8601. Source: spec G2.
 *
 * A local time that a clock change skipped is read with the offset before it (01:30 becomes 02:30), one that happened twice
 * as the first of the two: what Temporal and Java call "compatible".
 *
 * A file of one year may leave the year out (`year` says it), and what was counted at the end of a day bears that day's date
 * alone: with `day_end` a date without a time is the first instant after it.
 */
import { Temporal } from 'temporal-polyfill'
import { type Instant, instant, isTimeZone, type TimeZone } from './calendar.ts'

const tokens: Record<string, { pattern: string; field: string }> = {
  yyyy: { pattern: '\\d{4}', field: 'year' },
  yy: { pattern: '\\d{2}', field: 'short_year' },
  MM: { pattern: '\\d{2}', field: 'month' },
  M: { pattern: '\\d{1,2}', field: 'month' },
  dd: { pattern: '\\d{2}', field: 'day' },
  d: { pattern: '\\d{1,2}', field: 'day' },
  HH: { pattern: '\\d{2}', field: 'hour' },
  H: { pattern: '\\d{1,2}', field: 'hour' },
  hh: { pattern: '0[1-9]|1[0-2]', field: 'hour12' },
  h: { pattern: '0?[1-9]|1[0-2]', field: 'hour12' },
  mm: { pattern: '\\d{2}', field: 'minute' },
  m: { pattern: '\\d{1,2}', field: 'minute' },
  ss: { pattern: '\\d{2}', field: 'second' },
  s: { pattern: '\\d{1,2}', field: 'second' },
  SSS: { pattern: '\\d{3}', field: 'millisecond' },
  a: { pattern: '[AaPp]\\.?[Mm]\\.?', field: 'half' },
}

export type DateReader = (text: string) => Instant | null
export type DateOptions = { year?: number | null; day_end?: boolean }

/**
 * Makes a reader of dates; without a pattern it reads ISO 8601. What is no such date reads as `null`.
 *
 * Throws a plain sentence for a zone or a pattern that cannot be used.
 */
export function dateReader(format: string | null, zone: TimeZone, options: DateOptions = {}): DateReader {
  if (!isTimeZone(zone)) throw new Error(`there is no time zone "${zone}"; use an IANA name, for example Europe/London`)
  return remembering(format === null ? text => isoInstant(text, zone, options) : patternReader(format, zone, options))
}

/** Files repeat their dates, and the calendar is slow. */
function remembering(read: DateReader): DateReader {
  const known = new Map<string, Instant | null>()
  return text => {
    const key = text.trim()
    const before = known.get(key)
    if (before !== undefined) return before
    if (known.size >= 10_000) known.clear()
    const at = read(key)
    known.set(key, at)
    return at
  }
}

function patternReader(format: string, zone: TimeZone, { year = null, day_end = false }: DateOptions): DateReader {
  const fields: string[] = []
  const pattern = format.replace(/'([^']*)'|y+|M+|d+|H+|h+|m+|s+|S+|a+|[^a-zA-Z']+|[a-zA-Z']/g, (part, literal) => {
    if (literal !== undefined) return escaped(literal === '' ? "'" : literal)
    if (!/[a-zA-Z']/.test(part)) return escaped(part)
    const token = tokens[part]
    if (!token)
      throw new Error(`the pattern "${format}" holds "${part}", which is not known; use ${Object.keys(tokens).join(' ')}`)
    fields.push(token.field)
    return `(${token.pattern})`
  })
  checkFields(format, fields, year !== null)
  const expression = new RegExp(`^${pattern}$`)
  const given: Record<string, string> = year === null ? {} : { year: String(year) }
  const ends = day_end && !fields.some(field => /^(hour|minute|second)/.test(field))
  return text => {
    const match = expression.exec(text)
    return (
      match &&
      fromFields({ ...given, ...Object.fromEntries(fields.map((field, n) => [field, match[n + 1] as string])) }, zone, ends)
    )
  }
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** A pattern that leaves the day open, or half of the day, would read wrong dates without a word. */
function checkFields(format: string, fields: string[], has_year: boolean): void {
  const has = (...names: string[]) => names.some(name => fields.includes(name))
  if (has_year && has('year', 'short_year')) throw new Error(`the pattern "${format}" holds a year, and "year" names another`)
  if (!(has_year || has('year', 'short_year')) || !has('month') || !has('day')) {
    throw new Error(`the pattern "${format}" needs a year, a month and a day, for example d/M/yyyy`)
  }
  if (has('hour12') !== has('half')) throw new Error(`the pattern "${format}" needs h together with a, or H for 24 hours`)
}

function fromFields(f: Record<string, string>, zone: TimeZone, day_end: boolean): Instant | null {
  const year = f.year === undefined ? 2000 + Number(f.short_year) : Number(f.year)
  const half = f.half?.toLowerCase().startsWith('p') ? 12 : 0
  const hour = f.hour12 === undefined ? Number(f.hour ?? 0) : (Number(f.hour12) % 12) + half
  const at = { year, month: Number(f.month), day: Number(f.day), hour, minute: Number(f.minute ?? 0) }
  const rest = { second: Number(f.second ?? 0), millisecond: Number(f.millisecond ?? 0) }
  return inZone(() => local(Temporal.PlainDateTime.from({ ...at, ...rest }, { overflow: 'reject' }), zone, day_end))
}

/** A local time in its zone, or with `day_end` the first instant of the day after. */
const local = (at: Temporal.PlainDateTime, zone: TimeZone, day_end: boolean) =>
  day_end ? at.toPlainDate().add({ days: 1 }).toZonedDateTime(zone) : at.toZonedDateTime(zone)

function isoInstant(text: string, zone: TimeZone, { day_end = false }: DateOptions): Instant | null {
  const hasOffset = /(Z|[+-]\d\d(:?\d\d)?)$/i.test(text.slice(10))
  const ends = day_end && text.length === 10
  return inZone(() => (hasOffset ? Temporal.Instant.from(text) : local(Temporal.PlainDateTime.from(text), zone, ends)))
}

function inZone(read: () => { epochMilliseconds: number }): Instant | null {
  try {
    return instant(read().epochMilliseconds)
  } catch (error) {
    if (error instanceof RangeError) return null // there is no such day or time
    throw error
  }
}
