/**
 * Ways into the portal: a link by mail, a link from an admin, an application, a password. Source: spec A15, C5, C11, RT-33.
 *
 * Whoever asks without a name gets one answer, whether the e-mail is known here or not.
 */
import type { FastifyRequest } from 'fastify'
import type { In, Out } from '../../api/endpoint.ts'
import type { portal } from '../../api/portal.ts'
import { instant, ms } from '../../core/calendar.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { type App, afterwards, work } from '../app.ts'
import { type Caller, type Ctx, systemCaller } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { canMail, sendMail } from '../mail.ts'
import { entryFor } from '../organizations/access.sql.ts'
import { partnersWithEmail, portalLink } from '../organizations/access.ts'
import { passwordOf, setPassword, signInUrl, worksHere } from '../organizations/people.ts'
import { approvedLetter, linkLetter, receivedLetter } from '../partners/letters.ts'
import * as partners from '../partners/partners.ts'
import { post } from '../partners/welcome.ts'
import { mayAsk } from '../throttle.ts'
import * as sql from './entering.sql.ts'
import { frontOf } from './settings.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const PER_ADDRESS = { max: 60, window_ms: 10 * MINUTE }
const PER_EMAIL = { max: 5, window_ms: 15 * MINUTE }

function throttle(app: App, request: FastifyRequest): void {
  if (mayAsk(app, `address ${request.ip}`, PER_ADDRESS)) return
  refuse('rate_limit_exceeded', 'Too many requests from this address; wait ten minutes.', { retry_after: 600 })
}

/** Mails a link to whoever has this e-mail, and answers the same when nobody does. */
export async function signInLink(
  app: App,
  { body }: In<typeof portal.signInLink>,
  request: FastifyRequest,
): Promise<Out<typeof portal.signInLink>> {
  throttle(app, request)
  const email = body.email.trim()
  if (canMail(app) && mayAsk(app, `email ${email.toLowerCase()}`, PER_EMAIL))
    afterwards(app, 'a sign-in link was not mailed', () => mailLink(app, email))
  return { ok: true, mails: canMail(app) }
}

/** One link for all that somebody is here: it signs in a person, who may be several partners. */
async function mailLink(app: App, email: string): Promise<void> {
  const found = await partnersWithEmail(app, email)
  const [first] = found
  if (!first) return mailMember(app, email)
  const invitedAs = ({ partner }: typeof first) => ({ id: partner.id, name: partner.name, email })
  for (const other of found.slice(1)) await portalLink(app, other.org_id, invitedAs(other))
  const link = await portalLink(app, first.org_id, invitedAs(first))
  const title = first.portal.title ?? first.program.name
  await post(app, first.org_id, first.partner.id, linkLetter(invitedAs(first), title, link))
}

/** Somebody who works here gets a link too: into the workspace. */
async function mailMember(app: App, email: string): Promise<void> {
  const person = await worksHere(app, email)
  if (!person) return
  const link = { url: await signInUrl(app, person.email, { hours: 1, to: '/' }), hours: 1 }
  await sendMail(app, linkLetter(person, 'Quittance', link))
}

/** Takes an application. Refuses `forbidden` where a program takes none, `not_found` for one that does not exist. */
export async function signUp(
  app: App,
  { body }: In<typeof portal.signUp>,
  request: FastifyRequest,
): Promise<Out<typeof portal.signUp>> {
  throttle(app, request)
  const front = await frontOf(app, body.program)
  if (!front.allow_sign_up) refuse('forbidden', 'This program takes no applications here; ask its team for an invitation.')
  const email = body.email.trim().toLowerCase()
  const made = await work(app, systemCaller(front.org_id, 'sign-up', 'portal:sign-up'), { program_id: front.program_id }, ctx =>
    apply(ctx, { ...body, email }, front.approved_by_default),
  )
  if (canMail(app) && mayAsk(app, `email ${email}`, PER_EMAIL))
    afterwards(app, 'an applicant was not written to', () => answer(app, front, { ...made, name: body.name, email }))
  return { ok: true, needs_approval: !front.approved_by_default, mails: canMail(app) }
}

type Application = In<typeof portal.signUp>['body']

/** An e-mail that the program knows makes no second partner. */
async function apply(ctx: Ctx, { name, email, company, country, message }: Application, approved: boolean) {
  const known = await sql.withEmail(ctx, email)
  if (known) return { id: known.id, is_new: false }
  const status: 'approved' | 'pending' = approved ? 'approved' : 'pending'
  const metadata: Record<string, string> = message ? { application: message } : {}
  try {
    const { id } = await partners.create(ctx, {
      params: { brand_id: ctx.program.id },
      query: {},
      body: { name, email, company, country, status, metadata },
    })
    return { id, is_new: true }
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'limit_reached')) throw error
    return refuse('forbidden', 'This program takes no more partners at the moment; try again later.')
  }
}

type Front = Awaited<ReturnType<typeof frontOf>>

async function answer(app: App, front: Front, to: { id: string; name: string; email: string; is_new: boolean }): Promise<void> {
  const title = front.title ?? front.name
  if (!to.is_new) return mailLink(app, to.email)
  const mail = front.approved_by_default
    ? approvedLetter(to, title, await portalLink(app, front.org_id, to))
    : receivedLetter(to, title)
  await post(app, front.org_id, to.id, mail)
}

type Link = { url: string; mails: boolean; hours: number; title: string; to: { id: string; name: string; email: string } }

/** Makes the link of `link`, outside any transaction. Refuses `invalid_transition` for a partner who could not use it. */
export async function prepareLink(app: App, caller: Caller, { params }: In<typeof portal.link>): Promise<Link | null> {
  const { org_id } = caller
  const entry = await transaction(app.db, { org_id, readonly: true }, tx => entryFor(tx, org_id, params.partner_id))
  if (!entry || entry.program.id !== params.brand_id) return null
  const { id, name, email, status, is_removed } = entry.partner
  if (email === null) refuse('invalid_transition', `${name} has no e-mail; give it one first, it is how partners sign in.`)
  if (is_removed || (status !== 'approved' && status !== 'paused'))
    refuse('invalid_transition', `${name} is ${is_removed ? 'removed' : status}; approve it first, only then can it sign in.`)
  const to = { id, name, email }
  return { ...(await portalLink(app, org_id, to)), mails: canMail(app), title: entry.portal.title ?? entry.program.name, to }
}

/** A one-time link for a partner, shown to the admin once and mailed where mail is set up. */
export async function link(ctx: Ctx, _: unknown, made: Link | null): Promise<Out<typeof portal.link>> {
  if (made === null) return refuse('not_found', 'There is no such partner in this brand.')
  const { url, hours, mails, title, to } = made
  ctx.tell('partner.link_made', to.id, { program_id: ctx.program.id, after: { email: to.email, mailed: mails } })
  if (mails)
    ctx.afterCommit('a portal link was not mailed', app => post(app, ctx.org_id, to.id, linkLetter(to, title, { url, hours })))
  return { url, mailed: mails, expires_at: instant(ms(ctx.now) + hours * HOUR) }
}

/**
 * Sets the password of the partner who is signed in and signs them out elsewhere.
 *
 * Who has one gives it, unless they signed in a moment ago: that is how a forgotten one is replaced, by a link. Refuses
 * `invalid_body` for a wrong one, and `forbidden` after too many tries.
 */
export async function preparePassword(app: App, caller: Caller, { body }: In<typeof portal.password>): Promise<void> {
  const { session } = caller.partner as NonNullable<Caller['partner']>
  const known = await passwordOf(app, caller.id)
  if (known !== null && !session.is_fresh) {
    if (!mayAsk(app, `password ${caller.id}`, PER_EMAIL)) refuse('forbidden', 'Too many tries; sign in again by a link instead.')
    if (!(await known.is(body.current_password ?? ''))) {
      const errors = [{ path: 'current_password', message: 'is not your password' }]
      refuse('invalid_body', 'Give the password that you have now, or sign in again by a link to set another one.', { errors })
    }
  }
  await setPassword(app, caller.id, body.password, session.token)
}

export async function password(ctx: Ctx): Promise<{ ok: true }> {
  ctx.tell('person.password_set', null, { program_id: ctx.program.id, after: { person: ctx.caller.email } })
  return { ok: true }
}
