/**
 * How a column's text becomes a value: the same on both databases, since both are read by pg.
 *
 * | Postgres      | here                                                             |
 * |---------------|------------------------------------------------------------------|
 * | `int8`        | a safe integer; anything larger is refused, never rounded        |
 * | `numeric`     | its text                                                         |
 * | `date`        | `2026-03-01`                                                     |
 * | `timestamptz` | `2026-03-01T10:00:00.000Z`, or `infinity`, `-infinity`           |
 * | `json`, `jsonb` | parsed                                                         |
 * | arrays of these, `uuid[]` | arrays of the same                                   |
 */
import pg from 'pg'

type Parse = (text: string) => unknown

/** Reads an `int8` as a number, and refuses one that a number cannot hold exactly. */
export function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`the database holds ${text}, which is not a safe integer`)
  return value
}

const UTC = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/
const ZONED = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?([+-]\d\d)(?::(\d\d))?$/

/** Reads a `timestamptz` as UTC text with milliseconds; what is finer is cut off. Infinities stay as they are. */
export function instantText(text: string): string {
  const utc = UTC.exec(text)
  if (utc) return `${utc[1]}T${utc[2]}.${(utc[3] ?? '').slice(0, 3).padEnd(3, '0')}Z`
  const zoned = ZONED.exec(text)
  if (!zoned) return text
  const [, day, time, fraction = '', hours, minutes = '00'] = zoned
  return new Date(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${hours}:${minutes}`).toISOString()
}

const same: Parse = text => text
const arrayOf = (parse: Parse): Parse => {
  const elements = pg.types.arrayParser as unknown as { create(text: string, parse: Parse): { parse(): unknown[] } }
  return text => elements.create(text, parse).parse()
}

const parsers = new Map<number, Parse>([
  [20, safeInteger],
  [1016, arrayOf(safeInteger)],
  [1082, same],
  [1182, arrayOf(same)],
  [1700, same],
  [1231, arrayOf(same)],
  [1184, instantText],
  [1185, arrayOf(instantText)],
  [2951, arrayOf(same)],
  [3807, arrayOf(text => JSON.parse(text))],
])

/** The `types` option of a pg client. */
export const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ?? pg.types.getTypeParser(oid, format),
} as pg.CustomTypesConfig
