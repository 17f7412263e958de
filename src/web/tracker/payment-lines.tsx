import { Amount, money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { useStructureNames } from './accrual-table.tsx'
import { AccrualPeriod } from './period.tsx'
import type { Payment } from './queries.ts'
import { AccrualPill } from './status.tsx'
import css from './tracker.module.css'

type Line = Payment['payout_payment_lines'][number]
type LinesProps = { payment: Payment; lines: readonly Line[] }

/** What was earned, line by line, what was added or left out and why, and the total that was sent. */
export function PaymentLines({ payment, lines }: LinesProps) {
  const nameOf = useStructureNames()
  const { payout_adjustments: adjustments, currency, total_amount_cents } = payment
  if (lines.length === 0 && adjustments.length === 0) {
    return <Empty title="It pays no accrual.">An ad-hoc payment: it changes nothing that is outstanding.</Empty>
  }
  const is_over = payment.status !== 'paid' && payment.status !== 'pending'
  return (
    <table className={css.lines} aria-label="Lines">
      <thead>
        <tr>
          <th scope="col">What for</th>
          {is_over && <th scope="col">Now</th>}
          <th scope="col">Amount {currency}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(line => (
          <tr key={line.id}>
            <td>
              <span className={css.because}>{line.because}</span>
              <span className={css.second}>
                {line.accrual ? (
                  <>
                    {nameOf(line.accrual.structure_id)} · <AccrualPeriod of={line.accrual} />
                  </>
                ) : (
                  line.kind
                )}
              </span>
            </td>
            {is_over && <td>{line.accrual && <AccrualPill status={line.accrual.status} />}</td>}
            <td>
              <Amount cents={line.amount_cents} currency={currency} bare />
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        {lines.length < payment.line_count && (
          <tr>
            <th scope="row" colSpan={is_over ? 3 : 2}>
              {counted(payment.line_count - lines.length, 'more line')}
            </th>
          </tr>
        )}
        {adjustments.map(each => (
          <tr key={each.id}>
            <th scope="row" colSpan={is_over ? 2 : 1}>
              <span className={css.because}>Adjustment: {each.reason}</span>
              <span className={css.second}>
                <DateText at={each.created_at} />
              </span>
            </th>
            <td>
              <Amount cents={each.amount_cents} currency={currency} bare />
            </td>
          </tr>
        ))}
        <tr data-strong>
          <th scope="row" colSpan={is_over ? 2 : 1}>
            Total sent
          </th>
          <td>{money(total_amount_cents, currency)}</td>
        </tr>
      </tfoot>
    </table>
  )
}
