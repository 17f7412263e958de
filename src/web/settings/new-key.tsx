import { Button, CopyButton, Modal, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { addDays, dayOf, startOfDay } from '../../core/calendar.ts'
import { api } from '../api.ts'
import { fieldErrors } from '../shared/field-errors.ts'
import { useWrite } from '../shared/reads.ts'
import shared from '../shared/shared.module.css'
import { useSession } from '../shell/session.tsx'
import type { NewKey } from './queries.ts'
import css from './settings.module.css'

type Body = NonNullable<Parameters<typeof api.keys.create>[0]>['body']
type Wish = { name: string; brand_id: string; scopes: 'both' | 'read' | 'write'; days: string }

const scopes = [
  { value: 'both', label: 'Read and write' },
  { value: 'read', label: 'Read only' },
  { value: 'write', label: 'Write only' },
]
const ends = [
  { value: '90', label: 'In 90 days' },
  { value: '30', label: 'In 30 days' },
  { value: '365', label: 'In a year' },
  { value: '', label: 'Never' },
]

/** Makes a key of the organization or of one brand, with no more scope and no longer life than it needs. */
export function NewKeyForm({ onClose, onMade }: { onClose: () => void; onMade: (made: NewKey) => void }) {
  const { me, time_zone } = useSession()
  const [wish, setWish] = useState<Wish>({ name: '', brand_id: '', scopes: 'both', days: '90' })
  const [was_tried, setTried] = useState(false)
  const set = (change: Partial<Wish>) => setWish({ ...wish, ...change })
  const make = useWrite((body: Body, idempotency_key) => api.keys.create({ body, idempotency_key }))
  const faults = fieldErrors(make.error)
  const is_nameless = wish.name.trim() === ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (is_nameless) return
    make.mutate(bodyOf(wish, { today: dayOf(me.clock.now, time_zone), time_zone }), {
      onSuccess: ({ data }) => {
        onMade(data)
        onClose()
      },
    })
  }
  return (
    <Modal opened onClose={onClose} title="New API key">
      <form className={shared.form} onSubmit={submit} noValidate>
        <TextInput
          label="Name"
          description="What uses it, so that the right one is revoked one day."
          placeholder="Warehouse sync"
          maxLength={100}
          autoComplete="off"
          data-autofocus
          value={wish.name}
          error={was_tried && is_nameless ? 'Type a name' : faults.name}
          onChange={event => set({ name: event.currentTarget.value })}
        />
        <NativeSelect
          label="Reaches"
          description={wish.brand_id === '' ? 'Begins with tga_' : 'Begins with tk_; another brand does not exist for it'}
          data={[
            { value: '', label: `All of ${me.organization.name}` },
            ...me.brands.map(({ id, name }) => ({ value: id, label: `Only ${name}` })),
          ]}
          value={wish.brand_id}
          onChange={event => set({ brand_id: event.currentTarget.value })}
        />
        <NativeSelect
          label="May"
          data={scopes}
          value={wish.scopes}
          error={faults.scopes}
          onChange={event => set({ scopes: event.currentTarget.value as Wish['scopes'] })}
        />
        <NativeSelect
          label="Ends"
          data={ends}
          value={wish.days}
          error={faults.expires_at}
          onChange={event => set({ days: event.currentTarget.value })}
        />
        <div className={shared.buttons}>
          <Button type="submit" loading={make.isPending}>
            Create key
          </Button>
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
        </div>
      </form>
    </Modal>
  )
}

const bodyOf = ({ name, brand_id, scopes, days }: Wish, { today, time_zone }: { today: string; time_zone: string }): Body => ({
  name: name.trim(),
  ...(brand_id && { brand_id }),
  scopes: scopes === 'both' ? ['read', 'write'] : [scopes],
  ...(days && { expires_at: startOfDay(addDays(today, Number(days) + 1), time_zone) }),
})

/** The key itself, this one time: the server keeps only its hash. */
export function ShownOnce({ made, onClose }: { made: NewKey; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={`The key “${made.name}”`} closeOnClickOutside={false}>
      <div className={shared.form}>
        <p className={css.text}>
          {made.api_key === null
            ? 'It was made, but its answer got lost on the way, and it is told only once. Revoke it and make another.'
            : 'Copy it now: it is shown this once, and nobody can look it up afterwards.'}
        </p>
        {made.api_key !== null && (
          <div className={css.secret}>
            <code>{made.api_key}</code>
            <CopyButton value={made.api_key}>
              {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copied' : 'Copy'}</Button>}
            </CopyButton>
          </div>
        )}
        <div className={shared.buttons}>
          <Button variant="default" onClick={onClose}>
            {made.api_key === null ? 'Back' : 'I have kept it'}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
