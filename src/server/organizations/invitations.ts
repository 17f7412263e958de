/** Invitations: a link that makes somebody a member, once, within seven days of the product's clock. Source: spec A2, G1. */
import type { In, Out } from '../../api/endpoint.ts'
import type { invitations } from '../../api/members.ts'
import { type Instant, instant, ms } from '../../core/calendar.ts'
import { refuse } from '../../core/refusal.ts'
import { type App, isPast, work } from '../app.ts'
import { randomSecret } from '../clock.ts'
import { type Ctx, systemCaller } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { sendMail } from '../mail.ts'
import { authContext, hashOfToken } from './auth.ts'
import { refuseKeyOfProgram } from './keys.ts'
import * as sql from './members.sql.ts'
import { refuseBeyond } from './members.ts'
import { organization, ownersOf } from './organizations.sql.ts'
import { createPerson, signInUrl } from './people.ts'
import { checkLimit } from './plans.ts'

const LIFE_MS = 7 * 86_400_000
type Shown = Out<typeof invitations.list>[number]

const present = ({ program_id, ...row }: sql.InvitationRow): Shown => ({ ...row, brand_id: program_id })

export async function list(ctx: Ctx): Promise<Shown[]> {
  refuseKeyOfProgram(ctx)
  return (await sql.invitations(ctx)).map(present)
}

/** Refuses `already_member`, and `limit_reached` at the plan's number. */
export async function create(
  ctx: Ctx,
  { body }: In<typeof invitations.create>,
  mails = false,
): Promise<Out<typeof invitations.create>> {
  const { brand_id: program_id = null, role } = body
  const email = body.email.trim().toLowerCase()
  await refuseBeyond(ctx, program_id)
  await sql.hold(ctx)
  if ((await sql.list(ctx)).some(member => member.email === email))
    refuse('already_member', `${email} is a member already; change the role there.`)
  if (await sql.isInvited(ctx, email)) refuse('already_member', `${email} is invited already; send the invitation again.`)
  await checkLimit(ctx, 'members')
  const token = randomSecret()
  const row = { id: ctx.newId(), email, role, program_id, expires_at: until(ctx), created_at: ctx.now, created_by: ctx.actor }
  await sql.insertInvitation(ctx, { ...row, token_hash: hashOfToken(token) })
  ctx.tell('invitation.created', row.id, { program_id, after: { email, role } })
  return sent(ctx, row, { token, mails })
}

const until = (ctx: Ctx): Instant => instant(ms(ctx.now) + LIFE_MS)

/** What the admin sees, once; and the mail, where there is a mail server, once the invitation is kept. */
async function sent(
  ctx: Ctx,
  row: sql.InvitationRow,
  { token, mails }: { token: string; mails: boolean },
): Promise<Out<typeof invitations.create>> {
  const url = `${ctx.address}/invitation?token=${token}`
  const { name } = await organization(ctx.tx, ctx.org_id)
  const text = `You are invited to work in ${name} on Quittance.\n\nOpen this link within seven days; it works once:\n${url}\n`
  if (mails)
    ctx.afterCommit('the mail of an invitation', app => sendMail(app, { to: row.email, subject: `${name} invites you`, text }))
  return { ...present(row), url, mailed: mails }
}

export async function resend(
  ctx: Ctx,
  { params }: In<typeof invitations.resend>,
  mails = false,
): Promise<Out<typeof invitations.resend>> {
  const row = await openOne(ctx, params.invitation_id)
  const [token, expires_at] = [randomSecret(), until(ctx)]
  await sql.renew(ctx, row.id, hashOfToken(token), expires_at)
  ctx.tell('invitation.resent', row.id, { program_id: row.program_id, after: { email: row.email, expires_at } })
  return sent(ctx, { ...row, expires_at }, { token, mails })
}

export async function revoke(ctx: Ctx, { params }: In<typeof invitations.revoke>): Promise<Out<typeof invitations.revoke>> {
  const row = await openOne(ctx, params.invitation_id)
  await sql.close(ctx, row.id, 'revoked_at')
  ctx.tell('invitation.revoked', row.id, { program_id: row.program_id, before: { email: row.email, role: row.role } })
  return { id: row.id }
}

async function openOne(ctx: Ctx, id: string): Promise<sql.InvitationRow> {
  refuseKeyOfProgram(ctx)
  const row = (await sql.invitation(ctx, { id })) ?? refuse('not_found', 'There is no such open invitation.')
  await refuseBeyond(ctx, row.program_id)
  return row
}

/** What a link invites to. Refuses `unauthorized` for one that was used, revoked, replaced or has expired. */
export async function look(app: App, { body }: In<typeof invitations.look>): Promise<Out<typeof invitations.look>> {
  const seen = await withInvitation(app, body.token, async (ctx, { email, role, expires_at }) => ({
    organization: (await organization(ctx.tx, ctx.org_id)).name,
    ...{ email, role, expires_at },
  }))
  return { ...seen, is_known: await hasPassword(app, seen.email) }
}

async function hasPassword(app: App, email: string): Promise<boolean> {
  const { internalAdapter } = await authContext(app)
  const known = await internalAdapter.findUserByEmail(email, { includeAccounts: true })
  return known?.accounts.some(account => account.providerId === 'credential') ?? false
}

/** Makes the invited person a member and answers with a link that signs in. A password that is set already stays. */
export async function accept(app: App, { body }: In<typeof invitations.accept>): Promise<Out<typeof invitations.accept>> {
  const { email } = await withInvitation(app, body.token, async (_, row) => row)
  const person = await createPerson(app, { email, name: email.split('@')[0] as string, password: body.password })
  await withInvitation(app, body.token, async (ctx, row) => {
    await sql.hold(ctx)
    await checkLimit(ctx, 'members')
    await sql.admit(ctx, { user_id: person.id, email, role: row.program_id === null ? row.role : 'member' })
    if (row.program_id !== null) await sql.setProgramRole(ctx, person.id, row.program_id, row.role)
    await sql.close(ctx, row.id, 'accepted_at')
    ctx.tell('invitation.accepted', row.id, { program_id: row.program_id, after: { email, role: row.role } })
  })
  return { email, sign_in_url: await signInUrl(app, email) }
}

/** Works with the invitation of a token in a transaction of its organization, as the person who was invited. */
async function withInvitation<T>(app: App, token: string, act: (ctx: Ctx, row: sql.InvitationRow) => Promise<T>): Promise<T> {
  const token_hash = hashOfToken(token)
  const [org_id] = await transaction(app.db, { readonly: true }, tx => ownersOf(tx, 'invitation', token_hash))
  if (org_id === undefined) return refuseLink()
  return work(app, systemCaller(org_id, 'invitation'), {}, async ctx => {
    const row = await sql.invitation(ctx, { token_hash })
    if (!row || isPast(row.expires_at, ctx.now)) return refuseLink()
    ctx.actor = `person:${row.email}`
    return act(ctx, row)
  })
}

const refuseLink = (): never =>
  refuse('unauthorized', 'This invitation was used, taken back or has expired; ask whoever invited you for a new link.')
