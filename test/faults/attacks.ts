/**
 * What is thrown at a route that writes: raw bodies, one wrong field in a body that is right else, strangers' ids, bad keys.
 *
 * Generated from the contract: what its schema refuses, the server must refuse, for every field of every body.
 */
import { z } from 'zod'
import { ConversionItem } from '../../src/api/conversions.ts'
import { NewCreator } from '../../src/api/creators.ts'
import type { Endpoint } from '../../src/api/endpoint.ts'
import { CreatorSnapshot, VideoSnapshot } from '../../src/api/videos.ts'
import { criteriaTypes, ruleOf } from '../../src/core/rules/index.ts'
import type { Ids } from '../support/everything.ts'

export type Attack = {
  what: string
  path: string
  body: string
  headers?: Record<string, string>
  key?: string
  /** The refusals that it may be answered with; without it any that the contract lists. */
  only?: string[]
}
export type Keys = { expired: string; revoked: string; reading: string }

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
  ...['{"a":"\\u0000"}', '{"a":["\\ud800"]}', '{"a":{"\\u0000":1}}', '{"a\\udfff":1}', `{"${'x'.repeat(200)}":1}`],
]

/** One of the items that some bodies list to be answered one by one: alone, it is refused as a whole. */
const items: Record<string, z.ZodType> = {
  'conversions.record': ConversionItem,
  'creators.add': NewCreator,
  'videos.observe': VideoSnapshot,
  'videos.observeCreator': CreatorSnapshot,
}

type JsonSchema = { properties?: object; anyOf?: JsonSchema[]; oneOf?: JsonSchema[] }

function fieldsOf(schema: z.ZodType): string[] {
  const {
    properties = {},
    anyOf = [],
    oneOf = [],
  } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  return [...new Set([{ properties }, ...anyOf, ...oneOf].flatMap(part => Object.keys(part.properties ?? {})))]
}

const withField = (field: string, value: string, rest: object): string => {
  const others = Object.entries(rest).filter(([key]) => key !== field)
  return `{${[`${JSON.stringify(field)}: ${value}`, ...others.map(([key, other]) => `${JSON.stringify(key)}: ${JSON.stringify(other)}`)].join(', ')}}`
}

type Body = [what: string, body: string]

/** Bodies that are right but for one field, and whether the contract takes its value there. */
export function bodiesOf(name: string, endpoint: Endpoint, mine: Ids): { refused: Body[]; taken: Body[] } {
  if (endpoint.takes !== 'json') return { refused: [], taken: [] }
  const schemas = [endpoint.body, ...(items[name] ? [items[name]] : [])]
  const each = schemas.flatMap(schema =>
    fieldsOf(schema).flatMap(field =>
      values.map(value => {
        const body = withField(field, value, meant(name, mine))
        const good = schemas.every(other => other.safeParse(JSON.parse(body)).success)
        return { good, body, what: `${field} in ${body.slice(0, 80)}` }
      }),
    ),
  )
  const found = [...new Map(each.map(one => [one.body, one])).values()]
  const of = (good: boolean) => found.filter(one => one.good === good).map(({ what, body }): Body => [what, body])
  return { refused: [...of(false), ...termsOf(name, mine)], taken: of(true) }
}

const goodParams: Record<string, object> = {
  ...{ recurring: {}, cpm: {}, goals: { mode: 'all' } },
  view_threshold: { thresholds: [{ views: 1, amount_cents: 1 }] },
}

/** The params of a structure's rule, which the contract leaves to the rule. */
function termsOf(name: string, mine: Ids): Body[] {
  if (!/^structures\.(create|change)$/.test(name)) return []
  const { kind: _, name: __, ...named } = { ...meant(name, mine) } as Record<string, unknown>
  return criteriaTypes.flatMap(criteria_type => {
    const { params } = ruleOf(criteria_type)
    const is_milestone = criteria_type === 'view_threshold'
    const rest = {
      ...(name === 'structures.create' ? { ...named, name: 'Intruder' } : { kind: 'rule' }),
      ...{ criteria_type, period: is_milestone ? null : 'monthly', amount_cents: is_milestone ? null : 1 },
    }
    const bad = fieldsOf(params).flatMap(field =>
      values
        .map(value => withField(field, value, goodParams[criteria_type] as object))
        .filter(p => !params.safeParse(JSON.parse(p)).success),
    )
    return bad.map((given): Body => [`${criteria_type} ${given.slice(0, 80)}`, withField('criteria_params', given, rest)])
  })
}

export function attacksOn(name: string, endpoint: Endpoint, mine: Ids, theirs: Ids, key: Keys): Attack[] {
  const is_good = endpoint.takes !== 'json' || endpoint.body.safeParse(meant(name, mine)).success
  if (!is_good) throw new Error(`give ${name} a good body in meant()`)
  const path = fill(endpoint.path, mine)
  const refused = (what: string, more: Partial<Attack>): Attack => ({ what, path, body: '{}', ...more })
  const attacks = [...bodyAttacks(name, endpoint, mine), ...typeAttacks(endpoint).map(more => refused(more.what, more))]
  // the portal takes no key at all: test/server/portal/routes.test.ts tries each of its routes as everybody else
  if (endpoint.scope === 'public' || endpoint.scope === 'partner') return attacks
  const others = [...keyAttacks(name, endpoint, mine, key), ...idAttacks(name, endpoint, mine, theirs)]
  // what is no table is refused before anybody asks who sent it
  if (endpoint.takes !== 'csv') return [...attacks, ...others]
  return [...attacks, ...others.map(attack => ({ ...attack, headers: { 'content-type': 'text/csv', ...attack.headers } }))]
}

/** An icon is no JSON: whatever it is sent as an image is none. As a table it is one without rows, however long its only line. */
function bodyAttacks(name: string, endpoint: Endpoint, mine: Ids): Attack[] {
  const path = fill(endpoint.path, mine)
  const type = { json: null, image: 'image/png', csv: 'text/csv' }[endpoint.takes]
  const bodies = [...anywhere, ...bodiesOf(name, endpoint, mine).refused]
  return bodies
    .filter(([, body]) => !(endpoint.method === 'DELETE' && body === '' && endpoint.body.safeParse(undefined).success)) // no body at all
    .map(([what, body, only]) => ({
      ...{ what, path, body },
      ...(type && { headers: { 'content-type': type } }),
      ...(only && endpoint.takes !== 'csv' && { only }),
    }))
}

const typeAttacks = ({ takes }: Endpoint) =>
  [
    ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'],
    ...(takes === 'image' ? ['application/json', 'image/gif', 'image/png, image/jpeg'] : ['image/png']),
    ...(takes === 'csv' ? ['application/json', 'text/html'] : ['text/csv']),
  ].map(type => ({ what: type, headers: { 'content-type': type }, only: ['unsupported_media_type'] }))

function keyAttacks(name: string, endpoint: Endpoint, mine: Ids, { expired, revoked, reading }: Keys): Attack[] {
  const body = JSON.stringify(meant(name, mine))
  const at = { path: fill(endpoint.path, mine), body }
  const idempotency = ['a b', 'ü', 'x'.repeat(201), '""'].map(bad => ({
    ...{ ...at, what: `the Idempotency-Key ${bad.slice(0, 10)}`, headers: { 'idempotency-key': bad }, only: ['invalid_body'] },
  }))
  return [
    ...[expired, revoked, 'tga_wrong', ''].map(key => ({ ...at, what: 'a key that is none', key, only: ['invalid_api_key'] })),
    ...(endpoint.scope === 'write'
      ? [{ ...at, what: 'a key that may only read', key: reading, only: ['insufficient_scope'] }]
      : []),
    ...(endpoint.takes === 'json' ? idempotency : []),
    ...(endpoint.needs_key
      ? [{ ...at, what: 'no Idempotency-Key', headers: { 'idempotency-key': NONE }, only: ['idempotency_key_required'] }]
      : []),
  ]
}

/** Stands for no header at all on a route that needs one. */
export const NONE = 'none'

function idAttacks(name: string, { path }: Endpoint, mine: Ids, theirs: Ids): Attack[] {
  const ids = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1] as string)
  return ids.flatMap(id => [
    {
      what: `another organization's ${id}`,
      path: fill(path, { ...mine, [id]: theirs[id] as string }),
      body: JSON.stringify(meant(name, mine)),
      only: ['not_found'],
    },
    ...['7', '%00', "'%20or%201=1--", '..%2f..', 'x'.repeat(400)].map(bad => ({
      ...{ what: `${id} ${bad.slice(0, 20)}`, path: fill(path, { ...mine, [id]: bad }), body: '{}' },
    })),
  ])
}

export const fill = (path: string, ids: Ids) => path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'missing')

/** A body that would do something, had the path been the caller's own. */
export function meant(name: string, ids: Ids): object {
  const structure = { period: 'monthly', amount_cents: 1, currency: 'USD', criteria_type: 'recurring', criteria_params: {} }
  const columns = { external_id: 'external_id', partner: 'partner' }
  const bodies: Record<string, object> = {
    'partners.changeStatus': { ids: [ids.partner_id], status: 'paused' },
    'imports.preview': { campaign_id: ids.campaign_id, mapping: { columns } },
    'imports.run': { campaign_id: ids.campaign_id, mapping: { columns }, dry_run: true },
    'imports.undo': { dry_run: true },
    'organizations.setup': { token: 'x', organization: 'Intruder', email: 'i@example.org' },
    'organizations.createProgram': { name: 'Intruder' },
    'members.change': { role: 'admin' },
    'invitations.create': { email: 'i@example.org', role: 'admin' },
    'invitations.resend': {},
    'invitations.look': { token: 'x' },
    'invitations.accept': { token: 'x' },
    'organizations.change': { name: 'Intruder' },
    'keys.create': { name: 'Intruder' },
    'portal.signInLink': { email: 'i@example.org' },
    'portal.signUp': { program: 'other', name: 'Intruder', email: 'i@example.org' },
    'portal.password': { password: 'an intruder was here' },
    'portal.changePaymentSettings': { payout_details: 'i@example.org' },
    'portal.changePostback': { url: 'https://intruder.example/' },
    'portal.changeSettings': { title: 'Intruder' },
    'partners.create': { name: 'Intruder' },
    'partners.change': { name: 'Intruder' },
    'campaigns.create': { name: 'Intruder', cost_model: 'cpa', amount_cents: 1 },
    'campaigns.change': { name: 'Intruder' },
    'campaigns.changeCustomPayouts': { tables: {} },
    'campaigns.setOverride': { value: '99' },
    'conversions.record': { external_id: 'intruder', partner: ids.partner_id, campaign: ids.campaign_id },
    'conversions.approve': { ids: [ids.conversion_id] },
    'conversions.reject': { ids: [ids.conversion_id] },
    'conversions.reverse': { reason: 'intruder' },
    'payouts.create': {},
    'payouts.change': { status: 'cancelled' },
    'organizations.changePayoutSettings': { minimum_threshold_cents: 1 },
    'organizations.changeConversionTypes': { types: ['intruder'] },
    'methods.create': { name: 'Intruder' },
    'methods.change': { is_active: false },
    'creators.add': { tiktok_handle: 'intruder' },
    'creators.change': { description: 'Intruder' },
    'creators.removeSeveral': { creator_ids: [ids.creator_id] },
    'videos.create': { project_id: ids.project_id, external_id: 'intruder', posted_at: '2026-03-01T00:00:00Z' },
    'videos.change': { status: 'excluded' },
    'videos.observe': { captured_at: '2026-03-02T01:00:00Z', view_count: 8 },
    'videos.observeCreator': { captured_at: '2026-03-02T01:00:00Z', follower_count: 8 },
    'goals.create': { creator_id: ids.creator_id, type: 'posts', target: 1, period: 'daily' },
    'goals.change': { target: 1 },
    'structures.create': { project_id: ids.project_id, name: 'Intruder', ...structure, proration_mode: 'skip' },
    'structures.change': { kind: 'cosmetic', name: 'Intruder' },
    'structures.assign': { creator_ids: [ids.creator_id] },
    'structures.unassign': { creator_ids: [ids.creator_id] },
    'accruals.change': { status: 'rejected' },
    'payments.record': { project_id: ids.project_id, total_amount_cents: 1_00, accrual_ids: [ids.accrual_id] },
    'payments.change': { status: 'voided' },
    'payments.reject': { status: 'rejected', reason: 'intruder' },
    'publisherPayouts.create': { publisher_id: ids.publisher_id, requested_amount_cents: 1 },
    'publisherPayouts.change': { note: 'Intruder' },
    'invoices.changeSettings': { legal_name: 'Intruder' },
  }
  return bodies[name] ?? {}
}
