import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { paymentMethods } from '../../core/payment-method.ts'
import { newKey, tell } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { useSession } from '../shell/session.tsx'
import { type Change, methodsQuery, type PayoutDetail, useChange } from './queries.ts'
import css from './rail.module.css'

type FormProps = { payout: PayoutDetail; onClose: () => void }

/** Records that money left: by which method, and if known under which reference. It sends nothing itself. */
export function MarkPaidForm({ payout, onClose }: FormProps) {
  const { brand } = useSession()
  const [idempotency_key] = useState(newKey)
  const pay = useChange(brand.id, payout.id)
  const paid = () => tell(`Payout no. ${payout.number} is paid: ${money(payout.amount_cents, payout.currency)}.`)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    pay.mutate({ body: bodyOf(new FormData(event.currentTarget)), idempotency_key }, { onSuccess: paid })
  }
  return (
    <form className={css.panel} onSubmit={submit} aria-label="Mark paid">
      <MethodSelect />
      <TextInput name="reference" label={<Optional name="Transaction reference" />} maxLength={200} autoComplete="off" />
      <Textarea name="notes" label={<Optional name="Notes" />} maxLength={2000} rows={2} />
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

const Optional = ({ name }: { name: string }) => (
  <>
    {name} <span className={css.optional}>optional</span>
  </>
)

/** The seven labels of spec A10, and the organization's own methods that are no double of them. */
function MethodSelect() {
  const { data: own = [] } = useQuery(methodsQuery)
  const labels = paymentMethods.map(({ code, label }) => ({ value: code as string, label: label as string }))
  const others = own.filter(method => method.is_active).map(({ id, name }) => ({ value: `id:${id}`, label: name }))
  const data = [
    { value: '', label: 'Choose a method', disabled: true },
    { group: 'Methods', items: labels },
    ...(others.length > 0 ? [{ group: 'Methods of your organization', items: others }] : []),
  ]
  return <NativeSelect name="method" label="Method" required withAsterisk={false} defaultValue="" data={data} autoFocus />
}

function bodyOf(form: FormData): Change {
  const [method, reference, notes] = ['method', 'reference', 'notes'].map(name => String(form.get(name) ?? '').trim())
  return {
    status: 'paid',
    ...(method?.startsWith('id:') ? { method_id: method.slice(3) } : { method }),
    ...(reference && { reference }),
    ...(notes && { notes }),
  }
}
