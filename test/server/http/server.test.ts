import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { signInUrl } from '../../../src/server/organizations/people.ts'
import { openLink } from '../../support/people.ts'
import { world } from '../../support/world.ts'

const logged = () => {
  const lines: string[] = []
  return { lines, log: { write: (line: string) => void lines.push(line) } }
}

test('the log holds no key, cookie, token, password or body', async () => {
  const { lines, log } = logged()
  const shop = await world({ config: { log_level: 'trace' }, server: { log } })
  const secrets = ['canary-password-123', 'canary-token', 'canary-body', 'canary-cookie', 'canary-secret']
  const link = await signInUrl(shop.app, shop.admin_email)
  await openLink(shop, link)
  await shop.request(
    'POST',
    '/api/auth/sign-in/email',
    { email: shop.admin_email, password: secrets[0] },
    { key: null, headers: { cookie: 'a=canary-cookie' } },
  )
  await shop.request('POST', '/api/setup', {
    token: 'canary-token',
    organization: 'x',
    email: 'a@example.org',
    password: secrets[0],
  })
  await shop.request('POST', shop.path('/partners'), { name: 'canary-body', unknown: 1 })
  await shop.request('GET', '/api/postback/x/y?secret=canary-secret')
  await shop.request('GET', '/api/me', undefined, { headers: { 'x-api-key': 'canary-token' } })
  const text = lines.join('')
  expect(lines.length).toBeGreaterThan(10)
  for (const secret of [...secrets, shop.key, shop.key.slice(4), new URL(link).searchParams.get('token') as string])
    expect(text).not.toContain(secret)
  await shop.close()
})

test('a bug answers 500 without details, and the log has its stack under the request id', async () => {
  const { lines, log } = logged()
  const shop = await world({ server: { log } })
  await shop.sql('alter table partners rename to partners_gone')
  const answer = await shop.request('GET', shop.path('/partners'))
  await shop.sql('alter table partners_gone rename to partners')
  expect([answer.status, answer.error.code]).toEqual([500, 'internal_error'])
  expect(answer.text).not.toMatch(/partners|relation|sql/i)
  const line = JSON.parse(lines.find(text => text.includes('internal error')) as string)
  expect(line).toMatchObject({
    level: 50,
    err: { code: '42P01', stack: expect.stringContaining('partners.sql.ts') },
    req: { id: answer.meta.request_id },
  })
  await shop.close()
})

test('health says that the process is up, readiness that the database is there and migrated', async () => {
  const shop = await world({ config: { log_level: 'silent' } })
  expect(await shop.request('GET', '/healthz').then(a => [a.status, a.text])).toEqual([200, '{"ok":true}'])
  expect(await shop.request('GET', '/readyz').then(a => [a.status, a.text])).toEqual([200, '{"ok":true}'])
  await shop.db.close()
  expect((await shop.request('GET', '/healthz')).status).toBe(200)
  const answer = await shop.request('GET', '/readyz')
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2'])
  expect(await shop.request('GET', '/api/me').then(a => [a.status, a.error.code, a.headers['retry-after']])).toEqual([
    503,
    'unavailable',
    '2',
  ])
  await shop.server.close()
  await shop.database.remove()
})

test('the pages: hashed files are kept for ever, the rest is asked for again, unknown paths are the application', async () => {
  const pages = fs.mkdtempSync(path.join(os.tmpdir(), 'quittance-pages-'))
  fs.mkdirSync(path.join(pages, 'assets'))
  fs.writeFileSync(path.join(pages, 'index.html'), '<title>app</title>')
  fs.writeFileSync(path.join(pages, 'assets', 'app-1a2b.js'), 'alert(1)')
  fs.writeFileSync(path.join(pages, '..', 'quittance-outside.txt'), 'outside')
  const shop = await world({ server: { pages } })
  const get = (url: string) =>
    shop.request('GET', url, undefined, { key: null }).then(a => [a.status, a.headers['cache-control'], a.text])
  const app = [200, 'no-cache', '<title>app</title>']
  expect(await get('/')).toEqual(app)
  expect(await get('/setup?token=x')).toEqual(app)
  expect(await get('/payouts/some/page')).toEqual(app)
  expect(await get('/assets/app-1a2b.js')).toEqual([200, 'public, max-age=31536000, immutable', 'alert(1)'])
  expect((await get('/assets/app-old.js'))[0]).toBe(404)
  for (const url of ['/../quittance-outside.txt', '/%2e%2e/quittance-outside.txt', '/..%2fquittance-outside.txt']) {
    expect((await get(url))[2], url).not.toContain('outside')
  }
  expect((await shop.request('POST', '/payouts', {})).error.code).toBe('not_found')
  await shop.close()
})

test('without built pages it says so in plain words, and the API works', async () => {
  const shop = await world({ server: { pages: '/nowhere' } })
  const answer = await shop.request('GET', '/')
  expect(answer.status).toBe(503)
  expect(answer.text).toContain('npm run build')
  await shop.close()
})

test('while it stops, running requests end and new ones get 503 with Retry-After', async () => {
  const shop = await world({ config: { database_pool: 2 } })
  const address = await shop.server.listen({ port: 0, host: '127.0.0.1' })
  const connection = await connect(address)
  const busy = [1, 2].map(() => shop.sql('select pg_sleep(0.4)'))
  const arrived = new Promise(resolve => shop.server.server.once('request', resolve))
  connection.ask('/api/me', shop.key)
  await arrived
  const closing = shop.server.close()
  connection.ask('/api/me', shop.key)
  const answers = await connection.answers(2)
  expect(answers[0]).toMatch(/^HTTP\/1\.1 200/)
  expect(answers[1]).toMatch(/^HTTP\/1\.1 503.*retry-after: 5.*"code":"unavailable"/s)
  await Promise.all([closing, ...busy])
  await shop.close()
})

/** One connection on which several requests are sent without waiting. */
async function connect(address: string) {
  const { port, hostname } = new URL(address)
  const socket = net.connect(Number(port), hostname)
  let text = ''
  socket.on('data', data => {
    text += data
  })
  await new Promise(resolve => socket.once('connect', resolve))
  return {
    ask: (url: string, key: string) =>
      void socket.write(`GET ${url} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n\r\n`),
    answers: async (count: number) => {
      await expect.poll(() => text.split('HTTP/1.1').length - 1, { timeout: 5000 }).toBe(count)
      socket.destroy()
      return text.split(/(?=HTTP\/1\.1)/)
    },
  }
}

test('what is no HTTP gets the same shape', async () => {
  const shop = await world()
  const address = new URL(await shop.server.listen({ port: 0, host: '127.0.0.1' }))
  const text = await new Promise<string>((resolve, reject) => {
    const socket = net.connect(Number(address.port), address.hostname, () => socket.write('NONSENSE\r\n\r\n'))
    socket.once('data', data => resolve(data.toString()))
    socket.once('error', reject)
  })
  expect(text).toMatch(/^HTTP\/1\.1 400/)
  expect(JSON.parse(text.split('\r\n\r\n')[1] as string)).toMatchObject({ data: null, error: { code: 'invalid_params' } })
  await shop.close()
})
