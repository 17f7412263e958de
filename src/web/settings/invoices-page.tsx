import { Button, Switch, Textarea, TextInput } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Client } from '../../client/client.ts'
import { api, tell } from '../api.ts'
import { keyOf, useWrite } from '../shared/reads.ts'
import shared from '../shared/shared.module.css'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { SettingsPage } from './settings-page.tsx'

type Settings = Awaited<ReturnType<Client['invoices']['settings']>>['data']

const settingsQuery = (brand_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'invoice-settings'),
    queryFn: async ({ signal }) => (await api.invoices.settings({ params: { brand_id }, signal })).data,
  })

/** Who pays, as it stands on invoices. Source: spec C9. */
export function InvoicesPage() {
  const { brand } = useSession()
  const { data, error, refetch } = useQuery(settingsQuery(brand.id))
  return (
    <SettingsPage title="Invoices">
      {!data && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {data && <InvoiceForm key={brand.id} settings={data} />}
    </SettingsPage>
  )
}

const texts = [
  { name: 'legal_name', label: 'Legal name', max: 200, hint: 'The payer. Without one, the name of the organization.' },
  { name: 'address', label: 'Address', max: 500, rows: 3 },
  { name: 'vat_id', label: 'VAT ID', max: 50 },
  {
    name: 'billing_text',
    label: 'Billing text',
    max: 2000,
    rows: 4,
    hint: 'At the foot of every invoice: register, bank, terms.',
  },
] as const

function InvoiceForm({ settings }: { settings: Settings }) {
  const { brand, is_admin } = useSession()
  const [values, setValues] = useState(settings)
  const save = useWrite((body: Settings, idempotency_key) =>
    api.invoices.changeSettings({ params: { brand_id: brand.id }, body, idempotency_key }),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(values, {
      onSuccess: ({ data }) => {
        setValues(data)
        tell('Saved. Invoices that were issued keep their number and say that they are revised.')
      },
    })
  }
  return (
    <form className={shared.form} onSubmit={submit} aria-label="Invoices">
      {texts.map(({ name, label, max, ...more }) => {
        const field = {
          ...{ label, maxLength: max, disabled: !is_admin, value: values[name] ?? '' },
          ...('hint' in more && { description: more.hint }),
          onChange: (event: { currentTarget: { value: string } }) => setValues({ ...values, [name]: event.currentTarget.value }),
        }
        return 'rows' in more ? (
          <Textarea key={name} {...field} autosize minRows={more.rows} maxRows={12} />
        ) : (
          <TextInput key={name} {...field} autoComplete="off" />
        )
      })}
      <Switch
        label="Self-billing"
        description="Invoices say that they are issued by the payer in the name and on behalf of the publisher."
        disabled={!is_admin}
        checked={values.self_billing}
        onChange={event => setValues({ ...values, self_billing: event.currentTarget.checked })}
      />
      {is_admin && (
        <div className={shared.buttons}>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </div>
      )}
    </form>
  )
}
