import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { tables } from '../../core/custom-payout.ts'
import { money } from '../shared/amount.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Section } from '../shared/page.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import css from './partners.module.css'
import { type Partner, type Terms, termsQuery } from './queries.ts'

type Campaign = Terms['campaigns'][number]

/** Which rules pay this partner, in the order in which they win, and since when each says so. */
export function TermsTab({ partner }: { partner: Partner }) {
  const { brand } = useSession()
  const { data, error, refetch } = useQuery(termsQuery(brand.id, partner.id))
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />
  return (
    <>
      <Section id="terms-structures" title="Payout structures">
        {data.structures.length === 0 && <Empty title="On no structure.">Structures pay over time, whatever is sold.</Empty>}
        {data.structures.map(structure => (
          <article key={structure.id} className={css.term}>
            <h3>
              <Link to="/structures/$structure_id" params={{ structure_id: structure.id }}>
                {structure.name}
              </Link>
              <span>
                on it since <DateText at={structure.since} /> · version {structure.version}
              </span>
            </h3>
            {structure.says}
          </article>
        ))}
      </Section>
      <Section id="terms-campaigns" title="Campaigns">
        {data.campaigns.length === 0 && <Empty title="No campaigns yet.">A campaign says what a conversion pays.</Empty>}
        {data.campaigns.map(campaign => (
          <CampaignTerms key={campaign.id} campaign={campaign} name={partner.name} />
        ))}
      </Section>
    </>
  )
}

const titleOf = (tab: string): string => tables.find(each => each.key === tab)?.title ?? tab

function CampaignTerms({ campaign, name }: { campaign: Campaign; name: string }) {
  return (
    <article className={css.term}>
      <h3>
        <Link to="/campaigns/$campaign_id" params={{ campaign_id: campaign.id }}>
          {campaign.name}
        </Link>
        <span>version {campaign.version}</span>
      </h3>
      <ol className={css.rules} aria-label={`What ${campaign.name} pays ${name}, first rule that fits wins`}>
        {campaign.lines.map(line => (
          <li key={`${line.tab}${line.line}`}>
            <span>
              Own line in {titleOf(line.tab)} <code>{line.text}</code>
            </span>
            <Since at={line.since} />
          </li>
        ))}
        {campaign.general_count > 0 && (
          <li>
            <span>
              {campaign.general_count} custom payout {campaign.general_count === 1 ? 'line' : 'lines'} for any partner, where one
              fits
            </span>
          </li>
        )}
        {campaign.tier_count > 0 && (
          <li>
            <span>Tiers by the number of its conversions</span>
          </li>
        )}
        <li>
          <span>Campaign rate: {rateOf(campaign)}</span>
          <Since at={campaign.since} />
        </li>
      </ol>
    </article>
  )
}

const Since = ({ at }: { at: string }) => (
  <span className={css.since}>
    since <DateText at={at} />
  </span>
)

function rateOf({ cost_model, amount_cents, percent, currency }: Campaign): string {
  if (cost_model === 'cpa' && amount_cents !== null) return `${money(amount_cents, currency)} a conversion`
  if (cost_model === 'revshare' && percent !== null) return `${percent} % of the revenue`
  return cost_model === 'none' ? 'nothing' : `${cost_model.toUpperCase()}, which pays nothing a conversion`
}
