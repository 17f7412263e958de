import type { ReactNode } from 'react'
import { figure } from '../shared/amount.tsx'
import { DateText } from '../shared/date-text.tsx'
import { type Kpi, Kpis } from '../shared/kpis.tsx'
import css from './parts.module.css'
import type { Balance } from './queries.ts'

type Pick = (balance: Balance) => number
const figuresOf = (balances: readonly Balance[] | undefined, pick: Pick, only: Pick = pick): Kpi['figures'] =>
  balances ? balances.filter(each => only(each) !== 0).map(each => ({ currency: each.currency, cents: pick(each) })) : null

/** Where the money stands: what can be paid, what waits and until when, what is missing, what comes next. Source: market 4.4. */
export function BalanceKpis({ balances, last }: { balances: readonly Balance[] | undefined; last: Kpi }) {
  return (
    <Kpis
      kpis={[
        { name: 'Available', figures: figuresOf(balances, each => each.available_cents) },
        {
          name: 'On hold',
          note: <NextRelease balances={balances} />,
          figures: figuresOf(balances, each => each.on_hold_cents),
        },
        missing(balances),
        nextPayout(balances),
        last,
      ]}
    />
  )
}

export const paidThisYear = (balances: readonly Balance[] | undefined): Kpi => ({
  name: 'Paid this year',
  figures: figuresOf(balances, each => each.paid_this_year_cents),
})

/** Pending, approved and paid, each as the sum of the conversions with that status. Source: spec A15. */
export const PayoutStatus = ({ balances }: { balances: readonly Balance[] | undefined }) => (
  <Kpis
    kpis={[
      { name: 'Pending', note: <Says>on hold or in review</Says>, figures: figuresOf(balances, each => each.pending_cents) },
      { name: 'Approved', note: <Says>not paid yet</Says>, figures: figuresOf(balances, each => each.approved_cents) },
      { name: 'Paid', figures: figuresOf(balances, each => each.paid_cents) },
    ]}
  />
)

export const Says = ({ children }: { children: ReactNode }) => <span className={css.says}>{children}</span>

function NextRelease({ balances }: { balances: readonly Balance[] | undefined }) {
  const [next] = (balances ?? []).flatMap(each => each.next_release_at ?? []).sort()
  return next ? (
    <Says>
      next release <DateText at={next} />
    </Says>
  ) : null
}

/** What is missing to the smallest payout. */
function missing(balances: readonly Balance[] | undefined): Kpi {
  const name = 'Below minimum by'
  if (!balances) return { name, figures: null }
  const minimum = balances.find(each => each.minimum_cents > 0)
  if (balances.some(each => each.below_minimum_by_cents > 0)) {
    return {
      name,
      note: minimum && <Says>minimum {figure(minimum.minimum_cents, minimum.currency)}</Says>,
      figures: figuresOf(balances, each => each.below_minimum_by_cents),
    }
  }
  const is_reached = minimum && minimum.available_cents > 0
  const words = is_reached ? 'reached' : minimum ? `minimum ${figure(minimum.minimum_cents, minimum.currency)}` : 'no minimum'
  return { name, value: '–', note: <Says>{words}</Says> }
}

/** The next run and what it would pay; "about", because more may be earned or taken back until then. */
function nextPayout(balances: readonly Balance[] | undefined): Kpi {
  const name = 'Next payout'
  if (!balances) return { name, value: null }
  const planned = balances.flatMap(each => (each.next_payout ? [{ currency: each.currency, ...each.next_payout }] : []))
  const [first] = planned
  if (!first) return { name, value: '–', note: <Says>no date planned</Says> }
  const paying = planned.filter(each => each.expected_cents > 0)
  return {
    name,
    note: (
      <Says>
        <DateText at={first.on} />
      </Says>
    ),
    value: (paying.length > 0 ? paying : [first]).map(each => (
      <span key={each.currency} className={css.expected} title="Expected: it changes with what is earned until then">
        ~&thinsp;{figure(each.expected_cents, each.currency)} <span>{each.currency}</span>
      </span>
    )),
  }
}
