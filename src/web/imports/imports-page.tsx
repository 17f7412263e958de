import { Button } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { actorText } from '../shared/actor.ts'
import { money } from '../shared/amount.tsx'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Page } from '../shared/page.tsx'
import { RowLink } from '../shared/row-link.tsx'
import { useSession } from '../shell/session.tsx'
import { ImportView } from './import-view.tsx'
import css from './imports.module.css'
import { NewImport } from './new-import.tsx'
import { type Import, listQuery } from './queries.ts'
import { StatusPill } from './status-pill.tsx'

/** Files taken in: what came of each, and the way from a file to its rows. `open` is the import shown, or `new`. */
export function ImportsPage() {
  const { open } = useSearch({ from: '/shell/imports' })
  if (open === 'new') return <NewImport />
  return open ? <ImportView key={open} import_id={open} /> : <ImportList />
}

function ImportList() {
  const { brand, is_admin } = useSession()
  const navigate = useNavigate({ from: '/imports' })
  const query = useInfiniteQuery(listQuery(brand.id))
  const go = (open: string) => void navigate({ search: before => ({ ...before, open }) })
  const start = (
    <Button leftSection={<IconFileImport size={15} aria-hidden="true" />} data-key="c" onClick={() => go('new')}>
      Import a file
    </Button>
  )
  return (
    <Page
      title="Import"
      lead="Conversions or metrics from a CSV file: rehearsed first, undone when it was wrong."
      actions={is_admin && start}
    >
      <DataTable
        name="imports"
        label="Imports"
        columns={columns}
        rows={query.data?.pages.flatMap(page => page.data)}
        rowKey={row => row.id}
        error={query.error}
        onRetry={() => void query.refetch()}
        onOpen={row => go(row.id)}
        empty={
          <Empty title="Nothing imported yet.">
            Drop a CSV file of orders, leads or view counts; you see what it would do before anything is recorded.
            {is_admin && <div className={css.start}>{start}</div>}
          </Empty>
        }
        more={{
          has: query.hasNextPage,
          load: () => void query.fetchNextPage(),
          is_loading: query.isFetchingNextPage,
          label: 'Load more imports',
        }}
      />
    </Page>
  )
}

const count = (pick: (row: Import) => number) => (row: Import) =>
  pick(row) === 0 ? <span className={css.none}>–</span> : pick(row).toLocaleString('en')

const columns: Column<Import>[] = [
  {
    ...{ key: 'file_name', title: 'File', fixed: true },
    render: row => (
      <>
        <RowLink row={`import:${row.id}`} search={{ open: row.id }}>
          {row.file_name}
        </RowLink>
        <span className={css.second}>{row.kind === 'metrics' ? 'Metrics' : 'Conversions'}</span>
      </>
    ),
  },
  { key: 'status', title: 'Status', width: 124, render: row => <StatusPill status={row.status} /> },
  { key: 'read', title: 'Read', numeric: true, wide: true, width: 84, render: count(row => row.read) },
  { key: 'created', title: 'Created', numeric: true, width: 84, render: count(row => row.created) },
  { key: 'duplicates', title: 'Duplicates', numeric: true, wide: true, width: 96, render: count(row => row.duplicates) },
  { key: 'rejected', title: 'Rejected', numeric: true, wide: true, width: 90, render: count(row => row.rejected) },
  {
    ...{ key: 'amounts', title: 'Earned', numeric: true, wide: true, width: 136 },
    render: row =>
      row.amounts.length === 0 ? (
        <span className={css.none}>–</span>
      ) : (
        row.amounts.map(each => <div key={each.currency}>{money(each.amount_cents, each.currency)}</div>)
      ),
  },
  {
    ...{ key: 'created_at', title: 'When', wide: true, width: 150 },
    render: row => (
      <>
        <DateText at={row.created_at} />
        <span className={css.second}>{actorText(row.created_by)}</span>
      </>
    ),
  },
]
