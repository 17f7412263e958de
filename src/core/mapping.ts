/**
 * Reads the rows of a foreign file in our terms, by a mapping: which column is what, how numbers and dates are written.
 *
 * Pure: a row becomes fields or the faults that a person can mend; what fields mean is for their reader. Source: spec G2.
 */
import { Temporal } from 'temporal-polyfill'
import { type Instant, instant, isTimeZone, type TimeZone } from './calendar.ts'

/** A header, `"#"` (the line number), or several joined with `-`. */
export type Column = string | string[] | { multiply: [string, string] }
export type Condition = { column: string; starts_with?: string; equals?: string; less_than?: number }
export type Mapping = {
  delimiter: string
  decimal: '.' | ','
  date_format: string | null
  time_zone: TimeZone | null
  columns: Record<string, Column>
  values: Record<string, Record<string, string>>
  constants: Record<string, string>
  create_partners: boolean
  reversal: { when: Condition; match: string[] } | null
}

export type RowFault = { path: string; message: string }

/** The exact decimal text of a number as a file writes it: `1.234,50` with decimal `,` is `1234.50`. `null` when it is none. */
export function decimalText(text: string, decimal: '.' | ','): string | null {
  const group = decimal === ',' ? '.' : ','
  const [whole = '', ...rest] = text.trim().split(decimal)
  if (rest.length > 1) return null
  const grouped = whole.includes(group)
  if (grouped && !new RegExp(`^[-+]?\\d{1,3}(\\${group}\\d{3})+$`).test(whole)) return null
  const plain = `${whole.split(group).join('')}${rest.length === 1 ? `.${rest[0]}` : ''}`.replace(/^\+/, '').replace(/^(-?)\./, '$10.')
  return /^-?\d+(\.\d+)?$/.test(plain) ? plain : null
}

/** The exact product of two decimal texts, as decimal text. */
export function multiply(left: string, right: string): string {
  const [a, b] = [digitsOf(left), digitsOf(right)]
  const places = a.places + b.places
  const product = a.value * b.value
  const text = (product < 0n ? -product : product).toString().padStart(places + 1, '0')
  const sign = product < 0n ? '-' : ''
  return places === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -places)}.${text.slice(-places)}`
}

function digitsOf(text: string): { value: bigint; places: number } {
  const places = text.split('.')[1]?.length ?? 0
  return { value: BigInt(text.replace('.', '')), places }
}

/** Decimal text as minor units, rounded once, half away from zero; for products, which may have more places than a currency. */
export function roundToMinor(text: string, digits: number): number | null {
  const { value, places } = digitsOf(text)
  if (places <= digits) return safe(value * 10n ** BigInt(digits - places))
  const divisor = 10n ** BigInt(places - digits)
  const magnitude = value < 0n ? -value : value
  const rounded = (magnitude * 2n + divisor) / (divisor * 2n)
  return safe(value < 0n ? -rounded : rounded)
}

const safe = (value: bigint): number | null => (Number.isSafeInteger(Number(value)) ? Number(value) : null)

const tokens: Record<string, { pattern: string; field: string }> = {
  yyyy: { pattern: '\\d{4}', field: 'year' },
  yy: { pattern: '\\d{2}', field: 'short_year' },
  MM: { pattern: '\\d{2}', field: 'month' },
  M: { pattern: '\\d{1,2}', field: 'month' },
  dd: { pattern: '\\d{2}', field: 'day' },
  d: { pattern: '\\d{1,2}', field: 'day' },
  HH: { pattern: '\\d{2}', field: 'hour' },
  H: { pattern: '\\d{1,2}', field: 'hour' },
  hh: { pattern: '\\d{2}', field: 'hour12' },
  h: { pattern: '\\d{1,2}', field: 'hour12' },
  mm: { pattern: '\\d{2}', field: 'minute' },
  ss: { pattern: '\\d{2}', field: 'second' },
  SSS: { pattern: '\\d{3}', field: 'millisecond' },
  a: { pattern: '[AaPp]\\.?[Mm]\\.?', field: 'half' },
}
export type DateReader = (text: string) => Instant | null

/** Makes a reader of dates from a Unicode pattern (`d/M/yyyy HH:mm`), in a zone. Without a pattern: ISO 8601. */
export function dateReader(format: string | null, zone: TimeZone): DateReader {
  if (!isTimeZone(zone)) throw new Error(`not a time zone: ${zone}`)
  if (format === null) return text => isoInstant(text.trim(), zone)
  const fields: string[] = []
  const pattern = format.replace(/'([^']*)'|y+|M+|d+|H+|h+|m+|s+|S+|a|[^a-zA-Z']+|[a-zA-Z]/g, (part, literal) => {
    if (literal !== undefined) return escape(literal)
    const token = tokens[part]
    if (!token) {
      if (/[a-zA-Z]/.test(part)) throw new Error(`the date pattern "${format}" holds "${part}", which is not known`)
      return escape(part)
    }
    fields.push(token.field)
    return `(${token.pattern})`
  })
  const expression = new RegExp(`^${pattern}$`)
  return text => {
    const match = expression.exec(text.trim())
    return match ? instantFrom(Object.fromEntries(fields.map((field, n) => [field, match[n + 1] as string])), zone) : null
  }
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

function instantFrom(f: Record<string, string>, zone: TimeZone): Instant | null {
  const year = f.year === undefined ? 2000 + Number(f.short_year) : Number(f.year)
  const half = f.half?.toLowerCase().startsWith('p') ? 12 : 0
  const hour = f.hour12 === undefined ? Number(f.hour ?? 0) : (Number(f.hour12) % 12) + half
  const at = { year, month: Number(f.month), day: Number(f.day), hour, minute: Number(f.minute ?? 0) }
  return zoned({ ...at, second: Number(f.second ?? 0), millisecond: Number(f.millisecond ?? 0) }, zone)
}

function zoned(fields: Temporal.PlainDateTimeLike, zone: TimeZone): Instant | null {
  try {
    return instant(Temporal.PlainDateTime.from(fields, { overflow: 'reject' }).toZonedDateTime(zone).epochMilliseconds)
  } catch {
    return null // such a day or time does not exist
  }
}

function isoInstant(text: string, zone: TimeZone): Instant | null {
  try {
    if (/(Z|[+-]\d\d(:?\d\d)?)$/i.test(text.slice(10))) return instant(Temporal.Instant.from(text).epochMilliseconds)
    return instant(Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds)
  } catch {
    return null
  }
}

const names = new Intl.DisplayNames('en', { type: 'region' })
let codeByName: Map<string, string> | undefined

/** A country's code from its English name (`Germany` is `DE`); what is no such name stays as it is. */
export function countryCode(text: string): string {
  if (/^[A-Za-z]{2}$/.test(text)) return text
  codeByName ??= new Map(regionCodes().map(code => [(names.of(code) ?? code).toLowerCase(), code]))
  return codeByName.get(text.toLowerCase()) ?? text
}

function regionCodes(): string[] {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  return letters.flatMap(a => letters.map(b => a + b)).filter(code => names.of(code) !== code)
}

/** One row of a file, by header, with its line number. */
export type FileRow = { line: number; cells: Record<string, string> }

/** What a column of the mapping holds in a row: text, or the exact product of two numbers. `null` when a cell is empty. */
export function cellOf(row: FileRow, column: Column, decimal: '.' | ','): string | null {
  if (typeof column === 'object' && 'multiply' in column) {
    const [left, right] = column.multiply.map(name => decimalText(row.cells[name] ?? '', decimal))
    return left == null || right == null ? null : multiply(left, right)
  }
  const parts = [column].flat().map(name => (name === '#' ? String(row.line) : (row.cells[name] ?? '').trim()))
  return parts.every(part => part === '') ? null : parts.join('-')
}

export function holds(row: FileRow, when: Condition, decimal: '.' | ','): boolean {
  const cell = (row.cells[when.column] ?? '').trim()
  if (when.starts_with !== undefined) return cell.startsWith(when.starts_with)
  if (when.equals !== undefined) return cell === when.equals
  const number = decimalText(cell, decimal)
  return number !== null && when.less_than !== undefined && Number(number) < when.less_than
}

/** Every header that a mapping names: so that a missing one is told before the first row is read. */
export function headersOf(mapping: Mapping): string[] {
  const columns = Object.values(mapping.columns).flatMap(c => (typeof c === 'object' && 'multiply' in c ? c.multiply : [c].flat()))
  return [...new Set([...columns, ...(mapping.reversal ? [mapping.reversal.when.column] : [])])].filter(name => name !== '#')
}
