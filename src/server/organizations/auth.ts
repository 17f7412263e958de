/** Who signs in: the secret behind the cookies, and better-auth, loaded when it is first needed. Source: spec G1. */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { App } from '../app.ts'
import { randomSecret } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Auth } from './auth-setup.ts'

export { addressOf, listensAt } from '../address.ts'

export const MIN_PASSWORD = 10
export const MAX_PASSWORD = 200

/** The key that signs session cookies: `SECRET_KEY`, else made once and kept in the data directory for its owner alone. */
export function secretOf(config: Config): string {
  if (config.secret_key !== undefined) return config.secret_key
  const folder = path.resolve(config.data_dir)
  const file = path.join(folder, 'secret')
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!fs.existsSync(file)) writeOnce(file, `${randomSecret('hex')}\n`)
  return fs.readFileSync(file, 'utf8').trim()
}

/** Creates a file with its whole content; when another process was first, its file stays. */
function writeOnce(file: string, content: string): void {
  const draft = `${file}.${randomSecret('hex', 8)}`
  fs.writeFileSync(draft, content, { mode: 0o600, flag: 'wx' })
  try {
    fs.linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    fs.unlinkSync(draft)
  }
}

export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex')

const auths = new WeakMap<App, Promise<Auth>>()

/**
 * The one instance of an app, made at first use, when the address is known.
 *
 * The library is loaded then as well: it would be a third of every start, and a program with a key never needs it.
 */
export function authOf(app: App): Promise<Auth> {
  const known = auths.get(app)
  if (known) return known
  const made = import('./auth-setup.ts').then(({ makeAuth }) => makeAuth(app))
  auths.set(app, made)
  return made
}

/** What the library knows: its people, cookies and the hash of passwords. */
export const authContext = async (app: App) => (await authOf(app)).$context
