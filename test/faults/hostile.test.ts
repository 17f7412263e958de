/**
 * Whatever is thrown at a route that writes gets one clear error in the one envelope, and not a byte of the database moves.
 *
 * Generated from the contract: what its schema refuses, the server must refuse, for every field of every body.
 */
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { endpoints } from '../../src/api/contract.ts'
import { ConversionItem } from '../../src/api/conversions.ts'
import { type Endpoint, refusalsOf } from '../../src/api/endpoint.ts'
import { status } from '../../src/api/status.ts'
import { operate } from '../../src/server/operations.ts'
import { createOrganization } from '../../src/server/organizations/organizations.ts'
import { type Answered, type World, world } from '../support/world.ts'
import { figures, tally, thousands } from './figures.ts'

let shop: World
afterEach(() => shop.close())

type Ids = Record<string, string>
type Case = { what: string; path: string; body: string; headers?: Record<string, string>; key?: string; only?: string[] }

const writes = endpoints.filter(({ endpoint }) => endpoint.method !== 'GET')
const fill = (path: string, ids: Ids) => path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'missing')

/** One of everything, so that a path leads somewhere. */
async function scene(other: boolean): Promise<Ids> {
  const made = other
    ? await createOrganization(shop.app, {
        name: 'Other',
        plan: 'unlimited',
        time_zone: 'UTC',
        currency: 'USD',
        email: 'o@example.org',
      })
    : { brand_id: shop.brand_id, api_key: shop.key }
  const send = async (path: string, body: object) =>
    (await shop.request('POST', `/api/brands/${made.brand_id}${path}`, body, { key: made.api_key })).data
  const campaign = await send('/campaigns', { name: 'C', cost_model: 'cpa', amount_cents: 1000 })
  const partner = await send('/partners', { name: 'P' })
  const recorded = await send('/conversions', { external_id: 'x', partner: partner.slug, campaign: campaign.slug })
  const drafted = await send('/payouts', {})
  return {
    ...{ brand_id: made.brand_id, campaign_id: campaign.id, partner_id: partner.id },
    ...{ conversion_id: recorded.results[0].conversion_id, payout_id: drafted.payouts[0].id },
  }
}

const text = (raw: string) => `{"name": ${raw}}`
const DEEP = 20_000
/** What is no JSON, or more than anybody means. */
const anywhere: [what: string, body: string, only?: string[]][] = [
  ...['{', '{"name":', '[1,2', 'nul', '', '{"a":1}}', '\u0000', "{'a':1}", '{"a":01}', text('NaN'), text('"\u0001"')].map(
    (body): [string, string] => [`no JSON: ${JSON.stringify(body)}`, body],
  ),
  ...['7', '"text"', 'true', '[]', '[{}]', '1e400'].map((body): [string, string] => [`not an object: ${body}`, body]),
  ['deep arrays', text('['.repeat(DEEP) + ']'.repeat(DEEP))],
  ['deep objects', `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`],
  ['its prototype', '{"__proto__": {"admin": true}}'],
  ['an unknown key', '{"zzz_unknown": 1}'],
  ['5 MB of text', text(JSON.stringify('a'.repeat(5_000_000))), ['payload_too_large']],
]

/** Raw JSON, since what hurts most cannot be written with JSON.stringify. */
const values = [
  ...['9007199254740992', '-9007199254740993', '1e400', '-1e400', '1.5', '-1', '0', '12345678901234567890123', '-0'],
  ...['"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"', '""', '" "', '"\\u202e"', '"1"', '"not one of these"'],
  ...['"2026-02-30"', '"9999999-01-01T00:00:00Z"', '"01900000-0000-7000-8000-00000000000g"', `"${'x'.repeat(20_000)}"`],
  ...['true', 'false', '[]', '[[]]', '[null]', '{}', '{"a":{"b":{}}}', '[1,"2",{}]', '["\\u0000"]', `[${'1,'.repeat(2000)}1]`],
]

const schemaOf = (name: string, endpoint: Endpoint): z.ZodType => (name === 'conversions.record' ? ConversionItem : endpoint.body)

function fieldsOf(schema: z.ZodType): string[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as {
    properties?: object
    anyOf?: { properties?: object }[]
  }
  return [...new Set([json, ...(json.anyOf ?? [])].flatMap(part => Object.keys(part.properties ?? {})))]
}

/** A body that is right but for one field, which has a value that the contract refuses there; what it accepts is no attack. */
function bodiesOf(name: string, endpoint: Endpoint, mine: Ids): [string, string][] {
  const schema = schemaOf(name, endpoint)
  return fieldsOf(schema).flatMap(field => {
    const others = Object.entries(JSON.parse(meant(name, mine))).filter(([key]) => key !== field)
    const rest = others.map(([key, value]) => `, ${JSON.stringify(key)}: ${JSON.stringify(value)}`).join('')
    return values
      .map(value => `{${JSON.stringify(field)}: ${value}${rest}}`)
      .filter(body => !schema.safeParse(JSON.parse(body)).success)
      .map((body): [string, string] => [`${field} in ${body.slice(0, 80)}`, body])
  })
}

async function keys(): Promise<{ expired: string; revoked: string; reading: string }> {
  type Made = { api_key: string; key_id: string }
  const make = async (more: object) => (await operate(shop.app, 'key.create', { org_id: shop.org_id, ...more }, () => {})) as Made
  const [expired, revoked, reading] = [await make({ expires_in: '1h' }), await make({}), await make({ scopes: ['read'] })]
  await operate(shop.app, 'key.revoke', { key_id: revoked.key_id }, () => {})
  await shop.travelTo('2026-03-02')
  return { expired: expired.api_key, revoked: revoked.api_key, reading: reading.api_key }
}

function casesOf(name: string, endpoint: Endpoint, mine: Ids, theirs: Ids, key: Awaited<ReturnType<typeof keys>>): Case[] {
  const path = fill(endpoint.path, mine)
  const bodies = [...anywhere, ...bodiesOf(name, endpoint, mine)].map(([what, body, only]) => ({
    what,
    path,
    body,
    ...(only && { only }),
  }))
  const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'].map(
    type => ({
      ...{ what: type, path, body: '{}', headers: { 'content-type': type }, only: ['unsupported_media_type'] },
    }),
  )
  if (endpoint.scope === 'public') return [...bodies, ...types]
  const refused = (what: string, more: Partial<Case>): Case => ({ what, path, body: '{}', ...more })
  const credentials = [
    ...[key.expired, key.revoked, 'tga_wrong', ''].map(k => refused('a key that is none', { key: k, only: ['invalid_api_key'] })),
    ...(endpoint.scope === 'write'
      ? [refused('a key that may only read', { key: key.reading, only: ['insufficient_scope'] })]
      : []),
  ]
  const idNames = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(match => match[1] as string)
  const strangers = idNames.flatMap(id => [
    refused(`another organization's ${id}`, {
      path: fill(endpoint.path, { ...mine, [id]: theirs[id] as string }),
      body: meant(name, mine),
    }),
    ...['7', '%00', "'%20or%201=1--", '..%2f..', 'x'.repeat(400)].map(bad =>
      refused(`${id} ${bad.slice(0, 20)}`, { path: fill(endpoint.path, { ...mine, [id]: bad }) }),
    ),
  ])
  return [...bodies, ...types, ...credentials, ...strangers]
}

/** A body that would do something, had the path been the caller's own. */
function meant(name: string, mine: Ids): string {
  const bodies: Record<string, object> = {
    'partners.create': { name: 'Intruder' },
    'partners.change': { name: 'Intruder' },
    'campaigns.create': { name: 'Intruder', cost_model: 'cpa', amount_cents: 1 },
    'campaigns.change': { name: 'Intruder' },
    'campaigns.changeCustomPayouts': { tables: {} },
    'campaigns.setOverride': { value: '99' },
    'conversions.record': { external_id: 'intruder', partner: mine.partner_id, campaign: mine.campaign_id },
    'conversions.approve': { ids: [mine.conversion_id] },
    'conversions.reject': { ids: [mine.conversion_id] },
    'conversions.reverse': { reason: 'intruder' },
    'payouts.create': {},
    'payouts.change': { status: 'cancelled' },
    'organizations.changePayoutSettings': { minimum_threshold_cents: 1 },
  }
  return JSON.stringify(bodies[name] ?? {})
}

function expectRefused(answer: Answered, name: string, endpoint: Endpoint, { what, only }: Case): void {
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

test.each(['postgres', 'embedded'] as const)(
  'bad input on every route that writes: one clear error, nothing changed, on %s',
  async kind => {
    shop = await world({ kind, today: '2026-03-01' })
    const [mine, theirs] = [await scene(false), await scene(true)]
    const credentials = await keys()
    const seen = tally()
    for (const { name, endpoint } of writes) {
      const before = await shop.fingerprint({ without: ['api_keys'] })
      for (const attack of casesOf(name, endpoint, mine, theirs, credentials)) {
        const { path, body, headers, key } = attack
        const answer = await shop.request(endpoint.method, path, body, {
          headers: headers ?? {},
          ...(key !== undefined && { key }),
        })
        expectRefused(answer, name, endpoint, attack)
        seen.add(answer.error.code)
      }
      expect(await shop.fingerprint({ without: ['api_keys'] }), name).toBe(before)
    }
    figures(
      `hostile input on ${kind}: ${writes.length} routes, ${thousands(seen.total())} requests, 0 5xx, 0 changes; ${seen.words()}`,
    )
  },
)

test('ids of another organization inside a body count as unknown and change nothing', async () => {
  shop = await world({ today: '2026-03-01' })
  const [mine, theirs] = [await scene(false), await scene(true)]
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
