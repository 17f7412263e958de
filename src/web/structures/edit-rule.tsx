import { Button, Modal } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type FormEvent, useState } from 'react'
import type { Terms } from '../../core/structure.ts'
import { changesBetween, periodWarning } from '../../core/structure-changes.ts'
import { api, tell } from '../api.ts'
import { counted } from '../shared/counted.ts'
import { Period } from '../shared/date-text.tsx'
import { fieldErrors } from '../shared/field-errors.ts'
import { useWrite } from '../shared/reads.ts'
import shared from '../shared/shared.module.css'
import { useSession } from '../shell/session.tsx'
import { bodyOf } from './new-structure.tsx'
import { Preview } from './preview.tsx'
import type { StructureDetail } from './queries.ts'
import css from './structures.module.css'
import { draftOf, readDraft } from './terms-draft.ts'
import { TermsFields } from './terms-fields.tsx'

/** Makes another version: it counts from the running period on, and what was earned stays as it is. */
export function EditRule({ structure, onClose }: { structure: StructureDetail; onClose: () => void }) {
  const is_phone = useMediaQuery('(max-width: 700px)')
  const current = structure.current_version as Terms
  const [draft, setDraft] = useState(() => draftOf(current))
  const [was_tried, setTried] = useState(false)
  const save = useWrite((terms: Terms, idempotency_key) =>
    api.structures.change({
      params: { structure_id: structure.id },
      body: { kind: 'rule', ...bodyOf(terms) },
      idempotency_key,
    }),
  )
  const read = readDraft(draft)
  const is_same = read.terms !== null && changesBetween(current, read.terms).length === 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!read.terms || is_same) return
    const saved = () => {
      tell(`“${structure.name}” pays by version ${structure.current_version.version_number + 1} now.`)
      onClose()
    }
    save.mutate(read.terms, { onSuccess: saved })
  }
  return (
    <Modal opened onClose={onClose} title="Change what it pays" size={640} fullScreen={is_phone ?? false}>
      <form className={shared.form} onSubmit={submit} noValidate>
        <p className={css.made}>
          This makes version {structure.current_version.version_number + 1}. It counts{' '}
          {draft.criteria_type === 'view_threshold' ? 'for milestones crossed from now on' : 'from the period that runs now on'}
          {structure.assignment_count > 0 && `, for ${counted(structure.assignment_count, 'partner')}`}; what was earned keeps the
          version that computed it.
        </p>
        <TermsFields
          draft={draft}
          faults={{ ...fieldErrors(save.error), ...(was_tried ? read.faults : {}) }}
          onChange={setDraft}
        />
        {read.terms && <Warning from={current} to={read.terms} />}
        <div className={css.foot}>
          <Preview terms={read.terms} />
          {was_tried && is_same && <p className={shared.fault}>These are the terms that it has already.</p>}
          <div className={shared.buttons}>
            <Button type="submit" loading={save.isPending}>
              Save as version {structure.current_version.version_number + 1}
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

/** A change of period in the middle of one costs somebody money: who saves it should know (decision 0014). */
function Warning({ from, to }: { from: Terms; to: Terms }) {
  const { me, time_zone } = useSession()
  const warning = periodWarning(from.period, to.period, { now: me.clock.now, time_zone })
  if (!warning) return null
  return (
    <p className={css.notice} role="alert">
      {warning.words} Running: <Period start={warning.running.first_on} end={warning.running.last_on} />.
    </p>
  )
}
