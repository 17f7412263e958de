import { Button, Modal, Tooltip } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, tell } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { Confirm } from '../shared/confirm.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Facts } from '../shared/rail.tsx'
import { useWrite } from '../shared/reads.ts'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { useStructureNames } from './accrual-table.tsx'
import { Inputs } from './inputs.tsx'
import { AccrualPeriod } from './period.tsx'
import { type AccrualDetail, accrualQuery } from './queries.ts'
import { AccrualPill } from './status.tsx'
import css from './tracker.module.css'

type Taking = 'rejected' | 'voided'
const takings = {
  rejected: { action: 'Reject accrual', title: 'Reject this accrual?', means: 'Rejected means: judged not deserved.' },
  voided: { action: 'Void accrual', title: 'Void this accrual?', means: 'Voided means: it was made in error.' },
} as const

/** One accrual: how much, for what, from which facts; and while it is unpaid, the two ways to take it back. */
export function AccrualDialog({ accrual_id, onClose }: { accrual_id: string; onClose: () => void }) {
  const { brand } = useSession()
  const query = useQuery(accrualQuery(brand.id, accrual_id))
  const [taking, setTaking] = useState<Taking | null>(null)
  const accrual = query.data
  const take = useWrite((status: Taking, idempotency_key) =>
    api.accruals.change({ params: { accrual_id }, body: { status }, idempotency_key }),
  )
  if (taking && accrual) {
    const { title, action, means } = takings[taking]
    const done = () => {
      tell(`${money(accrual.amount_cents, accrual.currency)} ${taking}: it is not owed any more.`)
      setTaking(null)
    }
    return (
      <Confirm
        title={title}
        action={action}
        is_danger
        is_pending={take.isPending}
        onConfirm={() => take.mutate(taking, { onSuccess: done })}
        onClose={() => setTaking(null)}
      >
        <p>
          {money(accrual.amount_cents, accrual.currency)} for <AccrualPeriod of={accrual} /> will not be owed any more
          {accrual.payout_id ? ', and leaves the draft payout that holds it' : ''}. {means}
        </p>
        <p>This is final: it is never earned again, whatever the night computes.</p>
      </Confirm>
    )
  }
  return (
    <Modal opened onClose={onClose} title="Accrual" size="lg">
      {!accrual && (query.error ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : <Waiting />)}
      {accrual && <Detail accrual={accrual} onTake={setTaking} />}
    </Modal>
  )
}

function Detail({ accrual, onTake }: { accrual: AccrualDetail; onTake: (taking: Taking) => void }) {
  const { is_admin } = useSession()
  const nameOf = useStructureNames()
  const inputs = accrual.inputs_snapshot as Record<string, never>
  return (
    <>
      <p className={css.figure}>{money(accrual.amount_cents, accrual.currency)}</p>
      <p className={css.sentence}>{accrual.because}</p>
      <Facts
        facts={[
          ['Status', <AccrualPill key="s" {...accrual} />],
          ['Structure', `${nameOf(accrual.structure_id)}, version ${inputs.version_number ?? '–'}`],
          ['Period', <AccrualPeriod key="p" of={accrual} />],
          ['Entered', <DateText key="e" at={accrual.created_at} />],
          ['Paid by', accrual.payment_id && <PaidBy key="b" payment_id={accrual.payment_id} />],
        ]}
      />
      <h3 className={css.subhead}>Computed from</h3>
      <Inputs inputs={inputs} currency={accrual.currency} />
      {is_admin && accrual.status === 'earned' && (
        <div className={css.buttons}>
          <Button variant="default" onClick={() => onTake('rejected')}>
            Reject
          </Button>
          <Button variant="default" className={css.danger} onClick={() => onTake('voided')}>
            Void
          </Button>
        </div>
      )}
      {is_admin && accrual.status === 'paid' && <Final />}
    </>
  )
}

const PaidBy = ({ payment_id }: { payment_id: string }) => (
  <Link to="/tracker/payments/$payment_id" params={{ payment_id }} search={{} as never} className={css.link}>
    Show the payment
  </Link>
)

/** A button that does nothing stays, to say why. */
const Final = () => (
  <div className={css.buttons}>
    <Tooltip label="It is paid. Void its payment first; then it is earned again and can be rejected or voided.">
      <Button variant="default" aria-disabled data-disabled>
        Reject or void
      </Button>
    </Tooltip>
  </div>
)
