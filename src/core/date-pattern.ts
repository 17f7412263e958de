/**
 * Dates as foreign files write them: a Unicode date pattern (`d/M/yyyy HH:mm`) in a zone, or ISO 8601. Source: spec G2.
 *
 * A local time that a clock change skipped is read with the offset before it (01:30 becomes 02:30), one that happened twice
 * as the first of the two: what Temporal and Java call "compatible".
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

/**
 * Makes a reader of dates; without a pattern it reads ISO 8601. What is no such date reads as `null`.
 *
 * Throws a plain sentence for a zone or a pattern that cannot be used.
 */
export function dateReader(format: string | null, zone: TimeZone): DateReader {
  if (!isTimeZone(zone)) throw new Error(`there is no time zone "${zone}"; use an IANA name, for example Europe/London`)
  return remembering(format === null ? text => isoInstant(text, zone) : patternReader(format, zone))
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

function patternReader(format: string, zone: TimeZone): DateReader {
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
  checkFields(format, fields)
  const expression = new RegExp(`^${pattern}$`)
  return text => {
    const match = expression.exec(text)
    return match && fromFields(Object.fromEntries(fields.map((field, n) => [field, match[n + 1] as string])), zone)
  }
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** A pattern that leaves the day open, or half of the day, would read wrong dates without a word. */
function checkFields(format: string, fields: string[]): void {
  const has = (...names: string[]) => names.some(name => fields.includes(name))
  if (!has('year', 'short_year') || !has('month') || !has('day')) {
    throw new Error(`the pattern "${format}" needs a year, a month and a day, for example d/M/yyyy`)
  }
  if (has('hour12') !== has('half')) throw new Error(`the pattern "${format}" needs h together with a, or H for 24 hours`)
}

function fromFields(f: Record<string, string>, zone: TimeZone): Instant | null {
  const year = f.year === undefined ? 2000 + Number(f.short_year) : Number(f.year)
  const half = f.half?.toLowerCase().startsWith('p') ? 12 : 0
  const hour = f.hour12 === undefined ? Number(f.hour ?? 0) : (Number(f.hour12) % 12) + half
  const at = { year, month: Number(f.month), day: Number(f.day), hour, minute: Number(f.minute ?? 0) }
  return inZone(() =>
    Temporal.PlainDateTime.from(
      { ...at, second: Number(f.second ?? 0), millisecond: Number(f.millisecond ?? 0) },
      { overflow: 'reject' },
    ).toZonedDateTime(zone),
  )
}

function isoInstant(text: string, zone: TimeZone): Instant | null {
  const hasOffset = /(Z|[+-]\d\d(:?\d\d)?)$/i.test(text.slice(10))
  return inZone(() => (hasOffset ? Temporal.Instant.from(text) : Temporal.PlainDateTime.from(text).toZonedDateTime(zone)))
}

function inZone(read: () => { epochMilliseconds: number }): Instant | null {
  try {
    return instant(read().epochMilliseconds)
  } catch (error) {
    if (error instanceof RangeError) return null // there is no such day or time
    throw error
  }
}
