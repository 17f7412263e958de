import type { ReactNode } from 'react'
import { Amount } from '../shared/amount.tsx'
import { DateText } from '../shared/date-text.tsx'
import type { PayoutDetail } from './queries.ts'
import css from './rail-parts.module.css'

type LinesProps = { payout: PayoutDetail; lines: PayoutDetail['lines']; children: ReactNode }

/** Every earning with the sentence that explains it, then what was added, what was netted, and the total. */
export function RailLines({ payout, lines, children }: LinesProps) {
  const { adjustments, credit_cents, amount_cents, currency } = payout
  const adjusted = adjustments.reduce((sum, each) => sum + each.amount_cents, 0)
  const count = payout.conversion_count + payout.accrual_count
  const has_parts = adjustments.length > 0 || credit_cents !== 0
  return (
    <>
      <table className={css.lines}>
        <tbody>
          {lines.map(line => (
            <tr key={line.earning_id}>
              <td>
                <span className={css.because}>{line.because}</span>
                <span className={css.lineMore}>
                  {line.kind} · <DateText at={line.occurred_at} />
                </span>
              </td>
              <td>
                <Amount cents={line.amount_cents} currency={currency} bare />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          {has_parts && (
            <Sum
              name={`${count.toLocaleString('en')} lines`}
              cents={amount_cents - adjusted + credit_cents}
              currency={currency}
            />
          )}
          {adjustments.map(each => (
            <Sum key={each.id} name={`Adjustment: ${each.reason}`} cents={each.amount_cents} currency={currency} />
          ))}
          {credit_cents !== 0 && <Sum name="Paid on account" cents={-credit_cents} currency={currency} />}
          <Sum name="Total" cents={amount_cents} currency={currency} strong />
        </tfoot>
      </table>
      {children}
    </>
  )
}

type SumProps = { name: string; cents: number; currency: string; strong?: boolean }

const Sum = ({ name, cents, currency, strong }: SumProps) => (
  <tr data-strong={strong}>
    <th scope="row">{name}</th>
    <td>
      <Amount cents={cents} currency={currency} bare={!strong} />
    </td>
  </tr>
)
