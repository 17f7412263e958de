import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { api } from '../api.ts'
import { fieldErrors } from '../shared/field-errors.ts'
import { useWrite } from '../shared/reads.ts'
import shared from '../shared/shared.module.css'
import type { StructureDetail } from './queries.ts'

type Words = { name: string; readme: string | null }

/** How a structure is called and what is noted about it; what it pays does not change, so there is no new version. */
export function EditWords({ structure, onClose }: { structure: StructureDetail; onClose: () => void }) {
  const [words, setWords] = useState({ name: structure.name, readme: structure.readme ?? '' })
  const save = useWrite((body: Words, idempotency_key) =>
    api.structures.change({ params: { structure_id: structure.id }, body: { kind: 'cosmetic', ...body }, idempotency_key }),
  )
  const is_nameless = words.name.trim() === ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!is_nameless) save.mutate({ name: words.name.trim(), readme: words.readme.trim() || null }, { onSuccess: onClose })
  }
  return (
    <Modal opened onClose={onClose} title="Name and notes">
      <form className={shared.form} onSubmit={submit} noValidate>
        <TextInput
          label="Name"
          maxLength={100}
          data-autofocus
          value={words.name}
          error={is_nameless ? 'Type a name' : fieldErrors(save.error).name}
          onChange={event => setWords({ ...words, name: event.currentTarget.value })}
        />
        <Textarea
          label="Notes"
          description="Optional, Markdown."
          maxLength={50_000}
          autosize
          minRows={3}
          maxRows={12}
          value={words.readme}
          onChange={event => setWords({ ...words, readme: event.currentTarget.value })}
        />
        <div className={shared.buttons}>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
        </div>
      </form>
    </Modal>
  )
}
