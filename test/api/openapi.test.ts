import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { endpoints } from '../../src/api/contract.ts'
import { type Endpoint, refusalsOf } from '../../src/api/endpoint.ts'
import { openapiDocument } from '../../src/api/openapi.ts'
import { status } from '../../src/api/status.ts'
import { refusalCodes } from '../../src/core/refusal.ts'

const file = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
const { version } = JSON.parse(file('package.json'))

type Operation = {
  operationId: string
  summary: string
  tags: string[]
  security: Record<string, string[]>[]
  parameters: { $ref?: string; name?: string; in?: string; required?: boolean; schema?: unknown }[]
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>
  requestBody?: { required: boolean; content: Record<string, { schema: unknown }> }
}
const document = JSON.parse(JSON.stringify(openapiDocument())) as {
  openapi: string
  info: { version: string }
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  components: Record<string, Record<string, unknown>>
}
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
)

function operationOf({ path, method }: Endpoint): Operation {
  return document.paths[path]![method.toLowerCase()]!
}

/** Every value of a key anywhere in the document. */
function valuesOf(key: string, value: unknown = document): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => (name === key ? [inner] : valuesOf(key, inner)))
}

function resolve(reference: string): unknown {
  const steps = reference.replace(/^#\//, '').split('/')
  return steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document)
}

/** The header among the parameters of an operation. */
function keyOf({ parameters }: Operation): unknown {
  const references = parameters.flatMap(each => (each.$ref?.endsWith('idempotency_key') ? [each.$ref] : []))
  expect(references.length).toBeLessThan(2)
  return references[0] && resolve(references[0])
}

describe('the document', () => {
  test('docs/openapi.json is current (node scripts/openapi.mjs writes it)', () => {
    expect(JSON.parse(file('docs/openapi.json'))).toEqual(document)
  })

  test('is OpenAPI 3.1 of this version of the product', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(document.info.version).toBe(version)
    expect(Object.keys(document).toSorted()).toEqual(['components', 'info', 'openapi', 'paths', 'servers', 'tags'])
  })

  test('every reference leads somewhere', () => {
    const references = valuesOf('$ref') as string[]
    expect(references.length).toBeGreaterThan(50)
    expect(references.filter(reference => resolve(reference) === undefined)).toEqual([])
  })

  test('every security scheme that is asked for is described', () => {
    const asked = operations.flatMap(({ operation }) => operation.security.flatMap(each => Object.keys(each)))
    expect([...new Set(asked)].toSorted()).toEqual(Object.keys(document.components.securitySchemes ?? {}).toSorted())
  })

  test('every tag that is used is described, and every one that is described is used', () => {
    const used = operations.flatMap(({ operation }) => operation.tags)
    expect(document.tags.map(tag => tag.name).toSorted()).toEqual([...new Set(used)].toSorted())
    for (const { name, description } of document.tags) expect(description, name).toMatch(/^[A-Z].{20,}\.$/)
  })

  test('says nothing in the words of OpenAPI 3.0, and every type is one of JSON schema', () => {
    expect(valuesOf('nullable').filter(value => value === true)).toEqual([])
    for (const word of ['example', 'definitions', '$defs']) expect(valuesOf(word), word).toEqual([])
    for (const word of ['exclusiveMinimum', 'exclusiveMaximum'])
      for (const value of valuesOf(word)) expect(typeof value, word).toBe('number')
    const schemas = [valuesOf('schema'), Object.values(document.components.schemas ?? {})]
    const types = new Set(
      valuesOf('type', schemas)
        .flat()
        .filter(type => typeof type === 'string'),
    )
    expect([...types].toSorted()).toEqual(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'])
  })

  test('shapes that are used everywhere have a name', () => {
    const references = new Set(valuesOf('$ref'))
    const unused = Object.keys(document.components.schemas ?? {}).filter(name => !references.has(`#/components/schemas/${name}`))
    expect(unused).toEqual([])
  })
})

describe('its operations', () => {
  test('are the endpoints of the contract, each named once', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(ids.toSorted()).toEqual(endpoints.map(({ name }) => name).toSorted())
    expect(new Set(ids).size).toBe(ids.length)
  })

  test.each(operations)('$method $path names its path parameters, body and answers', ({ path, operation }) => {
    const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])
    const given = operation.parameters.filter(each => each.in === 'path')
    expect(given.map(each => each.name).toSorted()).toEqual(wanted.toSorted())
    expect(given.every(each => each.required)).toBe(true)
    expect(operation.parameters.every(each => each.$ref !== undefined || each.schema !== undefined)).toBe(true)
    for (const [code, answer] of Object.entries(operation.responses)) {
      expect(code).toMatch(/^[2-5]\d\d$/)
      expect(answer.description).not.toBe('')
    }
    expect(Object.keys(operation.responses)[0]).toMatch(/^[23]/)
  })

  test.each(endpoints)('$name lists every refusal under its status', ({ endpoint }) => {
    const { responses } = operationOf(endpoint)
    for (const code of refusalsOf(endpoint)) {
      expect(refusalCodes).toContain(code)
      expect(responses[status[code]]?.description).toContain(`\`${code}\``)
    }
  })

  test('the payouts API is there as the seed writes it', () => {
    const wanted: Record<string, string[]> = {
      '/payout-methods': ['get', 'post'],
      '/payout-methods/{method_id}': ['delete', 'get', 'patch'],
      '/payout-structures': ['get', 'post'],
      '/payout-structures/{structure_id}': ['delete', 'get', 'patch'],
      '/payout-structures/{structure_id}/assignments': ['delete', 'get', 'post'],
      '/payout-accruals': ['get'],
      '/payout-accruals/{accrual_id}': ['get', 'patch'],
      '/payout-payments': ['get', 'post'],
      '/payout-payments/{payment_id}': ['get', 'patch'],
      ...{ '/schema': ['get'], '/openapi.json': ['get'] },
    }
    for (const [path, methods] of Object.entries(wanted))
      expect(Object.keys(document.paths[`/api/v1${path}`] ?? {}).toSorted(), path).toEqual(methods)
  })

  test('the Idempotency-Key is required where the endpoint refuses without, and only there', () => {
    const asking = endpoints.filter(({ endpoint }) => endpoint.needs_key === true)
    expect(asking.map(({ name }) => name)).toEqual(['payments.record'])
    for (const { endpoint } of endpoints.filter(({ endpoint }) => endpoint.method !== 'GET')) {
      const header = keyOf(operationOf(endpoint)) as Operation['parameters'][number] & { description: string }
      expect([header.name, header.in, header.required]).toEqual(['Idempotency-Key', 'header', endpoint.needs_key === true])
      expect(header.description.includes('REQUIRE_IDEMPOTENCY_KEY')).toBe(endpoint.needs_key === true)
    }
  })

  test('every write takes an Idempotency-Key and says what can go wrong with it; no read does', () => {
    for (const { endpoint } of endpoints) {
      const operation = operationOf(endpoint)
      const takes_key = keyOf(operation) !== undefined
      expect(takes_key).toBe(endpoint.method !== 'GET')
      const refused = refusalsOf(endpoint).filter(code => code.startsWith('idempotency_'))
      if (takes_key) expect(refused).toEqual(expect.arrayContaining(['idempotency_in_progress', 'idempotency_key_reused']))
      else expect(refused).toEqual([])
    }
  })

  test('a body with a required field is required', () => {
    expect(document.paths['/api/brands/{brand_id}/partners']?.post?.requestBody?.required).toBe(true)
    expect(document.paths['/api/brands/{brand_id}/payouts']?.post?.requestBody?.required).toBe(false)
  })
})
