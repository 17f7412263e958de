import { Button, Switch, Tooltip } from '@mantine/core'
import { IconCash, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, tell } from '../api.ts'
import { Confirm } from '../shared/confirm.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import table from '../shared/table.module.css'
import { useSession } from '../shell/session.tsx'
import { MethodForm } from './method-form.tsx'
import { type Method, methodsQuery, organizationQuery, useMethodWrite } from './queries.ts'
import css from './settings.module.css'
import { SettingsPage } from './settings-page.tsx'

/** How payments are sent: labels, shared by all brands, which move no money. Source: spec B5, B15, row TG-85. */
export function MethodsPage() {
  const { brand, me } = useSession()
  const may_change = me.role === 'admin'
  const [edited, setEdited] = useState<Method | 'new' | null>(null)
  const { data, error, refetch } = useQuery(methodsQuery(brand.id, may_change))
  const add = may_change && (
    <Button data-key="c" onClick={() => setEdited('new')} leftSection={<IconPlus size={15} aria-hidden="true" />}>
      Add method
    </Button>
  )
  return (
    <SettingsPage title="Payout methods" actions={add}>
      <div className={css.above}>
        <p className={css.text}>
          What “Mark paid” offers. A payment keeps the name it was made with, whatever becomes of the method.
        </p>
        <Counter />
      </div>
      {!data && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {data && <Methods methods={data} onEdit={may_change ? setEdited : undefined} />}
      {edited && (
        <MethodForm
          key={edited === 'new' ? 'new' : edited.id}
          method={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
    </SettingsPage>
  )
}

/** How many active methods the plan allows, and how many there are. */
function Counter() {
  const { brand } = useSession()
  const { data } = useQuery(organizationQuery(brand.id))
  const limit = data?.limits.find(each => each.limit_key === 'max_payout_methods_per_org')
  if (!limit) return null
  return (
    <span className={css.counter} data-full={(limit.max !== null && limit.current >= limit.max) || undefined}>
      {limit.max === null ? `${limit.current} active, no limit` : `${limit.current} of ${limit.max} active`}
    </span>
  )
}

function Methods({ methods, onEdit }: { methods: Method[]; onEdit: ((method: Method) => void) | undefined }) {
  return (
    <table className={table.table} aria-label="Payout methods">
      <thead>
        <tr>
          <th scope="col">Method</th>
          <th scope="col" className={css.switch}>
            Active
          </th>
          {onEdit && (
            <th scope="col" className={table.action}>
              <span className={table.hidden}>Action</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {methods.map(method => (
          <MethodRow key={method.id} method={method} onEdit={onEdit && (() => onEdit(method))} />
        ))}
      </tbody>
    </table>
  )
}

function MethodRow({ method, onEdit }: { method: Method; onEdit: (() => void) | undefined }) {
  const change = useMethodWrite((is_active: boolean, idempotency_key) =>
    api.methods.change({ params: { method_id: method.id }, body: { is_active }, idempotency_key }),
  )
  return (
    <tr data-off={!method.is_active || undefined}>
      <th scope="row">
        <span className={css.method}>
          <MethodIcon url={method.icon_url} />
          <span className={table.name}>{method.name}</span>
          {method.is_default && (
            <span className={css.badge} title="Every organization starts with it; it can be switched off, not deleted">
              Default
            </span>
          )}
        </span>
      </th>
      <td className={css.switch}>
        {onEdit ? (
          <Switch
            size="xs"
            aria-label={`${method.name} is active`}
            checked={method.is_active}
            disabled={change.isPending}
            onChange={event => change.mutate(event.currentTarget.checked)}
          />
        ) : (
          'yes'
        )}
      </td>
      {onEdit && (
        <td>
          <div className={css.buttons}>
            <Button variant="subtle" size="compact-sm" onClick={onEdit} aria-label={`Edit ${method.name}`}>
              Edit
            </Button>
            <DeleteButton method={method} />
          </div>
        </td>
      )}
    </tr>
  )
}

/** The server's address of an icon, or a sign that there is none. Its own policy keeps an SVG from running anything. */
export const MethodIcon = ({ url }: { url: string | null }) => (
  <span className={css.icon}>{url ? <img src={url} alt="" /> : <IconCash size={17} stroke={1.6} aria-hidden="true" />}</span>
)

function DeleteButton({ method }: { method: Method }) {
  const [is_asked, setAsked] = useState(false)
  const remove = useMethodWrite((_: null, idempotency_key) =>
    api.methods.remove({ params: { method_id: method.id }, idempotency_key }),
  )
  const removed = () => {
    setAsked(false)
    tell(`${method.name} is deleted; payments made with it keep its name.`)
  }
  return (
    <>
      <Tooltip label="A default stays; switch it off instead" disabled={!method.is_default}>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          className={css.quietButton}
          aria-label={`Delete ${method.name}`}
          {...(method.is_default && { 'aria-disabled': true, 'data-disabled': true })}
          onClick={() => !method.is_default && setAsked(true)}
        >
          Delete
        </Button>
      </Tooltip>
      {is_asked && (
        <Confirm
          title={`Delete ${method.name}?`}
          action="Delete method"
          is_danger
          is_pending={remove.isPending}
          onConfirm={() => remove.mutate(null, { onSuccess: removed })}
          onClose={() => setAsked(false)}
        >
          <p>It is offered no more. Payments that were made with it keep its name.</p>
        </Confirm>
      )}
    </>
  )
}
