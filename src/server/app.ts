/** The running product: its database, clock, ids, settings and what it remembers between requests. */
import { type Instant, ms } from '../core/calendar.ts'
import { refuse } from '../core/refusal.ts'
import { addressOf } from './address.ts'
import { type Clock, makeClock, makeIds } from './clock.ts'
import type { Config } from './config.ts'
import { type Caller, type Ctx, mayWrite, type Told, type Tx } from './context.ts'
import type { Db } from './db/database.ts'
import type { Tables } from './db/tables.ts'
import { transaction } from './db/transaction.ts'
import * as events from './events.sql.ts'
import * as organizations from './organizations/organizations.sql.ts'

export type App = {
  db: Db<Tables>
  config: Config
  clock: Clock
  newId(): string
  /** Tells the log of what went wrong outside any request; the server says where to. */
  report(error: unknown, what: string): void
  /** What goes on after an answer was given: a mail, a call to a partner's address. */
  readonly afterwards: Set<Promise<unknown>>
}

export function makeApp(db: Db<Tables>, config: Config): App {
  const clock = makeClock(config.now)
  return { db, config, clock, newId: makeIds(clock), report: () => {}, afterwards: new Set() }
}

/** Does something that nobody waits for; what fails is reported. It must not need the transaction that asked for it. */
export function afterwards(app: App, what: string, act: () => Promise<unknown>): void {
  const going = act().catch(error => app.report(error, what))
  app.afterwards.add(going)
  void going.finally(() => app.afterwards.delete(going))
}

/** Waits until nothing goes on any more: before the database closes, and in tests. */
export async function settled(app: App): Promise<void> {
  while (app.afterwards.size > 0) await Promise.all(app.afterwards)
}

export type WorkOptions = {
  program_id?: string
  now?: Instant
  request_id?: string | null
  readonly?: boolean
  scope?: organizations.Scope
}

/**
 * Runs one use case as one transaction of its organization: opens it, gives the work its context, writes what was told,
 * commits. Nothing outside Postgres is called in it. Refuses `not_found` for a program that is not the organization's.
 */
export async function work<T>(app: App, caller: Caller, options: WorkOptions, act: (ctx: Ctx) => Promise<T>): Promise<T> {
  let later: Later[] = []
  const done = await transaction(app.db, { org_id: caller.org_id, readonly: options.readonly ?? false }, async tx => {
    later = [] // anew each time that the transaction is tried
    const ctx = await contextOf(app, caller, options, tx, later)
    const result = await act(ctx)
    if (ctx.told.length > 0) await events.insert(ctx)
    return result
  })
  for (const { what, act } of later) afterwards(app, what, () => act(app))
  return done
}

type Later = { what: string; act: (app: App) => Promise<unknown> }

async function contextOf(app: App, caller: Caller, options: WorkOptions, tx: Tx, later: Later[]): Promise<Ctx> {
  const told: Told[] = []
  const scope = options.scope ?? (await organizations.scopeOf(tx, caller.org_id, options.program_id ?? null))
  return {
    tx,
    org_id: caller.org_id,
    caller,
    actor: caller.actor,
    now: options.now ?? app.clock.now(),
    is_travelling: app.clock.is_travelling,
    newId: app.newId,
    request_id: options.request_id ?? null,
    time_zone: scope.time_zone,
    get program() {
      if (!scope.program) throw new Error('this path names no program')
      return scope.program
    },
    tell: (verb, object_id, change = {}) => void told.push({ verb, object_id, change }),
    told,
    afterCommit: (what, act) => void later.push({ what, act }),
    address: addressOf(app),
    readonly: options.readonly ?? false,
  }
}

/**
 * The same context inside the program that a body or a row names, for paths that name none.
 *
 * Refuses `not_found` for a program of another organization or out of a key's reach, `forbidden` for a member who writes.
 */
export async function enter(ctx: Ctx, program_id: string): Promise<Ctx> {
  const { caller } = ctx
  if (caller.program_id !== null && caller.program_id !== program_id) refuse('not_found', 'There is no such project.')
  const { program } = await organizations.scopeOf(ctx.tx, ctx.org_id, program_id)
  if (!ctx.readonly && !mayWrite(caller, program_id)) {
    refuse('forbidden', 'Members can look but not change; ask an admin of this project.')
  }
  return Object.create(ctx, { program: { value: program, enumerable: true } }) as Ctx
}

export const isPast = (at: Instant, now: Instant): boolean => ms(at) <= ms(now)
