import { z } from 'zod'
import { criteriaTypes } from '../core/rules/index.ts'
import { endpoint } from './endpoint.ts'
import { Amount, Cents, Metadata, Name, Page, PageMeta, Period, Readme, text, Uuid, V1 } from './shapes.ts'

const path = `${V1}/payout-structures`
const StructureParams = z.strictObject({ structure_id: Uuid })

export const StructureVersion = z.object({
  id: z.string(),
  structure_id: z.string(),
  version_number: z.int(),
  period: Period.nullable(),
  amount_cents: Cents.nullable(),
  currency: z.string(),
  criteria_type: z.enum(criteriaTypes),
  criteria_params: z.record(z.string(), z.json()),
  proration_mode: z.enum(['skip', 'prorate', 'full']),
  backfill_on_assignment: z.boolean(),
  description: z.string().meta({ description: 'What it pays, in one sentence.' }),
  created_at: z.string(),
  created_by: z.string(),
})

export const Structure = z.object({
  id: z.string(),
  project_id: z.string(),
  name: z.string(),
  is_active: z.boolean(),
  archived_at: z.string().nullable(),
  metadata: Metadata,
  readme: z.string().nullable(),
  created_at: z.string(),
  assignment_count: z.int().meta({ description: 'How many creators are on it now.' }),
  current_version: StructureVersion,
})
const StructureDetail = Structure.extend({ versions: z.array(StructureVersion) })

export const Assignment = z.object({
  id: z.string(),
  structure_id: z.string(),
  creator_id: z.string(),
  creator: z.object({ id: z.string(), display_name: z.string(), handle: z.string().nullable() }),
  assigned_at: z.string(),
  unassigned_at: z.string().nullable(),
  assigned_by: z.string(),
})

/** The rule as it is sent; what fits together is checked as a whole, by its criteria type (core/rules). */
const ruleFields = {
  period: Period.nullable(),
  amount_cents: Amount.min(0).nullable(),
  currency: z.literal('USD', 'must be USD'),
  criteria_type: z.enum(criteriaTypes),
  criteria_params: z.record(z.string(), z.json()),
  proration_mode: z.enum(['skip', 'prorate', 'full']),
  backfill_on_assignment: z.boolean().optional(),
}
const optional = Object.fromEntries(Object.entries(ruleFields).map(([name, field]) => [name, field.optional()])) as {
  [N in keyof typeof ruleFields]: z.ZodOptional<(typeof ruleFields)[N]>
}
const CreatorIds = z.strictObject({ creator_ids: z.array(Uuid).min(1).max(500) })
const something = (b: object) => Object.keys(b).length > 1

export const structures = {
  list: endpoint({
    method: 'GET',
    path,
    scope: 'read',
    summary: 'Payout structures, newest first: active and archived unless is_active says which.',
    query: z.strictObject({
      ...Page,
      project_id: Uuid.optional(),
      is_active: z.enum(['true', 'false']).optional(),
      criteria_type: z.enum(criteriaTypes).optional(),
      q: text(100).optional(),
    }),
    data: z.array(Structure),
    meta: PageMeta,
  }),
  create: endpoint({
    method: 'POST',
    path,
    scope: 'write',
    enters_program: true,
    summary: 'Make a payout structure with its first version.',
    body: z.strictObject({ project_id: Uuid, name: Name, ...ruleFields, metadata: Metadata.optional(), readme: Readme }),
    status: 201,
    data: z.object({ structure_id: z.string(), version_id: z.string() }),
    refusals: ['limit_reached'],
  }),
  one: endpoint({
    method: 'GET',
    path: `${path}/{structure_id}`,
    scope: 'read',
    summary: 'One structure with all its versions, newest first.',
    params: StructureParams,
    data: StructureDetail,
  }),
  totals: endpoint({
    method: 'GET',
    path: `${path}/{structure_id}/totals`,
    scope: 'read',
    summary: 'What a structure has made so far: accruals, what of them was taken back, and what is paid.',
    params: StructureParams,
    data: z.object({
      currency: z.string(),
      accrual_count: z.int(),
      accrued_cents: Cents,
      taken_back_count: z.int(),
      taken_back_cents: Cents,
      paid_cents: Cents,
    }),
  }),
  change: endpoint({
    method: 'PATCH',
    path: `${path}/{structure_id}`,
    scope: 'write',
    enters_program: true,
    summary: 'Change how a structure is called (cosmetic), or what it pays from now on (rule: a new version).',
    params: StructureParams,
    body: z.discriminatedUnion('kind', [
      z
        .strictObject({ kind: z.literal('cosmetic'), name: Name.optional(), metadata: Metadata.optional(), readme: Readme })
        .refine(something, 'send at least one field to change'),
      z.strictObject({ kind: z.literal('rule'), ...optional }).refine(something, 'send at least one field to change'),
    ]),
    data: z.union([Structure, z.object({ version_id: z.string(), version_number: z.int() })]),
    refusals: ['structure_archived'],
  }),
  remove: endpoint({
    method: 'DELETE',
    path: `${path}/{structure_id}`,
    scope: 'write',
    enters_program: true,
    summary: 'Archive a structure (no new accruals, history stays); with mode=hard delete one that never had an accrual.',
    params: StructureParams,
    query: z.strictObject({ mode: z.enum(['archive', 'hard']).default('archive') }),
    data: z.union([
      z.object({ id: z.string(), archived: z.literal(true) }),
      z.object({ id: z.string(), deleted: z.literal(true) }),
    ]),
    refusals: ['has_accruals'],
  }),
  assignments: endpoint({
    method: 'GET',
    path: `${path}/{structure_id}/assignments`,
    scope: 'read',
    summary: 'Who is on a structure, newest first; with include_inactive who was, too.',
    params: StructureParams,
    query: z.strictObject({ ...Page, include_inactive: z.enum(['1', 'true']).optional() }),
    data: z.array(Assignment),
    meta: PageMeta,
  }),
  assign: endpoint({
    method: 'POST',
    path: `${path}/{structure_id}/assignments`,
    scope: 'write',
    enters_program: true,
    summary: 'Put creators on a structure, from now on. With backfill, milestones already crossed are earned at once.',
    params: StructureParams,
    body: CreatorIds,
    data: z.object({
      assigned: z.int(),
      already_assigned: z.int(),
      not_in_project: z.int(),
      results: z.array(z.object({ creator_id: z.string(), status: z.enum(['assigned', 'already_assigned', 'not_in_project']) })),
    }),
    refusals: ['structure_archived'],
  }),
  unassign: endpoint({
    method: 'DELETE',
    path: `${path}/{structure_id}/assignments`,
    scope: 'write',
    enters_program: true,
    summary: 'Take creators off a structure, from now on. What they earned stays payable.',
    params: StructureParams,
    body: CreatorIds,
    data: z.object({
      unassigned: z.int(),
      not_assigned: z.int(),
      results: z.array(z.object({ creator_id: z.string(), status: z.enum(['unassigned', 'not_assigned']) })),
    }),
  }),
}
