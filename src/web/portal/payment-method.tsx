import { Button, Modal, NativeSelect, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, tell } from '../api.ts'
import { Facts } from '../shared/rail.tsx'
import { Waiting } from '../shared/states.tsx'
import { ChangeButton } from './change-button.tsx'
import { faultAt } from './faults.ts'
import css from './parts.module.css'
import { type MethodChoice, type PaymentSettings, paymentSettingsQuery, usePortalWrite } from './queries.ts'
import { usePortal } from './session.tsx'

type Change = NonNullable<NonNullable<Parameters<typeof api.portal.changePaymentSettings>[0]>['body']>

/** How the partner wants to be paid, and the way to change it. */
export function PaymentMethod({ settings }: { settings: PaymentSettings | undefined }) {
  const [is_open, setOpen] = useState(false)
  if (!settings) return <Waiting />
  return (
    <div className={css.method}>
      {settings.method_name ? (
        <Facts
          facts={[
            ['Paid by', settings.method_name],
            ['Details', settings.payout_details ?? 'none given'],
          ]}
        />
      ) : (
        <p className={css.sentence}>You have not said yet how you want to be paid.</p>
      )}
      <ChangeButton variant="default" data-key="c" onClick={() => setOpen(true)}>
        Change settings
      </ChangeButton>
      {is_open && <MethodDialog settings={settings} onClose={() => setOpen(false)} />}
    </div>
  )
}

const choiceOf = ({ method, method_id }: Pick<MethodChoice, 'method' | 'method_id'>): string =>
  method_id ? `id:${method_id}` : (method ?? '')

function MethodDialog({ settings, onClose }: { settings: PaymentSettings; onClose: () => void }) {
  const { who } = usePortal()
  const choices = useQuery(paymentSettingsQuery(who))
  const save = usePortalWrite((body: Change, idempotency_key) =>
    api.portal.changePaymentSettings({ query: who, body, idempotency_key }),
  )
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [value, details] = [String(form.get('method')), String(form.get('payout_details')).trim()]
    const chosen = value.startsWith('id:') ? { method_id: value.slice(3) } : { method: value }
    save.mutate(
      { ...chosen, payout_details: details || null },
      {
        onSuccess: ({ data }) => {
          tell(`Saved: you are paid by ${data.method_name}.`)
          onClose()
        },
      },
    )
  }
  const current = choiceOf(settings)
  return (
    <Modal opened onClose={onClose} title="How you want to be paid" size="md">
      {choices.data ? (
        <form className={css.form} onSubmit={submit}>
          <NativeSelect
            name="method"
            label="Method"
            required
            withAsterisk={false}
            defaultValue={current}
            data-autofocus
            data={[
              { value: '', label: 'Choose a method', disabled: true },
              ...choices.data.methods.map(each => ({ value: choiceOf(each), label: each.name })),
            ]}
            error={faultAt(save.error, 'method') ?? faultAt(save.error, 'method_id')}
          />
          <Textarea
            name="payout_details"
            label="Where the money goes"
            description="For example the e-mail of your PayPal account, or the number of your bank account."
            defaultValue={settings.payout_details ?? ''}
            maxLength={1000}
            rows={3}
            error={faultAt(save.error, 'payout_details')}
          />
          <div className={css.buttons}>
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
          </div>
        </form>
      ) : (
        <Waiting />
      )}
    </Modal>
  )
}
