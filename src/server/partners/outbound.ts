/**
 * Calls an address that a partner gave. It must not be a way into our own network: the host is resolved here, and what is not a
 * public address is refused, the very address that is connected to included. Redirects are not followed.
 */
import { lookup } from 'node:dns/promises'
import http from 'node:http'
import https from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { realMs } from '../clock.ts'

export type Called = { ok: boolean; status: number | null; latency_ms: number; error: string | null }
export type CallOptions = { allow_private: boolean; timeout_ms?: number }

const TIMEOUT_MS = 5_000

const privateV4 = new BlockList()
const ranges =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4'
for (const range of ranges.split(' ')) {
  const [address, bits] = range.split('/') as [string, string]
  privateV4.addSubnet(address, Number(bits), 'ipv4')
}
/** Of IPv6 only global unicast is public, and of that not what stands for IPv4 addresses, documentation or tunnels. */
const publicV6 = new BlockList()
publicV6.addSubnet('2000::', 3, 'ipv6')
const otherV6 = new BlockList()
for (const [address, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  otherV6.addSubnet(address, bits, 'ipv6')

export function isPublicAddress(address: string): boolean {
  const kind = isIP(address)
  if (kind === 4) return !privateV4.check(address, 'ipv4')
  return kind === 6 && publicV6.check(address, 'ipv6') && !otherV6.check(address, 'ipv6')
}

const PRIVATE = 'the host is in a private network'

/** What is wrong with the host of a URL as far as its text says: an address of a private network, or a name of this machine. */
export function privateHost(url: string, { allow_private }: CallOptions): string | null {
  if (allow_private) return null
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIP(host)) return isPublicAddress(host) ? null : PRIVATE
  return /(^|\.)(localhost|local|internal|home\.arpa)\.?$/.test(host) ? PRIVATE : null
}

/** One GET. Only an answer of 2xx is `ok`; whatever fails is told in a few words and never thrown. */
export async function callAddress(url: string, options: CallOptions): Promise<Called> {
  const begun = realMs()
  const told = (status: number | null, error: string | null): Called => ({
    ...{ ok: status !== null && status >= 200 && status < 300, status, error },
    latency_ms: Math.max(0, Math.round(realMs() - begun)),
  })
  try {
    const fault = privateHost(url, options)
    if (fault !== null) return told(null, fault)
    const status = await get(new URL(url), options)
    return told(status, status >= 200 && status < 300 ? null : wordsOf(status))
  } catch (error) {
    return told(null, reasonOf(error))
  }
}

const wordsOf = (status: number): string =>
  status >= 300 && status < 400 ? `it answered ${status}; redirects are not followed` : `it answered ${status}`

function get(url: URL, { allow_private, timeout_ms = TIMEOUT_MS }: CallOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http
    const asked = request(url, {
      method: 'GET',
      agent: false,
      signal: AbortSignal.timeout(timeout_ms),
      headers: { 'user-agent': 'Quittance-Postback/1', accept: '*/*' },
      ...(!allow_private && { lookup: publicLookup }),
    })
    asked.once('response', answer => {
      answer.destroy() // what it says beside its status is nothing to us
      resolve(answer.statusCode ?? 0)
    })
    asked.once('error', reject)
    asked.end()
  })
}

/** Resolves a name for the connection itself, so that no second answer of the name server can lead elsewhere. */
const publicLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { all: true }).then(
    found => {
      const [first] = found
      if (!first || found.some(({ address }) => !isPublicAddress(address)))
        return done(Object.assign(new Error(PRIVATE), { code: 'EPRIVATE' }), '', 0)
      if (options.all) done(null, found as never)
      else done(null, first.address, first.family)
    },
    (error: NodeJS.ErrnoException) => done(error, '', 0),
  )
}

const reasons: Record<string, string> = {
  EPRIVATE: PRIVATE,
  ENOTFOUND: 'the host has no address',
  EAI_AGAIN: 'the host has no address',
  ECONNREFUSED: 'nothing answers there',
  ECONNRESET: 'the connection broke',
  ETIMEDOUT: 'it did not answer in time',
  ABORT_ERR: 'it did not answer in time',
}

function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: string | number; name?: string }
  if (name === 'AbortError' || name === 'TimeoutError') return 'it did not answer in time'
  return reasons[String(code)] ?? `the call failed (${code ?? name})`
}
