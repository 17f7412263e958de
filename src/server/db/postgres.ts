/**
 * A pool of pg clients that pipeline and name their statements.
 *
 * Pipelining sends a statement without waiting for the answer of the one before. A named statement is parsed once for a
 * connection: by-id reads were 1.6 times as fast (stack.md section 3).
 */
import pg from 'pg'
import { types } from './types.ts'

const NAMED_STATEMENTS = 500
const names = new Map<string, string>()
const seenOnce = new Set<string>()

/**
 * The statement's name, the same on every connection; undefined for what is not worth parsing ahead.
 *
 * That is the first time a text comes, so that one-off texts (lists of varying length) do not use up the 500 names, and
 * inserts of several rows.
 */
function nameOf(text: string): string | undefined {
  const known = names.get(text)
  if (known || names.size >= NAMED_STATEMENTS || text.includes('values (')) return known
  if (!seenOnce.has(text)) {
    if (seenOnce.size >= 4 * NAMED_STATEMENTS) seenOnce.clear()
    seenOnce.add(text)
    return undefined
  }
  seenOnce.delete(text)
  const name = `q${names.size}`
  names.set(text, name)
  return name
}

const { prepareValue } = (pg as unknown as { utils: { prepareValue(value: unknown): unknown } }).utils

/** Postgres answers `commit` of a failed transaction with success and the tag ROLLBACK; here that is an error. */
function committed(result: pg.QueryResult): pg.QueryResult {
  if (result.command === 'COMMIT') return result
  throw Object.assign(new Error('the transaction had failed before its commit and was rolled back'), { code: '25P02' })
}

// pg's overloads cannot be overridden one by one
const Client = pg.Client as unknown as new (
  config?: unknown,
) => {
  query(text: unknown, values?: unknown, done?: unknown): Promise<pg.QueryResult>
}

class CheckedClient extends Client {
  override query(text: unknown, values?: unknown, done?: unknown): Promise<pg.QueryResult> {
    return text === 'commit' && !done ? super.query(text).then(committed) : super.query(text, values, done)
  }
}

class NamedClient extends CheckedClient {
  override query(text: unknown, values?: unknown, done?: unknown): Promise<pg.QueryResult> {
    if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0) return super.query(text, values, done)
    // pg closes a statement whose values it cannot write and still counts it as parsed, so write them before it does
    return super.query({ name: nameOf(text), text, values: values.map(value => prepareValue(value)) }, done)
  }
}

export type PoolConfig = pg.PoolConfig & { named_statements?: boolean }

/** Makes a pool whose broken connections are replaced instead of ending the process. */
export function openPool({ named_statements = true, ...config }: PoolConfig): pg.Pool {
  const Client = (named_statements ? NamedClient : CheckedClient) as unknown as NonNullable<pg.PoolConfig['Client']>
  const pool = new pg.Pool({ types, pipeline: true, Client, ...config } as pg.PoolConfig)
  // The error reaches whoever waits for a query; without listeners pg would throw it a second time, at nobody
  pool.on('error', () => {})
  pool.on('connect', client => void client.on('error', () => {}))
  return pool
}

const SESSION = [
  'TimeZone=UTC',
  'DateStyle=ISO',
  'statement_timeout=60s',
  'lock_timeout=5s',
  'idle_in_transaction_session_timeout=30s',
]

/**
 * Makes the pool for a server.
 *
 * Behind a pooler that shares connections between transactions, pass `pooler: true`: no named statements and no session
 * settings are sent then; set the time-outs on the role instead.
 */
export function openPostgres(config: {
  database_url: string
  pool_size?: number
  pooler?: boolean
  connection_timeout_ms?: number
}): pg.Pool {
  return openPool({
    connectionString: config.database_url,
    named_statements: !config.pooler,
    options: config.pooler ? undefined : SESSION.map(setting => `-c ${setting}`).join(' '),
    application_name: 'quittance',
    max: config.pool_size ?? 10,
    keepAlive: true,
    connectionTimeoutMillis: config.connection_timeout_ms ?? 10_000,
    idleTimeoutMillis: 60_000,
  })
}
