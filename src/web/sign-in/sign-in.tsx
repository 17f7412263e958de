import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Plain } from '../shell/plain.tsx'
import css from '../shell/shell.module.css'

const LINK_FAULT = 'That link has expired or was used before. Sign in with your password, or ask for a new link.'

/** E-mail and password; who has none gets a link from the command line. */
export function SignIn() {
  const queries = useQueryClient()
  const followed = useSearch({ strict: false, select: search => search.error })
  const [fault, setFault] = useState<string | null>(followed ? LINK_FAULT : null)
  const [is_sending, setSending] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setSending(true)
    const fault = await signIn(String(form.get('email')), String(form.get('password')))
    setFault(fault)
    setSending(false)
    if (fault === null) await queries.invalidateQueries({ queryKey: ['me'] })
  }
  return (
    <Plain title="Sign in">
      <form className={css.form} onSubmit={event => void submit(event)}>
        <TextInput name="email" type="email" label="E-mail" required withAsterisk={false} autoComplete="username" autoFocus />
        <PasswordInput name="password" label="Password" required withAsterisk={false} autoComplete="current-password" />
        {fault && (
          <p className={css.fault} role="alert">
            {fault}
          </p>
        )}
        <Button type="submit" size="sm" loading={is_sending} fullWidth>
          Sign in
        </Button>
      </form>
      <p className={css.hint}>
        No password, or forgotten? Run <code>npx quittance sign-in --email you@example.org</code> where Quittance runs: it prints
        a link.
      </p>
    </Plain>
  )
}

/** Signs in, or says why not in a sentence. */
async function signIn(email: string, password: string): Promise<string | null> {
  const body = JSON.stringify({ email, password })
  const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  const answer = await fetch('/api/auth/sign-in/email', options).catch(() => null)
  if (answer?.ok) return null
  if (answer === null || answer.status >= 500) return 'The server cannot be reached; check that it runs, then try again.'
  if (answer.status === 429) return 'Too many tries; wait a minute, then try again.'
  return 'That e-mail and password do not go together. Try again, or use a link.'
}
