import { Button, CopyButton, Modal, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { api } from '../api.ts'
import { useWrite } from '../shared/reads.ts'
import shared from '../shared/shared.module.css'
import { useSession } from '../shell/session.tsx'
import css from './team.module.css'
import type { Sent } from './team-page.tsx'

type Asked = { email: string; role: 'admin' | 'member'; brand_id?: string }

/** Invites somebody, to the whole organization or to one brand. */
export function InviteForm({ onClose, onSent }: { onClose: () => void; onSent: (sent: Sent) => void }) {
  const { me } = useSession()
  const [asked, setAsked] = useState<Asked>({ email: '', role: 'member' })
  const invite = useWrite((body: Asked, idempotency_key) => api.invitations.create({ body, idempotency_key }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    invite.mutate(asked, {
      onSuccess: ({ data }) => {
        onSent(data)
        onClose()
      },
    })
  }
  const everywhere = me.brands.length > 1 ? 'All brands' : me.organization.name
  return (
    <Modal opened onClose={onClose} title="Invite to the team">
      <form className={shared.form} onSubmit={submit}>
        <TextInput
          label="E-mail"
          type="email"
          required
          withAsterisk={false}
          maxLength={320}
          data-autofocus
          value={asked.email}
          onChange={event => setAsked({ ...asked, email: event.currentTarget.value })}
        />
        <NativeSelect
          label="Role"
          description={
            asked.role === 'admin' ? 'May change everything, pay, and invite.' : 'May look at everything and change nothing.'
          }
          data={[
            { value: 'member', label: 'Member' },
            { value: 'admin', label: 'Admin' },
          ]}
          value={asked.role}
          onChange={event => setAsked({ ...asked, role: event.currentTarget.value as Asked['role'] })}
        />
        {me.brands.length > 1 && (
          <NativeSelect
            label="Where"
            data={[{ value: '', label: everywhere }, ...me.brands.map(({ id, name }) => ({ value: id, label: name }))]}
            value={asked.brand_id ?? ''}
            onChange={event => {
              const { brand_id: _, ...rest } = asked
              const { value } = event.currentTarget
              setAsked(value ? { ...rest, brand_id: value } : rest)
            }}
          />
        )}
        <div className={shared.buttons}>
          <Button type="submit" loading={invite.isPending}>
            Send invitation
          </Button>
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
        </div>
      </form>
    </Modal>
  )
}

/** The link, shown once: nobody can look it up later. */
export const SentLink = ({ sent, onClose }: { sent: Sent; onClose: () => void }) => (
  <Modal opened onClose={onClose} title={`Invitation for ${sent.email}`} size="lg">
    <div className={shared.form}>
      <p className={css.text}>
        {sent.mailed
          ? 'It was mailed. You can also give them this link yourself; it works once, for seven days.'
          : 'Give them this link; it works once, for seven days. It is shown only now: this server sends no mail.'}
      </p>
      <TextInput readOnly aria-label="Invitation link" value={sent.url ?? ''} onFocus={event => event.currentTarget.select()} />
      <div className={shared.buttons}>
        <CopyButton value={sent.url ?? ''}>
          {({ copied, copy }) => (
            <Button onClick={copy} data-autofocus>
              {copied ? 'Copied' : 'Copy link'}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  </Modal>
)
