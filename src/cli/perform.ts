/** Runs an operation where the database is: in this process, or in the server that has the embedded database open. */
import http from 'node:http'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { makeApp } from '../server/app.ts'
import { type Config, readConfig } from '../server/config.ts'
import { openDatabase } from '../server/db/database.ts'
import { lockFile } from '../server/db/embedded.ts'
import { migrateToLatest } from '../server/db/migrate.ts'
import { DatabaseInUse, type Owner, ownerOf } from '../server/db/owner.ts'
import type { Tables } from '../server/db/tables.ts'
import { type Input, type OperationName, operate } from '../server/operations.ts'

export type OnProgress = (progress: Record<string, unknown>) => void

const PATIENCE_MS = 60_000
const PAUSE_MS = 200
/** These find or make the schema themselves. */
const BEFORE_MIGRATING: OperationName[] = ['restore', 'migrate']

export async function perform<N extends OperationName>(
  name: N,
  input: Input<N>,
  onProgress: OnProgress = () => {},
): Promise<unknown> {
  const config = readConfig(process.env)
  if (config.database_url !== undefined) return here(config, name, input, onProgress)
  for (let waited = 0; ; waited += PAUSE_MS) {
    const owner = ownerOf(lockFile(config.data_dir))
    if (owner?.address && owner.token) return there(owner, name, input, onProgress)
    try {
      if (!owner) return await here(config, name, input, onProgress)
    } catch (error) {
      if (!(error instanceof DatabaseInUse)) throw error
    }
    if (waited > PATIENCE_MS)
      throw new Error(`The database is open in process ${owner?.pid ?? 'of another command'}; try again when it has ended.`)
    await wait(PAUSE_MS)
  }
}

async function here(config: Config, name: OperationName, input: unknown, onProgress: OnProgress): Promise<unknown> {
  const db = await openDatabase<Tables>({ ...config, pool_size: config.database_pool })
  try {
    if (!BEFORE_MIGRATING.includes(name)) await migrateToLatest(db)
    return await operate(makeApp(db, config), name, input, onProgress as (progress: unknown) => void)
  } finally {
    await db.close()
  }
}

type Line = { progress?: Record<string, unknown>; result?: unknown; error?: { code: string; message: string } }

/** Plain `http`, since `fetch` gives up on an answer that is silent for five minutes. */
async function there({ address, token }: Owner, name: string, input: unknown, onProgress: OnProgress): Promise<unknown> {
  const answer = await post(new URL(`/internal/operations/${name}`, address), token as string, JSON.stringify(input ?? {}))
  for await (const text of createInterface({ input: answer })) {
    const line = JSON.parse(text) as Line
    if (line.progress) onProgress(line.progress)
    else if (line.error) throw new Error(line.error.message)
    else if ('result' in line) return line.result
  }
  throw new Error('The server stopped before the work was done; look at what it did and try again.')
}

function post(url: URL, token: string, body: string): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const request = http.request(url, { method: 'POST', headers, agent: false }, resolve)
    request.on('error', error => reject(new Error(`The server at ${url.origin} cannot be reached: ${error.message}.`)))
    request.end(body)
  })
}
