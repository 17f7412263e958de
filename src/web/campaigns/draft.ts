/** A campaign as it stands in a form: every field a text, read when it is sent. */
import type { Client } from '../../client/client.ts'
import { decimal, minorDigits, parsePercent } from '../../core/money.ts'
import { centsOf } from '../shared/money-field.tsx'
import type { Campaign } from './queries.ts'

export type Body = NonNullable<Parameters<Client['campaigns']['create']>[0]['body']>
type CostModel = Campaign['cost_model']
export type TierDraft = { id: number; from: string; value: string }
export type Draft = {
  name: string
  slug: string
  cost_model: CostModel
  currency: string
  /** An amount or a percentage, by the cost model. */
  value: string
  tiers: TierDraft[]
  hold_hours: string
  daily: string
  weekly: string
  monthly: string
  destination_url: string
  default_revenue: string
  postback_secret: string
}
export type Errors = Partial<Record<string, string>>

export const emptyDraft = (currency: string): Draft => ({
  ...{ name: '', slug: '', cost_model: 'revshare', currency, value: '', tiers: [], hold_hours: '', daily: '', weekly: '' },
  ...{ monthly: '', destination_url: '', default_revenue: '', postback_secret: '' },
})

const amountIn = (cents: number | null | undefined, currency: string): string =>
  cents === null || cents === undefined ? '' : decimal(cents, minorDigits(currency))
const numberIn = (value: number | null | undefined): string => (value === null || value === undefined ? '' : String(value))

export const draftOf = (campaign: Campaign): Draft => ({
  name: campaign.name,
  slug: campaign.slug,
  cost_model: campaign.cost_model,
  currency: campaign.currency,
  value: campaign.cost_model === 'cpa' ? amountIn(campaign.amount_cents, campaign.currency) : (campaign.percent ?? ''),
  tiers: campaign.tiers.map(({ from, amount_cents, percent }, id) => ({
    id,
    from: String(from),
    value: percent ?? amountIn(amount_cents, campaign.currency),
  })),
  hold_hours: numberIn(campaign.hold_hours),
  daily: numberIn(campaign.caps.daily),
  weekly: numberIn(campaign.caps.weekly),
  monthly: numberIn(campaign.caps.monthly),
  destination_url: campaign.destination_url ?? '',
  default_revenue: campaign.default_revenue_cents === 0 ? '' : amountIn(campaign.default_revenue_cents, campaign.currency),
  postback_secret: '',
})

export const pays = (model: CostModel): model is 'cpa' | 'revshare' => model === 'cpa' || model === 'revshare'

/** The body that a draft says, or what is wrong with it by field. */
export function bodyOf(draft: Draft): { body: Body; errors: Errors } {
  const errors: Errors = {}
  if (draft.name.trim() === '') errors.name = 'Give the campaign a name.'
  const amount = (name: string, text: string): number | null => {
    if (text.trim() === '') return null
    const cents = centsOf(text, draft.currency)
    if (cents === null || cents < 0) errors[name] = `Write an amount of ${draft.currency}, for example 10.00.`
    return cents
  }
  const whole = (name: string, text: string, least: number): number | null => {
    if (text.trim() === '') return null
    if (!/^\d{1,9}$/.test(text.trim()) || Number(text) < least) errors[name] = `Write a whole number, ${least} or more.`
    return Number(text)
  }
  const body: Body = {
    name: draft.name.trim(),
    ...(draft.slug.trim() && { slug: draft.slug.trim() }),
    cost_model: draft.cost_model,
    currency: draft.currency,
    ...rateOf(draft, errors, amount),
    tiers: pays(draft.cost_model) ? tiersOf(draft, errors) : [],
    hold_hours: whole('hold_hours', draft.hold_hours, 0),
    caps: {
      daily: whole('caps.daily', draft.daily, 1),
      weekly: whole('caps.weekly', draft.weekly, 1),
      monthly: whole('caps.monthly', draft.monthly, 1),
    },
    destination_url: draft.destination_url.trim() || null,
    default_revenue_cents: amount('default_revenue_cents', draft.default_revenue) ?? 0,
    ...(draft.postback_secret && { postback_secret: draft.postback_secret }),
  }
  return { body, errors }
}

type ReadAmount = (name: string, text: string) => number | null

function rateOf(draft: Draft, errors: Errors, amount: ReadAmount): Pick<Body, 'amount_cents' | 'percent'> {
  const is_needed = draft.tiers.length === 0 && draft.value.trim() === ''
  if (draft.cost_model === 'cpa') {
    if (is_needed) errors.amount_cents = 'Say what a conversion pays.'
    return { amount_cents: amount('amount_cents', draft.value), percent: null }
  }
  if (draft.cost_model !== 'revshare') return { amount_cents: null, percent: null }
  if (is_needed) errors.percent = 'Say which share of the revenue is paid.'
  else if (draft.value.trim() !== '' && !isPercent(draft.value))
    errors.percent = 'Write a percentage from 0 to 100, for example 12.5.'
  return { percent: draft.value.trim() || null, amount_cents: null }
}

function isPercent(text: string): boolean {
  const rate = parsePercent(text)
  return rate !== null && rate >= 0 && rate <= 1_000_000
}

function tiersOf({ tiers, cost_model, currency }: Draft, errors: Errors): NonNullable<Body['tiers']> {
  return tiers.map((tier, index) => {
    const from = Number(tier.from)
    if (!/^\d{1,9}$/.test(tier.from.trim()) || from < 1) errors[`tiers.${index}.from`] = 'Write a whole number.'
    if (cost_model === 'revshare') {
      if (!isPercent(tier.value)) errors[`tiers.${index}`] = 'Write a percentage from 0 to 100.'
      return { from, percent: tier.value.trim() }
    }
    const amount_cents = centsOf(tier.value, currency)
    if (amount_cents === null || amount_cents < 0) errors[`tiers.${index}`] = `Write an amount of ${currency}.`
    return { from, amount_cents: amount_cents ?? 0 }
  })
}
