import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { BrandParams, Cents, Currency, DayText, Metadata, Name, Page, PageMeta, Slug, text, Uuid } from './shapes.ts'

const path = '/api/brands/{brand_id}/partners'
const alias = '/api/brands/{brand_id}/publishers'
const Status = z.enum(['pending', 'approved', 'paused', 'declined'])

export const Partner = z.object({
  id: z.string(),
  brand_id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  slug: z.string(),
  alias: z.string(),
  platform: z.string().nullable(),
  handle: z.string().nullable(),
  status: Status,
  country: z.string().nullable(),
  company: z.string().nullable(),
  address: z.string().nullable(),
  vat_id: z.string().nullable(),
  billing_details: z.string().nullable(),
  coupon_codes: z.array(z.string()),
  metadata: z.record(z.string(), z.json()),
  readme: z.string().nullable(),
  created_at: z.string(),
})

/** Several values of a filter, separated by commas. */
const someOf = <const V extends string>(...values: readonly [V, ...V[]]) =>
  z
    .string()
    .transform(list => [...new Set(list.split(','))])
    .pipe(z.array(z.enum(values)).min(1))

const Figures = z.object({
  currency: z.string(),
  owed_cents: Cents,
  pending_cents: Cents,
  in_payouts_cents: Cents,
  credit_cents: Cents,
  balance_cents: Cents,
  paid_cents: Cents,
  last_paid_at: z.string().nullable(),
})

/** A partner as a list shows it, with its figures in every currency. */
const Listed = Partner.pick({
  ...{ id: true, name: true, email: true, alias: true, platform: true, handle: true, status: true, country: true },
  created_at: true,
}).extend({ figures: z.array(Figures) })

const Named = z.object({ id: z.string(), name: z.string() })
const earningKinds = ['commission', 'accrual', 'bonus', 'clawback', 'reversal', 'advance'] as const
const earningStates = ['held', 'payable', 'in_payout', 'paid'] as const

/** One entry on a partner's account, with where it stands now. */
export const Earning = z.object({
  id: z.string(),
  kind: z.enum(earningKinds),
  state: z.enum(earningStates),
  held_until: z.string().nullable(),
  earned_on: z.string(),
  recorded_at: z.string(),
  campaign: Named.nullable(),
  structure: Named.nullable(),
  conversion_id: z.string().nullable(),
  external_id: z.string().nullable(),
  revenue_cents: Cents,
  amount_cents: Cents,
  currency: z.string(),
  payout: z.object({ id: z.string(), number: z.int() }).nullable(),
  payment_id: z.string().nullable(),
  because: z.string(),
})

/** Something that was changed, by whom, from what to what. */
export const Activity = z.object({
  id: z.string(),
  at: z.string(),
  actor: z.string(),
  verb: z.string(),
  object: z.object({ kind: z.enum(['partner', 'payout', 'payment', 'structure']), id: z.string() }),
  before: z.record(z.string(), z.json()).nullable(),
  after: z.record(z.string(), z.json()).nullable(),
})

/** Which rules pay a partner: what each campaign pays, the partner's own lines before it, and the structures it is on. */
const PartnerTerms = z.object({
  campaigns: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      version: z.int(),
      since: z.string(),
      cost_model: z.string(),
      amount_cents: Cents.nullable(),
      percent: z.string().nullable(),
      currency: z.string(),
      tier_count: z.int(),
      general_count: z.int().meta({ description: 'Custom payout lines that may apply to any partner.' }),
      lines: z.array(z.object({ tab: z.string(), line: z.int(), text: z.string(), since: z.string() })),
    }),
  ),
  structures: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      says: z.string(),
      version: z.int(),
      since: z.string(),
      assigned_by: z.string(),
    }),
  ),
})

const PartnerParams = BrandParams.extend({ partner_id: Uuid })

const fields = {
  name: Name,
  email: z.email().nullish(),
  slug: Slug.optional(),
  alias: Slug.optional(),
  status: Status.optional(),
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/, 'must be a country of two letters')
    .nullish(),
  company: text(200).nullish(),
  address: text(500).nullish(),
  vat_id: text(50).nullish(),
  billing_details: text(2000).nullish(),
  coupon_codes: z.array(text(64, 1)).max(50).optional(),
  metadata: Metadata.optional(),
  readme: text(50_000).nullish(),
}

export const partners = {
  list: endpoint({
    method: 'GET',
    path,
    aliases: [alias],
    scope: 'read',
    summary: 'Partners of the brand, newest first.',
    params: BrandParams,
    query: z.strictObject({ ...Page, q: text(100).optional(), status: Status.optional() }),
    data: z.array(Partner),
    meta: PageMeta,
  }),
  create: endpoint({
    method: 'POST',
    path,
    aliases: [alias],
    scope: 'write',
    summary: 'Add a partner. Slug and alias default to the name and are unique in the brand whatever the case.',
    params: BrandParams,
    body: z.strictObject(fields),
    status: 201,
    data: Partner,
    refusals: ['limit_reached'],
  }),
  overview: endpoint({
    method: 'GET',
    path: `${path}/overview`,
    scope: 'read',
    summary:
      'Partners of the brand with what they are owed and were paid; on the first page also how many there are of each status.',
    params: BrandParams,
    query: z.strictObject({
      ...Page,
      q: text(100).optional(),
      status: someOf('pending', 'approved', 'paused', 'declined').optional(),
      sort: z
        .enum([
          ...(['name', '-name', 'owed_cents', '-owed_cents', 'paid_cents', '-paid_cents'] as const),
          ...(['last_paid_at', '-last_paid_at', 'created_at', '-created_at'] as const),
        ])
        .default('-created_at'),
    }),
    data: z.array(Listed),
    meta: PageMeta.extend({
      counts: z.object({ pending: z.int(), approved: z.int(), paused: z.int(), declined: z.int() }).nullable(),
    }),
  }),
  changeStatus: endpoint({
    method: 'POST',
    path: `${path}/status`,
    scope: 'write',
    summary: 'Approve, pause or decline up to 500 partners; each is answered on its own.',
    params: BrandParams,
    body: z.strictObject({ ids: z.array(Uuid).min(1).max(500), status: Status }),
    data: z.object({
      changed: z.int(),
      unchanged: z.int(),
      not_found: z.int(),
      results: z.array(z.object({ id: z.string(), status: z.enum(['changed', 'unchanged', 'not_found']) })),
    }),
  }),
  one: endpoint({
    method: 'GET',
    path: `${path}/{partner_id}`,
    aliases: [`${alias}/{partner_id}`],
    scope: 'read',
    summary: 'One partner.',
    params: BrandParams.extend({ partner_id: Uuid }),
    data: Partner,
    refusals: ['not_found'],
  }),
  change: endpoint({
    method: 'PATCH',
    path: `${path}/{partner_id}`,
    aliases: [`${alias}/{partner_id}`],
    scope: 'write',
    summary: 'Change a partner; approve, decline or pause it by its status.',
    params: BrandParams.extend({ partner_id: Uuid }),
    body: z
      .strictObject({ ...fields, name: Name.optional() })
      .refine(b => Object.keys(b).length > 0, 'send at least one field to change'),
    data: Partner,
    refusals: ['not_found'],
  }),
  earnings: endpoint({
    method: 'GET',
    path: `${path}/{partner_id}/earnings`,
    scope: 'read',
    summary: 'What a partner earned and what was taken back, entry by entry, newest first, each with where it stands.',
    params: PartnerParams,
    query: z.strictObject({
      ...Page,
      kind: someOf(...earningKinds).optional(),
      state: someOf(...earningStates).optional(),
      currency: Currency.optional(),
      from: DayText.optional(),
      to: DayText.optional(),
    }),
    data: z.array(Earning),
    meta: PageMeta,
  }),
  terms: endpoint({
    method: 'GET',
    path: `${path}/{partner_id}/terms`,
    scope: 'read',
    summary: 'Which rules pay a partner, and since when: its own lines, what each campaign pays, the structures it is on.',
    params: PartnerParams,
    data: PartnerTerms,
  }),
  activity: endpoint({
    method: 'GET',
    path: `${path}/{partner_id}/activity`,
    scope: 'read',
    summary: 'What happened to a partner, its payouts, payments and structures, newest first.',
    params: PartnerParams,
    query: z.strictObject(Page),
    data: z.array(Activity),
    meta: PageMeta,
  }),
}
