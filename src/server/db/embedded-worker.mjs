// @ts-check
/**
 * The thread that PGlite (Postgres as WebAssembly) runs in: bytes of Postgres's protocol in, bytes out.
 *
 * Plain JavaScript, since Node 20 cannot load TypeScript into a thread; `tsc` copies it to `dist`. Two tasks: `create` makes
 * a data directory and ends, which gives back the memory that creating takes; `open` serves one until it is told to close.
 */
import fs from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'

/** @type {{ task: 'create' | 'open', dir: string, syncs: Int32Array }} */
const { task, dir, syncs } = workerData
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort)

const REPLY_BYTES = 256 * 1024
const STARTUP = 0
const text = new TextEncoder()

/** The simple-query message of the protocol. @param {string} sql */
function queryMessage(sql) {
  const body = text.encode(sql)
  const message = new Uint8Array(body.length + 6)
  message[0] = 0x51
  new DataView(message.buffer).setUint32(1, body.length + 5)
  message.set(body, 5)
  return message
}

/** Waits for the disk; counts, since a test compares the count with the commits. @param {number} fd @param {(fd: number) => void} sync */
function syncOrDie(fd, sync) {
  try {
    sync(fd)
    Atomics.add(syncs, 0, 1)
  } catch (error) {
    // what reached the disk is unknown from here on: stop before anything is acknowledged, and recover at the next start
    process.stderr.write(`embedded database: ${error}\n`)
    process.exit(70)
  }
}

/** PGlite's file system answers fsync with success and does nothing; this does it. @param {any} stream @param {any} nodefs */
function fsync(stream, nodefs) {
  if (stream.nfd !== undefined && stream.nfd !== null) syncOrDie(stream.nfd, fs.fdatasyncSync)
  else {
    const fd = fs.openSync(nodefs.realPath(stream.node), 'r')
    syncOrDie(fd, fs.fsyncSync)
    fs.closeSync(fd)
  }
  return 0
}

const durable = {
  name: 'durable',
  /** @param {any} _pg @param {any} options */
  setup: async (_pg, options) => ({
    emscriptenOpts: {
      ...options,
      onAbort: () => process.exit(70),
      preRun: [
        ...(options.preRun ?? []),
        (/** @type {any} */ mod) => {
          const nodefs = mod.NODEFS ?? mod.FS.filesystems.NODEFS
          nodefs.stream_ops.fsync = (/** @type {any} */ stream) => fsync(stream, nodefs)
        },
      ],
    },
  }),
}

const options = {
  startParams: [
    ...PGlite.defaultStartParams.filter(param => param !== '-F'),
    ...['wal_sync_method=fsync', 'shared_buffers=16MB', 'TimeZone=UTC', 'DateStyle=ISO'].flatMap(setting => ['-c', setting]),
  ],
  extensions: { durable },
}

/** @param {PGlite} db @param {Uint8Array} request @param {(reply: Uint8Array) => void} reply */
function run(db, request, reply) {
  /** @type {Uint8Array[]} */
  let parts = []
  let size = 0
  const flush = () => {
    const all = new Uint8Array(size)
    let at = 0
    for (const part of parts) {
      all.set(part, at)
      at += part.length
    }
    parts = []
    size = 0
    reply(all)
  }
  // runs to its end before it returns: only the promise is late
  void db.execProtocolRawStream(request, {
    syncToFs: false,
    onRawData: bytes => {
      parts.push(bytes.slice())
      size += bytes.length
      if (size >= REPLY_BYTES) flush()
    },
  })
  if (size > 0) flush()
}

async function open() {
  const db = await PGlite.create(dir, options)
  port.on('message', async ({ session, bytes }) => {
    if (!bytes) {
      await db.close()
      port.close()
      return
    }
    // a client that was cut off leaves its transaction and its statements behind
    if (bytes[0] === STARTUP) for (const sql of ['rollback', 'discard all']) run(db, queryMessage(sql), () => {})
    run(db, bytes, reply => port.postMessage({ session, bytes: reply }, [/** @type {ArrayBuffer} */ (reply.buffer)]))
  })
}

async function create() {
  const db = await PGlite.create(dir, options)
  await db.close()
}

await (task === 'create' ? create() : open())
port.postMessage('ready')
