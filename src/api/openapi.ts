/** The contract as an OpenAPI 3.1 document, made from the endpoints themselves so that it cannot say anything else. */
import { z } from 'zod'
import { imageTypes } from '../core/image.ts'
import { type RefusalCode, refusalCodes } from '../core/refusal.ts'
import { Accrual } from './accruals.ts'
import { Campaign } from './campaigns.ts'
import { type Contract, endpoints } from './contract.ts'
import { Conversion, RecordResult } from './conversions.ts'
import { Creator } from './creators.ts'
import { type Endpoint, endpoint, refusalsOf } from './endpoint.ts'
import { Goal } from './goals.ts'
import { type Json, jsonSchemaOf } from './json-schema.ts'
import { ApiKey } from './keys.ts'
import { PayoutMethod } from './methods.ts'
import { Program } from './organizations.ts'
import { Partner } from './partners.ts'
import { Payment, PublisherPayout } from './payments.ts'
import { Payout } from './payouts.ts'
import { status } from './status.ts'
import { Assignment, Structure, StructureVersion } from './structures.ts'
import { PartnerStructure, TrackerRow } from './tracker.ts'
import { Video } from './videos.ts'

/** Shapes that get a name of their own in the document; any equal shape becomes a reference. */
const named = {
  ...{ Program, Partner, Campaign, Conversion, RecordResult, Payout, Payment, PublisherPayout, PayoutMethod, ApiKey },
  ...{ Creator, Video, Goal, Structure, StructureVersion, Assignment, Accrual, TrackerRow, PartnerStructure },
}
const takes_no_body = endpoint({ method: 'POST', path: '', scope: 'public', summary: '', data: z.null() }).body

/** What each noun of the contract is about. */
const tags: Record<keyof Contract, string> = {
  portal: 'What partners see and change of their own, and how a brand sets its portal up.',
  reference: 'What an agent reads first: entities with their fields and relationships, and this document.',
  organizations: 'Who pays: the organization, its programs (brands, projects) and their settings.',
  members: 'Who works in the organization, with which role.',
  invitations: 'Links that make somebody a member.',
  keys: 'API keys: of the organization or one brand, each of the person who owns it.',
  methods: 'Payout methods of the organization: how a payment was sent.',
  partners: 'Whom a brand may owe; publishers are the same.',
  creators: 'Partners of a project as their channels show them.',
  campaigns: 'What partners promote, and what a conversion pays.',
  conversions: 'What happened and is attributed to a partner.',
  imports: 'Files of conversions or metrics taken in: uploaded, read by a mapping, rehearsed, run and undone.',
  earnings: 'What partners earned: why each amount is what it is, and where it is now.',
  payouts: 'The decision to pay: drafted, approved, paid or cancelled; balances.',
  payments: 'The record that money left, with what it paid; voiding it.',
  publisherPayouts: 'What a publisher was paid outside, netted by the next payout.',
  statements: 'What a partner is shown of its account: by month, and of each payout.',
  invoices: 'Invoices as PDF, in a series of numbers of the brand.',
  videos: 'Videos of creators, and observations of views and followers.',
  goals: 'What creators should reach, and how they stand.',
  structures: 'Rules that pay creators, their versions, and who is on them.',
  overview: 'What waits for a person, and where anything is found.',
  accruals: 'What creators earned by a structure, period by period.',
  tracker: 'What structures earned each partner, what of it was paid, and what is outstanding.',
}

/** The whole document. `version` is the product's; a test holds it to package.json. */
export function openapiDocument(version = '0.1.0'): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Quittance',
      version,
      summary: 'Open-source, self-hosted partner payouts.',
      description:
        'Money is an integer of minor units (`…_cents`), instants are ISO 8601 in UTC, names are snake_case. Every answer is ' +
        '`{data, error, meta}`; lists page with `meta.next_cursor`. A key that is not listed is refused.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: paths(),
    components: components(),
  }
}

function paths(): Json {
  const found: Record<string, Json> = {}
  for (const { name, endpoint } of endpoints) {
    found[endpoint.path] = { ...found[endpoint.path], [endpoint.method.toLowerCase()]: operation(name, endpoint) }
  }
  return found
}

function operation(name: string, e: Endpoint): Json {
  const also = (e.aliases ?? []).map(path => `\`${path}\` answers the same.`)
  return {
    operationId: name,
    tags: [nounOf(name)],
    summary: e.summary,
    ...(also.length > 0 && { description: also.join(' ') }),
    security: e.scope === 'public' ? [] : [{ bearer_key: [] }, { header_key: [] }, { session_cookie: [] }],
    'x-scope': e.scope,
    'x-refusals': refusalsOf(e),
    parameters: [...parameters('path', e.params), ...parameters('query', e.query), ...keyParameter(e)],
    ...(e.method !== 'GET' && e.body !== takes_no_body && { requestBody: requestBody(e) }),
    responses: { [e.status]: success(e), ...failures(e) },
  }
}

const nounOf = (name: string): string => name.split('.')[0] as string
function keyParameter(e: Endpoint): Json[] {
  if (e.method === 'GET') return []
  return [{ $ref: `#/components/parameters/${e.needs_key ? 'required_idempotency_key' : 'idempotency_key'}` }]
}

function parameters(where: 'path' | 'query', schema: z.ZodType): Json[] {
  const { properties, required = [], ...rest } = shapeOf(schema, 'input') as { properties?: Json; required?: string[] }
  if (properties === undefined) return [{ name: 'any', in: where, required: false, style: 'form', explode: true, schema: rest }]
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema,
  }))
}

function requestBody(e: Endpoint): Json {
  if (e.takes === 'csv') return { required: true, content: { 'text/csv': { schema: { type: 'string' } } } }
  if (e.takes === 'image') return { required: true, content: Object.fromEntries(imageTypes.map(type => [type, {}])) }
  return { required: !e.body.safeParse(undefined).success, content: { 'application/json': { schema: shapeOf(e.body, 'input') } } }
}

function success(e: Endpoint): Json {
  if (e.answers === 'redirect') return { description: 'Where to go.', headers: { location: { schema: { type: 'string' } } } }
  if (e.answers === 'csv') return { description: 'The file.', content: { 'text/csv': { schema: { type: 'string' } } } }
  if (e.answers === 'file')
    return { description: 'The file.', content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } }
  if (e.answers === 'document')
    return { description: 'The document.', content: { 'application/json': { schema: shapeOf(e.data, 'output') } } }
  const properties = { data: shapeOf(e.data, 'output'), error: { type: 'null' }, meta: shapeOf(e.meta, 'output') }
  const schema = { type: 'object', properties, required: ['data', 'error', 'meta'] }
  return { description: 'Done.', content: { 'application/json': { schema } } }
}

/** One answer a status, with the codes that it may carry. */
function failures(e: Endpoint): Json {
  const codes = refusalsOf(e)
  const statuses = [...new Set(codes.map(code => status[code]))].sort()
  return Object.fromEntries(
    statuses.map(each => [
      each,
      failure(
        each,
        codes.filter(code => status[code] === each),
      ),
    ]),
  )
}

function failure(status: number, codes: RefusalCode[]): Json {
  const headers = { 'retry-after': { description: 'Seconds to wait.', schema: { type: 'integer' } } }
  return {
    description: `Refused: ${codes.map(code => `\`${code}\``).join(', ')}.`,
    ...([429, 503].includes(status) && { headers }),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
  }
}

function components(): Json {
  return {
    schemas: {
      ...Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, jsonSchemaOf(schema, 'output')])),
      Failure,
      Json: { description: 'Any JSON value.' },
    },
    parameters: {
      idempotency_key: idempotencyKey(false, ''),
      required_idempotency_key: idempotencyKey(
        true,
        ' Without one the request is refused with `idempotency_key_required`, unless REQUIRE_IDEMPOTENCY_KEY is off here.',
      ),
    },
    securitySchemes: {
      bearer_key: {
        type: 'http',
        scheme: 'bearer',
        description: 'A key of one brand (`tk_…`) or of the organization (`tga_…`).',
      },
      header_key: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The same key in a header of its own.' },
      session_cookie: { type: 'apiKey', in: 'cookie', name: 'quittance.session_token', description: 'A person who signed in.' },
    },
  }
}

const idempotencyKey = (required: boolean, more: string): Json => ({
  name: 'Idempotency-Key',
  in: 'header',
  required,
  description: `One key, one effect: the same request with the same key answers the same again and changes nothing. Best a UUID.${more}`,
  schema: { type: 'string', minLength: 1, maxLength: 200 },
})

const Failure: Json = {
  type: 'object',
  description: 'What went wrong and what to do next. `meta.errors` has one entry a fault.',
  properties: {
    data: { type: 'null' },
    error: {
      type: 'object',
      properties: { code: { type: 'string', enum: refusalCodes }, message: { type: 'string' } },
      required: ['code', 'message'],
    },
    meta: {
      type: 'object',
      properties: {
        code: { type: 'string' },
        request_id: { type: 'string' },
        errors: { type: 'array', items: { type: 'object' } },
        retry_after: { type: 'number' },
      },
      required: ['code', 'request_id'],
    },
  },
  required: ['data', 'error', 'meta'],
}

/** A zod schema as JSON schema, with named shapes as references. */
const shapeOf = (schema: z.ZodType, io: 'input' | 'output'): Json => referenced(jsonSchemaOf(schema, io)) as Json

const names = new Map(Object.entries(named).map(([name, schema]) => [JSON.stringify(jsonSchemaOf(schema, 'output')), name]))

function referenced(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referenced)
  if (typeof value !== 'object' || value === null) return value
  const name = names.get(JSON.stringify(value))
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, referenced(inner)]))
}
