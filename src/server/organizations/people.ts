/** People: who they are, how they sign in, and which caller a session makes them. Source: spec A2, D2 row 20, G1. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { instant, ms } from '../../core/calendar.ts'
import { refuse } from '../../core/refusal.ts'
import { type App, isPast } from '../app.ts'
import { randomSecret } from '../clock.ts'
import type { Caller } from '../context.ts'
import { isUniqueViolation } from '../db/errors.ts'
import { transaction } from '../db/transaction.ts'
import { addressOf, authContext, hashOfToken, MAX_PASSWORD, MIN_PASSWORD } from './auth.ts'
import { type Membership, membership } from './organizations.sql.ts'
import * as sql from './people.sql.ts'

const HOUR = 3_600_000

export type NewPerson = { email: string; name: string; password?: string | undefined }
export type Person = { id: string; email: string }

/** Makes a person, or returns the one with this e-mail as they are: a password that is set is never replaced here. */
export async function createPerson(app: App, { email, name, password }: NewPerson): Promise<Person> {
  const address = email.trim().toLowerCase()
  const hash = password === undefined ? undefined : await hashOf(app, password)
  const { internalAdapter } = await authContext(app)
  const known = await internalAdapter.findUserByEmail(address)
  if (known) return { id: known.user.id, email: known.user.email }
  try {
    const person = await internalAdapter.createUser({ email: address, name, emailVerified: true })
    if (hash)
      await internalAdapter.linkAccount({ userId: person.id, accountId: person.id, providerId: 'credential', password: hash })
    return { id: person.id, email: person.email }
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    return createPerson(app, { email, name, password })
  }
}

async function hashOf(app: App, password: string): Promise<string> {
  if (password.length < MIN_PASSWORD || password.length > MAX_PASSWORD) {
    refuse('invalid_body', `The password must be ${MIN_PASSWORD} to ${MAX_PASSWORD} characters.`)
  }
  return (await authContext(app)).password.hash(password)
}

/** The password of a person, to be compared; `null` for one who has none. */
export async function passwordOf(app: App, person_id: string): Promise<{ is(given: string): Promise<boolean> } | null> {
  const { internalAdapter, password } = await authContext(app)
  const account = (await internalAdapter.findAccounts(person_id)).find(each => each.providerId === 'credential')
  const hash = account?.password
  return hash ? { is: given => password.verify({ hash, password: given }) } : null
}

/** Sets a password and ends every other session of its person. Refuses `invalid_body` for one of the wrong length. */
export async function setPassword(app: App, person_id: string, password: string, token: string): Promise<void> {
  const hash = await hashOf(app, password)
  const { internalAdapter } = await authContext(app)
  if (await passwordOf(app, person_id)) await internalAdapter.updatePassword(person_id, hash)
  else await internalAdapter.linkAccount({ userId: person_id, accountId: person_id, providerId: 'credential', password: hash })
  await sql.removeOtherSessions(app.db.kysely, person_id, token)
}

/** The person with this e-mail, if they work in an organization here. */
export async function worksHere(app: App, email: string): Promise<{ name: string; email: string } | null> {
  const known = await (await authContext(app)).internalAdapter.findUserByEmail(email.trim().toLowerCase())
  if (!known || !(await sql.isMemberSomewhere(app.db.kysely, known.user.id))) return null
  return { name: known.user.name, email: known.user.email }
}

/** How long a link works, and where it leads: to the portal those who are a partner here and nothing else. */
export type LinkOptions = { hours?: number; to?: '/' | '/portal' }

/** Makes a link that signs its person in once, for some hours of the product's clock. Refuses `not_found` for a stranger. */
export async function signInUrl(app: App, email: string, { hours = 24, to }: LinkOptions = {}): Promise<string> {
  const address = email.trim().toLowerCase()
  const known = await (await authContext(app)).internalAdapter.findUserByEmail(address)
  if (!known) refuse('not_found', `Nobody here has the e-mail ${address}.`)
  const token = randomSecret()
  const until = instant(ms(app.clock.now()) + hours * HOUR)
  const value = JSON.stringify({ email: address, until })
  await sql.insertLink(app.db.kysely, { id: app.newId(), hash: hashOfToken(token), value })
  const place = to ?? ((await sql.isPartnerOnly(app.db.kysely, known.user.id)) ? '/portal' : '/')
  const query = new URLSearchParams({ token, callbackURL: place, errorCallbackURL: place === '/' ? '/sign-in' : place })
  return `${addressOf(app)}/api/auth/magic-link/verify?${query}`
}

/** Removes a link whose hours have passed by the product's clock, and says so. */
export async function linkHasExpired(app: App, token: string): Promise<boolean> {
  const hash = hashOfToken(token)
  const value = await sql.link(app.db.kysely, hash)
  if (value === undefined || !isPast(JSON.parse(value).until, app.clock.now())) return false
  await sql.removeLink(app.db.kysely, hash)
  return true
}

/** The person of the request's session; `null` when it has none. Refuses `forbidden` for a change that another site asked for. */
export async function callerOfSession(app: App, request: FastifyRequest): Promise<Caller | null> {
  const found = await sessionOf(app, request.headers.cookie)
  if (!found) return null
  refuseOtherSites(app, request)
  const program_id = (request.params as Record<string, string> | undefined)?.brand_id?.toLowerCase()
  const at = await membershipOf(app, found, program_id)
  if (!at && found.partner_org_ids.length > 0)
    refuse('forbidden', 'You are a partner here: what is yours is in the portal, at /portal.')
  if (!at) refuse('forbidden', 'You are no member of an organization here any more; ask its admin to invite you.')
  return callerOf(found, at)
}

export type Session = sql.SessionRow & { token: string }

/** The live session that a cookie names. */
export async function sessionOf(app: App, cookie: string | undefined): Promise<Session | null> {
  const token = await tokenOf(app, cookie)
  const found = token === null ? undefined : await sql.session(app.db.kysely, token)
  return found && token !== null ? { ...found, token } : null
}

/** A person as a member of one of their organizations. */
export function callerOf(found: sql.SessionRow, at: Membership & { org_id: string }): Caller {
  return {
    kind: 'person',
    id: found.person_id,
    actor: `person:${found.email}`,
    email: found.email,
    org_id: at.org_id,
    program_id: null,
    scopes: ['read', 'write'],
    role: at.role,
    program_roles: at.program_roles,
  }
}

/** The membership that the path's brand asks for when a person has several, else the first. */
async function membershipOf(app: App, { person_id, org_ids }: sql.SessionRow, program_id: string | undefined) {
  let first: (Membership & { org_id: string }) | null = null
  for (const org_id of org_ids) {
    const { member, owns } = await transaction(app.db, { org_id, readonly: true }, async tx => {
      const asked = org_ids.length > 1 && program_id !== undefined
      return { member: await membership(tx, org_id, person_id), owns: asked && (await sql.ownsProgram(tx, org_id, program_id)) }
    })
    if (!member) continue
    first ??= { ...member, org_id }
    if (org_ids.length === 1 || program_id === undefined || owns) return { ...member, org_id }
  }
  return first
}

async function tokenOf(app: App, header: string | undefined): Promise<string | null> {
  if (header === undefined) return null
  const { authCookies, secret } = await authContext(app)
  const value = cookieNamed(authCookies.sessionToken.name, header)
  const dot = value?.lastIndexOf('.') ?? -1
  if (value === undefined || dot < 1) return null
  const token = value.slice(0, dot)
  const signature = Buffer.from(value.slice(dot + 1), 'base64')
  const expected = createHmac('sha256', secret).update(token).digest()
  return signature.length === expected.length && timingSafeEqual(signature, expected) ? token : null
}

function cookieNamed(name: string, header: string): string | undefined {
  const pair = header
    .split(';')
    .map(part => part.trim())
    .find(part => part.startsWith(`${name}=`))
  try {
    return pair === undefined ? undefined : decodeURIComponent(pair.slice(name.length + 1))
  } catch {
    return undefined // not percent-encoded by us, so not our cookie
  }
}

/** A browser says which site a request comes from; a change must come from our own pages. */
export function refuseOtherSites(app: App, request: FastifyRequest): void {
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return
  const site = request.headers['sec-fetch-site']
  if (site === 'same-origin' || site === 'none') return
  if (site === undefined && isOurs(app, request)) return
  refuse('forbidden', 'This change was asked for by another site; open it in Quittance, or use an API key.')
}

function isOurs(app: App, request: FastifyRequest): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return false
  if (origin === new URL(addressOf(app)).origin) return true
  return origin === `http://${host}` || origin === `https://${host}`
}
