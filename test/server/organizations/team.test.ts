/** Members and invitations: who works here, and how they come and go. Source: spec A2, D2 row 20. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type World, world } from '../../support/world.ts'

let w: World
beforeAll(async () => {
  w = await world({ today: '2026-03-10' })
})
afterAll(() => w.close())

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Json = any
let people = 0
const address = () => `person${++people}@example.org`
const tokenIn = (url: string): string => new URL(url).searchParams.get('token') as string

const invite = async (body: object): Promise<Json> => {
  const { status, data, text } = await w.request('POST', '/api/invitations', body)
  expect(status, text).toBe(201)
  return data
}
const accept = (token: string, more: object = {}) =>
  w.request('POST', '/api/invitations/accept', { token, ...more }, { key: null as never })
const members = async (): Promise<Json[]> => (await w.request('GET', '/api/members')).data
const memberCalled = async (email: string) => (await members()).find(member => member.email === email)
const joined = async (role = 'member', more: object = {}) => {
  const email = address()
  await accept(tokenIn((await invite({ email, role, ...more })).url))
  return memberCalled(email)
}
const code = async (answer: Promise<{ status: number; error: { code: string } | null }>) => {
  const { status, error } = await answer
  return [status, error?.code]
}

describe('an invitation', () => {
  test('makes somebody a member, once; the answer signs them in', async () => {
    const email = address()
    const sent = await invite({ email: ` ${email.toUpperCase()} `.trim(), role: 'admin' })
    expect(sent).toMatchObject({ email, role: 'admin', brand_id: null, mailed: false })
    expect(sent.url).toMatch(/\/invitation\?token=[\w-]{20,}$/)
    const { data: seen } = await w.request('POST', '/api/invitations/look', { token: tokenIn(sent.url) })
    expect(seen).toMatchObject({ email, role: 'admin', organization: 'Acme', is_known: false })
    const { status, data } = await accept(tokenIn(sent.url), { password: 'correct horse battery' })
    expect([status, data.email]).toEqual([201, email])
    expect(data.sign_in_url).toContain('/api/auth/magic-link/verify?token=')
    expect(await memberCalled(email)).toMatchObject({ role: 'admin', brand_roles: [] })
    expect(await code(accept(tokenIn(sent.url)))).toEqual([401, 'unauthorized'])
    expect((await w.request('GET', '/api/invitations')).data.map((i: Json) => i.email)).not.toContain(email)
  })

  test('expires after seven days; sending it again gives a fresh seven, and stops the old link [TR-66]', async () => {
    const sent = await invite({ email: address(), role: 'member' })
    await w.travelTo('2026-03-16T23:59:00Z')
    expect((await w.request('POST', '/api/invitations/look', { token: tokenIn(sent.url) })).status).toBe(200)
    await w.travelTo('2026-03-17T00:00:30Z')
    expect(await code(accept(tokenIn(sent.url)))).toEqual([401, 'unauthorized'])
    const { data: again } = await w.request('POST', `/api/invitations/${sent.id}/resend`)
    expect(again.expires_at.slice(0, 10)).toBe('2026-03-24')
    expect(await code(accept(tokenIn(sent.url)))).toEqual([401, 'unauthorized'])
    await w.travelTo('2026-03-23T00:00:00Z')
    expect((await accept(tokenIn(again.url))).status).toBe(201)
  })

  test('that is taken back does not work', async () => {
    const sent = await invite({ email: address(), role: 'member' })
    expect((await w.request('DELETE', `/api/invitations/${sent.id}`)).status).toBe(200)
    expect(await code(accept(tokenIn(sent.url)))).toEqual([401, 'unauthorized'])
    expect(await code(w.request('POST', `/api/invitations/${sent.id}/resend`))).toEqual([404, 'not_found'])
  })

  test('is made once for one address, and not for a member', async () => {
    const email = address()
    await invite({ email, role: 'member' })
    expect(await code(w.request('POST', '/api/invitations', { email, role: 'admin' }))).toEqual([409, 'already_member'])
    const member = await joined()
    const again = w.request('POST', '/api/invitations', { email: member.email, role: 'admin' })
    expect(await code(again)).toEqual([409, 'already_member'])
  })

  test('of which many are accepted at once makes one member', async () => {
    const sent = await invite({ email: address(), role: 'member' })
    const all = await Promise.all(Array.from({ length: 16 }, () => accept(tokenIn(sent.url))))
    expect(all.map(answer => answer.status).sort()).toEqual([201, ...Array(15).fill(401)])
    expect((await members()).filter(member => member.email === sent.email)).toHaveLength(1)
  })

  test('keeps its link to itself: a repeated request finds no copy of it', async () => {
    const body = { email: address(), role: 'member' }
    const headers = { 'idempotency-key': 'invite-once' }
    const { data } = await w.request('POST', '/api/invitations', body, { headers })
    const again = await w.request('POST', '/api/invitations', body, { headers })
    expect([again.status, again.data]).toEqual([201, { ...data, url: null }])
    const kept = await w.sql(`select answer from idempotency_keys where answer like '%' || $1 || '%'`, [tokenIn(data.url)])
    expect(kept).toEqual([])
  })

  test('to one brand gives the role there, and a look at the rest', async () => {
    const member = await joined('admin', { brand_id: w.brand_id })
    expect(member).toMatchObject({ role: 'member', brand_roles: [{ brand_id: w.brand_id, role: 'admin' }] })
    const unknown = { email: address(), role: 'member', brand_id: w.app.newId() }
    expect(await code(w.request('POST', '/api/invitations', unknown))).toEqual([404, 'not_found'])
  })

  test('beyond the plan is refused, when it is made and when it is accepted', async () => {
    const sent = await invite({ email: address(), role: 'member' })
    await w.sql(`update organizations set plan = 'starter'`)
    while ((await members()).length < 5) await joined()
    const refused = await w.request('POST', '/api/invitations', { email: address(), role: 'member' })
    expect([refused.status, refused.meta.limit_key]).toEqual([402, 'members'])
    const late = await accept(tokenIn(sent.url))
    expect([late.status, late.error?.code, late.meta.limit_key]).toEqual([402, 'limit_reached', 'members'])
    await w.sql(`update organizations set plan = 'unlimited'`)
  })
})

describe('a member', () => {
  test('gets another role, in all or in one brand', async () => {
    const { id } = await joined()
    const patch = async (body: object) => (await w.request('PATCH', `/api/members/${id}`, body)).data
    expect(await patch({ role: 'admin' })).toMatchObject({ role: 'admin' })
    expect(await patch({ role: 'member' })).toMatchObject({ role: 'member' })
    const at = { brand_id: w.brand_id }
    expect((await patch({ ...at, role: 'admin' })).brand_roles).toEqual([{ ...at, role: 'admin' }])
    expect((await patch({ ...at, role: null })).brand_roles).toEqual([])
  })

  test('who is removed is gone with the next request, keys included; the record of what they did stays', async () => {
    const { id, email } = await joined('admin')
    const [org] = await w.sql(`select org_id from members where user_id = $1`, [id])
    await w.sql(
      `insert into api_keys (org_id, id, hash, prefix, last_four, scopes, owner_id, created_at)
       values ($1, $2, 'hash-of-nothing', 'tga', 'abcd', '{read}', $3, now())`,
      [org.org_id, w.app.newId(), id],
    )
    expect((await w.request('DELETE', `/api/members/${id}`)).status).toBe(200)
    expect(await memberCalled(email)).toBeUndefined()
    expect(await w.sql(`select 1 from lookups where kind = 'user' and key = $1`, [id])).toEqual([])
    expect(await w.sql(`select 1 from api_keys where owner_id = $1 and revoked_at is null`, [id])).toEqual([])
    expect(
      await w.sql(`select 1 from events where verb = 'invitation.accepted' and actor = $1`, [`person:${email}`]),
    ).toHaveLength(1)
    expect(await code(w.request('PATCH', `/api/members/${id}`, { role: 'admin' }))).toEqual([404, 'not_found'])
    await accept(tokenIn((await invite({ email, role: 'member' })).url))
    expect(await memberCalled(email)).toMatchObject({ id, role: 'member' })
  })

  test('who is the last admin can be neither demoted nor removed, whoever asks at the same moment [TR-66]', async () => {
    const other = await joined('admin')
    const admins = (await members()).filter(member => member.role === 'admin')
    for (const each of admins.filter(({ id }) => id !== other.id && id !== admins[0].id))
      await w.request('PATCH', `/api/members/${each.id}`, { role: 'member' })
    const [first] = admins
    const both = await Promise.all(
      [first, other].map(({ id }) => code(w.request('PATCH', `/api/members/${id}`, { role: 'member' }))),
    )
    expect(both).toContainEqual([409, 'last_admin'])
    expect((await members()).filter(member => member.role === 'admin')).toHaveLength(1)
    const [left] = (await members()).filter(member => member.role === 'admin')
    await w.sql(`update members set role = 'admin' where user_id = $1`, [first.id])
    if (left.id !== first.id) await w.request('PATCH', `/api/members/${left.id}`, { role: 'member' })
    expect(await code(w.request('PATCH', `/api/members/${first.id}`, { role: 'member' }))).toEqual([409, 'last_admin'])
    expect(await code(w.request('DELETE', `/api/members/${first.id}`))).toEqual([409, 'last_admin'])
  })
})
