/**
 * Reads the text of the custom payout tables into lines, and reports every fault with its table and line number.
 *
 * One entry a line, fields separated by commas; a field that holds a comma is put in double quotes, a quote inside it is
 * doubled. Nothing is thrown: a wrong table is an answer, not an accident. Source: spec C6.3.
 */
import { isSubName, isType, MAX_TYPE_LENGTH } from './conversion.ts'
import {
  type Line,
  type LineModel,
  lineModel,
  normalGeo,
  normalOs,
  type Table,
  type TableField,
  type TableKey,
  tables,
} from './custom-payout.ts'
import type { PartnerId } from './ids.ts'
import { type Currency, MAX_AMOUNT, minorDigits, parseAmount, parsePercent } from './money.ts'

export type LineError = { tab: TableKey; line: number; message: string }
export type Parsed = { lines: Line[]; errors?: undefined } | { errors: LineError[]; lines?: undefined }

/** Finds a partner of the program by alias (whatever the case) or id. */
export type ResolvePublisher = (aliasOrId: string) => PartnerId | null

/**
 * Reads all tables: either every line, in the seed's order of tables, or every error.
 *
 * Amounts become integers here, once: cents of the campaign's currency, or parts per million. Two lines with the same key
 * in one table are an error on the second, which names the first.
 */
export function parseTables(
  texts: Partial<Record<TableKey, string>>,
  model: 'cpa' | 'revshare',
  resolvePublisher: ResolvePublisher,
  currency: Currency,
): Parsed {
  const lines: Line[] = []
  const errors: LineError[] = []
  for (const table of tables) {
    const reader = { table, model: lineModel(table.key, model), resolvePublisher, currency, seen: new Map<string, number>() }
    for (const [index, raw] of (texts[table.key] ?? '').split(/\r\n|\r|\n/).entries()) {
      const text = raw.trim()
      if (text === '') continue
      const read = readLine(reader, index + 1, text)
      if (Array.isArray(read)) errors.push(...read.map(message => ({ tab: table.key, line: index + 1, message })))
      else lines.push(read)
    }
  }
  return errors.length > 0 ? { errors } : { lines }
}

type Reader = {
  table: Table
  model: LineModel
  resolvePublisher: ResolvePublisher
  currency: Currency
  /** The line on which each key was first seen. */
  seen: Map<string, number>
}

/** Reads one line, or says everything that is wrong with it. */
function readLine(reader: Reader, line: number, text: string): Line | string[] {
  const { table, model } = reader
  const texts = splitFields(text)
  if (!texts) return ['a double quote is not closed; close it before the next comma, and write a quote inside it twice']
  if (texts.length !== table.fields.length) return [wrongCount(table, texts.length)]
  const value = texts.at(-1) ?? ''
  const { key, faults } = readKey(reader, texts)
  if (faults.length === 0) faults.push(...repeated(reader, key, line))
  const amount = readValue(value, model, reader.currency)
  if (typeof amount === 'string') return [...faults, amount]
  return faults.length > 0 ? faults : { tab: table.key, line, text, model, value, amount, ...key }
}

function wrongCount({ fields, example }: Table, found: number): string {
  const names = fields.map(field => fieldNames[field]).join(', ')
  const hint = found > fields.length ? ' and put a field that holds a comma in double quotes' : ''
  return `${fields.length} fields expected (${names}), ${found} found; write it like ${example}${hint}`
}

const fieldNames: Record<TableField, string> = {
  type: 'type',
  publisher: 'publisher',
  geo: 'geo',
  os: 'os',
  sub: 'sub name',
  sub_value: 'sub value',
  value: 'value',
}

type Key = Pick<Line, 'type' | 'partner_id' | 'geo' | 'os' | 'sub' | 'sub_value'>

function readKey(reader: Reader, texts: string[]): { key: Key; faults: string[] } {
  const key: Key = {}
  const faults: string[] = []
  for (const [index, field] of reader.table.fields.entries()) {
    if (field === 'value') continue
    const part = keyReaders[field](texts[index] ?? '', reader)
    if (typeof part === 'string') faults.push(part)
    else Object.assign(key, part)
  }
  return { key, faults }
}

/** A part of the key, or the fault in words. */
const keyReaders: Record<Exclude<TableField, 'value'>, (text: string, reader: Reader) => Key | string> = {
  type: text => {
    if (isType(text)) return { type: text }
    return text === ''
      ? 'the type is missing; write one, for example Lead'
      : `a type has at most ${MAX_TYPE_LENGTH} characters; shorten it`
  },
  publisher: (text, { resolvePublisher }) => {
    const partner_id = text === '' ? null : resolvePublisher(text)
    return partner_id === null ? `no publisher "${text}"; use the alias or the id of a partner of this program` : { partner_id }
  },
  geo: text => {
    const geo = normalGeo(text)
    return geo === null ? `"${text}" is no country; write its two letters, for example US` : { geo }
  },
  os: text => {
    const os = normalOs(text)
    if (os === null) return 'the OS is missing; write one, for example IOS'
    return /\d/.test(text) ? `an OS stands without its version; write ${os} instead of ${text}` : { os }
  },
  sub: text => (isSubName(text) ? { sub: text } : `"${text}" is no sub name; use sub1 to sub20`),
  sub_value: text => (text === '' ? 'the sub value is missing; write the value that the sub must have' : { sub_value: text }),
}

function repeated({ seen }: Reader, key: Key, line: number): string[] {
  const name = JSON.stringify(key)
  const first = seen.get(name)
  if (first !== undefined) return [`the same key as line ${first}; keep one of the two`]
  seen.set(name, line)
  return []
}

/** The amount in cents or parts per million, or the fault in words. */
function readValue(text: string, model: LineModel, currency: Currency): number | string {
  if (/^-\d/.test(text)) return `the value ${text} is below 0; write 0 or more`
  const match = /^\d+(?:\.(\d+))?$/.exec(text)
  if (!match) return `"${text}" is no value; write a number with a point, for example 12.5`
  if ((match[1] ?? '').length > 4) return `the value ${text} has more than 4 decimals; round it`
  return model === 'percent' ? readPercent(text) : readFixed(text, currency)
}

function readPercent(text: string): number | string {
  const rate = parsePercent(text)
  return rate === null || rate > 1_000_000 ? `${text} % is more than 100 %; write at most 100` : rate
}

function readFixed(text: string, currency: Currency): number | string {
  const amount = parseAmount(text, currency)
  if (amount !== null && amount <= MAX_AMOUNT) return amount
  const digits = minorDigits(currency)
  const fits = (text.split('.')[1] ?? '').length <= digits
  if (fits) return `the amount ${text} is too large; check it`
  return `${text} is no amount of ${currency}, which has ${digits} decimals; round it`
}

const SPACE = /\s*/y
const QUOTED = /"((?:[^"]|"")*)"\s*(?=,|$)/y

/** The fields of a line, trimmed; what stands in double quotes is kept as it is. `null` when a quote is not closed. */
function splitFields(text: string): string[] | null {
  const fields: string[] = []
  let at = 0
  for (;;) {
    SPACE.lastIndex = at
    SPACE.exec(text)
    const start = SPACE.lastIndex
    if (text[start] === '"') {
      QUOTED.lastIndex = start
      const quoted = QUOTED.exec(text)
      if (!quoted) return null
      fields.push(quoted[1]!.replaceAll('""', '"'))
      at = QUOTED.lastIndex
    } else {
      const comma = text.indexOf(',', start)
      at = comma < 0 ? text.length : comma
      fields.push(text.slice(start, at).trim())
    }
    if (at >= text.length) return fields
    at += 1
  }
}
