/**
 * Postgres inside this process, on a directory: PGlite in a worker thread, with what it lacks for money.
 *
 * Added here: commits wait for the disk, one process owns the directory, a half-made directory is never opened, and
 * checkpoints and vacuum are run (`upkeep`). Reasons and measurements: stack.md section 2.
 */
import fs from 'node:fs'
import path from 'node:path'
import { Duplex } from 'node:stream'
import { Worker } from 'node:worker_threads'
import type pg from 'pg'
import { takeOwnership } from './owner.ts'
import { openPool } from './postgres.ts'

const MAJOR = '18'
const LOGIN = { user: 'postgres', database: 'postgres', password: '', ssl: false }
const WORKER = new URL('./embedded-worker.mjs', import.meta.url)

export const databaseDir = (data_dir: string) => path.join(path.resolve(data_dir), 'postgres')
export const lockFile = (data_dir: string) => path.join(path.resolve(data_dir), 'postgres.lock')

export type EmbeddedConfig = { data_dir: string; connection_timeout_ms?: number }

export type Embedded = { pool: pg.Pool; publish(address: string, token: string): void; syncs(): number; close(): Promise<void> }

/** The directory belongs to another major version of Postgres, which this release cannot read. */
export class WrongDatabaseVersion extends Error {
  readonly code = 'wrong_database_version'
}

/** Takes the owner lock, makes the database when there is none, and opens it. Throws `DatabaseInUse` or `WrongDatabaseVersion`. */
export async function openEmbedded({ data_dir, connection_timeout_ms = 30_000 }: EmbeddedConfig): Promise<Embedded> {
  const dir = databaseDir(data_dir)
  fs.mkdirSync(path.dirname(dir), { recursive: true, mode: 0o700 })
  let running: Worker | undefined
  const lock = takeOwnership(lockFile(data_dir), () => void running?.terminate())
  try {
    checkVersion(dir)
    if (!fs.existsSync(dir)) await create(dir)
    const { worker, syncs } = await start('open', dir)
    running = worker
    const pool = openPool({
      ...LOGIN,
      stream: streams(worker),
      max: 1,
      min: 1,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: connection_timeout_ms,
    })
    const close = async () => {
      await pool.end()
      await stop(worker)
      lock.release()
    }
    return { pool, publish: lock.publish, syncs: () => Atomics.load(syncs, 0), close }
  } catch (error) {
    lock.release()
    throw error
  }
}

function checkVersion(dir: string): void {
  if (!fs.existsSync(dir)) return
  const file = path.join(dir, 'PG_VERSION')
  const found = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : 'an unknown version'
  if (found === MAJOR) return
  throw new WrongDatabaseVersion(
    `${dir} was made by PostgreSQL ${found}, and this release reads ${MAJOR}. Back it up with the release that made it (quittance backup), then restore here.`,
  )
}

/** Makes the directory under another name, and renames it when it is complete and on disk. */
async function create(dir: string): Promise<void> {
  const draft = `${dir}.new`
  fs.rmSync(draft, { recursive: true, force: true })
  const { worker } = await start('create', draft)
  await stop(worker)
  syncTree(draft)
  fs.renameSync(draft, dir)
  syncDir(path.dirname(dir))
}

/** Postgres syncs what it writes; initdb's files came through a file system that did not. */
function syncTree(dir: string): void {
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    const name = path.join(dir, entry.name)
    if (entry.isDirectory()) syncTree(name)
    else if (entry.isFile()) syncDir(name)
  }
  syncDir(dir)
}

function syncDir(name: string): void {
  const fd = fs.openSync(name, 'r')
  fs.fsyncSync(fd)
  fs.closeSync(fd)
}

async function start(task: 'create' | 'open', dir: string): Promise<{ worker: Worker; syncs: Int32Array }> {
  const syncs = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(WORKER, { workerData: { task, dir, syncs }, execArgv: [] })
  const failed = (code: number) =>
    new Error(`the embedded database stopped (${code}) while it ${task === 'create' ? 'was made' : 'opened'}`)
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve())
    worker.once('exit', code => reject(failed(code)))
    worker.on('error', error => {
      process.stderr.write(`embedded database: ${error.stack}\n`)
      reject(error)
    })
  })
  return { worker, syncs }
}

async function stop(worker: Worker): Promise<void> {
  const gone = new Promise(resolve => worker.once('exit', resolve))
  worker.postMessage({})
  if (worker.threadId !== -1) await gone
}

/** Makes a stream for each connection that pg opens; replies to one that was dropped go nowhere. */
function streams(worker: Worker): () => Duplex {
  let session = 0
  let current: Duplex | undefined
  worker.on('message', (reply: { session: number; bytes: Uint8Array }) => {
    if (reply.session === session) current?.push(Buffer.from(reply.bytes.buffer))
  })
  worker.once('exit', () => {
    current?.destroy(Object.assign(new Error('the embedded database has stopped'), { code: '57P02' }))
  })
  return () => {
    current = wire(worker, ++session)
    return current
  }
}

/** What pg takes for a socket. Each write is one or more whole messages of the protocol. */
function wire(worker: Worker, session: number): Duplex {
  const send = (chunk: Uint8Array) => {
    // a Buffer is a window on a larger one, all of which would be posted
    const bytes = new Uint8Array(chunk)
    worker.postMessage({ session, bytes }, [bytes.buffer])
  }
  const stream = new Duplex({
    read: () => {},
    write: (chunk, _encoding, done) => {
      send(chunk)
      done()
    },
    writev: (chunks, done) => {
      send(Buffer.concat(chunks.map(({ chunk }) => chunk)))
      done()
    },
    final: done => {
      stream.push(null)
      done()
    },
  })
  const nothing = () => stream
  const connect = () => {
    if (worker.threadId === -1) stream.destroy(Object.assign(new Error('the embedded database has stopped'), { code: '57P02' }))
    else process.nextTick(() => stream.emit('connect'))
  }
  return Object.assign(stream, { connect, setNoDelay: nothing, setKeepAlive: nothing, ref: nothing, unref: nothing })
}
