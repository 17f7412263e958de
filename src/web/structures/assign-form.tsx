import { Button, Checkbox, Modal, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, tell } from '../api.ts'
import { counted } from '../shared/counted.ts'
import { Empty } from '../shared/empty.tsx'
import { useWrite } from '../shared/reads.ts'
import shared from '../shared/shared.module.css'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { afterwards } from './preview.tsx'
import { candidatesQuery, type StructureDetail } from './queries.ts'
import css from './structures.module.css'

type Partner = { id: string; name: string; email: string | null }

/** Finds partners by name, e-mail or alias and puts several on a structure at once. The choice stays while one searches on. */
export function AssignForm({ structure, onClose }: { structure: StructureDetail; onClose: () => void }) {
  const { brand } = useSession()
  const [q, setQ] = useState('')
  const [asked] = useDebouncedValue(q.trim(), 200)
  const [chosen, setChosen] = useState<readonly Partner[]>([])
  const found = useQuery({ ...candidatesQuery(brand.id, asked), placeholderData: keepPreviousData })
  const assign = useWrite((creator_ids: string[], idempotency_key) =>
    api.structures.assign({ params: { structure_id: structure.id }, body: { creator_ids }, idempotency_key }),
  )
  const toggle = (partner: Partner) =>
    setChosen(chosen.some(each => each.id === partner.id) ? chosen.filter(each => each.id !== partner.id) : [...chosen, partner])
  const assigned = ({ data }: { data: { assigned: number; already_assigned: number } }) => {
    const before = data.already_assigned > 0 ? ` ${counted(data.already_assigned, 'partner')} had been on it already.` : ''
    tell(`${counted(data.assigned, 'partner')} assigned to “${structure.name}”.${before}`)
    onClose()
  }
  // whoever was chosen stays in sight, whatever is searched for next
  const rest = chosen.filter(partner => !found.data?.some(each => each.id === partner.id))
  const shown = [...rest, ...(found.data ?? [])]
  return (
    <Modal opened onClose={onClose} title={`Assign partners to “${structure.name}”`}>
      <div className={shared.form}>
        <TextInput
          type="search"
          aria-label="Search: name, e-mail or alias"
          placeholder="Name, e-mail or alias"
          data-autofocus
          value={q}
          leftSection={<IconSearch size={15} aria-hidden="true" />}
          onChange={event => setQ(event.currentTarget.value)}
        />
        <fieldset className={`${css.patterns} ${css.candidates}`} style={{ display: 'block' }} aria-label="Partners">
          {!found.data && (found.error ? <Failed error={found.error} onRetry={() => void found.refetch()} /> : <Waiting />)}
          {shown.map(partner => (
            <Checkbox
              key={partner.id}
              size="xs"
              className={css.candidate}
              label={partner.name}
              description={partner.email}
              checked={chosen.some(each => each.id === partner.id)}
              onChange={() => toggle(partner)}
            />
          ))}
          {found.data && shown.length === 0 && <Empty title={q ? 'No partner is called that.' : 'No partners yet.'} />}
        </fieldset>
        <p className={css.hint}>From now on. {afterwards(structure.current_version)}</p>
        <div className={shared.buttons}>
          <Button
            disabled={chosen.length === 0}
            loading={assign.isPending}
            onClick={() =>
              assign.mutate(
                chosen.map(each => each.id),
                { onSuccess: assigned },
              )
            }
          >
            {chosen.length === 0 ? 'Choose partners above' : `Assign ${counted(chosen.length, 'partner')}`}
          </Button>
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
        </div>
      </div>
    </Modal>
  )
}
