/** What the log may hold: a closed list of fields, so that no key, cookie, link or body ever gets into it. */
import type { FastifyRequest, FastifyServerOptions } from 'fastify'
import pino from 'pino'
import { sqlState } from '../db/errors.ts'

const SECRETS = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-api-key"]',
  'headers.authorization',
  'headers.cookie',
  'headers["x-api-key"]',
]

/** The path alone: one-time links and postbacks carry their secrets behind the `?`. */
const requestOf = ({ id, method, url, ip }: FastifyRequest) => ({ id, method, path: url?.split('?')[0], ip })

/** Postgres puts the values of a row into an error's `detail`, so nothing but these four is taken along. */
export const errorOf = (error: Error) => ({ type: error.name, message: error.message, code: sqlState(error), stack: error.stack })

export type LogStream = { write(line: string): void }

export function logging(level: string, stream: LogStream = process.stderr): FastifyServerOptions['logger'] {
  return {
    level,
    stream,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: SECRETS,
    serializers: { req: requestOf as never, res: answer => ({ statusCode: answer.statusCode }), err: errorOf as never },
  }
}
