import { useQuery } from '@tanstack/react-query'
import { DataTable } from '../shared/data-table.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Kpis } from '../shared/kpis.tsx'
import { Section } from '../shared/page.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { BalanceKpis, PayoutStatus, paidThisYear, Says } from './balance-kpis.tsx'
import { CopyField } from './copy-field.tsx'
import { centsIn, EarnedText, mainCurrency, oneCurrency, rateText } from './earned.tsx'
import { EarningsChart } from './earnings-chart.tsx'
import css from './parts.module.css'
import { PortalPage } from './portal-page.tsx'
import { type Home, homeQuery, type Stats, statsQuery } from './queries.ts'
import { usePortal } from './session.tsx'
import { TodoStrip } from './todo-strip.tsx'

/** The first page of a partner: where the money stands, what the last 30 days brought, and the links to share. Source: spec A15. */
export function DashboardPage() {
  const { me, who } = usePortal()
  const home = useQuery(homeQuery(who))
  const stats = useQuery(statsQuery(who))
  const balances = home.data?.balances ?? undefined
  return (
    <PortalPage title="Dashboard">
      <TodoStrip />
      {me.toggles.show_balance && <BalanceKpis balances={balances} last={paidThisYear(balances)} />}
      <LastDays stats={stats.data} error={stats.error} onRetry={() => void stats.refetch()} />
      {me.toggles.show_balance && (
        <Section id="status" title="Payout status">
          <PayoutStatus balances={balances} />
        </Section>
      )}
      <ByCampaign stats={stats.data} error={stats.error} onRetry={() => void stats.refetch()} />
      <Section id="links" title="Tracking links">
        {home.error && !home.data && <Failed error={home.error} onRetry={() => void home.refetch()} />}
        {home.data ? <Links links={home.data.links} /> : !home.error && <Waiting />}
      </Section>
    </PortalPage>
  )
}

type StatsProps = { stats: Stats | undefined; error: unknown; onRetry: () => void }

function LastDays({ stats, error, onRetry }: StatsProps) {
  const { me } = usePortal()
  if (!stats && error) return <Failed error={error} onRetry={onRetry} />
  const currency = mainCurrency(stats?.earnings ?? [], me.program.currency)
  const days = stats?.days.map(({ on, earnings }) => ({ day: on, earned_cents: centsIn(earnings, currency) }))
  const count = (value: number | undefined) => (value === undefined ? null : value.toLocaleString('en'))
  const figures = (list: Stats['epc'] | undefined) => list?.map(each => ({ currency: each.currency, cents: each.amount_cents }))
  return (
    <Section
      id="days"
      title="Last 30 days"
      aside={
        stats && (
          <span className={css.quiet}>
            <DateText at={stats.from} /> – <DateText at={stats.to} />
          </span>
        )
      }
    >
      <Kpis
        kpis={[
          { name: 'Earned', figures: figures(stats?.earnings) ?? null },
          { name: 'Clicks', value: count(stats?.click_count) },
          { name: 'Conversions', value: count(stats?.conversion_count) },
          { name: 'CVR', note: <Says>conversions a click</Says>, value: stats ? rateText(stats.cvr) : null },
          {
            name: 'EPC',
            note: <Says>earnings a click</Says>,
            ...(stats && stats.epc.length === 0 ? { value: '–' } : { figures: figures(stats?.epc) ?? null }),
          },
        ]}
      />
      {days?.some(each => each.earned_cents !== 0) && (
        <EarningsChart
          label={`Earned a day, in ${currency}; the report has the same as a table`}
          days={days}
          currency={currency}
        />
      )}
    </Section>
  )
}

function ByCampaign({ stats, error, onRetry }: StatsProps) {
  const { me } = usePortal()
  const currency = oneCurrency(stats?.campaigns ?? [], me.program.currency)
  return (
    <Section id="campaigns" title="By campaign" aside={<span className={css.quiet}>last 30 days</span>}>
      <DataTable
        name="portal-campaigns"
        label="Earnings by campaign"
        rows={stats?.campaigns}
        rowKey={row => row.campaign_id ?? 'none'}
        error={error}
        onRetry={onRetry}
        empty={
          <Empty title="Nothing earned in the last 30 days.">Share a tracking link below; what it brings shows up here.</Empty>
        }
        columns={[
          { key: 'name', title: 'Campaign', fixed: true, render: row => row.name },
          {
            key: 'clicks',
            title: 'Clicks',
            numeric: true,
            fixed: true,
            wide: true,
            render: row => row.click_count.toLocaleString('en'),
          },
          {
            key: 'conversions',
            title: 'Conversions',
            numeric: true,
            fixed: true,
            render: row => row.conversion_count.toLocaleString('en'),
          },
          {
            key: 'cvr',
            title: 'CVR',
            numeric: true,
            fixed: true,
            wide: true,
            render: row => rateText(row.click_count > 0 ? row.conversion_count / row.click_count : null),
          },
          {
            key: 'earned',
            title: 'Earned',
            unit: currency,
            numeric: true,
            fixed: true,
            render: row => <EarnedText earnings={row.earnings} bare={currency} />,
          },
        ]}
      />
    </Section>
  )
}

function Links({ links }: { links: Home['links'] }) {
  if (links.length === 0)
    return <Empty title="No campaigns yet.">As soon as the program opens one, your link to it is here.</Empty>
  return (
    <ul className={css.links}>
      {links.map(({ campaign_id, name, url }) => (
        <li key={campaign_id}>
          <span>{name}</span>
          {url ? (
            <CopyField is_quiet label={`Tracking link of ${name}`} value={url} />
          ) : (
            <span className={css.quiet}>has no destination yet</span>
          )}
        </li>
      ))}
    </ul>
  )
}
