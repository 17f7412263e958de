/** The shapes of the partner portal. Amounts are in the partner's own currencies; nothing here is of another partner or of the program's margin. */
import { z } from 'zod'
import { Cents, CurrencyAmount, Uuid } from './shapes.ts'

/** Whose portal: one of several partners that a person is, or (an admin or member only, to look) the partner `as`. */
export const Of = { partner_id: Uuid.optional(), as: Uuid.optional() }
export const Email = z.email().max(320)
export const Password = z.string().min(10).max(200)
export const Country = z.string().regex(/^[A-Za-z]{2}$/, 'must be a country of two letters')

/** What a program's portal looks like and shows; a `logo_path` is a picture of our own, or nothing. */
export const PortalSettings = z.object({
  title: z.string().nullable(),
  logo_path: z.string().nullable(),
  allow_sign_up: z.boolean(),
  approved_by_default: z.boolean(),
  show_balance: z.boolean(),
  show_alias: z.boolean(),
  show_log: z.boolean(),
  portal_url: z.string(),
  sign_up_url: z.string(),
  mails: z.boolean().meta({ description: 'Whether this installation sends mail (SMTP_URL).' }),
})

export const PortalMe = z.object({
  partner: z.object({
    id: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    alias: z.string().nullable().meta({ description: 'Null while the program shows no aliases.' }),
    status: z.enum(['approved', 'paused']),
  }),
  program: z.object({
    id: z.string(),
    slug: z.string(),
    title: z.string(),
    logo_path: z.string().nullable(),
    currency: z.string(),
    time_zone: z.string(),
  }),
  toggles: z.object({ show_balance: z.boolean(), show_alias: z.boolean(), show_log: z.boolean() }),
  /** Every partner that this person is: the one to show goes into `partner_id`. */
  partners: z.array(z.object({ id: z.string(), name: z.string(), title: z.string() })),
  is_viewing: z.boolean().meta({ description: 'An admin or member looks at the portal of a partner; nothing can be changed.' }),
  has_password: z.boolean(),
  balances: z
    .array(z.object({ currency: z.string(), balance_cents: Cents }))
    .nullable()
    .meta({ description: 'For the header; null while the program shows no balances.' }),
  todo: z.array(
    z.object({ key: z.enum(['billing_details', 'payment_method', 'password']), text: z.string(), blocks: z.string().nullable() }),
  ),
  clock: z.object({ now: z.string(), is_travelling: z.boolean() }),
})

export const PortalBalance = z.object({
  currency: z.string(),
  balance_cents: Cents.meta({ description: 'Unpaid less what was paid on account; below zero when more was paid than earned.' }),
  available_cents: Cents.meta({
    description: 'Unpaid, hold over, in no payout yet, less what was paid on account; never below zero.',
  }),
  in_payouts_cents: Cents.meta({ description: 'Being paid: in payouts that are pending or approved.' }),
  on_hold_cents: Cents,
  next_release_at: z.string().nullable(),
  releases: z
    .array(z.object({ at: z.string(), amount_cents: Cents }))
    .meta({ description: 'What leaves hold and when: the first 30 instants.' }),
  minimum_cents: Cents.meta({ description: 'The smallest payout; 0 where there is none.' }),
  below_minimum_by_cents: Cents.meta({ description: 'What is missing to the smallest payout; 0 when reached.' }),
  next_payout: z
    .object({ on: z.string(), expected_cents: Cents })
    .nullable()
    .meta({ description: 'The next scheduled run and what it would pay; null where payouts are made by hand.' }),
  pending_cents: Cents.meta({ description: 'Conversions on hold or waiting for review.' }),
  approved_cents: Cents.meta({ description: 'Approved and not paid.' }),
  paid_cents: Cents,
  paid_this_year_cents: Cents,
})

export const Link = z.object({ campaign_id: z.string(), name: z.string(), url: z.string().nullable() })
export const Figures = {
  click_count: z.int(),
  conversion_count: z.int(),
  approved_count: z.int(),
  earnings: z.array(CurrencyAmount),
}

export const PortalCampaign = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(['cpa', 'revshare', 'none']),
  rate: z.string().meta({ description: 'What applies to this partner, in words: `$12.00 per conversion`, `30 % of revenue`.' }),
  is_custom_rate: z.boolean().meta({ description: 'Whether the rate is this partner’s own and not the campaign’s.' }),
  currency: z.string(),
  description: z.string().nullable(),
  hold_days: z.number(),
  tracking_url: z.string().nullable().meta({ description: 'Null while the campaign has no destination.' }),
})

export const PortalHistoryRow = z.object({
  id: z.string(),
  kind: z.enum(['payout', 'payment', 'on_account']),
  number: z.int().nullable(),
  status: z.enum(['pending', 'approved', 'paid', 'rejected', 'voided']),
  amount_cents: Cents,
  currency: z.string(),
  period_start: z.string().nullable(),
  period_end: z.string().nullable(),
  method_name: z.string().nullable(),
  reference: z.string().nullable(),
  created_at: z.string(),
  paid_at: z.string().nullable(),
  has_statement: z.boolean(),
  has_invoice: z.boolean(),
})

/** How a partner wants to be paid: a method of the organization, or one of the seven standard labels by its code. */
export const PaymentSettings = z.object({
  method: z.string().nullable(),
  method_id: z.string().nullable(),
  method_name: z.string().nullable(),
  payout_details: z.string().nullable().meta({ description: 'Where the money goes: a PayPal address, a bank account.' }),
  company: z.string().nullable(),
  address: z.string().nullable(),
  country: z.string().nullable(),
  vat_id: z.string().nullable(),
  billing_details: z.string().nullable(),
})

export const PortalConversion = z.object({
  id: z.string(),
  campaign: z.object({ id: z.string(), name: z.string() }),
  click_id: z.string().nullable(),
  type: z.string(),
  status: z.enum(['hold', 'pending_review', 'approved', 'rejected', 'paid']),
  held_until: z.string().nullable(),
  payout_cents: Cents,
  currency: z.string(),
  subs: z.record(z.string(), z.string()).nullable(),
  occurred_at: z.string(),
})

export const Delivery = z.object({
  id: z.string(),
  conversion_id: z.string(),
  status: z.enum(['waiting', 'delivered', 'failed']),
  attempt_count: z.int(),
  response_status: z.int().nullable(),
  error: z.string().nullable(),
  created_at: z.string(),
  next_attempt_at: z.string().nullable(),
  delivered_at: z.string().nullable(),
})
export const PartnerPostback = z.object({
  url: z.string().nullable(),
  macros: z.array(z.object({ name: z.string(), meaning: z.string(), sample: z.string() })),
  deliveries: z.array(Delivery).meta({ description: 'The last 20, newest first.' }),
})
export const PostbackUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2000)

export const Statement = z.object({
  payout_id: z.string(),
  number: z.int(),
  period_start: z.string(),
  period_end: z.string(),
  paid_at: z.string(),
  amount_cents: Cents,
  currency: z.string(),
})
export const PortalInvoice = z.object({
  id: z.string(),
  kind: z.enum(['payout', 'on_account']),
  number: z.string().nullable().meta({ description: 'Null until the invoice is first downloaded.' }),
  amount_cents: Cents,
  currency: z.string(),
  status: z.enum(['pending', 'paid']),
  created_at: z.string(),
})
