import { Button, NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { ApiFailure } from '../../client/client.ts'
import { api, newKey, wordsOf } from '../api.ts'
import { Plain } from '../shell/plain.tsx'
import css from '../shell/shell.module.css'

type Body = NonNullable<Parameters<typeof api.organizations.setup>[0]>['body']

const zones = Intl.supportedValuesOf('timeZone')
const currencies = Intl.supportedValuesOf('currency')
const own_zone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** First start, from the one-time link of the terminal: who pays, in which zone and currency; or the demo. */
export function Setup() {
  const { token } = useSearch({ from: '/setup' })
  const setup = useSetup()
  if (!token) {
    return (
      <Plain title="Set up Quittance">
        <p>
          This page opens with the one-time link that the terminal shows when the server starts. Start it again for a new link.
        </p>
      </Plain>
    )
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setup.mutate(bodyOf(token, new FormData(event.currentTarget)))
  }
  return (
    <Plain title="Set up Quittance">
      <form className={css.form} onSubmit={submit}>
        <Fields />
        {setup.error && (
          <p className={css.fault} role="alert">
            {faultText(setup.error)}
          </p>
        )}
        <Button type="submit" size="sm" loading={setup.isPending && !setup.variables.demo} fullWidth>
          Create organization
        </Button>
      </form>
      <div className={css.or}>or</div>
      <Button
        variant="default"
        size="sm"
        fullWidth
        loading={setup.isPending && setup.variables.demo}
        onClick={() =>
          setup.mutate({ token, organization: 'Demo', email: 'admin@localhost.local', time_zone: own_zone, demo: true })
        }
      >
        Load demo data instead
      </Button>
      <p className={css.hint}>Real conversions and view counts, with payouts in every state. It takes a moment.</p>
    </Plain>
  )
}

function Fields() {
  return (
    <>
      <TextInput
        name="organization"
        label="Organization"
        required
        withAsterisk={false}
        maxLength={100}
        autoComplete="organization"
        autoFocus
      />
      <div className={css.pair}>
        <NativeSelect
          name="time_zone"
          label="Time zone"
          defaultValue={own_zone}
          data={zones.includes(own_zone) ? zones : [own_zone, ...zones]}
        />
        <NativeSelect name="currency" label="Currency" defaultValue="USD" data={currencies} />
      </div>
      <TextInput name="email" type="email" label="Your e-mail" required withAsterisk={false} autoComplete="username" />
      <PasswordInput
        name="password"
        label="Password"
        description="Optional: without one you sign in by link. At least 10 characters."
        minLength={10}
        autoComplete="new-password"
      />
    </>
  )
}

function useSetup() {
  const [idempotency_key] = useState(newKey)
  return useMutation({
    meta: { says_itself: true },
    mutationFn: (body: Body) => api.organizations.setup({ body, idempotency_key }),
    onSuccess: ({ data }) => window.location.assign(data.sign_in_url),
  })
}

function bodyOf(token: string, form: FormData): Body {
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const password = String(form.get('password') ?? '')
  return {
    token,
    organization: text('organization'),
    time_zone: text('time_zone'),
    currency: text('currency'),
    email: text('email'),
    ...(password && { password }),
  }
}

function faultText(error: Error): string {
  const used = error instanceof ApiFailure && (error.code === 'unauthorized' || error.code === 'invalid_transition')
  return used ? `${error.message} A new link is in the terminal after a restart.` : wordsOf(error)
}
