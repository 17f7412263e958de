/** The terms of a campaign in a partner's words. */
import css from './parts.module.css'
import type { Campaign } from './queries.ts'

export const typeWords: Record<Campaign['type'], string> = {
  cpa: 'CPA, an amount a conversion',
  revshare: 'RevShare, a share of the revenue',
  none: 'Pays nothing by itself',
}
export const shortTypes: Record<Campaign['type'], string> = { cpa: 'CPA', revshare: 'RevShare', none: '–' }

export const Rate = ({ campaign }: { campaign: Campaign }) => (
  <>
    {campaign.rate}
    {campaign.is_custom_rate && <span className={css.own}>set for you</span>}
  </>
)

export const holdText = (days: number): string =>
  days === 0 ? 'none' : `${days.toLocaleString('en')} ${days === 1 ? 'day' : 'days'}`
