import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { DateText } from '../shared/date-text.tsx'
import { Page } from '../shared/page.tsx'
import { Facts } from '../shared/rail.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import css from './campaigns.module.css'
import { EditCampaign } from './edit-campaign.tsx'
import { type Campaign, campaignQuery, type Tables, tablesQuery } from './queries.ts'
import { Tracking } from './tracking.tsx'
import { Versions } from './versions.tsx'
import { capWords, costModelWords, holdWords, rateWords } from './words.ts'

/** One campaign: what it is, how to change it, and how its terms came to be. Which tab is open is in the address. */
export function CampaignPage() {
  const { brand, is_admin } = useSession()
  const { campaign_id } = useParams({ from: '/shell/campaigns/$campaign_id' })
  const { tab = 'overview' } = useSearch({ from: '/shell/campaigns/$campaign_id' })
  const navigate = useNavigate({ from: '/campaigns/$campaign_id' })
  const campaign = useQuery(campaignQuery(brand.id, campaign_id))
  const tables = useQuery(tablesQuery(brand.id, campaign_id))
  const error = campaign.error ?? tables.error
  const read = () => void Promise.all([campaign.refetch(), tables.refetch()])
  const shown = tab === 'edit' && !is_admin ? 'overview' : tab
  return (
    <Page
      title={campaign.data?.name ?? 'Campaign'}
      lead={
        <>
          <Link to="/campaigns" className={css.back}>
            Campaigns
          </Link>
          {campaign.data && ` · ${costModelWords(campaign.data.cost_model)} · ${rateWords(campaign.data)}`}
        </>
      }
    >
      {error && !(campaign.data && tables.data) && <Failed error={error} onRetry={read} />}
      {!error && !(campaign.data && tables.data) && <Waiting />}
      {campaign.data && tables.data && (
        <Tabs
          value={shown}
          onChange={next => void navigate({ search: before => ({ ...before, tab: next as typeof tab, part: undefined }) })}
          keepMounted={false}
        >
          <Tabs.List className={css.tabs}>
            <Tabs.Tab value="overview">Overview</Tabs.Tab>
            {is_admin && <Tabs.Tab value="edit">Edit</Tabs.Tab>}
            <Tabs.Tab value="versions">Versions</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="overview">
            <Overview campaign={campaign.data} tables={tables.data.tables} />
          </Tabs.Panel>
          <Tabs.Panel value="edit">
            <EditCampaign campaign={campaign.data} tables={tables.data.tables} />
          </Tabs.Panel>
          <Tabs.Panel value="versions">
            <Versions campaign_id={campaign_id} />
          </Tabs.Panel>
        </Tabs>
      )}
    </Page>
  )
}

function Overview({ campaign, tables }: { campaign: Campaign; tables: Tables }) {
  const texts = Object.values(tables)
  const lines = texts.reduce((sum, text) => sum + text.split('\n').filter(line => line.trim() !== '').length, 0)
  return (
    <div className={css.overview}>
      <Facts
        facts={[
          ['Slug', campaign.slug],
          ['Cost model', costModelWords(campaign.cost_model)],
          ['Pays', rateWords(campaign)],
          ['Custom payouts', lines === 0 ? 'None' : `${counted(lines, 'line')} in ${counted(texts.length, 'table')}`],
          ['Hold', holdWords(campaign.hold_hours)],
          ['Caps', capWords(campaign.caps)],
          ['Default revenue', money(campaign.default_revenue_cents, campaign.currency)],
          ['Destination', campaign.destination_url],
          ['Postback secret', campaign.has_postback_secret ? 'Set' : 'None'],
          ['Terms', `Version ${campaign.version}`],
          ['Since', <DateText key="since" at={campaign.created_at} />],
        ]}
      />
      <p className={css.note}>
        <Link to="/conversions" search={{ campaign_id: campaign.id }}>
          Show its conversions
        </Link>
      </p>
      <Tracking campaign={campaign} />
    </div>
  )
}
