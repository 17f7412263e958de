import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { DataTable } from '../shared/data-table.tsx'
import { Empty } from '../shared/empty.tsx'
import { FilterBar } from '../shared/filter-bar.tsx'
import { RowLink } from '../shared/row-link.tsx'
import { CampaignRail } from './campaign-rail.tsx'
import { holdText, Rate, shortTypes, typeWords } from './campaign-words.tsx'
import { PortalPage } from './portal-page.tsx'
import { campaignsQuery } from './queries.ts'
import { usePortal } from './session.tsx'

/** What one may promote and what it pays this partner; a row opens its links. Source: spec C10. */
export function CampaignsPage() {
  const { who } = usePortal()
  const { q, campaign: open_id } = useSearch({ from: '/portal/campaigns' })
  const navigate = useNavigate({ from: '/portal/campaigns' })
  const open = (campaign: string | undefined) =>
    void navigate({ search: before => ({ ...before, campaign }), replace: !campaign })
  const list = useInfiniteQuery(campaignsQuery(who, q))
  const rows = list.data?.pages.flatMap(page => page.data)
  const opened = rows?.find(row => row.id === open_id)
  return (
    <PortalPage
      title="Campaigns"
      lead="What you can promote, and what it pays you."
      rail={opened && <CampaignRail key={opened.id} campaign={opened} onMove={open} onClose={() => open(undefined)} />}
      railRow={opened && `campaign:${opened.id}`}
    >
      <FilterBar search={{ placeholder: 'Campaign' }} />
      <DataTable
        name="portal-campaign-list"
        label="Campaigns"
        rows={rows}
        rowKey={row => row.id}
        error={list.error}
        onRetry={() => void list.refetch()}
        onOpen={row => open(row.id)}
        openKey={open_id}
        empty={
          q ? (
            <Empty title={`No campaign is called “${q}”.`} />
          ) : (
            <Empty title="No campaigns yet.">As soon as the program opens one, it is here with your rate and your link.</Empty>
          )
        }
        more={{
          has: list.hasNextPage,
          load: () => void list.fetchNextPage(),
          is_loading: list.isFetchingNextPage,
          label: 'Load more campaigns',
        }}
        columns={[
          {
            key: 'name',
            title: 'Campaign',
            fixed: true,
            render: row => (
              <RowLink row={`campaign:${row.id}`} search={{ campaign: row.id }} narrow={shortTypes[row.type]}>
                {row.name}
              </RowLink>
            ),
          },
          {
            key: 'type',
            title: 'Type',
            fixed: true,
            wide: true,
            render: row => <span title={typeWords[row.type]}>{shortTypes[row.type]}</span>,
          },
          { key: 'rate', title: 'Your rate', fixed: true, render: row => <Rate campaign={row} /> },
          {
            key: 'hold',
            title: 'Hold',
            fixed: true,
            wide: true,
            render: row => <span title="How long a conversion waits before it can be paid">{holdText(row.hold_days)}</span>,
          },
        ]}
      />
    </PortalPage>
  )
}
