import { Link } from '@tanstack/react-router'
import { money } from '../shared/amount.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Facts } from '../shared/rail.tsx'
import type { Payment } from './queries.ts'
import { origins } from './status.tsx'
import css from './tracker.module.css'

/** An address that can be followed. The server takes http and https alone; whatever else is there stays text. */
export const ExternalLink = ({ href }: { href: string }) =>
  /^https?:\/\//i.test(href) ? (
    <a href={href} target="_blank" rel="noreferrer noopener" className={css.link}>
      {href}
    </a>
  ) : (
    <span>{href}</span>
  )

export const PaymentFacts = ({ payment, payee }: { payment: Payment; payee: string | null }) => (
  <Facts
    facts={[
      ['Amount', money(payment.total_amount_cents, payment.currency)],
      ['To', payee === null ? 'Nobody of this brand (ad hoc)' : <Payee key="p" payment={payment} payee={payee} />],
      ['Paid on', <DateText key="d" at={payment.paid_at} />],
      ['Method', payment.method_name],
      ['Reference', payment.reference],
      ['Receipt', payment.tracking_url && <ExternalLink key="r" href={payment.tracking_url} />],
      ['Note', payment.note],
      ['Recorded', <Recorded key="c" payment={payment} />],
      ['Origin', <Origin key="o" payment={payment} />],
      ['Ended', payment.voided_at && <Ended key="v" payment={payment} />],
    ]}
  />
)

const Payee = ({ payment, payee }: { payment: Payment; payee: string }) => (
  <Link
    to="/partners/$partner_id"
    params={{ partner_id: payment.creator_id as string }}
    search={before => ({ brand: before.brand, tab: 'payouts' }) as never}
    className={css.link}
  >
    {payee}
  </Link>
)

const Recorded = ({ payment }: { payment: Payment }) => (
  <>
    <DateText at={payment.created_at} /> by {who(payment.created_by)}
  </>
)

const Ended = ({ payment }: { payment: Payment }) => (
  <>
    {payment.status === 'voided' ? 'Voided' : 'Came back'} <DateText at={payment.voided_at} /> by {who(payment.voided_by ?? '')}
    {payment.status_reason && `: ${payment.status_reason}`}
  </>
)

/** `person:ada@example.org` is a person, whose address says enough. */
const who = (actor: string): string => actor.replace(/^person:/, '')

function Origin({ payment }: { payment: Payment }) {
  if (payment.origin !== 'payout' || !payment.payout_id) return <>{origins[payment.origin]}</>
  const payout = payment.payout_id
  return (
    <Link to="/payouts" search={before => ({ brand: before.brand, payout }) as never} className={css.link}>
      A payout
    </Link>
  )
}
