/** The contract as an OpenAPI 3.1 document, made from the endpoints themselves so that it cannot say anything else. */
import { z } from 'zod'
import { type RefusalCode, refusalCodes } from '../core/refusal.ts'
import { Campaign } from './campaigns.ts'
import { endpoints } from './contract.ts'
import { Conversion, RecordResult } from './conversions.ts'
import { type Endpoint, endpoint, refusalsOf } from './endpoint.ts'
import { PayoutMethod } from './methods.ts'
import { Program } from './organizations.ts'
import { Partner } from './partners.ts'
import { Payout } from './payouts.ts'
import { status } from './status.ts'

export type Json = { [key: string]: unknown }

/** Shapes that get a name of their own in the document; any equal shape becomes a reference. */
const named = { Campaign, Conversion, Partner, Payout, PayoutMethod, Program, RecordResult }
const takes_no_body = endpoint({ method: 'POST', path: '', scope: 'public', summary: '', data: z.null() }).body

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
    tags: [...new Set(endpoints.map(({ name }) => nounOf(name)))].map(name => ({ name })),
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
const keyParameter = (e: Endpoint) => (e.method === 'GET' ? [] : [{ $ref: '#/components/parameters/idempotency_key' }])

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
  return { required: !e.body.safeParse(undefined).success, content: { 'application/json': { schema: shapeOf(e.body, 'input') } } }
}

function success(e: Endpoint): Json {
  if (e.answers === 'redirect') return { description: 'Where to go.', headers: { location: { schema: { type: 'string' } } } }
  if (e.answers === 'csv') return { description: 'The file.', content: { 'text/csv': { schema: { type: 'string' } } } }
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
      ...Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, plain(schema, 'output')])),
      Failure,
      Json: { description: 'Any JSON value.' },
    },
    parameters: {
      idempotency_key: {
        name: 'Idempotency-Key',
        in: 'header',
        required: false,
        description:
          'One key, one effect: the same request with the same key answers the same again and changes nothing. Best a UUID.',
        schema: { type: 'string', minLength: 1, maxLength: 200 },
      },
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
const shapeOf = (schema: z.ZodType, io: 'input' | 'output'): Json => referenced(plain(schema, io)) as Json

/** The only recursive shape of the contract is free JSON; it becomes one named schema instead of definitions inside each shape. */
function plain(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema, $defs, ...made } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: context => tidy(context.jsonSchema, io),
  })
  return JSON.parse(JSON.stringify(made).replace(/#\/\$defs\/__schema\d+/g, '#/components/schemas/Json'))
}

/** Drops what says nothing: bounds of safe integers, patterns beside a format, and a promise never to add a field to answers. */
function tidy(schema: Json, io: 'input' | 'output'): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  if (schema.minLength === 0) delete schema.minLength
  if (schema.format !== undefined) delete schema.pattern
  if (io === 'output' && schema.additionalProperties === false) delete schema.additionalProperties
}

const names = new Map(Object.entries(named).map(([name, schema]) => [JSON.stringify(plain(schema, 'output')), name]))

function referenced(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referenced)
  if (typeof value !== 'object' || value === null) return value
  const name = names.get(JSON.stringify(value))
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, referenced(inner)]))
}
