/**
 * A world for a story: a fresh database, a server behind the typed client, one organization with its admin's key, a clock.
 *
 *   const shop = await world({ today: '2026-03-01' })
 *   const ada = await shop.partner('Ada')
 *   await shop.travelTo('2026-04-01')
 *   await shop.close()   // runs every check
 */
import type { FastifyInstance } from 'fastify'
import { CompiledQuery, type Kysely, type Transaction } from 'kysely'
import { expect } from 'vitest'
import { type Client, makeClient } from '../../src/client/client.ts'
import { type Instant, startOfDay } from '../../src/core/calendar.ts'
import { type App, makeApp, settled } from '../../src/server/app.ts'
import { type Config, readConfig } from '../../src/server/config.ts'
import { type Db, openDatabase } from '../../src/server/db/database.ts'
import type { Tables } from '../../src/server/db/tables.ts'
import { transaction } from '../../src/server/db/transaction.ts'
import { buildServer, type ServerOptions } from '../../src/server/http/server.ts'
import { createOrganization } from '../../src/server/organizations/organizations.ts'
import { type FreshDatabase, freshDatabase } from './databases.ts'

export type WorldOptions = {
  /** A day (its first instant in the zone) or an instant; without it the real clock. */
  today?: string
  time_zone?: string
  currency?: string
  plan?: 'free' | 'starter' | 'ultra' | 'unlimited'
  /** Requests a minute and key; off by default. `default` is what a new installation has: 60 and 100. */
  rate_limit?: number | 'default'
  /** `false` leaves the installation as it is before anybody has set it up. */
  organization?: boolean
  kind?: 'embedded' | 'postgres'
  config?: Partial<Config>
  server?: ServerOptions
}

// biome-ignore lint/suspicious/noExplicitAny: an answer's shape is what the tests look at
type Json = any
export type Answered = {
  status: number
  data: Json
  error: Json
  meta: Json
  headers: Record<string, string | string[] | undefined>
  text: string
}
export type RequestOptions = { key?: string | null; headers?: Record<string, string> }

export type Place = {
  app: App
  server: FastifyInstance
  db: Db<Tables>
  database: FreshDatabase
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<Answered>
  client(key?: string): Client
  travelTo(at: string): Promise<void>
  sql<Row = Json>(text: string, params?: unknown[]): Promise<Row[]>
  /** Inside a transaction of the organization, as the application's role: row-level security binds. */
  asApp<T>(work: (tx: Transaction<Tables> | Kysely<Tables>) => Promise<T>, org_id?: string | null): Promise<T>
  /** A hash of every row of every table: equal before and after what must change nothing. */
  fingerprint(options?: { without?: string[] }): Promise<string>
  close(): Promise<void>
}

const KEY_FOR_TESTS = 'a secret of the tests that is long enough to sign with 0123456789'

const configFor = (database: FreshDatabase, options: WorldOptions): Config => ({
  ...readConfig({}),
  database_url: database.database_url,
  data_dir: database.data_dir,
  database_pool: 10,
  secret_key: KEY_FOR_TESTS,
  log_level: 'error',
  rate_limit: options.rate_limit === 'default' ? undefined : (options.rate_limit ?? 0),
  now: options.today === undefined ? undefined : instantOf(options.today, options.time_zone),
  ...options.config,
})

const instantOf = (text: string, time_zone = 'UTC'): Instant =>
  text.length === 10 ? startOfDay(text, time_zone) : new Date(text).toISOString()

/** An installation without an organization: what the first start sees. */
export async function place(options: WorldOptions = {}): Promise<Place> {
  const database = await freshDatabase(options.kind ? { kind: options.kind } : {})
  const config = configFor(database, options)
  const db = await openDatabase<Tables>({ ...config, pool_size: config.database_pool })
  const app = makeApp(db, config)
  const server = await buildServer(app, options.server)
  let closed = false
  return {
    ...{ app, server, db, database },
    request: (method, path, body, more = {}) => request(server, method, path, body, more),
    client: key => clientOf(server, key),
    travelTo: async at => app.clock.travel(instantOf(at, options.time_zone)),
    sql: (text, params = []) => rowsOf(db, text, params),
    asApp: (act, org_id) => transaction(db, { org_id: org_id ?? null }, act),
    fingerprint: more => fingerprint(db, more),
    close: async () => {
      if (closed) return
      closed = true
      await server.close()
      await settled(app)
      await db.close()
      await database.remove()
    },
  }
}

async function request(
  server: FastifyInstance,
  method: string,
  path: string,
  body: unknown,
  { key, headers = {} }: RequestOptions,
): Promise<Answered> {
  const raw = typeof body === 'string' || Buffer.isBuffer(body)
  const answer = await server.inject({
    method: method as 'GET',
    url: path,
    ...(body !== undefined && { payload: raw ? body : JSON.stringify(body) }),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key != null && { authorization: `Bearer ${key}` }),
      ...headers,
    },
  })
  const parsed = parseOr(answer.payload)
  return {
    ...{ status: answer.statusCode, text: answer.payload, headers: answer.headers as Answered['headers'] },
    ...{ data: parsed?.data, error: parsed?.error, meta: parsed?.meta },
  }
}

function parseOr(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // no JSON: the caller looks at `text`
  }
}

const clientOf = (server: FastifyInstance, key?: string): Client =>
  makeClient({
    key,
    transport: async (method, url, { headers, body }) => {
      const answer = await server.inject({ method: method as 'GET', url, headers, payload: body })
      return { status: answer.statusCode, text: answer.payload, headers: answer.headers as Record<string, string> }
    },
  })

async function rowsOf<Row>(db: Db<Tables>, text: string, params: unknown[]): Promise<Row[]> {
  const { rows } = await db.kysely.executeQuery<Row>(CompiledQuery.raw(text, params))
  return rows
}

async function fingerprint(db: Db<Tables>, { without = [] }: { without?: string[] } = {}): Promise<string> {
  const tables = await rowsOf<{ name: string }>(
    db,
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname`,
    [],
  )
  // How many requests were made is no content: one that is refused counts too.
  const counted = tables.filter(({ name }) => name !== 'api_usage' && !without.includes(name))
  const parts = counted.map(
    ({ name }) =>
      `select '${name}' || ' ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t::text)), '') as line from ${name} t`,
  )
  return (await rowsOf<{ line: string }>(db, parts.join(' union all '), []))
    .map(row => row.line)
    .sort()
    .join('\n')
}

export type World = Awaited<ReturnType<typeof world>>
type Fields = Record<string, unknown>
type Partner = Awaited<ReturnType<Client['partners']['create']>>['data']
type Campaign = Awaited<ReturnType<Client['campaigns']['create']>>['data']
type Payout = { id: string }

/** Makes a world; `close()` runs the checks of the whole database first. */
export async function world(options: WorldOptions = {}) {
  const at = await place(options)
  const { time_zone = 'UTC', currency = 'USD', plan = 'unlimited' } = options
  const made = await createOrganization(at.app, { name: 'Acme', plan, time_zone, currency, email: 'admin@example.org' })
  const { org_id, brand_id, api_key: key } = made
  const api = at.client(key)
  const params = { brand_id }
  let numbers = 0

  async function partner(name = 'Ada', fields: Fields = {}): Promise<Partner> {
    return (await api.partners.create({ params, body: { name, ...fields } as never })).data
  }
  /** By default a campaign that pays 10.00 a conversion. */
  async function campaign(fields: Fields = {}): Promise<Campaign> {
    const terms = fields.cost_model === undefined ? { cost_model: 'cpa', amount_cents: 10_00 } : {}
    return (await api.campaigns.create({ params, body: { name: `Campaign ${++numbers}`, ...terms, ...fields } as never })).data
  }
  /** Records one conversion and expects it to be created; `result` gives whatever came instead. */
  async function conversion(fields: Fields & { partner?: Partner | string; campaign: Campaign | string }) {
    const result = await recorded(fields)
    expect(result, JSON.stringify(result)).toMatchObject({ status: 'created' })
    return { ...result, id: result.conversion_id as string }
  }
  async function recorded({
    partner,
    campaign,
    ...fields
  }: Fields & { partner?: Partner | string; campaign: Campaign | string }) {
    const named = (who: Partner | Campaign | string | undefined) =>
      typeof who === 'string' || who === undefined ? who : who.slug
    const item = {
      external_id: `c-${++numbers}`,
      campaign: named(campaign),
      ...(partner && { partner: named(partner) }),
      ...fields,
    }
    const { data } = await api.conversions.record({ params, body: { conversions: [item] } })
    return data.results[0]!
  }
  /** The partner's balance in one currency; all zero when it has none. */
  async function balance(partner: Partner | string, of = currency) {
    const partner_id = typeof partner === 'string' ? partner : partner.id
    const { data } = await api.payouts.balances({ params, query: { partner_id, currency: of } })
    return data[0] ?? { owed_cents: 0, unpaid_cents: 0, in_payouts_cents: 0, credit_cents: 0, pending_cents: 0, paid_cents: 0 }
  }
  async function draft(partner: Partner | string, fields: Fields = {}) {
    const partner_id = typeof partner === 'string' ? partner : partner.id
    const { data } = await api.payouts.create({ params, body: { partner_id, ...fields } as never })
    return data.payouts[0]!
  }
  const change = async (payout: Payout | string, body: Fields) =>
    (
      await api.payouts.change({
        params: { brand_id, payout_id: typeof payout === 'string' ? payout : payout.id },
        body: body as never,
      })
    ).data

  async function check(): Promise<void> {
    const { runChecks } = await import('../../src/server/checks/check.ts')
    const { checks } = await runChecks(at.app)
    expect(checks.filter(c => c.violations > 0)).toEqual([])
  }

  return {
    ...at,
    ...{ org_id, brand_id, brand_slug: made.brand_slug, key, admin_email: made.admin_email, sign_in_url: made.sign_in_url, api },
    /** With the admin's key unless another, or `null` for none, is given. */
    request: (method: string, path: string, body?: unknown, more: RequestOptions = {}) =>
      at.request(method, path, body, { key, ...more }),
    client: (other: string = key) => at.client(other),
    asApp: <T>(act: (tx: Kysely<Tables>) => Promise<T>, other: string | null = org_id) => at.asApp(act, other),
    /** The brand's path: `path('/payouts')`. */
    path: (rest = '') => `/api/brands/${brand_id}${rest}`,
    ...{ partner, campaign, conversion, recorded, balance, draft, check },
    approve: (payout: Payout | string) => change(payout, { status: 'approved' }),
    pay: (payout: Payout | string, fields: Fields = {}) => change(payout, { status: 'paid', method: 'wire', ...fields }),
    cancel: (payout: Payout | string) => change(payout, { status: 'cancelled' }),
    close: async ({ checks = true } = {}) => {
      try {
        if (checks) await check()
      } finally {
        await at.close()
      }
    },
  }
}
