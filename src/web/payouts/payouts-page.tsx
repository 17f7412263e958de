import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { FilterBar } from '../shared/filter-bar.tsx'
import { Kpis } from '../shared/kpis.tsx'
import { Page } from '../shared/page.tsx'
import { useSession } from '../shell/session.tsx'
import { balancesFilter, filterFields } from './filters.ts'
import { HistoryTable } from './history-table.tsx'
import { kpiCards } from './kpi-cards.ts'
import { PendingTable } from './pending-table.tsx'
import { balancesQuery } from './queries.ts'
import { PayoutRail } from './rail.tsx'
import { RunSheet } from './run-sheet.tsx'
import { TopBarActions } from './top-bar-actions.tsx'

/** The page of spec A8: what is owed, what was drafted, approved and paid, and the rail of one payout. */
export function PayoutsPage() {
  const { brand, me, is_admin, time_zone } = useSession()
  const [is_running, setRunning] = useState(false)
  const search = useSearch({ from: '/shell/payouts' })
  const openPayout = useOpenPayout()
  const { data } = useInfiniteQuery(balancesQuery(brand.id, balancesFilter(search)))
  const totals = data?.pages[0]?.meta.totals
  return (
    <Page
      title="Payouts"
      actions={<TopBarActions onRun={is_admin ? () => setRunning(true) : undefined} />}
      rail={search.payout && <PayoutRail key={search.payout} payout_id={search.payout} onOpen={openPayout} />}
      railRow={search.payout && `payout:${search.payout}`}
    >
      <Kpis kpis={kpiCards({ totals, search, now: me.clock.now, time_zone })} />
      <FilterBar search={{ placeholder: 'Partner, payout no. or reference' }} fields={filterFields(totals, search.currency)} />
      <PendingTable />
      <HistoryTable />
      {is_running && <RunSheet onClose={() => setRunning(false)} />}
    </Page>
  )
}

/** Opens a payout in the rail, or closes it; the address says which one is open. */
function useOpenPayout() {
  const navigate = useNavigate({ from: '/payouts' })
  return (payout: string | undefined) => void navigate({ search: before => ({ ...before, payout }), replace: true })
}
