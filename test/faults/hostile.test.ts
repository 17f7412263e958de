/**
 * Whatever is thrown at a route that writes gets one clear error in the one envelope, and not a byte of the database moves.
 */
import { afterEach, expect, test } from 'vitest'
import { endpoints } from '../../src/api/contract.ts'
import { type Endpoint, refusalsOf } from '../../src/api/endpoint.ts'
import { status } from '../../src/api/status.ts'
import { operate } from '../../src/server/operations.ts'
import { createOrganization } from '../../src/server/organizations/organizations.ts'
import { everything, type Ids } from '../support/everything.ts'
import { keyOf } from '../support/keys.ts'
import { type Answered, type World, world } from '../support/world.ts'
import { type Attack, attacksOn, bodiesOf, fill, type Keys, NONE } from './attacks.ts'
import { figures, tally, thousands } from './figures.ts'

let shop: World
afterEach(() => shop.close())

const writes = endpoints.filter(({ endpoint }) => endpoint.method !== 'GET')
const ROUTES = ['postgres', 'embedded'] as const

/** One of everything of two organizations, so that a path leads somewhere. */
async function scene(): Promise<[mine: Ids, theirs: Ids]> {
  const other = await createOrganization(shop.app, {
    ...{ name: 'Other', plan: 'unlimited', time_zone: 'UTC', currency: 'USD', email: 'o@example.org' },
  })
  const made = await everything(shop, shop, { brand_id: other.brand_id, key: other.api_key })
  return made as [Ids, Ids]
}

/** Made before the scene, which takes two days. */
async function badKeys(): Promise<Keys> {
  const { api_key, key_id } = (await operate(shop.app, 'key.create', { org_id: shop.org_id }, () => {})) as Record<string, string>
  await operate(shop.app, 'key.revoke', { key_id }, () => {})
  return { expired: await keyOf(shop, { expires_in: '1h' }), revoked: api_key!, reading: await keyOf(shop, { scopes: ['read'] }) }
}

/** With a new Idempotency-Key where one is needed. */
function send({ method, needs_key }: Endpoint, { path, body, headers = {}, key }: Omit<Attack, 'what'>): Promise<Answered> {
  const { 'idempotency-key': given = needs_key ? shop.app.newId() : NONE, ...others } = headers
  return shop.request(method, path, body, {
    headers: { ...others, ...(given !== NONE && { 'idempotency-key': given }) },
    ...(key !== undefined && { key }),
  })
}

function expectRefused(answer: Answered, name: string, endpoint: Endpoint, { what, only }: Attack): void {
  const said = `${name}, ${what}: ${answer.status} ${answer.text.slice(0, 300)}`
  expect(answer.status, said).toBeGreaterThanOrEqual(400)
  expect(answer.status, said).toBeLessThan(500)
  const { data, error, meta } = JSON.parse(answer.text)
  expect([data, Object.keys(error).sort(), meta.code, typeof meta.request_id], said).toEqual([
    null,
    ['code', 'message'],
    error.code,
    'string',
  ])
  expect([...refusalsOf(endpoint), 'method_not_allowed'], said).toContain(error.code)
  expect(status[error.code as keyof typeof status], said).toBe(answer.status)
  expect(error.message.length, said).toBeGreaterThan(10)
  if (only) expect(only, said).toContain(error.code)
}

test.each(ROUTES)('bad input on every route that writes: one clear error, nothing changed, on %s', async kind => {
  shop = await world({ kind, today: '2026-03-01' })
  const keys = await badKeys()
  const [mine, theirs] = await scene()
  const seen = tally()
  for (const { name, endpoint } of writes) {
    const before = await shop.fingerprint({ without: ['api_keys'] })
    for (const attack of attacksOn(name, endpoint, mine, theirs, keys)) {
      const answer = await send(endpoint, attack)
      expectRefused(answer, name, endpoint, attack)
      seen.add(answer.error.code)
    }
    expect(await shop.fingerprint({ without: ['api_keys'] }), name).toBe(before)
  }
  figures(
    `hostile input on ${kind}: ${writes.length} routes, ${thousands(seen.total())} requests, 0 5xx, 0 changes; ${seen.words()}`,
  )
})

test.each(ROUTES)('odd input that the contract takes is done or refused in clear words, never a 5xx, on %s', async kind => {
  shop = await world({ kind, today: '2026-03-01' })
  const [mine] = await scene()
  const seen = tally()
  for (const { name, endpoint } of writes.filter(({ endpoint: { method } }) => method !== 'DELETE')) {
    for (const [what, body] of bodiesOf(name, endpoint, mine).taken) {
      const answer = await send(endpoint, { path: fill(endpoint.path, mine), body })
      expect(answer.status, `${name}, ${what}: ${answer.text.slice(0, 300)}`).toBeLessThan(500)
      seen.add(answer.error?.code ?? 'done')
    }
  }
  figures(`odd input on ${kind}: ${thousands(seen.total())} requests, 0 5xx; ${seen.words()}`)
})

test('ids of another organization inside a body count as unknown and change nothing', async () => {
  shop = await world({ today: '2026-03-01' })
  const [mine, theirs] = await scene()
  const before = await shop.fingerprint({ without: ['api_keys'] })
  const send = (method: string, path: string, body: object) => shop.request(method, shop.path(path), body)
  const refused = await Promise.all([
    send('POST', '/payouts', { partner_id: theirs.partner_id }),
    send('POST', '/payouts', { partner_ids: [mine.partner_id, theirs.partner_id] }),
    send('PATCH', `/payouts/${mine.payout_id}`, { exclude_earning_ids: [theirs.conversion_id] }),
  ])
  expect(refused.map(a => [a.status, a.error?.code])).toEqual(Array(3).fill([404, 'not_found']))
  for (const verdict of ['approve', 'reject']) {
    const { data } = await send('POST', `/conversions/${verdict}`, { ids: [theirs.conversion_id] })
    expect(data).toMatchObject({ results: [{ status: null, error: { code: 'not_found' } }], counts: { changed: 0, failed: 1 } })
  }
  const stolen = await send('POST', '/conversions', {
    conversions: [{ external_id: 's', partner: theirs.partner_id, campaign: theirs.campaign_id }],
  })
  expect(stolen.data.counts).toEqual({ created: 0, duplicate: 0, conflict: 0, rejected: 1 })
  expect(await shop.fingerprint({ without: ['api_keys'] })).toBe(before)
})

test('the largest amounts that are taken add up to totals that can still be said; larger ones are refused', async () => {
  shop = await world({ today: '2026-03-01' })
  const ada = await shop.partner('Ada')
  const campaign = await shop.campaign({ amount_cents: 1_000_000_000_000 })
  const item = (n: number) => ({
    external_id: `n${n}`,
    partner: ada.slug,
    campaign: campaign.slug,
    revenue_cents: 1_000_000_000_000,
  })
  const recorded = await shop.request('POST', shop.path('/conversions'), {
    conversions: Array.from({ length: 1000 }, (_, n) => item(n)),
  })
  expect(recorded.data.counts.created).toBe(1000)
  const drafted = await shop.request('POST', shop.path('/payouts'), {})
  expect(drafted.data.totals).toEqual([{ currency: 'USD', amount_cents: 1_000_000_000_000_000 }])
  expect((await shop.balance(ada)).in_payouts_cents).toBe(1_000_000_000_000_000)
  const more = { ...item(1001), revenue_cents: 1_000_000_000_001 }
  const refused = [
    await shop.request('POST', shop.path('/conversions'), more),
    await shop.request('POST', shop.path('/campaigns'), {
      name: 'Big',
      cost_model: 'cpa',
      amount_cents: Number.MAX_SAFE_INTEGER,
    }),
    await shop.request('PUT', shop.path(`/campaigns/${campaign.id}/custom-payouts`), {
      tables: { geo: 'US, 90071992547409.91' },
    }),
    await shop.request('PATCH', shop.path(`/payouts/${drafted.data.payouts[0].id}`), {
      adjustments: [{ amount_cents: -Number.MAX_SAFE_INTEGER, reason: 'x' }],
    }),
  ]
  expect(refused.map(a => [a.status, a.error?.code])).toEqual(Array(4).fill([400, 'invalid_body']))
})
