import { Button } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { newKey, tell } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { useSession } from '../shell/session.tsx'
import { PaymentFields, paidBody } from './payment-fields.tsx'
import { type PayoutDetail, useChange } from './queries.ts'
import css from './rail-parts.module.css'

type FormProps = { payout: PayoutDetail; onClose: () => void }

/** Records that money left: by which method, when, and if known under which reference. It sends nothing itself. */
export function MarkPaidForm({ payout, onClose }: FormProps) {
  const { brand, me, time_zone } = useSession()
  const [idempotency_key] = useState(newKey)
  const pay = useChange(brand.id, payout.id)
  const paid = () => tell(`Payout no. ${payout.number} is paid: ${money(payout.amount_cents, payout.currency)}.`)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const body = paidBody(new FormData(event.currentTarget), me.clock.now, time_zone)
    pay.mutate({ body, idempotency_key }, { onSuccess: paid })
  }
  return (
    <form className={css.panel} onSubmit={submit} aria-label="Mark paid">
      <PaymentFields />
      <div className={css.actions}>
        <Button type="submit" loading={pay.isPending}>
          Confirm {money(payout.amount_cents, payout.currency)} paid
        </Button>
        <Button variant="default" onClick={onClose}>
          Back
        </Button>
      </div>
    </form>
  )
}
