/** Reads a mapping file: its shape, its defaults, and what is wrong with it in words. Source: spec G2. */
import { z } from 'zod'
import { isField, isMatchField, type Mapping, plainFields, type RowKind } from '../../core/mapping.ts'
import { refuse } from '../../core/refusal.ts'

const subsToo = ', subs.sub1…sub20, conversion_subs.sub1…sub20'
const known = (kind: RowKind) => `fields are ${plainFields[kind].join(', ')}${kind === 'conversions' ? subsToo : ''}`
const fieldsIn = (record: Record<string, unknown>, kind: RowKind) =>
  Object.keys(record)
    .filter(name => !isField(name, kind))
    .map(name => ({ code: 'custom' as const, path: [name], message: `is no field; ${known(kind)}`, input: record }))

const byField = <T extends z.ZodType>(value: T, kind: RowKind) =>
  z.record(z.string(), value).check(({ value: record, issues }) => void issues.push(...fieldsIn(record, kind)))

const Header = z.string().min(1)
const Column = z.union(
  [Header, z.array(Header).min(1), z.strictObject({ multiply: z.tuple([Header, Header]) })],
  'must be a header, a list of headers, or {"multiply": [header, header]}',
)
const MatchField = z.string().refine(isMatchField, { error: issue => `cannot match "${issue.input}"; ${known('conversions')}` })
const Condition = z
  .strictObject({
    column: Header,
    starts_with: z.string().min(1).optional(),
    equals: z.string().optional(),
    less_than: z.number().optional(),
  })
  .refine(
    c => [c.starts_with, c.equals, c.less_than].filter(v => v !== undefined).length === 1,
    'needs one of starts_with, equals, less_than',
  )

const isEncoding = (label: string): boolean => {
  try {
    return new TextDecoder(label).encoding !== ''
  } catch {
    return false
  }
}

const common = (kind: RowKind) => ({
  delimiter: z.string().length(1, 'must be one character').default(','),
  encoding: z.string().refine(isEncoding, 'must be an encoding, for example utf-8 or windows-1252').default('utf-8'),
  decimal: z.enum(['.', ','], 'must be "." or ","').default('.'),
  date_format: z.string().nullable().default(null),
  year: z.int().min(1900).max(2999).nullable().default(null),
  time_zone: z.string().nullable().default(null),
  columns: byField(Column, kind).default({}),
  values: byField(z.record(z.string(), z.string()), kind).default({}),
  constants: byField(z.string(), kind).default({}),
  create_partners: z.boolean().default(false),
})

const files = {
  conversions: z
    .strictObject({
      ...common('conversions'),
      reversal: z
        .strictObject({ when: Condition, match: z.array(MatchField).min(1) })
        .nullable()
        .default(null),
    })
    .refine(m => !('revenue' in m.columns && 'revenue_cents' in m.columns), {
      path: ['columns'],
      message: 'name revenue or revenue_cents, not both',
    }),
  metrics: z.strictObject({ ...common('metrics'), day_end: z.boolean().default(false) }),
}

/** A mapping with its defaults. Refuses `invalid_body` and says which key is wrong. */
export function readMapping(given: unknown, kind: RowKind = 'conversions'): Mapping {
  const parsed = files[kind].safeParse(given ?? {})
  if (parsed.success) return { day_end: false, reversal: null, ...parsed.data }
  const errors = parsed.error.issues.map(issue => ({ path: issue.path.join('.'), message: wordsOf(issue) }))
  const words = errors.map(({ path, message }) => `${path} ${message}`.trim())
  return refuse('invalid_body', `The mapping cannot be used: ${words.join('; ')}.`, { errors })
}

const wordsOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'unrecognized_keys' ? `has an unknown key: ${issue.keys.join(', ')}` : issue.message
