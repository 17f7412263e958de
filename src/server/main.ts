/** Starts the product: database, schema, server, upkeep and schedule; says where it is and how to get in. Source: spec G, G1. */
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { type App, afterwards, makeApp, settled } from './app.ts'
import { randomSecret } from './clock.ts'
import type { Config } from './config.ts'
import { type Db, openDatabase } from './db/database.ts'
import { migrateToLatest } from './db/migrate.ts'
import type { Tables } from './db/tables.ts'
import { upkeep } from './db/upkeep.ts'
import { loadDemo } from './demo.ts'
import { buildServer } from './http/server.ts'
import { startSchedule } from './jobs/schedule.ts'
import { addressOf, authOf, listensAt } from './organizations/auth.ts'
import { offerDemo, setupUrl } from './organizations/setup.ts'
import { startPostbacks } from './partners/postbacks.ts'

export type Started = { address: string; sign_in_url?: string; close(): Promise<void> }
export type StartOptions = { demo?: boolean; say?: (line: string) => void }

/** Opens, migrates and serves; returns when requests are answered. `say` gets the three lines, which no log ever sees. */
export async function startServer(config: Config, { demo = false, say = console.log }: StartOptions = {}): Promise<Started> {
  const db = await openDatabase<Tables>({ ...config, pool_size: config.database_pool })
  try {
    await migrateToLatest(db)
    return await serve(db, config, demo, say)
  } catch (error) {
    await db.close()
    throw error
  }
}

async function serve(db: Db<Tables>, config: Config, demo: boolean, say: (line: string) => void): Promise<Started> {
  const app = makeApp(db, config)
  const token = randomSecret('hex')
  const server = await buildServer(app, { operations_token: token })
  const { address, local } = await listen(server, config)
  listensAt(app, address)
  offerDemo(app, () => loadDemo(app))
  const link = demo ? (await loadDemo(app)).sign_in_url : await setupUrl(app)
  db.publish(local, token)
  const stop = background(app, server)
  for (const line of greeting(app, link, demo)) say(line)
  afterwards(app, 'sign-in could not be prepared', () => authOf(app))
  const close = once(async () => {
    await server.close()
    await stop()
    await settled(app)
    await db.close()
  })
  return { address: addressOf(app), ...(link && { sign_in_url: link }), close }
}

/** `address` is for people, `local` for commands on this machine. */
async function listen(server: FastifyInstance, { host, port }: Config): Promise<{ address: string; local: string }> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new Error(`Port ${port} of ${host} is taken; choose another, for example PORT=${port + 1}.`)
  }
  const bound = (server.addresses()[0] as { port: number }).port
  const everywhere = ['0.0.0.0', '::', 'localhost', '127.0.0.1'].includes(host)
  const local = `http://${everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${bound}`
  return { address: local, local }
}

function background(app: App, server: FastifyInstance): () => Promise<void> {
  const failed = (what: string) => (error: unknown) => server.log.error({ err: error as Error }, what)
  const stopUpkeep = upkeep(app.db, failed('upkeep failed'))
  const stopSchedule = startSchedule(app, failed('schedule failed'))
  const stopPostbacks = startPostbacks(app)
  return async () => {
    stopUpkeep()
    stopPostbacks()
    await stopSchedule()
  }
}

function greeting(app: App, link: string | null, demo: boolean): string[] {
  const { database_url, data_dir } = app.config
  const where = database_url ? `the Postgres server ${new URL(database_url).host}` : path.resolve(data_dir)
  const way = demo ? 'Sign in to the demo (once, within 24 hours)' : 'Set up (once, within 24 hours)'
  return [
    `Quittance is at ${addressOf(app)}`,
    link ? `${way}: ${link}` : 'Sign in with your password, or with a link from: npx quittance sign-in --email ADDRESS',
    `Its data is in ${where}`,
  ]
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= act())
}
