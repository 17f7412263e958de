import { z } from 'zod'
import { type TableKey, tableKeys } from '../core/custom-payout.ts'
import { endpoint } from './endpoint.ts'
import { Amount, BrandParams, Cents, Currency, Flag, Name, Page, PageMeta, Slug, text, Uuid } from './shapes.ts'

const path = '/api/brands/{brand_id}/campaigns'
const CampaignParams = BrandParams.extend({ campaign_id: Uuid })

const Percent = z.string().regex(/^\d{1,7}(\.\d{1,4})?$/, 'must be decimal text with at most 4 decimals, for example "12.5"')
const CostModel = z.enum(['cpa', 'revshare', 'cpc', 'cpm', 'popcpm', 'none'])
const Tier = z.strictObject({ from: z.int().min(1), amount_cents: Amount.min(0).optional(), percent: Percent.optional() })
const Caps = z.strictObject({
  daily: z.int().min(1).nullish(),
  weekly: z.int().min(1).nullish(),
  monthly: z.int().min(1).nullish(),
})

const fields = {
  name: Name,
  slug: Slug.optional(),
  destination_url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .max(2000)
    .nullish(),
  cost_model: CostModel,
  amount_cents: Amount.min(0).nullish(),
  percent: Percent.nullish(),
  tiers: z.array(Tier).max(50).optional(),
  currency: Currency.optional(),
  hold_hours: z.int().min(0).max(87_600).nullish(),
  default_revenue_cents: Amount.min(0).optional(),
  caps: Caps.optional(),
  postback_secret: text(200).nullish(),
}

export const Campaign = z.object({
  id: z.string(),
  brand_id: z.string(),
  name: z.string(),
  slug: z.string(),
  destination_url: z.string().nullable(),
  cost_model: CostModel,
  amount_cents: Cents.nullable(),
  percent: z.string().nullable(),
  tiers: z.array(z.object({ from: z.int(), amount_cents: Cents.optional(), percent: z.string().optional() })),
  currency: z.string(),
  hold_hours: z.int().nullable(),
  default_revenue_cents: Cents,
  caps: z.object({ daily: z.int().nullish(), weekly: z.int().nullish(), monthly: z.int().nullish() }),
  has_postback_secret: z.boolean(),
  version: z.int(),
  created_at: z.string(),
})

const Tables = z.strictObject(
  Object.fromEntries(tableKeys.map(key => [key, text(500_000).optional()])) as Record<
    TableKey,
    z.ZodOptional<ReturnType<typeof text>>
  >,
)
export const CampaignVersion = z.object({
  version: z.int(),
  cost_model: CostModel,
  amount_cents: Cents.nullable(),
  percent: z.string().nullable(),
  tiers: Campaign.shape.tiers,
  currency: z.string(),
  tables: z.record(z.string(), z.string()),
  summary: z.string().meta({ description: 'The terms in one short sentence.' }),
  created_at: z.string(),
  created_by: z.string(),
})
const CustomPayouts = z.object({
  version: z.int(),
  tables: z.record(z.string(), z.string()),
  precedence: z.array(z.string()),
})
const Subs = z.record(z.string().regex(/^sub([1-9]|1\d|20)$/, 'must be sub1 to sub20'), text(500))

export const campaigns = {
  list: endpoint({
    method: 'GET',
    path,
    scope: 'read',
    summary: 'Campaigns of the brand, newest first.',
    params: BrandParams,
    query: z.strictObject({ ...Page, q: text(100).optional(), counts: Flag.optional() }),
    data: z.array(
      Campaign.extend({
        recent_conversion_count: z.int().optional().meta({ description: 'Of the last 30 days; when counts are asked for.' }),
      }),
    ),
    meta: PageMeta,
  }),
  create: endpoint({
    method: 'POST',
    path,
    scope: 'write',
    summary: 'Add a campaign with its cost model.',
    params: BrandParams,
    body: z.strictObject(fields),
    status: 201,
    data: Campaign,
  }),
  one: endpoint({
    method: 'GET',
    path: `${path}/{campaign_id}`,
    scope: 'read',
    summary: 'One campaign.',
    params: CampaignParams,
    data: Campaign,
    refusals: ['not_found'],
  }),
  change: endpoint({
    method: 'PATCH',
    path: `${path}/{campaign_id}`,
    scope: 'write',
    summary: 'Change a campaign, its custom payouts with it. New terms are a new version; what is recorded keeps its own.',
    params: CampaignParams,
    body: z
      .strictObject({ ...fields, name: Name.optional(), cost_model: CostModel.optional(), tables: Tables.optional() })
      .refine(b => Object.keys(b).length > 0, 'send at least one field to change'),
    data: Campaign,
    refusals: ['not_found', 'invalid_cost_model'],
  }),
  versions: endpoint({
    method: 'GET',
    path: `${path}/{campaign_id}/versions`,
    scope: 'read',
    summary: 'Every wording of the terms of a campaign, newest first.',
    params: CampaignParams,
    query: z.strictObject(Page),
    data: z.array(CampaignVersion),
    meta: PageMeta,
    refusals: ['not_found'],
  }),
  customPayouts: endpoint({
    method: 'GET',
    path: `${path}/{campaign_id}/custom-payouts`,
    scope: 'read',
    summary: 'The eleven custom payout tables as text, and their precedence.',
    params: CampaignParams,
    data: CustomPayouts,
    refusals: ['not_found'],
  }),
  changeCustomPayouts: endpoint({
    method: 'PUT',
    path: `${path}/{campaign_id}/custom-payouts`,
    scope: 'write',
    summary: 'Replace tables. One left out stays, an empty one is emptied; any wrong line and nothing is saved.',
    params: CampaignParams,
    body: z.strictObject({ tables: Tables }),
    data: CustomPayouts,
    refusals: ['not_found', 'invalid_cost_model'],
  }),
  testCustomPayouts: endpoint({
    method: 'POST',
    path: `${path}/{campaign_id}/custom-payouts/test`,
    scope: 'read',
    summary: 'What a conversion would earn: the winning line, and every line that lost and why. Nothing is stored.',
    params: CampaignParams,
    body: z.strictObject({
      publisher: text(100).optional(),
      country: text(10).optional(),
      os: text(50).optional(),
      subs: Subs.optional(),
      type: text(50).optional(),
      conversion_subs: Subs.optional(),
      revenue_cents: Amount.min(0).optional(),
      currency: Currency.optional(),
      tables: Tables.optional(),
    }),
    data: z.object({
      winner: z.object({
        tab: z.string(),
        line: z.int().nullable(),
        text: z.string().nullable(),
        model: z.enum(['fixed', 'percent']).nullable(),
        value: z.string().nullable(),
      }),
      amount_cents: Cents,
      currency: z.string(),
      because: z.string(),
      losers: z.array(z.object({ tab: z.string(), line: z.int(), text: z.string(), why: z.string() })),
    }),
    refusals: ['not_found', 'invalid_cost_model'],
  }),
  setOverride: endpoint({
    method: 'PUT',
    path: `${path}/{campaign_id}/overrides/{partner_id}`,
    scope: 'write',
    summary: "Set a partner's own rate: its line in PUBLISHER/ALIAS.",
    params: CampaignParams.extend({ partner_id: Uuid }),
    body: z.strictObject({ value: Percent }),
    data: CustomPayouts,
    refusals: ['not_found', 'invalid_cost_model'],
  }),
  removeOverride: endpoint({
    method: 'DELETE',
    path: `${path}/{campaign_id}/overrides/{partner_id}`,
    scope: 'write',
    summary: "Remove a partner's own rate.",
    params: CampaignParams.extend({ partner_id: Uuid }),
    data: CustomPayouts,
    refusals: ['not_found'],
  }),
}
