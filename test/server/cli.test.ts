import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openapiDocument } from '../../src/api/openapi.ts'
import { addDays, dayOf, startOfDay } from '../../src/core/calendar.ts'
import { type Environment, type Ran, run, type Serving, serve } from '../support/command.ts'
import { type FreshDatabase, freshDatabase, testDatabaseKind } from '../support/databases.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quittance-cli-'))
const databases: FreshDatabase[] = []

async function freshEnvironment({ migrated = true } = {}): Promise<Environment> {
  const database = await freshDatabase({ migrated })
  databases.push(database)
  return { DATA_DIR: database.data_dir, DATABASE_URL: database.database_url }
}

let env: Environment
const q = (...args: string[]): Promise<Ran> => run(env, ...args)
const json = async (...args: string[]) => {
  const ran = await q(...args, '--json')
  expect(ran.code, ran.err).toBe(0)
  expect(ran.out.trim().split('\n')).toHaveLength(1)
  return ran.json
}
/** One clear line on stderr, nothing on stdout. */
const refusal = async (...args: string[]): Promise<string> => {
  const ran = await q(...args)
  expect([ran.code, ran.out]).toEqual([1, ''])
  expect(ran.err.trim().split('\n')).toHaveLength(1)
  return ran.err.trim()
}

beforeAll(async () => {
  env = await freshEnvironment({ migrated: false })
}, 60_000)
afterAll(async () => {
  for (const database of databases) await database.remove()
  fs.rmSync(folder, { recursive: true, force: true })
})

type Made = { org_id: string; brand_id: string; api_key: string; sign_in_url: string }

/** As an agent asks the server meanwhile. */
async function ask(serving: Serving, method: string, url: string, key: string, body?: object) {
  const answer = await fetch(`${serving.address}${url}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: an answer's shape is what the tests look at
  return { status: answer.status, ...((await answer.json()) as { data: any }) }
}

const metrics = ['Channel;Clip;Day;Views', 'ada;v1;01.03.2026;100', 'ada;v1;02.03.2026;many', 'bob;v2;02.03.2026;7']
const map = {
  ...{ delimiter: ';', date_format: 'd.M.yyyy', create_partners: true, constants: { platform: 'tiktok' } },
  columns: { creator: 'Channel', video: 'Clip', captured_at: 'Day', view_count: 'Views' },
}

const created = { read: 3, created: 2, duplicates: 0, rejected: 1, rejects_file: expect.any(String) }

/** Imports the metrics into a brand. */
async function taken(brand_id: string, ...more: string[]) {
  const [file, mapping] = ['metrics.csv', 'map.json'].map(name => path.join(folder, name)) as [string, string]
  fs.writeFileSync(file, metrics.join('\n'))
  fs.writeFileSync(mapping, JSON.stringify(map))
  return json('import', 'metrics', file, '--brand', brand_id, '--map', mapping, ...more)
}

describe('the command line', () => {
  test('migrates an empty database once', async () => {
    expect((await json('migrate')).applied).toEqual(expect.arrayContaining(['0001_schema', '0002_people']))
    expect(await json('migrate')).toEqual({ applied: [] })
  }, 60_000)

  test('prints the OpenAPI document without a database', async () => {
    const ran = await run({ DATA_DIR: '/nowhere' }, 'openapi')
    expect([ran.code, ran.err]).toEqual([0, ''])
    expect(ran.json).toEqual(JSON.parse(JSON.stringify(openapiDocument())))
  })

  test('names the setting or the command that is wrong', async () => {
    const [setting, command] = await Promise.all([run({ ...env, PORT: 'x' }, 'check'), refusal('nonsense')])
    expect(setting.err).toMatch(/^Setting PORT: /)
    expect(command).toMatch(/unknown command/)
  })

  /** Whatever the command, it opens the database itself; on Postgres it does so beside a server, too: each is tested below. */
  test('works without a server', async () => {
    expect(await refusal('org', 'create', '--name', 'X', '--time-zone', 'Mars/Base')).toMatch(
      /time_zone must be an IANA time zone/,
    )
    const { brand_id } = await json('org', 'create', '--name', 'Acme')
    expect(await taken(brand_id)).toEqual({ import_id: expect.any(String), ...created })
    expect((await json('check')).ok).toBe(true)
    const file = path.join(folder, 'alone.backup')
    expect(await json('backup', file)).toMatchObject({ file, rows: expect.any(Number) })
  }, 60_000)
})

describe('the command line beside a running server', () => {
  let serving: Serving
  beforeAll(async () => {
    env = await freshEnvironment()
    serving = await serve(env)
  }, 60_000)
  afterAll(async () => {
    expect(await serving.stop()).toBe(0)
  }, 30_000)

  test('the server prints three lines: its address, the one-time link, where the data is', async () => {
    expect(serving.lines).toHaveLength(3)
    expect(serving.lines[0]).toMatch(/^Quittance is at http:\/\/127\.0\.0\.1:\d+$/)
    expect(serving.link).toMatch(new RegExp(`^${serving.address}/setup\\?token=`))
  })

  let made: Made

  test('makes organizations, links and keys, which are there for the server at once', async () => {
    const wish = ['--name', 'Acme', '--plan', 'starter', '--time-zone', 'Europe/Berlin', '--email', 'Ada@example.org']
    made = await json('org', 'create', ...wish)
    expect(made).toEqual({
      org_id: expect.any(String),
      brand_id: expect.any(String),
      brand_slug: expect.stringMatching(/^acme/),
      api_key: expect.stringMatching(/^tga_[0-9a-f]{64}$/),
      admin_email: 'ada@example.org',
      sign_in_url: expect.stringContaining('/api/auth/magic-link/verify?token='),
    })
    expect(new URL(made.sign_in_url).origin).toBe(testDatabaseKind() === 'embedded' ? serving.address : 'http://127.0.0.1:4400')
    expect((await ask(serving, 'GET', '/api/me', made.api_key)).data.brands).toMatchObject([{ id: made.brand_id }])
    const { org_id, brand_id } = made
    const [link, key] = await Promise.all([
      json('sign-in', '--email', 'ada@example.org'),
      json('key', 'create', '--org', org_id, '--brand', brand_id, '--scopes', 'read', '--expires-in', '30d'),
    ])
    expect(link).toEqual({ sign_in_url: expect.stringContaining('?token=') })
    expect(key).toEqual({ key_id: expect.any(String), api_key: expect.stringMatching(/^tk_.{40}$/) })
    expect((await ask(serving, 'GET', '/api/me', key.api_key)).status).toBe(200)
    expect((await json('key', 'list', '--org', org_id)).map((k: { prefix: string }) => k.prefix)).toEqual(['tga', 'tk'])
    expect(await json('key', 'revoke', key.key_id)).toEqual({ key_id: key.key_id, revoked: true })
    expect((await ask(serving, 'GET', '/api/me', key.api_key)).status).toBe(401)
  }, 60_000)

  /** Puts every channel of the brand on a structure; returns the end of its first period. */
  async function assignAll({ brand_id: project_id, api_key }: Made): Promise<string> {
    const v1 = async (method: string, rest: string, body?: object) =>
      (await ask(serving, method, `/api/v1${rest}`, api_key, body)).data
    const creators: { id: string; tiktok_handle: string }[] = await v1('GET', `/creators?project_id=${project_id}`)
    expect(creators.map(each => each.tiktok_handle).sort()).toEqual(['ada', 'bob'])
    const { structure_id } = await v1('POST', '/payout-structures', {
      ...{ project_id, name: 'Daily', period: 'daily', amount_cents: 1_50, currency: 'USD' },
      ...{ criteria_type: 'recurring', criteria_params: {}, proration_mode: 'full' },
    })
    const assignments = `/payout-structures/${structure_id}/assignments`
    await v1('POST', assignments, { creator_ids: creators.map(({ id }) => id) })
    const [{ assigned_at }] = await v1('GET', assignments)
    return startOfDay(addDays(dayOf(assigned_at, 'Europe/Berlin'), 1), 'Europe/Berlin')
  }

  test('imports metrics, accrues what is due and takes the import back', async () => {
    expect(await taken(made.brand_id, '--dry-run')).toEqual({ import_id: null, ...created })
    const { import_id, ...imported } = await taken(made.brand_id)
    expect(imported).toEqual(created)
    expect(fs.readFileSync(imported.rejects_file, 'utf8').trim().split('\n')).toEqual([
      expect.stringMatching(/^line,reason,Channel,Clip,Day,Views\r?$/),
      expect.stringMatching(/^3,.*view_count.*,ada,v1,02\.03\.2026,many\r?$/),
    ])
    const now = await assignAll(made)
    expect(await json('accrue', '--now', now)).toEqual({ evaluated: 2, created: 2, amount_cents: 3_00 })
    expect(await json('import', 'undo', import_id)).toEqual({ import_id, withdrawn: 2 })
  }, 60_000)

  test('refuses with one clear line', async () => {
    const [nobody, id] = await Promise.all([
      refusal('sign-in', '--email', 'nobody@example.org'),
      refusal('key', 'create', '--org', 'x', '--json'),
    ])
    expect(nobody).toBe('Nobody here has the e-mail nobody@example.org.')
    expect(id).toBe('org_id must be an id.')
  }, 60_000)

  test('checks, runs the schedule and backs up, into an empty database alone', async () => {
    const checked = await json('check')
    expect(checked.ok).toBe(true)
    expect(checked.checks.length).toBeGreaterThan(5)
    expect(await json('run-scheduled', '--now', '2026-04-01T00:00:00Z')).toEqual({ drafts: 0, skipped: 0, amount_cents: {} })
    const file = path.join(folder, 'beside.backup')
    expect(await json('backup', file)).toMatchObject({ file, rows: expect.any(Number) })
    expect(await refusal('restore', file)).toMatch(/not empty/)
    const fresh = await freshEnvironment()
    const done = await run(fresh, 'restore', file, '--json')
    expect([done.code, done.err]).toEqual([0, ''])
    expect((await run(fresh, 'check', '--json')).json.ok).toBe(true)
  }, 60_000)

  test('nobody without the token gets in by the same door', async () => {
    for (const authorization of ['', 'Bearer x', `Bearer ${'0'.repeat(64)}`]) {
      const answer = await fetch(`${serving.address}/internal/operations/check`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: '{}',
      })
      expect(answer.status).toBe(404)
    }
  })

  test('a second server on the same data says who has it', async context => {
    if (testDatabaseKind() === 'postgres') return context.skip('several servers may share a Postgres')
    const ran = await run({ ...env, PORT: '0' }, 'serve')
    expect(ran.code).toBe(1)
    expect(ran.err.trim()).toMatch(/^The embedded database is open in process \d+ .* which serves at http.* Stop it first/)
  }, 30_000)

  test('a taken port is one clear line', async () => {
    const ran = await run({ ...(await freshEnvironment()), PORT: new URL(serving.address).port }, 'serve')
    expect([ran.code, ran.err.trim().split('\n').length]).toEqual([1, 1])
    expect(ran.err).toMatch(/is taken; choose another/)
  }, 30_000)
})
