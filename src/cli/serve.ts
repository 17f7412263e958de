/** `serve`, `migrate`, `demo`, `openapi`. */
import type { Command } from 'commander'
import { openapiDocument } from '../api/openapi.ts'
import { readConfig } from '../server/config.ts'
import { DatabaseInUse } from '../server/db/owner.ts'
import { type Options, run, withJson } from './command.ts'

export function addServe(program: Command): void {
  const serving = program.command('serve').description('serve the API, the workspace and the portal')
  withJson(serving.option('--demo', 'load demo data first')).action(serve)
  withJson(program.command('migrate').description('bring the schema up to date')).action((options: Options) =>
    run('migrate', {}, options),
  )
  withJson(program.command('demo').description('load the demo data')).action((options: Options) => run('demo', {}, options))
  withJson(program.command('openapi').description('print the OpenAPI document')).action(() => {
    process.stdout.write(`${JSON.stringify(openapiDocument(), null, 2)}\n`)
  })
}

async function serve({ demo, json }: Options): Promise<void> {
  // loaded here, so that the other commands start without the server
  const { startServer } = await import('../server/main.ts')
  const config = readConfig(process.env)
  try {
    const { address, sign_in_url, close } = await startServer(config, { demo: demo === true, ...(json && { say: () => {} }) })
    if (json) process.stdout.write(`${JSON.stringify({ address, sign_in_url: sign_in_url ?? null })}\n`)
    closeOn(['SIGTERM', 'SIGINT'], close)
  } catch (error) {
    if (error instanceof DatabaseInUse) throw new Error(`${error.message} Stop it first, or choose another DATA_DIR.`)
    throw error
  }
}

/** Lets what runs end; a second signal does not wait. */
function closeOn(signals: NodeJS.Signals[], close: () => Promise<void>): void {
  let closing = false
  const stop = () => {
    if (closing) process.exit(1)
    closing = true
    close().then(
      () => process.exit(0),
      error => {
        process.stderr.write(`${(error as Error).message}\n`)
        process.exit(1)
      },
    )
  }
  for (const signal of signals) process.on(signal, stop)
}
