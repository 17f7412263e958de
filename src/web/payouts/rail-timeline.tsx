import { fullTime, shortDay } from '../shared/dates.ts'
import { useSession } from '../shell/session.tsx'
import type { PayoutDetail } from './queries.ts'
import css from './rail-parts.module.css'

/** Who did what when. What is still to come is not guessed. */
export function RailTimeline({ payout }: { payout: PayoutDetail }) {
  const { time_zone } = useSession()
  const steps = [
    { what: 'Created', at: payout.created_at, by: payout.created_by },
    { what: 'Approved', at: payout.approved_at, by: payout.approved_by },
    { what: 'Paid', at: payout.paid_at, by: payout.paid_by },
    { what: 'Cancelled', at: payout.cancelled_at, by: payout.cancelled_by },
  ].filter(step => step.at !== null)
  return (
    <ol className={css.timeline}>
      {steps.map(({ what, at, by }) => (
        <li key={what}>
          <strong>{what}</strong>
          <span className={css.by}>by {actorText(by)}</span>
          <time dateTime={at ?? ''} title={fullTime(at ?? '')}>
            {shortDay(at ?? '', time_zone)}
          </time>
        </li>
      ))}
    </ol>
  )
}

/** `person:ada@example.org` is just her address; keys and commands say what they are. */
function actorText(actor: string | null): string {
  const [kind, ...rest] = (actor ?? 'unknown').split(':')
  const name = rest.join(':')
  if (name === '') return kind ?? ''
  return kind === 'person' ? name : `${kind} ${name}`
}
