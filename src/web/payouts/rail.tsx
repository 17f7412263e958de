import { Button, CloseButton } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { figure } from '../shared/amount.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { type PayoutDetail, payoutQuery } from './queries.ts'
import css from './rail.module.css'
import { type Panel, RailActions } from './rail-actions.tsx'
import { RailFacts } from './rail-facts.tsx'
import { RailLines } from './rail-lines.tsx'
import { RailTimeline } from './rail-timeline.tsx'
import { StatusPill } from './status-pill.tsx'

type RailProps = { payout_id: string; onClose: () => void }

/** One payout: what it is, what can be done with it, who did what when, and every line that it pays. */
export function Rail({ payout_id, onClose }: RailProps) {
  const { brand, is_admin } = useSession()
  const [panel, setPanel] = useState<Panel>(null)
  const query = useInfiniteQuery(payoutQuery(brand.id, payout_id))
  const payout = query.data?.pages[0]?.data
  const box = useRef<HTMLElement>(null)
  useEffect(() => box.current?.focus(), [])
  useHotkeys([['Escape', () => isTop() && (panel ? setPanel(null) : onClose())]], [])
  const lines = query.data?.pages.flatMap(page => page.data.lines) ?? []
  return (
    <aside
      ref={box}
      className={css.rail}
      tabIndex={-1}
      aria-label={payout ? `Payout no. ${payout.number}, ${payout.partner.name}` : 'Payout'}
    >
      <Head payout={payout} onClose={onClose} />
      {!payout && (query.error ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : <Waiting />)}
      {payout && (
        <div className={css.body}>
          {is_admin && <RailActions key={payout.status} payout={payout} panel={panel} setPanel={setPanel} />}
          <RailFacts payout={payout} />
          <Section title="Timeline">
            <RailTimeline payout={payout} />
          </Section>
          <Section title="Lines">
            <RailLines payout={payout} lines={lines}>
              {query.hasNextPage && (
                <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  Load more lines
                </Button>
              )}
            </RailLines>
          </Section>
        </div>
      )}
    </aside>
  )
}

/** A dialog above the rail closes first. */
const isTop = (): boolean => document.querySelector('[role="dialog"][aria-modal="true"]') === null

function Head({ payout, onClose }: { payout: PayoutDetail | undefined; onClose: () => void }) {
  return (
    <header className={css.head}>
      <div className={css.headLine}>
        <span className={css.number}>{payout ? `Payout no. ${payout.number}` : 'Payout'}</span>
        {payout && <StatusPill status={payout.status} />}
        <CloseButton aria-label="Close" onClick={onClose} className={css.close} />
      </div>
      {payout && (
        <>
          <h2 className={css.partner}>{payout.partner.name}</h2>
          <p className={css.amount}>
            {figure(payout.amount_cents, payout.currency)} <span className={css.currency}>{payout.currency}</span>
          </p>
        </>
      )}
    </header>
  )
}

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className={css.section}>
    <h3>{title}</h3>
    {children}
  </section>
)
