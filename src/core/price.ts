/**
 * Prices a conversion: what the partner earns for it, why, and from which inputs.
 *
 * The first level that speaks decides: waived → postback payout → Hybrid → other custom lines → tier → campaign rate.
 * The sentence is made from the same values as the amount, never apart from it. Source: spec A4, C6.5, D2.13.
 */
import type { CapSpan } from './conversion.ts'
import { type Line, type LineModel, type TableKey, tableOf } from './custom-payout.ts'
import { indexLines, type LineIndex, type Matchable, match } from './custom-payout-match.ts'
import type { CampaignId } from './ids.ts'
import { amountText, type Cents, type Currency, cents, type Ppm, percent, percentText, scale } from './money.ts'

export type CostModel = 'cpa' | 'revshare' | 'cpc' | 'cpm' | 'popcpm' | 'none'

/** From the `from`-th counted conversion (1 is the first) a partner earns this amount or this share. */
export type Tier = { from: number; amount_cents?: Cents; percent_ppm?: Ppm }

/** One immutable version of a campaign's terms, as stored: plain JSON. */
export type Terms = {
  campaign_id: CampaignId
  version: number
  cost_model: CostModel
  currency: Currency
  amount_cents: Cents | null
  percent_ppm: Ppm | null
  tiers: Tier[]
  lines: Line[]
}

export type WaivedReason = 'publisher_paused' | 'over_cap'

/** Everything about a conversion that its price depends on. `country` and `os` are as `normalGeo` and `normalOs` give them. */
export type Priceable = Matchable & {
  revenue_cents: Cents
  currency: Currency
  /** What the postback said to pay, in the conversion's currency; it wins over every rule. */
  payout_cents: Cents | null
  /** Which counted conversion of the partner in this campaign this is, from 1; `null` when it was not counted: no tier applies. */
  nth: number | null
  waived: null | WaivedReason
  /** Which cap was full, when `waived` is `over_cap`. */
  cap?: CapSpan | null
}

/** What the amount was made from, beside the conversion and the terms themselves; stored with the commission. */
export type PriceInputs = {
  campaign_id: CampaignId
  version: number
  level: 'waived' | 'postback' | 'line' | 'tier' | 'default'
  tab?: TableKey
  line?: number
  text?: string
  model: LineModel
  value: string
  nth?: number
  reason?: WaivedReason | 'cost_model'
  cap?: CapSpan
}

/** `inputs` may be shared by all conversions that one rule priced, and is frozen: store it, do not change it. */
export type Priced = { amount_cents: Cents; currency: Currency; because: string; inputs: Readonly<PriceInputs> }

/** An amount or a share, with the parts of its sentence made ahead. */
type Rate = {
  model: LineModel
  amount: number
  currency: Currency
  before: string
  after: string
  inputs: Readonly<PriceInputs>
}
type RatedLine = Line & { rate: Rate }

/** Terms made ready to price with; made once for each version. */
export type Pricer = {
  terms: Terms
  index: LineIndex<RatedLine> | null
  /** Highest `from` first. */
  tiers: readonly (Rate & { from: number })[]
  /** `null` when the cost model pays partners nothing. */
  base: Rate | null
}

/** Makes terms ready: indexes the lines and words the sentences, so that pricing itself only looks up. */
export function compile(terms: Terms): Pricer {
  const pays = terms.cost_model === 'cpa' || terms.cost_model === 'revshare'
  if (!pays) return { terms, index: null, tiers: [], base: null }
  const lines = terms.lines.map(line => ({ ...line, rate: lineRate(terms, line) }))
  const tiers = terms.tiers.map(tier => ({ ...tierRate(terms, tier), from: tier.from })).sort((a, b) => b.from - a.from)
  return { terms, index: lines.length > 0 ? indexLines(lines) : null, tiers, base: baseRate(terms) }
}

/** Whether the recorder has to count conversions for these terms before it prices: only tiers ask which one it is. */
export const needsCount = ({ tiers }: Pricer): boolean => tiers.length > 0

function rate(
  terms: Terms,
  model: LineModel,
  amount: number,
  from: Partial<PriceInputs> & Pick<PriceInputs, 'level'>,
  after: string,
): Rate {
  const { campaign_id, version, currency } = terms
  const value = model === 'fixed' ? amountText(amount, currency) : percentText(amount)
  const before = model === 'fixed' ? `${value} ${currency} per ` : `${value} % of `
  return { model, amount, currency, before, after, inputs: Object.freeze({ campaign_id, version, model, value, ...from }) }
}

function lineRate(terms: Terms, { tab, line, text, model, amount }: Line): Rate {
  return rate(terms, model, amount, { level: 'line', tab, line, text }, `: ${tableOf[tab].title} line ${line} "${text}"`)
}

function tierRate(terms: Terms, { from, amount_cents, percent_ppm }: Tier): Rate {
  const after = `tier from ${from}`
  if (percent_ppm !== undefined) return rate(terms, 'percent', percent_ppm, { level: 'tier' }, after)
  if (amount_cents !== undefined) return rate(terms, 'fixed', amount_cents, { level: 'tier' }, after)
  throw new Error(`tier from ${from} has neither an amount nor a percentage`)
}

function baseRate(terms: Terms): Rate {
  const [model, amount] =
    terms.cost_model === 'cpa' ? (['fixed', terms.amount_cents] as const) : (['percent', terms.percent_ppm] as const)
  const after = amount === null ? ' (the campaign has no rate of its own)' : ' (campaign rate)'
  return rate(terms, model, amount ?? 0, { level: 'default' }, after)
}

/**
 * What one conversion earns. Pure: the same conversion and terms give the same cents for ever.
 *
 * A fixed amount is owed in the campaign's currency, a percentage (of the conversion's revenue, rounded once, half away
 * from zero) in the conversion's; nothing is converted. Source: spec D2.13, C6.5, F 27.
 *
 *   price(compile(terms), sale)   // { amount_cents: 800, because: '10 % of 80.00 USD (campaign rate)', … }
 */
export function price(pricer: Pricer, c: Priceable): Priced {
  if (c.waived !== null) return waived(pricer, c, c.waived)
  if (c.payout_cents !== null) return postback(pricer, c, c.payout_cents)
  if (pricer.base === null) return unpaid(pricer)
  const line = pricer.index && match(pricer.index, c)
  if (line) return charge(line.rate, c, line.rate.after, line.rate.inputs)
  const tier = c.nth === null ? undefined : tierOf(pricer, c.nth)
  if (tier) return charge(tier, c, ` (conversion ${c.nth}, ${tier.after})`, Object.freeze({ ...tier.inputs, nth: c.nth! }))
  return charge(pricer.base, c, pricer.base.after, pricer.base.inputs)
}

/** Pricing again is pricing: one function, so that a check from stored inputs cannot disagree by its own fault. Source: spec D5 I7. */
export const reprice = price

/** What a stored explanation knows that neither the conversion nor the terms do: its count, and whether and why it was waived. */
export function recall({ level, reason, nth, cap }: PriceInputs): Pick<Priceable, 'nth' | 'waived' | 'cap'> {
  return { nth: nth ?? null, waived: level === 'waived' ? (reason as WaivedReason) : null, cap: cap ?? null }
}

function charge(rate: Rate, c: Priceable, after: string, inputs: Readonly<PriceInputs>): Priced {
  if (rate.model === 'fixed') {
    return { amount_cents: rate.amount, currency: rate.currency, because: rate.before + c.type + after, inputs }
  }
  const because = `${rate.before}${amountText(c.revenue_cents, c.currency)} ${c.currency}${after}`
  return { amount_cents: percent(c.revenue_cents, rate.amount), currency: c.currency, because, inputs }
}

/** Marginal: the n-th conversion earns at the tier whose range holds n; those before it keep theirs. Source: spec A4, F 21. */
function tierOf({ tiers }: Pricer, nth: number): Pricer['tiers'][number] | undefined {
  for (const tier of tiers) if (tier.from <= nth) return tier
  return undefined
}

function waived({ terms }: Pricer, { cap }: Priceable, reason: WaivedReason): Priced {
  const { campaign_id, version, currency } = terms
  const zero = amountText(0, currency)
  const why = reason === 'publisher_paused' ? 'the publisher is paused' : `over the ${cap ? `${cap} ` : ''}cap`
  const inputs: PriceInputs = { campaign_id, version, level: 'waived', model: 'fixed', value: zero, reason }
  if (cap && reason === 'over_cap') inputs.cap = cap
  return { amount_cents: 0, currency, because: `${zero} ${currency}: ${why}`, inputs }
}

function postback({ terms }: Pricer, { currency }: Priceable, amount: Cents): Priced {
  const { campaign_id, version } = terms
  const value = amountText(amount, currency)
  const inputs: PriceInputs = { campaign_id, version, level: 'postback', model: 'fixed', value }
  return { amount_cents: amount, currency, because: `Postback set ${value} ${currency}`, inputs }
}

export const costModelNames: Record<CostModel, string> = {
  cpa: 'CPA',
  revshare: 'RevShare',
  cpc: 'CPC',
  cpm: 'CPM',
  popcpm: 'PopCPM',
  none: 'Do not track',
}

function unpaid({ terms }: Pricer): Priced {
  const { campaign_id, version, currency, cost_model } = terms
  const zero = amountText(0, currency)
  const because = `${zero} ${currency}: the campaign's cost model ${costModelNames[cost_model]} pays partners nothing`
  return {
    amount_cents: 0,
    currency,
    because,
    inputs: { campaign_id, version, level: 'default', model: 'fixed', value: zero, reason: 'cost_model' },
  }
}

/** What of an earning was taken back so far; both amounts positive. */
export type ReversedSoFar = { commission_cents: Cents; revenue_cents: Cents }

/**
 * How much commission to take back (cents, positive) when revenue is reversed, in part or `'all'` that is left.
 *
 * In proportion to revenue, rounded once on the cumulative amount: parts never exceed the whole, and the one that reverses
 * the last of the revenue takes what remains. The caller has checked that so much revenue is left. Source: spec G2 Reversals.
 *
 *   reversalOf(10_00, 30_00, { commission_cents: 0, revenue_cents: 0 }, 10_00)            // 3.33
 *   reversalOf(10_00, 30_00, { commission_cents: 3_33, revenue_cents: 10_00 }, 10_00)     // 3.34: 6.67 in all
 */
export function reversalOf(commission: Cents, revenue: Cents, so_far: ReversedSoFar, reversing: Cents | 'all'): Cents {
  if (![commission, revenue, so_far.commission_cents, so_far.revenue_cents].every(n => Number.isSafeInteger(n) && n >= 0)) {
    throw new Error('a reversal needs amounts of 0 or more')
  }
  const left = cents(commission - so_far.commission_cents)
  const revenue_left = revenue - so_far.revenue_cents
  if (left < 0 || revenue_left < 0) throw new Error('more was reversed than there was')
  if (reversing === 'all') return left
  if (!Number.isSafeInteger(reversing) || reversing < 1 || reversing > revenue_left) {
    throw new Error(`cannot reverse ${reversing} of ${revenue_left}`)
  }
  const cumulative = scale(commission, so_far.revenue_cents + reversing, revenue)
  return cents(Math.max(0, cumulative - so_far.commission_cents))
}

/** The terms in one short sentence: `10 % of revenue, 15 % from conversion 101, 2 custom payout lines`. */
export function describeTerms(terms: Terms): string {
  const { base, tiers } = compile(terms)
  if (!base) return `pays partners nothing (${costModelNames[terms.cost_model]})`
  const steps = tiers.toReversed().map(tier => `${rateText(tier, false)} from conversion ${tier.from}`)
  const count = terms.lines.length
  const lines = count === 0 ? [] : [`${count} custom payout ${count === 1 ? 'line' : 'lines'}`]
  return [rateText(base, true), ...steps, ...lines].join(', ')
}

function rateText({ model, inputs, currency }: Rate, whole: boolean): string {
  if (model === 'fixed') return `${inputs.value} ${currency}${whole ? ' per conversion' : ''}`
  return `${inputs.value} %${whole ? ' of revenue' : ''}`
}
