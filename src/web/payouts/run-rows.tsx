import { Button } from '@mantine/core'
import { Amount, onlyCurrency } from '../shared/amount.tsx'
import table from '../shared/table.module.css'
import type { Plan } from './queries.ts'
import css from './sheet.module.css'

type RowsProps = { plan: Plan; excluded: ReadonlySet<string>; onToggle: (partner_id: string) => void }

/** Who is in a run, the largest first; a partner that is excluded stays in sight, struck through, in all its currencies. */
export function RunRows({ plan, excluded, onToggle }: RowsProps) {
  const { rows } = plan
  const unit = onlyCurrency(rows)
  const count = plan.totals.reduce((sum, total) => sum + total.partner_count, 0)
  const head = (title: string) => (
    <th scope="col" className={table.number} data-wide={title !== 'Net' || undefined}>
      {title}
      {unit && <span className={table.unit}>{unit}</span>}
    </th>
  )
  return (
    <div className={css.scroll}>
      <table className={table.table} aria-label="In this run">
        <thead>
          <tr>
            <th scope="col">Partner</th>
            {head('Earned')}
            {head('Clawbacks')}
            {head('On account')}
            {head('Net')}
            <th scope="col" className={table.action}>
              <span className={table.hidden}>Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <Row
              key={`${row.partner_id}${row.currency}`}
              row={row}
              bare={unit !== null}
              is_out={excluded.has(row.partner_id)}
              onToggle={() => onToggle(row.partner_id)}
            />
          ))}
        </tbody>
      </table>
      {count > rows.length && (
        <p className={css.sheetText}>
          The {rows.length} largest of {count.toLocaleString('en')} are shown; the totals are of all.
        </p>
      )}
    </div>
  )
}

type RowProps = { row: Plan['rows'][number]; bare: boolean; is_out: boolean; onToggle: () => void }

function Row({ row, bare, is_out, onToggle }: RowProps) {
  const cell = (cents: number) => (
    <td className={table.number} data-wide>
      {cents === 0 ? '–' : <Amount cents={cents} currency={row.currency} bare={bare} />}
    </td>
  )
  return (
    <tr data-out={is_out || undefined} className={css.planRow}>
      <th scope="row">{row.partner_name}</th>
      {cell(row.gross_cents)}
      {cell(row.clawback_cents)}
      {cell(-row.credit_cents)}
      <td className={table.number} data-strong>
        <Amount cents={row.amount_cents} currency={row.currency} bare={bare} />
      </td>
      <td className={table.action}>
        <Button
          variant="subtle"
          size="compact-sm"
          aria-pressed={is_out}
          aria-label={`${is_out ? 'Include' : 'Exclude'} ${row.partner_name}`}
          onClick={onToggle}
        >
          {is_out ? 'Include' : 'Exclude'}
        </Button>
      </td>
    </tr>
  )
}
