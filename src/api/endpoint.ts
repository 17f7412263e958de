/**
 * One endpoint as data: from this object follow validation, the handler's types, OpenAPI, the typed client and the errors.
 */
import { z } from 'zod'
import type { RefusalCode } from '../core/refusal.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * `read` and `write` need a person of the organization or a key with that scope; `public` is open to the world. `partner` is the
 * portal: a partner's session alone, or an admin or member who looks at it as that partner.
 */
export type Scope = 'read' | 'write' | 'public' | 'partner'

export type Endpoint = {
  method: Method
  path: string
  /** Other paths that answer the same (`/publishers` for `/partners`). */
  aliases?: readonly string[]
  scope: Scope
  summary: string
  params: z.ZodType
  query: z.ZodType
  body: z.ZodType
  data: z.ZodType
  meta: z.ZodType
  /** Status of a success, unless the handler says otherwise. */
  status: 200 | 201 | 302
  /** A document is raw JSON of its own shape, a file is bytes to keep (`FileBytes`); all other JSON is in the envelope. */
  answers: 'json' | 'csv' | 'redirect' | 'document' | 'file'
  /** What the body is on the wire: an image or a CSV travels as its bytes, read as `{media_type, bytes}`; a CSV is a stream. */
  takes: 'json' | 'image' | 'csv'
  refusals: readonly RefusalCode[]
  /** The path names no program; what it finds by id or body does, and the use case enters that one itself. */
  enters_program?: boolean
  /** Without an `Idempotency-Key` it is refused. */
  needs_key?: boolean
  /** A GET that keeps something on the way: the number of an invoice that is made when it is first asked for. */
  keeps?: boolean
  /** A field of `data` that is told once: what is kept for a repeated request holds null in its place. */
  shown_once?: string
  /** Largest body in bytes. */
  body_limit?: number
}

const None = z.strictObject({})
const NoBody = z.undefined().or(z.null()).or(z.strictObject({})).optional()

type Defaults = {
  params: typeof None
  query: typeof None
  body: typeof NoBody
  meta: typeof None
  status: 200
  answers: 'json'
  takes: 'json'
  refusals: readonly []
}
type Spec = Pick<Endpoint, 'method' | 'path' | 'scope' | 'summary' | 'data'> & Partial<Endpoint>

/** Declares an endpoint; what is left out has no parameters, no query, no body, no meta, and answers 200 with JSON. */
export function endpoint<const S extends Spec>(spec: S): Omit<Defaults, keyof S> & S {
  return {
    params: None,
    query: None,
    body: NoBody,
    meta: None,
    status: 200,
    answers: 'json',
    takes: 'json',
    refusals: [],
    ...spec,
  } as never
}

/** What an endpoint that answers with a file carries in `data`; the client gives the bytes alone. */
export const FileBytes = z.custom<{ file_name: string; media_type: string; bytes: Uint8Array }>()

/** What a handler of an endpoint receives: already parsed. */
export type In<E extends Endpoint> = { params: z.output<E['params']>; query: z.output<E['query']>; body: z.output<E['body']> }
/** What a success of an endpoint carries in `data`. */
export type Out<E extends Endpoint> = z.input<E['data']>

/** Refusals that every endpoint can answer, by what it takes and who may call it. */
export function refusalsOf(e: Endpoint): RefusalCode[] {
  const codes: RefusalCode[] = [...e.refusals, 'internal_error', 'unavailable', 'invalid_params', 'invalid_query']
  if (e.scope !== 'public')
    codes.push('unauthorized', 'invalid_api_key', 'insufficient_scope', 'forbidden', 'rate_limit_exceeded', 'not_found')
  if (e.needs_key) codes.push('idempotency_key_required')
  if (e.method !== 'GET') {
    codes.push('invalid_body', 'payload_too_large', 'unsupported_media_type', 'idempotency_key_reused', 'idempotency_in_progress')
  }
  return [...new Set(codes)].sort()
}
