import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { actorText } from '../shared/actor.ts'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { type Changed, changesOf, verbOf } from './activity-words.ts'
import css from './partners.module.css'
import { type Activity, activityQuery, type Partner } from './queries.ts'

/** Who did what to this partner, its payouts and payments, and what changed by it. */
export function ActivityTab({ partner }: { partner: Partner }) {
  const { brand } = useSession()
  const query = useInfiniteQuery(activityQuery(brand.id, partner.id))
  const events = query.data?.pages.flatMap(page => page.data)
  if (!events) return query.error ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : <Waiting />
  if (events.length === 0) return <Empty title="Nothing happened yet." />
  return (
    <>
      <ol className={css.events} aria-label={`Activity of ${partner.name}`}>
        {events.map(event => (
          <Event key={event.id} event={event} />
        ))}
      </ol>
      {query.hasNextPage && (
        <Button variant="subtle" mt={12} loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Load more
        </Button>
      )}
    </>
  )
}

function Event({ event }: { event: Activity }) {
  const { kind, id } = event.object
  return (
    <li>
      <DateText at={event.at} />
      <div>
        <p>
          {kind === 'payout' ? (
            <Link to="/payouts" search={{ payout: id }}>
              {verbOf(event)}
            </Link>
          ) : (
            <strong>{verbOf(event)}</strong>
          )}{' '}
          <span className={css.because}>by {actorText(event.actor)}</span>
        </p>
        <Changes changes={changesOf(event)} />
      </div>
    </li>
  )
}

const Changes = ({ changes }: { changes: Changed[] }) =>
  changes.length === 0 ? null : (
    <ul className={css.changes}>
      {changes.map(({ field, from, to }) => (
        <li key={field}>
          {field}: {from !== null && <del>{from}</del>} {from !== null && to !== null && '→ '}
          {to === null ? <ins>nothing</ins> : <ins>{to}</ins>}
        </li>
      ))}
    </ul>
  )
