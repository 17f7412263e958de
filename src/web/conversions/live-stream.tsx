import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { Empty } from '../shared/empty.tsx'
import { Section } from '../shared/page.tsx'
import { campaignColumn, dayColumn, moneyColumns, orderColumn, partnerColumn } from './columns.tsx'
import css from './conversions.module.css'
import { type Conversion, NEWEST, type Search } from './queries.ts'
import { StatusPill } from './status.tsx'

type StreamProps = {
  search: Search
  stream: UseQueryResult<{ data: Conversion[] }>
  is_paused: boolean
  onOpen: (id: string) => void
}

/** The newest that match, as they come in; what came since the page was opened is marked. */
export function LiveStream({ search, stream, is_paused, onOpen }: StreamProps) {
  const rows = stream.isPlaceholderData ? undefined : stream.data?.data
  const [seen, setSeen] = useState<string | null>(null)
  const newest = rows?.[0]?.id
  if (rows && seen === null) setSeen(newest ?? '')
  // ids rise with time: what is above the newest that was seen came later
  const isNew = (row: Conversion) => seen !== null && row.id > seen
  const fresh = rows?.filter(isNew).length ?? 0
  return (
    <Section
      id="stream"
      title="Live stream"
      aside={
        <span className={css.live} role="status">
          {fresh > 0 && (
            <button type="button" className={css.seen} onClick={() => setSeen(newest ?? '')}>
              {fresh === NEWEST ? `${NEWEST} or more` : fresh} new since you looked · mark as seen
            </button>
          )}
          <span className={css.beat} data-paused={is_paused || undefined} aria-hidden="true" />
          {is_paused ? 'Paused while a conversion is open' : 'Looks every 15 s'}
        </span>
      }
    >
      <DataTable
        name="conversions"
        label="Live stream"
        columns={columnsOf(rows ?? [], isNew, is_paused)}
        rows={rows}
        rowKey={row => row.id}
        error={stream.error}
        onRetry={() => void stream.refetch()}
        onOpen={row => onOpen(row.id)}
        openKey={search.conversion}
        empty={<NothingThere search={search} />}
      />
      {rows?.length === NEWEST && <p className={css.more}>These are the {NEWEST} newest. Narrow the filter to find others.</p>}
    </Section>
  )
}

/** Beside an open rail there is room for what matters alone. */
const columnsOf = (
  rows: readonly Conversion[],
  isNew: (row: Conversion) => boolean,
  is_narrow: boolean,
): Column<Conversion>[] => [
  orderColumn('conversion', isNew),
  partnerColumn,
  ...(is_narrow ? [] : [campaignColumn]),
  { key: 'type', title: 'Type', wide: true, optional: true, render: row => row.type },
  ...moneyColumns(rows),
  { key: 'status', title: 'Status', render: row => <StatusPill row={row} /> },
  dayColumn,
]

function NothingThere({ search }: { search: Search }) {
  const { q, partner, campaign_id, type, status, from, to, range } = search
  const is_filtered = [q, partner, campaign_id, type, status, from, to].some(Boolean) || (range && range !== 'all')
  if (!is_filtered) {
    return (
      <Empty title="No conversions in these days.">
        They come in by postback, by the API, from a file, or are recorded here.
      </Empty>
    )
  }
  return (
    <Empty title="No conversion matches.">
      <Link to="/conversions" search={before => ({ brand: (before as { brand?: string }).brand }) as never}>
        Clear the filter
      </Link>
    </Empty>
  )
}
