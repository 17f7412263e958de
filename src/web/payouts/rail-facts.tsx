import { CopyButton } from '@mantine/core'
import { money } from '../shared/amount.tsx'
import { DateText, Period } from '../shared/date-text.tsx'
import { Facts } from '../shared/rail.tsx'
import type { PayoutDetail } from './queries.ts'
import css from './rail-parts.module.css'

/** The facts of a payout, in pairs. */
export const RailFacts = ({ payout }: { payout: PayoutDetail }) => (
  <Facts
    facts={[
      ['Period', <Period key="period" start={payout.period_start} end={payout.period_end} />],
      ['Conversions', payout.conversion_count > 0 ? payout.conversion_count.toLocaleString('en') : null],
      ['Accruals', payout.accrual_count > 0 ? payout.accrual_count.toLocaleString('en') : null],
      ['Revenue', money(payout.revenue_cents, payout.currency)],
      ['E-mail', payout.partner.email],
      ['Method', payout.method_name],
      ['Paid on', payout.paid_at && <DateText key="paid" at={payout.paid_at} />],
      ['Reference', payout.reference && <Copied key="reference" text={payout.reference} />],
      ['Notes', payout.notes],
      ['QuickBooks', payout.status === 'cancelled' ? null : <Books key="books" books={payout.quickbooks} />],
    ]}
  />
)

/** Text that a bookkeeper pastes elsewhere: a press copies it. */
const Copied = ({ text }: { text: string }) => (
  <CopyButton value={text}>
    {({ copied, copy }) => (
      <button type="button" className={css.copy} onClick={copy} title="Copy">
        {text} <span aria-live="polite">{copied ? 'copied' : 'copy'}</span>
      </button>
    )}
  </CopyButton>
)

const words = {
  unsynced: 'Not synced',
  syncing: 'Being sent',
  synced: 'Synced',
  failed: 'Failed, tried again with the next sync',
  unknown: 'Outcome unknown, looked up with the next sync',
  needs_person: 'Needs a person',
} as const

/** Whether the books have it, and under which bill. */
const Books = ({ books }: { books: PayoutDetail['quickbooks'] }) => (
  <span data-quickbooks={books.status}>
    {words[books.status]}
    {books.bill_id && `, bill ${books.bill_id}`}
    {books.error && `: ${books.error}`}
  </span>
)
