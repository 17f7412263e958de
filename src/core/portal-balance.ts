/**
 * What a partner sees of its money in one currency, from the few sums that its unsettled tabs come to. Source: spec A15, D5, market 4.4.
 *
 * `expected` at the next payout is what would be owed on that day if nothing more were earned until then.
 */
import { type Day, type Instant, ms } from './calendar.ts'
import type { Cents, Currency } from './money.ts'

/** Tabs that no payment has settled, added up by what matters: their release, whether a payout holds them, whether they are credit. */
export type TabSum = {
  currency: Currency
  is_credit: boolean
  in_payout: boolean
  held_until: Instant | null
  amount_cents: Cents
}
export type Sum = { currency: Currency; amount_cents: Cents }
export type Facts = { tabs: TabSum[]; in_review: Sum[]; paid: Sum[]; paid_this_year: Sum[] }
export type Rules = {
  currency: Currency
  minimum_cents: Cents
  /** The next scheduled run, and the first instant of its day; `null` where payouts are made by hand or not to this partner. */
  next: { on: Day; at: Instant } | null
}

const MOST_RELEASES = 30

/** One entry a currency that anything is in, the program's own always and first. */
export function balancesOf(facts: Facts, rules: Rules) {
  const all = [facts.tabs, facts.in_review, facts.paid, facts.paid_this_year].flat().map(each => each.currency)
  const others = [...new Set(all)].filter(currency => currency !== rules.currency).sort()
  return [rules.currency, ...others].map(currency => balanceOf(facts, rules, currency))
}

function balanceOf(facts: Facts, rules: Rules, currency: Currency) {
  const tabs = facts.tabs.filter(tab => tab.currency === currency)
  const released = tabs.filter(tab => tab.held_until === null && !tab.is_credit)
  const held = tabs.filter(tab => tab.held_until !== null)
  const credit = -sum(tabs.filter(tab => tab.is_credit))
  const unpaid = sum(released)
  const in_payouts = sum(tabs.filter(tab => tab.in_payout))
  const owed = unpaid - in_payouts - credit
  const minimum = currency === rules.currency ? rules.minimum_cents : 0
  const available = Math.max(0, owed)
  const on_hold = sum(held)
  return {
    currency,
    balance_cents: unpaid - credit,
    available_cents: available,
    in_payouts_cents: in_payouts,
    on_hold_cents: on_hold,
    ...releasesOf(held),
    minimum_cents: minimum,
    below_minimum_by_cents: available > 0 || owed < 0 ? Math.max(0, minimum - available) : 0,
    next_payout: nextPayout(rules, { owed, held, minimum }),
    pending_cents: on_hold + ofCurrency(facts.in_review, currency),
    approved_cents: unpaid,
    paid_cents: ofCurrency(facts.paid, currency),
    paid_this_year_cents: ofCurrency(facts.paid_this_year, currency),
  }
}

const sum = (sums: readonly { amount_cents: Cents }[]): Cents => sums.reduce((total, each) => total + each.amount_cents, 0)
const ofCurrency = (sums: readonly Sum[], currency: Currency): Cents => sum(sums.filter(each => each.currency === currency))

/** What leaves hold and when, the soonest first; what nets to nothing at an instant is not told. */
function releasesOf(held: readonly TabSum[]) {
  const at = new Map<Instant, Cents>()
  for (const { held_until, amount_cents } of held)
    at.set(held_until as Instant, (at.get(held_until as Instant) ?? 0) + amount_cents)
  const releases = [...at]
    .filter(([, amount_cents]) => amount_cents !== 0)
    .sort(([left], [right]) => ms(left) - ms(right))
    .map(([at, amount_cents]) => ({ at, amount_cents }))
  return { next_release_at: releases[0]?.at ?? null, releases: releases.slice(0, MOST_RELEASES) }
}

type Due = { owed: Cents; held: readonly TabSum[]; minimum: Cents }

function nextPayout({ next }: Rules, { owed, held, minimum }: Due): { on: Day; expected_cents: Cents } | null {
  if (next === null) return null
  const expected = owed + sum(held.filter(tab => !tab.in_payout && ms(tab.held_until as Instant) <= ms(next.at)))
  return { on: next.on, expected_cents: expected > 0 && expected >= minimum ? expected : 0 }
}
