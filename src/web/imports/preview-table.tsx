import { isCurrency, minorDigits } from '../../core/money.ts'
import { figure } from '../shared/amount.tsx'
import { fullTime } from '../shared/dates.ts'
import css from './imports.module.css'
import type { Preview } from './queries.ts'

type Row = Preview['rows'][number]

const titles: Record<string, string> = {
  external_id: 'Id',
  occurred_at: 'Date',
  revenue_cents: 'Revenue',
  payout_cents: 'Payout',
}
const titleOf = (field: string): string =>
  titles[field] ?? field.replace(/[._]/g, ' ').replace(/^./, first => first.toUpperCase())

/** The first rows in our terms, or as they stand while the mapping does not fit; what is wrong with a row stands in it. */
export function PreviewTable({ preview }: { preview: Preview }) {
  const { headers, rows, problem } = preview
  const fields = [...new Set(rows.flatMap(row => Object.keys(row.fields ?? {})))].filter(field => field !== 'currency')
  const is_plain = problem !== null || fields.length === 0
  const columns = is_plain ? headers : fields.map(titleOf)
  return (
    // it scrolls by itself, so it must be reachable by the keyboard
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className={css.scroll} tabIndex={0} aria-label="The first rows">
      <table className={css.preview}>
        <thead>
          <tr>
            <th scope="col">Line</th>
            {columns.map((column, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: headers may be the same twice
              <th key={n} scope="col" data-number={!is_plain && fields[n]?.endsWith('_cents') ? '' : undefined}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.line} data-fault={row.fault !== null || undefined}>
              <td className={css.line}>{row.line}</td>
              {is_plain ? <Cells row={row} width={columns.length} /> : <Fields row={row} fields={fields} />}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const Cells = ({ row, width }: { row: Row; width: number }) =>
  // biome-ignore lint/suspicious/noArrayIndexKey: cells have nothing but their place
  Array.from({ length: width }, (_, n) => <td key={n}>{row.cells[n] ?? ''}</td>)

function Fields({ row, fields }: { row: Row; fields: readonly string[] }) {
  if (!row.fields) {
    return (
      <td colSpan={fields.length} className={css.fault}>
        Rejected: {row.fault}
      </td>
    )
  }
  return fields.map((field, n) => (
    <td key={field} data-number={field.endsWith('_cents') ? '' : undefined}>
      {n === 0 && row.reverses && <span className={css.reverses}>takes back </span>}
      {shownAs(field, row.fields ?? {})}
    </td>
  ))
}

function shownAs(field: string, fields: Record<string, string | number>): string {
  const value = fields[field]
  const currency = String(fields.currency ?? '')
  if (value === undefined) return ''
  if (typeof value === 'number' && field.endsWith('_cents') && isCurrency(currency) && minorDigits(currency) >= 0)
    return `${figure(value, currency)} ${currency}`
  return field.endsWith('_at') ? fullTime(String(value)) : typeof value === 'number' ? value.toLocaleString('en') : value
}
