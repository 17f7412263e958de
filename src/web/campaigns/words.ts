/** What a campaign pays, holds and caps, in words. */
import { parsePercent } from '../../core/money.ts'
import { costModelNames, describeTerms } from '../../core/price.ts'
import type { Campaign, Version } from './queries.ts'

export const costModels = Object.entries(costModelNames).map(([value, label]) => ({
  value: value as Campaign['cost_model'],
  label,
}))
export const costModelWords = (model: Campaign['cost_model']): string => costModelNames[model]

type Rated = Pick<Campaign | Version, 'cost_model' | 'currency' | 'amount_cents' | 'percent' | 'tiers'>

/** `10 % of revenue, 15 % from conversion 101`. */
export function rateWords({ cost_model, currency, amount_cents, percent, tiers }: Rated): string {
  if (tiers.length > 0 && amount_cents === null && percent === null)
    return rateWords(firstTierAsRate({ cost_model, currency, amount_cents, percent, tiers }))
  return describeTerms({
    ...{ campaign_id: '', version: 0, cost_model, currency, amount_cents, lines: [] },
    percent_ppm: percent === null ? null : parsePercent(percent),
    tiers: tiers.map(({ from, amount_cents, percent }) => ({
      from,
      ...(percent === undefined ? { amount_cents: amount_cents ?? 0 } : { percent_ppm: parsePercent(percent) ?? 0 }),
    })),
  })
}

/** Where only tiers say what is paid, the first one is the rate. */
function firstTierAsRate({ tiers: [first, ...tiers], ...rest }: Rated): Rated {
  const percent = first?.percent ?? null
  const cost_model = percent === null ? 'cpa' : 'revshare'
  return {
    ...rest,
    cost_model,
    percent: percent ?? (first ? null : '0'),
    amount_cents: first?.amount_cents ?? (percent === null ? 0 : null),
    tiers,
  }
}

export function holdWords(hours: number | null): string {
  if (hours === null) return 'As the brand'
  if (hours === 0) return 'None'
  return hours % 24 === 0 ? `${hours / 24} ${hours === 24 ? 'day' : 'days'}` : `${hours} h`
}

const spans = [
  ['daily', 'a day'],
  ['weekly', 'a week'],
  ['monthly', 'a month'],
] as const

/** `100 a day, 2,000 a month`. */
export function capWords(caps: Campaign['caps']): string {
  const words = spans.flatMap(([span, each]) => (caps[span] ? [`${caps[span].toLocaleString('en')} ${each}`] : []))
  return words.join(', ') || 'None'
}

/** Where a visitor goes in, and where a shop tells of a conversion. */
export const trackingLink = (origin: string, brand: string, campaign: string): string =>
  `${origin}/api/r/${brand}/${campaign}?via={partner_slug}&sub1=`
export const postbackUrl = (origin: string, brand: string, campaign: string, has_secret: boolean): string =>
  `${origin}/api/postback/${brand}/${campaign}?click_id={click_id}&amount={amount}&txn_id={order_number}${has_secret ? '&secret={secret}' : ''}`
