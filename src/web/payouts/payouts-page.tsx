import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { focusRow } from '../shared/rows.ts'
import { useSession } from '../shell/session.tsx'
import { TopBar } from '../shell/top-bar.tsx'
import { HistoryTable } from './history-table.tsx'
import { usePayoutKeys } from './keys.ts'
import { KpiStrip } from './kpi-strip.tsx'
import css from './payouts.module.css'
import { PendingTable } from './pending-table.tsx'
import { balancesQuery } from './queries.ts'
import { Rail } from './rail.tsx'
import { RunSheet } from './run-sheet.tsx'
import { ShortcutList } from './shortcut-list.tsx'
import { TopBarActions } from './top-bar-actions.tsx'

/** The page of spec A8: what is owed, what was drafted, approved and paid, and the rail of one payout. */
export function PayoutsPage() {
  const { brand, is_admin } = useSession()
  const [sheet, setSheet] = useState<'run' | 'keys' | null>(null)
  const { payout } = useSearch({ from: '/shell/' })
  const openPayout = useOpenPayout()
  useReturnToRow(payout)
  const balances = useInfiniteQuery(balancesQuery(brand.id))
  const is_covered = usePayoutKeys({ payout, openPayout, openList: () => setSheet('keys') })
  return (
    <div className={css.page} data-rail={payout ? 'open' : undefined}>
      <title>{`Payouts · ${brand.name}`}</title>
      <div className={css.main} inert={is_covered}>
        <TopBar>
          <TopBarActions onRun={is_admin ? () => setSheet('run') : undefined} />
        </TopBar>
        <main className={css.content}>
          <h1 className={css.title}>Payouts</h1>
          <KpiStrip totals={balances.data?.pages[0]?.meta.totals} />
          <PendingTable />
          <HistoryTable />
          <Foot onKeys={() => setSheet('keys')} />
        </main>
      </div>
      {payout && <Rail key={payout} payout_id={payout} onClose={() => openPayout(undefined)} />}
      {sheet === 'run' && <RunSheet onClose={() => setSheet(null)} />}
      {sheet === 'keys' && <ShortcutList onClose={() => setSheet(null)} />}
    </div>
  )
}

/** Opens a payout in the rail, or closes it; the address says which one is open. */
function useOpenPayout() {
  const navigate = useNavigate({ from: '/' })
  return (payout: string | undefined) =>
    void navigate({ search: before => ({ ...before, payout }), replace: payout === undefined })
}

/** Closing the rail gives the focus back to the row that opened it. */
function useReturnToRow(payout: string | undefined): void {
  const before = useRef(payout)
  useEffect(() => {
    if (!payout && before.current) focusRow(`payout:${before.current}`)
    before.current = payout
  }, [payout])
}

function Foot({ onKeys }: { onKeys: () => void }) {
  const { time_zone } = useSession()
  return (
    <footer className={css.foot}>
      <span>
        Days are in {time_zone}; hover over one for its instant{time_zone === 'UTC' ? '' : ' in UTC'}.
      </span>
      <button type="button" onClick={onKeys}>
        <kbd>?</kbd> Keyboard
      </button>
    </footer>
  )
}
