/** The command line's door into a running server: the embedded database has one owner, so commands send it their work. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { PassThrough } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { refuse } from '../../core/refusal.ts'
import type { App } from '../app.ts'
import { isOperation, operate } from '../operations.ts'
import { failureOf } from './failure.ts'

/** Answers line by line in JSON: `{progress}` as the work goes on, then `{result}` or `{error}`. */
export function registerOperations(server: FastifyInstance, app: App, token: string): void {
  server.post('/internal/operations/:name', { bodyLimit: 1024 * 1024 }, (request, answer) => {
    refuseOthers(request, token)
    const { name } = request.params as { name: string }
    if (!isOperation(name))
      refuse('not_found', `There is no operation "${name}"; the command line and the server are of different releases.`)
    const lines = new PassThrough()
    const say = (line: object) => void lines.write(`${JSON.stringify(line)}\n`)
    operate(app, name, request.body, progress => say({ progress }))
      .then(
        result => say({ result: result ?? null }),
        error => say({ error: explain(request, error) }),
      )
      .finally(() => lines.end())
    return answer.type('application/x-ndjson').send(lines)
  })
}

/** Whoever can read the lock file on this machine, and nobody else. */
function refuseOthers(request: FastifyRequest, token: string): void {
  const { remoteAddress, localAddress } = request.socket
  const isHere = remoteAddress === undefined || remoteAddress === localAddress || /^(::ffff:)?127\.|^::1$/.test(remoteAddress)
  const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const digest = (text: string) => createHash('sha256').update(text).digest()
  if (!isHere || !timingSafeEqual(digest(given), digest(token))) refuse('not_found', 'There is no such path.')
}

function explain(request: FastifyRequest, error: unknown): { code: string; message: string } {
  const { code, message } = failureOf(error)
  if (code !== 'internal_error') return { code, message }
  request.log.error({ err: error as Error }, 'operation failed')
  // the command line runs with the operator's own rights, who is better served by what went wrong
  return { code, message: error instanceof Error ? error.message : String(error) }
}
