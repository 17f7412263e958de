import fs from 'node:fs'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Db, openDatabase } from '../../../src/server/db/database.ts'
import { migrateToLatest, migrationsFolder, pendingMigrations } from '../../../src/server/db/migrate.ts'
import { bothKinds, postgresUrl, type Scratch, tempDir } from './databases.ts'

const folders: string[] = []
afterAll(() => {
  for (const dir of folders) fs.rmSync(dir, { recursive: true })
})

const folder = (files: Record<string, string>) => {
  const dir = tempDir()
  folders.push(dir)
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(dir, name), text)
  return dir
}

const FIRST = `create table notes (id integer primary key); -- a; semicolon
  create function twice(n integer) returns integer language plpgsql as $$ begin return n * 2; end $$;
  insert into notes values (twice(1));`

describe.each(bothKinds)('migrating the %s database', (_kind, open) => {
  let found: Db<Scratch> | null
  let db: Db<Scratch>
  beforeAll(async () => {
    found = await open()
    if (found) db = found
  }, 60_000)
  afterAll(() => found?.close())

  test('runs each file once, whole, in the order of their numbers', async ({ skip }) => {
    if (!found) return skip('no real Postgres was found')
    const dir = folder({ '0001_first.sql': FIRST, '0002_second.sql': 'insert into notes values (twice(5))', 'readme.md': 'no' })
    expect(await pendingMigrations(db, dir)).toEqual(['0001_first', '0002_second'])
    expect(await migrateToLatest(db, dir)).toEqual(['0001_first', '0002_second'])
    expect(await pendingMigrations(db, dir)).toEqual([])
    expect(await migrateToLatest(db, dir)).toEqual([])
    expect((await sql`select id from notes order by id`.execute(db.kysely)).rows).toEqual([{ id: 2 }, { id: 10 }])

    fs.writeFileSync(path.join(dir, '0003_good.sql'), 'insert into notes values (20)')
    fs.writeFileSync(path.join(dir, '0004_bad.sql'), 'insert into notes values (30); select no_such_thing()')
    await expect(migrateToLatest(db, dir)).rejects.toMatchObject({ code: '42883' })
    expect(await pendingMigrations(db, dir)).toEqual(['0003_good', '0004_bad'])
    expect((await sql`select count(*) as n from notes`.execute(db.kysely)).rows).toEqual([{ n: 2 }])
  })

  test('leaves the time limits as they were', async ({ skip }) => {
    if (!found) return skip('no real Postgres was found')
    const limits = await Promise.all(
      [1, 2, 3].map(() => sql<{ t: string }>`select current_setting('statement_timeout') as t`.execute(db.kysely)),
    )
    expect(new Set(limits.map(({ rows }) => rows[0]!.t)).size).toBe(1)
  })
})

test('the product has migrations, found from the source and from the build', () => {
  expect(fs.existsSync(path.join(migrationsFolder(), '0001_schema.sql'))).toBe(true)
  expect(migrationsFolder(path.join(migrationsFolder(), '../dist/server/db'))).toBe(migrationsFolder())
})

test('two processes that migrate at once take turns', async ({ skip }) => {
  const database_url = await postgresUrl()
  if (!database_url) return skip('no real Postgres was found')
  const dir = folder({ '0001_first.sql': `${FIRST} select pg_sleep(0.3)` })
  const two = await Promise.all([1, 2, 3].map(() => openDatabase({ database_url, data_dir: '' })))
  const done = await Promise.all(two.map(db => migrateToLatest(db, dir)))
  expect(done.sort((a, b) => a.length - b.length)).toEqual([[], [], ['0001_first']])
  await Promise.all(two.map(db => db.close()))
})
