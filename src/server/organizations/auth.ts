/** better-auth, set up for people: passwords, one-time links and sessions, on the owner's connection. Source: spec G1. */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { betterAuth } from 'better-auth'
import { magicLink } from 'better-auth/plugins/magic-link'
import type { KyselyPlugin } from 'kysely'
import { addressOf } from '../address.ts'
import type { App } from '../app.ts'
import { randomSecret } from '../clock.ts'
import type { Config } from '../config.ts'

export { addressOf, listensAt } from '../address.ts'

const DAY_SECONDS = 24 * 60 * 60
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

/** better-auth compares dates as `Date`; our connections read them as text, which would never expire. */
const dates: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: async ({ result }) => ({ ...result, rows: result.rows.map(withDates) }),
}

const withDates = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      name.endsWith('_at') && typeof value === 'string' ? new Date(value) : value,
    ]),
  )

const times = { createdAt: 'created_at', updatedAt: 'updated_at' }
const models = {
  user: { modelName: 'people', fields: { ...times, emailVerified: 'email_verified' } },
  account: {
    modelName: 'person_accounts',
    fields: {
      ...times,
      accountId: 'account_id',
      providerId: 'provider_id',
      userId: 'person_id',
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      idToken: 'id_token',
      accessTokenExpiresAt: 'access_token_expires_at',
      refreshTokenExpiresAt: 'refresh_token_expires_at',
    },
  },
  verification: { modelName: 'person_verifications', fields: { ...times, expiresAt: 'expires_at' } },
}
const session = {
  modelName: 'person_sessions',
  fields: { ...times, userId: 'person_id', expiresAt: 'expires_at', ipAddress: 'ip_address', userAgent: 'user_agent' },
  expiresIn: 14 * DAY_SECONDS,
  updateAge: DAY_SECONDS,
}

function makeAuth(app: App) {
  return betterAuth({
    appName: 'Quittance',
    baseURL: addressOf(app),
    basePath: '/api/auth',
    secret: secretOf(app.config),
    database: { db: app.db.kysely.withPlugin(dates), type: 'postgres' },
    ...models,
    session,
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: MIN_PASSWORD,
      maxPasswordLength: MAX_PASSWORD,
      revokeSessionsOnPasswordReset: true,
    },
    plugins: [
      magicLink({
        disableSignUp: true,
        storeToken: { type: 'custom-hasher', hash: async token => hashOfToken(token) },
        sendMagicLink: () => {
          throw new Error('links are made by signInUrl')
        },
      }),
    ],
    trustedOrigins: [addressOf(app)],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    advanced: {
      cookiePrefix: 'quittance',
      useSecureCookies: addressOf(app).startsWith('https:'),
      // given, because better-auth would turn both checks off by itself while tests run
      disableCSRFCheck: false,
      disableOriginCheck: false,
      database: { generateId: () => app.newId() },
    },
  })
}

export type Auth = ReturnType<typeof makeAuth>
const auths = new WeakMap<App, Auth>()

/** The one instance of an app, made at first use, when the address is known. */
export function authOf(app: App): Auth {
  const known = auths.get(app)
  if (known) return known
  const made = makeAuth(app)
  auths.set(app, made)
  return made
}
