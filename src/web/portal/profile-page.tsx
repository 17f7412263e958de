import { NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { countries } from '../../core/countries.ts'
import { api, tell } from '../api.ts'
import { Section } from '../shared/page.tsx'
import { Facts } from '../shared/rail.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { ChangeButton } from './change-button.tsx'
import { faultAt } from './faults.ts'
import css from './parts.module.css'
import { PortalPage } from './portal-page.tsx'
import { type PaymentSettings, paymentSettingsQuery, usePortalWrite } from './queries.ts'
import { usePortal } from './session.tsx'

/** Who the partner is, what stands on its invoices, and its password. */
export function ProfilePage() {
  const { me, who } = usePortal()
  const { data, error, refetch } = useQuery(paymentSettingsQuery(who))
  return (
    <PortalPage title="Profile" narrow lead={`Your name and e-mail are kept by ${me.program.title}; ask there to change them.`}>
      <Facts
        facts={[
          ['Name', me.partner.name],
          ['E-mail', me.partner.email],
          ['Partner id', me.partner.alias],
        ]}
      />
      <Section id="billing" title="Billing details">
        {!data && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
        {data && <BillingForm settings={data.settings} />}
      </Section>
      <Section id="password" title={me.has_password ? 'Change password' : 'Set a password'}>
        <PasswordForm />
      </Section>
    </PortalPage>
  )
}

const names = ['company', 'address', 'country', 'vat_id', 'billing_details'] as const

function BillingForm({ settings }: { settings: PaymentSettings }) {
  const { who } = usePortal()
  const save = usePortalWrite((body: Partial<Record<(typeof names)[number], string | null>>, idempotency_key) =>
    api.portal.changePaymentSettings({ query: who, body, idempotency_key }),
  )
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const body = Object.fromEntries(names.map(name => [name, String(form.get(name) ?? '').trim() || null]))
    save.mutate(body, { onSuccess: () => tell('Your billing details are saved.') })
  }
  const field = (name: (typeof names)[number]) => ({
    name,
    defaultValue: settings[name] ?? '',
    error: faultAt(save.error, name),
  })
  return (
    <form className={css.form} onSubmit={submit}>
      <p className={css.sentence}>They stand on your statements and invoices.</p>
      <TextInput {...field('company')} label="Company" maxLength={200} autoComplete="organization" />
      <Textarea {...field('address')} label="Address" maxLength={500} rows={3} autoComplete="street-address" />
      <div className={css.pair}>
        <NativeSelect
          {...field('country')}
          label="Country"
          data={[{ value: '', label: '–' }, ...countries.map(({ code, name }) => ({ value: code, label: name }))]}
        />
        <TextInput {...field('vat_id')} label="VAT ID" maxLength={50} />
      </div>
      <Textarea
        {...field('billing_details')}
        label="Further details"
        description="Anything else that has to be on an invoice."
        maxLength={2000}
        rows={3}
      />
      <div className={css.buttons}>
        <ChangeButton type="submit" loading={save.isPending} data-key="c">
          Save billing details
        </ChangeButton>
      </div>
    </form>
  )
}

function PasswordForm() {
  const { me, who } = usePortal()
  const [attempt, setAttempt] = useState(0)
  const save = usePortalWrite((body: { password: string; current_password?: string }) =>
    api.portal.password({ query: who, body }),
  )
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const current = String(form.get('current_password') ?? '')
    const body = { password: String(form.get('password')), ...(current && { current_password: current }) }
    save.mutate(body, {
      onSuccess: () => {
        tell('Your password is set. You can sign in with it from now on.')
        setAttempt(attempt + 1)
      },
    })
  }
  return (
    <form key={attempt} className={css.form} onSubmit={submit}>
      <input type="text" name="username" autoComplete="username" defaultValue={me.partner.email ?? ''} hidden readOnly />
      {me.has_password && (
        <PasswordInput
          name="current_password"
          label="Current password"
          required
          withAsterisk={false}
          autoComplete="current-password"
          error={faultAt(save.error, 'current_password')}
        />
      )}
      <PasswordInput
        name="password"
        label="New password"
        description="At least 10 characters."
        required
        withAsterisk={false}
        minLength={10}
        maxLength={200}
        autoComplete="new-password"
        error={faultAt(save.error, 'password')}
      />
      <div className={css.buttons}>
        <ChangeButton type="submit" variant="default" loading={save.isPending}>
          {me.has_password ? 'Change password' : 'Set password'}
        </ChangeButton>
      </div>
    </form>
  )
}
