/** The HTTP server: logging, headers, limits, the contract's routes, sign-in, pages and the one shape of failure. */

import type { Socket } from 'node:net'
import helmet from '@fastify/helmet'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { Refusal } from '../../core/refusal.ts'
import type { App } from '../app.ts'
import { stopWork } from '../background.ts'
import { pendingMigrations } from '../db/migrate.ts'
import { isSetUp } from '../organizations/programs.sql.ts'
import { failureOf, sendFailure } from './failure.ts'
import { registerIcons } from './icons.ts'
import { type Limits, makeLimits } from './limits.ts'
import { type LogStream, logging } from './log.ts'
import { registerOperations } from './operations.ts'
import { registerPages } from './pages.ts'
import { registerRoutes } from './routes.ts'
import { registerSignIn } from './sign-in.ts'

/** `log` takes the lines that else go to stderr; `operations_token` opens the command line's door; `pages` is the folder of the web application. */
export type ServerOptions = { log?: LogStream; operations_token?: string; pages?: string }

/** Builds the server without listening: `server.inject` works at once. Closing it leaves the database open. */
export async function buildServer(app: App, options: ServerOptions = {}): Promise<FastifyInstance> {
  const server = fastify({
    logger: logging(app.config.log_level, options.log),
    genReqId: () => app.newId(),
    requestIdHeader: false,
    trustProxy: app.config.trust_proxy,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, answer) => void sendFailure(request, answer as never, failureOf(error)),
    clientErrorHandler,
  })
  app.report = (error, what) => server.log.error({ err: error as Error }, what)
  readOnlyJson(server)
  await server.register(helmet, headersFor(app))
  const limits = await makeLimits(server, app)
  addHooks(server)
  server.addHook('onClose', () => stopWork(app))
  server.setErrorHandler<FastifyError>((error, request, answer) => answerFailure(limits, error, request, answer))
  registerHealth(server, app)
  registerRoutes(server, app, limits.limit)
  registerSignIn(server, app, limits)
  registerIcons(server, app)
  if (options.operations_token) registerOperations(server, app, options.operations_token)
  await registerPages(server, options.pages)
  await server.ready()
  return server
}

const MAX_DEPTH = 64

/** JSON is the only body that is read (save where an icon or a file is uploaded), and only as deep as anybody means it: what walks it would run out of stack. */
function readOnlyJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error')
  server.removeAllContentTypeParsers()
  server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '' && request.method === 'DELETE') return done(null, undefined)
    void parse(request, text, (error, body) => {
      if (error || !isTooDeep(body)) return done(error, body)
      done(new Refusal('invalid_body', `The body is nested more than ${MAX_DEPTH} deep.`))
    })
  })
}

function isTooDeep(body: unknown): boolean {
  const nested = (value: unknown) => typeof value === 'object' && value !== null
  let level = nested(body) ? [body as object] : []
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true
    level = level.flatMap(value => Object.values(value).filter(nested))
  }
  return false
}

/** Scripts come from our own files alone. Mantine sets inline styles, so styles may be inline. */
function headersFor(app: App) {
  const secure = app.config.public_url?.startsWith('https:') ?? false
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' as const },
    strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'same-origin' as const },
  }
}

function addHooks(server: FastifyInstance): void {
  let closing = false
  server.addHook('preClose', async () => {
    closing = true
  })
  server.addHook('onRequest', async (request, answer) => {
    answer.header('x-request-id', request.id)
    if (request.url.startsWith('/api/')) answer.header('cache-control', 'no-store')
    if (!closing) return
    const failure = {
      code: 'unavailable' as const,
      message: 'The server is stopping; try again in a moment.',
      detail: { retry_after: 5 },
    }
    return sendFailure(request, answer.header('connection', 'close'), failure)
  })
}

async function answerFailure(
  limits: Limits,
  error: FastifyError,
  request: FastifyRequest,
  answer: FastifyReply,
): Promise<FastifyReply> {
  const failure = failureOf(error)
  if (failure.code === 'internal_error') request.log.error({ err: error, req: request }, 'internal error')
  if (failure.code === 'unavailable') request.log.warn({ err: error, req: request }, 'unavailable')
  return sendFailure(request, answer, await limits.slowDown(request, failure))
}

function registerHealth(server: FastifyInstance, app: App): void {
  let isCurrent = false
  const { log_level } = app.config
  // probes come every few seconds: at "info" they would be most of the log
  const quiet = { logLevel: log_level === 'info' ? 'warn' : log_level } as { logLevel: 'warn' }
  server.get('/healthz', quiet, async () => ({ ok: true }))
  server.get('/readyz', quiet, async (request, answer) => {
    try {
      if (isCurrent) await isSetUp(app.db.kysely)
      else isCurrent = (await pendingMigrations(app.db)).length === 0
    } catch (error) {
      request.log.warn({ err: error as Error }, 'not ready')
      return answer.status(503).header('retry-after', 2).send({ ok: false, reason: 'the database cannot be reached' })
    }
    return isCurrent ? { ok: true } : answer.status(503).send({ ok: false, reason: 'migrations are pending' })
  })
}

/** A request that is no HTTP gets the same shape, written by hand since there is no request to answer. */
function clientErrorHandler(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const status =
    { HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large', ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout' }[
      error.code ?? ''
    ] ?? '400 Bad Request'
  const body = JSON.stringify({
    data: null,
    error: { code: 'invalid_params', message: 'The request is not HTTP that can be read.' },
    meta: { code: 'invalid_params' },
  })
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
