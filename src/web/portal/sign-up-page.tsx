import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import type { FormEvent } from 'react'
import { countries } from '../../core/countries.ts'
import { api, wordsOf } from '../api.ts'
import css from '../shell/shell.module.css'
import { faultAt } from './faults.ts'
import { Door, useDoor } from './sign-in.tsx'

type Application = NonNullable<Parameters<typeof api.portal.signUp>[0]['body']>

/** Applying to a program that takes applications. */
export function SignUpPage() {
  const { program } = useSearch({ from: '/portal/sign-up' })
  const door = useDoor(program)
  const apply = useMutation({
    meta: { says_itself: true },
    mutationFn: async (body: Application) => (await api.portal.signUp({ body })).data,
  })
  if (apply.data) {
    return (
      <Door title="Thank you" door={door}>
        <p role="status">
          {apply.data.needs_approval
            ? 'Your application is in. The program looks at it, and you can sign in once it is approved.'
            : 'You are in.'}{' '}
          {apply.data.mails ? 'A mail to you says when and how.' : 'The program sends you a sign-in link.'}
        </p>
        <ToSignIn program={program} />
      </Door>
    )
  }
  if (!program || (door && !door.allow_sign_up)) {
    return (
      <Door title="Apply" door={door}>
        <p>This program takes no applications here. Ask it for an invitation.</p>
        <ToSignIn program={program} />
      </Door>
    )
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    apply.mutate(bodyOf(program, new FormData(event.currentTarget)))
  }
  return (
    <Door title="Apply" door={door}>
      <Fields error={apply.error} is_pending={apply.isPending} onSubmit={submit} />
      <ToSignIn program={program} />
    </Door>
  )
}

const ToSignIn = ({ program }: { program: string | undefined }) => (
  <p className={css.hint}>
    Already a partner?{' '}
    <Link to="/portal" search={program ? { program } : {}}>
      Sign in
    </Link>
  </p>
)

const fields = ['name', 'email', 'company', 'country', 'message'] as const

type FieldsProps = { error: Error | null; is_pending: boolean; onSubmit: (event: FormEvent<HTMLFormElement>) => void }

function Fields({ error, is_pending, onSubmit }: FieldsProps) {
  const at = (name: (typeof fields)[number]) => ({ name, error: faultAt(error, name) })
  const is_said = fields.some(name => faultAt(error, name))
  return (
    <form className={css.form} onSubmit={onSubmit}>
      <TextInput {...at('name')} label="Name" required withAsterisk={false} maxLength={100} autoComplete="name" autoFocus />
      <TextInput {...at('email')} type="email" label="E-mail" required withAsterisk={false} autoComplete="email" />
      <div className={css.pair}>
        <TextInput {...at('company')} label="Company" maxLength={200} autoComplete="organization" />
        <NativeSelect
          {...at('country')}
          label="Country"
          data={[{ value: '', label: '–' }, ...countries.map(({ code, name }) => ({ value: code, label: name }))]}
        />
      </div>
      <Textarea {...at('message')} label="How will you promote us?" maxLength={2000} rows={4} />
      {error && !is_said && (
        <p className={css.fault} role="alert">
          {wordsOf(error)}
        </p>
      )}
      <Button type="submit" size="sm" loading={is_pending} fullWidth>
        Apply
      </Button>
    </form>
  )
}

function bodyOf(program: string, form: FormData): Application {
  const text = (name: (typeof fields)[number]) => String(form.get(name) ?? '').trim()
  const [company, country, message] = [text('company'), text('country'), text('message')]
  return {
    program,
    name: text('name'),
    email: text('email'),
    ...(company && { company }),
    ...(country && { country }),
    ...(message && { message }),
  }
}
