import { Button, Modal, NativeSelect, SegmentedControl, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { api, tell } from '../api.ts'
import { fieldErrors } from '../shared/field-errors.ts'
import { useWrite } from '../shared/reads.ts'
import { useSession } from '../shell/session.tsx'
import { emptyDraft, PartnerFields, sentOf } from './partner-form.tsx'
import css from './partners.module.css'
import type { NewPartner as Sent } from './queries.ts'

type Way = 'details' | 'handle'

/** Adds a partner: by its details, or by its handle where it is known by a channel. */
export function NewPartner({ onClose }: { onClose: () => void }) {
  const { brand } = useSession()
  const [way, setWay] = useState<Way>(brand.program_type === 'creator' ? 'handle' : 'details')
  return (
    <Modal opened onClose={onClose} title="New partner" size={620}>
      <SegmentedControl
        mb={16}
        size="xs"
        value={way}
        onChange={value => setWay(value as Way)}
        aria-label="How the partner is known"
        data={[
          { value: 'details', label: 'By name' },
          { value: 'handle', label: 'By handle' },
        ]}
      />
      {way === 'details' ? <ByDetails onClose={onClose} /> : <ByHandle onClose={onClose} />}
    </Modal>
  )
}

const Buttons = ({ is_pending, onClose }: { is_pending: boolean; onClose: () => void }) => (
  <div className={css.buttons}>
    <Button type="submit" loading={is_pending}>
      Add partner
    </Button>
    <Button variant="default" onClick={onClose}>
      Back
    </Button>
  </div>
)

function ByDetails({ onClose }: { onClose: () => void }) {
  const { brand } = useSession()
  const [draft, setDraft] = useState(emptyDraft)
  const add = useWrite((body: Sent, idempotency_key) =>
    api.partners.create({ params: { brand_id: brand.id }, body, idempotency_key }),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate(sentOf(draft), {
      onSuccess: ({ data }) => {
        tell(`${data.name} is added.`)
        onClose()
      },
    })
  }
  return (
    <form onSubmit={submit}>
      <PartnerFields draft={draft} onChange={change => setDraft(before => ({ ...before, ...change }))} error={add.error} />
      <Buttons is_pending={add.isPending} onClose={onClose} />
    </form>
  )
}

const platforms = [
  { value: 'tiktok', label: 'TikTok' },
  { value: 'youtube', label: 'YouTube' },
  { value: 'instagram', label: 'Instagram' },
  { value: 'x', label: 'X' },
  { value: 'other', label: 'Other' },
] as const
type Channel = { platform: (typeof platforms)[number]['value']; handle: string; display_name?: string }

function ByHandle({ onClose }: { onClose: () => void }) {
  const { brand } = useSession()
  const [platform, setPlatform] = useState<Channel['platform']>('tiktok')
  const [handle, setHandle] = useState('')
  const [name, setName] = useState('')
  const add = useWrite((body: Channel, idempotency_key) =>
    api.creators.add({ params: { project_id: brand.id }, body, idempotency_key }),
  )
  const faults = fieldErrors(add.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const display_name = name.trim() === '' ? {} : { display_name: name.trim() }
    add.mutate(
      { platform, handle: handle.trim(), ...display_name },
      {
        onSuccess: ({ status }) => {
          tell(`${name.trim() || handle.trim()} is ${status === 201 ? 'added' : 'back'}.`)
          onClose()
        },
      },
    )
  }
  const is_taken = !faults.handle && (add.error as { code?: string } | null)?.code === 'handle_taken'
  return (
    <form onSubmit={submit}>
      <div className={css.fields}>
        <NativeSelect
          label="Platform"
          value={platform}
          onChange={event => setPlatform(event.currentTarget.value as Channel['platform'])}
          data={[...platforms]}
        />
        <TextInput
          label="Handle"
          required
          withAsterisk={false}
          placeholder="@ada"
          data-autofocus
          value={handle}
          error={faults.handle ?? (is_taken ? 'belongs to another partner' : undefined)}
          onChange={event => setHandle(event.currentTarget.value)}
        />
        <TextInput
          label="Name"
          placeholder="the handle"
          maxLength={100}
          value={name}
          error={faults.display_name}
          onChange={event => setName(event.currentTarget.value)}
        />
      </div>
      <Buttons is_pending={add.isPending} onClose={onClose} />
    </form>
  )
}
