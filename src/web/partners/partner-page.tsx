import { Button, Tabs } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { codeOf } from '../api.ts'
import { Empty } from '../shared/empty.tsx'
import { Page } from '../shared/page.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { ActivityTab } from './activity-tab.tsx'
import { DetailsTab } from './details-tab.tsx'
import { EarningsTab } from './earnings-tab.tsx'
import { PayoutsTab } from './paid-tab.tsx'
import { Facts, Figures, Warnings } from './partner-head.tsx'
import css from './partners.module.css'
import { PortalLink } from './portal-link.tsx'
import { type Partner, partnerQuery } from './queries.ts'
import { StatementTab } from './statement-tab.tsx'
import { type Move, movesFrom, StatusChange } from './status-change.tsx'
import { TermsTab } from './terms-tab.tsx'

const tabs = [
  { value: 'earnings', label: 'Earnings', Tab: EarningsTab },
  { value: 'payouts', label: 'Payouts', Tab: PayoutsTab },
  { value: 'statement', label: 'Statement', Tab: StatementTab },
  { value: 'terms', label: 'Terms', Tab: TermsTab },
  { value: 'activity', label: 'Activity', Tab: ActivityTab },
  { value: 'details', label: 'Details', Tab: DetailsTab },
] as const

/** One partner: who it is, what it is owed, what it earned and was paid, and the rules that pay it. Source: market 4.3. */
export function PartnerPage() {
  const { brand, is_admin } = useSession()
  const { partner_id } = useParams({ from: '/shell/partners/$partner_id' })
  const { data: partner, error, refetch } = useQuery(partnerQuery(brand.id, partner_id))
  if (!partner) {
    return (
      <Page title="Partner">
        {!error && <Waiting />}
        {error && (codeOf(error) === 'not_found' ? <Gone /> : <Failed error={error} onRetry={() => void refetch()} />)}
      </Page>
    )
  }
  return (
    <Page title={partner.name} actions={<Actions partner={partner} is_admin={is_admin} />}>
      <Facts partner={partner} />
      <Warnings partner={partner} />
      <Figures partner_id={partner.id} />
      <PartnerTabs partner={partner} />
    </Page>
  )
}

const Gone = () => (
  <Empty title="There is no such partner in this brand.">
    <Link to="/partners">All partners</Link>
  </Empty>
)

function Actions({ partner, is_admin }: { partner: Partner; is_admin: boolean }) {
  const [move, setMove] = useState<Move | null>(null)
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconEye size={15} aria-hidden="true" />}
        aria-label="View as partner"
        renderRoot={props => <Link to="/portal" search={{ as: partner.id }} {...props} />}
      >
        View<span className={css.wide}>&nbsp;as partner</span>
      </Button>
      {is_admin && <PortalLink partner={partner} />}
      {is_admin &&
        movesFrom[partner.status].map(each => (
          <Button
            key={each.verb}
            variant={each.status === 'approved' ? 'filled' : 'default'}
            {...(each.status === 'approved' && { 'data-key': 'a' })}
            onClick={() => setMove(each)}
          >
            {each.verb}
          </Button>
        ))}
      {move && <StatusChange whom={[partner]} move={move} onClose={() => setMove(null)} />}
    </>
  )
}

/** The open tab is in the address; only it is read. */
function PartnerTabs({ partner }: { partner: Partner }) {
  const { tab } = useSearch({ from: '/shell/partners/$partner_id' })
  const navigate = useNavigate({ from: '/partners/$partner_id' })
  const open = tabs.find(each => each.value === tab)?.value ?? 'earnings'
  return (
    <Tabs
      mt={28}
      keepMounted={false}
      value={open}
      onChange={value => void navigate({ search: ({ brand }) => ({ brand, tab: value ?? undefined }), replace: true })}
    >
      <Tabs.List aria-label="About this partner" className={css.tabs}>
        {tabs.map(({ value, label }) => (
          <Tabs.Tab key={value} value={value}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(({ value, Tab }) => (
        <Tabs.Panel key={value} value={value} className={css.tab}>
          <Tab partner={partner} />
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
