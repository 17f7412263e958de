import { Button, Modal, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ApiFailure } from '../../client/client.ts'
import { amountText } from '../../core/money.ts'
import { api, tell, tellFailure } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { fieldErrors } from '../shared/field-errors.ts'
import { centsOf, MoneyField } from '../shared/money-field.tsx'
import { useWrite } from '../shared/reads.ts'
import { useSession } from '../shell/session.tsx'
import css from './conversions.module.css'
import { useDecide, VerdictDialog } from './holds-queue.tsx'
import type { ConversionDetail } from './queries.ts'

/** What can be done now: approve what waits, reject what is not paid, take back what is left of it. */
export function RailActions({ conversion }: { conversion: ConversionDetail }) {
  const [dialog, setDialog] = useState<'reject' | 'reverse' | null>(null)
  const decide = useDecide()
  const { status } = conversion
  const waits = status === 'hold' || status === 'pending_review'
  const left = conversion.revenue_cents - conversion.reversed_cents
  const can_reverse = status !== 'rejected' && (left > 0 || conversion.reversals.length === 0)
  // awaited: another status is another set of buttons, which takes the place of these
  const verdict = async (name: 'approve' | 'reject', reason?: string) => {
    const body = { verdict: name, ids: [conversion.id], ...(reason && { reason }) }
    const decided = await decide.mutateAsync(body).catch(() => null)
    if (!decided) return
    setDialog(null)
    const refused = decided.results[0]?.error
    if (refused) tellFailure(new ApiFailure(refused.code as never, refused.message, 409))
    else tell(`Order ${conversion.external_id} is ${name === 'approve' ? 'approved' : 'rejected'}.`)
  }
  if (!waits && status !== 'approved' && !can_reverse) return null
  return (
    <div className={css.actions}>
      {waits && (
        <Button data-key="a" loading={decide.isPending && dialog === null} onClick={() => void verdict('approve')}>
          Approve
        </Button>
      )}
      {(waits || status === 'approved') && (
        <Button variant="default" onClick={() => setDialog('reject')}>
          Reject
        </Button>
      )}
      {can_reverse && (
        <Button variant="default" onClick={() => setDialog('reverse')}>
          Record reversal
        </Button>
      )}
      {dialog === 'reject' && (
        <VerdictDialog
          verdict="reject"
          rows={[conversion]}
          is_pending={decide.isPending}
          onConfirm={reason => void verdict('reject', reason)}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'reverse' && <ReversalForm conversion={conversion} left={left} onClose={() => setDialog(null)} />}
    </div>
  )
}

type ReversalProps = { conversion: ConversionDetail; left: number; onClose: () => void }

/** A refund or a chargeback, whole or in part; the payout follows in proportion. */
function ReversalForm({ conversion, left, onClose }: ReversalProps) {
  const { brand } = useSession()
  const { currency } = conversion
  const [amount, setAmount] = useState(amountText(left, currency))
  const [reason, setReason] = useState('')
  const [error, setError] = useState<string>()
  const params = { brand_id: brand.id, conversion_id: conversion.id }
  const reverse = useWrite((body: { amount_cents?: number; reason: string }, idempotency_key) =>
    api.conversions.reverse({ params, body, idempotency_key }),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const cents = centsOf(amount, currency)
    if (left > 0 && (cents === null || cents < 1 || cents > left)) {
      return setError(`Write an amount up to ${money(left, currency)}, which is what is left.`)
    }
    setError(undefined)
    const body = { reason: reason.trim(), ...(left > 0 && cents !== null && cents < left && { amount_cents: cents }) }
    reverse.mutate(body, {
      onSuccess: ({ data }) => {
        const taken = data.earning ? ` ${money(data.earning.amount_cents, data.earning.currency)} of the payout.` : ''
        tell(`Reversed ${money(data.revenue_cents, currency)}.${taken}`)
        onClose()
      },
      onError: failure => setError(fieldErrors(failure).amount_cents && `At most ${money(left, currency)} is left.`),
    })
  }
  return (
    <Modal opened onClose={onClose} title="Record reversal" size="md">
      <form className={css.form} onSubmit={submit}>
        <p className={css.said}>
          The payout follows in proportion.{' '}
          {conversion.status === 'paid'
            ? 'It is paid already: what is taken back nets with the next payout.'
            : 'It is not paid yet: the balance falls at once.'}
        </p>
        {left > 0 && (
          <MoneyField
            label="Revenue to take back"
            currency={currency}
            value={amount}
            onChange={setAmount}
            error={error}
            data-autofocus
          />
        )}
        <Textarea
          label="Reason"
          required
          withAsterisk={false}
          maxLength={500}
          value={reason}
          onChange={event => setReason(event.currentTarget.value)}
        />
        <div className={css.actions}>
          <Button type="submit" loading={reverse.isPending}>
            Record reversal
          </Button>
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
        </div>
      </form>
    </Modal>
  )
}
