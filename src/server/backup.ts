/**
 * Backup and restore: the whole database as one compressed file of lines, the same from the embedded database and a server.
 *
 * First line: release, migrations and rows a table. Then for each table its name and columns, and each row as Postgres
 * writes a record. Last line: the SHA-256 of all before it. A backup is one snapshot; a restore is one transaction.
 */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type { Kysely } from 'kysely'
import { refuse } from '../core/refusal.ts'
import type { App } from './app.ts'
import * as sql from './backup.sql.ts'
import type { Db } from './db/database.ts'
import { migrateToLatest, migrationsFolder, pendingMigrations } from './db/migrate.ts'
import type { Tables } from './db/tables.ts'
import { organizationIds } from './organizations/programs.sql.ts'

const FORMAT = 1
const BATCH = 1000

type Header = { quittance_backup: number; release: string; migrations: string[]; made_at: string; rows: Record<string, number> }
type Progress = (done: { rows: number; of: number }) => void
export type BackedUp = { file: string; tables: number; rows: number; bytes: number }

const release = (): string =>
  JSON.parse(fs.readFileSync(path.join(path.dirname(migrationsFolder()), 'package.json'), 'utf8')).version
const total = (rows: Record<string, number>): number => Object.values(rows).reduce((sum, n) => sum + n, 0)
const ours = (): string[] =>
  fs
    .readdirSync(migrationsFolder())
    .filter(name => name.endsWith('.sql'))
    .map(name => path.basename(name, '.sql'))
    .sort()

/** Writes the file under another name and renames it when it is whole and on disk. It holds everything: keep it safe. */
export async function backup(app: App, file: string, onProgress: Progress = () => {}): Promise<BackedUp> {
  const draft = `${file}.${process.pid}.part`
  try {
    const header = await app.db.kysely.connection().execute(async connection => {
      await sql.beginSnapshot(connection)
      try {
        return await write(app, connection, draft, onProgress)
      } finally {
        await sql.rollback(connection)
      }
    })
    fs.renameSync(draft, file)
    return { file, tables: Object.keys(header.rows).length, rows: total(header.rows), bytes: fs.statSync(file).size }
  } finally {
    fs.rmSync(draft, { force: true })
  }
}

async function write(app: App, connection: Kysely<Tables>, draft: string, onProgress: Progress): Promise<Header> {
  const tables = await sql.tables(connection)
  const scopes = (await sql.seesAll(connection)) ? [null] : await organizationIds(connection)
  const scopesOf = (table: sql.Table) => (table.has_policy ? scopes : [null])
  const rows: Record<string, number> = {}
  for (const table of tables) {
    rows[table.name] = 0
    for await (const _ of within(connection, scopesOf(table))) rows[table.name]! += await sql.count(connection, table)
  }
  const pending = new Set(await pendingMigrations(asDb(app, connection)))
  const migrations = ours().filter(name => !pending.has(name))
  const header: Header = { quittance_backup: FORMAT, release: release(), migrations, made_at: app.clock.now(), rows }
  const file = await fs.promises.open(draft, 'wx', 0o600)
  await pipeline(
    Readable.from(lines(connection, header, tables, scopesOf, onProgress)),
    createGzip(),
    file.createWriteStream({ flush: true }),
  )
  return header
}

/** The snapshot holds the embedded database's only connection, so questions must go through it. */
const asDb = (app: App, connection: Kysely<Tables>): Db<Tables> => ({ ...app.db, kysely: connection })

/** Takes on each organization in turn; `null` is the role as it is. */
async function* within(connection: Kysely<Tables>, scopes: (string | null)[]): AsyncGenerator<void> {
  for (const org_id of scopes) {
    if (org_id !== null) await sql.actFor(connection, org_id)
    yield
  }
}

type ScopesOf = (table: sql.Table) => (string | null)[]

async function* lines(connection: Kysely<Tables>, header: Header, tables: sql.Table[], scopesOf: ScopesOf, onProgress: Progress) {
  const hash = createHash('sha256')
  const hashed = (text: string) => {
    hash.update(text)
    return text
  }
  const of = total(header.rows)
  let rows = 0
  yield hashed(`${JSON.stringify(header)}\n`)
  for (const table of tables) {
    yield hashed(`${JSON.stringify({ table: table.name, columns: table.columns })}\n`)
    for await (const _ of within(connection, scopesOf(table))) {
      for await (const batch of sql.rowsOf(connection, table)) {
        rows += batch.length
        yield hashed(batch.map(line => `${JSON.stringify(line)}\n`).join(''))
        onProgress({ rows, of })
      }
    }
  }
  yield `${JSON.stringify({ sha256: hash.digest('hex'), rows })}\n`
}

/**
 * Fills an empty database with a backup, all or nothing, and brings it up to this release.
 *
 * Refuses `invalid_body` for a file that is damaged or of a later release, `invalid_transition` for a database with rows.
 */
export async function restore(
  app: App,
  file: string,
  onProgress: Progress = () => {},
): Promise<{ tables: number; rows: number }> {
  const header = await verified(file)
  await migrateTo(app, header.migrations)
  await app.db.kysely.connection().execute(async connection => {
    await sql.begin(connection)
    try {
      await fill(connection, file, header, onProgress)
      await sql.commit(connection)
    } catch (error) {
      await sql.rollback(connection)
      throw error
    }
    await sql.analyze(connection)
  })
  await migrateToLatest(app.db)
  return { tables: Object.keys(header.rows).length, rows: total(header.rows) }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const source = fs.createReadStream(file)
  const unzipped = createGunzip()
  source.on('error', error => unzipped.destroy(error))
  yield* createInterface({ input: source.pipe(unzipped), crlfDelay: Number.POSITIVE_INFINITY })
}

/** Reads the whole file once before anything is touched. */
async function verified(file: string): Promise<Header> {
  if (!fs.existsSync(file)) refuse('not_found', `There is no file ${file}.`)
  const hash = createHash('sha256')
  let first: string | undefined
  let last: string | undefined
  try {
    for await (const line of linesOf(file)) {
      if (last !== undefined) hash.update(`${last}\n`)
      first ??= line
      last = line
    }
  } catch (error) {
    refuse('invalid_body', `${file} is damaged or no backup of Quittance: ${(error as Error).message}.`)
  }
  const header = parsed(first) as Header | null
  if (header?.quittance_backup !== FORMAT) refuse('invalid_body', `${file} is no backup that this release can read.`)
  if ((parsed(last) as { sha256?: string } | null)?.sha256 !== hash.digest('hex'))
    refuse('invalid_body', `${file} is damaged: its checksum does not match.`)
  return header
}

function parsed(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? 'null')
  } catch {
    return null // the caller refuses the file
  }
}

/** An empty database gets the schema of the backup's own time, so that later migrations carry its rows along. */
async function migrateTo(app: App, wanted: string[]): Promise<void> {
  const known = ours()
  const unknown = wanted.filter(name => !known.includes(name))
  if (unknown.length > 0) refuse('invalid_body', `The backup is of a later release (${unknown[0]}); restore it with that one.`)
  const pending = await pendingMigrations(app.db)
  const applied = known.filter(name => !pending.includes(name))
  if (applied.length > wanted.length) {
    refuse('invalid_transition', 'The database has a later schema than the backup; restore into one that nothing has opened yet.')
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quittance-migrations-'))
  try {
    for (const name of wanted) fs.copyFileSync(path.join(migrationsFolder(), `${name}.sql`), path.join(folder, `${name}.sql`))
    await migrateToLatest(app.db, folder)
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

async function fill(connection: Kysely<Tables>, file: string, header: Header, onProgress: Progress): Promise<void> {
  const tables = await sql.tables(connection)
  for (const table of tables) await sql.open(connection, table)
  for (const table of tables) {
    if ((await sql.count(connection, table)) > 0)
      refuse('invalid_transition', `The database is not empty (${table.name} has rows); restore into an empty one.`)
  }
  await load(connection, file, tables, total(header.rows), onProgress)
  for (const table of tables) {
    const found = await sql.count(connection, table)
    if (found !== (header.rows[table.name] ?? 0))
      throw new Error(`${table.name}: ${header.rows[table.name]} rows in the backup, ${found} restored`)
    await sql.shut(connection, table)
  }
}

async function load(
  connection: Kysely<Tables>,
  file: string,
  tables: sql.Table[],
  of: number,
  onProgress: Progress,
): Promise<void> {
  let table: sql.Table | undefined
  let batch: string[] = []
  let rows = 0
  const flush = async () => {
    if (table && batch.length > 0) await sql.insert(connection, table, batch)
    rows += batch.length
    batch = []
    onProgress({ rows, of })
  }
  for await (const line of linesOf(file)) {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'string') batch.push(value)
    else {
      await flush()
      if (value && typeof value === 'object' && 'table' in value)
        table = sameTable(tables, value as { table: string; columns: string[] })
    }
    if (batch.length >= BATCH) await flush()
  }
}

function sameTable(tables: sql.Table[], { table, columns }: { table: string; columns: string[] }): sql.Table {
  const found = tables.find(({ name }) => name === table)
  if (!found || found.columns.join() !== columns.join()) throw new Error(`the table ${table} of the backup is not as it is here`)
  return found
}
