/**
 * The typed client: every endpoint of the contract as a function, by noun and verb.
 *
 *   const api = makeClient({ base_url: 'https://pay.example.org', key: 'tk_…' })
 *   const { data, meta } = await api.payouts.list({ params: { brand_id }, query: { status: 'draft' } })
 *   await api.payouts.change({ params: { brand_id, payout_id }, body: { status: 'approved' }, idempotency_key: id })
 *
 * Types follow from the contract; nothing is generated and nothing is parsed twice. A failure throws `ApiFailure`.
 */
import type { z } from 'zod'
import { contract } from '../api/contract.ts'
import type { Endpoint } from '../api/endpoint.ts'
import type { RefusalCode } from '../core/refusal.ts'

export type Sent = { headers: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> | Blob; signal?: AbortSignal }
export type Received = { status: number; text: string; headers: Record<string, string> }
/** How a request travels: `fetch` by default, `app.inject` in tests. */
export type Transport = (method: string, url: string, sent: Sent) => Promise<Received>
export type ClientOptions = { base_url?: string; key?: string; headers?: Record<string, string>; transport?: Transport }

// biome-ignore lint/complexity/noBannedTypes: `{}` asks whether the part may be left out
type Part<Name extends string, Value> = {} extends Value ? { [_ in Name]?: Value } : { [_ in Name]: Value }
export type Call<E extends Endpoint> = Part<'params', z.input<E['params']>> &
  Part<'query', z.input<E['query']>> &
  Part<'body', z.input<E['body']>> & { idempotency_key?: string; headers?: Record<string, string>; signal?: AbortSignal }
export type Answer<E extends Endpoint> = {
  data: z.output<E['data']>
  meta: z.output<E['meta']>
  status: number
  headers: Record<string, string>
}
// biome-ignore lint/complexity/noBannedTypes: `{}` asks whether the whole call may be left out
type Verb<E extends Endpoint> = (...call: {} extends Call<E> ? [call?: Call<E>] : [call: Call<E>]) => Promise<Answer<E>>
type Nouns = typeof contract
export type Client = { [N in keyof Nouns]: { [V in keyof Nouns[N]]: Nouns[N][V] extends Endpoint ? Verb<Nouns[N][V]> : never } }

/** The server said no, or could not be reached (status 0). `message` says what to do next; `meta` carries the details. */
export class ApiFailure extends Error {
  readonly code: RefusalCode
  readonly status: number
  readonly meta: Record<string, unknown>
  constructor(code: RefusalCode, message: string, status: number, meta: Record<string, unknown> = {}) {
    super(message)
    this.name = 'ApiFailure'
    this.code = code
    this.status = status
    this.meta = meta
  }
}

/** Makes a client. Without a key the browser's session cookie says who calls. */
export function makeClient(options: ClientOptions = {}): Client {
  const nouns = Object.entries(contract).map(([noun, verbs]) => [
    noun,
    Object.fromEntries(Object.entries(verbs).map(([verb, e]) => [verb, (call = {}) => send(options, e as Endpoint, call)])),
  ])
  return Object.fromEntries(nouns) as Client
}

type AnyCall = {
  params?: object
  query?: object
  body?: unknown
  idempotency_key?: string
  headers?: object
  signal?: AbortSignal
}

async function send(options: ClientOptions, endpoint: Endpoint, call: AnyCall): Promise<Answer<Endpoint>> {
  const headers: Record<string, string> = { accept: 'application/json, text/csv', ...options.headers }
  if (options.key !== undefined) headers.authorization = `Bearer ${options.key}`
  const sent = payloadOf(endpoint, call.body)
  if (sent) headers['content-type'] = sent.type
  if (call.idempotency_key !== undefined) headers['idempotency-key'] = call.idempotency_key
  const { transport = byFetch, base_url = '' } = options
  const received = await transport(endpoint.method, base_url + addressOf(endpoint.path, call.params, call.query), {
    headers: { ...headers, ...call.headers },
    body: sent?.payload,
    signal: call.signal,
  })
  return answerOf(endpoint, received)
}

/** The body as it travels: JSON, or an image or a file as its bytes. */
function payloadOf(endpoint: Endpoint, body: unknown): { type: string; payload: NonNullable<Sent['body']> } | undefined {
  if (body === undefined) return undefined
  if (endpoint.takes === 'json') return { type: 'application/json', payload: JSON.stringify(body) }
  const { media_type, bytes } = body as { media_type: string; bytes: NonNullable<Sent['body']> }
  return { type: media_type, payload: bytes }
}

/** The path with its parameters filled in, and the query behind it; what is undefined or null is left out. */
export function addressOf(path: string, params: object = {}, query: object = {}): string {
  const values = params as Record<string, unknown>
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])))
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null)
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return search ? `${filled}?${search}` : filled
}

function answerOf(endpoint: Endpoint, { status, text, headers }: Received): Answer<Endpoint> {
  if (endpoint.answers === 'redirect' && status === 302)
    return { data: { location: headers.location }, meta: {}, status, headers }
  if ((endpoint.answers === 'csv' || endpoint.answers === 'file') && status < 300)
    return { data: text, meta: {}, status, headers }
  if (endpoint.answers === 'document' && status < 300) return { data: JSON.parse(text), meta: {}, status, headers }
  const { data, error, meta } = envelopeOf(text, status)
  if (error) throw new ApiFailure(error.code, error.message, status, meta)
  return { data, meta, status, headers }
}

type Envelope = { data: unknown; error: { code: RefusalCode; message: string } | null; meta: Record<string, unknown> }

function envelopeOf(text: string, status: number): Envelope {
  try {
    const envelope = JSON.parse(text)
    if (typeof envelope === 'object' && envelope !== null && 'data' in envelope && 'meta' in envelope) return envelope
  } catch {
    // not ours: something between us and the server answered, and the failure below says so
  }
  throw new ApiFailure(
    'unavailable',
    `The server gave an answer that is not its own (status ${status}); try again in a moment.`,
    status,
  )
}

async function byFetch(method: string, url: string, { headers, body, signal }: Sent): Promise<Received> {
  try {
    const answer = await fetch(url, { method, headers, body, signal, credentials: 'same-origin', redirect: 'manual' })
    return { status: answer.status, text: await answer.text(), headers: Object.fromEntries(answer.headers) }
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error
    throw new ApiFailure('unavailable', 'The server cannot be reached; check that it runs, then try again.', 0)
  }
}
