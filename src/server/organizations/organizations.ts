/** Organizations and their programs: who pays, for what, and how. Source: spec A5, B4, B5, C3, G1. */
import type { In, Out } from '../../api/endpoint.ts'
import type { organizations } from '../../api/organizations.ts'
import { dayOf, type Instant } from '../../core/calendar.ts'
import { given } from '../../core/collect.ts'
import { defaultMethods } from '../../core/payment-method.ts'
import type { Plan } from '../../core/plan.ts'
import { refuse } from '../../core/refusal.ts'
import { numbered, slugOf } from '../../core/slug.ts'
import { addressOf } from '../address.ts'
import type { App } from '../app.ts'
import { type Caller, type Ctx, type Role, reply, type Told, type Tx } from '../context.ts'
import { isUniqueViolation } from '../db/errors.ts'
import { transaction } from '../db/transaction.ts'
import * as events from '../events.sql.ts'
import { idCursor, pageOf } from '../page.ts'
import { createKey, refuseKeyOfProgram } from './keys.ts'
import { insertDefaults } from './methods.sql.ts'
import * as sql from './organizations.sql.ts'
import { createPerson, signInUrl } from './people.ts'
import { checkLimit } from './plans.ts'
import { claimSetup, isSlugTaken } from './programs.sql.ts'

export async function me(ctx: Ctx): Promise<Out<typeof organizations.me>> {
  const { caller } = ctx
  const { name, time_zone, plan } = await sql.organization(ctx.tx, ctx.org_id)
  const within = (await sql.programs(ctx.tx, ctx.org_id)).filter(p => caller.program_id === null || p.id === caller.program_id)
  return {
    kind: caller.kind === 'person' ? 'person' : 'key',
    id: caller.id,
    email: caller.email,
    role: caller.role,
    organization: { id: ctx.org_id, name, time_zone, plan },
    brands: within.map(p => ({ ...present(p), role: roleIn(caller, p.id) })),
    clock: { now: ctx.now, is_travelling: ctx.is_travelling },
  }
}

const roleIn = (caller: Caller, program_id: string): Role =>
  caller.role === 'admin' ? 'admin' : (caller.program_roles[program_id] ?? 'member')

const present = ({ id, name, slug, currency, program_type, created_at }: sql.ProgramRow) => ({
  id,
  name,
  slug,
  currency,
  program_type,
  created_at,
})

export async function programs(ctx: Ctx, { query }: In<typeof organizations.programs>) {
  const after = idCursor(query.cursor)
  const within = (await sql.programs(ctx.tx, ctx.org_id))
    .filter(p => ctx.caller.program_id === null || p.id === ctx.caller.program_id)
    .filter(p => after === null || p.id < after)
    .toReversed()
  const { rows, next_cursor } = pageOf(within, query.limit, p => p.id)
  return reply(rows.map(present), { meta: { next_cursor } })
}

/** Refuses `limit_reached` at the plan's number of programs, and `conflict_name` for a slug that is taken. */
export async function createProgram(
  ctx: Ctx,
  { body }: In<typeof organizations.createProgram>,
): Promise<Out<typeof organizations.createProgram>> {
  refuseKeyOfProgram(ctx)
  await checkLimit(ctx, 'projects')
  const program = await insertProgram(ctx, body)
  ctx.tell('program.created', program.id, { program_id: program.id, after: present(program) })
  return present(program)
}

type NewProgram = { name: string; slug?: string | undefined; currency: string; program_type: 'affiliate' | 'creator' }

async function insertProgram(ctx: Ctx, { name, slug, currency, program_type }: NewProgram): Promise<sql.ProgramRow> {
  const free = slug === undefined ? await freeSlug(ctx.tx, name) : await refuseTaken(ctx.tx, slug)
  const anchor_on = dayOf(ctx.now, ctx.time_zone)
  const row = { id: ctx.newId(), slug: free, name, currency, program_type, anchor_on, created_at: ctx.now }
  try {
    return await sql.insertProgram(ctx.tx, ctx.org_id, row)
  } catch (error) {
    if (!isUniqueViolation(error) || ctx.caller.kind === 'command') throw error
    return refuse('conflict_name', `The slug "${free}" was taken a moment ago; choose another, or send the request again.`)
  }
}

async function refuseTaken(tx: Tx, slug: string): Promise<string> {
  if (await isSlugTaken(tx, slug))
    refuse('conflict_name', `The slug "${slug}" is taken; slugs stand in tracking URLs, so choose another.`)
  return slug
}

async function freeSlug(tx: Tx, name: string): Promise<string> {
  const base = slugOf(name)
  for (let attempt = 1; ; attempt++) {
    const slug = numbered(base, attempt)
    if (!(await isSlugTaken(tx, slug))) return slug
  }
}

const settingsOf = (p: sql.ProgramRow): Out<typeof organizations.payoutSettings> => ({
  frequency: p.frequency,
  anchor_on: p.anchor_on,
  minimum_threshold_cents: p.minimum_threshold_cents,
  hold_days: p.hold_days,
  currency: p.currency,
})

export async function payoutSettings(ctx: Ctx) {
  return settingsOf(ctx.program)
}

export async function changePayoutSettings(ctx: Ctx, { body }: In<typeof organizations.changePayoutSettings>) {
  const before = settingsOf(ctx.program)
  const after = settingsOf(await sql.updateProgram(ctx, given(body) as Partial<sql.ProgramRow>))
  ctx.tell('payout_settings.changed', ctx.program.id, { program_id: ctx.program.id, before, after })
  return after
}

export async function conversionTypes(ctx: Ctx) {
  return { types: ctx.program.conversion_types }
}

export async function changeConversionTypes(ctx: Ctx, { body }: In<typeof organizations.changeConversionTypes>) {
  const before = { types: ctx.program.conversion_types }
  const after = { types: (await sql.updateProgram(ctx, { conversion_types: body.types })).conversion_types }
  ctx.tell('conversion_types.changed', ctx.program.id, { program_id: ctx.program.id, before, after })
  return after
}

export type NewOrganization = {
  name: string
  plan?: Plan | undefined
  time_zone?: string | undefined
  email?: string | undefined
  password?: string | undefined
  currency?: string | undefined
  program_name?: string | undefined
  /** Set by the first start: refused when another organization came first. */
  only_first?: boolean
}
export type MadeOrganization = {
  org_id: string
  brand_id: string
  brand_slug: string
  api_key: string
  admin_email: string
  sign_in_url: string
}

/**
 * Makes an organization that can work at once: a program, an admin, the three default methods and a key of the admin.
 *
 * Refuses `invalid_transition` when it must be the first and is not, `invalid_body` for a password of the wrong length.
 */
export async function createOrganization(app: App, wish: NewOrganization): Promise<MadeOrganization> {
  const { email = 'admin@localhost', password } = wish
  const person = await createPerson(app, { email, name: email.split('@')[0] as string, password })
  const made = await found(app, wish, person)
  return { ...made, admin_email: person.email, sign_in_url: await signInUrl(app, person.email) }
}

/** Another process may take the same slug in the same moment: then the whole transaction is done again. */
async function found(app: App, wish: NewOrganization, person: { id: string; email: string }, attempt = 1) {
  const org_id = app.newId()
  try {
    return await transaction(app.db, { org_id }, tx => fill(founding(app, tx, org_id, wish, person), wish, person))
  } catch (error) {
    if (!isUniqueViolation(error) || attempt > 3) throw error
    return found(app, wish, person, attempt + 1)
  }
}

/** The context of an organization that is only being made. */
function founding(
  app: App,
  tx: Tx,
  org_id: string,
  { time_zone = 'UTC' }: NewOrganization,
  person: { id: string; email: string },
): Ctx {
  const told: Told[] = []
  const caller: Caller = {
    kind: 'command',
    id: person.id,
    actor: `person:${person.email}`,
    email: person.email,
    org_id,
    program_id: null,
    scopes: ['read', 'write'],
    role: 'admin',
    program_roles: {},
  }
  return {
    ...{ tx, org_id, caller, actor: caller.actor, time_zone, told, request_id: null, readonly: false },
    now: app.clock.now(),
    is_travelling: app.clock.is_travelling,
    newId: app.newId,
    get program(): never {
      throw new Error('an organization that is being made has no program yet')
    },
    tell: (verb, object_id, change = {}) => void told.push({ verb, object_id, change }),
    afterCommit: () => {
      throw new Error('nothing follows the making of an organization')
    },
    address: addressOf(app),
  }
}

async function fill(ctx: Ctx, wish: NewOrganization, person: { id: string; email: string }) {
  const { tx, org_id, now } = ctx
  const { name, plan = 'unlimited', currency = 'USD', program_name = name } = wish
  if (wish.only_first && !(await claimSetup(tx, org_id))) refuseSetUp()
  await sql.insertOrganization(tx, { org_id, name, time_zone: ctx.time_zone, plan, now })
  await sql.insertMember(tx, { org_id, user_id: person.id, email: person.email, role: 'admin', created_at: now as Instant })
  await insertDefaults(tx, org_id, defaultMethods, ctx.newId, now)
  const program = await insertProgram(ctx, { name: program_name, currency, program_type: 'affiliate' })
  ctx.tell('organization.created', org_id, { after: { name, plan, time_zone: ctx.time_zone } })
  const { api_key } = await createKey(ctx, { program_id: null, scopes: ['read', 'write'], owner_id: person.id, expires_at: null })
  await events.insert(ctx)
  return { org_id, brand_id: program.id, brand_slug: program.slug, api_key }
}

export const refuseSetUp = (): never =>
  refuse('invalid_transition', 'This installation is set up already; sign in, or run quittance sign-in for a new link.')
