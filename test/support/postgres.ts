/**
 * The real Postgres of the tests: `TEST_DATABASE_URL` when given, else a throw-away server of our own.
 *
 * As a `globalSetup` it starts that server once a run and leaves its address in `TEST_DATABASE_URL` for the test files.
 */
import type { TestProject } from 'vitest/node'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../../scripts/postgres.mjs'

export { type PostgresServer, startPostgres, whyNoPostgres }

export interface TestPostgres {
  url: string
  source: string
}

type Started = TestPostgres & { stop?: () => Promise<void> }

const KEY = Symbol.for('quittance.test-postgres')
const memory = globalThis as { [KEY]?: Promise<Started | null> }

/** The server that tests share, started at the first call; null when this machine has none (`whyNoPostgres()` says why). */
export function testPostgres(): Promise<TestPostgres | null> {
  memory[KEY] ??= find()
  return memory[KEY]
}

async function find(): Promise<Started | null> {
  const given = process.env.TEST_DATABASE_URL
  return given ? { url: given, source: 'TEST_DATABASE_URL' } : await startPostgres()
}

/** Vitest calls this once for each project; they share one server, and the project `postgres` insists on it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const found = await testPostgres()
  if (!found && project.name === 'postgres') throw new Error(`The project "postgres" needs a real server: ${whyNoPostgres()}`)
  if (found) process.env.TEST_DATABASE_URL = found.url
  return async () => (await memory[KEY])?.stop?.()
}
