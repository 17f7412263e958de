/**
 * Who has the embedded database open: one process at a time, written down in a lock file.
 *
 * Two processes on one data directory lose rows silently, so the file is taken before anything is opened. It says where the
 * owner listens, so that a command can send its work there. A dead owner's file is taken over: the process is gone, or its
 * id belongs to a process that started at another time, or (another machine or container on the same volume, whose
 * processes cannot be seen) its sign of life is older than half a minute.
 */
import fs from 'node:fs'
import os from 'node:os'
import { realMs, uniqueName } from '../clock.ts'

export type Owner = { pid: number; started_at: string | null; host: string; address?: string; token?: string }

export type OwnerLock = { publish(address: string, token: string): void; release(): void }

/** Another process has the database open; with `address` and `token` the work can be sent to it. */
export class DatabaseInUse extends Error {
  readonly code = 'database_in_use'
  readonly owner: Owner
  constructor(owner: Owner) {
    const where = owner.address ? `serves at ${owner.address}` : 'has not said where it listens'
    super(`The embedded database is open in process ${owner.pid} on ${owner.host}, which ${where}.`)
    this.owner = owner
  }
}

const SIGN_OF_LIFE_MS = 5_000
const SILENT_MS = 30_000

/** When a process started, in clock ticks since boot; null where /proc does not say. */
function startedAt(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the name in parentheses may hold spaces; start time is the 20th field behind it
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

function isAlive(owner: Owner, seenMs: number): boolean {
  if (owner.host !== os.hostname()) return realMs() - seenMs < SILENT_MS
  return runs(owner.pid) && (owner.started_at === null || owner.started_at === startedAt(owner.pid))
}

function read(path: string): { text: string; owner: Owner | null; seen_ms: number } | null {
  try {
    const text = fs.readFileSync(path, 'utf8')
    const seen_ms = fs.statSync(path).mtimeMs
    return { text, owner: parse(text), seen_ms }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

function parse(text: string): Owner | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The live owner of the lock, if there is one. */
export function ownerOf(path: string): Owner | null {
  const found = read(path)
  return found?.owner && isAlive(found.owner, found.seen_ms) ? found.owner : null
}

/** Writes the whole file under another name first: nobody ever reads half of one. */
function prepare(path: string, owner: Owner): string {
  const draft = `${path}.${uniqueName()}`
  fs.writeFileSync(draft, `${JSON.stringify(owner)}\n`, { mode: 0o600, flag: 'wx' })
  return draft
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? ''

/** Creates the file with its content in one step; false when it exists. */
function claim(path: string, owner: Owner): boolean {
  const draft = prepare(path, owner)
  try {
    // a file system without links gets the second best: created in one step, written in the next
    if (!created(() => fs.linkSync(draft, path), ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])) {
      fs.writeFileSync(path, `${JSON.stringify(owner)}\n`, { mode: 0o600, flag: 'wx' })
    }
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    fs.unlinkSync(draft)
  }
}

function created(create: () => void, unsupported: string[]): boolean {
  try {
    create()
    return true
  } catch (error) {
    if (unsupported.includes(codeOf(error))) return false
    throw error
  }
}

/** Removes a dead owner's file, and puts it back when a live one has replaced it since it was read. */
function discard(path: string, dead: string): void {
  const grave = `${path}.${uniqueName()}`
  try {
    fs.renameSync(path, grave)
    if (fs.readFileSync(grave, 'utf8') !== dead) fs.linkSync(grave, path)
    fs.unlinkSync(grave)
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(codeOf(error))) throw error
  }
}

/**
 * Takes the lock, or throws `DatabaseInUse` with what the live owner has published.
 *
 * `lost` is called when another machine has taken over because this one slept: stop writing then.
 */
export function takeOwnership(path: string, lost: () => void = () => {}): OwnerLock {
  const me: Owner = { pid: process.pid, started_at: startedAt(process.pid), host: os.hostname() }
  while (!claim(path, me)) {
    const found = read(path)
    if (!found) continue
    if (found.owner && isAlive(found.owner, found.seen_ms)) throw new DatabaseInUse(found.owner)
    discard(path, found.text)
  }
  return held(path, me, lost)
}

function held(path: string, me: Owner, lost: () => void): OwnerLock {
  const isMine = () => {
    const owner = read(path)?.owner
    return owner?.pid === me.pid && owner.started_at === me.started_at && owner.host === me.host
  }
  const sign = setInterval(() => {
    if (!isMine()) return lost()
    const now = new Date(realMs())
    fs.utimes(path, now, now, () => {})
  }, SIGN_OF_LIFE_MS)
  sign.unref()
  return {
    publish: (address, token) => fs.renameSync(prepare(path, { ...me, address, token }), path),
    release: () => {
      clearInterval(sign)
      if (isMine()) fs.rmSync(path, { force: true })
    },
  }
}
