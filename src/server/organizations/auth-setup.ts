/** better-auth, set up for people: passwords, one-time links and sessions, on the owner's connection. Source: spec G1. */
import { betterAuth } from 'better-auth'
import { magicLink } from 'better-auth/plugins/magic-link'
import type { KyselyPlugin } from 'kysely'
import { addressOf } from '../address.ts'
import type { App } from '../app.ts'
import { hashOfToken, MAX_PASSWORD, MIN_PASSWORD, secretOf } from './auth.ts'

const DAY_SECONDS = 24 * 60 * 60

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

export function makeAuth(app: App) {
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
