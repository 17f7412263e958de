import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endpoints } from '../../../src/api/contract.ts'
import { createOrganization } from '../../../src/server/organizations/organizations.ts'
import { createPerson, signInUrl } from '../../../src/server/organizations/people.ts'
import { addMember, cookieOf, openLink, pathOf, signedIn } from '../../support/people.ts'
import { type World, world } from '../../support/world.ts'

let shop: World
beforeAll(async () => {
  shop = await world({ today: '2026-03-01' })
})
afterAll(() => shop.close())

const as = (headers: Record<string, string>) => ({ key: null, headers })

describe('a sign-in link', () => {
  test('signs its person in, once, and leads to the workspace', async () => {
    const url = await signInUrl(shop.app, shop.admin_email)
    const first = await openLink(shop, url)
    expect([first.status, first.headers.location]).toEqual([302, '/'])
    const me = await shop.request('GET', '/api/me', undefined, as({ cookie: cookieOf(first) }))
    expect(me.data).toMatchObject({ kind: 'person', email: shop.admin_email, role: 'admin' })
    const second = await openLink(shop, url)
    expect([second.status, second.headers.location, second.headers['set-cookie']]).toEqual([
      302,
      '/sign-in?error=INVALID_TOKEN',
      undefined,
    ])
  })

  test('opened by many at the same time, signs in one', async () => {
    const url = await signInUrl(shop.app, shop.admin_email)
    const answers = await Promise.all(Array.from({ length: 8 }, () => openLink(shop, url)))
    expect(answers.filter(answer => answer.headers['set-cookie'] !== undefined)).toHaveLength(1)
  })

  test('expires after 24 hours of the clock of the product, and says so', async () => {
    const url = await signInUrl(shop.app, shop.admin_email)
    await shop.travelTo('2026-03-02T00:10:00Z')
    const answer = await openLink(shop, url)
    expect([answer.headers.location, answer.headers['set-cookie']]).toEqual(['/sign-in?error=LINK_EXPIRED', undefined])
    await shop.travelTo('2026-03-01')
    expect((await openLink(shop, url)).headers['set-cookie']).toBeUndefined()
  })

  test('is not used up by a HEAD request, as mail scanners send', async () => {
    const url = await signInUrl(shop.app, shop.admin_email)
    expect((await shop.request('HEAD', pathOf(url), undefined, as({}))).status).toBe(405)
    expect(cookieOf(await openLink(shop, url))).not.toBe('')
  })

  test('leads nowhere else, whatever its address says', async () => {
    const url = new URL(await signInUrl(shop.app, shop.admin_email))
    url.searchParams.set('callbackURL', 'https://evil.example/')
    const answer = await openLink(shop, url.href)
    expect(String(answer.headers.location ?? '')).not.toContain('evil')
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  test('is stored as a hash only', async () => {
    const token = new URL(await signInUrl(shop.app, shop.admin_email)).searchParams.get('token') as string
    expect(JSON.stringify(await shop.sql('select * from person_verifications'))).not.toContain(token)
  })

  test('is refused for a stranger', async () => {
    await expect(signInUrl(shop.app, 'nobody@example.org')).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a session', () => {
  test('is a cookie that scripts and other sites cannot use', async () => {
    const answer = await openLink(shop, await signInUrl(shop.app, shop.admin_email))
    const [cookie] = [answer.headers['set-cookie'] ?? []].flat()
    expect(cookie).toMatch(/^quittance\.session_token=[^;]+; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  test('is Secure where the product is served by https', async () => {
    const secure = await world({ config: { public_url: 'https://pay.example.org' } })
    const url = await signInUrl(secure.app, secure.admin_email)
    expect(url).toMatch(/^https:\/\/pay\.example\.org\/api\/auth\/magic-link\/verify\?token=/)
    const answer = await secure.request('GET', pathOf(url), undefined, as({ host: 'pay.example.org' }))
    expect([answer.headers['set-cookie']].flat()[0]).toMatch(
      /^__Secure-quittance\.session_token=.*; HttpOnly; Secure; SameSite=Lax$/,
    )
    expect(answer.headers['strict-transport-security']).toMatch(/max-age/)
    await secure.close()
  })

  test('ends with sign-out, and its cookie is worth nothing then', async () => {
    const headers = await signedIn(shop, shop.admin_email)
    expect((await shop.request('GET', '/api/me', undefined, as(headers))).status).toBe(200)
    const out = await shop.request('POST', '/api/auth/sign-out', {}, as(headers))
    expect(out.status, out.text).toBe(200)
    expect((await shop.request('GET', '/api/me', undefined, as(headers))).status).toBe(401)
  })

  test('ends by real time', async () => {
    const headers = await signedIn(shop, shop.admin_email)
    await shop.travelTo('2027-03-01')
    expect((await shop.request('GET', '/api/me', undefined, as(headers))).status).toBe(200)
    await shop.travelTo('2026-03-01')
    await shop.sql(`update person_sessions set expires_at = now() - interval '1 second'`)
    expect((await shop.request('GET', '/api/me', undefined, as(headers))).status).toBe(401)
  })

  test('cannot be forged: another signature or another token is nobody', async () => {
    const { cookie } = await signedIn(shop, shop.admin_email)
    for (const forged of [
      `${cookie.slice(0, -6)}AAAA%3D`,
      cookie.replace(/=.{5}/, '=AAAAA'),
      cookie.split('.').slice(0, 2).join('.'),
      'quittance.session_token=%E0%A4%A',
    ]) {
      expect((await shop.request('GET', '/api/me', undefined, as({ cookie: forged }))).status).toBe(401)
    }
  })

  test('ends at the next request when the membership ends', async () => {
    const id = await addMember(shop, 'gone@example.org', 'member')
    const headers = await signedIn(shop, 'gone@example.org')
    expect((await shop.request('GET', '/api/me', undefined, as(headers))).status).toBe(200)
    await shop.sql('delete from members where user_id = $1', [id])
    expect((await shop.request('GET', '/api/me', undefined, as(headers))).status).toBe(403)
  })
})

describe('a password', () => {
  const post = (path: string, body: unknown, headers = {}) => shop.request('POST', path, body, as(headers))

  test('signs in; a wrong one and an unknown person get the same answer', async () => {
    await addMember(shop, 'pat@example.org', 'admin', 'correct horse battery')
    const good = await post('/api/auth/sign-in/email', { email: 'Pat@Example.org', password: 'correct horse battery' })
    expect([good.status, good.error], good.text).toEqual([200, null])
    expect((await shop.request('GET', '/api/me', undefined, as({ cookie: cookieOf(good) }))).data.email).toBe('pat@example.org')
    const wrong = await post('/api/auth/sign-in/email', { email: 'pat@example.org', password: 'incorrect horse' })
    const nobody = await post('/api/auth/sign-in/email', { email: 'nobody@example.org', password: 'incorrect horse' })
    expect([wrong.status, wrong.error]).toEqual([401, nobody.error])
  })

  test('is stored with scrypt and never replaced by making the person again', async () => {
    await createPerson(shop.app, { email: 'sam@example.org', name: 'Sam', password: 'the first password' })
    await createPerson(shop.app, { email: 'SAM@example.org', name: 'Sam', password: 'the second password' })
    const rows = await shop.sql(
      `select a.password from person_accounts a join people p on p.id = a.person_id where p.email = 'sam@example.org'`,
    )
    expect(rows).toHaveLength(1)
    expect(rows[0].password).toMatch(/^[0-9a-f]{32}:[0-9a-f]{128}$/)
  })

  test('strangers cannot sign up, nor reach what is not offered', async () => {
    const before = await shop.fingerprint()
    for (const path of [
      '/sign-up/email',
      '/sign-in/magic-link',
      '/update-user',
      '/delete-user',
      '/change-email',
      '/ok',
      '/error',
      '/request-password-reset',
    ]) {
      const answer = await post(`/api/auth${path}`, { email: 'eve@example.org', password: 'eve eve eve eve', name: 'Eve' })
      expect([path, answer.status, answer.error?.code]).toEqual([path, 404, 'not_found'])
    }
    expect(await shop.fingerprint()).toBe(before)
  })

  test('another site cannot sign anybody in', async () => {
    const body = { email: 'pat@example.org', password: 'correct horse battery' }
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }]) {
      const answer = await post('/api/auth/sign-in/email', body, headers)
      expect([answer.status, answer.error.code, answer.headers['set-cookie']]).toEqual([403, 'forbidden', undefined])
    }
  })
})

describe('another site', () => {
  const foreign: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    {},
  ]

  const typeOf = (takes: string): Record<string, string> => (takes === 'csv' ? { 'content-type': 'text/csv' } : {})

  test('cannot change anything with a session, on any route', async () => {
    const { cookie } = await signedIn(shop, shop.admin_email)
    const before = await shop.fingerprint()
    const changing = endpoints.filter(({ endpoint: e }) => e.method !== 'GET' && e.scope !== 'public')
    expect(changing.length).toBeGreaterThan(10)
    for (const { endpoint } of changing) {
      const url = endpoint.path.replace('{brand_id}', shop.brand_id).replace(/\{\w+\}/g, '01900000-0000-7000-8000-000000000000')
      for (const headers of foreign) {
        const answer = await shop.request(endpoint.method, url, {}, as({ cookie, ...headers, ...typeOf(endpoint.takes) }))
        expect([endpoint.method, url, answer.status, answer.error.code]).toEqual([endpoint.method, url, 403, 'forbidden'])
      }
    }
    expect(await shop.fingerprint()).toBe(before)
  })

  test('our own pages can', async () => {
    const { cookie } = await signedIn(shop, shop.admin_email)
    const ours: Record<string, string>[] = [
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
      { origin: 'http://pay.lan', host: 'pay.lan' },
    ]
    for (const headers of ours) {
      const answer = await shop.request('POST', shop.path('/partners'), { name: 'Ada' }, as({ cookie, ...headers }))
      expect(answer.status, answer.text).toBe(201)
    }
  })
})

describe('roles', () => {
  test('a member reads everything and changes nothing [TR-65]', async () => {
    await addMember(shop, 'mel@example.org', 'member')
    const headers = await signedIn(shop, 'mel@example.org')
    const ada = await shop.partner('Ada')
    for (const url of [
      '/api/me',
      shop.path('/partners'),
      shop.path(`/partners/${ada.id}`),
      shop.path('/payouts'),
      shop.path('/settings/payouts'),
    ]) {
      expect((await shop.request('GET', url, undefined, as(headers))).status, url).toBe(200)
    }
    const before = await shop.fingerprint()
    const changes: [string, string, unknown][] = [
      ['POST', '/partners', { name: 'Eve' }],
      ['PATCH', `/partners/${ada.id}`, { name: 'Eve' }],
      ['POST', '/payouts', {}],
      ['PATCH', '/settings/payouts', { hold_days: 1 }],
      ['PUT', '/conversion-types', { types: ['Lead'] }],
    ]
    for (const [method, url, body] of changes) {
      const answer = await shop.request(method, shop.path(url), body, as(headers))
      expect([method, url, answer.status, answer.error?.code]).toEqual([method, url, 403, 'forbidden'])
    }
    expect((await shop.request('POST', '/api/v1/projects', { name: 'New' }, as(headers))).status).toBe(403)
    expect(await shop.fingerprint()).toBe(before)
  })

  test('an admin of one brand changes that one alone', async () => {
    const id = await addMember(shop, 'bo@example.org', 'member')
    const other = (await shop.api.organizations.createProgram({ body: { name: 'Second' } })).data
    await shop.sql(`insert into program_members (org_id, program_id, user_id, role) values ($1, $2, $3, 'admin')`, [
      shop.org_id,
      other.id,
      id,
    ])
    const headers = await signedIn(shop, 'bo@example.org')
    const post = (brand_id: string) => shop.request('POST', `/api/brands/${brand_id}/partners`, { name: 'Ada' }, as(headers))
    expect((await post(other.id)).status).toBe(201)
    expect((await post(shop.brand_id)).status).toBe(403)
    const { data } = await shop.request('GET', '/api/me', undefined, as(headers))
    expect(data.brands.map((b: { id: string; role: string }) => [b.id, b.role])).toEqual([
      [shop.brand_id, 'member'],
      [other.id, 'admin'],
    ])
  })

  test('who is in two organizations is who they are in the one that the path names', async () => {
    const second = await createOrganization(shop.app, { name: 'Second house', email: 'mel@example.org' })
    const headers = await signedIn(shop, 'mel@example.org')
    const post = (brand_id: string) =>
      shop.request('POST', `/api/brands/${brand_id}/partners`, { name: 'Ada' }, as(headers)).then(a => a.status)
    expect([await post(second.brand_id), await post(shop.brand_id)]).toEqual([201, 403])
    expect((await shop.request('GET', '/api/me', undefined, as(headers))).data.organization.id).toBe(shop.org_id)
  })
})

test("the application's role cannot read people, sessions, passwords or links", async () => {
  for (const table of ['people', 'person_sessions', 'person_accounts', 'person_verifications']) {
    const read = shop.asApp(tx =>
      tx
        .selectFrom(table as never)
        .selectAll()
        .execute(),
    )
    await expect(read, table).rejects.toMatchObject({ code: '42501' })
  }
})
