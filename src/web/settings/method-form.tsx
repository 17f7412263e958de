import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { api, tell } from '../api.ts'
import { fieldErrors } from '../shared/field-errors.ts'
import shared from '../shared/shared.module.css'
import { IconField, type Picked } from './icon-field.tsx'
import { type Method, useMethodWrite } from './queries.ts'

type Wish = { name: string; readme: string | null; icon: Picked | null | 'kept' }

/** Adds a method, or changes how one is called and looks. The icon is uploaded first, and then named by its path. */
export function MethodForm({ method, onClose }: { method: Method | null; onClose: () => void }) {
  const [name, setName] = useState(method?.name ?? '')
  const [readme, setReadme] = useState(method?.readme ?? '')
  const [icon, setIcon] = useState<Wish['icon']>('kept')
  const [was_tried, setTried] = useState(false)
  const save = useMethodWrite(async ({ icon: wanted, ...words }: Wish, idempotency_key) => {
    const body = { ...words, ...(await pathOf(wanted, idempotency_key)) }
    if (method) return api.methods.change({ params: { method_id: method.id }, body, idempotency_key })
    return api.methods.create({ body, idempotency_key })
  })
  const is_nameless = name.trim() === ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (is_nameless) return
    const saved = () => {
      tell(method ? `${name.trim()} is saved.` : `${name.trim()} is offered from now on.`)
      onClose()
    }
    save.mutate({ name: name.trim(), readme: readme.trim() || null, icon }, { onSuccess: saved })
  }
  return (
    <Modal opened onClose={onClose} title={method ? `Edit ${method.name}` : 'Add payout method'}>
      <form className={shared.form} onSubmit={submit} noValidate>
        <TextInput
          label="Name"
          description={method ? 'Payments that were made keep the name of then.' : undefined}
          maxLength={100}
          autoComplete="off"
          data-autofocus
          value={name}
          error={was_tried && is_nameless ? 'Type a name' : fieldErrors(save.error).name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <IconField url={method?.icon_url ?? null} picked={icon} fault={fieldErrors(save.error).icon_path} onPick={setIcon} />
        <Textarea
          label="Notes"
          description="Optional, Markdown: accounts, fees, who may send."
          maxLength={50_000}
          autosize
          minRows={2}
          maxRows={8}
          value={readme}
          onChange={event => setReadme(event.currentTarget.value)}
        />
        <div className={shared.buttons}>
          <Button type="submit" loading={save.isPending}>
            {method ? 'Save' : 'Add method'}
          </Button>
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
        </div>
      </form>
    </Modal>
  )
}

async function pathOf(icon: Wish['icon'], key: string): Promise<{ icon_path?: string | null }> {
  if (icon === 'kept') return {}
  if (icon === null) return { icon_path: null }
  const { media_type, bytes } = icon
  const { data } = await api.methods.uploadIcon({ body: { media_type, bytes }, idempotency_key: `${key}-icon` })
  return data
}
