import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { settingsQuery } from '../payouts/queries.ts'
import { money } from '../shared/amount.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Kpis } from '../shared/kpis.tsx'
import { useSession } from '../shell/session.tsx'
import { countryName } from './partner-form.tsx'
import css from './partners.module.css'
import { figuresQuery, type Partner } from './queries.ts'
import { StatusPill, statusWords } from './status-pill.tsx'

const platforms: Record<string, string> = { tiktok: 'TikTok', youtube: 'YouTube', instagram: 'Instagram', x: 'X' }

/** Who it is, in one line. */
export const Facts = ({ partner }: { partner: Partner }) => (
  <ul className={css.facts} aria-label="About this partner">
    <li>
      <StatusPill status={partner.status} />
    </li>
    <li title="Alias">{partner.alias}</li>
    {partner.handle && (
      <li>
        @{partner.handle}
        {partner.platform && ` on ${platforms[partner.platform] ?? partner.platform}`}
      </li>
    )}
    {partner.email && <li>{partner.email}</li>}
    {partner.company && <li>{partner.company}</li>}
    {partner.country && <li>{countryName(partner.country)}</li>}
    <li>
      since <DateText at={partner.created_at} />
    </li>
  </ul>
)

/** Where its money stands, in each currency. */
export function Figures({ partner_id }: { partner_id: string }) {
  const { brand } = useSession()
  const { data } = useQuery(figuresQuery(brand.id, partner_id))
  type Row = NonNullable<typeof data>[number]
  const of = (pick: (row: Row) => number) =>
    data?.filter(row => pick(row) !== 0).map(row => ({ currency: row.currency, cents: pick(row) })) ?? null
  const has_credit = data?.some(row => row.credit_cents > 0)
  return (
    <Kpis
      kpis={[
        { name: 'Owed', figures: of(row => row.owed_cents) },
        { name: 'On hold', figures: of(row => row.pending_cents) },
        { name: 'In payouts', figures: of(row => row.in_payouts_cents) },
        ...(has_credit ? [{ name: 'Credit', figures: of(row => row.credit_cents) }] : []),
        { name: 'Paid', figures: of(row => row.paid_cents) },
      ]}
    />
  )
}

/** What stands between this partner and its money, and what to do about it. */
export function Warnings({ partner }: { partner: Partner }) {
  const { brand } = useSession()
  const { data: figures = [] } = useQuery(figuresQuery(brand.id, partner.id))
  const { data: settings } = useQuery(settingsQuery(brand.id))
  const details = (
    <Link from="/partners/$partner_id" search={before => ({ ...before, tab: 'details' })}>
      Add
    </Link>
  )
  const warnings: [key: string, says: ReactNode][] = []
  if (partner.status !== 'approved') {
    const { label, says } = statusWords[partner.status]
    warnings.push(['status', `${label}: ${says.charAt(0).toLowerCase()}${says.slice(1)}`])
  }
  for (const row of figures) {
    if (row.balance_cents < 0) {
      const more = money(-row.balance_cents, row.currency)
      warnings.push([`minus ${row.currency}`, `Was paid ${more} more than it earned; the next earnings make up for it.`])
    }
    if (row.below_threshold && settings) {
      const minimum = settings.minimum_threshold_cents
      const missing = money(minimum - row.owed_cents, row.currency)
      warnings.push([`below ${row.currency}`, `Below the minimum of ${money(minimum, row.currency)}: ${missing} to go.`])
    }
  }
  if (!partner.email) warnings.push(['email', <>No e-mail: this partner cannot sign in to the portal. {details} one.</>])
  if (!partner.billing_details) warnings.push(['billing', <>No billing details: nobody knows where to pay. {details} them.</>])
  if (warnings.length === 0) return null
  return (
    <ul className={css.warnings} aria-label="Warnings">
      {warnings.map(([key, says]) => (
        <li key={key}>
          <IconAlertTriangle size={16} aria-hidden="true" />
          <span>{says}</span>
        </li>
      ))}
    </ul>
  )
}
