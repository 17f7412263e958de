/** Icons of payout methods: what is taken in, what is refused, and how they are shown. Source: spec B5. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOrganization } from '../../../src/server/organizations/organizations.ts'
import { keyOf } from '../../support/keys.ts'
import { type Answered, type World, world } from '../../support/world.ts'

const V = '/api/v1'
const MB = 1024 * 1024

/** Real images of one pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const jpeg = Buffer.from('/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////2Q==', 'base64')
const webp = Buffer.from('UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA', 'base64')
const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><circle r="1"/></svg>')
const scripted = Buffer.from(
  `<?xml version="1.0" encoding="UTF-8"?>\n<!-- drawn by hand -->\n<!DOCTYPE svg [<!ENTITY e "x">]>\n<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(document.cookie)</script></svg>`,
)

let shop: World
beforeAll(async () => {
  shop = await world({ today: '2026-03-01' })
})
afterAll(() => shop.close())

const send = (bytes: Buffer | string, type: string, more: { key?: string | null; headers?: object } = {}) =>
  shop.request('POST', `${V}/payout-icons`, bytes, { ...more, headers: { 'content-type': type, ...more.headers } })
const uploaded = async (bytes: Buffer = png, type = 'image/png') => (await send(bytes, type)).data.icon_path as string
const show = (path: string) => shop.server.inject({ method: 'GET', url: path })

/** Expects a refusal in the one shape that changes no row of any table. */
async function refused(act: () => Promise<Answered>, status: number, code: string): Promise<Answered> {
  const before = await shop.fingerprint()
  const answer = await act()
  expect([answer.status, answer.error?.code], answer.text).toEqual([status, code])
  expect(answer.meta).toMatchObject({ code, request_id: expect.any(String) })
  expect(await shop.fingerprint()).toBe(before)
  return answer
}

describe('an upload', () => {
  const images: [string, Buffer][] = [
    ['image/png', png],
    ['image/jpeg', jpeg],
    ['image/webp', webp],
    ['image/svg+xml', svg],
  ]
  for (const [type, bytes] of images) {
    test(`of ${type} is kept, named by a method and shown byte for byte [TG-18]`, async () => {
      const answer = await send(bytes, type)
      expect([answer.status, answer.error, answer.meta]).toEqual([201, null, {}])
      const { icon_path } = answer.data
      const method = await shop.request('POST', `${V}/payout-methods`, { name: `With ${type}`, icon_path })
      expect([method.status, method.data.icon_url]).toEqual([201, `/${icon_path}`])
      const shown = await show(method.data.icon_url)
      expect([shown.statusCode, shown.headers['content-type']]).toEqual([200, type])
      expect(shown.rawPayload.equals(bytes)).toBe(true)
    })
  }

  test('of exactly 1 MB is kept, of one byte more or of 2 MB refused [TG-18]', async () => {
    const sized = (size: number) => Buffer.concat([png, Buffer.alloc(size - png.length)])
    const path = await uploaded(sized(MB))
    expect((await show(`/${path}`)).rawPayload).toHaveLength(MB)
    for (const size of [MB + 1, 2 * MB]) await refused(() => send(sized(size), 'image/png'), 413, 'payload_too_large')
  })

  test('of a GIF or of anything else that is none of the four is refused [TG-18]', async () => {
    for (const type of ['image/gif', 'image/bmp', 'text/html', 'application/octet-stream', 'multipart/form-data; boundary=x'])
      await refused(() => send(gif, type), 415, 'unsupported_media_type')
    await refused(() => send('{"media_type":"image/png","bytes":[]}', 'application/json'), 415, 'unsupported_media_type')
  })

  test('whose bytes are not what its type says is refused [TG-18]', async () => {
    const lies: [Buffer | string, string][] = [
      [gif, 'image/png'],
      [png, 'image/jpeg'],
      [jpeg, 'image/webp'],
      [Buffer.from('RIFF    WAVEfmt '), 'image/webp'],
      [png, 'image/svg+xml'],
      ['<html><svg></svg></html>', 'image/svg+xml'],
      ['<!-- <svg> -->', 'image/svg+xml'],
      ['<svgx>', 'image/svg+xml'],
      ['', 'image/png'],
    ]
    for (const [bytes, type] of lies) await refused(() => send(bytes, type), 400, 'invalid_body')
    await refused(() => shop.request('POST', `${V}/payout-icons`), 400, 'invalid_body')
  })

  test('is read only where icons are uploaded', async () => {
    const at = (path: string) => shop.request('POST', path, png, { headers: { 'content-type': 'image/png' } })
    await refused(() => at(`${V}/payout-methods`), 415, 'unsupported_media_type')
    await refused(() => at(shop.path('/partners')), 415, 'unsupported_media_type')
  })

  test('needs a key that writes, of an admin and of the whole organization', async () => {
    await refused(() => send(png, 'image/png', { key: null }), 401, 'invalid_api_key')
    const reader = await keyOf(shop, { scopes: ['read'] })
    await refused(() => send(png, 'image/png', { key: reader }), 403, 'insufficient_scope')
    const [member, brand] = [await keyOf(shop, { owner: 'member' }), await keyOf(shop, { brand_id: shop.brand_id })]
    for (const key of [member, brand]) await refused(() => send(png, 'image/png', { key }), 403, 'forbidden')
  })

  test('sent twice with one Idempotency-Key is kept once; another image with it is refused', async () => {
    const headers = { 'idempotency-key': 'one-icon' }
    const first = await send(png, 'image/png', { headers })
    expect((await send(png, 'image/png', { headers })).text).toBe(first.text)
    await refused(() => send(jpeg, 'image/jpeg', { headers }), 409, 'idempotency_key_reused')
  })

  test('goes through the typed client as its bytes', async () => {
    const { data } = await shop.api.methods.uploadIcon({ body: { media_type: 'image/svg+xml', bytes: svg } })
    expect((await show(`/${data.icon_path}`)).payload).toBe(svg.toString())
  })

  test('that no method shows is forgotten after a day; one that is shown stays', async () => {
    const [lost, kept] = [await uploaded(), await uploaded()]
    await shop.request('POST', `${V}/payout-methods`, { name: 'Kept', icon_path: kept })
    await shop.travelTo('2026-03-01T23:00:00Z')
    await uploaded()
    expect((await show(`/${lost}`)).statusCode).toBe(200)
    await shop.travelTo('2026-03-03')
    await uploaded()
    expect([(await show(`/${lost}`)).statusCode, (await show(`/${kept}`)).statusCode]).toEqual([404, 200])
  })
})

describe('a method', () => {
  test('takes, changes and drops its icon', async () => {
    const [a, b] = [await uploaded(), await uploaded(svg, 'image/svg+xml')]
    const { id } = (await shop.request('POST', `${V}/payout-methods`, { name: 'Iconic', icon_path: a })).data
    const patch = async (body: object) => (await shop.request('PATCH', `${V}/payout-methods/${id}`, body)).data.icon_url
    expect(await patch({ icon_path: b })).toBe(`/${b}`)
    expect(await patch({ name: 'Iconic too' })).toBe(`/${b}`)
    expect(await patch({ icon_path: null })).toBeNull()
  })

  test('takes no path that is not an icon of its own organization', async () => {
    const rival = await createOrganization(shop.app, { name: 'Rival', email: 'rival@example.org' })
    const theirs = (await send(png, 'image/png', { key: rival.api_key })).data.icon_path as string
    const own = await uploaded()
    const { id } = (await shop.request('POST', `${V}/payout-methods`, { name: 'Picky' })).data
    const [org, last] = own.split('/').slice(1) as [string, string]
    const borrowed = theirs.replace(rival.org_id, org)
    const made_up = own.replace(last, '01900000-0000-7000-8000-000000000000')
    for (const icon_path of [
      theirs,
      borrowed,
      made_up,
      `/${own}`,
      `${own}/`,
      'https://evil.example/x.png',
      '../../etc/passwd',
      '',
    ]) {
      await refused(() => shop.request('POST', `${V}/payout-methods`, { name: 'X', icon_path }), 400, 'invalid_body')
      await refused(() => shop.request('PATCH', `${V}/payout-methods/${id}`, { icon_path }), 400, 'invalid_body')
    }
    const answer = await shop.request('PATCH', `${V}/payout-methods/${id}`, { icon_path: theirs })
    expect(answer.meta.errors).toEqual([{ path: 'icon_path', message: expect.any(String) }])
  })
})

describe('an icon', () => {
  test('is shown to an <img> without credentials, for good, and never as anything but an image', async () => {
    const shown = await show(`/${await uploaded()}`)
    expect(shown.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; style-src 'unsafe-inline'; sandbox/),
      'x-frame-options': 'DENY',
    })
    expect(shown.headers['set-cookie']).toBeUndefined()
  })

  test('with scripts is harmless: sandboxed, with no source allowed to run', async () => {
    const shown = await show(`/${await uploaded(scripted, 'image/svg+xml')}`)
    expect([shown.statusCode, shown.headers['content-type']]).toEqual([200, 'image/svg+xml'])
    const policy = String(shown.headers['content-security-policy'])
    expect(policy.split('; ')).toEqual(expect.arrayContaining(["default-src 'none'", 'sandbox']))
    expect(policy).not.toMatch(/script-src|allow-/)
  })

  test('that is not there is a plain 404 which nobody keeps', async () => {
    const own = await uploaded()
    const [, org, id] = own.split('/') as [string, string, string]
    const nobody = '01900000-0000-7000-8000-000000000000'
    for (const path of [`${org}/${nobody}`, `${nobody}/${id}`, `${org}/x`, `x/${id}`, `${org}/%27%20or%201%3D1`]) {
      const shown = await show(`/icons/${path}`)
      expect([shown.statusCode, shown.headers['cache-control'], shown.payload]).toEqual([
        404,
        'no-store',
        'There is no such icon.',
      ])
    }
  })
})
