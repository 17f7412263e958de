/** What happens by itself: every hour what is due is accrued, then drafts are made where their day has come. Source: spec A5, B10, D8. */
import { CompiledQuery } from 'kysely'
import type PgBoss from 'pg-boss'
import type { App } from '../app.ts'
import { removeOldUploads } from '../conversions/import-upload.ts'
import { runScheduled } from '../payouts/scheduled.ts'
import { accrue } from '../structures/accrue.ts'

const QUEUE = 'nightly'
const HOURLY = '0 * * * *'
/** Few and slow questions: an hour's job may start half a minute late, and the embedded database has one connection. */
const PACE = {
  cronWorkerIntervalSeconds: 30,
  cronMonitorIntervalSeconds: 30,
  maintenanceIntervalSeconds: 600,
  clockMonitorIntervalSeconds: 600,
}

type Failed = (error: unknown) => void

/** Starts the schedule in the background and returns what stops it. While the clock is set nothing starts by itself. */
export function startSchedule(app: App, failed: Failed): () => Promise<void> {
  if (app.config.now !== undefined) return async () => {}
  const starting = begin(app, failed)
  return async () => void (await (await starting)?.stop({ graceful: true, wait: true, timeout: 10_000 }))
}

/** The library is loaded once requests are answered: nobody waits for the next hour. */
async function begin(app: App, failed: Failed): Promise<PgBoss | null> {
  try {
    const { default: Boss } = await import('pg-boss')
    const boss = new Boss({ ...connectionOf(app), ...PACE })
    boss.on('error', failed)
    await start(boss, app).catch(failed)
    return boss
  } catch (error) {
    failed(error)
    return null
  }
}

/** Through our own pool on the embedded database, which has no second connection to give. */
function connectionOf(app: App): PgBoss.ConstructorOptions {
  const { database_url } = app.config
  if (database_url !== undefined) return { connectionString: database_url, max: 2, application_name: 'quittance schedule' }
  const executeSql = async (text: string, values: unknown[] = []) => {
    const { rows } = await app.db.kysely.executeQuery<unknown>(CompiledQuery.raw(text, values))
    return { rows: rows as never[] }
  }
  return { db: { executeSql } } as PgBoss.ConstructorOptions
}

async function start(boss: PgBoss, app: App): Promise<void> {
  await boss.start()
  await boss.createQueue(QUEUE, { name: QUEUE, policy: 'short', retryLimit: 5, retryBackoff: true })
  await boss.work(QUEUE, { pollingIntervalSeconds: 30 }, async () => {
    const now = app.clock.now()
    await accrue(app, now)
    await runScheduled(app, now)
    removeOldUploads(app.config.data_dir)
  })
  await boss.schedule(QUEUE, HOURLY)
}
