/** What the scripts need to know about processes: who lives, whose child, and what a dead owner left in a temp folder. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Sends a signal; a process that is gone already is no error. */
export function signal(pid, name) {
  try {
    process.kill(pid, name)
    return true
  } catch {
    return false
  }
}

/** Whether a process runs; one that ended and only waits for its parent to notice does not. */
export function alive(pid) {
  const state = stat(pid)?.state
  if (state) return state !== 'Z' && state !== 'X'
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

export const freeze = pid => signal(pid, 'SIGSTOP')

/** The direct children of a process (Postgres backends are all direct children of the postmaster). */
export function childrenOf(pid) {
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name) && stat(name)?.parent === pid)
      .map(Number)
  }
  const listing = spawnSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).stdout ?? ''
  return listing
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child)
}

/** State, parent and start time of a process from /proc; null where there is none. */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0], parent: Number(fields[1]), started: fields[19] }
  } catch {
    return null
  }
}

/** Names an owner so that a later process can tell whether it still lives: its pid namespace, pid and start time. */
export const ownerTag = () => `${namespace()}-${process.pid}-${stat(process.pid)?.started ?? 0}`

/** Whether the owner that a tag names has ended; an owner in another pid namespace counts as living. */
export function ownerEnded(tag) {
  const [space, pid, started] = tag.split('-')
  if (space !== namespace()) return false
  if (!alive(Number(pid))) return true
  return started !== '0' && stat(pid)?.started !== started
}

function namespace() {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')
  } catch {
    return '0'
  }
}

/** Ends the servers and removes the folders (`<prefix><owner tag>-<random>`) whose owners have ended. */
export function sweep(folder, prefix) {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix) || !ownerEnded(name.slice(prefix.length))) continue
    const home = join(folder, name)
    try {
      const pid = Number.parseInt(readFileSync(join(home, 'data', 'postmaster.pid'), 'utf8'), 10)
      if (runsIn(pid, home)) for (const one of [pid, ...childrenOf(pid)]) signal(one, 'SIGKILL')
    } catch {
      // no server left there
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

function runsIn(pid, home) {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(home)
  } catch {
    return false
  }
}
