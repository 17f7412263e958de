/**
 * What a use case may know of the world: its transaction, its tenant, who acts, the clock and the ids.
 */
import type { Kysely } from 'kysely'
import type { Instant, TimeZone } from '../core/calendar.ts'
import type { Plan } from '../core/plan.ts'
import type { App } from './app.ts'
import type { Tables } from './db/tables.ts'
import type { Entry } from './organizations/access.sql.ts'
import type { ProgramRow } from './organizations/organizations.sql.ts'
import type { Session } from './organizations/people.ts'

export type Tx = Kysely<Tables>

export type Role = 'admin' | 'member'

/** Who calls: a person with a session, a key, or the command line on this machine. */
export type Caller = {
  kind: 'person' | 'key' | 'command' | 'partner'
  id: string
  /** Goes to `…_by` columns and the audit: `person:ada@example.org`, `key:tga_…1f3c`, `command:import`. */
  actor: string
  email: string | null
  org_id: string
  /** A key of one program reaches only that one. */
  program_id: string | null
  scopes: readonly ('read' | 'write')[]
  role: Role
  /** Known of a key alone, whose requests the plan may count. */
  plan?: Plan
  /** Roles in single programs, for a person who is a plain member of the organization. */
  program_roles: Readonly<Record<string, Role>>
  /** On the portal: whose it is. A person who works here only looks. */
  partner?: Entry & { is_viewing: boolean; session: Session }
}

/** The product itself as a caller: a command, a schedule, a tracking address. It acts as an admin of one organization. */
export const systemCaller = (org_id: string, name: string, actor = `command:${name}`): Caller => ({
  kind: 'command',
  id: name,
  actor,
  email: null,
  org_id,
  program_id: null,
  scopes: ['read', 'write'],
  role: 'admin',
  program_roles: {},
})

export type Change = { program_id?: string | null; before?: unknown; after?: unknown }
export type Told = { verb: string; object_id: string | null; change: Change }

export type Ctx = {
  tx: Tx
  org_id: string
  caller: Caller
  actor: string
  now: Instant
  /** Whether the clock was set (`QUITTANCE_NOW`), which every page shows. */
  is_travelling: boolean
  newId(): string
  request_id: string | null
  /** The program that the path names; asking for it on a path without one is a bug. */
  program: ProgramRow
  time_zone: TimeZone
  /** Tells the record of a change of money or terms; written when the work is done, in the same transaction. */
  tell(verb: string, object_id: string | null, change?: Change): void
  told: Told[]
  /** Does something outside the database once this transaction is committed, and never when it is not. Nobody waits for it. */
  afterCommit(what: string, act: (app: App) => Promise<unknown>): void
  /** Where the product is, as a browser sees it; without a slash at its end. */
  address: string
  readonly: boolean
}

/** Whether a caller may change a program; without one, whether it may change any. */
export function mayWrite(caller: Caller, program_id?: string): boolean {
  if (caller.role === 'admin') return true
  return program_id === undefined
    ? Object.values(caller.program_roles).includes('admin')
    : caller.program_roles[program_id] === 'admin'
}

/** A success that carries more than data: a cursor, totals, another status. */
export type Reply<Data> = { reply: true; data: Data; meta?: Record<string, unknown>; status?: number }

export const reply = <Data>(data: Data, more: { meta?: Record<string, unknown>; status?: number } = {}): Reply<Data> => ({
  reply: true,
  data,
  ...more,
})
