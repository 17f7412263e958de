import { Button } from '@mantine/core'
import { IconPrinter } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { api, tell } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { Confirm } from '../shared/confirm.tsx'
import { counted } from '../shared/counted.ts'
import { Page, Section } from '../shared/page.tsx'
import { useWrite } from '../shared/reads.ts'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { PaymentFacts } from './payment-facts.tsx'
import { PaymentLines } from './payment-lines.tsx'
import { Describe } from './payment-metadata.tsx'
import { nameQuery, type Payment, paymentQuery } from './queries.ts'
import { Receipt } from './receipt.tsx'
import { PaymentPill } from './status.tsx'
import css from './tracker.module.css'

/** One payment: how it was sent, what it pays, what was added or left out; void it, or print its receipt. */
export function PaymentPage() {
  const { brand } = useSession()
  const { payment_id } = useParams({ from: '/shell/tracker/payments/$payment_id' })
  const query = useInfiniteQuery(paymentQuery(brand.id, payment_id))
  const payment = query.data?.pages[0]?.data
  const lines = query.data?.pages.flatMap(page => page.data.payout_payment_lines) ?? []
  const payee = usePayee(payment)
  if (!payment) {
    return (
      <Page title="Payment">
        {query.error ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : <Waiting />}
      </Page>
    )
  }
  const standing = whyNot(payment)
  const sum = money(payment.total_amount_cents, payment.currency)
  return (
    <>
      <Page
        narrow
        title={`Payment of ${sum}`}
        lead={
          <>
            <Link to="/tracker" search={before => ({ brand: before.brand }) as never} className={css.link}>
              Payouts tracker
            </Link>{' '}
            · to {payee ?? 'nobody of this brand'} · <PaymentPill status={payment.status} />
          </>
        }
        actions={<Actions payment={payment} payee={payee} />}
      >
        <PaymentFacts payment={payment} payee={payee} />
        {standing && <p className={css.quiet}>{standing}</p>}
        <Section id="lines" title="What it pays">
          <PaymentLines payment={payment} lines={lines} />
          {query.hasNextPage && (
            <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Load more lines
            </Button>
          )}
        </Section>
        <Describe payment={payment} />
      </Page>
      <Receipt payment={payment} lines={lines} payee={payee} />
    </>
  )
}

function usePayee(payment: Payment | undefined): string | null {
  const { brand } = useSession()
  const partner_id = payment?.creator_id ?? null
  const { data } = useQuery({ ...nameQuery(brand.id, partner_id ?? ''), enabled: partner_id !== null })
  return partner_id === null ? null : (data?.name ?? '…')
}

/** Why a payment cannot be voided; null when it can. The pill says it of one that has ended. */
function whyNot({ origin, status }: Payment): string | null {
  if (origin === 'payout')
    return 'It cannot be voided: a payment of a payout stands. Correct it with a reversal, which nets in the next payout.'
  if (origin === 'on_account')
    return 'It cannot be voided here: a payment on account is changed under Publisher payouts: set its status to rejected there.'
  if (status === 'voided') return 'It is voided: what it paid is owed again, and its lines stay as history.'
  if (status !== 'paid') return 'It came back, and settles nothing any more.'
  return null
}

function Actions({ payment, payee }: { payment: Payment; payee: string | null }) {
  const { is_admin } = useSession()
  const [is_voiding, setVoiding] = useState(false)
  return (
    <>
      <Button
        variant="default"
        onClick={() => window.print()}
        data-key="c"
        leftSection={<IconPrinter size={15} aria-hidden="true" />}
      >
        Print receipt
      </Button>
      {is_admin && whyNot(payment) === null && (
        <Button variant="default" className={css.danger} onClick={() => setVoiding(true)}>
          Void
        </Button>
      )}
      {is_voiding && <VoidPayment payment={payment} payee={payee} onClose={() => setVoiding(false)} />}
    </>
  )
}

function VoidPayment({ payment, payee, onClose }: { payment: Payment; payee: string | null; onClose: () => void }) {
  const { id: payment_id, line_count, total_amount_cents, currency } = payment
  const adjusted = payment.payout_adjustments.reduce((sum, each) => sum + each.amount_cents, 0)
  const lines_cents = line_count === 0 ? 0 : total_amount_cents - adjusted
  const act = useWrite((body: { status: 'voided' }, idempotency_key) =>
    api.payments.change({ params: { payment_id }, body, idempotency_key }),
  )
  const done = () => {
    tell(line_count > 0 ? `Voided. ${money(lines_cents, currency)} is owed again.` : 'Voided.')
    onClose()
  }
  return (
    <Confirm
      title="Void this payment?"
      action="Void payment"
      is_danger
      is_pending={act.isPending}
      onConfirm={() => act.mutate({ status: 'voided' }, { onSuccess: done })}
      onClose={onClose}
    >
      {line_count > 0 ? (
        <p>
          {counted(line_count, 'accrual')} of {payee ?? 'the partner'} will be earned again:{' '}
          <strong>{money(lines_cents, currency)}</strong> is then outstanding and can be paid anew.
        </p>
      ) : (
        <p>It pays no accrual, so nothing becomes owed again; it only stops counting as paid.</p>
      )}
      <p>
        Void a payment that was recorded in error. It moves no money back, its lines stay as history, and it cannot be undone.
      </p>
    </Confirm>
  )
}
