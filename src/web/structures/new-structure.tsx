import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type FormEvent, useState } from 'react'
import type { Terms } from '../../core/structure.ts'
import { api, tell } from '../api.ts'
import { fieldErrors } from '../shared/field-errors.ts'
import { useWrite } from '../shared/reads.ts'
import shared from '../shared/shared.module.css'
import { useSession } from '../shell/session.tsx'
import { Preview } from './preview.tsx'
import css from './structures.module.css'
import { blank, patterns, readDraft, type TermsDraft } from './terms-draft.ts'
import { TermsFields } from './terms-fields.tsx'

type NewStructureProps = { onClose: () => void; onMade: (structure_id: string) => void }
type Made = { name: string; readme: string | null; terms: Terms }

/** Makes a structure of any type. What is typed is checked as the server would, and read back in one sentence. */
export function NewStructure({ onClose, onMade }: NewStructureProps) {
  const { brand } = useSession()
  const is_phone = useMediaQuery('(max-width: 700px)')
  const [name, setName] = useState('')
  const [readme, setReadme] = useState('')
  const [draft, setDraft] = useState<TermsDraft>(blank)
  const [was_tried, setTried] = useState(false)
  const make = useWrite(({ terms, ...rest }: Made, idempotency_key) =>
    api.structures.create({ body: { project_id: brand.id, ...rest, ...bodyOf(terms) }, idempotency_key }),
  )
  const read = readDraft(draft)
  const faults = { ...fieldErrors(make.error), ...(was_tried ? read.faults : {}) }
  const is_nameless = name.trim() === ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!read.terms || is_nameless) return
    const made = { name: name.trim(), readme: readme.trim() || null, terms: read.terms }
    make.mutate(made, {
      onSuccess: ({ data }) => {
        tell(`“${made.name}” is made. Assign partners to it now.`)
        onMade(data.structure_id)
      },
    })
  }
  return (
    <Modal opened onClose={onClose} title="New structure" size={640} fullScreen={is_phone ?? false}>
      <form className={shared.form} onSubmit={submit} noValidate>
        <Patterns
          onChoose={pattern => {
            setDraft({ ...blank, ...pattern.draft })
            if (is_nameless || patterns.some(each => each.name === name)) setName(pattern.name)
          }}
        />
        <TextInput
          label="Name"
          maxLength={100}
          data-autofocus
          autoComplete="off"
          value={name}
          error={was_tried && is_nameless ? 'Type a name' : faults.name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <TermsFields draft={draft} faults={faults} onChange={setDraft} />
        <Textarea
          label="Notes"
          description="Optional, Markdown: what was agreed, and why."
          maxLength={50_000}
          autosize
          minRows={2}
          maxRows={8}
          value={readme}
          onChange={event => setReadme(event.currentTarget.value)}
        />
        <div className={css.foot}>
          <Preview terms={read.terms} />
          <div className={shared.buttons}>
            <Button type="submit" loading={make.isPending}>
              Create structure
            </Button>
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
          </div>
        </div>
      </form>
    </Modal>
  )
}

/** Terms as the contract takes them. */
export const bodyOf = ({ currency: _, criteria_params, ...terms }: Terms) => ({
  ...terms,
  currency: 'USD' as const,
  criteria_params: criteria_params as Record<string, never>,
})

const Patterns = ({ onChoose }: { onChoose: (pattern: (typeof patterns)[number]) => void }) => (
  <fieldset className={css.patterns}>
    <legend>Common patterns</legend>
    {patterns.map(pattern => (
      <button key={pattern.name} type="button" className={css.pattern} onClick={() => onChoose(pattern)}>
        <strong>{pattern.name}</strong>
        <span>{pattern.hint}</span>
      </button>
    ))}
  </fieldset>
)
