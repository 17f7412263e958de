import { Button, NativeSelect } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { shortRange } from '../shared/dates.ts'
import { type Field, FilterBar } from '../shared/filter-bar.tsx'
import { type Kpi, Kpis } from '../shared/kpis.tsx'
import { Page } from '../shared/page.tsx'
import { useSession } from '../shell/session.tsx'
import { ConversionRail } from './conversion-rail.tsx'
import css from './conversions.module.css'
import { HoldsQueue } from './holds-queue.tsx'
import { LiveStream } from './live-stream.tsx'
import { campaignNamesQuery, daysOf, type Search, streamQuery, type Totals, useToday } from './queries.ts'
import { RecordForm } from './record-form.tsx'
import { statusOptions } from './status.tsx'

/** What partners brought: figures of the days, what waits, and the newest as they come in. Source: spec A3.4. */
export function ConversionsPage() {
  const { brand, is_admin } = useSession()
  const search = useSearch({ from: '/shell/conversions' })
  const today = useToday()
  const open = useOpen()
  const [is_recording, setRecording] = useState(false)
  const id = search.conversion ?? search.waiting
  const stream = useQuery(streamQuery(brand.id, search, today, id !== undefined))
  const row = search.conversion ? `conversion:${search.conversion}` : `waiting:${search.waiting}`
  const actions = is_admin && (
    <Button data-key="c" leftSection={<IconPlus size={15} aria-hidden="true" />} onClick={() => setRecording(true)}>
      Record a conversion
    </Button>
  )
  return (
    <Page
      title="Conversions"
      actions={actions}
      rail={
        id && (
          <ConversionRail
            key={id}
            conversion_id={id}
            row={row}
            onMove={next => open(search.conversion ? { conversion: next } : { waiting: next })}
            onClose={() => open({})}
          />
        )
      }
      railRow={id && row}
    >
      <div className={css.filter}>
        <Filter search={search} />
      </div>
      <Kpis kpis={kpisOf(stream.data?.meta.totals, search)} />
      <HoldsQueue search={search} is_paused={id !== undefined} onOpen={waiting => open({ waiting })} />
      <LiveStream
        key={JSON.stringify({ ...search, conversion: undefined, waiting: undefined })}
        search={search}
        stream={stream}
        is_paused={id !== undefined}
        onOpen={conversion => open({ conversion })}
      />
      {is_recording && (
        <RecordForm
          today={today}
          onClose={() => setRecording(false)}
          onOpen={conversion => {
            setRecording(false)
            open({ conversion })
          }}
        />
      )}
    </Page>
  )
}

/** Opens a conversion in the rail, from the queue or from the stream, or closes it; the address says which one is open. */
function useOpen() {
  const navigate = useNavigate({ from: '/conversions' })
  return ({ conversion, waiting }: { conversion?: string; waiting?: string }) =>
    void navigate({ search: before => ({ ...before, conversion, waiting }), replace: !conversion && !waiting })
}

const ranges = [
  { value: '', label: 'Last 30 days' },
  { value: 'today', label: 'Today' },
  { value: 'week', label: 'Last 7 days' },
  { value: 'month', label: 'This month' },
  { value: 'all', label: 'All time' },
]

function Filter({ search }: { search: Search }) {
  const { brand, time_zone } = useSession()
  const today = useToday()
  const navigate = useNavigate({ from: '/conversions' })
  const { data: campaigns = [] } = useQuery(campaignNamesQuery(brand.id))
  const fields: Field[] = [
    { key: 'status', label: 'Status', kind: 'several', options: statusOptions },
    { key: 'partner', label: 'Partner', kind: 'text' },
    {
      key: 'campaign_id',
      label: 'Campaign',
      options: campaigns.slice(0, 20).map(({ id, name }) => ({ value: id, label: name })),
    },
    { key: 'type', label: 'Type', kind: 'text' },
    { key: 'from', label: 'From', kind: 'day' },
    { key: 'to', label: 'To', kind: 'day' },
  ]
  const { from, to } = daysOf(search, today)
  const has_days = search.from !== undefined || search.to !== undefined
  return (
    <FilterBar search={{ placeholder: 'Order number, whole' }} fields={fields}>
      {from && to && !has_days && <span className={css.days}>{shortRange(from, to, time_zone)}</span>}
      <NativeSelect
        aria-label="Days"
        size="sm"
        data={has_days ? [{ value: 'own', label: 'Days as chosen' }, ...ranges] : ranges}
        value={has_days ? 'own' : (search.range ?? '')}
        onChange={event => {
          const range = (event.currentTarget.value || undefined) as Search['range']
          void navigate({ search: before => ({ ...before, range, from: undefined, to: undefined }), replace: true })
        }}
      />
    </FilterBar>
  )
}

/** Approved holds what is paid, too; what is rejected counts among the conversions, not in the revenue. */
function kpisOf(totals: readonly Totals[] | undefined, { status }: Search): Kpi[] {
  const sum = (pick: (total: Totals) => number) => totals?.reduce((all, each) => all + pick(each), 0)
  const count = (pick: (total: Totals) => number) => sum(pick)?.toLocaleString('en') ?? null
  const reviews = sum(total => total.pending_review_count) ?? 0
  const rejected = sum(total => total.rejected_count) ?? 0
  return [
    {
      name: 'Conversions',
      value: count(t => t.conversion_count),
      note: rejected > 0 ? `${rejected.toLocaleString('en')} rejected` : '',
    },
    {
      name: 'Approved',
      value: count(t => t.approved_count),
      filter: { status: 'approved,paid' },
      is_on: status === 'approved,paid',
    },
    {
      name: 'Holds',
      value: count(t => t.hold_count + t.pending_review_count),
      note: reviews > 0 ? `${reviews.toLocaleString('en')} to review` : '',
      filter: { status: 'hold,pending_review' },
      is_on: status === 'hold,pending_review',
    },
    {
      name: 'Revenue',
      figures: totals?.map(({ currency, revenue_cents }) => ({ currency, cents: revenue_cents })) ?? null,
    },
  ]
}
