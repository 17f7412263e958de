import { useInfiniteQuery } from '@tanstack/react-query'
import { figure } from '../shared/amount.tsx'
import { TimeText } from '../shared/date-text.tsx'
import { Pill } from '../shared/pill.tsx'
import { Facts, Rail, RailSection } from '../shared/rail.tsx'
import { looks } from './conversion-words.ts'
import { type Conversion, campaignsQuery } from './queries.ts'
import { usePortal } from './session.tsx'

type ConversionRailProps = { conversion: Conversion; onMove: (id: string) => void; onClose: () => void }

/** One conversion: what it pays this partner and why, when it can be paid, and the labels that came with its click. */
export function ConversionRail({ conversion, onMove, onClose }: ConversionRailProps) {
  const { id, campaign, click_id, type, status, held_until, payout_cents, currency, subs, occurred_at } = conversion
  const { who } = usePortal()
  const terms = useInfiniteQuery(campaignsQuery(who)).data?.pages[0]?.data.find(each => each.id === campaign.id)
  const labels = Object.entries(subs ?? {})
  return (
    <Rail
      label={`Conversion of ${campaign.name}`}
      kicker={type}
      pill={<Pill {...looks[status]} />}
      title={campaign.name}
      amount={
        <>
          {figure(payout_cents, currency)} <span className="currency">{currency}</span>
        </>
      }
      row={`conversion:${id}`}
      onMove={onMove}
      onClose={onClose}
    >
      <Facts
        facts={[
          ['Status', looks[status].title],
          ['On hold until', status === 'hold' && held_until ? <TimeText key="until" at={held_until} /> : null],
          ['Your rate today', terms?.rate],
          ['Happened', <TimeText key="at" at={occurred_at} />],
          ['Type', type],
          ['Click id', click_id],
        ]}
      />
      {labels.length > 0 && (
        <RailSection title="Your labels">
          <Facts facts={labels} />
        </RailSection>
      )}
    </Rail>
  )
}
