/**
 * Explains an earning, step by step: the event, the rule, the rate, the rounding; the rules that lost, and why.
 *
 * The amount is computed again by the functions that priced it, from what they left, so that an explanation that cannot be
 * trusted says so itself. Nothing here reads a table. Source: spec BX-01.
 */
import { type AccrualInputs, accrueAgain } from './accrue.ts'
import type { Instant } from './calendar.ts'
import { tableOf } from './custom-payout.ts'
import { contest, indexLines, type Loser } from './custom-payout-match.ts'
import { type Cents, type Currency, decimal, format, minorDigits, type Ppm, parsePercent, percentText } from './money.ts'
import {
  compile,
  describeTerms,
  type Priceable,
  type PriceInputs,
  price,
  recall,
  reversalOf,
  type Terms,
  type Tier,
} from './price.ts'
import { describe, type Version } from './structure.ts'

/** A name with a text or an instant. */
export type Fact = { name: string; text: string | null; at: Instant | null }
export type StepKey = 'event' | 'rule' | 'rate' | 'rounding' | 'days' | 'hold'
export type Step = { key: StepKey; text: string; at: Instant | null; facts: Fact[] }
/** A rule that did not apply, in words, and why. */
export type Lost = { rule: string; why: string }
export type Explained = { steps: Step[]; lost: Lost[]; recomputed_cents: Cents | null }

export const said = (name: string, text: string | number | null | undefined): Fact[] =>
  text === null || text === undefined || text === '' ? [] : [{ name, text: String(text), at: null }]
export const dated = (name: string, at: Instant | null | undefined): Fact[] => (at ? [{ name, text: null, at }] : [])

/** How many of the rules that lost are told, those that matched first: a campaign may have ten thousand lines. */
const TOLD = 100

type Named = { name: string; created_at: Instant }
export type CommissionFacts = {
  terms: Terms
  campaign: Named
  conversion: Priceable & { external_id: string; occurred_at: Instant; recorded_at: Instant; click_id: string | null }
  inputs: PriceInputs
  amount_cents: Cents
  currency: Currency
}

/** A commission, from its conversion and the version of the campaign's terms that priced it. */
export function explainCommission({ terms, campaign, conversion, inputs, ...earned }: CommissionFacts): Explained {
  const pricer = compile(terms)
  const whole = { ...conversion, ...recall(inputs) }
  const again = price(pricer, whole)
  const steps: Step[] = [
    { key: 'event', text: eventText(conversion), at: conversion.occurred_at, facts: eventFacts(conversion) },
    {
      key: 'rule',
      text: ruleText(inputs),
      at: null,
      facts: [
        ...said('Campaign', `${campaign.name}, version ${terms.version}`),
        ...dated('In force since', campaign.created_at),
        ...said('Terms', describeTerms(terms)),
      ],
    },
    ...rateSteps(conversion, inputs, earned),
  ]
  const recomputed_cents = again.currency === earned.currency ? again.amount_cents : null
  return { steps, lost: lostTo(terms, whole, inputs), recomputed_cents }
}

const eventText = (c: CommissionFacts['conversion']): string =>
  `${c.type} ${c.external_id}${c.revenue_cents === 0 ? '' : ` of ${format(c.revenue_cents, c.currency)}`}`

function eventFacts(c: CommissionFacts['conversion']): Fact[] {
  const subs = [
    ...Object.entries(c.subs ?? {}),
    ...Object.entries(c.conversion_subs ?? {}).map(([k, v]) => [`conversion ${k}`, v]),
  ]
  return [
    ...dated('Recorded', c.recorded_at),
    ...said('Country', c.country),
    ...said('OS', c.os),
    ...subs.flatMap(([name, value]) => said(name as string, value)),
    ...said('Click', c.click_id),
  ]
}

const waivers = { publisher_paused: 'Nothing is earned: the partner was paused', over_cap: 'Nothing is earned: over the cap' }

function ruleText({ level, tab, line, text, nth, reason }: PriceInputs): string {
  if (level === 'waived') return waivers[reason as keyof typeof waivers] ?? 'Nothing is earned'
  if (level === 'postback') return 'The postback itself said what to pay'
  if (level === 'line') return `${tableOf[tab!].title} line ${line} “${text}”`
  if (level === 'tier') return `Tier of the campaign: this was conversion ${nth} of the partner`
  return reason === 'cost_model' ? 'The cost model of the campaign pays partners nothing' : 'The rate of the campaign'
}

type Earned = { amount_cents: Cents; currency: Currency }

function rateSteps(c: Priceable, { model, value, level }: PriceInputs, { amount_cents, currency }: Earned): Step[] {
  const result = format(amount_cents, currency)
  const rate = parsePercent(value)
  if (model === 'fixed' || rate === null) {
    const text = level === 'waived' ? result : `${value} ${currency}, whatever the revenue`
    return [{ key: 'rate', text, at: null, facts: [] }]
  }
  const base = format(c.revenue_cents, c.currency)
  return [
    { key: 'rate', text: `${value} % of ${base} = ${result}`, at: null, facts: [] },
    roundingStep(BigInt(c.revenue_cents) * BigInt(rate), amount_cents, currency),
  ]
}

const MILLION = 6

/** `exact` is the amount in millionths of a minor unit, before it was rounded. */
function roundingStep(exact: bigint, amount_cents: Cents, currency: Currency): Step {
  const digits = minorDigits(currency)
  const text = exactText(exact, digits + MILLION, digits)
  const is_exact = BigInt(amount_cents) * 1_000_000n === exact
  return {
    key: 'rounding',
    text: is_exact ? 'Nothing to round' : `${text} rounded once, half away from zero, to ${format(amount_cents, currency)}`,
    at: null,
    facts: [],
  }
}

/** A big integer as decimal text, idle zeros cut down to the digits of the currency. */
function exactText(value: bigint, places: number, digits: number): string {
  const text = String(value < 0n ? -value : value).padStart(places + 1, '0')
  const [whole, fraction] = [text.slice(0, -places), text.slice(-places)]
  const kept = fraction.replace(/0+$/, '').padEnd(digits, '0')
  return `${value < 0n ? '-' : ''}${whole}${kept && `.${kept}`}`
}

/** Every rule that could have decided and did not: lines that matched first, then tiers and the campaign's rate, then the rest. */
function lostTo(terms: Terms, c: Priceable, inputs: PriceInputs): Lost[] {
  const overruled =
    inputs.level === 'waived' ? 'nothing is earned whatever the rules say' : 'what the postback says comes before every rule'
  if (inputs.level === 'waived' || inputs.level === 'postback') return [{ rule: describeTerms(terms), why: overruled }]
  if (compile(terms).base === null) return []
  const { losers } = contest(indexLines(terms.lines), c)
  const lines = losers.map(lostLine)
  const matched = losers.flatMap((loser, n) => (loser.why.startsWith('matched') ? [lines[n] as Lost] : []))
  const rest = lines.filter(line => !matched.includes(line))
  return [...matched, ...lostRates(terms, inputs), ...rest].slice(0, TOLD)
}

const lostLine = ({ tab, line, text, why }: Loser): Lost => ({ rule: `${tableOf[tab].title} line ${line} “${text}”`, why })

function lostRates(terms: Terms, { level, nth }: PriceInputs): Lost[] {
  const by_line = 'a custom payout line comes first'
  const tiers = terms.tiers.toSorted((a, b) => b.from - a.from)
  const won = level === 'tier' ? tiers.find(tier => tier.from <= (nth ?? 0)) : undefined
  const whyTier = (tier: Tier) => {
    if (level === 'line') return by_line
    return won && tier.from < won.from ? `the tier from ${won.from} comes first` : `this was conversion ${nth}`
  }
  const lost = tiers.filter(tier => tier !== won).map(tier => ({ rule: tierText(tier, terms.currency), why: whyTier(tier) }))
  if (level === 'default') return lost
  const base = describeTerms({ ...terms, tiers: [], lines: [] })
  return [...lost, { rule: `Campaign rate: ${base}`, why: level === 'line' ? by_line : 'a tier comes first' }]
}

const tierText = ({ from, amount_cents, percent_ppm }: Tier, currency: Currency): string =>
  `Tier from conversion ${from}: ${percent_ppm === undefined ? format(amount_cents ?? 0, currency) : `${percentText(percent_ppm as Ppm)} %`}`

export type AccrualFacts = {
  structure: { name: string }
  version: Version
  /** All versions of the structure. */
  versions: readonly Version[]
  inputs: AccrualInputs
  amount_cents: Cents
  because: string
}

/** An accrual, from the inputs that it left and the version that computed it. */
export function explainAccrual({ structure, version, versions, inputs, because, amount_cents }: AccrualFacts): Explained {
  const [start, end] = [inputs.period_start, inputs.period_end] as [Instant | undefined, Instant | undefined]
  const is_milestone = version.period === null
  const steps: Step[] = [
    {
      key: 'event',
      text: is_milestone ? 'A video reached a threshold' : `A ${version.period} period ended`,
      at: end ?? null,
      facts: [
        ...(is_milestone ? [] : [...dated('From', start), ...dated('Until', end)]),
        ...said('Zone', inputs.tz as string | undefined),
        ...dated('On the structure since', inputs.assigned_at as Instant | undefined),
        ...dated('Until', inputs.unassigned_at as Instant | null | undefined),
        ...dated('Computed', inputs.evaluated_at as Instant | undefined),
      ],
    },
    {
      key: 'rule',
      text: describe(version),
      at: null,
      facts: [
        ...said('Structure', `${structure.name}, version ${version.version_number}`),
        ...dated('In force since', version.created_at),
      ],
    },
    { key: 'rate', text: `${because} = ${format(amount_cents, version.currency)}`, at: null, facts: measuredFacts(inputs) },
    ...daysStep(inputs),
  ]
  const lost = versions.filter(each => each.id !== version.id).map(each => lostVersion(each, version))
  return { steps, lost, recomputed_cents: accrueAgain(version, inputs)?.cents ?? null }
}

function daysStep({ proration: { mode, active_days, total_days, factor } }: AccrualInputs): Step[] {
  if (active_days === total_days) return []
  const text =
    factor === 1
      ? `${active_days} of ${total_days} days, paid in full (${mode})`
      : `${active_days} of ${total_days} days: × ${active_days}/${total_days}, rounded once, half away from zero`
  return [{ key: 'days', text, at: null, facts: [] }]
}

type Shown = {
  views?: number
  videos?: { video_id: string; gained: number }[]
  goals?: { type: string; target: number; actual: number; met: boolean }[]
  view_count?: number
  threshold_views?: number
}

function measuredFacts(inputs: AccrualInputs): Fact[] {
  const { views, videos, goals, view_count, threshold_views } = inputs as Shown
  const number = (value: number | undefined) => value?.toLocaleString('en')
  return [
    ...said('New views', number(views)),
    ...said('Videos', videos && number(videos.length)),
    ...(goals ?? []).flatMap(goal =>
      said(`Goal: ${goal.type}`, `${number(goal.actual)} of ${number(goal.target)}, ${goal.met ? 'met' : 'not met'}`),
    ),
    ...said('Threshold', threshold_views && `${number(threshold_views)} views`),
    ...said('Views when seen', number(view_count)),
  ]
}

const lostVersion = (each: Version, won: Version): Lost => ({
  rule: `Version ${each.version_number}: ${describe(each)}`,
  why: each.version_number < won.version_number ? 'a newer version was in force' : 'it was saved later',
})

export type ReversalFacts = {
  /** What was earned with the conversion, and its revenue. */
  commission_cents: Cents
  revenue_cents: Cents
  revenue_currency: Currency
  currency: Currency
  reversed_cents: Cents
  before: { commission_cents: Cents; revenue_cents: Cents }
  reason: string
  amount_cents: Cents
  is_clawback: boolean
  at: Instant
}

/** What took a commission back in proportion to the revenue that was reversed. */
export function explainReversal(r: ReversalFacts): Explained {
  const whole = r.before.revenue_cents + r.reversed_cents === r.revenue_cents
  const taken = reversalOf(r.commission_cents, r.revenue_cents, r.before, whole ? 'all' : r.reversed_cents)
  const in_all = r.before.revenue_cents + r.reversed_cents
  const money = (amount: Cents) => format(amount, r.currency)
  const before = r.before.commission_cents > 0 ? `, less ${money(r.before.commission_cents)} taken back before` : ''
  const share = whole
    ? `All that is left of ${money(r.commission_cents)}${before}`
    : `${money(r.commission_cents)} × ${decimalOf(in_all, r)} of ${format(r.revenue_cents, r.revenue_currency)} reversed so far${before}`
  const steps: Step[] = [
    { key: 'event', text: `${format(r.reversed_cents, r.revenue_currency)} taken back: ${r.reason}`, at: r.at, facts: [] },
    {
      key: 'rule',
      text: r.is_clawback ? 'What is paid already is taken from the next payout' : 'What is unpaid is taken back at once',
      at: null,
      facts: [],
    },
    { key: 'rate', text: `${share} = ${money(taken)}`, at: null, facts: [] },
    { key: 'rounding', text: 'Rounded once, on what is reversed in all: parts never exceed the whole', at: null, facts: [] },
  ]
  return { steps, lost: [], recomputed_cents: taken === 0 ? 0 : -taken }
}

const decimalOf = (amount: Cents, { revenue_currency }: ReversalFacts): string => decimal(amount, minorDigits(revenue_currency))
