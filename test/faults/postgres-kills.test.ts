/**
 * R4: Postgres itself is killed under load, postmaster and children at once. What was acknowledged survives, the product
 * heals by itself, and whoever saw an error asks again with the same key and gets one effect.
 */
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { openDatabase } from '../../src/server/db/database.ts'
import { migrateToLatest } from '../../src/server/db/migrate.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres.ts'
import { type Answered, type World, world } from '../support/world.ts'
import { figures, random, sized, tally, thousands } from './figures.ts'

const CLIENTS = 32
const KILLS = sized(20, 500)

let server: PostgresServer | null = null
afterEach(() => server?.stop())

type Load = { shop: World; campaign: string; stop: boolean; seen: ReturnType<typeof tally>; rounds: number[] }

/** Asks until it is answered; while the database is away only 503 may be said, with when to try again. */
async function until(load: Load, method: string, path: string, body: object, key?: string): Promise<Answered> {
  for (;;) {
    const answer = await load.shop.request(method, load.shop.path(path), body, {
      headers: { ...(key && { 'idempotency-key': key }) },
    })
    load.seen.add(String(answer.status))
    if (answer.status < 500) return answer
    expect([answer.status, answer.error.code, Number(answer.headers['retry-after']) > 0], answer.text).toEqual([
      503,
      'unavailable',
      true,
    ])
    await wait(100)
  }
}

/** Earns, drafts, approves and is paid, over and over, for one partner of its own. */
async function client(load: Load, n: number): Promise<void> {
  const { data: partner } = await until(load, 'POST', '/partners', { name: `Partner ${n}` }, `partner-${n}`)
  for (let round = 1; !load.stop; round++) {
    const name = `${n}-${round}`
    const earned = await until(load, 'POST', '/conversions', {
      external_id: name,
      partner: partner.slug,
      campaign: load.campaign,
    })
    expect(['created', 'duplicate']).toContain(earned.data.results[0].status)
    const drafted = await until(load, 'POST', '/payouts', { partner_id: partner.id }, `draft-${name}`)
    expect([drafted.status, drafted.data.payouts?.[0]?.amount_cents], drafted.text).toEqual([201, 10_00])
    const payout = `/payouts/${drafted.data.payouts[0].id}`
    for (const body of [{ status: 'approved' }, { status: 'paid', method: 'wire' }]) {
      const moved = await until(load, 'PATCH', payout, body, `${body.status}-${name}`)
      expect([moved.status, moved.data?.status], moved.text).toEqual([200, body.status])
    }
    load.rounds[n] = round
  }
}

async function killAndHeal(load: Load): Promise<number> {
  await server!.kill9()
  const began = performance.now()
  await server!.restart()
  while ((await load.shop.server.inject('/readyz')).statusCode !== 200) await wait(10)
  return performance.now() - began
}

/** A database on the server that is going to be killed; the shared one of the other tests lives on. */
async function open(): Promise<World> {
  server = await startPostgres()
  if (!server) throw new Error(`kill -9 of Postgres needs a server of its own: ${whyNoPostgres()}`)
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  await admin.query('create database killed')
  await admin.end()
  const database_url = server.url.replace(/\/postgres$/, '/killed')
  const db = await openDatabase({ database_url, data_dir: '' })
  await migrateToLatest(db)
  await db.close()
  // the folder of an embedded database that it is given as well stays unused
  return world({ kind: 'embedded', config: { database_url, database_pool: 16 } })
}

test('Postgres killed under load: acknowledged work survives, the rest is done once by asking again (R4)', async () => {
  const shop = await open()
  const rnd = random('postgres kills')
  const load: Load = { shop, campaign: (await shop.campaign()).slug, stop: false, seen: tally(), rounds: [] }
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, n) => client(load, n)))
  const heals: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    await Promise.race([wait(300 + rnd.below(600)), clients])
    heals.push(await killAndHeal(load))
  }
  load.stop = true
  await clients
  const done = load.rounds.reduce((sum, n) => sum + n, 0)
  const [row] = await shop.sql<Record<string, number>>(
    `select (select count(*) from conversions) as conversions, (select count(*) from payouts) as payouts, (select count(*) from payments) as payments,
      (select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%') as idle`,
  )
  expect(row).toEqual({ conversions: done, payouts: done, payments: done, idle: 0 })
  await shop.close()
  figures(
    `kill -9 of Postgres: ${KILLS} kills under ${CLIENTS} clients, ${thousands(done)} × earned, drafted, approved, paid: 0 acknowledged lost, 0 twice; ` +
      `healed in ${(Math.max(...heals) / 1000).toFixed(1)} s at most; ${load.seen.words()}`,
  )
})
