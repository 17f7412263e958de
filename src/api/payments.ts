import { z } from 'zod'
import { Accrual } from './accruals.ts'
import { endpoint } from './endpoint.ts'
import {
  Amount,
  BrandParams,
  Cents,
  Currency,
  DayText,
  InstantText,
  Metadata,
  Note,
  Page,
  PageMeta,
  Readme,
  text,
  Uuid,
  V1,
} from './shapes.ts'

const path = `${V1}/payout-payments`
const B = '/api/brands/{brand_id}'
const PaymentParams = z.strictObject({ payment_id: Uuid })
const BrandPaymentParams = BrandParams.extend({ payment_id: Uuid })
const OnAccountStatus = z.enum(['pending', 'paid', 'rejected'])

/** What a payment paid; `accrual` is null where an earning is no accrual. */
const PaymentLine = z.object({
  id: z.string(),
  earning_id: z.string(),
  kind: z.string(),
  accrual_id: z.string().nullable(),
  amount_cents: Cents,
  because: z.string(),
  accrual: Accrual.omit({ payout_id: true, payment_id: true, updated_at: true }).nullable(),
})

export const Payment = z.object({
  id: z.string(),
  org_id: z.string(),
  project_id: z.string(),
  creator_id: z.string().nullable(),
  method_id: z.string().nullable(),
  method_name: z.string().nullable(),
  total_amount_cents: Cents,
  currency: z.string(),
  tracking_url: z.string().nullable(),
  reference: z.string().nullable(),
  note: z.string().nullable(),
  paid_at: z.string(),
  status: z.enum(['pending', 'paid', 'rejected', 'voided']),
  status_reason: z.string().nullable(),
  metadata: Metadata,
  readme: z.string().nullable(),
  created_by: z.string(),
  created_at: z.string(),
  voided_at: z.string().nullable(),
  voided_by: z.string().nullable(),
  origin: z.enum(['payout', 'direct', 'on_account']),
  payout_id: z.string().nullable(),
  /**
   * How many accruals and conversions it pays, or paid before it was voided or rejected. A payout's refunds, clawbacks and
   * netted credit are lines too, uncounted. The first 100 are here; `cursor` pages through all.
   */
  line_count: z.int(),
  payout_payment_lines: z.array(PaymentLine),
  payout_adjustments: z.array(z.object({ id: z.string(), amount_cents: Cents, reason: z.string(), created_at: z.string() })),
})

/** Lines of one payment: more at once than rows of a list. */
const Lines = {
  ...Page,
  limit: z.coerce.number({ error: 'must be a number from 1 to 500' }).int().min(1).max(500).default(100),
}
const filters = { ...Page, from: DayText.optional(), to: DayText.optional() }
const HttpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2000)

export const PublisherPayout = z.object({
  id: z.string(),
  publisher_id: z.string(),
  publisher: z.object({ id: z.string(), name: z.string(), alias: z.string() }),
  requested_amount_cents: Cents,
  currency: z.string(),
  status: OnAccountStatus,
  note: z.string().nullable(),
  is_netted: z.boolean().meta({ description: 'Whether a payout has netted it: then its amount and status stand.' }),
  created_at: z.string(),
  invoice_number: z.string().nullable(),
})
/** Of the whole search, by status: what deducts (pending, paid) and what was given back. */
const OnAccountTotals = z.object({
  currency: z.string(),
  ...{ pending_count: z.int(), pending_cents: Cents, paid_count: z.int(), paid_cents: Cents },
  ...{ rejected_count: z.int(), rejected_cents: Cents },
})
const Warnings = z.object({ warnings: z.array(z.enum(['exceeds_balance'])).optional() })
const RequestedAmount = Amount.min(1, 'must be 1 or more')
const PublisherPayoutParams = BrandParams.extend({ publisher_payout_id: Uuid })

export const payments = {
  list: endpoint({
    method: 'GET',
    path,
    scope: 'read',
    summary: 'Payments that are paid, voided or rejected, whatever their origin, the latest first.',
    query: z.strictObject({
      ...filters,
      project_id: Uuid.optional(),
      creator_id: Uuid.optional(),
      status: z.enum(['paid', 'rejected', 'voided']).optional(),
    }),
    data: z.array(Payment),
    meta: PageMeta,
  }),
  record: endpoint({
    method: 'POST',
    path,
    scope: 'write',
    enters_program: true,
    needs_key: true,
    summary: 'Record a payment: of named accruals, of all outstanding ones of a creator, or ad hoc.',
    body: z.strictObject({
      project_id: Uuid,
      creator_id: Uuid.nullish(),
      method_id: Uuid.nullish(),
      total_amount_cents: Amount.min(0),
      currency: Currency.default('USD'),
      tracking_url: HttpUrl.nullish(),
      note: Note,
      paid_at: InstantText.optional(),
      accrual_ids: z.array(Uuid).max(10_000).optional(),
      auto_apply_outstanding: z.boolean().optional(),
      adjustment_reason: text(500).nullish(),
      metadata: Metadata.optional(),
      readme: Readme,
    }),
    status: 201,
    data: Payment,
    meta: PageMeta,
    refusals: ['accrual_not_settleable', 'currency_mismatch', 'adjustment_reason_required'],
  }),
  one: endpoint({
    method: 'GET',
    path: `${path}/{payment_id}`,
    scope: 'read',
    summary: 'One payment with its lines and adjustments. Lines page with limit and cursor.',
    params: PaymentParams,
    query: z.strictObject(Lines),
    data: Payment,
    meta: PageMeta,
  }),
  change: endpoint({
    method: 'PATCH',
    path: `${path}/{payment_id}`,
    scope: 'write',
    enters_program: true,
    summary: 'Void a payment, so that its accruals are earned again; or change its metadata and readme.',
    params: PaymentParams,
    body: z
      .strictObject({ status: z.literal('voided').optional(), metadata: Metadata.optional(), readme: Readme })
      .refine(b => Object.keys(b).length > 0, 'send at least one field to change'),
    data: Payment,
    meta: PageMeta,
    refusals: ['already_voided', 'accrual_in_other_payment', 'payout_not_reversible', 'invalid_transition'],
  }),
  listOfBrand: endpoint({
    method: 'GET',
    path: `${B}/payments`,
    scope: 'read',
    summary: 'Payments of the brand, the latest first, by origin.',
    params: BrandParams,
    query: z.strictObject({
      ...filters,
      partner_id: Uuid.optional(),
      origin: z.enum(['payout', 'direct', 'on_account']).optional(),
      status: z.enum(['pending', 'paid', 'rejected', 'voided']).optional(),
    }),
    data: z.array(Payment),
    meta: PageMeta,
  }),
  oneOfBrand: endpoint({
    method: 'GET',
    path: `${B}/payments/{payment_id}`,
    scope: 'read',
    summary: 'One payment of the brand.',
    params: BrandPaymentParams,
    query: z.strictObject(Lines),
    data: Payment,
    meta: PageMeta,
  }),
  reject: endpoint({
    method: 'PATCH',
    path: `${B}/payments/{payment_id}`,
    scope: 'write',
    summary: 'A direct payment was refused or came back: what it paid is earned again.',
    params: BrandPaymentParams,
    body: z.strictObject({
      status: z.literal('rejected'),
      reason: text(500, 1).refine(t => t.trim() !== '', 'must not be blank'),
    }),
    data: Payment,
    meta: PageMeta,
    refusals: ['payout_not_reversible', 'invalid_transition'],
  }),
}

/** RedTrack's payouts of a publisher: what was paid outside, taken off the balance at once. Source: spec C7, C8. */
export const publisherPayouts = {
  list: endpoint({
    method: 'GET',
    path: `${B}/publisher-payouts`,
    scope: 'read',
    summary: 'Payouts recorded for publishers, newest first; `q` looks in name, alias and note.',
    params: BrandParams,
    query: z.strictObject({
      ...Page,
      publisher_id: Uuid.optional(),
      status: OnAccountStatus.optional(),
      q: text(100).optional(),
    }),
    data: z.array(PublisherPayout),
    meta: PageMeta.extend({
      totals: z.array(OnAccountTotals).meta({ description: 'Of all that the search finds, whatever the status, by currency.' }),
    }),
  }),
  create: endpoint({
    method: 'POST',
    path: `${B}/publisher-payouts`,
    scope: 'write',
    summary: 'Record what a publisher was paid outside. It lowers the balance at once and is netted by the next payout.',
    params: BrandParams,
    body: z.strictObject({
      publisher_id: Uuid,
      requested_amount_cents: RequestedAmount,
      currency: Currency.optional(),
      status: OnAccountStatus.default('pending'),
      note: Note,
    }),
    status: 201,
    data: PublisherPayout,
    meta: Warnings,
  }),
  one: endpoint({
    method: 'GET',
    path: `${B}/publisher-payouts/{publisher_payout_id}`,
    scope: 'read',
    summary: 'One payout of a publisher.',
    params: PublisherPayoutParams,
    data: PublisherPayout,
  }),
  change: endpoint({
    method: 'PATCH',
    path: `${B}/publisher-payouts/{publisher_payout_id}`,
    scope: 'write',
    summary: 'Change amount, status or note. Once a payout has netted it, only the note.',
    params: PublisherPayoutParams,
    body: z
      .strictObject({
        requested_amount_cents: RequestedAmount.optional(),
        status: OnAccountStatus.optional(),
        note: Note,
      })
      .refine(b => Object.keys(b).length > 0, 'send at least one field to change'),
    data: PublisherPayout,
    meta: Warnings,
    refusals: ['payment_netted'],
  }),
}
