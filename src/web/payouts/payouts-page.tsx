import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Page } from '../shared/page.tsx'
import { useSession } from '../shell/session.tsx'
import { HistoryTable } from './history-table.tsx'
import { KpiStrip } from './kpi-strip.tsx'
import { PendingTable } from './pending-table.tsx'
import { balancesQuery } from './queries.ts'
import { Rail } from './rail.tsx'
import { RunSheet } from './run-sheet.tsx'
import { TopBarActions } from './top-bar-actions.tsx'

/** The page of spec A8: what is owed, what was drafted, approved and paid, and the rail of one payout. */
export function PayoutsPage() {
  const { brand, is_admin } = useSession()
  const [is_running, setRunning] = useState(false)
  const { payout } = useSearch({ from: '/shell/payouts' })
  const openPayout = useOpenPayout()
  const balances = useInfiniteQuery(balancesQuery(brand.id))
  return (
    <Page
      title="Payouts"
      actions={<TopBarActions onRun={is_admin ? () => setRunning(true) : undefined} />}
      rail={payout && <Rail key={payout} payout_id={payout} onClose={() => openPayout(undefined)} />}
      railRow={payout && `payout:${payout}`}
    >
      <KpiStrip totals={balances.data?.pages[0]?.meta.totals} />
      <PendingTable />
      <HistoryTable />
      {is_running && <RunSheet onClose={() => setRunning(false)} />}
    </Page>
  )
}

/** Opens a payout in the rail, or closes it; the address says which one is open. */
function useOpenPayout() {
  const navigate = useNavigate({ from: '/payouts' })
  return (payout: string | undefined) =>
    void navigate({ search: before => ({ ...before, payout }), replace: payout === undefined })
}
