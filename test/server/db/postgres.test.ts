/** What needs a real server: round trips, deadlocks, cut connections. */
import net from 'node:net'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Db, openDatabase } from '../../../src/server/db/database.ts'
import { isLockTimeout, isUnavailable } from '../../../src/server/db/errors.ts'
import { transaction } from '../../../src/server/db/transaction.ts'
import { ORG_A, postgresUrl, SCHEMA, type Scratch } from './databases.ts'

const url = await postgresUrl()

/** A proxy that holds each reply for 25 ms: what arrives together cost one round trip. */
async function slowProxy(target: URL) {
  const seen = { replies: 0 }
  const server = net.createServer(client => {
    const upstream = net.connect(Number(target.port), target.hostname)
    let held: Buffer[] = []
    upstream.on('data', data => {
      if (held.length === 0) {
        setTimeout(() => {
          seen.replies++
          client.write(Buffer.concat(held))
          held = []
        }, 25)
      }
      held.push(data)
    })
    client.pipe(upstream)
    for (const socket of [client, upstream])
      socket.on('error', () => {}).on('close', () => [client, upstream].map(s => s.destroy()))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  const through = new URL(target)
  through.hostname = '127.0.0.1'
  through.port = String(port)
  return { seen, url: through.href, close: () => server.close() }
}

describe('a real server', () => {
  let db: Db<Scratch>
  beforeEach(({ skip }) => {
    if (!url) skip('no real Postgres was found')
  })
  beforeAll(async () => {
    if (!url) return
    db = await openDatabase<Scratch>({ database_url: url!, data_dir: '' })
    await db.script(SCHEMA)
  })
  afterAll(() => db?.close())

  test('opening a transaction costs no round trip of its own, and committing a read none', async () => {
    const proxy = await slowProxy(new URL(url!))
    const far = await openDatabase<Scratch>({ database_url: proxy.url, data_dir: '', pool_size: 1 })
    const read = (readonly: boolean) => () =>
      transaction(far, { org_id: ORG_A, readonly }, tx => tx.selectFrom('items').select('name').where('id', '=', 1).execute())
    const trips = async (work: () => Promise<unknown>) => {
      await sql`select 1`.execute(far.kysely)
      const before = proxy.seen.replies
      await work()
      return proxy.seen.replies - before
    }
    await read(true)()
    expect(await trips(read(true))).toBe(1)
    expect(await trips(read(false))).toBe(2)
    expect(await trips(() => transaction(far, {}, tx => Promise.all([1, 2, 3].map(n => sql`select ${n}`.execute(tx)))))).toBe(2)
    await far.close()
    proxy.close()
  })

  test('a deadlock is resolved by running the loser again', async () => {
    let runs = 0
    let waiting = 0
    const bump = (tx: Parameters<Parameters<typeof transaction<void, Scratch>>[2]>[0], id: number) =>
      sql`update counters set n = n + 1 where id = ${id}`.execute(tx)
    const both = async (first: number, second: number) =>
      transaction(db, {}, async tx => {
        runs++
        await bump(tx, first)
        waiting++
        for (let i = 0; waiting < 2 && i < 200; i++) await new Promise(resolve => setTimeout(resolve, 5))
        await bump(tx, second)
      })
    await Promise.all([both(5, 6), both(6, 5)])
    expect(runs).toBe(3)
    const { rows } = await sql`select n from counters where id in (5, 6)`.execute(db.kysely)
    expect(rows).toEqual([{ n: 2 }, { n: 2 }])
  })

  test('a lost race is tried four times and then reported', async () => {
    let runs = 0
    const lost = transaction(db, {}, async () => {
      runs++
      throw Object.assign(new Error('could not serialize access'), { code: '40001' })
    })
    await expect(lost).rejects.toThrow('could not serialize')
    expect(runs).toBe(4)
  })

  test('the session has the time limits of the house', async () => {
    const { rows } = await sql`select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
      current_setting('idle_in_transaction_session_timeout') as idle, current_setting('TimeZone') as zone`.execute(db.kysely)
    expect(rows).toEqual([{ statement: '1min', lock: '5s', idle: '30s', zone: 'UTC' }])
  })

  test('waiting too long for a lock is told apart', async () => {
    await transaction(db, {}, async tx => {
      await sql`update counters set n = 0 where id = 7`.execute(tx)
      const other = transaction(db, {}, async tx => {
        await sql`set local lock_timeout = '50ms'`.execute(tx)
        await sql`update counters set n = 1 where id = 7`.execute(tx)
      })
      expect(isLockTimeout(await other.catch(error => error))).toBe(true)
    })
  })

  test('a connection cut inside a transaction fails that one and is replaced', async () => {
    const cut = transaction(db, {}, async tx => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
      await sql`select pg_terminate_backend(${rows[0]!.pid}::integer)`.execute(db.kysely)
      await sql`update counters set n = 1 where id = 8`.execute(tx)
    })
    expect(isUnavailable(await cut.catch(error => error))).toBe(true)
    expect((await sql`select n from counters where id = 8`.execute(db.kysely)).rows).toEqual([{ n: 0 }])
  })

  test('statements are named, prepared once for a connection, and not behind a pooler', async () => {
    const prepared = async (pooler: boolean) => {
      const one = await openDatabase({ database_url: url!, data_dir: '', pool_size: 1, pooler })
      for (let i = 0; i < 3; i++) await Promise.all([1, 2].map(n => sql`select ${n}::integer + 40 as n`.execute(one.kysely)))
      const { rows } = await sql<{
        n: number
      }>`select count(*) as n from pg_prepared_statements where statement like '%+ 40%'`.execute(one.kysely)
      await one.close()
      return rows[0]!.n
    }
    expect(await prepared(false)).toBe(1)
    expect(await prepared(true)).toBe(0)
  })

  test('closing waits for what is on its way', async () => {
    const one = await openDatabase({ database_url: url!, data_dir: '', pool_size: 1 })
    const late = sql`select pg_sleep(0.1), 1 as n`.execute(one.kysely)
    await new Promise(resolve => setTimeout(resolve, 20))
    await one.close()
    expect((await late).rows).toMatchObject([{ n: 1 }])
  })
})

test('a server that is not there is unavailable', async () => {
  const db = await openDatabase({ database_url: 'postgres://x@127.0.0.1:1/x', data_dir: '' })
  expect(isUnavailable(await sql`select 1`.execute(db.kysely).catch(error => error))).toBe(true)
  await db.close()
})
