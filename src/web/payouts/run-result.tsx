import { Button } from '@mantine/core'
import { money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import type { Run } from './queries.ts'
import { skipWords } from './run-skipped.tsx'
import css from './sheet.module.css'

type ResultProps = { run: Run; nameOf: (partner_id: string) => string; onClose: () => void }

/** What a run made, and whom it left out and why. */
export function RunResult({ run, nameOf, onClose }: ResultProps) {
  return (
    <>
      <p className={css.sheetLead}>
        {counted(run.created, 'draft')}
        {run.totals.map(({ currency, amount_cents }) => (
          <span key={currency}>{money(amount_cents, currency)}</span>
        ))}
      </p>
      <ul className={css.runList}>
        {run.payouts.map(payout => (
          <li key={payout.id}>
            <span>{payout.partner.name}</span>
            <span>{money(payout.amount_cents, payout.currency)}</span>
          </li>
        ))}
        {run.created > run.payouts.length && <li>and {(run.created - run.payouts.length).toLocaleString('en')} more</li>}
      </ul>
      {run.skipped_count > 0 && (
        <>
          <h3 className={css.sheetHead}>Left out: {run.skipped_count.toLocaleString('en')}</h3>
          <ul className={css.runList}>
            {run.skipped.map(each => (
              <li key={`${each.partner_id}${each.currency}`}>
                <span>{nameOf(each.partner_id)}</span>
                <span>{skipWords[each.reason]}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <div className={css.sheetActions}>
        <Button data-autofocus onClick={onClose}>
          Done
        </Button>
      </div>
    </>
  )
}
