import { Button } from '@mantine/core'
import { useState } from 'react'
import { newKey, tell } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { useSession } from '../shell/session.tsx'
import { EditForm } from './edit-form.tsx'
import { MarkPaidForm } from './mark-paid-form.tsx'
import { type Line, type PayoutDetail, useChange } from './queries.ts'
import css from './rail-parts.module.css'

export type Panel = 'pay' | 'cancel' | 'edit' | null
type ActionsProps = {
  payout: PayoutDetail
  panel: Panel
  setPanel: (panel: Panel) => void
  /** The lines that an edit leaves out. */
  leaving: readonly Line[]
}

/** What can be done now: approve, edit or cancel a draft, pay or cancel an approved one; nothing once it is final. */
export function RailActions({ payout, panel, setPanel, leaving }: ActionsProps) {
  const { brand } = useSession()
  const [idempotency_key] = useState(newKey)
  const approve = useChange(brand.id, payout.id)
  const approved = () => tell(`Payout no. ${payout.number} is approved: ${money(payout.amount_cents, payout.currency)}.`)
  const close = () => setPanel(null)
  const is_draft = payout.status === 'draft'
  if (!is_draft && payout.status !== 'approved') return null
  if (panel === 'pay') return <MarkPaidForm payout={payout} onClose={close} />
  if (panel === 'cancel') return <CancelPanel payout={payout} onClose={close} />
  if (panel === 'edit' && is_draft) return <EditForm payout={payout} leaving={leaving} onClose={close} />
  return (
    <div className={css.actions} data-first>
      {is_draft ? (
        <Button
          data-key="a"
          loading={approve.isPending}
          onClick={() => approve.mutate({ body: { status: 'approved' }, idempotency_key }, { onSuccess: approved })}
        >
          Approve
        </Button>
      ) : (
        <Button onClick={() => setPanel('pay')}>Mark Paid</Button>
      )}
      {is_draft && (
        <Button variant="default" onClick={() => setPanel('edit')}>
          Edit
        </Button>
      )}
      <Button variant="default" onClick={() => setPanel('cancel')}>
        Cancel
      </Button>
    </div>
  )
}

/** Cancelling is final for the payout, so it is said before it is done. */
function CancelPanel({ payout, onClose }: { payout: PayoutDetail; onClose: () => void }) {
  const { brand } = useSession()
  const [idempotency_key] = useState(newKey)
  const cancel = useChange(brand.id, payout.id)
  const cancelled = () => tell(`Payout no. ${payout.number} is cancelled; its balance is owed again.`)
  return (
    <div className={css.panel}>
      <p>Cancel this payout for good? What it pays to {payout.partner.name} is owed again, and a new payout can take it.</p>
      <div className={css.actions}>
        <Button
          variant="default"
          className={css.danger}
          autoFocus
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ body: { status: 'cancelled' }, idempotency_key }, { onSuccess: cancelled })}
        >
          Cancel payout
        </Button>
        <Button variant="default" onClick={onClose}>
          Keep it
        </Button>
      </div>
    </div>
  )
}
