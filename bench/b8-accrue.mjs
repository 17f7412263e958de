/** B8: a night that accrues a million assignments, against merely inserting a million such rows. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addAssignments, addPartners, unguarded } from './support/load.mjs'
import { figure, inTurns, timed } from './support/measure.mjs'
import { makeDatabase, startProduct, withClient, withPostgres } from './support/place.mjs'

const STRUCTURES = 10
const MONTH = '2026-04-01T00:00:00.000Z'

export const run = options => withPostgres(options, server => measure(server, options))

async function measure(server, { quick, rounds = 5 }) {
  const partners = quick ? 10_000 : 100_000
  const url = await makeDatabase(server, 'b8')
  const product = await startProduct(url)
  await product.stop()
  const night = await openNight(url)
  try {
    return await withClient(url, async db => {
      await addPartners(db, product, partners)
      await addAssignments(db, product, { structures: STRUCTURES, partners })
      await night.check(partners * STRUCTURES)
      await db.query('create table bare (like earnings); alter table bare add primary key (org_id, id)')
      await db.query('create table entered as select * from earnings order by id')
      await db.query('vacuum (analyze)')
      const reruns = []
      const samples = await inTurns(rounds, {
        product: async round => {
          await reset(db)
          const took = await timed(() => night.check(partners * STRUCTURES))
          const again = await timed(() => night.check(0))
          if (round >= 0) reruns.push(again)
          return took
        },
        bare: async () => {
          await db.query('truncate bare')
          await db.query('checkpoint')
          return timed(() => db.query('insert into bare select * from entered'))
        },
      })
      const size = `${quick ? '100,000' : '1 M'} assignments of 10 structures`
      const main = { line: 'B8', unit: 'ms', full: !quick, denominator: samples.bare }
      return {
        version: server.version,
        figures: [
          figure({
            ...main,
            what: `a night that accrues ${size}, with tabs, inputs and marks ÷ a bare INSERT … SELECT of those rows with one key`,
            product: samples.product,
            target: { most: 1.3 },
          }),
          figure({
            ...main,
            what: 'the same night at once again, which finds nothing ÷ that INSERT',
            product: reruns,
            target: { most: 0.05 },
            digits: 4,
          }),
        ],
      }
    })
  } finally {
    await night.close()
  }
}

/** As before the night; every round writes fresh files. */
async function reset(db) {
  await unguarded(db, () => db.query('truncate earnings, tabs, accrual_progress, unearned_periods, events cascade'))
  await db.query('vacuum (analyze) earnings, tabs, accrual_progress')
  await db.query('checkpoint')
}

/** The product's own night, in this process: what the schedule starts every hour. */
async function openNight(database_url) {
  const [{ openDatabase }, { makeApp }, { readConfig }, { accrue }] = await Promise.all([
    import('../dist/server/db/database.js'),
    import('../dist/server/app.js'),
    import('../dist/server/config.js'),
    import('../dist/server/structures/accrue.js'),
  ])
  const data_dir = mkdtempSync(join(tmpdir(), 'quittance-bench-'))
  const config = readConfig({ DATABASE_URL: database_url, DATA_DIR: data_dir })
  const db = await openDatabase({ ...config, pool_size: config.database_pool })
  const app = makeApp(db, config)
  return {
    async check(expected) {
      const { created } = await accrue(app, MONTH)
      if (created !== expected) throw new Error(`the night made ${created} accruals, not ${expected}`)
    },
    async close() {
      await db.close()
      rmSync(data_dir, { recursive: true, force: true })
    },
  }
}
