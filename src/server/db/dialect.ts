/** kysely over the pool, and over one connection of it. */

import {
  type CompiledQuery,
  type DatabaseConnection,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresIntrospector,
  PostgresQueryCompiler,
  Transaction,
} from 'kysely'
import type pg from 'pg'

export const kyselyOver = <Tables>(pool: pg.Pool): Kysely<Tables> =>
  new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })

const dialect = {
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
}

/**
 * kysely bound to one connection, for as long as it is lent.
 *
 * kysely's own binding lets one statement run at a time; this one sends each at once, so that they share round trips.
 * After `end` every statement is refused: a straggler would run outside the transaction and without its tenant.
 */
export function kyselyOn<Tables>(db: Kysely<Tables>, connection: DatabaseConnection): { tx: Transaction<Tables>; end(): void } {
  let over = false
  const lent: DatabaseConnection = {
    executeQuery: <R>(query: CompiledQuery) => {
      if (over) return Promise.reject(new Error('this transaction is over'))
      return connection.executeQuery<R>(query)
    },
    streamQuery: () => {
      throw new Error('read pages by key instead of a cursor')
    },
  }
  const executor = db.getExecutor().withConnectionProvider({ provideConnection: work => work(lent) })
  const tx = new Transaction<Tables>({ config: { dialect }, dialect, driver: dialect.createDriver(), executor })
  return {
    tx,
    end: () => {
      over = true
    },
  }
}
