/** First start: while nobody has set up, a one-time link on the terminal opens a page that makes the organization. Source: spec G1. */
import { timingSafeEqual } from 'node:crypto'
import type { In, Out } from '../../api/endpoint.ts'
import type { organizations } from '../../api/organizations.ts'
import { type Instant, instant, ms } from '../../core/calendar.ts'
import { refuse } from '../../core/refusal.ts'
import { type App, isPast } from '../app.ts'
import { randomSecret } from '../clock.ts'
import { transaction } from '../db/transaction.ts'
import { addressOf, hashOfToken } from './auth.ts'
import * as sql from './organizations.sql.ts'
import { createOrganization, refuseSetUp } from './organizations.ts'
import { isSetUp } from './programs.sql.ts'

const DAY = 24 * 3_600_000

type Invitation = { hash: string; until: Instant }
const invitations = new WeakMap<App, Invitation>()

type LoadDemo = () => Promise<{ org_id: string; sign_in_url: string }>
const demos = new WeakMap<App, LoadDemo>()

/** Says how the demo is loaded, which needs every other folder and so cannot be known here. */
export const offerDemo = (app: App, load: LoadDemo): void => void demos.set(app, load)

/** A new one-time link to the page of the first start; `null` once an organization exists. Earlier links stop working. */
export async function setupUrl(app: App): Promise<string | null> {
  if (await isSetUp(app.db.kysely)) return null
  const token = randomSecret()
  invitations.set(app, { hash: hashOfToken(token), until: instant(ms(app.clock.now()) + DAY) })
  return `${addressOf(app)}/setup?token=${token}`
}

export async function setup(app: App, { body }: In<typeof organizations.setup>): Promise<Out<typeof organizations.setup>> {
  if (await isSetUp(app.db.kysely)) refuseSetUp()
  const invitation = take(app, body.token)
  try {
    return body.demo ? await setUpDemo(app) : await setUp(app, body)
  } catch (error) {
    invitations.set(app, invitation) // what failed may be tried again with the same link
    throw error
  }
}

/** Takes the link before the work, so that two requests with it cannot both be served. */
function take(app: App, token: string): Invitation {
  const invitation = invitations.get(app)
  if (!invitation || !isSame(invitation.hash, hashOfToken(token))) {
    refuse('unauthorized', 'This link is not the one on the terminal; each start prints a new one.')
  }
  if (isPast(invitation.until, app.clock.now())) refuse('unauthorized', 'This link has expired; start again for a new one.')
  invitations.delete(app)
  return invitation
}

const isSame = (a: string, b: string) => timingSafeEqual(Buffer.from(a), Buffer.from(b))

async function setUp(app: App, body: In<typeof organizations.setup>['body']) {
  const { organization: name, time_zone, email, password, currency } = body
  const { org_id, brand_id, brand_slug, sign_in_url } = await createOrganization(app, {
    name,
    time_zone,
    email,
    password,
    currency,
    only_first: true,
  })
  return { org_id, brand_id, brand_slug, sign_in_url }
}

async function setUpDemo(app: App) {
  const load = demos.get(app)
  if (!load) throw new Error('nobody has said how the demo is loaded')
  const { org_id, sign_in_url } = await load()
  const [first] = await transaction(app.db, { org_id, readonly: true }, tx => sql.programs(tx, org_id))
  if (!first) throw new Error('the demo has no program')
  return { org_id, brand_id: first.id, brand_slug: first.slug, sign_in_url }
}
