import {
  IconAlertTriangle,
  IconChecks,
  IconCircleCheck,
  IconCoins,
  IconEyeCheck,
  IconFileAlert,
  IconHourglass,
  IconLock,
  IconPlayerPlay,
  IconSend,
  IconStairsUp,
  IconUserCheck,
  type TablerIcon,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, type LinkProps } from '@tanstack/react-router'
import type { Client } from '../../client/client.ts'
import { api } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Page, Section } from '../shared/page.tsx'
import { keyOf } from '../shared/reads.ts'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { FirstSteps } from './first-steps.tsx'
import css from './home.module.css'

export type Work = Awaited<ReturnType<Client['overview']['work']>>['data']
type Queue = Work['queues'][number]
type Name = Queue['queue']
type Place = { icon: TablerIcon; what: (count: number) => string; since?: string; to: LinkProps['to']; search?: object }

/** What a queue is called, and where its work is done. */
const places: Record<Name, Place> = {
  to_review: { icon: IconEyeCheck, what: n => `${counted(n, 'conversion')} to review`, since: 'since', to: '/conversions' },
  to_draft: { icon: IconPlayerPlay, what: n => `${counted(n, 'balance')} ready for a payout`, to: '/payouts' },
  to_approve: {
    icon: IconUserCheck,
    what: n => `${counted(n, 'draft')} to approve`,
    since: 'since',
    to: '/payouts',
    search: { status: 'draft' },
  },
  to_pay: {
    icon: IconSend,
    what: n => `${counted(n, 'approved payout')} to pay`,
    since: 'since',
    to: '/payouts',
    search: { status: 'approved' },
  },
  new_partners: {
    icon: IconCircleCheck,
    what: n => `${counted(n, 'partner')} to approve`,
    since: 'since',
    to: '/partners',
    search: { status: 'pending' },
  },
  rejected_rows: { icon: IconFileAlert, what: n => `${counted(n, 'imported row')} rejected`, since: 'since', to: '/imports' },
  blocked: { icon: IconLock, what: n => `${counted(n, 'balance')} of paused or declined partners`, to: '/payouts' },
  overpaid: { icon: IconAlertTriangle, what: n => `${counted(n, 'partner')} paid more than earned`, to: '/partners' },
  below_minimum: { icon: IconStairsUp, what: n => `${counted(n, 'balance')} below the minimum`, to: '/payouts' },
  on_hold: {
    icon: IconHourglass,
    what: n => `Earnings of ${counted(n, 'partner')} on hold`,
    since: 'next released',
    to: '/conversions',
  },
}
const WAITING: readonly Name[] = ['blocked', 'overpaid', 'below_minimum', 'on_hold']

/** What there is to do, oldest things first in sight; paying and looking back are on their own pages. */
export function HomePage() {
  const { brand } = useSession()
  const { data, error, refetch } = useQuery({
    queryKey: keyOf(brand.id, 'work'),
    queryFn: async ({ signal }) => (await api.overview.work({ params: { brand_id: brand.id }, signal })).data,
    refetchInterval: 60_000,
  })
  return (
    <Page title="Home" narrow>
      {!data && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {data && <Lists work={data} />}
    </Page>
  )
}

function Lists({ work }: { work: Work }) {
  const to_do = work.queues.filter(({ queue }) => !WAITING.includes(queue))
  const waiting = work.queues.filter(({ queue }) => WAITING.includes(queue))
  const is_new = !work.has.earnings || !work.has.partners
  return (
    <>
      {is_new && <FirstSteps has={work.has} />}
      {work.next_run && <NextRun run={work.next_run} />}
      {(to_do.length > 0 || !is_new) && (
        <Section id="to-do" title="To do">
          {to_do.length > 0 ? (
            <Queues queues={to_do} />
          ) : (
            <Empty icon={<IconChecks size={20} aria-hidden="true" />} title="Nothing waits for you.">
              Everything that was earned is paid, on hold, or below the minimum.
            </Empty>
          )}
        </Section>
      )}
      {waiting.length > 0 && (
        <Section id="waiting" title="Waiting by itself">
          <Queues queues={waiting} />
        </Section>
      )}
    </>
  )
}

const Queues = ({ queues }: { queues: readonly Queue[] }) => (
  <ul className={css.queues}>
    {queues.map(queue => (
      <QueueLine key={queue.queue} queue={queue} />
    ))}
  </ul>
)

function QueueLine({ queue: { queue, count, amounts, since } }: { queue: Queue }) {
  const { icon: Icon, what, since: word, to, search } = places[queue]
  return (
    <li>
      <Link
        to={to}
        search={((before: object) => ({ ...before, ...search })) as never}
        className={css.queue}
        data-row={`queue:${queue}`}
      >
        <Icon size={17} stroke={1.7} aria-hidden="true" />
        <span className={css.what}>{what(count)}</span>
        <span className={css.amounts}>
          {amounts.map(({ currency, amount_cents }) => (
            <span key={currency}>{money(amount_cents, currency)}</span>
          ))}
        </span>
        <span className={css.since}>
          {word && since && (
            <>
              {word} <DateText at={since} />
            </>
          )}
        </span>
      </Link>
    </li>
  )
}

const NextRun = ({ run }: { run: NonNullable<Work['next_run']> }) => (
  <p className={css.next}>
    <IconCoins size={17} stroke={1.7} aria-hidden="true" />
    <span>
      The schedule drafts payouts on <DateText at={run.on} />
      {run.amounts.length > 0 && (
        <>
          {' '}
          — ready by now:{' '}
          <strong>{run.amounts.map(({ currency, amount_cents }) => money(amount_cents, currency)).join(', ')}</strong>
        </>
      )}
      .
    </span>
  </p>
)
