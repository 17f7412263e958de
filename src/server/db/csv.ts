/** How the columns of an export are written, as text of SQL: formulas guarded, amounts as decimals, instants in UTC. */
import type { CompiledQuery } from 'kysely'
import pg from 'pg'
import { minorDigits } from '../../core/money.ts'

/** A text that a spreadsheet would take for a formula gets a leading apostrophe. Source: spec A11. */
export const guarded = (column: string): string =>
  `case when ascii(${column}) in (${[...'=+-@\t\r'].map(sign => sign.charCodeAt(0))}) then '''' || ${column} else ${column} end`

export const utc = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Minor units as a decimal of the currency in another column, for the currencies that there can be. */
export function decimal(column: string, currency: string, currencies: readonly string[]): string {
  const unit = (n: number) => (n === 0 ? '1' : `0.${'1'.padStart(n, '0')}`)
  const known = currencies.filter(c => /^[A-Z]{3}$/.test(c))
  const units = known.map(c => ` when ${currency} = '${c}' then ${unit(minorDigits(c))}`).join('')
  // a product has as many decimals as its factors: exact, and a fifth of the cost of dividing and rounding
  return `${column} * case when ${currency} is null then null${units} else 0.01 end`
}

/** A query with its parameters written into it: COPY takes none. */
export const inlined = ({ sql, parameters }: CompiledQuery): string =>
  sql.replace(/\$(\d+)/g, (_, n: string) => literal(parameters[Number(n) - 1]))

const literal = (value: unknown): string =>
  value === null || value === undefined ? 'null' : typeof value === 'number' ? String(value) : pg.escapeLiteral(String(value))
