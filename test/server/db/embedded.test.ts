/** The guards of the embedded database: commits reach the disk, one owner, no half-made directory, one version. */
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Db, openDatabase } from '../../../src/server/db/database.ts'
import { databaseDir, lockFile, openEmbedded } from '../../../src/server/db/embedded.ts'
import { isUnavailable } from '../../../src/server/db/errors.ts'
import { ownerOf } from '../../../src/server/db/owner.ts'
import { transaction } from '../../../src/server/db/transaction.ts'
import { upkeep } from '../../../src/server/db/upkeep.ts'
import { compile, opener, output } from './child.ts'
import { embeddedScratch, SCHEMA, type Scratch, tempDir } from './databases.ts'

let compiled: string
let template: string
const dirs: string[] = []

beforeAll(async () => {
  compiled = compile()
  template = tempDir()
  const db = await openDatabase({ data_dir: template })
  await db.script(SCHEMA)
  await db.close()
}, 60_000)

afterAll(() => {
  for (const dir of [...dirs, template, compiled]) fs.rmSync(dir, { recursive: true, force: true })
})

function freshDir(from?: string): string {
  const dir = tempDir()
  dirs.push(dir)
  if (from) fs.cpSync(from, dir, { recursive: true })
  return dir
}

const bump = (db: Db<Scratch>) => transaction(db, {}, tx => sql`update counters set n = n + 1 where id = 1`.execute(tx))
const hasStrace = spawnSync('strace', ['-c', 'true']).status === 0

describe('a commit', () => {
  let db: Db<Scratch>
  beforeAll(async () => {
    db = await openDatabase<Scratch>({ data_dir: freshDir(template) })
  })
  afterAll(() => db?.close())

  test('waits for the disk, each one, and a read does not', async () => {
    expect(
      (await sql`select current_setting('fsync') as fsync, current_setting('synchronous_commit') as sync`.execute(db.kysely))
        .rows,
    ).toEqual([{ fsync: 'on', sync: 'on' }])
    const before = db.syncs()
    for (let i = 0; i < 50; i++) await bump(db)
    const written = db.syncs() - before
    expect(written).toBeGreaterThanOrEqual(50)
    for (let i = 0; i < 50; i++) await transaction(db, { readonly: true }, tx => sql`select ${i}::integer`.execute(tx))
    expect(db.syncs() - before - written).toBeLessThanOrEqual(1)
  })

  test('asks the kernel, as strace sees it', async ({ skip }) => {
    if (!hasStrace) return skip('strace is not installed')
    const log = path.join(freshDir(), 'strace')
    const body = `for (let i = 0; i < 50; i++) await db.script('update counters set n = n + 1 where id = 2'); await db.close()`
    await output(opener(compiled, freshDir(template), body, ['strace', '-f', '-e', 'trace=fdatasync,fsync', '-o', log]))
    const calls = fs.readFileSync(log, 'utf8').match(/fdatasync\(\d+\)/g) ?? []
    expect(calls.length).toBeGreaterThanOrEqual(50)
  })

  test('shared buffers are small and the zone is UTC', async () => {
    const { rows } = await sql`select current_setting('shared_buffers') as size, current_setting('TimeZone') as zone`.execute(
      db.kysely,
    )
    expect(rows).toEqual([{ size: '16MB', zone: 'UTC' }])
  })
})

test('a connection that is dropped leaves no transaction and no statement to the next one', async () => {
  const { pool, close } = await openEmbedded({ data_dir: freshDir(template) })
  const bump = 'update counters set n = n + $1 where id = 1 returning n'
  const first = await pool.connect()
  await first.query('begin')
  for (let i = 1; i <= 3; i++) expect((await first.query(bump, [1])).rows).toEqual([{ n: i }])
  first.release(true)
  for (let i = 1; i <= 3; i++) expect((await pool.query(bump, [1])).rows).toEqual([{ n: i }])
  await close()
})

test('a disk that fails to sync stops the database before the commit is acknowledged', async ({ skip }) => {
  if (!hasStrace) return skip('strace is not installed')
  const data_dir = freshDir(template)
  const body = `
    let done = 0
    try {
      for (;;) {
        await db.script('update counters set n = n + 1 where id = 1')
        done++
      }
    } catch (error) {
      const second = await db.script('select 1').catch(error => error)
      await say(JSON.stringify({ done, code: error.code, second: second.code }))
    }
    await db.close()`
  const broken = ['strace', '-f', '-o', '/dev/null', '-e', 'inject=fdatasync:error=EIO:when=20+']
  const said = JSON.parse((await output(opener(compiled, data_dir, body, broken)))[0]!)
  expect(said).toEqual({ done: expect.any(Number), code: '57P02', second: '57P02' })
  expect(said.done).toBeGreaterThan(0)
  const db = await openDatabase<Scratch>({ data_dir })
  const { n } = await db.kysely.selectFrom('counters').select('n').where('id', '=', 1).executeTakeFirstOrThrow()
  expect([said.done, said.done + 1]).toContain(n)
  await db.close()
})

test('a commit that was acknowledged survives kill -9, five times', async () => {
  const data_dir = freshDir(template)
  const body = (first: number) => `
    for (let id = ${first}; ; id++) {
      await transaction(db, { org_id: null }, tx => sql\`insert into counters values (\${id}, 1)\`.execute(tx))
      await say(String(id))
    }`
  const lost: number[] = []
  let total = 0
  for (let round = 1; round <= 5; round++) {
    const child = opener(compiled, data_dir, body(round * 1_000_000))
    const said = output(child)
    child.stdout!.once('data', () => setTimeout(() => child.kill('SIGKILL'), 50 + Math.random() * 400))
    const acknowledged = (await said).map(Number)
    expect(acknowledged.length).toBeGreaterThan(0)
    const db = await openDatabase<Scratch>({ data_dir })
    const { rows } = await sql<{ id: number }>`select id from counters where id >= ${round * 1_000_000}::integer`.execute(
      db.kysely,
    )
    const stored = new Set(rows.map(({ id }) => id))
    lost.push(...acknowledged.filter(id => !stored.has(id)))
    total += acknowledged.length
    expect(stored.size - acknowledged.length).toBeLessThanOrEqual(1)
    await db.close()
  }
  console.log(`kill -9: ${total} acknowledged commits in 5 rounds, ${lost.length} lost`)
  expect(lost).toEqual([])
}, 90_000)

describe('the owner lock', () => {
  let data_dir: string
  beforeEach(() => {
    data_dir = freshDir(template)
  })
  const tryToOpen = async () =>
    JSON.parse((await output(opener(compiled, data_dir, `await say('"opened"'); await db.close()`)))[0]!)

  test('a second process is refused and told where the first listens', async () => {
    const db = await openDatabase({ data_dir })
    expect(await tryToOpen()).toMatchObject({ code: 'database_in_use', owner: { pid: process.pid } })
    db.publish('http://127.0.0.1:4400', 'secret')
    expect(fs.statSync(lockFile(data_dir)).mode & 0o777).toBe(0o600)
    expect(await tryToOpen()).toMatchObject({
      message: expect.stringContaining('http://127.0.0.1:4400'),
      owner: { address: 'http://127.0.0.1:4400', token: 'secret' },
    })
    await expect(openDatabase({ data_dir })).rejects.toMatchObject({ code: 'database_in_use' })
    await db.close()
    expect(fs.existsSync(lockFile(data_dir))).toBe(false)
    expect(await tryToOpen()).toBe('opened')
  })

  test('a dead owner is taken over, and so is a process that only has its number', async () => {
    const child = opener(compiled, data_dir, `await say('open'); setInterval(() => {}, 1000)`)
    await new Promise(resolve => child.stdout!.once('data', resolve))
    expect(ownerOf(lockFile(data_dir))).toMatchObject({ pid: child.pid })
    child.kill('SIGKILL')
    await new Promise(resolve => child.once('close', resolve))
    expect(fs.existsSync(lockFile(data_dir))).toBe(true)
    expect(ownerOf(lockFile(data_dir))).toBeNull()
    await (await openDatabase({ data_dir })).close()

    fs.writeFileSync(lockFile(data_dir), JSON.stringify({ pid: process.ppid, started_at: '1', host: os.hostname() }))
    await (await openDatabase({ data_dir })).close()
    fs.writeFileSync(lockFile(data_dir), '{"pid":')
    await (await openDatabase({ data_dir })).close()
  })

  test('an owner on another machine counts as alive while it gives signs of life', async () => {
    fs.writeFileSync(lockFile(data_dir), JSON.stringify({ pid: 1, started_at: '1', host: 'elsewhere' }))
    await expect(openDatabase({ data_dir })).rejects.toMatchObject({ owner: { host: 'elsewhere' } })
    const past = new Date(Date.now() - 60_000)
    fs.utimesSync(lockFile(data_dir), past, past)
    await (await openDatabase({ data_dir })).close()
  })

  test('of six processes at once on a dead owner exactly one gets in', async () => {
    fs.writeFileSync(lockFile(data_dir), JSON.stringify({ pid: 2 ** 22 - 7, started_at: '1', host: os.hostname() }))
    const body = `await say('"opened"'); await new Promise(done => setTimeout(done, 6000)); process.exit()`
    const said = await Promise.all(Array.from({ length: 6 }, () => output(opener(compiled, data_dir, body))))
    const results = said.map(lines => JSON.parse(lines[0]!))
    expect(results.filter(result => result === 'opened')).toHaveLength(1)
    expect(results.filter(result => result.code === 'database_in_use')).toHaveLength(5)
  }, 60_000)
})

describe('making the database', () => {
  test('a half-made directory is thrown away', async () => {
    const data_dir = freshDir()
    fs.mkdirSync(`${databaseDir(data_dir)}.new/base`, { recursive: true })
    fs.writeFileSync(`${databaseDir(data_dir)}.new/PG_VERSION`, '18\n')
    await (await openDatabase({ data_dir })).close()
    expect(fs.readdirSync(data_dir)).toEqual(['postgres'])
  })

  test('a process killed while making it leaves nothing that cannot be opened', async () => {
    const data_dir = freshDir()
    const whole: string[] = []
    // 0.2 s is before the draft, the others at random while it is made, and twice as soon as it has its name
    const moments = [200, 500 + Math.random() * 1_000, 1_500 + Math.random() * 1_500, 'named', 'named'] as const
    for (const moment of moments) {
      const child = opener(compiled, data_dir, 'setInterval(() => {}, 1000)')
      const dead = output(child)
      if (moment !== 'named') await wait(moment)
      while (moment === 'named' && !fs.existsSync(databaseDir(data_dir))) await wait(1)
      child.kill('SIGKILL')
      await dead
      if (!fs.existsSync(databaseDir(data_dir))) continue
      await (await openDatabase({ data_dir })).close()
      fs.rmSync(databaseDir(data_dir), { recursive: true })
      whole.push(String(moment))
    }
    expect(whole.length).toBeGreaterThanOrEqual(2)
    await (await openDatabase({ data_dir })).close()
    console.log(`kill -9 while creating: 5 rounds, ${whole.length} had become whole, all opened`)
  }, 120_000)

  test.each(['17', '19'])('a directory of PostgreSQL %s is refused with the way out', async version => {
    const data_dir = freshDir(template)
    fs.writeFileSync(path.join(databaseDir(data_dir), 'PG_VERSION'), `${version}\n`)
    await expect(openDatabase({ data_dir })).rejects.toMatchObject({
      code: 'wrong_database_version',
      message: expect.stringMatching(`was made by PostgreSQL ${version}, and this release reads 18.*quittance backup`),
    })
    expect(fs.existsSync(lockFile(data_dir))).toBe(false)
  })

  test('a directory that is no database is refused', async () => {
    const data_dir = freshDir()
    fs.mkdirSync(databaseDir(data_dir))
    await expect(openDatabase({ data_dir })).rejects.toMatchObject({ code: 'wrong_database_version' })
  })
})

describe('in its thread', () => {
  let db: Db<Scratch>
  beforeAll(async () => {
    db = await embeddedScratch({ connection_timeout_ms: 500 })
  }, 60_000)
  afterAll(() => db?.close())

  test('a long query does not stop this one', async () => {
    let longest = 0
    let last = performance.now()
    const ticker = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 5)
    await sql`select sum(i) from generate_series(1, 3000000) i`.execute(db.kysely)
    clearInterval(ticker)
    expect(longest).toBeLessThan(250)
  })

  test('upkeep checkpoints, vacuums and stops', async () => {
    vi.useFakeTimers()
    const statements: string[] = []
    const script = async (text: string) => void statements.push(text)
    const stop = upkeep({ kind: 'embedded', script })
    vi.advanceTimersByTime(24 * 3_600_000)
    expect(statements.filter(text => text === 'checkpoint')).toHaveLength(288)
    expect(statements.filter(text => text === 'vacuum (analyze)')).toHaveLength(2)
    expect(statements.filter(text => text === 'analyze')).toHaveLength(145)
    stop()
    upkeep({ kind: 'postgres', script })
    vi.advanceTimersByTime(24 * 3_600_000)
    expect(statements).toHaveLength(435)
    vi.useRealTimers()
    await db.script('checkpoint')
    await db.script('vacuum (analyze)')
    const { rows } = await sql<{ reltuples: number }>`select reltuples from pg_class where relname = 'counters'`.execute(
      db.kysely,
    )
    expect(rows).toEqual([{ reltuples: 10 }])
  })

  test('asking for a second connection inside a transaction is found by a time-out, not a hang', async () => {
    const nested = transaction(db, {}, () => db.kysely.selectFrom('counters').selectAll().execute())
    const outcome = await Promise.race([nested.catch(error => error), wait(20_000).then(() => 'hung')])
    expect(isUnavailable(outcome)).toBe(true)
  })
})

test('create and open give back the memory that creating takes', () => {
  const data_dir = freshDir()
  const program = `await say(String(Math.round(process.memoryUsage().rss / 1e6))); await db.close()`
  const child = opener(compiled, data_dir, program)
  return output(child).then(([megabytes]) => {
    console.log(`memory after a first create: ${megabytes} MB`)
    expect(Number(megabytes)).toBeLessThan(600)
  })
})

test('the worker is one of the files that the build makes', () => {
  expect(fs.existsSync(path.join(compiled, 'server/db/embedded-worker.mjs'))).toBe(true)
  expect(execFileSync(process.execPath, ['--check', path.join(compiled, 'server/db/embedded-worker.mjs')]).length).toBe(0)
})
