import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Amount, onlyCurrency } from '../shared/amount.tsx'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText, TimeText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { type Field, FilterBar } from '../shared/filter-bar.tsx'
import { Pill } from '../shared/pill.tsx'
import { RowLink } from '../shared/row-link.tsx'
import { ConversionRail } from './conversion-rail.tsx'
import { looks } from './conversion-words.ts'
import { PortalPage } from './portal-page.tsx'
import { type Conversion, campaignsQuery, conversionsQuery } from './queries.ts'
import { usePortal } from './session.tsx'

/** Every conversion of this partner, the latest first, where the program shows its log. Source: spec C10. */
export function ConversionsPage() {
  const { me } = usePortal()
  return me.toggles.show_log ? (
    <Log />
  ) : (
    <PortalPage title="Conversion logs">
      <Empty title="The log is not shown here.">
        {me.program.title} keeps it to itself; the report still counts every conversion.
      </Empty>
    </PortalPage>
  )
}

function Log() {
  const { who } = usePortal()
  const { type, campaign_id, from, to, conversion: open_id } = useSearch({ from: '/portal/conversions' })
  const navigate = useNavigate({ from: '/portal/conversions' })
  const filter = { ...(type && { type }), ...(campaign_id && { campaign_id }), ...(from && { from }), ...(to && { to }) }
  const list = useInfiniteQuery(conversionsQuery(who, filter))
  const rows = list.data?.pages.flatMap(page => page.data)
  const opened = rows?.find(row => row.id === open_id)
  const open = (conversion: string | undefined) =>
    void navigate({ search: before => ({ ...before, conversion }), replace: !conversion })
  return (
    <PortalPage
      title="Conversion logs"
      rail={opened && <ConversionRail key={opened.id} conversion={opened} onMove={open} onClose={() => open(undefined)} />}
      railRow={opened && `conversion:${opened.id}`}
    >
      <FilterBar fields={useFields(list.data?.pages[0]?.meta.types ?? [])} />
      <DataTable
        name="portal-conversions"
        label="Conversions"
        rows={rows}
        rowKey={row => row.id}
        error={list.error}
        onRetry={() => void list.refetch()}
        onOpen={row => open(row.id)}
        openKey={open_id}
        empty={<Nothing is_filtered={Object.keys(filter).length > 0} />}
        more={{
          has: list.hasNextPage,
          load: () => void list.fetchNextPage(),
          is_loading: list.isFetchingNextPage,
          label: 'Load more conversions',
        }}
        columns={columnsOf(onlyCurrency(rows ?? []))}
      />
    </PortalPage>
  )
}

/** What the log can be narrowed to: a type, a campaign, days. */
function useFields(types: readonly string[]): Field[] {
  const { who } = usePortal()
  const campaigns = useInfiniteQuery(campaignsQuery(who)).data?.pages[0]?.data ?? []
  const options = (all: readonly string[]) => all.map(value => ({ value, label: value }))
  return [
    { key: 'type', label: 'Type', options: options(types) },
    { key: 'campaign_id', label: 'Campaign', options: campaigns.map(({ id, name }) => ({ value: id, label: name })) },
    { key: 'from', label: 'From', kind: 'day' },
    { key: 'to', label: 'To', kind: 'day' },
  ]
}

const Nothing = ({ is_filtered }: { is_filtered: boolean }) =>
  is_filtered ? (
    <Empty title="No conversion matches.">
      <Link to="/portal/conversions" search={((before: { as?: string }) => ({ as: before.as })) as never}>
        Show all conversions
      </Link>
    </Empty>
  ) : (
    <Empty title="No conversions yet.">Share a tracking link of a campaign; what it brings shows up here.</Empty>
  )

const columnsOf = (currency: string | null): Column<Conversion>[] => [
  {
    key: 'campaign',
    title: 'Campaign',
    fixed: true,
    render: row => (
      <RowLink
        row={`conversion:${row.id}`}
        search={{ conversion: row.id }}
        narrow={
          <>
            {row.type} · <DateText at={row.occurred_at} />
          </>
        }
      >
        {row.campaign.name}
      </RowLink>
    ),
  },
  { key: 'type', title: 'Type', wide: true, render: row => row.type },
  { key: 'click', title: 'Click id', wide: true, render: row => row.click_id ?? '–' },
  { key: 'status', title: 'Status', fixed: true, render: row => <Pill {...looks[row.status]} /> },
  {
    key: 'payout',
    title: 'Your payout',
    unit: currency,
    numeric: true,
    fixed: true,
    render: row => <Amount cents={row.payout_cents} currency={row.currency} bare={currency !== null} />,
  },
  { key: 'at', title: 'Time', wide: true, render: row => <TimeText at={row.occurred_at} /> },
]
