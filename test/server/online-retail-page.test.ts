/** docs/online-retail.md is true: its mapping is the example's, and its commands, run as they stand, do what it says. */
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { migrationsFolder } from '../../src/server/db/migrate.ts'
import { type Environment, serve } from '../support/command.ts'
import { freshDatabase } from '../support/databases.ts'

const root = path.dirname(migrationsFolder())
const page = fs.readFileSync(path.join(root, 'docs', 'online-retail.md'), 'utf8')
const blocks = (language: string) =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter(b => b[1] === language).map(b => b[2] as string)

test('the mapping on the page is the one in examples/', () => {
  const map = fs.readFileSync(path.join(root, 'examples', 'online-retail.map.json'), 'utf8')
  expect(blocks('json')).toEqual([map])
})

test('the commands on the page work as they stand, and come to its numbers', async () => {
  const [create, start, ...rest] = blocks('sh') as [string, string, ...string[]]
  expect(start).toBe('npm start\n')
  const database = await freshDatabase()
  const folder = database.data_dir
  const env: Environment = { DATA_DIR: folder, DATABASE_URL: database.database_url }
  const sh = async (script: string) => {
    const text = script
      .replaceAll('npx quittance', `node ${path.join(root, 'bin', 'quittance.mjs')}`)
      .replaceAll('examples/', `${path.join(root, 'examples')}/`)
    const { VITEST: _, NODE_ENV: __, TEST: ___, ...own } = process.env
    await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', text], {
      cwd: folder,
      env: { ...own, ...env, LOG_LEVEL: 'error' },
    })
  }
  const made = (name: string) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'))
  await sh(create)
  const server = await serve(env)
  try {
    await sh(rest.join('\n').replaceAll('http://127.0.0.1:4400', server.address))
    const imported = made('import.json')
    expect(imported).toMatchObject({
      read: 10_000,
      created: 7_619,
      duplicates: 0,
      rejected: 2_381,
      amount_cents: { GBP: 15_128_48 },
    })
    expect(made('run.json').data).toMatchObject({ created: 303, totals: [{ currency: 'GBP', amount_cents: 15_128_48 }] })
    expect(made('check.json').ok).toBe(true)
    expect(made('undo.json')).toMatchObject({ reversed: 7_605, failed: 0, amount_cents: { GBP: -15_128_48 } })
    const rejects = fs.readFileSync(imported.rejects_file, 'utf8').split('\r\n')
    const [shown = ''] = blocks('csv')
    expect(
      shown
        .trim()
        .split('\n')
        .filter(line => !rejects.includes(line)),
    ).toEqual([])
  } finally {
    await server.stop()
    await database.remove()
  }
}, 120_000)
