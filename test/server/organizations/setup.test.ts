import { expect, test } from 'vitest'
import { setupUrl } from '../../../src/server/organizations/setup.ts'
import { cookieOf, openLink } from '../../support/people.ts'
import { type Place, place, world } from '../../support/world.ts'

const wish = { organization: 'Ünï Shop', time_zone: 'Europe/London', email: 'Owner@Example.org', currency: 'GBP' }
const tokenOf = async (at: Place) => new URL((await setupUrl(at.app)) as string).searchParams.get('token') as string
const post = (at: Place, body: unknown) => at.request('POST', '/api/setup', body)

test('the first start makes an organization whose admin is signed in by the answer', async () => {
  const at = await place({ today: '2026-03-01' })
  const url = (await setupUrl(at.app)) as string
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:4400\/setup\?token=[A-Za-z0-9_-]{43}$/)
  const made = await post(at, { ...wish, token: new URL(url).searchParams.get('token'), password: 'a password of mine' })
  expect(made.status, made.text).toBe(201)
  expect(made.data).toMatchObject({ brand_slug: 'uni-shop' })
  const cookie = cookieOf(await openLink(at, made.data.sign_in_url))
  const me = (await at.request('GET', '/api/me', undefined, { headers: { cookie } })).data
  expect(me).toMatchObject({
    email: 'owner@example.org',
    role: 'admin',
    organization: { name: 'Ünï Shop', time_zone: 'Europe/London', plan: 'unlimited' },
  })
  expect(me.brands).toMatchObject([{ id: made.data.brand_id, slug: 'uni-shop', currency: 'GBP', role: 'admin' }])
  const signedIn = await at.request('POST', '/api/auth/sign-in/email', {
    email: 'owner@example.org',
    password: 'a password of mine',
  })
  expect(signedIn.status).toBe(200)
  await at.close()
})

test('the link works once, and never again once there is an organization', async () => {
  const at = await place()
  const token = await tokenOf(at)
  expect((await post(at, { ...wish, token })).status).toBe(201)
  for (const again of [token, 'another'])
    expect(await post(at, { ...wish, token: again }).then(a => [a.status, a.error.code])).toEqual([409, 'invalid_transition'])
  expect(await setupUrl(at.app)).toBeNull()
  await at.close()
})

test('two requests with one link make one organization', async () => {
  const at = await place()
  const token = await tokenOf(at)
  const answers = await Promise.all([1, 2, 3, 4].map(n => post(at, { ...wish, organization: `Shop ${n}`, token })))
  expect(answers.filter(answer => answer.status === 201)).toHaveLength(1)
  expect(await at.sql('select count(*)::int as n from organizations')).toEqual([{ n: 1 }])
  await at.close()
})

test('a wrong, an old and an expired link are refused and change nothing', async () => {
  const at = await place({ today: '2026-03-01' })
  const old = await tokenOf(at)
  const token = await tokenOf(at)
  const before = await at.fingerprint()
  for (const wrong of ['x', old])
    expect(await post(at, { ...wish, token: wrong }).then(a => [a.status, a.error.code])).toEqual([401, 'unauthorized'])
  await at.travelTo('2026-03-02T00:10:00Z')
  const expired = await post(at, { ...wish, token })
  expect([expired.status, expired.error.code]).toEqual([401, 'unauthorized'])
  expect(expired.error.message).toContain('expired')
  expect(await at.fingerprint()).toBe(before)
  await at.close()
})

test('what was refused may be mended with the same link', async () => {
  const at = await place()
  const token = await tokenOf(at)
  for (const body of [
    { ...wish, token, time_zone: 'Mars/Base' },
    { ...wish, token, password: 'short' },
    { ...wish, token, email: 'no' },
  ]) {
    expect((await post(at, body)).error.code).toBe('invalid_body')
  }
  expect((await post(at, { ...wish, token })).status).toBe(201)
  await at.close()
})

test('an installation with an organization offers no first start', async () => {
  const shop = await world()
  expect(await setupUrl(shop.app)).toBeNull()
  expect((await post(shop, { ...wish, token: 'x' })).error.code).toBe('invalid_transition')
  await shop.close()
})

test('the token is nowhere in the database', async () => {
  const at = await place()
  const token = await tokenOf(at)
  expect(JSON.stringify(await at.sql('select * from lookups'))).not.toContain(token)
  await at.close()
})
