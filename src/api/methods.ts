import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Metadata, Name, Readme, text, Uuid, V1 } from './shapes.ts'

const path = `${V1}/payout-methods`
const MethodParams = z.strictObject({ method_id: Uuid })

export const PayoutMethod = z.object({
  id: z.string(),
  org_id: z.string(),
  name: z.string(),
  icon_url: z.string().nullable(),
  is_default: z.boolean(),
  is_active: z.boolean(),
  metadata: Metadata,
  readme: z.string().nullable(),
  created_at: z.string(),
})

/** The path of an icon that was uploaded, as the upload answered it; null for none. */
const IconPath = text(200, 1).nullish()

export const methods = {
  list: endpoint({
    method: 'GET',
    path,
    scope: 'read',
    summary: 'Payout methods of the organization: the active ones, or all for an admin.',
    query: z.strictObject({ include_disabled: z.enum(['1', 'true']).optional() }),
    data: z.array(PayoutMethod),
  }),
  create: endpoint({
    method: 'POST',
    path,
    scope: 'write',
    summary: 'Add a payout method. Names are unique in the organization whatever the case.',
    body: z.strictObject({ name: Name, icon_path: IconPath, metadata: Metadata.optional(), readme: Readme }),
    status: 201,
    data: PayoutMethod,
    refusals: ['conflict_name', 'limit_reached'],
  }),
  one: endpoint({
    method: 'GET',
    path: `${path}/{method_id}`,
    scope: 'read',
    summary: 'One payout method.',
    params: MethodParams,
    data: PayoutMethod,
  }),
  change: endpoint({
    method: 'PATCH',
    path: `${path}/{method_id}`,
    scope: 'write',
    summary: 'Rename, disable, enable or describe a payout method. Payments keep the name they were made with.',
    params: MethodParams,
    body: z
      .strictObject({
        name: Name.optional(),
        is_active: z.boolean().optional(),
        icon_path: IconPath,
        metadata: Metadata.optional(),
        readme: Readme,
      })
      .refine(b => Object.keys(b).length > 0, 'send at least one field to change'),
    data: PayoutMethod,
    refusals: ['conflict_name', 'limit_reached'],
  }),
  remove: endpoint({
    method: 'DELETE',
    path: `${path}/{method_id}`,
    scope: 'write',
    summary: 'Delete a custom payout method. Payments made with it keep its name; a default can only be disabled.',
    params: MethodParams,
    data: z.object({ id: z.string(), deleted: z.literal(true) }),
    refusals: ['default_method'],
  }),
  uploadIcon: endpoint({
    method: 'POST',
    path: `${V1}/payout-icons`,
    scope: 'write',
    takes: 'image',
    summary: 'Upload an icon, PNG, JPEG, WebP or SVG of at most 1 MB: the image itself as the body. Its path goes into a method.',
    body: z.strictObject({ media_type: z.string(), bytes: z.instanceof(Uint8Array) }),
    body_limit: 1024 * 1024,
    status: 201,
    data: z.object({ icon_path: z.string() }),
  }),
}
