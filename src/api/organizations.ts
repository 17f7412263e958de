import { z } from 'zod'
import { limitKeys, plans } from '../core/plan.ts'
import { endpoint } from './endpoint.ts'
import { Amount, BrandParams, Cents, Currency, DayText, Name, Page, PageMeta, Slug, TimeZone, text } from './shapes.ts'

const B = '/api/brands/{brand_id}'
const V = '/api/v1'

export const Program = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  currency: z.string(),
  program_type: z.enum(['affiliate', 'creator']),
  created_at: z.string(),
})

const PayoutSettings = z.object({
  frequency: z.enum(['monthly', 'bi_weekly', 'on_demand']),
  anchor_on: z.string(),
  minimum_threshold_cents: Cents,
  hold_days: z.int(),
  currency: z.string(),
})

const LimitKey = z.enum(limitKeys)
/** What a plan allows of something, and how much of it there is; `max` is null where the plan sets no limit. */
const Limit = z.object({
  limit_key: LimitKey,
  project_id: z.string().nullable().meta({ description: 'Of a limit that is counted in each project.' }),
  current: z.int(),
  max: z.int().nullable(),
})

const Organization = z.object({
  id: z.string(),
  name: z.string(),
  time_zone: z.string(),
  time_zone_stands: z.string().nullable().meta({ description: 'Why the time zone cannot change any more; null while it can.' }),
  plan: z.enum(plans),
  created_at: z.string(),
  limits: z.array(Limit),
})

const Role = z.enum(['admin', 'member'])
const Me = z.object({
  kind: z.enum(['person', 'key']),
  id: z.string(),
  email: z.string().nullable(),
  role: Role,
  organization: z.object({ id: z.string(), name: z.string(), time_zone: z.string(), plan: z.string() }),
  brands: z.array(Program.extend({ role: Role })),
  clock: z.object({ now: z.string(), is_travelling: z.boolean() }),
})

export const organizations = {
  me: endpoint({
    method: 'GET',
    path: '/api/me',
    scope: 'read',
    summary: 'Who is calling, and the brands within reach.',
    data: Me,
  }),
  setup: endpoint({
    method: 'POST',
    path: '/api/setup',
    scope: 'public',
    summary: 'First start: make the organization, its first program and its admin, with the one-time link of the terminal.',
    body: z.strictObject({
      token: text(200, 1),
      organization: Name,
      time_zone: TimeZone.default('UTC'),
      email: z.email(),
      password: z.string().min(10).max(200).optional(),
      currency: Currency.default('USD'),
      demo: z.boolean().default(false),
    }),
    status: 201,
    data: z.object({ org_id: z.string(), brand_id: z.string(), brand_slug: z.string(), sign_in_url: z.string() }),
    refusals: ['unauthorized', 'invalid_transition'],
  }),
  one: endpoint({
    method: 'GET',
    path: '/api/organization',
    scope: 'read',
    summary: 'The organization: its name, time zone and plan, with how much of each limit is used.',
    data: Organization,
  }),
  change: endpoint({
    method: 'PATCH',
    path: '/api/organization',
    scope: 'write',
    summary: 'Change name, plan or time zone. The time zone stands once anything was earned or a partner is on a structure.',
    body: z
      .strictObject({ name: Name.optional(), time_zone: TimeZone.optional(), plan: z.enum(plans).optional() })
      .refine(b => Object.keys(b).length > 0, 'send at least one field to change'),
    data: Organization,
    refusals: ['invalid_transition'],
  }),
  programs: endpoint({
    method: 'GET',
    path: `${V}/projects`,
    scope: 'read',
    summary: 'The programs (brands, projects) within reach, newest first.',
    query: z.strictObject(Page),
    data: z.array(Program),
    meta: PageMeta,
  }),
  createProgram: endpoint({
    method: 'POST',
    path: `${V}/projects`,
    scope: 'write',
    summary: 'Make another program (a brand, a project).',
    body: z.strictObject({
      name: Name,
      slug: Slug.optional(),
      currency: Currency.default('USD'),
      program_type: z.enum(['affiliate', 'creator']).default('affiliate'),
    }),
    status: 201,
    data: Program,
    refusals: ['conflict_name', 'limit_reached'],
  }),
  payoutSettings: endpoint({
    method: 'GET',
    path: `${B}/settings/payouts`,
    scope: 'read',
    summary: 'How and when the brand pays.',
    params: BrandParams,
    data: PayoutSettings,
  }),
  changePayoutSettings: endpoint({
    method: 'PATCH',
    path: `${B}/settings/payouts`,
    scope: 'write',
    summary: 'Change frequency, threshold, hold or currency. Holds of conversions already recorded stay as they are.',
    params: BrandParams,
    body: z.strictObject({
      frequency: z.enum(['monthly', 'bi_weekly', 'on_demand']).optional(),
      anchor_on: DayText.optional(),
      minimum_threshold_cents: Amount.min(0).optional(),
      hold_days: z.int().min(0).max(3650).optional(),
      currency: Currency.optional(),
    }),
    data: PayoutSettings,
  }),
  conversionTypes: endpoint({
    method: 'GET',
    path: `${B}/conversion-types`,
    scope: 'read',
    summary: 'The listed conversion types.',
    params: BrandParams,
    data: z.object({ types: z.array(z.string()) }),
  }),
  changeConversionTypes: endpoint({
    method: 'PUT',
    path: `${B}/conversion-types`,
    scope: 'write',
    summary: 'Replace the list of conversion types: at most 20, case-sensitive.',
    params: BrandParams,
    body: z.strictObject({
      types: z
        .array(text(50, 1))
        .max(20, 'at most 20 types')
        .refine(types => new Set(types).size === types.length, 'each type once'),
    }),
    data: z.object({ types: z.array(z.string()) }),
  }),
}
