/** What each page's address may say besides its path. */
import { criteriaTypes } from '../core/rules/index.ts'
import { dayIn, oneOf, orderIn, searchOf, someOf, textIn } from './search.ts'

export const statuses = ['draft', 'approved', 'paid', 'cancelled'] as const
export type Status = (typeof statuses)[number]

export const shell = searchOf({ brand: textIn })
export const signIn = searchOf({ error: textIn })
export const setup = searchOf({ token: textIn })

export const balanceListings = ['outstanding', 'ready', 'blocked', 'on_hold', 'in_payouts'] as const
export const payouts = searchOf({
  q: textIn,
  currency: textIn,
  /** Of the pending table: which balances, and their order. */
  balance: oneOf(...balanceListings),
  balance_sort: orderIn(
    ...(['owed_cents', 'partner_name', 'revenue_cents', 'conversion_count', 'accrual_count'] as const),
    ...(['in_payouts_cents', 'pending_cents', 'last_paid_at'] as const),
  ),
  /** Of the history: which payouts, and their order. */
  status: someOf(...statuses),
  from: dayIn,
  to: dayIn,
  date: oneOf('approved_at', 'paid_at'),
  sort: orderIn('created_at', 'amount_cents'),
  payout: textIn,
})
export const tracker = searchOf({
  ...{ q: textIn, from: dayIn, to: dayIn, structure: textIn, sort: textIn },
  status: oneOf('earned', 'paid', 'rejected', 'voided'),
  /** The partner that is open beside the table, and which of its lists. */
  partner: textIn,
  sub: oneOf('accruals', 'payments'),
  accrual: textIn,
})
/** `open` is the payout in the rail, or `new`. */
export const onAccount = searchOf({ q: textIn, status: oneOf('pending', 'paid', 'rejected'), open: textIn })
export const partners = searchOf({
  q: textIn,
  status: someOf('pending', 'approved', 'paused', 'declined'),
  sort: oneOf(
    ...(['name', '-name', 'owed_cents', '-owed_cents', 'paid_cents', '-paid_cents'] as const),
    ...(['last_paid_at', '-last_paid_at', 'created_at', '-created_at'] as const),
  ),
})
export const partner = searchOf({
  /** What the payouts tab shows. */
  ...{ tab: textIn, sub: oneOf('accruals', 'payments', 'structures'), accrual: textIn },
  kind: someOf('commission', 'accrual', 'bonus', 'clawback', 'reversal', 'advance'),
  state: someOf('held', 'payable', 'in_payout', 'paid'),
  from: dayIn,
  to: dayIn,
  month: textIn,
})
export const conversions = searchOf({
  ...{ q: textIn, from: dayIn, to: dayIn, range: oneOf('today', 'week', 'month', 'all'), partner: textIn, campaign_id: textIn },
  status: someOf('hold', 'pending_review', 'approved', 'rejected', 'paid'),
  ...{ type: textIn, conversion: textIn, waiting: textIn },
})
export const imports = searchOf({ open: textIn })
export const campaigns = searchOf({ q: textIn })
export const campaign = searchOf({ tab: oneOf('overview', 'edit', 'versions'), part: oneOf('details', 'custom-payouts') })
export const structures = searchOf({ q: textIn, status: oneOf('active', 'archived'), type: oneOf(...criteriaTypes) })
export const structure = searchOf({ former: oneOf('1') })

/** `as` is the partner whose portal an admin looks at; `partner_id` one of several that a person is. */
export const portal = searchOf({ as: textIn, partner_id: textIn, program: textIn, error: textIn })
export const portalCampaigns = searchOf({ q: textIn, campaign: textIn })
export const report = searchOf({ from: dayIn, to: dayIn, by: oneOf('day', 'campaign') })
/** `month` is the month of the statement. */
export const portalPayments = searchOf({ month: textIn })
export const portalConversions = searchOf({ type: textIn, campaign_id: textIn, from: dayIn, to: dayIn, conversion: textIn })
export const signUp = searchOf({ program: textIn })
