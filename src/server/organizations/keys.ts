/** API keys: shown once, stored as a hash, bound to an organization or one program, never able to do more than their owner. */
import { createHash } from 'node:crypto'
import type { In, Out } from '../../api/endpoint.ts'
import type { keys } from '../../api/keys.ts'
import { type Instant, ms } from '../../core/calendar.ts'
import { refuse } from '../../core/refusal.ts'
import { type App, enter, isPast } from '../app.ts'
import { randomSecret, realMs } from '../clock.ts'
import { type Caller, type Ctx, reply } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { idCursor, pageOf } from '../page.ts'
import * as sql from './keys.sql.ts'
import { ownersOf } from './organizations.sql.ts'

export const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex')

/** 256 random bits; `tga_` and 64 hex digits for an organization, `tk_` and 40 characters for one program (spec A14, B2). */
function makeKey(prefix: 'tga' | 'tk'): string {
  return prefix === 'tga' ? `tga_${randomSecret('hex')}` : `tk_${randomSecret('base64url', 30)}`
}

export type NewKey = {
  name?: string
  program_id: string | null
  scopes: ('read' | 'write')[]
  owner_id: string
  expires_at: Instant | null
}

/** Makes a key and returns its text, which is nowhere stored. */
export async function createKey(ctx: Ctx, wish: NewKey): Promise<{ key_id: string; api_key: string }> {
  const prefix = wish.program_id === null ? 'tga' : 'tk'
  const api_key = makeKey(prefix)
  const id = ctx.newId()
  await sql.insert(ctx.tx, ctx.org_id, {
    id,
    prefix,
    hash: hashOf(api_key),
    last_four: api_key.slice(-4),
    created_at: ctx.now,
    name: '',
    ...wish,
  })
  ctx.tell('api_key.created', id, {
    program_id: wish.program_id,
    after: { name: wish.name, prefix, scopes: wish.scopes, owner_id: wish.owner_id },
  })
  return { key_id: id, api_key }
}

const present = ({
  program_id,
  hash: _,
  org_id: __,
  owner_id: ___,
  ...key
}: sql.ListedKey & { hash?: string; org_id?: string }) => ({
  ...key,
  brand_id: program_id,
})

/** Who has which key is for admins of the organization to know, and for none of its programs. Refuses `forbidden`. */
function refuseStranger({ caller }: Ctx): void {
  if (caller.role !== 'admin' || caller.program_id !== null)
    refuse('forbidden', 'Only admins of the organization, and keys of theirs, see and change its API keys.')
}

export async function list(ctx: Ctx, { query }: In<typeof keys.list>) {
  refuseStranger(ctx)
  const { limit, cursor, include_ended } = query
  const found = await sql.page(ctx, { limit, after: idCursor(cursor), with_ended: include_ended !== undefined })
  const { rows, next_cursor } = pageOf(found, limit, key => key.id)
  return reply(rows.map(present), { meta: { next_cursor } })
}

/**
 * Makes a key of whoever asks; one made with a key is its owner's, and may neither do more nor live longer than that key.
 *
 * Refuses `insufficient_scope`, `invalid_body` for an end that is past or later than that, `not_found` for another's brand.
 */
export async function create(ctx: Ctx, { body }: In<typeof keys.create>): Promise<Out<typeof keys.create>> {
  refuseStranger(ctx)
  const { name, brand_id = null, expires_at = null } = body
  const scopes = [...new Set(body.scopes)]
  if (brand_id !== null) await enter(ctx, brand_id)
  const lacking = scopes.find(scope => !ctx.caller.scopes.includes(scope))
  if (lacking !== undefined) {
    const detail = { required: lacking, granted: ctx.caller.scopes }
    refuse('insufficient_scope', `A key makes no key that may do more than itself, and it lacks "${lacking}".`, detail)
  }
  if (expires_at !== null && isPast(expires_at, ctx.now)) refuseEnd('must be later than now')
  const maker = ctx.caller.kind === 'key' ? ((await sql.one(ctx, ctx.caller.id)) as sql.ListedKey) : null
  if (maker?.expires_at && (expires_at === null || expires_at > maker.expires_at)) {
    refuseEnd(`must be ${maker.expires_at} or earlier: a key makes no key that lives longer than itself`)
  }
  const owner_id = maker?.owner_id ?? ctx.caller.id
  const { key_id, api_key } = await createKey(ctx, { name, program_id: brand_id, scopes, owner_id, expires_at })
  return { ...present((await sql.one(ctx, key_id)) as sql.ListedKey), api_key }
}

const refuseEnd = (message: string): never =>
  refuse('invalid_body', `expires_at ${message}.`, { errors: [{ path: 'expires_at', message }] })

/** Refuses `not_found` for a key that is revoked already. */
export async function revoke(ctx: Ctx, { params }: In<typeof keys.revoke>): Promise<Out<typeof keys.revoke>> {
  refuseStranger(ctx)
  await revokeKey(ctx, params.key_id)
  return { id: params.key_id, revoked: true }
}

/** What all programs share is not for a key of one of them to change. Refuses `forbidden`. */
export function refuseKeyOfProgram({ caller }: Ctx): void {
  if (caller.program_id !== null)
    refuse('forbidden', "A brand's key cannot change what all brands share; use a key of the organization.")
}

export async function revokeKey(ctx: Ctx, key_id: string): Promise<void> {
  if (!(await sql.revoke(ctx.tx, ctx.org_id, key_id, ctx.now))) refuse('not_found', 'There is no such live key.')
  ctx.tell('api_key.revoked', key_id)
}

/** A revoked key stops working within this time in every process. */
const REMEMBERED_MS = 1000
type Found = { key: sql.KeyWithOwner | undefined; org_id: string | null }
type Remembered = { at: number; found: Promise<Found> }
const rememberedBy = new WeakMap<App, Map<string, Remembered>>()

/** The caller behind a key. Refuses `invalid_api_key` for one that is unknown, revoked or expired. */
export async function callerOfKey(app: App, api_key: string): Promise<Caller & { prefix: 'tga' | 'tk' }> {
  const { key, org_id } = await lookUp(app, hashOf(api_key))
  if (!key || org_id === null || key.revoked_at !== null) {
    refuse('invalid_api_key', 'This API key is not valid. Send a live key as "Authorization: Bearer tga_…" or "tk_…".')
  }
  if (key.expires_at !== null && ms(key.expires_at) <= ms(app.clock.now())) {
    refuse('invalid_api_key', `This API key expired at ${key.expires_at}; make a new one.`)
  }
  return {
    kind: 'key',
    id: key.id,
    actor: `key:${key.prefix}_…${key.last_four}`,
    email: key.email,
    org_id,
    program_id: key.program_id,
    scopes: key.scopes,
    role: key.role,
    program_roles: key.program_roles,
    plan: key.plan,
    prefix: key.prefix,
  }
}

/** Requests that come while a key is looked up wait for that one look, instead of each making its own. */
function lookUp(app: App, hash: string): Promise<Found> {
  const remembered = rememberedBy.get(app) ?? new Map<string, Remembered>()
  rememberedBy.set(app, remembered)
  const known = remembered.get(hash)
  if (known && realMs() - known.at < REMEMBERED_MS) return known.found
  if (remembered.size > 10_000) remembered.clear()
  const looked = { at: realMs(), found: read(app, hash) }
  remembered.set(hash, looked)
  looked.found.catch(() => remembered.get(hash) === looked && remembered.delete(hash))
  return looked.found
}

async function read(app: App, hash: string): Promise<Found> {
  const [org_id] = await transaction(app.db, { readonly: true }, tx => ownersOf(tx, 'api_key', hash))
  if (org_id === undefined) return { key: undefined, org_id: null }
  return { org_id, key: await transaction(app.db, { org_id, readonly: true }, tx => sql.byHash(tx, org_id, hash)) }
}
