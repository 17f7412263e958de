/**
 * Who may enter the portal: a person who is an approved (or paused) partner, or one of the organization who looks at a partner's.
 *
 * Asked with every request, so that declining or removing a partner takes effect at the next one. Source: spec A15, C5, RT-33.
 */
import type { FastifyRequest } from 'fastify'
import { isId } from '../../core/ids.ts'
import { refuse } from '../../core/refusal.ts'
import { type App, work } from '../app.ts'
import { type Caller, type Ctx, systemCaller } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import * as sql from './access.sql.ts'
import { membership } from './organizations.sql.ts'
import { removeSession } from './people.sql.ts'
import { callerOf, createPerson, refuseOtherSites, type Session, sessionOf, signInUrl } from './people.ts'
import { organizationIds } from './programs.sql.ts'

const LINK_HOURS = 72
/** Looking in each organization for an e-mail is for installations of some, not of thousands. */
const MOST_ORGANIZATIONS = 100

/** The caller that a session makes on the portal; `null` without one. Refuses `forbidden` to whoever may not enter. */
export async function callerOfPortal(app: App, request: FastifyRequest): Promise<Caller | null> {
  const session = await sessionOf(app, request.headers.cookie)
  if (!session) return null
  refuseOtherSites(app, request)
  const { as, partner_id } = request.query as { as?: unknown; partner_id?: unknown }
  if (as !== undefined) return viewer(app, session, idIn('as', as))
  return partner(app, session, partner_id === undefined ? null : idIn('partner_id', partner_id))
}

function idIn(name: string, value: unknown): string {
  if (typeof value === 'string' && isId(value.toLowerCase())) return value.toLowerCase()
  return refuse('invalid_query', `${name} must be the id of a partner.`, { errors: [{ path: name, message: 'must be a UUID' }] })
}

/** Somebody who works here looks at the portal as a partner sees it. */
async function viewer(app: App, session: Session, partner_id: string): Promise<Caller> {
  for (const org_id of session.org_ids) {
    const [member, entry] = await transaction(
      app.db,
      { org_id, readonly: true },
      async tx => [await membership(tx, org_id, session.person_id), await sql.entryFor(tx, org_id, partner_id)] as const,
    )
    if (member && entry) return { ...callerOf(session, { ...member, org_id }), partner: { ...entry, session, is_viewing: true } }
  }
  if (session.org_ids.length === 0) refuse('forbidden', 'Only people of the organization look at the portal of somebody else.')
  return refuse('not_found', 'There is no such partner.')
}

async function partner(app: App, session: Session, partner_id: string | null): Promise<Caller> {
  const entries = await entriesOf(app, session, partner_id)
  const found = entries.find(({ partner }) => whyNot(partner) === null)
  if (found) {
    return {
      ...{ kind: 'partner', id: session.person_id, actor: `partner:${session.email}`, email: session.email },
      ...{ org_id: found.org_id, program_id: found.program.id, scopes: [], role: 'member', program_roles: {} },
      partner: { ...found, session, is_viewing: false },
    }
  }
  const [first] = entries
  if (first) refuse('forbidden', whyNot(first.partner) as string)
  if (partner_id !== null) refuse('not_found', 'You are not this partner.')
  if (session.org_ids.length === 0)
    refuse('forbidden', 'You are no member of an organization here any more, and no partner; ask its admin to invite you.')
  return refuse('forbidden', 'The portal is for partners; people of the organization look at it from the page of a partner.')
}

type Found = sql.Entry & { org_id: string }

async function entriesOf(app: App, session: Session, partner_id: string | null): Promise<Found[]> {
  const found: Found[] = []
  for (const org_id of session.partner_org_ids) {
    const read = (tx: Ctx['tx']) => sql.entriesOf(tx, org_id, session.person_id, partner_id)
    const entries = await transaction(app.db, { org_id, readonly: true }, read)
    found.push(...entries.map(entry => ({ ...entry, org_id })))
  }
  return found
}

/** Every partner that a session's person is and may enter as. */
export async function ownPartners(app: App, session: Session): Promise<sql.Entry[]> {
  return (await entriesOf(app, session, null)).filter(({ partner }) => whyNot(partner) === null)
}

/** Why a partner may not enter, or `null` when they may. */
function whyNot({ status, is_removed }: sql.Entry['partner']): string | null {
  if (is_removed) return 'You are no partner of this program any more; ask its team.'
  if (status === 'pending') return 'Your application is being looked at; you can sign in as soon as it is approved.'
  if (status === 'declined') return 'Your application was declined, so you cannot sign in; ask the team of the program.'
  return null
}

/**
 * Why somebody who just proved who they are may still not sign in; their session ends with it. `null` lets them in.
 *
 * A partner who is not approved has no business here, unless they also work here.
 */
export async function refusedAtDoor(app: App, cookie: string | undefined): Promise<string | null> {
  const session = await sessionOf(app, cookie)
  if (!session || session.org_ids.length > 0 || session.partner_org_ids.length === 0) return null
  const entries = await entriesOf(app, session, null)
  if (entries.some(({ partner }) => whyNot(partner) === null)) return null
  await removeSession(app.db.kysely, session.token)
  return entries[0] ? whyNot(entries[0].partner) : 'You are no partner of this program any more; ask its team.'
}

export type Invited = { id: string; name: string; email: string }

/** Makes a one-time link into the portal for a partner, who becomes a person with it. It needs no transaction, and must be in none. */
export async function portalLink(app: App, org_id: string, invited: Invited): Promise<{ url: string; hours: number }> {
  const person = await createPerson(app, { email: invited.email, name: invited.name })
  await work(app, systemCaller(org_id, 'portal'), {}, ({ tx, now }) =>
    sql.letIn(tx, { org_id, partner_id: invited.id, user_id: person.id, email: person.email, now }),
  )
  return { url: await signInUrl(app, person.email, { hours: LINK_HOURS, to: '/portal' }), hours: LINK_HOURS }
}

/** The partners who may enter and have this e-mail, over all organizations. */
export async function partnersWithEmail(app: App, email: string): Promise<Found[]> {
  const found: Found[] = []
  for (const org_id of (await organizationIds(app.db.kysely)).slice(0, MOST_ORGANIZATIONS)) {
    const entries = await transaction(app.db, { org_id, readonly: true }, tx => sql.partnersWithEmail(tx, org_id, email))
    found.push(...entries.map(entry => ({ ...entry, org_id })))
  }
  return found
}
