import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { counted } from '../shared/counted.ts'
import { FilterBar } from '../shared/filter-bar.tsx'
import { type Kpi, Kpis } from '../shared/kpis.tsx'
import { Page } from '../shared/page.tsx'
import { useSession } from '../shell/session.tsx'
import { type Filter, listQuery, type Status, type Totals } from './queries.ts'
import { CreateRail, OpenRail } from './rail.tsx'
import { Rows } from './rows.tsx'
import { statuses, statusLabel } from './status.tsx'

const options = statuses.map(value => ({ value, label: statusLabel(value) }))

/** What publishers were paid outside: recorded, changed, invoiced. Source: spec C7 to C9. */
export function OnAccountPage() {
  const { is_admin } = useSession()
  const { q, status, open } = useSearch({ from: '/shell/on-account' })
  const navigate = useNavigate({ from: '/on-account' })
  const show = (id: string | undefined) =>
    void navigate({ search: before => ({ ...before, open: id }), replace: id === undefined })
  const filter = { q, status }
  const close = () => show(undefined)
  const is_new = open === 'new' && is_admin
  return (
    <Page
      title="Publisher payouts"
      lead="Paid by other means and recorded here: off the publisher’s balance at once, netted by the next payout. Nothing is sent anywhere."
      actions={
        is_admin && (
          <Button data-key="c" onClick={() => show('new')}>
            Create new payout
          </Button>
        )
      }
      rail={
        is_new ? (
          <CreateRail onClose={close} onMade={close} />
        ) : (
          open && open !== 'new' && <OpenRail key={open} id={open} onClose={close} onMove={show} />
        )
      }
      railRow={open && `on-account:${open}`}
    >
      <Figures filter={filter} />
      <FilterBar search={{ placeholder: 'Publisher, alias or note' }} fields={[{ key: 'status', label: 'Status', options }]} />
      <Rows filter={filter} />
    </Page>
  )
}

/** One card a status over the whole search; pressing it shows only these. */
function Figures({ filter }: { filter: Filter }) {
  const { brand } = useSession()
  const totals = useInfiniteQuery(listQuery(brand.id, filter)).data?.pages[0]?.meta.totals
  return <Kpis kpis={statuses.map(status => cardOf(status, totals, filter))} />
}

function cardOf(status: Status, totals: readonly Totals[] | undefined, filter: Filter): Kpi {
  const count = totals?.reduce((sum, total) => sum + total[`${status}_count`], 0)
  const figures = totals?.filter(total => total[`${status}_count`] > 0)
  return {
    name: statusLabel(status),
    note: count === undefined ? '' : counted(count, 'payout'),
    figures: figures?.map(total => ({ currency: total.currency, cents: total[`${status}_cents`] })) ?? null,
    filter: { status },
    is_on: filter.status === status,
  }
}
