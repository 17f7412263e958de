/**
 * What the tests that kill processes share: the built product as processes over a database of its own, and what it answers.
 *
 *   const house = await build('postgres')
 *   const server = await serve(house)
 *   await ask(house, server, 'POST', '/payouts', {})
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect } from 'vitest'
import { type App, makeApp } from '../../src/server/app.ts'
import { readConfig } from '../../src/server/config.ts'
import { openDatabase } from '../../src/server/db/database.ts'
import { migrationsFolder } from '../../src/server/db/migrate.ts'
import type { Tables } from '../../src/server/db/tables.ts'
import { createOrganization } from '../../src/server/organizations/organizations.ts'
import { type FreshDatabase, freshDatabase } from '../support/databases.ts'

const ROOT = path.dirname(migrationsFolder())
const MAIN = path.join(ROOT, 'dist', 'cli', 'main.js')

/** Builds what the processes run; at once when it is built already. */
export function buildProduct(): void {
  const built = spawnSync(process.execPath, [path.join(ROOT, 'scripts', 'build.mjs'), '--no-web', '--if-needed'])
  expect(built.status, String(built.stderr)).toBe(0)
}

export type Kind = 'embedded' | 'postgres'
export type House = {
  database: FreshDatabase
  environment: Record<string, string>
  org_id: string
  brand_id: string
  key: string
}
export type Server = { address: string; child: ChildProcess; end(signal: NodeJS.Signals): Promise<void> }
// biome-ignore lint/suspicious/noExplicitAny: an answer's shape is what the tests look at
export type Json = any

/** An organization in a database of its own, made before any process runs. */
export async function build(kind: Kind): Promise<House> {
  const database = await freshDatabase({ kind })
  const environment = {
    ...{ DATA_DIR: database.data_dir, ...(database.database_url && { DATABASE_URL: database.database_url }) },
    ...{ PORT: '0', LOG_LEVEL: 'error', RATE_LIMIT_PER_MINUTE: '0', QUITTANCE_NOW: '2026-03-10T12:00:00Z' },
  }
  const made = await inside({ environment }, app => createOrganization(app, { name: 'Acme', plan: 'unlimited' }))
  return { database, environment, org_id: made.org_id, brand_id: made.brand_id, key: made.api_key }
}

/** Does something in this process with the database, while no other has it. */
export async function inside<T>({ environment }: Pick<House, 'environment'>, act: (app: App) => Promise<T>): Promise<T> {
  const config = readConfig(environment)
  const db = await openDatabase<Tables>(config)
  try {
    return await act(makeApp(db, config))
  } finally {
    await db.close()
  }
}

/** A command as a process of its own. */
export function run(house: House, args: string[]): ChildProcess {
  const { PATH, HOME, TMPDIR } = process.env
  const env = { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...house.environment }
  return spawn(process.execPath, [MAIN, ...args, '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

export type Ended = { code: number | null; json: Json; err: string }
export function ended(child: ChildProcess): Promise<Ended> {
  let [out, err] = ['', '']
  child.stdout?.on('data', data => (out += data))
  child.stderr?.on('data', data => (err += data))
  return new Promise(resolve => child.once('close', code => resolve({ code, json: code === 0 ? JSON.parse(out) : null, err })))
}

export async function serve(house: House): Promise<Server> {
  const child = run(house, ['serve'])
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()))
  let err = ''
  child.stderr?.on('data', data => (err += data))
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', data => resolve(String(data)))
    child.once('exit', code => reject(new Error(`serve ended with ${code}: ${err}`)))
  })
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return gone
  }
  return { address: JSON.parse(line).address, child, end }
}

export type Answer = { status: number; data: Json; meta: Json }

/** What the program answers under its brand, or null when the server was gone before it came. */
export async function ask(
  house: House,
  server: Server,
  method: string,
  rest: string,
  body?: object,
  key?: string,
): Promise<Answer | null> {
  const headers = {
    authorization: `Bearer ${house.key}`,
    'content-type': 'application/json',
    ...(key && { 'idempotency-key': key }),
  }
  try {
    const answer = await fetch(`${server.address}/api/brands/${house.brand_id}${rest}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    })
    const { data, meta } = (await answer.json()) as Json
    return { status: answer.status, data, meta }
  } catch {
    return null
  }
}
