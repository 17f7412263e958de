/** What agents read first: the schema and the OpenAPI document. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openapiDocument } from '../../src/api/openapi.ts'
import { schemaDocument } from '../../src/api/schema.ts'
import { keyOf } from '../support/keys.ts'
import { type World, world } from '../support/world.ts'

let w: World
beforeAll(async () => {
  w = await world()
})
afterAll(() => w.close())

test('GET /api/v1/schema answers the entities of the contract, in the envelope [TG-101]', async () => {
  const { status, data, error, meta } = await w.request('GET', '/api/v1/schema')
  expect([status, error, meta]).toEqual([200, null, {}])
  expect(data).toEqual(JSON.parse(JSON.stringify(schemaDocument())))
})

test('GET /api/v1/openapi.json answers the document itself [TG-101]', async () => {
  const { status, text, headers } = await w.request('GET', '/api/v1/openapi.json')
  expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(openapiDocument())))
  const typed = await w.api.reference.openapi()
  expect(typed.data.openapi).toBe('3.1.0')
})

test('both need a key, of which reading suffices and one of a single brand', async () => {
  const keys = [await keyOf(w, { scopes: ['read'] }), await keyOf(w, { brand_id: w.brand_id })]
  for (const path of ['/api/v1/schema', '/api/v1/openapi.json']) {
    for (const key of keys) expect((await w.request('GET', path, undefined, { key })).status).toBe(200)
    const refused = await w.request('GET', path, undefined, { key: null })
    expect([refused.status, refused.data, refused.meta.code]).toEqual([401, null, 'invalid_api_key'])
    expect((await w.request('GET', `${path}?nonsense=1`)).error.code).toBe('invalid_query')
    expect((await w.request('POST', path, {})).error.code).toBe('method_not_allowed')
  }
})
