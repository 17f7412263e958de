import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { endpoints } from '../../src/api/contract.ts'
import type { Endpoint } from '../../src/api/endpoint.ts'
import { status } from '../../src/api/status.ts'
import { refusalCodes } from '../../src/core/refusal.ts'

const pathsOf = (e: Endpoint) => [e.path, ...(e.aliases ?? [])]
const routes = endpoints.flatMap(({ name, endpoint }) => pathsOf(endpoint).map(path => ({ name, method: endpoint.method, path })))

/** Whether a request for `literal` would also fit `pattern`: `/payouts/export` fits `/payouts/{payout_id}`. */
function fits(literal: string, pattern: string): boolean {
  const [left, right] = [literal.split('/'), pattern.split('/')]
  return left.length === right.length && right.every((step, at) => step === left[at] || step.startsWith('{'))
}

describe('paths', () => {
  test('no two endpoints share a method and a path, whatever their parameters are called', () => {
    const keys = routes.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`)
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([])
  })

  test('a literal path stands before one with a parameter that it would fit', () => {
    const wrong = routes.flatMap((literal, at) =>
      routes
        .slice(0, at)
        .filter(earlier => earlier.method === literal.method && earlier.path !== literal.path && fits(literal.path, earlier.path))
        .map(earlier => `${earlier.name} hides ${literal.name}`),
    )
    expect(wrong).toEqual([])
  })

  test.each(endpoints)('$name parses exactly the parameters that its path names', ({ endpoint }) => {
    for (const path of pathsOf(endpoint)) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])
      const { properties = {} } = z.toJSONSchema(endpoint.params, { io: 'input' })
      expect(Object.keys(properties).toSorted()).toEqual(names.toSorted())
    }
  })

  test('names are snake_case, and nouns of the seeds stay in the paths', () => {
    for (const { path } of routes) expect(path).toMatch(/^\/api(\/(v1|[a-z]+(-[a-z]+)*|\{[a-z]+(_[a-z]+)*\}))+(\.json)?$/)
  })
})

describe('every endpoint', () => {
  test.each(endpoints)('$name has a summary that is a sentence, a scope and listed refusals', ({ endpoint }) => {
    expect(endpoint.summary).toMatch(/^[A-Z][^\n]{5,200}\.$/)
    expect(['read', 'write', 'public', 'partner']).toContain(endpoint.scope)
    for (const code of endpoint.refusals) expect(refusalCodes).toContain(code)
    expect(new Set(endpoint.refusals).size).toBe(endpoint.refusals.length)
  })

  test.each(endpoints.filter(({ endpoint }) => endpoint.scope === 'write'))(
    '$name changes something, so it is no GET',
    ({ endpoint }) => {
      expect(endpoint.method).not.toBe('GET')
    },
  )
})

describe('strictness', () => {
  /** Items of these are checked one by one, so that a bad one stands beside good ones (spec G2). */
  const lenient = ['conversions.record', 'videos.observe', 'videos.observeCreator']
  /** What says of which kind a body is, since each kind has its own keys. */
  const kinds: Record<string, object> = { 'structures.change': { kind: 'cosmetic' } }
  const strict = endpoints.filter(({ name, endpoint }) => endpoint.method !== 'GET' && !lenient.includes(name))

  test.each(strict)('$name refuses a body with a key that nobody knows', ({ name, endpoint }) => {
    const result = endpoint.body.safeParse({ ...kinds[name], no_such_key: 1 })
    expect(result.success).toBe(false)
    expect(JSON.stringify(result.error?.issues)).toContain('no_such_key')
  })

  test.each(endpoints.filter(({ endpoint }) => endpoint.scope !== 'public'))(
    '$name refuses a query with a misspelt name',
    ({ endpoint }) => {
      expect(endpoint.query.safeParse({ no_such_key: '1' }).success).toBe(false)
    },
  )
})

test('every refusal has a status of 4xx, or 5xx when it is our fault', () => {
  for (const code of refusalCodes) {
    expect(status[code]).toBeGreaterThanOrEqual(400)
    expect(status[code] >= 500).toBe(code === 'internal_error' || code === 'unavailable')
  }
})
