import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answered, type World, world } from '../../support/world.ts'

let shop: World
beforeAll(async () => {
  shop = await world()
})
afterAll(() => shop.close())

/** The one shape of failure (spec D2.9). */
function expectFailure(answer: Answered, status: number, code: string): void {
  expect({ status: answer.status, code: answer.error?.code }, answer.text).toEqual({ status, code })
  expect(JSON.parse(answer.text)).toEqual({
    data: null,
    error: { code, message: expect.any(String) },
    meta: expect.objectContaining({ code, request_id: expect.any(String) }),
  })
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
}

describe('every path fails in one shape', () => {
  test('no credentials: 401 [TR-69]', async () => {
    for (const url of [shop.path('/payouts'), shop.path('/partners'), '/api/me']) {
      expectFailure(await shop.request('GET', url, undefined, { key: null }), 401, 'unauthorized')
    }
    expectFailure(await shop.request('GET', '/api/v1/payout-methods', undefined, { key: null }), 401, 'invalid_api_key')
  })

  test('a key that does not exist: 401 on every path', async () => {
    for (const url of [shop.path('/payouts'), '/api/v1/payout-methods', '/api/me']) {
      for (const key of ['tga_wrong', 'x', `tga_${'0'.repeat(64)}`])
        expectFailure(await shop.request('GET', url, undefined, { key }), 401, 'invalid_api_key')
    }
  })

  test('an Authorization header that is no Bearer token: 401', async () => {
    const headers = { authorization: 'Basic YTpi' }
    expectFailure(await shop.request('GET', '/api/me', undefined, { key: null, headers }), 401, 'invalid_api_key')
  })

  test('an unknown id: 404 [TR-69]', async () => {
    const id = '01900000-0000-7000-8000-000000000000'
    expectFailure(await shop.request('GET', shop.path(`/payouts/${id}`)), 404, 'not_found')
    expectFailure(await shop.request('GET', shop.path(`/partners/${id}`)), 404, 'not_found')
    expectFailure(await shop.request('GET', `/api/brands/${id}/partners`), 404, 'not_found')
    expectFailure(await shop.request('GET', '/api/nothing/here'), 404, 'not_found')
  })

  test('a bad body: 400 invalid_body with one entry a fault [TR-69]', async () => {
    const answer = await shop.request('POST', shop.path('/partners'), { name: 7, nonsense: true, metadata: [] })
    expectFailure(answer, 400, 'invalid_body')
    expect(answer.meta.errors.map((e: { path: string }) => e.path).sort()).toEqual(['', 'metadata', 'name'])
  })

  test('an id that is no id: 400 invalid_params', async () => {
    expectFailure(await shop.request('GET', shop.path('/partners/7')), 400, 'invalid_params')
    expectFailure(await shop.request('GET', shop.path(`/partners/${'7'.repeat(300)}`)), 400, 'invalid_params')
    expectFailure(await shop.request('GET', '/api/brands/%E0%A4%A/partners'), 400, 'invalid_params')
  })

  test('a bad query: 400 invalid_query', async () => {
    expectFailure(await shop.request('GET', shop.path('/partners?limit=101')), 400, 'invalid_query')
    expectFailure(await shop.request('GET', shop.path('/partners?unknown=1')), 400, 'invalid_query')
    expectFailure(await shop.request('GET', shop.path('/partners?cursor=%00')), 400, 'invalid_query')
  })

  test('another method: 405 with the methods that there are', async () => {
    const answer = await shop.request('DELETE', shop.path('/partners'))
    expectFailure(answer, 405, 'method_not_allowed')
    expect(answer.headers.allow).toBe('GET, HEAD, POST')
    expectFailure(await shop.request('POST', '/api/me', {}), 405, 'method_not_allowed')
    expectFailure(await shop.request('HEAD', '/api/auth/sign-in/email').then(withBody), 405, 'method_not_allowed')
  })

  const withBody = (answer: Answered): Answered => {
    const error = { code: 'method_not_allowed', message: '' }
    const meta = { code: error.code, request_id: '' }
    return answer.status === 405 ? { ...answer, error, meta, text: JSON.stringify({ data: null, error, meta }) } : answer
  }

  test('OPTIONS names the methods and lets no other site in', async () => {
    const answer = await shop.request('OPTIONS', shop.path('/partners'), undefined, {
      headers: { origin: 'https://evil.example' },
    })
    expect([answer.status, answer.headers.allow, answer.headers['access-control-allow-origin']]).toEqual([
      204,
      'GET, HEAD, POST',
      undefined,
    ])
  })

  test('HEAD answers as GET does, without a body', async () => {
    const answer = await shop.request('HEAD', shop.path('/partners'))
    expect([answer.status, answer.text]).toEqual([200, ''])
  })
})

describe('a hostile body gets one clear error and changes nothing', () => {
  const url = () => shop.path('/partners')
  const cases: [name: string, send: () => Promise<Answered>, status: number, code: string][] = [
    ['no JSON', () => shop.request('POST', url(), '{"name": "Ada"'), 400, 'invalid_body'],
    ['nothing at all', () => shop.request('POST', url(), ''), 400, 'invalid_body'],
    ['an array', () => shop.request('POST', url(), []), 400, 'invalid_body'],
    ['null', () => shop.request('POST', url(), null), 400, 'invalid_body'],
    ['a number', () => shop.request('POST', url(), 7), 400, 'invalid_body'],
    ['a wrong type', () => shop.request('POST', url(), { name: { $ne: 1 } }), 400, 'invalid_body'],
    ['an unknown key', () => shop.request('POST', url(), { name: 'Ada', is_admin: true }), 400, 'invalid_body'],
    ['a prototype key', () => shop.request('POST', url(), '{"name":"Ada","__proto__":{"admin":true}}'), 400, 'invalid_body'],
    [
      'a constructor key',
      () => shop.request('POST', url(), '{"name":"Ada","constructor":{"prototype":{"admin":true}}}'),
      400,
      'invalid_body',
    ],
    ['a NUL character', () => shop.request('POST', url(), { name: 'A\0da' }), 400, 'invalid_body'],
    ['half a surrogate pair', () => shop.request('POST', url(), '{"name":"\\ud800"}'), 400, 'invalid_body'],
    [
      'bytes that are no UTF-8',
      () => shop.request('POST', url(), Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])),
      400,
      'invalid_body',
    ],
    ['blank text', () => shop.request('POST', url(), { name: '  ' }), 400, 'invalid_body'],
    ['a huge integer', () => settings({ minimum_threshold_cents: 1e300 }), 400, 'invalid_body'],
    ['an integer that is not exact', () => settings('{"minimum_threshold_cents": 9007199254740993}'), 400, 'invalid_body'],
    ['a negative amount', () => settings({ minimum_threshold_cents: -1 }), 400, 'invalid_body'],
    ['a fraction of a cent', () => settings({ minimum_threshold_cents: 1.5 }), 400, 'invalid_body'],
    [
      'too many bytes',
      () => shop.request('POST', url(), { name: 'Ada', readme: 'x'.repeat(1_100_000) }),
      413,
      'payload_too_large',
    ],
    [
      'deep nesting',
      () => shop.request('POST', url(), `{"name":"Ada","metadata":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}`),
      400,
      'invalid_body',
    ],
    ['a form', () => typed('application/x-www-form-urlencoded', 'name=Ada'), 415, 'unsupported_media_type'],
    ['plain text', () => typed('text/plain', '{"name":"Ada"}'), 415, 'unsupported_media_type'],
    ['an unreadable idempotency key', () => keyed('ключ'.repeat(100)), 400, 'invalid_body'],
  ]
  const settings = (body: unknown) => shop.request('PATCH', shop.path('/settings/payouts'), body)
  const typed = (type: string, body: string) => shop.request('POST', url(), body, { headers: { 'content-type': type } })
  const keyed = (key: string) => shop.request('POST', url(), { name: 'Ada' }, { headers: { 'idempotency-key': key } })

  for (const [name, send, status, code] of cases) {
    test(name, async () => {
      const before = await shop.fingerprint()
      expectFailure(await send(), status, code)
      expect(await shop.fingerprint()).toBe(before)
    })
  }
})

describe('headers', () => {
  test('every answer forbids framing, sniffing and foreign scripts', async () => {
    for (const url of ['/api/me', '/api/nothing', '/', '/healthz', '/readyz']) {
      const { headers } = await shop.request('GET', url)
      expect(headers['content-security-policy'], url).toMatch(/script-src 'self';.*frame-ancestors 'none'/)
      expect(headers['content-security-policy']).not.toMatch(/script-src[^;]*unsafe/)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
      })
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
      expect(headers['x-powered-by']).toBeUndefined()
    }
    expect((await shop.request('GET', '/api/me')).headers['cache-control']).toBe('no-store')
  })
})
