/**
 * One Idempotency-Key, one effect: the key, the effect and the answer are stored in one transaction.
 *
 * A twin waits for the first and replays its answer byte for byte. The same key with another body or route is refused
 * with `idempotency_key_reused`; one that is still running after 5 s with `idempotency_in_progress`. A refused request
 * rolls its key back, so a mended retry may use it again. Source: spec B12.1.
 */
import { createHash } from 'node:crypto'
import { refuse } from '../../core/refusal.ts'
import type { Ctx } from '../context.ts'
import { isLockTimeout } from '../db/errors.ts'
import * as sql from './idempotency.sql.ts'

/** `kept` is the payload that a repeated request is answered with, where it is another one. */
export type Answered = { status: number; payload: string; object_id: string | null; kept?: string }
export type Keyed = { key: string; route: string; body: unknown }

/** Reads the header: text of 1 to 200 characters, quoted or not; `null` when there is none. */
export function keyFrom(header: string | string[] | undefined): string | null {
  if (header === undefined) return null
  const key = (Array.isArray(header) ? header[0] : header)?.trim().replace(/^"(.*)"$/, '$1') ?? ''
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    refuse('invalid_body', 'The Idempotency-Key must be 1 to 200 visible ASCII characters, best a UUID.')
  return key
}

/** Refuses `idempotency_key_required`. Source: spec B12.1. */
export function refuseKeyless(): never {
  refuse(
    'idempotency_key_required',
    'Send an Idempotency-Key, best a new UUID; a retry with the same key returns the same payment and pays nothing twice.',
  )
}

export async function once(ctx: Ctx, { key, route, body }: Keyed, act: () => Promise<Answered>): Promise<Answered> {
  const body_hash = createHash('sha256')
    .update(JSON.stringify(body) ?? '')
    .digest('hex')
  const earlier = await claimOrRefuse(ctx, key, route, body_hash)
  if (earlier) {
    if (earlier.route !== route || earlier.body_hash !== body_hash) {
      refuse('idempotency_key_reused', 'This Idempotency-Key was used for another request; send a new key.')
    }
    if (earlier.answer === null || earlier.status === null) throw new Error(`idempotency key ${key} has no answer`)
    return { status: earlier.status, payload: earlier.answer, object_id: null }
  }
  const answered = await act()
  await sql.keep(ctx, key, answered.status, answered.kept ?? answered.payload, answered.object_id)
  return answered
}

async function claimOrRefuse(ctx: Ctx, key: string, route: string, body_hash: string) {
  try {
    return await sql.claim(ctx, key, route, body_hash)
  } catch (error) {
    if (!isLockTimeout(error)) throw error
    refuse('idempotency_in_progress', 'The first request with this Idempotency-Key still runs; retry with the same key.', {
      retry_after: 1,
    })
  }
}

/** Whether a key was used: what is prepared ahead of the request must not be prepared again for a replay. */
export const isUsed = (ctx: Ctx, key: string): Promise<boolean> => sql.find(ctx, key)
