import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useState } from 'react'
import { api, wordsOf } from '../api.ts'
import { Mark } from '../shell/mark.tsx'
import css from '../shell/shell.module.css'
import { faultAt } from './faults.ts'
import own from './sign-in.module.css'

/** What a link that led here says went wrong. */
const faults: Record<string, string> = {
  LINK_EXPIRED: 'That link has expired or was used before. Sign in with your password, or have a new link mailed to you.',
  NOT_APPROVED:
    'You cannot sign in yet, or not any more: the program has to approve you first. Ask its team if you think this is a mistake.',
}

/** The portal's door: a password, or a link by mail. Whoever came by a program's own address sees its title and logo. */
export function PortalSignIn() {
  const { program, error } = useSearch({ from: '/portal' })
  const door = useDoor(program)
  const [way, setWay] = useState<'password' | 'link'>('password')
  return (
    <Door title="Sign in" door={door}>
      {error && (
        <p className={own.notice} role="alert">
          {faults[error] ?? faults.LINK_EXPIRED}
        </p>
      )}
      {way === 'password' ? <PasswordForm /> : <LinkForm />}
      <p className={css.hint}>
        {way === 'password' ? 'No password, or forgotten? ' : 'You have a password? '}
        <button type="button" className={own.link} onClick={() => setWay(way === 'password' ? 'link' : 'password')}>
          {way === 'password' ? 'Mail me a link' : 'Sign in with it'}
        </button>
      </p>
      {program && door?.allow_sign_up && (
        <p className={css.hint}>
          Not a partner yet?{' '}
          <Link to="/portal/sign-up" search={{ program }}>
            Apply to {door.title}
          </Link>
        </p>
      )}
    </Door>
  )
}

/** What a visitor may know of a program; nothing when the address names none that exists. */
export function useDoor(slug: string | undefined) {
  return useQuery({
    queryKey: ['portal-door', slug],
    queryFn: async ({ signal }) => (await api.portal.brand({ params: { slug: slug as string }, signal })).data,
    enabled: slug !== undefined,
    retry: false,
    staleTime: 60_000,
  }).data
}

type DoorProps = { title: string; door: { title: string; logo_path: string | null } | undefined; children: ReactNode }

export const Door = ({ title, door, children }: DoorProps) => (
  <main className={css.plain}>
    <title>{door ? `${title} · ${door.title}` : `${title} · Partner portal`}</title>
    <div className={css.plainBox}>
      {door?.logo_path ? <img className={own.logo} src={door.logo_path} alt="" /> : <Mark />}
      <h1>{title}</h1>
      <p className={own.where}>{door ? `Partner portal of ${door.title}` : 'Partner portal'}</p>
      {children}
    </div>
  </main>
)

function PasswordForm() {
  const queries = useQueryClient()
  const enter = useMutation({
    meta: { says_itself: true },
    mutationFn: async ({ email, password }: { email: string; password: string }) => {
      const fault = await signIn(email, password)
      if (fault !== null) throw new Error(fault)
      await queries.resetQueries({ queryKey: ['portal-me'] })
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    enter.mutate({ email: String(form.get('email')), password: String(form.get('password')) })
  }
  return (
    <form className={css.form} onSubmit={submit}>
      <TextInput name="email" type="email" label="E-mail" required withAsterisk={false} autoComplete="username" autoFocus />
      <PasswordInput name="password" label="Password" required withAsterisk={false} autoComplete="current-password" />
      {enter.error && (
        <p className={css.fault} role="alert">
          {enter.error.message}
        </p>
      )}
      <Button type="submit" size="sm" loading={enter.isPending} fullWidth>
        Sign in
      </Button>
    </form>
  )
}

/** Signs in, or says why not in a sentence. */
async function signIn(email: string, password: string): Promise<string | null> {
  const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email, password }) }
  const answer = await fetch('/api/auth/sign-in/email', options).catch(() => null)
  if (answer?.ok) return null
  if (answer === null || answer.status >= 500) return 'The server cannot be reached; try again in a moment.'
  if (answer.status === 429) return 'Too many tries; wait a minute, then try again.'
  if (answer.status === 403) return ((await answer.json()) as { error: { message: string } }).error.message
  return 'That e-mail and password do not go together. Try again, or have a link mailed to you.'
}

function LinkForm() {
  const ask = useMutation({
    meta: { says_itself: true },
    mutationFn: async (email: string) => (await api.portal.signInLink({ body: { email } })).data,
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    ask.mutate(String(new FormData(event.currentTarget).get('email')))
  }
  if (ask.data) {
    return (
      <p className={own.notice} role="status">
        {ask.data.mails
          ? `If ${ask.variables} belongs to a partner, a link is on its way. It works once, for a short time.`
          : 'This portal sends no mail. Ask the program for a sign-in link.'}
      </p>
    )
  }
  return (
    <form className={css.form} onSubmit={submit}>
      <TextInput
        name="email"
        type="email"
        label="E-mail"
        required
        withAsterisk={false}
        autoComplete="username"
        autoFocus
        error={faultAt(ask.error, 'email')}
      />
      {ask.error && !faultAt(ask.error, 'email') && (
        <p className={css.fault} role="alert">
          {wordsOf(ask.error)}
        </p>
      )}
      <Button type="submit" size="sm" loading={ask.isPending} fullWidth>
        Mail me a link
      </Button>
    </form>
  )
}
