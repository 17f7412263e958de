import { Button, NativeSelect, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiFailure } from '../../client/client.ts'
import { amountText } from '../../core/money.ts'
import { money } from '../shared/amount.tsx'
import { centsOf, MoneyField } from '../shared/money-field.tsx'
import { useSession } from '../shell/session.tsx'
import css from './on-account.module.css'
import { PartnerSelect } from './partner-select.tsx'
import { balanceQuery, type Choice, type OnAccount, type Status, shortBy } from './queries.ts'
import { statuses, statusLabel } from './status.tsx'

export type Terms = { partner_id: string; requested_amount_cents: number; currency: string; status: Status; note: string | null }
type FormProps = {
  /** The row that is edited; without it another one is made. */
  row?: OnAccount | undefined
  onSave: (terms: Terms) => void
  onClose: () => void
  is_pending: boolean
  failure: Error | null
}

/** Publisher ID, Requested Amount, Status, Note, Save. Source: spec C7. */
export function OnAccountForm({ row, onSave, onClose, is_pending, failure }: FormProps) {
  const { brand } = useSession()
  const [choice, setChoice] = useState<Choice | null>(null)
  const [currency, setCurrency] = useState(row?.currency ?? brand.currency)
  const [amount, setAmount] = useState(row ? amountText(row.requested_amount_cents, row.currency) : '')
  const [status, setStatus] = useState<Status>(row?.status ?? 'pending')
  const [note, setNote] = useState(row?.note ?? '')
  const [fault, setFault] = useState<{ partner?: string; amount?: string }>({})
  const partner_id = row?.publisher_id ?? choice?.id
  const cents = centsOf(amount, currency)
  const netted = row?.is_netted ? 'A payout has netted it: its amount and status stand. The note can change.' : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = {
      ...(!partner_id && { partner: 'Choose a publisher.' }),
      ...(!(cents && cents > 0) && { amount: wrongAmount(currency) }),
    }
    setFault(found)
    if (!partner_id || !cents || cents < 1) return
    onSave({ partner_id, requested_amount_cents: cents, currency, status, note: note.trim() || null })
  }
  return (
    <form className={css.form} onSubmit={submit} aria-label={row ? 'Edit payout' : 'Create new payout'} noValidate>
      {!row && <PartnerSelect value={choice} onChange={setChoice} error={fault.partner ?? errorOf(failure, 'publisher_id')} />}
      <div className={css.pair}>
        <MoneyField
          label="Requested Amount"
          currency={currency}
          value={amount}
          onChange={setAmount}
          disabled={netted !== undefined}
          error={fault.amount ?? errorOf(failure, 'requested_amount_cents')}
        />
        {!row && <CurrencySelect partner_id={partner_id} value={currency} onChange={setCurrency} />}
      </div>
      <NativeSelect
        label="Status"
        value={status}
        disabled={netted !== undefined}
        onChange={event => setStatus(event.currentTarget.value as Status)}
        data={statuses.map(value => ({ value, label: statusLabel(value) }))}
      />
      <Textarea
        label={
          <>
            Note <span className={css.optional}>optional</span>
          </>
        }
        maxLength={2000}
        rows={3}
        autosize
        maxRows={10}
        value={note}
        onChange={event => setNote(event.currentTarget.value)}
      />
      {netted && <p className={css.hint}>{netted}</p>}
      {partner_id && <BalanceNote partner_id={partner_id} currency={currency} wish={{ status, cents: cents ?? 0 }} row={row} />}
      <div className={css.actions}>
        <Button type="submit" loading={is_pending}>
          Save
        </Button>
        <Button variant="default" onClick={onClose}>
          Back
        </Button>
      </div>
    </form>
  )
}

const wrongAmount = (currency: string) => `Type an amount above zero, such as ${amountText(12_50, currency)}.`

/** What the server found wrong with one field. */
function errorOf(failure: Error | null, path: string): string | undefined {
  const errors =
    failure instanceof ApiFailure ? (failure.meta.errors as { path: string; message: string }[] | undefined) : undefined
  return errors?.find(error => error.path === path)?.message
}

/** Only for who is owed in more than one currency, or in another one than the brand's. */
function CurrencySelect({
  partner_id,
  value,
  onChange,
}: {
  partner_id: string | undefined
  value: string
  onChange: (c: string) => void
}) {
  const { brand } = useSession()
  const { data = [] } = useQuery({ ...balanceQuery(brand.id, partner_id ?? ''), enabled: partner_id !== undefined })
  const currencies = [...new Set([brand.currency, ...data.map(row => row.currency), value])].sort()
  if (currencies.length === 1) return null
  return <NativeSelect label="Currency" data={currencies} value={value} onChange={event => onChange(event.currentTarget.value)} />
}

type BalanceNoteProps = {
  partner_id: string
  currency: string
  wish: { status: Status; cents: number }
  row: OnAccount | undefined
}

/** The balance now, and a warning when this takes more than that: it may be saved, since the money went out already. */
function BalanceNote({ partner_id, currency, wish, row }: BalanceNoteProps) {
  const { brand } = useSession()
  const { data } = useQuery(balanceQuery(brand.id, partner_id))
  if (!data) return null
  const balance = data.find(each => each.currency === currency)?.balance_cents ?? 0
  const short = shortBy(balance, wish, row)
  return (
    <div className={css.balance} aria-live="polite">
      <p>
        Balance <strong>{money(balance, currency)}</strong>
      </p>
      {short > 0 && (
        <p className={css.warning}>
          Exceeds the balance by {money(short, currency)}. It can be saved; the balance then falls below zero, and later earnings
          make up for it.
        </p>
      )}
    </div>
  )
}
