import { Button, NativeSelect } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Client } from '../../client/client.ts'
import { api, tell } from '../api.ts'
import { Confirm } from '../shared/confirm.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Section } from '../shared/page.tsx'
import { keyOf, useWrite } from '../shared/reads.ts'
import { Failed, Waiting } from '../shared/states.tsx'
import table from '../shared/table.module.css'
import { useSession } from '../shell/session.tsx'
import { InviteForm, SentLink } from './invite-form.tsx'
import { SettingsPage } from './settings-page.tsx'
import css from './team.module.css'

type Member = Awaited<ReturnType<Client['members']['list']>>['data'][number]
type Invited = Awaited<ReturnType<Client['invitations']['list']>>['data'][number]
export type Sent = Awaited<ReturnType<Client['invitations']['create']>>['data']

/** Who works here, and who is invited. Source: spec A2. */
export function TeamPage() {
  const { brand, is_admin } = useSession()
  const [is_inviting, setInviting] = useState(false)
  const [sent, setSent] = useState<Sent | null>(null)
  const members = useQuery({ queryKey: keyOf(brand.id, 'members'), queryFn: async () => (await api.members.list()).data })
  const invited = useQuery({ queryKey: keyOf(brand.id, 'invitations'), queryFn: async () => (await api.invitations.list()).data })
  const invite = is_admin && (
    <Button data-key="c" onClick={() => setInviting(true)} leftSection={<IconUserPlus size={15} aria-hidden="true" />}>
      Invite
    </Button>
  )
  return (
    <SettingsPage title="Team" actions={invite}>
      {is_inviting && <InviteForm onClose={() => setInviting(false)} onSent={setSent} />}
      {sent && <SentLink sent={sent} onClose={() => setSent(null)} />}
      {!members.data && (members.error ? <Failed error={members.error} onRetry={() => void members.refetch()} /> : <Waiting />)}
      {members.data && <Members members={members.data} />}
      {invited.data && invited.data.length > 0 && (
        <Section id="invited" title="Invited">
          <Invitations invited={invited.data} onSent={setSent} />
        </Section>
      )}
    </SettingsPage>
  )
}

function Members({ members }: { members: Member[] }) {
  const { is_admin } = useSession()
  return (
    <table className={table.table} aria-label="Members">
      <thead>
        <tr>
          <th scope="col">Member</th>
          <th scope="col">Role</th>
          <th scope="col" className={table.date} data-wide>
            Since
          </th>
          {is_admin && (
            <th scope="col" className={table.action}>
              <span className={table.hidden}>Action</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {members.map(member => (
          <MemberRow key={member.id} member={member} />
        ))}
      </tbody>
    </table>
  )
}

const roles = [
  { value: 'admin', label: 'Admin' },
  { value: 'member', label: 'Member' },
]

function MemberRow({ member }: { member: Member }) {
  const { me, is_admin } = useSession()
  const [is_leaving, setLeaving] = useState(false)
  const change = useWrite((role: 'admin' | 'member', idempotency_key) =>
    api.members.change({ params: { member_id: member.id }, body: { role }, idempotency_key }),
  )
  const remove = useWrite((_: null, idempotency_key) => api.members.remove({ params: { member_id: member.id }, idempotency_key }))
  const removed = () => {
    setLeaving(false)
    tell(`${member.email} is no member any more.`)
  }
  return (
    <tr>
      <th scope="row">
        <span className={table.name}>{member.email}</span>
        {member.email === me.email && <span className={css.you}>you</span>}
        <BrandRoles member={member} />
      </th>
      <td>
        {is_admin ? (
          <NativeSelect
            className={css.role}
            size="xs"
            aria-label={`Role of ${member.email}`}
            data={roles}
            value={member.role}
            disabled={change.isPending}
            onChange={event => change.mutate(event.currentTarget.value as 'admin' | 'member')}
          />
        ) : (
          roles.find(role => role.value === member.role)?.label
        )}
      </td>
      <td className={table.date} data-wide>
        <DateText at={member.created_at} />
      </td>
      {is_admin && (
        <td className={table.action}>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            onClick={() => setLeaving(true)}
            aria-label={`Remove ${member.email}`}
          >
            Remove
          </Button>
          {is_leaving && (
            <Confirm
              title={`Remove ${member.email}?`}
              action="Remove member"
              is_danger
              is_pending={remove.isPending}
              onConfirm={() => remove.mutate(null, { onSuccess: removed })}
              onClose={() => setLeaving(false)}
            >
              <p>They are out with their next click, and their API keys stop working. What they did stays on record.</p>
            </Confirm>
          )}
        </td>
      )}
    </tr>
  )
}

/** What they may do in single brands, when it differs. */
function BrandRoles({ member }: { member: Member }) {
  const { me } = useSession()
  const named = member.brand_roles.map(({ brand_id, role }) => {
    const name = me.brands.find(brand => brand.id === brand_id)?.name
    return name && `${role === 'admin' ? 'Admin' : 'Member'} of ${name}`
  })
  const text = named.filter(Boolean).join(', ')
  return member.role === 'admin' || !text ? null : <span className={css.more}>{text}</span>
}

function Invitations({ invited, onSent }: { invited: Invited[]; onSent: (sent: Sent) => void }) {
  return (
    <table className={table.table} aria-label="Invitations">
      <tbody>
        {invited.map(each => (
          <InvitedRow key={each.id} invitation={each} onSent={onSent} />
        ))}
      </tbody>
    </table>
  )
}

function InvitedRow({ invitation, onSent }: { invitation: Invited; onSent: (sent: Sent) => void }) {
  const { me, is_admin } = useSession()
  const params = { invitation_id: invitation.id }
  const resend = useWrite((_: null, idempotency_key) => api.invitations.resend({ params, idempotency_key }))
  const revoke = useWrite((_: null, idempotency_key) => api.invitations.revoke({ params, idempotency_key }))
  const has_expired = invitation.expires_at <= me.clock.now
  return (
    <tr>
      <th scope="row">
        <span className={table.name}>{invitation.email}</span>
        <span className={css.more}>
          {invitation.role === 'admin' ? 'as admin' : 'as member'}, {has_expired ? 'expired' : 'works until'}{' '}
          <DateText at={invitation.expires_at} />
        </span>
      </th>
      {is_admin && (
        <td className={css.buttons}>
          <Button
            variant="subtle"
            size="compact-sm"
            loading={resend.isPending}
            aria-label={`Send again to ${invitation.email}`}
            onClick={() => resend.mutate(null, { onSuccess: ({ data }) => onSent(data) })}
          >
            Send again
          </Button>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            loading={revoke.isPending}
            aria-label={`Revoke the invitation of ${invitation.email}`}
            onClick={() => revoke.mutate(null)}
          >
            Revoke
          </Button>
        </td>
      )}
    </tr>
  )
}
