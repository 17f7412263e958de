import { Button, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ApiFailure } from '../../client/client.ts'
import { newKey, tell } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { centsOf, MoneyField } from '../shared/money-field.tsx'
import { useSession } from '../shell/session.tsx'
import { type Change, type Line, type PayoutDetail, useChange } from './queries.ts'
import css from './rail-parts.module.css'

type EditProps = { payout: PayoutDetail; leaving: readonly Line[]; onClose: () => void }

/** Edits a draft: a signed adjustment with its reason, notes, and the lines that are marked below to be left out. */
export function EditForm({ payout, leaving, onClose }: EditProps) {
  const { brand } = useSession()
  const { currency } = payout
  const [idempotency_key, setKey] = useState(newKey)
  const [amount, setAmount] = useState('')
  const [reason, setReason] = useState('')
  const [notes, setNotes] = useState(payout.notes ?? '')
  const save = useChange(brand.id, payout.id)
  const cents = centsOf(amount.replace('−', '-'), currency)
  const fault = amount.trim() === '' || (cents !== null && cents !== 0) ? null : 'An amount such as 5.00 or -5.00'
  const left_cents = leaving.reduce((sum, line) => sum + line.amount_cents, 0)
  const total_cents = payout.amount_cents + (cents ?? 0) - left_cents
  const body: Change = {
    ...(notes.trim() !== (payout.notes ?? '') && { notes: notes.trim() || null }),
    ...(cents && { adjustments: [{ amount_cents: cents, reason: reason.trim() }] }),
    ...(leaving.length > 0 && { exclude_earning_ids: leaving.map(line => line.earning_id) }),
  }
  const is_idle = Object.keys(body).length === 0
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (fault || is_idle) return
    const saved = () => {
      tell(`Draft no. ${payout.number} is changed.`)
      onClose()
    }
    // another input is another change, and gets another key
    save.mutate({ body, idempotency_key }, { onSuccess: saved, onError: error => error instanceof ApiFailure && setKey(newKey) })
  }
  return (
    <form className={css.panel} onSubmit={submit} aria-label="Edit draft">
      <div className={css.pair}>
        <MoneyField
          label="Adjustment"
          currency={currency}
          value={amount}
          onChange={setAmount}
          error={fault}
          placeholder="-5.00"
          autoFocus
        />
        <TextInput
          label="Reason"
          required={Boolean(cents)}
          withAsterisk={false}
          maxLength={500}
          value={reason}
          onChange={event => setReason(event.currentTarget.value)}
        />
      </div>
      <Textarea label="Notes" maxLength={2000} rows={2} value={notes} onChange={event => setNotes(event.currentTarget.value)} />
      <p>
        {leaving.length === 0
          ? 'Mark lines below to leave them out; they are owed again.'
          : `${counted(leaving.length, 'line')} left out: ${money(left_cents, currency)} is owed again.`}
        {total_cents !== payout.amount_cents && <strong> The draft comes to {money(total_cents, currency)}.</strong>}
      </p>
      <div className={css.actions}>
        <Button type="submit" loading={save.isPending} disabled={is_idle}>
          Save draft
        </Button>
        <Button variant="default" onClick={onClose}>
          Back
        </Button>
      </div>
    </form>
  )
}
