/** What an agent reads first: what there is and how it hangs together, and the contract itself. */
import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { V1 } from './shapes.ts'

export const units = ['minor_units', 'instant_utc', 'day', 'count', 'hours', 'days', 'actor', 'uuid'] as const

const Field = z.object({
  name: z.string().meta({ description: 'Dotted inside an object, with `[]` inside a list: `tiers[].from`.' }),
  type: z.string().meta({ description: 'A JSON type or the name of an entity, with `[]` for a list of it.' }),
  nullable: z.boolean(),
  enum: z.array(z.string()).optional(),
  unit: z.enum(units).optional(),
  description: z.string().optional(),
  only_in_detail: z.literal(true).optional().meta({ description: 'Answered for one row, not in a list.' }),
})

const Relationship = z.object({
  kind: z.enum(['belongs_to', 'has_many', 'contains']).meta({
    description: 'The field stands on this entity (belongs_to, contains), or on the other one and names this one (has_many).',
  }),
  entity: z.string(),
  field: z.string(),
  in_path: z.literal(true).optional().meta({ description: 'The path names it; the row does not.' }),
})

const Use = z.object({
  name: z.string().meta({ description: 'The operationId of the OpenAPI document.' }),
  method: z.string(),
  path: z.string(),
  summary: z.string(),
  needs_idempotency_key: z.boolean(),
})

const Entity = z.object({
  name: z.string(),
  description: z.string(),
  fields: z.array(Field),
  relationships: z.array(Relationship),
  reads: z.array(Use),
  writes: z.array(Use),
})

const Schema = z.object({
  conventions: z.record(z.string(), z.string()),
  entities: z.array(Entity),
})
export type Schema = z.infer<typeof Schema>

export const reference = {
  schema: endpoint({
    method: 'GET',
    path: `${V1}/schema`,
    scope: 'read',
    summary: 'Entities, their fields and relationships, and the endpoints that read and write each.',
    data: Schema,
  }),
  openapi: endpoint({
    method: 'GET',
    path: `${V1}/openapi.json`,
    scope: 'read',
    summary: 'Every endpoint as an OpenAPI 3.1 document: the document itself, not in the envelope.',
    answers: 'document',
    data: z.looseObject({ openapi: z.string() }),
  }),
}
