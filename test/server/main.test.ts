import { CompiledQuery } from 'kysely'
import { afterEach, expect, test } from 'vitest'
import { makeApp } from '../../src/server/app.ts'
import { readConfig } from '../../src/server/config.ts'
import { openDatabase } from '../../src/server/db/database.ts'
import { startSchedule } from '../../src/server/jobs/schedule.ts'
import { startServer } from '../../src/server/main.ts'
import { type FreshDatabase, freshDatabase } from '../support/databases.ts'

const made: FreshDatabase[] = []
afterEach(async () => {
  for (const database of made.splice(0)) await database.remove()
})

async function settings(migrated: boolean, more = {}) {
  const database = await freshDatabase({ migrated })
  made.push(database)
  return { ...readConfig({}), ...database, port: 0, log_level: 'silent', ...more }
}

test('an empty directory becomes a product that answers, with one link to begin', async () => {
  const lines: string[] = []
  const started = await startServer(await settings(false), { say: line => lines.push(line) })
  expect(lines).toHaveLength(3)
  expect(started.sign_in_url).toMatch(new RegExp(`^${started.address}/setup\\?token=`))
  expect(await (await fetch(`${started.address}/readyz`)).json()).toEqual({ ok: true })
  const token = new URL(started.sign_in_url as string).searchParams.get('token')
  const body = JSON.stringify({ token, organization: 'Acme', email: 'a@example.org' })
  const answer = await fetch(`${started.address}/api/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  expect(answer.status).toBe(201)
  const { data } = (await answer.json()) as { data: { sign_in_url: string } }
  const opened = await fetch(data.sign_in_url, { redirect: 'manual' })
  expect([opened.status, opened.headers.get('location')]).toEqual([302, '/'])
  await started.close()
  await started.close()
})

test('a second start of what is set up prints no link', async () => {
  const config = await settings(true)
  const db = await openDatabase(config)
  const { createOrganization } = await import('../../src/server/organizations/organizations.ts')
  await createOrganization(makeApp(db, config), { name: 'Acme' })
  await db.close()
  const lines: string[] = []
  const started = await startServer(config, { say: line => lines.push(line) })
  expect(started.sign_in_url).toBeUndefined()
  expect(lines.join('\n')).not.toContain('token=')
  await started.close()
})

test('the schedule is set hourly and its work is done, on either database', async () => {
  const config = await settings(true)
  const db = await openDatabase(config)
  const app = makeApp(db, config)
  const failures: unknown[] = []
  const stop = startSchedule(app, error => failures.push(error))
  const ask = async (text: string) => (await db.kysely.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text))).rows
  await expect
    .poll(() => ask('select name, cron from pgboss.schedule').catch(() => []), { timeout: 15_000 })
    .toEqual([{ name: 'nightly', cron: '0 * * * *' }])
  await stop()
  expect(failures).toEqual([])
  await db.close()
}, 30_000)

test('while the clock is set nothing starts by itself', async () => {
  const config = await settings(true, { now: '2026-03-01T00:00:00.000Z' })
  const db = await openDatabase(config)
  const stop = startSchedule(makeApp(db, config), error => expect(error).toBeUndefined())
  await stop()
  const { rows } = await db.kysely.executeQuery(CompiledQuery.raw(`select 1 from pg_namespace where nspname = 'pgboss'`))
  expect(rows).toEqual([])
  await db.close()
})
