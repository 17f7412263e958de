import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { DataTable, type Sort } from '../shared/data-table.tsx'
import { Empty } from '../shared/empty.tsx'
import { FilterBar } from '../shared/filter-bar.tsx'
import { Kpis } from '../shared/kpis.tsx'
import { Page } from '../shared/page.tsx'
import { useSession } from '../shell/session.tsx'
import { columnsOf } from './columns.tsx'
import { NewPartner } from './new-partner.tsx'
import { type Listed, listQuery, type PartnerStatus } from './queries.ts'
import { SelectionBar } from './selection-bar.tsx'
import { type Move, StatusChange } from './status-change.tsx'
import { statusWords } from './status-pill.tsx'

const statuses = Object.entries(statusWords).map(([value, { label }]) => ({ value, label }))
const fields = [{ key: 'status', label: 'Status', kind: 'several' as const, options: statuses }]

/** Everybody whom the brand may owe: found, ordered, approved, and where each stands. Source: spec C5. */
export function PartnersPage() {
  const { brand, is_admin } = useSession()
  const { q, status, sort = '-created_at' } = useSearch({ from: '/shell/partners' })
  const navigate = useNavigate({ from: '/partners' })
  const [is_adding, setAdding] = useState(false)
  const [selected, setSelected] = useState<Listed[]>([])
  const [change, setChange] = useState<{ whom: readonly Listed[]; move: Move } | null>(null)
  const query = useInfiniteQuery(listQuery(brand.id, { q, status, sort }))
  const rows = query.data?.pages.flatMap(page => page.data)
  const counts = query.data?.pages[0]?.meta.counts
  const order: Sort = { key: sort.replace('-', ''), direction: sort.startsWith('-') ? 'desc' : 'asc' }
  const open = ({ id }: Listed) => void navigate({ to: '/partners/$partner_id', params: { partner_id: id } })
  return (
    <Page
      title="Partners"
      actions={
        is_admin && (
          <Button data-key="c" leftSection={<IconPlus size={15} aria-hidden="true" />} onClick={() => setAdding(true)}>
            New partner
          </Button>
        )
      }
    >
      <Kpis
        kpis={(Object.keys(statusWords) as PartnerStatus[]).map(each => ({
          name: statusWords[each].label,
          value: counts ? counts[each].toLocaleString('en') : null,
          filter: { status: each },
          is_on: status === each,
        }))}
      />
      <FilterBar search={{ placeholder: 'Name, alias, e-mail, handle' }} fields={fields} />
      <DataTable
        name="partners"
        label="Partners"
        columns={columnsOf(brand.currency, is_admin ? (row, move) => setChange({ whom: [row], move }) : undefined)}
        rows={rows}
        rowKey={row => row.id}
        rowName={row => row.name}
        error={query.error}
        onRetry={() => void query.refetch()}
        empty={<Nothing is_filtered={Boolean(q || status)} onAdd={is_admin ? () => setAdding(true) : undefined} />}
        sort={order}
        onSort={({ key, direction }) =>
          void navigate({
            search: before => ({ ...before, sort: `${direction === 'desc' ? '-' : ''}${key}` as typeof sort }),
            replace: true,
          })
        }
        onOpen={open}
        {...(is_admin && { selected, onSelect: setSelected })}
        more={{
          has: query.hasNextPage,
          load: () => void query.fetchNextPage(),
          is_loading: query.isFetchingNextPage,
          label: 'Load more partners',
        }}
      />
      <SelectionBar rows={selected} onMove={move => setChange({ whom: selected, move })} onClear={() => setSelected([])} />
      {is_adding && <NewPartner onClose={() => setAdding(false)} />}
      {change && <StatusChange {...change} onDone={() => setSelected([])} onClose={() => setChange(null)} />}
    </Page>
  )
}

function Nothing({ is_filtered, onAdd }: { is_filtered: boolean; onAdd: (() => void) | undefined }) {
  const navigate = useNavigate({ from: '/partners' })
  if (is_filtered) {
    return (
      <Empty title="No partner matches.">
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => void navigate({ search: ({ brand }) => ({ brand }) as never })}
        >
          Show all partners
        </Button>
      </Empty>
    )
  }
  return (
    <Empty title="No partners yet.">
      Whoever brings you customers is a partner: add the first, or import a file that names them.
      {onAdd && (
        <div>
          <Button mt={10} onClick={onAdd}>
            New partner
          </Button>
        </div>
      )}
    </Empty>
  )
}
