import { Button } from '@mantine/core'
import { IconArchive, IconCircleCheck, IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { criteriaTypes } from '../../core/rules/index.ts'
import { criteriaLabels } from '../../core/structure-changes.ts'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { type Field, FilterBar } from '../shared/filter-bar.tsx'
import { Page } from '../shared/page.tsx'
import { Pill } from '../shared/pill.tsx'
import { RowLink } from '../shared/row-link.tsx'
import { useSession } from '../shell/session.tsx'
import { NewStructure } from './new-structure.tsx'
import { type Structure, structuresQuery } from './queries.ts'

const fields: readonly Field[] = [
  {
    key: 'status',
    label: 'Status',
    options: [
      { value: 'active', label: 'Active' },
      { value: 'archived', label: 'Archived' },
    ],
  },
  { key: 'type', label: 'Type', options: criteriaTypes.map(value => ({ value, label: criteriaLabels[value] })) },
]

/** What pays partners over time, each rule in a sentence. Source: spec B15, row TG-86. */
export function StructuresPage() {
  const { brand, is_admin } = useSession()
  const search = useSearch({ from: '/shell/structures' })
  const navigate = useNavigate()
  const [is_making, setMaking] = useState(false)
  const query = useInfiniteQuery(structuresQuery(brand.id, search))
  const rows = query.data?.pages.flatMap(page => page.data)
  const open = (structure_id: string) =>
    void navigate({
      to: '/structures/$structure_id',
      params: { structure_id },
      search: ((before: { brand?: string }) => ({ brand: before.brand })) as never,
    })
  const is_filtered = Boolean(search.q || search.status || search.type)
  const make = is_admin && (
    <Button data-key="c" onClick={() => setMaking(true)} leftSection={<IconPlus size={15} aria-hidden="true" />}>
      New structure
    </Button>
  )
  return (
    <Page
      title="Payout structures"
      actions={make}
      lead="What partners are paid over time: a retainer, goals, views. A change makes a new version; what was earned keeps the version that computed it."
    >
      {is_making && <NewStructure onClose={() => setMaking(false)} onMade={open} />}
      <FilterBar search={{ placeholder: 'Name' }} fields={fields} />
      <DataTable
        name="structures"
        label="Payout structures"
        columns={columns}
        rows={rows}
        rowKey={row => row.id}
        error={query.error}
        onRetry={() => void query.refetch()}
        onOpen={row => open(row.id)}
        empty={is_filtered ? <NothingMatches /> : <NothingYet onMake={is_admin ? () => setMaking(true) : undefined} />}
        more={{
          has: query.hasNextPage,
          load: () => void query.fetchNextPage(),
          is_loading: query.isFetchingNextPage,
          label: 'Load more structures',
        }}
      />
    </Page>
  )
}

const columns: readonly Column<Structure>[] = [
  {
    key: 'name',
    title: 'Structure',
    fixed: true,
    render: row => (
      <RowLink
        row={`structure:${row.id}`}
        to="/structures/$structure_id"
        params={{ structure_id: row.id } as never}
        narrow={row.current_version.description}
      >
        {row.name}
      </RowLink>
    ),
  },
  { key: 'type', title: 'Type', width: 130, wide: true, render: row => criteriaLabels[row.current_version.criteria_type] },
  { key: 'pays', title: 'Pays', wide: true, width: 420, render: row => row.current_version.description },
  { key: 'assigned', title: 'Partners', numeric: true, width: 96, render: row => row.assignment_count.toLocaleString('en') },
  {
    key: 'version',
    title: 'Version',
    numeric: true,
    width: 96,
    wide: true,
    optional: true,
    render: row => row.current_version.version_number,
  },
  { key: 'created', title: 'Created', width: 120, wide: true, optional: true, render: row => <DateText at={row.created_at} /> },
  { key: 'status', title: 'Status', width: 124, wide: true, render: row => <StructurePill is_active={row.is_active} /> },
]

export const StructurePill = ({ is_active }: { is_active: boolean }) =>
  is_active ? (
    <Pill label="Active" tone="good" icon={IconCircleCheck} title="It earns for everybody on it, period by period" />
  ) : (
    <Pill label="Archived" tone="quiet" icon={IconArchive} title="It earns nothing new; what it earned stays payable" />
  )

const NothingMatches = () => {
  const navigate = useNavigate()
  const clear = () =>
    void navigate({ to: '.', search: ((before: { brand?: string }) => ({ brand: before.brand })) as never, replace: true })
  return (
    <Empty title="No structure matches.">
      <Button variant="default" size="compact-sm" onClick={clear}>
        Clear search and filter
      </Button>
    </Empty>
  )
}

const NothingYet = ({ onMake }: { onMake: (() => void) | undefined }) => (
  <Empty title="No payout structures yet.">
    <p>A retainer, pay for goals, an amount per 1,000 views, or a bonus at view milestones: each is one structure.</p>
    {onMake && <Button onClick={onMake}>Make the first structure</Button>}
  </Empty>
)
