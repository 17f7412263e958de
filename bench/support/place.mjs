/** A real Postgres with durable settings, and the product beside it as a process of its own, with everything on. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres, whyNoPostgres } from '../../scripts/postgres.mjs'
import { ROOT } from '../../scripts/sources.mjs'

const cores = availableParallelism()
const SETTINGS = {
  shared_buffers: '2GB',
  max_wal_size: '8GB',
  maintenance_work_mem: '512MB',
  max_parallel_workers_per_gather: String(cores),
  max_parallel_workers: String(cores),
}

/** Starts a server, refuses one that is not durable, and stops it when the work is done. */
export async function withPostgres({ postgres }, act) {
  const server = await startPostgres({ version: postgres, settings: SETTINGS })
  if (!server) throw new Error(whyNoPostgres())
  try {
    return await act({ ...server, ...(await durable(server.url)) })
  } finally {
    await server.stop()
  }
}

/** A rate without a disk behind it is no figure. */
async function durable(url) {
  return withClient(url, async db => {
    const { rows } = await db.query(
      `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'server_version')`,
    )
    const settings = Object.fromEntries(rows.map(row => [row.name, row.setting]))
    for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      if (settings[name] !== 'on') throw new Error(`${name} is ${settings[name]}: only durable figures count`)
    }
    return { version: settings.server_version.split(' ')[0] }
  })
}

/** A connection as superuser, for loading data and for the denominators. */
export async function withClient(url, act) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await act(client)
  } finally {
    await client.end()
  }
}

export async function makeDatabase(server, name) {
  await withClient(server.url, db => db.query(`create database ${name}`))
  return server.url.replace(/\/postgres$/, `/${name}`)
}

/**
 * Starts the product from dist/ on a database: migrated, with one organization, its program and a key.
 *
 * The one thing off is the rate limit, which would end the run after 60 requests.
 */
export async function startProduct(database_url, { organization = true } = {}) {
  const data_dir = mkdtempSync(join(tmpdir(), 'quittance-bench-'))
  const environment = { ...settings(database_url), DATA_DIR: data_dir }
  const made = organization ? await command(environment, ['org', 'create', '--name', 'Bench', '--json']) : {}
  const flags = process.env.BENCH_NODE_FLAGS?.split(' ') ?? [] // to profile: --cpu-prof --cpu-prof-dir=…
  const child = spawn(process.execPath, [...flags, 'dist/cli/main.js', 'serve', '--json'], {
    cwd: ROOT,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const orphaned = () => child.kill('SIGKILL')
  process.once('exit', orphaned)
  const { address } = JSON.parse(await firstLine(child))
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const product = { ...made, address, pid: child.pid, key: made.api_key, agent }
  return {
    ...product,
    call: (method, path, body, headers) => call(product, method, path, body, headers),
    async stop() {
      agent.destroy()
      process.removeListener('exit', orphaned)
      child.kill('SIGTERM')
      await new Promise(resolve => child.once('exit', resolve))
      rmSync(data_dir, { recursive: true, force: true })
    },
  }
}

const settings = database_url => ({
  ...{ PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: tmpdir() },
  ...{ DATABASE_URL: database_url, PORT: '0', LOG_LEVEL: 'warn', RATE_LIMIT_PER_MINUTE: '0' },
})

async function command(env, args) {
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] })
  return JSON.parse(await firstLine(child))
}

function firstLine(child) {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', data => {
      text += data
      if (text.includes('\n')) resolve(text.split('\n')[0])
    })
    child.once('exit', code => reject(new Error(`the product ended with ${code} before it answered`)))
  })
}

/** One request over a kept connection; anything but a success is an error. */
function call({ address, key, agent }, method, path, body, headers = {}) {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const sent = request(`${address}${path}`, {
      method,
      agent,
      headers: {
        authorization: `Bearer ${key}`,
        ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        ...headers,
      },
    })
    sent.on('error', reject)
    sent.on('response', answer => {
      const parts = []
      answer.on('data', part => parts.push(part))
      answer.on('end', () => {
        const said = Buffer.concat(parts).toString()
        if (answer.statusCode >= 300) return reject(new Error(`${method} ${path}: ${answer.statusCode} ${said.slice(0, 500)}`))
        resolve(JSON.parse(said))
      })
      answer.on('error', reject)
    })
    sent.end(text)
  })
}

/** Most memory that a process has had since it started or since `forgetPeak`, in bytes. */
export const peakMemory = pid => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024
export const forgetPeak = pid => writeFileSync(`/proc/${pid}/clear_refs`, '5')
