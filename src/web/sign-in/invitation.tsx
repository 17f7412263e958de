import { Button, PasswordInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api, wordsOf } from '../api.ts'
import { Plain } from '../shell/plain.tsx'
import css from '../shell/shell.module.css'

/** Where the link of an invitation leads: who invites, to what, and the way in. */
export function Invitation() {
  const { token = '' } = useSearch({ from: '/invitation' })
  const { data, error } = useQuery({
    queryKey: ['invitation', token],
    queryFn: async () => (await api.invitations.look({ body: { token } })).data,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (error) {
    return (
      <Plain title="This invitation cannot be used">
        <p>{wordsOf(error)}</p>
      </Plain>
    )
  }
  if (!data) return <div className={css.waiting} role="status" aria-label="Loading" />
  return (
    <Plain title={`Join ${data.organization}`}>
      <p>
        You are invited as {data.email},{' '}
        {data.role === 'admin' ? 'an admin: you may change everything' : 'a member: you may see everything'}.
      </p>
      <JoinForm token={token} is_known={data.is_known} />
    </Plain>
  )
}

function JoinForm({ token, is_known }: { token: string; is_known: boolean }) {
  const [password, setPassword] = useState('')
  const join = useMutation({
    mutationFn: () => api.invitations.accept({ body: { token, ...(password && { password }) } }),
    onSuccess: ({ data }) => window.location.assign(data.sign_in_url),
    meta: { says_itself: true },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    join.mutate()
  }
  return (
    <form className={css.form} onSubmit={submit}>
      {!is_known && (
        <PasswordInput
          label="Password"
          description="At least 10 characters. Without one you sign in by links."
          minLength={10}
          maxLength={200}
          autoComplete="new-password"
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
        />
      )}
      {join.error && (
        <p className={css.fault} role="alert">
          {wordsOf(join.error)}
        </p>
      )}
      <Button type="submit" size="sm" loading={join.isPending || join.isSuccess}>
        Join
      </Button>
    </form>
  )
}
