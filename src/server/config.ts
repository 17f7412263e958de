/** Settings, parsed once from the environment; every one is optional. Source: spec part G. */
import { z } from 'zod'

const Flag = z.enum(['true', 'false', '1', '0']).transform(t => t === 'true' || t === '1')

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4400),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: z.string().optional(),
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
  PUBLIC_URL: z.url().optional(),
  SECRET_KEY: z.string().min(32, 'must be at least 32 characters').optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be smtp://user:password@host:port, or smtps://…' }).optional(),
  MAIL_FROM: z.string().max(320).optional(),
  POSTBACK_ALLOW_PRIVATE: Flag.default(false),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('warn'),
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(0).optional(),
  REQUIRE_IDEMPOTENCY_KEY: Flag.default(true),
  TRUST_PROXY: Flag.default(false),
  QUITTANCE_NOW: z.iso.datetime({ offset: true }).optional(),
})

export type Config = {
  port: number
  host: string
  data_dir: string
  database_url: string | undefined
  database_pool: number
  public_url: string | undefined
  secret_key: string | undefined
  smtp_url: string | undefined
  /** The sender of mails; `Quittance <no-reply@host>` when it is not set. */
  mail_from: string | undefined
  /** Partners' postbacks may go to this machine and its private networks: for tests. */
  postback_allow_private: boolean
  log_level: string
  /** Requests a minute and key; 0 is none, undefined is 60 for `tga_` and 100 for `tk_` keys. */
  rate_limit: number | undefined
  require_idempotency_key: boolean
  trust_proxy: boolean
  now: string | undefined
}

/** Reads the settings, or throws one line that names the wrong one and what it should be. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = Environment.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Error(`Setting ${issue?.path.join('.')}: ${issue?.message}`)
  }
  const e = parsed.data
  return {
    port: e.PORT,
    host: e.HOST,
    data_dir: e.DATA_DIR,
    database_url: e.DATABASE_URL,
    database_pool: e.DATABASE_POOL,
    public_url: e.PUBLIC_URL,
    secret_key: e.SECRET_KEY,
    smtp_url: e.SMTP_URL,
    mail_from: e.MAIL_FROM,
    postback_allow_private: e.POSTBACK_ALLOW_PRIVATE,
    log_level: e.LOG_LEVEL,
    rate_limit: e.RATE_LIMIT_PER_MINUTE,
    require_idempotency_key: e.REQUIRE_IDEMPOTENCY_KEY,
    trust_proxy: e.TRUST_PROXY,
    now: e.QUITTANCE_NOW === undefined ? undefined : new Date(Date.parse(e.QUITTANCE_NOW)).toISOString(),
  }
}
