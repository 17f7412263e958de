import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { figure } from '../shared/amount.tsx'
import { Rail, RailSection } from '../shared/rail.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { payoutQuery } from './queries.ts'
import { type Panel, RailActions } from './rail-actions.tsx'
import { RailFacts } from './rail-facts.tsx'
import { RailLines } from './rail-lines.tsx'
import { RailTimeline } from './rail-timeline.tsx'
import { StatusPill } from './status-pill.tsx'

type RailProps = { payout_id: string; onOpen: (payout: string | undefined) => void }

/** One payout: what it is, what can be done with it, who did what when, and every line that it pays. */
export function PayoutRail({ payout_id, onOpen }: RailProps) {
  const { brand, is_admin } = useSession()
  const [panel, setPanel] = useState<Panel>(null)
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set())
  const query = useInfiniteQuery(payoutQuery(brand.id, payout_id))
  const payout = query.data?.pages[0]?.data
  const lines = query.data?.pages.flatMap(page => page.data.lines) ?? []
  const open = (next: Panel) => {
    setPanel(next)
    setLeaving(new Set())
  }
  const onEscape = () => {
    if (panel) open(null)
    return panel !== null
  }
  const is_editing = panel === 'edit' && payout?.status === 'draft'
  return (
    <Rail
      label={payout ? `Payout no. ${payout.number}, ${payout.partner.name}` : 'Payout'}
      kicker={payout ? `Payout no. ${payout.number}` : 'Payout'}
      pill={payout && <StatusPill status={payout.status} />}
      title={payout?.partner.name}
      amount={
        payout && (
          <>
            {figure(payout.amount_cents, payout.currency)} <span className="currency">{payout.currency}</span>
          </>
        )
      }
      row={`payout:${payout_id}`}
      onMove={onOpen}
      onEscape={onEscape}
      onClose={() => onOpen(undefined)}
    >
      {!payout && (query.error ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : <Waiting />)}
      {payout && (
        <>
          {is_admin && (
            <RailActions
              key={payout.status}
              payout={payout}
              panel={panel}
              setPanel={open}
              leaving={lines.filter(line => leaving.has(line.earning_id))}
            />
          )}
          <RailFacts payout={payout} />
          <RailSection title="Timeline">
            <RailTimeline payout={payout} />
          </RailSection>
          <RailSection title="Lines">
            <RailLines payout={payout} lines={lines} {...(is_editing && { leaving, setLeaving })}>
              {query.hasNextPage && (
                <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  Load more lines
                </Button>
              )}
            </RailLines>
          </RailSection>
        </>
      )}
    </Rail>
  )
}
