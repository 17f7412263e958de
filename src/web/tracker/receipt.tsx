import { figure, money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { shortDay } from '../shared/dates.ts'
import { useSession } from '../shell/session.tsx'
import { useStructureNames } from './accrual-table.tsx'
import { AccrualPeriod } from './period.tsx'
import type { Payment } from './queries.ts'
import css from './receipt.module.css'

type ReceiptProps = { payment: Payment; lines: Payment['payout_payment_lines']; payee: string | null }

/** The payment on paper: shown by the print style alone, which hides the rest of the page. */
export function Receipt({ payment, lines, payee }: ReceiptProps) {
  const { me, brand, time_zone } = useSession()
  const nameOf = useStructureNames()
  const { currency, payout_adjustments: adjustments } = payment
  const facts = [
    ['Paid by', `${me.organization.name}, ${brand.name}`],
    ['Paid to', payee ?? 'nobody of this brand'],
    ['Date', shortDay(payment.paid_at, time_zone)],
    ['Method', payment.method_name],
    ['Reference', payment.reference],
    ['Receipt', payment.tracking_url],
    ['Note', payment.note],
    ['Payment', payment.id],
  ].filter(([, value]) => value)
  return (
    <section className={css.receipt} aria-label="Receipt">
      <h1>Receipt of payment</h1>
      {payment.status !== 'paid' && <p className={css.stamp}>{payment.status}</p>}
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <table>
        <thead>
          <tr>
            <th scope="col">What for</th>
            <th scope="col">Period</th>
            <th scope="col">Amount {currency}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(line => (
            <tr key={line.id}>
              <td>
                {line.accrual && `${nameOf(line.accrual.structure_id)}: `}
                {line.because}
              </td>
              <td>{line.accrual && <AccrualPeriod of={line.accrual} />}</td>
              <td>{figure(line.amount_cents, currency)}</td>
            </tr>
          ))}
          {lines.length < payment.line_count && (
            <tr>
              <td colSpan={3}>and {counted(payment.line_count - lines.length, 'more line')}</td>
            </tr>
          )}
          {adjustments.map(each => (
            <tr key={each.id}>
              <td colSpan={2}>Adjustment: {each.reason}</td>
              <td>{figure(each.amount_cents, currency)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              Total paid
            </th>
            <td>{money(payment.total_amount_cents, currency)}</td>
          </tr>
        </tfoot>
      </table>
      <p className={css.small}>This records what was paid; it is no invoice. Days are in {time_zone}.</p>
    </section>
  )
}
