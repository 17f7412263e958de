import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconDownload } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { addressOf } from '../../client/client.ts'
import { api } from '../api.ts'
import { Amount } from '../shared/amount.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Kpis } from '../shared/kpis.tsx'
import { keyOf } from '../shared/reads.ts'
import { Failed, Waiting } from '../shared/states.tsx'
import table from '../shared/table.module.css'
import { useSession } from '../shell/session.tsx'
import css from './partners.module.css'
import type { Partner } from './queries.ts'

type Statement = Awaited<ReturnType<typeof api.statements.month>>['data']
type Account = Statement['currencies'][number]

/** The partner's account in one month: opening, earned, adjusted, paid, closing, and every entry; to keep as PDF or CSV. */
export function StatementTab({ partner }: { partner: Partner }) {
  const { brand } = useSession()
  const { month } = useSearch({ from: '/shell/partners/$partner_id' })
  const { data, error, refetch } = useQuery({
    queryKey: keyOf(brand.id, 'partner', partner.id, 'statement', month ?? 'now'),
    queryFn: async ({ signal }) =>
      (await api.statements.month({ params: { brand_id: brand.id, partner_id: partner.id }, query: { month }, signal })).data,
    placeholderData: keepPreviousData,
  })
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />
  return (
    <>
      <Head statement={data} />
      {data.currencies.length === 0 && <Empty title={`Nothing moved in ${nameOf(data.month)}.`} />}
      {data.currencies.map(account => (
        <section key={account.currency} aria-label={`${nameOf(data.month)} in ${account.currency}`}>
          <Totals account={account} />
          <Entries account={account} />
        </section>
      ))}
    </>
  )
}

const nameOf = (month: string): string =>
  new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${month}-01`))

/** `2026-03` and one month on or back. */
function moved(month: string, by: 1 | -1): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7)
}

function Head({ statement }: { statement: Statement }) {
  const { brand } = useSession()
  const navigate = useNavigate({ from: '/partners/$partner_id' })
  const { month, first_month, is_running, partner } = statement
  const go = (by: 1 | -1) => void navigate({ search: before => ({ ...before, month: moved(month, by) }), replace: true })
  const file = (kind: 'pdf' | 'csv') =>
    addressOf(
      `/api/brands/{brand_id}/partners/{partner_id}/statement/${kind}`,
      { brand_id: brand.id, partner_id: partner.id },
      { month },
    )
  const move = (label: string, by: 1 | -1, is_end: boolean, Icon: typeof IconChevronLeft) => (
    <Tooltip label={is_end ? (by === 1 ? 'This month has not ended yet' : 'The partner came in this month') : label}>
      <ActionIcon
        variant="default"
        aria-label={label}
        aria-disabled={is_end || undefined}
        data-disabled={is_end || undefined}
        onClick={() => !is_end && go(by)}
      >
        <Icon size={16} aria-hidden="true" />
      </ActionIcon>
    </Tooltip>
  )
  return (
    <div className={css.month}>
      {move('Month before', -1, month <= first_month, IconChevronLeft)}
      <h2>
        {nameOf(month)}
        {is_running && <span className={css.because}> so far</span>}
      </h2>
      {move('Next month', 1, is_running, IconChevronRight)}
      <span className={css.files}>
        {(['pdf', 'csv'] as const).map(kind => (
          <Button
            key={kind}
            component="a"
            href={file(kind)}
            download
            variant="default"
            leftSection={<IconDownload size={15} aria-hidden="true" />}
          >
            {kind.toUpperCase()}
          </Button>
        ))}
      </span>
    </div>
  )
}

function Totals({ account: { currency, ...cents } }: { account: Account }) {
  const figures = (cents: number) => [{ currency, cents }]
  return (
    <Kpis
      kpis={[
        { name: 'Opening', figures: figures(cents.opening_cents) },
        { name: 'Earned', figures: figures(cents.earned_cents) },
        { name: 'Adjusted', figures: figures(cents.adjusted_cents) },
        { name: 'Paid', figures: figures(cents.paid_cents) },
        { name: 'Closing', figures: figures(cents.closing_cents) },
      ]}
    />
  )
}

const Entries = ({ account }: { account: Account }) => (
  <table className={table.table} aria-label={`Entries in ${account.currency}`}>
    <thead>
      <tr>
        <th scope="col">Date</th>
        <th scope="col">What</th>
        <th scope="col" className={table.number}>
          Amount<span className={table.unit}>{account.currency}</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {account.entries.map((entry, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries of a day and kind have nothing but their place
        <tr key={n}>
          <td>
            <DateText at={entry.on} />
          </td>
          <td>
            {entry.payout_id ? (
              <Link to="/payouts" search={{ payout: entry.payout_id }} className={table.name}>
                {entry.text}
              </Link>
            ) : (
              entry.text
            )}
          </td>
          <td className={table.number}>
            <Amount cents={entry.amount_cents} currency={account.currency} bare />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)
