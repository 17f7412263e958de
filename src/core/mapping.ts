/**
 * Reads the rows of a foreign file in our terms, by a mapping: which column is what, how numbers and dates are written.
 *
 * Pure: a row becomes fields, or the reason why it becomes none; what fields mean is for their reader. A file holds
 * conversions or metrics, each with its own fields. `values` gives a cell that stands for another its meaning, whole cells
 * only. A date is read by `date_format`; where the file leaves the year out, `year` says it, and where a metric was counted
 * at the end of its date, `day_end` does. Source: spec G2.
 *
 *   { "date_format": "d.M", "year": 2017, "day_end": true, "values": { "captured_at": { "3.1": "3.10" } } }
 *   // "13.09" was counted when 14 September 2017 began; "3.1", a zero lost, when 4 October began
 */
import { isSubName } from './conversion.ts'
import { type DecimalMark, decimalText, multiply } from './decimals.ts'
import { refuse } from './refusal.ts'

/** A header, `"#"` (the line number), several joined with `-`, or the product of two. */
export type Column = string | string[] | { multiply: [string, string] }
export type Condition = { column: string; starts_with?: string; equals?: string; less_than?: number }
export type Mapping = {
  delimiter: string
  encoding: string
  decimal: DecimalMark
  date_format: string | null
  year: number | null
  day_end: boolean
  time_zone: string | null
  columns: Record<string, Column>
  values: Record<string, Record<string, string>>
  constants: Record<string, string>
  create_partners: boolean
  reversal: { when: Condition; match: string[] } | null
}

/** What the rows of a file are. */
export type RowKind = 'conversions' | 'metrics'
export const videoCounts = ['view_count', 'like_count', 'comment_count', 'share_count', 'save_count'] as const

export const plainFields: Record<RowKind, readonly string[]> = {
  conversions: [
    ...['partner', 'external_id', 'revenue', 'revenue_cents', 'currency', 'occurred_at', 'country', 'os', 'type', 'status'],
    ...['click_id', 'coupon_code', 'event_id', 'payout', 'payout_cents'],
  ],
  metrics: [
    ...['creator', 'handle', 'platform', 'video', 'title', 'url', 'posted_at', 'captured_at', ...videoCounts, 'follower_count'],
  ],
}

const isSub = (name: string): boolean => /^(conversion_)?subs\.[^.]+$/.test(name) && isSubName(name.split('.')[1] ?? '')

/** Whether a mapping may name this field: one of its kind of rows; conversions have subs too. */
export const isField = (name: string, kind: RowKind = 'conversions'): boolean =>
  plainFields[kind].includes(name) || (kind === 'conversions' && isSub(name))

const unmatchable = ['revenue', 'revenue_cents', 'occurred_at', 'status', 'payout', 'payout_cents', 'currency']

/** Whether a reversal may have to agree in this field with what it reverses; amounts and the currency always must. */
export const isMatchField = (name: string): boolean => isField(name) && !unmatchable.includes(name)

/** One row of a file, in the order of its headers. */
export type FileRow = { line: number; cells: readonly string[] }
export type Fields = Record<string, string>
/** Why a row says nothing, in words for whoever made the file. */
export type RowFault = { fault: string }
export type RowReader = {
  read(row: FileRow): Fields | RowFault
  /** Whether the row takes something back. */
  reverses(row: FileRow): boolean
}

type Cell = (row: FileRow) => string | null | RowFault
const isFault = (cell: ReturnType<Cell>): cell is RowFault => typeof cell === 'object' && cell !== null
export const isRowFault = (read: Fields | RowFault): read is RowFault => Object.hasOwn(read, 'fault')

/**
 * Fits a mapping to the headers of a file. Without columns in the mapping the headers bear our field names.
 *
 * Refuses `invalid_body` for a column that is missing or there twice, and when nothing says what the external id or the
 * partner is, or what was observed when: before the first row is read.
 */
export function rowReader(mapping: Mapping, headers: readonly string[], kind: RowKind = 'conversions'): RowReader {
  const columns = columnsOf(mapping, headers, kind)
  checkHeaders(mapping, columns, headers)
  checks[kind](mapping, columns, headers)
  const readers = Object.entries(columns).map(([field, column]) => [field, fieldReader(mapping, headers, field, column)] as const)
  const constants = Object.entries(mapping.constants).map(
    ([field, value]) => [field, plainAmount(mapping, field, value)] as const,
  )
  const when = mapping.reversal?.when
  return {
    read: row => fieldsOf(row, readers, constants),
    reverses: when ? conditionOn(mapping, headers, when) : () => false,
  }
}

function fieldsOf(row: FileRow, readers: (readonly [string, Cell])[], constants: (readonly [string, string | RowFault])[]) {
  const fields: Fields = {}
  for (const [field, value] of constants) {
    if (isFault(value)) return value
    fields[field] = value
  }
  for (const [field, read] of readers) {
    const value = read(row)
    if (isFault(value)) return value
    if (value !== null) fields[field] = value
  }
  return fields
}

const columnsOf = ({ columns }: Mapping, headers: readonly string[], kind: RowKind): Record<string, Column> =>
  Object.keys(columns).length > 0
    ? columns
    : Object.fromEntries(headers.filter(header => isField(header, kind)).map(header => [header, header]))

const namesIn = (column: Column): string[] => (isProduct(column) ? column.multiply : [column].flat())
export const isProduct = (column: Column | undefined): column is { multiply: [string, string] } =>
  typeof column === 'object' && !Array.isArray(column)

function checkHeaders({ reversal }: Mapping, columns: Record<string, Column>, headers: readonly string[]): void {
  const wanted = [...new Set([...Object.values(columns).flatMap(namesIn), ...(reversal ? [reversal.when.column] : [])])]
  const names = wanted.filter(name => name !== '#')
  const missing = names.filter(name => !headers.includes(name))
  if (missing.length > 0) refuse('invalid_body', `The file has no column ${quoted(missing)}; its columns are ${quoted(headers)}.`)
  const twice = names.filter(name => headers.indexOf(name) !== headers.lastIndexOf(name))
  if (twice.length > 0) refuse('invalid_body', `The file has the column ${quoted(twice)} twice; give each a name of its own.`)
}

const quoted = (names: readonly string[]) => names.map(name => `"${name}"`).join(', ')

type Check = (mapping: Mapping, columns: Record<string, Column>, headers: readonly string[]) => void
const checks: Record<RowKind, Check> = { conversions: checkConversions, metrics: checkMetrics }

const isNamed =
  (columns: Record<string, Column>, { constants }: Mapping) =>
  (field: string) =>
    field in columns || field in constants
const hintFor = (headers: readonly string[]) => `its columns are ${quoted(headers)}; say in a mapping which column is which field`

function checkConversions(mapping: Mapping, columns: Record<string, Column>, headers: readonly string[]): void {
  const has = isNamed(columns, mapping)
  if (!has('external_id')) refuse('invalid_body', `Nothing in the file is named external_id: ${hintFor(headers)}.`)
  if (!['partner', 'click_id', 'coupon_code'].some(has)) {
    refuse('invalid_body', `Nothing in the file is named partner, click_id or coupon_code: ${hintFor(headers)}.`)
  }
  const unknown = mapping.reversal?.match.filter(field => !has(field) && field !== 'type') ?? []
  if (unknown.length > 0) refuse('invalid_body', `reversal.match names ${quoted(unknown)}, which no column is mapped to.`)
}

/** A file tells of videos, or of the followers of partners: never of both in one row. */
function checkMetrics(mapping: Mapping, columns: Record<string, Column>, headers: readonly string[]): void {
  const has = isNamed(columns, mapping)
  const needed = has('video') ? ['captured_at'] : ['captured_at', 'creator', 'follower_count']
  const missing = needed.filter(field => !has(field))
  if (missing.length > 0) refuse('invalid_body', `Nothing in the file is named ${missing.join(' or ')}: ${hintFor(headers)}.`)
  if (!has('video')) return
  if (has('follower_count')) refuse('invalid_body', 'A file is of videos or of followers: map video or follower_count, not both.')
  if (!videoCounts.some(has))
    refuse('invalid_body', `Nothing in the file is named ${videoCounts.join(', ')}: ${hintFor(headers)}.`)
}

/** What a field's column holds: named as we name it (`values`), and numbers as plain decimals. */
function fieldReader(mapping: Mapping, headers: readonly string[], field: string, column: Column): Cell {
  if (isProduct(column)) return productReader(mapping, headers, column.multiply)
  const values = new Map(Object.entries(mapping.values[field] ?? {}))
  const text = textReader(mapping, headers, column)
  return row => {
    const cell = text(row)
    return cell === null || isFault(cell) ? cell : plainAmount(mapping, field, values.get(cell) ?? cell)
  }
}

function plainAmount({ decimal }: Mapping, field: string, text: string): string | RowFault {
  if (field !== 'revenue' && field !== 'payout') return text
  return decimalText(text, decimal) ?? { fault: `${field} "${text}" is no number with the decimal mark "${decimal}"` }
}

/** Several columns are joined; the line number alone does not fill a field whose other columns are empty. */
function textReader(mapping: Mapping, headers: readonly string[], column: string | string[]): Cell {
  const names = [column].flat()
  const parts = names.map(name => (name === '#' ? (row: FileRow) => String(row.line) : cellReader(mapping, headers, name)))
  const isFilled = (part: string, n: number) => part !== '' && (names[n] !== '#' || names.length === 1)
  return row => {
    const texts: string[] = []
    for (const part of parts) {
      const text = part(row)
      if (typeof text !== 'string') return text
      texts.push(text)
    }
    return texts.some(isFilled) ? texts.join('-') : null
  }
}

function productReader(mapping: Mapping, headers: readonly string[], names: [string, string]): Cell {
  const [left, right] = names.map(name => cellReader(mapping, headers, name)) as [Cell, Cell]
  return row => {
    const cells = [left(row), right(row)]
    if (cells.every(cell => cell === '')) return null
    const numbers: string[] = []
    for (const [n, cell] of cells.entries()) {
      if (typeof cell !== 'string') return cell
      const number = decimalText(cell, mapping.decimal)
      if (number === null) return { fault: `${names[n]} "${cell}" is no number with the decimal mark "${mapping.decimal}"` }
      numbers.push(number)
    }
    return multiply(numbers[0] as string, numbers[1] as string)
  }
}

/** One cell without the blanks around it; a byte that is no text in the file's encoding is a fault only where it is used. */
function cellReader({ encoding }: Mapping, headers: readonly string[], name: string): Cell {
  const at = headers.indexOf(name)
  return ({ cells }) => {
    const text = (cells[at] ?? '').trim()
    return text.includes('\uFFFD')
      ? { fault: `${name} holds bytes that are not ${encoding}; name the file's encoding in the mapping` }
      : text
  }
}

function conditionOn(mapping: Mapping, headers: readonly string[], when: Condition): (row: FileRow) => boolean {
  const at = headers.indexOf(when.column)
  return row => holds((row.cells[at] ?? '').trim(), when, mapping.decimal)
}

function holds(cell: string, when: Condition, decimal: DecimalMark): boolean {
  if (when.starts_with !== undefined) return cell.startsWith(when.starts_with)
  if (when.equals !== undefined) return cell === when.equals
  const number = decimalText(cell, decimal)
  return number !== null && when.less_than !== undefined && Number(number) < when.less_than
}
