import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Amount, BrandParams, Cents, Currency, DayText, Flag, InstantText, Page, PageMeta, text, Uuid } from './shapes.ts'

const path = '/api/brands/{brand_id}/conversions'
const Subs = z.record(z.string().regex(/^sub([1-9]|1\d|20)$/, 'must be sub1 to sub20'), text(500))
const Status = z.enum(['hold', 'pending_review', 'approved', 'rejected', 'paid'])

/** One conversion as it is sent. Exactly one of partner, click_id and coupon_code is needed; a click wins over a coupon. */
export const ConversionItem = z
  .strictObject({
    external_id: text(200, 1),
    partner: text(100, 1).optional(),
    click_id: text(100, 1).optional(),
    coupon_code: text(64, 1).optional(),
    campaign: text(100, 1),
    type: text(50, 1).optional(),
    revenue_cents: Amount.min(0).optional(),
    currency: Currency.optional(),
    occurred_at: InstantText.optional(),
    country: z
      .string()
      .regex(/^[A-Za-z]{2}$/, 'must be a country of two letters, for example US')
      .nullish(),
    os: text(50).nullish(),
    subs: Subs.nullish(),
    conversion_subs: Subs.nullish(),
    event_id: text(200, 1).nullish(),
    status: z
      .string()
      .transform(s => s.toLowerCase())
      .pipe(z.enum(['approved', 'pending', 'declined', 'other']))
      .optional(),
    payout_cents: Amount.min(0).nullish(),
  })
  .refine(c => c.partner ?? c.click_id ?? c.coupon_code, 'name the partner, a click_id or a coupon_code')

const ItemError = z.object({ path: z.string(), message: z.string() })
export const RecordResult = z.object({
  external_id: z.string().nullable(),
  status: z.enum(['created', 'duplicate', 'conflict', 'rejected']),
  conversion_id: z.string().nullable(),
  earning: z.object({ amount_cents: Cents, currency: z.string(), because: z.string() }).nullable(),
  errors: z.array(ItemError).optional(),
})
const Counts = z.object({ created: z.int(), duplicate: z.int(), conflict: z.int(), rejected: z.int() })

export const Conversion = z.object({
  id: z.string(),
  brand_id: z.string(),
  campaign_id: z.string(),
  campaign_name: z.string(),
  partner_id: z.string(),
  partner_name: z.string(),
  external_id: z.string(),
  event_id: z.string().nullable(),
  click_id: z.string().nullable(),
  type: z.string(),
  status: Status,
  held_until: z.string().nullable(),
  reason: z.string().nullable(),
  revenue_cents: Cents,
  reversed_cents: Cents,
  currency: z.string(),
  commission_cents: Cents,
  commission_currency: z.string(),
  because: z.string().nullable(),
  occurred_at: z.string(),
  recorded_at: z.string(),
  country: z.string().nullable(),
  os: z.string().nullable(),
  subs: z.record(z.string(), z.string()).nullable(),
  conversion_subs: z.record(z.string(), z.string()).nullable(),
  coupon_code: z.string().nullable(),
})

const Click = z.object({
  id: z.string(),
  clicked_at: z.string(),
  country: z.string().nullable(),
  os: z.string().nullable(),
  subs: z.record(z.string(), z.string()).nullable(),
})
const Reversal = z.object({
  id: z.string(),
  external_id: z.string().nullable(),
  revenue_cents: Cents,
  commission_cents: Cents.meta({ description: 'What it took from the partner: zero or below.' }),
  reason: z.string(),
  recorded_at: z.string(),
})
/** One step in the life of a conversion; `by` is null where the product itself did it. */
const Step = z.object({
  step: z.enum(['recorded', 'approved', 'rejected', 'reversed']),
  at: z.string(),
  by: z.string().nullable(),
  reason: z.string().nullable(),
})
/** One conversion with all that happened to it. */
const ConversionDetail = Conversion.extend({
  partner_alias: z.string(),
  posted_status: z.string(),
  posted_payout_cents: Cents.nullable(),
  reversed_commission_cents: Cents,
  earning_id: z.string().nullable(),
  payout: z.object({ id: z.string(), number: z.int(), status: z.string() }).nullable(),
  click: Click.nullable(),
  reversals: z.array(Reversal),
  history: z.array(Step),
})

/** Of everything that matches, whatever the status and the page; `approved_count` holds what is paid, too. */
const Totals = z.object({
  currency: z.string(),
  conversion_count: z.int(),
  approved_count: z.int(),
  hold_count: z.int(),
  pending_review_count: z.int(),
  rejected_count: z.int(),
  revenue_cents: Cents.meta({ description: 'Revenue of all but the rejected, before refunds.' }),
})

/** Several statuses, separated by commas. */
const Statuses = z
  .string()
  .transform(names => names.split(','))
  .pipe(z.array(Status))

const Decide = z.strictObject({ ids: z.array(Uuid).min(1).max(1000), reason: text(500).optional() })
const Decided = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      status: Status.nullable(),
      error: z.object({ code: z.string(), message: z.string() }).optional(),
    }),
  ),
  counts: z.object({ changed: z.int(), failed: z.int() }),
})

const postbackText = text(200, 1).optional()
const PostbackQuery = z.object({
  click_id: postbackText,
  clickid: postbackText,
  amount: postbackText,
  sum: postbackText,
  payout: postbackText,
  txn_id: postbackText,
  event: text(50, 1).optional(),
  type: text(50, 1).optional(),
  status: postbackText,
  event_id: postbackText,
  rdtk_event_id: postbackText,
  currency: Currency.optional(),
  coupon_code: text(64, 1).optional(),
  secret: postbackText,
  ...(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`sub${i + 1}`, text(500).optional()])) as Record<
    `sub${number}`,
    z.ZodOptional<ReturnType<typeof text>>
  >),
})

export const conversions = {
  record: endpoint({
    method: 'POST',
    path,
    scope: 'write',
    summary: 'Record one conversion, or up to 1,000. One bad item never refuses its neighbours.',
    params: BrandParams,
    /** Items are checked one by one, so that a bad one is reported beside the good ones. */
    body: z.union(
      [
        z.strictObject({ conversions: z.array(z.unknown()).min(1).max(1000) }),
        z.record(z.string(), z.unknown()).refine(one => !('conversions' in one)),
      ],
      { error: 'must be one conversion, or {"conversions": [...]} with 1 to 1,000 of them and no other key' },
    ),
    status: 201,
    body_limit: 4 * 1024 * 1024,
    data: z.object({ results: z.array(RecordResult), counts: Counts }),
  }),
  list: endpoint({
    method: 'GET',
    path,
    scope: 'read',
    summary: 'Conversions of the brand, newest first.',
    params: BrandParams,
    query: z.strictObject({
      ...Page,
      partner_id: Uuid.optional(),
      /** By id, alias, slug or handle. */
      partner: text(100, 1).optional(),
      campaign_id: Uuid.optional(),
      status: Statuses.optional(),
      type: text(50, 1).optional(),
      /** The whole external id, or the id. */
      q: text(200).optional(),
      /** Days in the organization's zone on which it occurred, both included. */
      from: DayText.optional(),
      to: DayText.optional(),
      totals: Flag.optional(),
    }),
    data: z.array(Conversion),
    meta: PageMeta.extend({ totals: z.array(Totals).optional() }),
  }),
  approve: endpoint({
    method: 'POST',
    path: `${path}/approve`,
    scope: 'write',
    summary: 'Approve conversions that wait for review or are on hold.',
    params: BrandParams,
    body: Decide,
    data: Decided,
  }),
  reject: endpoint({
    method: 'POST',
    path: `${path}/reject`,
    scope: 'write',
    summary: 'Reject conversions. One in a draft leaves it; one in an approved or paid payout is refused.',
    params: BrandParams,
    body: Decide,
    data: Decided,
  }),
  one: endpoint({
    method: 'GET',
    path: `${path}/{conversion_id}`,
    scope: 'read',
    summary: 'One conversion: what it earned, its click, its reversals, its history.',
    params: BrandParams.extend({ conversion_id: Uuid }),
    data: ConversionDetail,
    refusals: ['not_found'],
  }),
  reverse: endpoint({
    method: 'POST',
    path: `${path}/{conversion_id}/reversal`,
    scope: 'write',
    summary: 'Take back all or part of a conversion (refund, chargeback); the commission follows in proportion.',
    params: BrandParams.extend({ conversion_id: Uuid }),
    body: z.strictObject({ amount_cents: Amount.min(1).optional(), reason: text(500, 1), external_id: text(200, 1).optional() }),
    status: 201,
    data: z.object({
      id: z.string(),
      conversion_id: z.string(),
      revenue_cents: Cents,
      earning: z
        .object({ id: z.string(), kind: z.string(), amount_cents: Cents, currency: z.string(), because: z.string() })
        .nullable(),
    }),
    refusals: ['not_found', 'invalid_transition'],
  }),
  postback: endpoint({
    method: 'GET',
    path: '/api/postback/{brand}/{campaign}',
    scope: 'public',
    summary: 'A conversion by a server-to-server call.',
    params: z.strictObject({ brand: text(100, 1), campaign: text(100, 1) }),
    query: PostbackQuery,
    data: z.object({ status: z.enum(['ok', 'duplicate', 'conflict']), conversion_id: z.string().nullable() }),
    refusals: ['not_found', 'forbidden'],
  }),
  click: endpoint({
    method: 'GET',
    path: '/api/r/{brand}/{campaign}',
    scope: 'public',
    summary: 'A tracking link: records the click and redirects with its click_id.',
    params: z.strictObject({ brand: text(100, 1), campaign: text(100, 1) }),
    /** Whatever a link carries; of a name that stands twice the first. */
    query: z.record(z.string(), z.string().or(z.array(z.string()).transform(all => all[0] ?? ''))),
    status: 302,
    answers: 'redirect',
    data: z.object({ location: z.string() }),
    refusals: ['not_found'],
  }),
}
