/** Who may call what: every route of the contract as a partner, every route of the portal as anybody else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endpoints } from '../../../src/api/contract.ts'
import type { Endpoint } from '../../../src/api/endpoint.ts'
import { addressOf } from '../../../src/client/client.ts'
import { everything, type Ids } from '../../support/everything.ts'
import { addMember, signedIn } from '../../support/people.ts'
import { type Headers, partnerSession } from '../../support/portal.ts'
import { type World, world } from '../../support/world.ts'

let w: World
/** Ids of real things of the partner's own program, so that nothing but the caller can be at fault. */
let ids: Ids
let partner: Headers
let member: Headers
let admin: Headers

const ABSENT = '01900000-0000-7000-8000-000000000000'
const portal = endpoints.filter(({ endpoint }) => endpoint.scope === 'partner')
const workspace = endpoints.filter(({ endpoint: e }) => e.scope === 'read' || e.scope === 'write')

/** What each needs to be right in all but its caller. */
const bodies: Record<string, unknown> = {
  'portal.password': { password: 'a good long password' },
  'portal.changePaymentSettings': { payout_details: 'eve@example.org' },
  'portal.changePostback': { url: null },
  'portal.testPostback': { url: 'https://example.org/' },
}

beforeAll(async () => {
  w = await world({ today: '2026-03-10' })
  ;[ids] = (await everything(w, { brand_id: w.brand_id, key: w.key })) as [Ids]
  await w.request('PATCH', w.path(`/partners/${ids.partner_id}`), { email: 'ada@example.org' })
  partner = await partnerSession(w, ids.partner_id as string)
  await addMember(w, 'mel@example.org', 'member')
  member = await signedIn(w, 'mel@example.org')
  admin = await signedIn(w, w.admin_email)
})
afterAll(() => w.close())

const ask = (method: string, url: string, headers: Headers, body?: unknown, key: string | null = null) =>
  w.request(method, url, method === 'GET' ? undefined : (body ?? {}), { key, headers })
const filled = (path: string) =>
  addressOf(path, new Proxy(ids, { get: (all, name) => all[name as string] ?? ABSENT, has: () => true }) as Ids)

/** What is no JSON is sent as what it is, so that the type is not at fault. */
const types: Record<string, string> = { image: 'image/png', csv: 'text/csv' }
const as = ({ takes }: Endpoint): Headers => ({
  ...partner,
  ...(takes !== 'json' && { 'content-type': types[takes] ?? 'text/csv' }),
})
const bodyOf = ({ takes }: Endpoint) => (takes === 'json' ? undefined : 'a,b')

describe('a partner', () => {
  test('there are routes of both kinds', () => {
    expect(portal.length).toBeGreaterThan(15)
    expect(workspace.length).toBeGreaterThan(60)
  })

  test('is refused on every route that is not of the portal, whatever the id, and nothing changes [RT-43]', async () => {
    const before = await w.fingerprint()
    for (const { name, endpoint } of workspace) {
      for (const path of [endpoint.path, ...(endpoint.aliases ?? [])]) {
        const answer = await ask(endpoint.method, filled(path), as(endpoint), bodyOf(endpoint))
        expect([name, answer.status, answer.error?.code]).toEqual([name, 403, 'forbidden'])
        const absent = await ask(endpoint.method, path.replace(/\{\w+\}/g, ABSENT), as(endpoint), bodyOf(endpoint))
        expect([name, absent.status]).toEqual([name, 403])
      }
    }
    expect(await w.fingerprint()).toBe(before)
  })

  test('may not look at the portal of anybody by "as"', async () => {
    for (const id of [ids.partner_id, ABSENT]) {
      const answer = await ask('GET', `/api/portal/me?as=${id}`, partner)
      expect([answer.status, answer.error.code]).toEqual([403, 'forbidden'])
    }
  })
})

describe('the portal', () => {
  const urlOf = (path: string) => path.replace(/\{\w+\}/g, ABSENT)

  test('takes no key, neither of an organization nor of a program [RT-43]', async () => {
    for (const { name, endpoint } of portal) {
      for (const query of ['', `?as=${ids.partner_id}`, `?partner_id=${ids.partner_id}`]) {
        const answer = await ask(endpoint.method, urlOf(endpoint.path) + query, {}, bodies[name], w.key)
        expect([name, answer.status, answer.error?.code]).toEqual([name, 403, 'forbidden'])
      }
    }
  })

  test('asks whoever has no session to sign in', async () => {
    for (const { name, endpoint } of portal) {
      const answer = await ask(endpoint.method, urlOf(endpoint.path), {}, bodies[name])
      expect([name, answer.status, answer.error?.code]).toEqual([name, 401, 'unauthorized'])
    }
  })

  test('is not of those who work here, unless they look at the one of a partner', async () => {
    for (const headers of [admin, member]) {
      expect((await ask('GET', '/api/portal/me', headers)).status).toBe(403)
      expect((await ask('GET', `/api/portal/me?as=${ABSENT}`, headers)).status).toBe(404)
      const { data } = await ask('GET', `/api/portal/me?as=${ids.partner_id}`, headers)
      expect(data).toMatchObject({ is_viewing: true, partner: { id: ids.partner_id }, has_password: false })
    }
  })

  test('shows a viewer everything and lets them change nothing', async () => {
    const before = await w.fingerprint()
    for (const { name, endpoint } of portal.filter(
      each => each.endpoint.answers === 'json' && !each.endpoint.path.includes('{'),
    )) {
      const answer = await ask(endpoint.method, `${endpoint.path}?as=${ids.partner_id}`, admin, bodies[name])
      const expected = endpoint.method === 'GET' ? [200, undefined] : [403, 'forbidden']
      expect([name, answer.status, answer.error?.code], answer.text).toEqual([name, ...expected])
    }
    expect(await w.fingerprint()).toBe(before)
  })

  test('of another organization is not there, for its people and its partners', async () => {
    const { createOrganization } = await import('../../../src/server/organizations/organizations.ts')
    const rival = await createOrganization(w.app, { name: 'Rival', email: 'rival@example.org' })
    const theirs = await signedIn(w, 'rival@example.org')
    expect((await ask('GET', `/api/portal/me?as=${ids.partner_id}`, theirs)).status).toBe(404)
    const link = await w.request('POST', w.path(`/partners/${ids.partner_id}/portal-link`), {}, { key: rival.api_key })
    expect(link.status).toBe(404)
  })

  test('answers a repeated key with the same, and never one partner with the answer of another', async () => {
    const other = await w.partner('Bob', { email: 'bob@example.org' })
    const bob = await partnerSession(w, other.id)
    const change = (headers: Headers) =>
      ask(
        'PATCH',
        '/api/portal/payment-settings',
        { ...headers, 'idempotency-key': 'the-same-key' },
        { payout_details: 'x@example.org' },
      )
    const first = await change(partner)
    expect([first.status, (await change(partner)).text]).toEqual([200, first.text])
    const events = () => w.sql(`select object_id from events where verb = 'partner.payment_settings_changed'`)
    expect(await events()).toHaveLength(1)
    expect((await change(bob)).status).toBe(200)
    expect((await events()).map(each => each.object_id).sort()).toEqual([ids.partner_id, other.id].sort())
  })
})
