/** The running product: its database, clock, ids, settings and what it remembers between requests. */
import { type Instant, ms } from '../core/calendar.ts'
import { refuse } from '../core/refusal.ts'
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
}

export function makeApp(db: Db<Tables>, config: Config): App {
  const clock = makeClock(config.now)
  return { db, config, clock, newId: makeIds(clock) }
}

export type WorkOptions = { program_id?: string; now?: Instant; request_id?: string | null; readonly?: boolean }

/**
 * Runs one use case as one transaction of its organization: opens it, gives the work its context, writes what was told,
 * commits. Nothing outside Postgres is called in it. Refuses `not_found` for a program that is not the organization's.
 */
export function work<T>(app: App, caller: Caller, options: WorkOptions, act: (ctx: Ctx) => Promise<T>): Promise<T> {
  return transaction(app.db, { org_id: caller.org_id, readonly: options.readonly ?? false }, async tx => {
    const ctx = await contextOf(app, caller, options, tx)
    const done = await act(ctx)
    if (ctx.told.length > 0) await events.insert(ctx)
    return done
  })
}

async function contextOf(app: App, caller: Caller, options: WorkOptions, tx: Tx): Promise<Ctx> {
  const told: Told[] = []
  const scope = await organizations.scopeOf(tx, caller.org_id, options.program_id ?? null)
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
