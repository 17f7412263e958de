import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { BrandParams, CurrencyAmount, Page, PageMeta, text, Uuid } from './shapes.ts'

const path = '/api/brands/{brand_id}/imports'
const ImportParams = BrandParams.extend({ import_id: Uuid })
const Kind = z.enum(['conversions', 'metrics'])
const Mapping = z.record(z.string(), z.json())

/** The largest file that is taken, in bytes. */
export const MAX_UPLOAD = 50 * 1024 * 1024

/** A file as it travels: its bytes, never held whole. */
export type CsvBytes = AsyncIterable<Uint8Array> | Uint8Array | string | Blob
const CsvBody = z.strictObject({ media_type: z.string(), bytes: z.custom<CsvBytes>(bytes => bytes !== undefined) })

/** What became of the rows, or of the rehearsal of them; for an undo, what was taken back. */
const Result = z.object({
  read: z.int(),
  created: z.int(),
  duplicates: z.int(),
  rejected: z.int(),
  reasons: z.array(z.object({ reason: z.string(), count: z.int() })),
  amounts: z.array(CurrencyAmount),
  reversed: z.int(),
  failed: z.int(),
  given_back: z.int(),
  withdrawn: z.int(),
  clawbacks: z.array(CurrencyAmount),
})

const Task = z.object({
  kind: z.enum(['dry_run', 'run', 'undo_dry_run', 'undo']),
  state: z.enum(['running', 'done', 'failed', 'interrupted']),
  share: z.number().nullable().meta({ description: 'How much of the file is read, from 0 to 1.' }),
  started_at: z.string(),
  error: z.string().nullable(),
  result: Result.nullable(),
})

export const Import = z.object({
  id: z.string(),
  brand_id: z.string(),
  campaign_id: z.string().nullable(),
  kind: Kind,
  file_name: z.string(),
  status: z.enum(['uploaded', 'running', 'interrupted', 'done', 'undone']),
  read: z.int(),
  created: z.int(),
  duplicates: z.int(),
  rejected: z.int(),
  amounts: z.array(CurrencyAmount),
  mapping: Mapping.nullable(),
  has_file: z.boolean(),
  task: Task.nullable(),
  created_at: z.string(),
  created_by: z.string(),
  undone_at: z.string().nullable(),
})

const Reading = {
  kind: Kind.optional(),
  campaign_id: Uuid.optional(),
  mapping: Mapping.default({}),
}
const PreviewRow = z.object({
  line: z.int(),
  cells: z.array(z.string()),
  fields: z.record(z.string(), z.union([z.string(), z.number()])).nullable(),
  fault: z.string().nullable(),
  reverses: z.boolean(),
})

export const imports = {
  list: endpoint({
    method: 'GET',
    path,
    scope: 'read',
    summary: 'Imports of the brand, newest first.',
    params: BrandParams,
    query: z.strictObject(Page),
    data: z.array(Import),
    meta: PageMeta,
  }),
  upload: endpoint({
    method: 'POST',
    path,
    scope: 'write',
    takes: 'csv',
    summary:
      'Upload a CSV file of at most 50 MB as it is, as text/csv; it waits a day to be read by a mapping. Nothing is recorded.',
    params: BrandParams,
    query: z.strictObject({ kind: Kind.default('conversions'), file_name: text(200, 1).default('upload.csv') }),
    body: CsvBody,
    body_limit: MAX_UPLOAD,
    status: 201,
    data: Import,
  }),
  one: endpoint({
    method: 'GET',
    path: `${path}/{import_id}`,
    scope: 'read',
    summary: 'One import, with the progress or result of the last work on it.',
    params: ImportParams,
    data: Import,
  }),
  preview: endpoint({
    method: 'POST',
    path: `${path}/{import_id}/preview`,
    scope: 'read',
    summary: 'The first 20 rows of an uploaded file as a mapping reads them. Nothing is stored.',
    params: ImportParams,
    body: z.strictObject(Reading),
    data: z.object({ headers: z.array(z.string()), rows: z.array(PreviewRow), problem: z.string().nullable() }),
    refusals: ['invalid_transition'],
  }),
  run: endpoint({
    method: 'POST',
    path: `${path}/{import_id}/run`,
    scope: 'write',
    summary: 'Import an uploaded file, or with dry_run say what that would do. It goes on in the background: poll the import.',
    params: ImportParams,
    body: z.strictObject({ ...Reading, dry_run: z.boolean().default(false) }),
    data: Import,
    refusals: ['invalid_transition'],
  }),
  rejects: endpoint({
    method: 'GET',
    path: `${path}/{import_id}/rejects`,
    scope: 'read',
    summary: 'The rows that the last reading rejected, as they stood in the file, each with its line and reason, as CSV.',
    params: ImportParams,
    answers: 'csv',
    data: z.string(),
  }),
  undo: endpoint({
    method: 'POST',
    path: `${path}/{import_id}/undo`,
    scope: 'write',
    summary:
      'Take back what an import made, or with dry_run say what that would do. It goes on in the background: poll the import.',
    params: ImportParams,
    body: z.strictObject({ dry_run: z.boolean().default(false) }),
    data: Import,
    refusals: ['invalid_transition'],
  }),
}
