/**
 * The database, embedded or a server: the same rows, errors and statements from both.
 *
 * Both are spoken to by pg. The embedded one has a stream into a worker thread where pg has a socket, and one connection
 * instead of a pool. Whoever holds that connection must not ask `kysely` for a second one: inside a transaction use its `tx`.
 */
import type { Readable } from 'node:stream'
import type { Kysely } from 'kysely'
import type pg from 'pg'
import { copyOut } from './copy.ts'
import { kyselyOver } from './dialect.ts'
import { openEmbedded } from './embedded.ts'
import { openPostgres } from './postgres.ts'
import type { Tables } from './tables.ts'
import type { Scope } from './transaction.ts'

export type Db<T = Tables> = {
  kind: 'embedded' | 'postgres'
  /** As owner, which row-level security does not bind; use `transaction` for a tenant's rows. */
  kysely: Kysely<T>
  /** Runs one or more statements as owner, in one round trip and, unless they say otherwise, in one transaction. */
  script(sql: string): Promise<void>
  /** Streams what a `select` finds as CSV, within the scope's row-level security. The text holds its values; it is never input. */
  copyOut(scope: Scope & { header?: boolean }, select: string): Promise<Readable>
  /** Tells other processes where the owner of the embedded database listens; nothing to tell with a server. */
  publish(address: string, token: string): void
  /** How often the embedded database has waited for the disk. */
  syncs(): number
  close(): Promise<void>
}

export type DatabaseConfig = {
  /** A Postgres or Citus server; without it the embedded database in `data_dir`. */
  database_url?: string
  data_dir: string
  pool_size?: number
  /** Set behind a pooler that shares connections between transactions. */
  pooler?: boolean
  /** How long to wait for a free connection: 10 s with a server, 30 s embedded. */
  connection_timeout_ms?: number
}

/** Opens the database that the settings name; an embedded one is made when there is none. */
export async function openDatabase<T = Tables>(config: DatabaseConfig): Promise<Db<T>> {
  const { database_url } = config
  if (database_url) {
    const pool = openPostgres({ ...config, database_url })
    return over<T>(pool, { kind: 'postgres', publish: () => {}, syncs: () => 0, close: () => pool.end() })
  }
  const { pool, ...embedded } = await openEmbedded(config)
  return over<T>(pool, { kind: 'embedded', ...embedded })
}

const over = <T>(pool: pg.Pool, rest: Pick<Db, 'kind' | 'publish' | 'syncs' | 'close'>): Db<T> => ({
  ...rest,
  kysely: kyselyOver<T>(pool),
  script: async sql => void (await pool.query(sql)),
  copyOut: (scope, select) => copyOut(pool, scope, select),
})
