import { Button } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { api, tell } from '../api.ts'
import { useWrite } from '../shared/reads.ts'
import { useSession } from '../shell/session.tsx'
import { draftOf, PartnerFields, sentOf } from './partner-form.tsx'
import css from './partners.module.css'
import type { Partner, PartnerChange } from './queries.ts'

/** Everything that is known of a partner, to be changed. */
export function DetailsTab({ partner }: { partner: Partner }) {
  const { brand, is_admin } = useSession()
  const [draft, setDraft] = useState(() => draftOf(partner))
  const save = useWrite((body: PartnerChange, idempotency_key) =>
    api.partners.change({ params: { brand_id: brand.id, partner_id: partner.id }, body, idempotency_key }),
  )
  const is_same = JSON.stringify(draft) === JSON.stringify(draftOf(partner))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(sentOf(draft), {
      onSuccess: ({ data }) => {
        setDraft(draftOf(data))
        tell(`${data.name} is saved.`)
      },
    })
  }
  return (
    <form onSubmit={submit} aria-label="Details">
      <PartnerFields
        draft={draft}
        onChange={change => setDraft(before => ({ ...before, ...change }))}
        error={save.error}
        is_full
        disabled={!is_admin}
      />
      {is_admin && (
        <div className={css.buttons}>
          <Button
            type="submit"
            loading={save.isPending}
            aria-disabled={is_same || undefined}
            data-disabled={is_same || undefined}
          >
            Save changes
          </Button>
          {!is_same && (
            <Button variant="default" onClick={() => setDraft(draftOf(partner))}>
              Undo changes
            </Button>
          )}
        </div>
      )}
    </form>
  )
}
