import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeApp } from '../../src/server/app.ts'
import { backup, restore } from '../../src/server/backup.ts'
import { openDatabase } from '../../src/server/db/database.ts'
import { pendingMigrations } from '../../src/server/db/migrate.ts'
import { freshDatabase, testDatabaseKind } from '../support/databases.ts'
import { place, type World, world } from '../support/world.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quittance-backup-'))
const file = path.join(folder, 'shop.backup')
let shop: World
beforeAll(async () => {
  shop = await world({ today: '2026-03-01' })
  const [ada, sale] = [
    await shop.partner('Ada "quoted", \\ and\nlines', { metadata: { a: [null, 1.5, 'ü'], 'x"y': {} } }),
    await shop.campaign(),
  ]
  for (let i = 0; i < 5; i++) await shop.conversion({ partner: ada, campaign: sale, type: 'Lead' })
  await shop.partner('Пётр', { coupon_codes: ['TEN', 'TWENTY'], readme: '' })
  await shop.approve(await shop.draft(ada))
  await backup(shop.app, file)
})
afterAll(async () => {
  await shop.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

/** Restores into a database without a schema, and hands it on. */
async function restored(kind: 'embedded' | 'postgres', from = file) {
  const database = await freshDatabase({ kind, migrated: false })
  const db = await openDatabase(database)
  const app = makeApp(db, { ...shop.app.config, ...database })
  const close = async () => {
    await db.close()
    await database.remove()
  }
  try {
    return { app, db, close, done: await restore(app, from) }
  } catch (error) {
    await close()
    throw error
  }
}

const rowsOf = async (at: { app: World['app'] }) => {
  const again = path.join(folder, `${Math.random()}.backup`)
  await backup(at.app, again)
  return gunzipSync(fs.readFileSync(again)).toString().split('\n').slice(1, -2)
}

describe('a backup', () => {
  test('restores to the same rows, and to a database that passes every check', async () => {
    const copy = await restored(testDatabaseKind())
    expect(copy.done.rows).toBeGreaterThan(30)
    expect(await pendingMigrations(copy.db)).toEqual([])
    expect(await rowsOf(copy)).toEqual(await rowsOf(shop))
    const { runChecks } = await import('../../src/server/checks/check.ts')
    expect((await runChecks(copy.app)).ok).toBe(true)
    await copy.close()
  })

  test('moves between the embedded database and a server', async context => {
    if (testDatabaseKind() === 'embedded') return context.skip('runs in the project postgres, which has a server')
    const there = await restored('embedded')
    expect(await rowsOf(there)).toEqual(await rowsOf(shop))
    await there.close()
  })

  test('leaves triggers and row-level security as strict as they were', async () => {
    const copy = await restored(testDatabaseKind())
    const state = `select c.relname, c.relforcerowsecurity, array_agg(t.tgname::text || t.tgenabled::text order by t.tgname) as triggers
      from pg_class c left join pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' group by 1, 2 order by 1`
    const { CompiledQuery } = await import('kysely')
    expect((await copy.db.kysely.executeQuery(CompiledQuery.raw(state))).rows).toEqual(await shop.sql(state))
    await copy.close()
  })

  test('is one state of the database, whatever is written meanwhile', async () => {
    let running = true
    const sale = await shop.campaign()
    const ada = await shop.partner('Busy')
    const writing = (async () => {
      while (running) await shop.conversion({ partner: ada, campaign: sale, type: 'Lead' })
    })()
    await new Promise(resolve => setTimeout(resolve, 50))
    const during = path.join(folder, 'during.backup')
    await backup(shop.app, during)
    running = false
    await writing
    const copy = await restored(testDatabaseKind(), during)
    const { runChecks } = await import('../../src/server/checks/check.ts')
    const { ok, checks } = await runChecks(copy.app)
    expect(ok, JSON.stringify(checks.filter(c => c.violations > 0))).toBe(true)
    await copy.close()
  })

  test('can be read by its owner alone, and leaves no half file', () => {
    expect((fs.statSync(file).mode & 0o777).toString(8)).toBe('600')
    expect(fs.readdirSync(folder).filter(name => name.endsWith('.part'))).toEqual([])
  })
})

describe('a restore', () => {
  test('is refused where there are rows, and changes nothing', async () => {
    const other = await world()
    const before = await other.fingerprint()
    await expect(restore(other.app, file)).rejects.toMatchObject({
      code: 'invalid_transition',
      message: expect.stringContaining('not empty'),
    })
    expect(await other.fingerprint()).toBe(before)
    await other.close()
  })

  test('refuses a file with a changed byte, a missing end or another content, and changes nothing', async () => {
    const at = await place()
    const before = await at.fingerprint()
    const text = gunzipSync(fs.readFileSync(file)).toString()
    const broken: Record<string, Buffer> = {
      changed: gzipSync(text.replace('Lead', 'Sale')),
      short: gzipSync(text.slice(0, text.length - 200)),
      cut: fs.readFileSync(file).subarray(0, 500),
      other: gzipSync('hello\n'),
      plain: Buffer.from('hello\n'),
    }
    for (const [name, bytes] of Object.entries(broken)) {
      const bad = path.join(folder, name)
      fs.writeFileSync(bad, bytes)
      await expect(restore(at.app, bad), name).rejects.toMatchObject({ code: 'invalid_body' })
    }
    await expect(restore(at.app, path.join(folder, 'none'))).rejects.toMatchObject({ code: 'not_found' })
    expect(await at.fingerprint()).toBe(before)
    await at.close()
  })

  test('refuses a backup of a later release', async () => {
    const text = gunzipSync(fs.readFileSync(file)).toString().split('\n')
    text[0] = (text[0] as string).replace('"0001_schema"', '"0001_schema","9999_future"')
    const later = path.join(folder, 'later')
    const { createHash } = await import('node:crypto')
    const body = `${text.slice(0, -2).join('\n')}\n`
    fs.writeFileSync(
      later,
      gzipSync(`${body}${JSON.stringify({ sha256: createHash('sha256').update(body).digest('hex'), rows: 1 })}\n`),
    )
    await expect(restored(testDatabaseKind(), later)).rejects.toMatchObject({
      code: 'invalid_body',
      message: expect.stringContaining('later release'),
    })
  })
})
