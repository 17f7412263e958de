import { ActionIcon, Menu } from '@mantine/core'
import { IconArchive, IconDots, IconPencil, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, tell } from '../api.ts'
import { Confirm } from '../shared/confirm.tsx'
import { counted } from '../shared/counted.ts'
import { useWrite } from '../shared/reads.ts'
import { useSession } from '../shell/session.tsx'
import { type StructureDetail, totalsQuery } from './queries.ts'

type Mode = 'archive' | 'hard'

/** The ends of a structure: archived it earns nothing new, deleted it was never there, which only one without accruals can be. */
export function StructureMenu({ structure, onRename }: { structure: StructureDetail; onRename: () => void }) {
  const { brand } = useSession()
  const navigate = useNavigate()
  const [asked, setAsked] = useState<Mode | null>(null)
  const { data: totals } = useQuery(totalsQuery(brand.id, structure.id))
  const remove = useWrite((mode: Mode, idempotency_key) =>
    api.structures.remove({ params: { structure_id: structure.id }, query: { mode }, idempotency_key }),
  )
  const has_accruals = (totals?.accrual_count ?? 0) > 0
  const gone = (mode: Mode) => {
    setAsked(null)
    tell(mode === 'hard' ? `“${structure.name}” is deleted.` : `“${structure.name}” is archived.`)
    if (mode === 'hard') void navigate({ to: '/structures', search: ((before: object) => before) as never })
  }
  const confirm = (mode: Mode) => remove.mutate(mode, { onSuccess: () => gone(mode) })
  const shared = { is_pending: remove.isPending, onClose: () => setAsked(null) }
  return (
    <>
      <Menu position="bottom-end" width={280}>
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label="More">
            <IconDots size={16} aria-hidden="true" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={15} aria-hidden="true" />} onClick={onRename}>
            Name and notes …
          </Menu.Item>
          {structure.is_active && (
            <Menu.Item leftSection={<IconArchive size={15} aria-hidden="true" />} onClick={() => setAsked('archive')}>
              Archive …
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconTrash size={15} aria-hidden="true" />}
            aria-disabled={has_accruals}
            data-disabled={has_accruals || undefined}
            onClick={() => !has_accruals && setAsked('hard')}
          >
            Delete …
            {has_accruals && (
              <span style={{ display: 'block', fontSize: 12, whiteSpace: 'normal' }}>
                Not possible: it has accruals, and they keep the terms that computed them. Archive it instead.
              </span>
            )}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asked === 'archive' && (
        <Confirm
          title={`Archive “${structure.name}”?`}
          action="Archive structure"
          {...shared}
          onConfirm={() => confirm('archive')}
        >
          <p>
            It makes no new accruals: the period that runs now gives nothing
            {structure.assignment_count > 0 && ` for the ${counted(structure.assignment_count, 'partner')} on it`}. Periods that
            ended before are still computed, and what was earned stays payable.
          </p>
          <p>An archived structure cannot be taken up again; make a new one with the same terms.</p>
        </Confirm>
      )}
      {asked === 'hard' && (
        <Confirm
          title={`Delete “${structure.name}”?`}
          action="Delete structure"
          is_danger
          {...shared}
          onConfirm={() => confirm('hard')}
        >
          <p>It has made no accruals, so it can go without a trace in the books: its versions and assignments go with it.</p>
        </Confirm>
      )}
    </>
  )
}
