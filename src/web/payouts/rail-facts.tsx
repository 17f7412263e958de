import { CopyButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { money } from '../shared/amount.tsx'
import { Period } from '../shared/date-text.tsx'
import type { PayoutDetail } from './queries.ts'
import css from './rail.module.css'

/** The facts of a payout, in pairs. */
export function RailFacts({ payout }: { payout: PayoutDetail }) {
  return (
    <dl className={css.facts}>
      <Fact name="Period">
        <Period start={payout.period_start} end={payout.period_end} />
      </Fact>
      {payout.conversion_count > 0 && <Fact name="Conversions">{payout.conversion_count.toLocaleString('en')}</Fact>}
      {payout.accrual_count > 0 && <Fact name="Accruals">{payout.accrual_count.toLocaleString('en')}</Fact>}
      <Fact name="Revenue">{money(payout.revenue_cents, payout.currency)}</Fact>
      {payout.partner.email && <Fact name="E-mail">{payout.partner.email}</Fact>}
      {payout.method_name && <Fact name="Method">{payout.method_name}</Fact>}
      {payout.reference && (
        <Fact name="Reference">
          <Copied text={payout.reference} />
        </Fact>
      )}
      {payout.notes && <Fact name="Notes">{payout.notes}</Fact>}
    </dl>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
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
