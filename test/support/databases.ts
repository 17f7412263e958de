/** Fresh migrated databases for tests: a copy of one template, by folder or by `create database … template`. */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { openDatabase } from '../../src/server/db/database.ts'
import { migrateToLatest, migrationsFolder } from '../../src/server/db/migrate.ts'
import { testPostgres } from './postgres.ts'

export type FreshDatabase = { kind: 'embedded' | 'postgres'; database_url?: string; data_dir: string; remove(): Promise<void> }

const CACHE = path.join(path.dirname(migrationsFolder()), '.cache')

/** Which database the tests run on: `TEST_DATABASE`, else the embedded one. */
export const testDatabaseKind = (): 'embedded' | 'postgres' =>
  process.env.TEST_DATABASE === 'postgres' ? 'postgres' : 'embedded'

/** Makes a database that nobody else uses; `migrated: false` leaves it without a schema. */
export function freshDatabase({ kind = testDatabaseKind(), migrated = true } = {}): Promise<FreshDatabase> {
  return kind === 'postgres' ? freshPostgres(migrated) : freshFolder(migrated)
}

/** Names the state of the schema, so that a changed migration makes a new template. */
function schemaHash(): string {
  const folder = migrationsFolder()
  const hash = createHash('sha256')
  for (const name of fs.readdirSync(folder).sort()) hash.update(name).update(fs.readFileSync(path.join(folder, name)))
  return hash.digest('hex').slice(0, 12)
}

async function freshFolder(migrated: boolean): Promise<FreshDatabase> {
  const data_dir = fs.mkdtempSync(path.join(os.tmpdir(), 'quittance-test-'))
  if (migrated) fs.cpSync(path.join(await templateFolder(), 'postgres'), path.join(data_dir, 'postgres'), { recursive: true })
  return { kind: 'embedded', data_dir, remove: async () => fs.rmSync(data_dir, { recursive: true, force: true }) }
}

/** Test files may make it at the same time; the first one's stays. */
async function templateFolder(): Promise<string> {
  const folder = path.join(CACHE, `test-template-${schemaHash()}`)
  if (fs.existsSync(folder)) return folder
  const draft = `${folder}.${process.pid}`
  fs.rmSync(draft, { recursive: true, force: true })
  const db = await openDatabase({ data_dir: draft })
  await migrateToLatest(db)
  await db.close()
  try {
    fs.renameSync(draft, folder)
  } catch (error) {
    if (!fs.existsSync(folder)) throw error
    fs.rmSync(draft, { recursive: true, force: true })
  }
  return folder
}

let made = 0

async function freshPostgres(migrated: boolean): Promise<FreshDatabase> {
  const server = await testPostgres()
  if (!server) throw new Error('there is no Postgres server for the tests')
  const template = migrated ? await templateDatabase(server.url) : 'template0'
  const name = `q_${process.pid}_${++made}_${Math.random().toString(36).slice(2, 8)}`
  await onServer(server.url, client => client.query(`create database ${name} template ${template}`))
  const data_dir = fs.mkdtempSync(path.join(os.tmpdir(), 'quittance-test-'))
  const remove = async () => {
    fs.rmSync(data_dir, { recursive: true, force: true })
    await onServer(server.url, client => client.query(`drop database if exists ${name} with (force)`))
  }
  return { kind: 'postgres', database_url: addressOf(server.url, name), data_dir, remove }
}

function templateDatabase(url: string): Promise<string> {
  const name = `quittance_template_${schemaHash()}`
  return onServer(url, async client => {
    await client.query(`select pg_advisory_lock(hashtext('quittance_template'))`)
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [name])
    if (rows.length > 0) return name
    const draft = `${name}_draft`
    await client.query(`drop database if exists ${draft}`)
    await client.query(`create database ${draft} template template0`)
    const db = await openDatabase({ database_url: addressOf(url, draft), data_dir: CACHE })
    await migrateToLatest(db)
    await db.close()
    await client.query(`alter database ${draft} rename to ${name}`)
    return name
  })
}

function addressOf(url: string, database: string): string {
  const address = new URL(url)
  address.pathname = `/${database}`
  return address.toString()
}

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
