import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openapiDocument } from '../../src/api/openapi.ts'
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

const get = async (serving: Serving, url: string, key: string) => {
  const answer = await fetch(`${serving.address}${url}`, { headers: { authorization: `Bearer ${key}` } })
  return { status: answer.status, ...((await answer.json()) as { data: { brands: unknown } }) }
}

/** The same commands, whether a server runs meanwhile or not. */
function everyCommand(name: string) {
  test(`makes organizations, links and keys ${name}`, async () => {
    const made = await json(
      'org',
      'create',
      '--name',
      'Acme',
      '--plan',
      'starter',
      '--time-zone',
      'Europe/Berlin',
      '--email',
      'Ada@example.org',
    )
    expect(made).toEqual({
      org_id: expect.any(String),
      brand_id: expect.any(String),
      brand_slug: expect.stringMatching(/^acme/),
      api_key: expect.stringMatching(/^tga_[0-9a-f]{64}$/),
      admin_email: 'ada@example.org',
      sign_in_url: expect.stringContaining('/api/auth/magic-link/verify?token='),
    })
    expect(await json('sign-in', '--email', 'ada@example.org')).toEqual({ sign_in_url: expect.stringContaining('?token=') })
    const key = await json(
      'key',
      'create',
      '--org',
      made.org_id,
      '--brand',
      made.brand_id,
      '--scopes',
      'read',
      '--expires-in',
      '30d',
    )
    expect(key).toEqual({ key_id: expect.any(String), api_key: expect.stringMatching(/^tk_.{40}$/) })
    expect((await json('key', 'list', '--org', made.org_id)).map((k: { prefix: string }) => k.prefix)).toEqual(['tga', 'tk'])
    expect(await json('key', 'revoke', key.key_id)).toEqual({ key_id: key.key_id, revoked: true })
  }, 60_000)

  test(`refuses with one clear line ${name}`, async () => {
    expect(await refusal('sign-in', '--email', 'nobody@example.org')).toBe('Nobody here has the e-mail nobody@example.org.')
    expect(await refusal('key', 'create', '--org', 'x', '--json')).toBe('org_id must be an id.')
    expect(await refusal('org', 'create', '--name', 'X', '--time-zone', 'Mars/Base')).toMatch(
      /time_zone must be an IANA time zone/,
    )
    expect(await refusal('nonsense')).toMatch(/unknown command/)
  }, 60_000)

  test(`checks, backs up and runs the schedule ${name}`, async () => {
    const checked = await json('check')
    expect(checked.ok).toBe(true)
    expect(checked.checks.length).toBeGreaterThan(5)
    const file = path.join(folder, `${name.replaceAll(/\W/g, '-')}.backup`)
    expect(await json('backup', file)).toMatchObject({ file, rows: expect.any(Number) })
    expect(await refusal('restore', file)).toMatch(/not empty/)
    expect(await json('run-scheduled', '--now', '2026-04-01T00:00:00Z')).toEqual({ drafts: 0, skipped: 0, amount_cents: {} })
    const fresh = await freshEnvironment()
    const done = await run(fresh, 'restore', file, '--json')
    expect([done.code, done.err]).toEqual([0, ''])
    expect((await run(fresh, 'check', '--json')).json.ok).toBe(true)
  }, 90_000)
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

  test('names the setting that is wrong', async () => {
    expect((await run({ ...env, PORT: 'x' }, 'check')).err).toMatch(/^Setting PORT: /)
  })

  everyCommand('without a server')
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

  everyCommand('beside a server')

  test('what a command makes is there for the server at once', async () => {
    const made = await json('org', 'create', '--name', 'Now')
    expect(new URL(made.sign_in_url).origin).toBe(testDatabaseKind() === 'embedded' ? serving.address : 'http://127.0.0.1:4400')
    expect((await get(serving, '/api/me', made.api_key)).data.brands).toMatchObject([{ id: made.brand_id }])
    const { api_key } = await json('key', 'create', '--org', made.org_id)
    expect((await get(serving, '/api/me', api_key)).status).toBe(200)
  }, 30_000)

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
