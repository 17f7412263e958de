import { Button, Switch } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { prorationMeanings } from '../../core/structure-changes.ts'
import { api, tell } from '../api.ts'
import { actorText } from '../shared/actor.ts'
import { Confirm } from '../shared/confirm.tsx'
import { counted } from '../shared/counted.ts'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Section } from '../shared/page.tsx'
import { useWrite } from '../shared/reads.ts'
import { RowLink } from '../shared/row-link.tsx'
import { useSession } from '../shell/session.tsx'
import { AssignForm } from './assign-form.tsx'
import { type Assignment, assignmentsQuery, type StructureDetail } from './queries.ts'
import css from './structures.module.css'

/** Who is on a structure, and with the switch who was; several are put on it or taken off together. */
export function Assigned({ structure }: { structure: StructureDetail }) {
  const { brand, is_admin } = useSession()
  const { former } = useSearch({ from: '/shell/structures/$structure_id' })
  const navigate = useNavigate()
  const [is_assigning, setAssigning] = useState(false)
  const [selected, setSelected] = useState<Assignment[]>([])
  const query = useInfiniteQuery(assignmentsQuery(brand.id, structure.id, former === '1'))
  const showFormer = (next: boolean) =>
    void navigate({
      to: '.',
      search: ((before: object) => ({ ...before, former: next ? '1' : undefined })) as never,
      replace: true,
    })
  return (
    <Section
      id="partners"
      title={`Partners on it: ${structure.assignment_count.toLocaleString('en')}`}
      aside={
        <div className={css.bar}>
          <Switch
            size="xs"
            label="Show former"
            checked={former === '1'}
            onChange={event => showFormer(event.currentTarget.checked)}
          />
          {is_admin && structure.is_active && (
            <Button
              variant="default"
              onClick={() => setAssigning(true)}
              leftSection={<IconUserPlus size={15} aria-hidden="true" />}
            >
              Assign partners
            </Button>
          )}
        </div>
      }
    >
      {is_assigning && <AssignForm structure={structure} onClose={() => setAssigning(false)} />}
      {selected.length > 0 && <TakeOff structure={structure} selected={selected} onDone={() => setSelected([])} />}
      <DataTable
        name="assigned"
        label="Partners on the structure"
        columns={columns}
        rows={query.data?.pages.flatMap(page => page.data)}
        rowKey={row => row.id}
        error={query.error}
        onRetry={() => void query.refetch()}
        {...(is_admin && { selected, onSelect: setSelected })}
        rowName={row => row.creator.display_name}
        refusal={row => (row.unassigned_at === null ? null : 'Taken off already')}
        empty={<Empty title="Nobody is on it yet.">A structure pays the partners that are assigned to it, from then on.</Empty>}
        more={{
          has: query.hasNextPage,
          load: () => void query.fetchNextPage(),
          is_loading: query.isFetchingNextPage,
          label: 'Load more partners',
        }}
      />
    </Section>
  )
}

const columns: readonly Column<Assignment>[] = [
  {
    key: 'partner',
    title: 'Partner',
    fixed: true,
    render: row => (
      <RowLink row={`partner:${row.creator_id}`} to="/partners/$partner_id" params={{ partner_id: row.creator_id } as never}>
        {row.creator.display_name}
      </RowLink>
    ),
  },
  {
    key: 'handle',
    title: 'Handle',
    wide: true,
    width: 180,
    render: row => (row.creator.handle ? `@${row.creator.handle}` : '–'),
  },
  { key: 'since', title: 'Since', width: 120, render: row => <DateText at={row.assigned_at} /> },
  { key: 'until', title: 'Until', width: 120, render: row => (row.unassigned_at ? <DateText at={row.unassigned_at} /> : 'now') },
  { key: 'by', title: 'Assigned by', wide: true, optional: true, width: 200, render: row => actorText(row.assigned_by) },
]

type TakeOffProps = { structure: StructureDetail; selected: Assignment[]; onDone: () => void }

function TakeOff({ structure, selected, onDone }: TakeOffProps) {
  const [is_asked, setAsked] = useState(false)
  const { criteria_type, proration_mode } = structure.current_version
  const remove = useWrite((creator_ids: string[], idempotency_key) =>
    api.structures.unassign({ params: { structure_id: structure.id }, body: { creator_ids }, idempotency_key }),
  )
  const takenOff = ({ data }: { data: { unassigned: number } }) => {
    setAsked(false)
    onDone()
    tell(`${counted(data.unassigned, 'partner')} taken off “${structure.name}”.`)
  }
  const confirm = () =>
    remove.mutate(
      selected.map(row => row.creator_id),
      { onSuccess: takenOff },
    )
  const names = selected.slice(0, 3).map(row => row.creator.display_name)
  return (
    <div className={css.bar} role="toolbar" aria-label="Selected partners">
      <span>{counted(selected.length, 'partner')} selected</span>
      <Button size="compact-sm" variant="default" onClick={() => setAsked(true)}>
        Take off …
      </Button>
      {is_asked && (
        <Confirm
          title={`Take ${counted(selected.length, 'partner')} off “${structure.name}”?`}
          action="Take off from now on"
          is_pending={remove.isPending}
          onConfirm={confirm}
          onClose={() => setAsked(false)}
        >
          <p>
            {names.join(', ')}
            {selected.length > names.length && ` and ${selected.length - names.length} more`}: what they earned stays payable.
          </p>
          {criteria_type === 'view_threshold' ? (
            <p>Milestones that their videos pass from now on pay nothing.</p>
          ) : (
            <p>
              {prorationMeanings[proration_mode]}; so the running period {outcomes[proration_mode]}. To end it another way, change
              what the structure pays first.
            </p>
          )}
        </Confirm>
      )}
    </div>
  )
}

const outcomes = { skip: 'pays them nothing', prorate: 'pays them up to today', full: 'still pays them in full' } as const
