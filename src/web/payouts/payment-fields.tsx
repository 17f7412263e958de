import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { dayOf, startOfDay } from '../../core/calendar.ts'
import { paymentMethods } from '../../core/payment-method.ts'
import { useSession } from '../shell/session.tsx'
import { type Change, methodsQuery } from './queries.ts'
import css from './rail-parts.module.css'

/** How and when money left: method, day, and if known reference and notes. */
export function PaymentFields() {
  const { me, time_zone } = useSession()
  const today = dayOf(me.clock.now, time_zone)
  return (
    <div className={css.fields}>
      <MethodSelect />
      <TextInput type="date" name="paid_on" label="Paid on" required withAsterisk={false} defaultValue={today} max={today} />
      <TextInput name="reference" label={<Optional name="Transaction reference" />} maxLength={200} autoComplete="off" />
      <Textarea name="notes" label={<Optional name="Notes" />} maxLength={2000} rows={2} />
    </div>
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
  return (
    <NativeSelect
      name="method"
      label="Method"
      required
      withAsterisk={false}
      defaultValue=""
      data={data}
      data-autofocus
      autoFocus
    />
  )
}

/** What the fields say, as the change of a payout. A day before today is paid at its beginning in the organization's zone. */
export function paidBody(form: FormData, now: string, time_zone: string): Change {
  const [method, paid_on, reference, notes] = ['method', 'paid_on', 'reference', 'notes'].map(name =>
    String(form.get(name) ?? '').trim(),
  )
  return {
    status: 'paid',
    ...(method?.startsWith('id:') ? { method_id: method.slice(3) } : { method }),
    ...(paid_on && paid_on !== dayOf(now, time_zone) && { paid_at: startOfDay(paid_on, time_zone) }),
    ...(reference && { reference }),
    ...(notes && { notes }),
  }
}
