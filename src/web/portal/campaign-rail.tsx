import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { Facts, Rail, RailSection } from '../shared/rail.tsx'
import { holdText, Rate, typeWords } from './campaign-words.tsx'
import { CopyField } from './copy-field.tsx'
import css from './parts.module.css'
import type { Campaign } from './queries.ts'

type CampaignRailProps = { campaign: Campaign; onMove: (id: string) => void; onClose: () => void }

/** One campaign: its terms for this partner, what it says of itself, and a link to it. */
export const CampaignRail = ({ campaign, onMove, onClose }: CampaignRailProps) => (
  <Rail
    label={`Campaign ${campaign.name}`}
    kicker="Campaign"
    title={campaign.name}
    row={`campaign:${campaign.id}`}
    onMove={onMove}
    onClose={onClose}
  >
    <Facts
      facts={[
        ['Your rate', <Rate key="rate" campaign={campaign} />],
        ['Type', typeWords[campaign.type]],
        ['Hold', campaign.hold_days === 0 ? 'none: payable at once' : `${holdText(campaign.hold_days)} before it can be paid`],
        ['Description', campaign.description],
      ]}
    />
    <RailSection title="Your link">
      {campaign.tracking_url ? (
        <LinkBuilder url={campaign.tracking_url} />
      ) : (
        <p className={css.quiet}>The campaign has no destination yet, so there is no link to share.</p>
      )}
    </RailSection>
  </Rail>
)

const names = ['sub1', 'sub2', 'sub3', 'sub4', 'sub5'] as const

/** The tracking link with the partner's own labels in it; they come back in the conversion log and in its postback. */
function LinkBuilder({ url }: { url: string }) {
  const [subs, setSubs] = useState<Partial<Record<string, string>>>({})
  return (
    <div className={css.builder}>
      <CopyField label="Tracking link" value={withSubs(url, subs)} />
      <p className={css.quiet}>
        Add labels of your own, such as a newsletter or a placement: they come back with each conversion.
      </p>
      <div className={css.subs}>
        {names.map(name => (
          <TextInput
            key={name}
            label={name}
            maxLength={200}
            value={subs[name] ?? ''}
            onChange={event => setSubs({ ...subs, [name]: event.currentTarget.value.trim() })}
          />
        ))}
      </div>
    </div>
  )
}

function withSubs(url: string, subs: Partial<Record<string, string>>): string {
  const address = new URL(url)
  for (const name of names) if (subs[name]) address.searchParams.set(name, subs[name])
  return address.href
}
