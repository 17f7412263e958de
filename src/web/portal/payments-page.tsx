import { useInfiniteQuery } from '@tanstack/react-query'
import { Amount } from '../shared/amount.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Section } from '../shared/page.tsx'
import { Failed } from '../shared/states.tsx'
import { BalanceKpis, paidThisYear } from './balance-kpis.tsx'
import { HistoryTable } from './history-table.tsx'
import { MonthStatement } from './month-statement.tsx'
import css from './parts.module.css'
import { PaymentMethod } from './payment-method.tsx'
import { PortalPage } from './portal-page.tsx'
import { type Balance, paymentsQuery } from './queries.ts'
import { usePortal } from './session.tsx'

/** What is owed and when it comes, how it is sent, and what was paid before. Source: spec C8, C10. */
export function PaymentsPage() {
  const { me, who } = usePortal()
  const list = useInfiniteQuery(paymentsQuery(who))
  const first = list.data?.pages[0]?.data
  const rows = list.data?.pages.flatMap(page => page.data.history ?? [])
  const balances = first?.balances ?? undefined
  return (
    <PortalPage title="Payments">
      {me.toggles.show_balance ? (
        <>
          <BalanceKpis balances={balances} last={paidThisYear(balances)} />
          {balances && <BeingPaid balances={balances} />}
          {balances && <Releases balances={balances} />}
        </>
      ) : (
        <Empty title="Balances and payment history are not shown here.">
          {me.program.title} keeps them to itself; ask there what you are owed. How you want to be paid is set below.
        </Empty>
      )}
      <Section id="method" title="Payment method">
        {!first && list.error ? (
          <Failed error={list.error} onRetry={() => void list.refetch()} />
        ) : (
          <PaymentMethod settings={first?.settings} />
        )}
      </Section>
      {me.toggles.show_balance && (
        <Section id="history" title="Payment history">
          <HistoryTable
            rows={rows}
            error={list.error}
            onRetry={() => void list.refetch()}
            more={{
              has: list.hasNextPage,
              load: () => void list.fetchNextPage(),
              is_loading: list.isFetchingNextPage,
              label: 'Load more payments',
            }}
          />
        </Section>
      )}
      {me.toggles.show_balance && <MonthStatement />}
    </PortalPage>
  )
}

/** What was drafted or approved and is on its way: part of the balance, but no longer available. */
function BeingPaid({ balances }: { balances: readonly Balance[] }) {
  const moving = balances.filter(each => each.in_payouts_cents !== 0)
  if (moving.length === 0) return null
  return (
    <p className={css.sentence}>
      {moving.map(({ currency, in_payouts_cents }) => (
        <strong key={currency}>
          <Amount cents={in_payouts_cents} currency={currency} />{' '}
        </strong>
      ))}
      of your balance is being paid: it is in a payout below.
    </p>
  )
}

/** What leaves hold on which day. */
function Releases({ balances }: { balances: readonly Balance[] }) {
  const releases = balances.flatMap(({ currency, releases }) => releases.map(each => ({ ...each, currency })))
  if (releases.length === 0) return null
  return (
    <Section id="releases" title="On hold until">
      <ul className={css.releases}>
        {releases
          .toSorted((a, b) => (a.at < b.at ? -1 : 1))
          .map(({ at, amount_cents, currency }) => (
            <li key={`${at}${currency}`}>
              <DateText at={at} />
              <Amount cents={amount_cents} currency={currency} />
            </li>
          ))}
      </ul>
    </Section>
  )
}
