/** Brings the schema up to date: numbered files of plain SQL, forward only, each run once. */
import fs from 'node:fs'
import path from 'node:path'
import { CompiledQuery, type Kysely, type Migration, type MigrationProvider, Migrator, sql } from 'kysely'
import type { Db } from './database.ts'

/** The folder next to the nearest package.json: the same from `src/` and from `dist/`. */
export function migrationsFolder(from = import.meta.dirname): string {
  let dir = from
  while (!fs.existsSync(path.join(dir, 'package.json'))) {
    const parent = path.dirname(dir)
    if (parent === dir) throw new Error(`no package.json above ${from}`)
    dir = parent
  }
  return path.join(dir, 'migrations')
}

const migration = (file: string): Migration => ({
  up: async db => void (await db.executeQuery(CompiledQuery.raw(fs.readFileSync(file, 'utf8')))),
})

const provider = (folder: string): MigrationProvider => ({
  getMigrations: async () => {
    const files = fs.readdirSync(folder).filter(name => name.endsWith('.sql'))
    return Object.fromEntries(files.sort().map(name => [path.basename(name, '.sql'), migration(path.join(folder, name))]))
  },
})

// biome-ignore lint/suspicious/noExplicitAny: kysely's Migrator wants the schema to be any
const migrator = (db: Kysely<any>, folder: string) => new Migrator({ db, provider: provider(folder) })

/**
 * Runs what has not run yet, all in one transaction, and returns the names; two processes at once take turns.
 *
 * Each file is sent as it stands, as owner. A failure undoes the whole run and is thrown.
 */
export async function migrateToLatest<T>(db: Db<T>, folder = migrationsFolder()): Promise<string[]> {
  return db.kysely.connection().execute(async connection => {
    // another process may be migrating for longer than a statement may take
    await sql`set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0`.execute(connection)
    try {
      const { error, results = [] } = await migrator(connection, folder).migrateToLatest()
      if (error) throw error
      return results.map(result => result.migrationName)
    } finally {
      await sql`reset statement_timeout; reset lock_timeout; reset idle_in_transaction_session_timeout`
        .execute(connection)
        .catch(() => {})
    }
  })
}

/** The migrations that this release has and the database has not. */
export async function pendingMigrations<T>(db: Db<T>, folder = migrationsFolder()): Promise<string[]> {
  const migrations = await migrator(db.kysely, folder).getMigrations()
  return migrations.filter(({ executedAt }) => !executedAt).map(({ name }) => name)
}
