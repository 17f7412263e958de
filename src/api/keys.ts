import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { InstantText, Name, Page, PageMeta, Uuid } from './shapes.ts'

const path = '/api/organization/keys'
const KeyScope = z.enum(['read', 'write'])

export const ApiKey = z.object({
  id: z.string(),
  brand_id: z.string().nullable().meta({ description: 'The one brand that it reaches; null for a key of the organization.' }),
  name: z.string(),
  prefix: z.enum(['tga', 'tk']),
  last_four: z.string(),
  scopes: z.array(KeyScope),
  owner_email: z.string().meta({ description: 'Whose key it is: it never does more than this person may.' }),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
})

export const keys = {
  list: endpoint({
    method: 'GET',
    path,
    scope: 'read',
    summary: 'API keys of the organization, newest first, for its admins: those that work, or all with include_ended.',
    query: z.strictObject({ ...Page, include_ended: z.enum(['1', 'true']).optional() }),
    data: z.array(ApiKey),
    meta: PageMeta,
  }),
  create: endpoint({
    method: 'POST',
    path,
    scope: 'write',
    summary: 'Make an API key of the caller: of the organization, or of one brand. It is shown once.',
    body: z.strictObject({
      name: Name,
      brand_id: Uuid.nullish(),
      scopes: z
        .array(KeyScope)
        .min(1, 'at least one scope')
        .max(2)
        .default(['read', 'write'])
        .meta({ description: 'A key makes no key that may do more than itself.' }),
      expires_at: InstantText.nullish(),
    }),
    status: 201,
    data: ApiKey.extend({
      api_key: z.string().nullable().meta({ description: 'Null when the request is repeated with the same Idempotency-Key.' }),
    }),
    shown_once: 'api_key',
  }),
  revoke: endpoint({
    method: 'DELETE',
    path: `${path}/{key_id}`,
    scope: 'write',
    summary: 'End an API key. It stops working within a second, for good.',
    params: z.strictObject({ key_id: Uuid }),
    data: z.object({ id: z.string(), revoked: z.literal(true) }),
  }),
}
