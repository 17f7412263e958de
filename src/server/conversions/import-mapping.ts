/** Reads a mapping file: its shape, its defaults, and what is wrong with it in words. */
import { z } from 'zod'
import { isSubName } from '../../core/conversion.ts'
import type { Mapping } from '../../core/mapping.ts'
import { refuse } from '../../core/refusal.ts'

const plainFields = [
  'partner',
  'external_id',
  'revenue',
  'revenue_cents',
  'currency',
  'occurred_at',
  'country',
  'os',
  'type',
  'status',
  'click_id',
  'coupon_code',
  'event_id',
  'payout',
  'payout_cents',
] as const

/** Whether a mapping may name this field: one of a conversion, or a sub. */
export const isField = (name: string): boolean =>
  (plainFields as readonly string[]).includes(name) || (/^(conversion_)?subs\./.test(name) && isSubName(name.split('.')[1] ?? ''))

const Field = z.string().refine(isField, { error: issue => `there is no field "${issue.input}"; fields are ${plainFields.join(', ')}, subs.sub1…, conversion_subs.sub1…` })
const Column = z.union([z.string().min(1), z.array(z.string().min(1)).min(1), z.strictObject({ multiply: z.tuple([z.string(), z.string()]) })])
const Condition = z
  .strictObject({ column: z.string(), starts_with: z.string().min(1).optional(), equals: z.string().optional(), less_than: z.number().optional() })
  .refine(c => [c.starts_with, c.equals, c.less_than].filter(v => v !== undefined).length === 1, 'needs one of starts_with, equals, less_than')

const MappingFile = z.strictObject({
  delimiter: z.string().length(1, 'must be one character').default(','),
  decimal: z.enum(['.', ',']).default('.'),
  date_format: z.string().nullable().default(null),
  time_zone: z.string().nullable().default(null),
  columns: z.record(Field, Column).default({}),
  values: z.record(Field, z.record(z.string(), z.string())).default({}),
  constants: z.record(Field, z.string()).default({}),
  create_partners: z.boolean().default(false),
  reversal: z.strictObject({ when: Condition, match: z.array(Field).min(1) }).nullable().default(null),
})

/** A mapping with its defaults. Refuses `invalid_body` and says which key is wrong. */
export function readMapping(given: unknown): Mapping {
  const parsed = MappingFile.safeParse(given ?? {})
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.map(issue => ({ path: issue.path.join('.'), message: issue.message }))
  return refuse('invalid_body', `The mapping is not as it should be: ${errors[0]?.path} ${errors[0]?.message}.`, { errors })
}
