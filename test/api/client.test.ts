import { expect, test } from 'vitest'
import { ApiFailure, addressOf, makeClient, type Received, type Sent } from '../../src/client/client.ts'

const brand_id = '018f0000-0000-7000-8000-000000000001'
const payout_id = '018f0000-0000-7000-8000-000000000002'

/** A client whose server always gives the same answer, and what was sent to it. */
function against(answer: Partial<Received>) {
  const sent: ({ method: string; url: string } & Sent)[] = []
  const client = makeClient({
    base_url: 'http://host',
    key: 'tk_1',
    transport: async (method, url, more) => {
      sent.push({ method, url, ...more })
      return { status: 200, text: '{"data":[],"error":null,"meta":{"next_cursor":null}}', headers: {}, ...answer }
    },
  })
  return { client, sent }
}

test('a call becomes the method, path, query and headers of its endpoint', async () => {
  const { client, sent } = against({})
  const { data, meta, status } = await client.payouts.list({
    params: { brand_id },
    query: { status: 'draft', limit: 10, partner_id: undefined },
  })
  expect({ data, meta, status }).toEqual({ data: [], meta: { next_cursor: null }, status: 200 })
  expect(sent).toMatchObject([
    {
      method: 'GET',
      url: `http://host/api/brands/${brand_id}/payouts?status=draft&limit=10`,
      headers: { authorization: 'Bearer tk_1' },
    },
  ])
  expect(sent[0]?.body).toBeUndefined()
})

test('a write sends JSON and its idempotency key', async () => {
  const { client, sent } = against({})
  await client.payouts.change({ params: { brand_id, payout_id }, body: { status: 'approved' }, idempotency_key: 'once' })
  expect(sent[0]).toMatchObject({ method: 'PATCH', body: '{"status":"approved"}' })
  expect(sent[0]?.headers).toMatchObject({ 'idempotency-key': 'once', 'content-type': 'application/json' })
})

test('a refusal is thrown with its code, message, status and details', async () => {
  const text = JSON.stringify({
    data: null,
    error: { code: 'not_found', message: 'Look again.' },
    meta: { code: 'not_found', request_id: 'r' },
  })
  const failure = await against({ status: 404, text })
    .client.organizations.me()
    .catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ApiFailure)
  expect(failure).toMatchObject({ code: 'not_found', message: 'Look again.', status: 404, meta: { request_id: 'r' } })
})

test('an answer that is not ours says so instead of leaking a parse error', async () => {
  const failure = await against({ status: 502, text: '<html>Bad gateway</html>' })
    .client.organizations.me()
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'unavailable', status: 502 })
})

test('a file is its text, a redirect its address', async () => {
  expect((await against({ text: 'a,b\r\n' }).client.payouts.exportPaid({ params: { brand_id } })).data).toBe('a,b\r\n')
  const { client } = against({ status: 302, headers: { location: 'https://shop.example/?click_id=1' } })
  const { data } = await client.conversions.click({ params: { brand: 'shop', campaign: 'a' }, query: { via: 'nick' } })
  expect(data.location).toBe('https://shop.example/?click_id=1')
})

test('parameters are escaped', () => {
  expect(addressOf('/api/r/{brand}/{campaign}', { brand: 'a/b', campaign: '?x' }, { q: 'a&b', none: null })).toBe(
    '/api/r/a%2Fb/%3Fx?q=a%26b',
  )
})
