/** Calls to partners' addresses: a real receiver, and no way into our own network. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callAddress, isPublicAddress, privateHost } from '../../../src/server/partners/outbound.ts'

let server: http.Server
let address: string
const asked: string[] = []

beforeAll(async () => {
  server = http.createServer((request, answer) => {
    asked.push(`${request.method} ${request.url} ${request.headers['user-agent']}`)
    const url = request.url ?? ''
    if (url.startsWith('/slow')) return
    if (url.startsWith('/away')) answer.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
    else if (url.startsWith('/broken')) request.socket.destroy()
    else if (url.startsWith('/endless')) answer.writeHead(200).write('x'.repeat(1_000_000))
    else answer.writeHead(url.startsWith('/bad') ? 500 : 204).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const open = { allow_private: true }
const strict = { allow_private: false }

describe('a call', () => {
  test('is a GET that says who we are, and is good when it is answered 2xx', async () => {
    asked.length = 0
    expect(await callAddress(`${address}/ok?a=1`, open)).toMatchObject({ ok: true, status: 204, error: null })
    expect(asked).toEqual(['GET /ok?a=1 Quittance-Postback/1'])
  })

  test('tells what went wrong in a few words', async () => {
    expect(await callAddress(`${address}/bad`, open)).toMatchObject({ ok: false, status: 500, error: 'it answered 500' })
    expect(await callAddress(`${address}/broken`, open)).toMatchObject({ ok: false, error: 'the connection broke' })
    expect(await callAddress('http://127.0.0.1:9/', open)).toMatchObject({ ok: false, error: expect.any(String) })
    const slow = await callAddress(`${address}/slow`, { ...open, timeout_ms: 100 })
    expect(slow).toMatchObject({ ok: false, status: null, error: 'it did not answer in time' })
    expect(slow.latency_ms).toBeGreaterThanOrEqual(90)
  })

  test('follows no redirect, wherever it leads', async () => {
    asked.length = 0
    const answer = await callAddress(`${address}/away`, open)
    expect(answer).toMatchObject({ ok: false, status: 302, error: 'it answered 302; redirects are not followed' })
    expect(asked).toHaveLength(1)
  })

  test('reads no answer to its end', async () => {
    expect(await callAddress(`${address}/endless`, open)).toMatchObject({ ok: true, status: 200 })
  })
})

describe('our own network', () => {
  test.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '192.0.2.1',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    '2001::1',
  ])('%s is no public address', each => {
    expect(isPublicAddress(each)).toBe(false)
  })

  test.each(['93.184.216.34', '8.8.8.8', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001::1'])('%s is one', each => {
    expect(isPublicAddress(each)).toBe(true)
  })

  test.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://db.internal/',
    'http://printer.local/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://169.254.169.254/latest',
    'http://10.0.0.1:5432/',
    'http://sub.localhost/',
  ])('%s is not called', async url => {
    expect(privateHost(url, strict)).toBe('the host is in a private network')
    expect(await callAddress(url, strict)).toMatchObject({ ok: false, status: null, error: 'the host is in a private network' })
  })

  test('a receiver on this machine is never reached without leave', async () => {
    asked.length = 0
    expect(await callAddress(`${address}/ok`, strict)).toMatchObject({ ok: false, error: 'the host is in a private network' })
    expect(asked).toEqual([])
  })

  test('a name that leads to a private address is refused when it is resolved', async () => {
    // the name of this machine itself, whatever it is called, resolves to an address that is not public or to none
    const { hostname } = await import('node:os')
    const answer = await callAddress(`http://${hostname()}:1/`, { ...strict, timeout_ms: 2000 })
    expect(answer.ok).toBe(false)
  })
})
