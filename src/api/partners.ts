import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { BrandParams, Metadata, Name, Page, PageMeta, Slug, text, Uuid } from './shapes.ts'

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
}
