import { money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import type { Plan } from './queries.ts'
import css from './sheet.module.css'

export const skipWords = {
  no_balance: 'nothing to pay',
  below_threshold: 'below the minimum',
  partner_inactive: 'paused or declined',
  on_hold: 'on hold',
} as const

/** Who is not in a run, why, and how much it is; then the largest of them by name. */
export function RunSkipped({ plan }: { plan: Plan }) {
  if (plan.skipped_totals.length === 0) return null
  const count = plan.skipped_totals.reduce((sum, each) => sum + (each.reason === 'on_hold' ? 0 : each.count), 0)
  return (
    <section aria-label="Not included">
      <h3 className={css.sheetHead}>Not included</h3>
      <ul className={css.runList} data-plain>
        {plan.skipped_totals.map(({ reason, currency, count: some, amount_cents, missing_cents }) => (
          <li key={`${reason}${currency}`}>
            <span>
              {counted(some, reason === 'on_hold' ? 'partner' : 'balance')} {skipWords[reason]}
              {missing_cents !== null && `, ${money(missing_cents, currency)} short`}
            </span>
            <span>{money(amount_cents, currency)}</span>
          </li>
        ))}
      </ul>
      {plan.skipped.length > 0 && (
        <details className={css.who}>
          <summary>Who</summary>
          <ul className={css.runList}>
            {plan.skipped.map(({ partner_id, partner_name, currency, reason, amount_cents, missing_cents }) => (
              <li key={`${partner_id}${currency}`}>
                <span>{partner_name}</span>
                <span>
                  {skipWords[reason]}
                  {missing_cents !== null && `, ${money(missing_cents, currency)} short`}: {money(amount_cents, currency)}
                </span>
              </li>
            ))}
            {count > plan.skipped.length && <li>and {(count - plan.skipped.length).toLocaleString('en')} more</li>}
          </ul>
        </details>
      )}
    </section>
  )
}
