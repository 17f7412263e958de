import { Button, CopyButton } from '@mantine/core'
import { IconCheck, IconLink } from '@tabler/icons-react'
import { Copied } from '../shared/copied.tsx'
import { Section } from '../shared/page.tsx'
import { useSession } from '../shell/session.tsx'
import css from './campaigns.module.css'
import type { Campaign } from './queries.ts'
import { postbackUrl, trackingLink } from './words.ts'

/** The tracking link of a row, copied by a press. */
export function CopyLink({ campaign }: { campaign: Pick<Campaign, 'slug' | 'name' | 'destination_url'> }) {
  const { brand } = useSession()
  if (campaign.destination_url === null) {
    return (
      <span className={css.quiet} title="Give the campaign a destination address first.">
        no destination
      </span>
    )
  }
  return (
    <CopyButton value={trackingLink(window.location.origin, brand.slug, campaign.slug)}>
      {({ copied, copy }) => (
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={copy}
          aria-label={`${copied ? 'Copied' : 'Copy link'}: tracking link of ${campaign.name}`}
          leftSection={copied ? <IconCheck size={14} aria-hidden="true" /> : <IconLink size={14} aria-hidden="true" />}
        >
          {copied ? 'Copied' : 'Copy link'}
        </Button>
      )}
    </CopyButton>
  )
}

/** Where visitors go in, where the shop tells of conversions, and what may stand in both addresses. */
export function Tracking({ campaign }: { campaign: Campaign }) {
  const { brand } = useSession()
  const { origin } = window.location
  return (
    <>
      <Section id="link" title="Tracking link">
        {campaign.destination_url === null ? (
          <p className={css.note}>
            There is no link yet: under Edit, give the campaign the address where visitors should arrive.
          </p>
        ) : (
          <>
            <div className={css.address}>
              <Copied text={trackingLink(origin, brand.slug, campaign.slug)} label="tracking link" />
            </div>
            <dl className={css.macros}>
              <Macro name="via">the partner's slug; without it the click belongs to nobody</Macro>
              <Macro name="sub1 … sub20">whatever the partner wants to find again, up to 500 characters each</Macro>
              <Macro name="click_id">is added to {campaign.destination_url}; the shop keeps it for the postback</Macro>
            </dl>
          </>
        )}
      </Section>
      <Section id="postback" title="Postback URL">
        <div className={css.address}>
          <Copied text={postbackUrl(origin, brand.slug, campaign.slug, campaign.has_postback_secret)} label="postback URL" />
        </div>
        <dl className={css.macros}>
          <Macro name="click_id">as it arrived at the shop; or coupon_code, the code of a partner</Macro>
          <Macro name="amount">the revenue, such as 12.50; left out, the campaign's own default</Macro>
          <Macro name="txn_id">the order number: the same one again is a duplicate, and pays once</Macro>
          <Macro name="type">Lead, Signup …; left out, it is a sale</Macro>
          <Macro name="status">approved, pending (waits for review) or declined</Macro>
          <Macro name="payout">pays this amount instead of what the terms say</Macro>
          <Macro name="sub1 … sub20">conversion subs, for the tables that ask for them</Macro>
          <Macro name="event_id">an event that arrives twice is recorded once</Macro>
          {campaign.has_postback_secret && <Macro name="secret">the postback secret of this campaign</Macro>}
        </dl>
      </Section>
    </>
  )
}

const Macro = ({ name, children }: { name: string; children: React.ReactNode }) => (
  <div>
    <dt>
      <code>{name}</code>
    </dt>
    <dd>{children}</dd>
  </div>
)
