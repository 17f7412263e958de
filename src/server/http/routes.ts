/** Turns the contract into routes: authenticate, authorise, parse, run as one transaction, answer in the envelope. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { endpoints } from '../../api/contract.ts'
import { type Endpoint, refusalsOf } from '../../api/endpoint.ts'
import { Refusal } from '../../core/refusal.ts'
import { type App, type WorkOptions, work } from '../app.ts'
import type { Caller, Reply } from '../context.ts'
import type { AnyHandler, Open, Plain, Streamed } from '../handler.ts'
import { handlerOf } from '../handlers.ts'
import { authenticate, authorise } from './authenticate.ts'
import { parsed } from './failure.ts'
import { readOnlyBytes } from './icons.ts'
import { type Answered, isUsed, keyFrom, once, refuseKeyless } from './idempotency.ts'
import { readOnlyCsv } from './uploads.ts'

type Route = { name: string; endpoint: Endpoint; handler: AnyHandler; refusals: ReadonlySet<string> }
type Input = { params: Record<string, string>; query: unknown; body: unknown }
export type Limiter = (request: FastifyRequest, caller: Caller) => Promise<void>

export function registerRoutes(server: FastifyInstance, app: App, limit: Limiter): void {
  for (const { name, endpoint } of endpoints) {
    const route: Route = { name, endpoint, handler: handlerOf(name), refusals: new Set(refusalsOf(endpoint)) }
    const add = (scope: FastifyInstance) => addRoute(scope, route, (...asked) => serve(app, route, ...asked, limit))
    if (endpoint.takes === 'json') add(server)
    else void server.register(async scope => add(endpoint.takes === 'csv' ? readOnlyCsv(scope) : readOnlyBytes(scope)))
  }
}

type Serve = (request: FastifyRequest, answer: FastifyReply) => Promise<unknown>

function addRoute(scope: FastifyInstance, route: Route, serve: Serve): void {
  const { method, path, aliases = [], body_limit = 1024 * 1024 } = route.endpoint
  for (const each of [path, ...aliases]) {
    scope.route({
      method,
      url: each.replace(/\{(\w+)\}/g, ':$1'),
      bodyLimit: body_limit,
      handler: (...asked) => guarded(route, () => serve(...asked)),
    })
  }
}

/** A refusal that the contract does not list is a bug, so that tests keep the list true. */
async function guarded<T>(route: Route, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Refusal && !route.refusals.has(error.code)) {
      throw new Error(`${route.name} refused ${error.code}, which its contract does not list: ${error.message}`)
    }
    throw error
  }
}

async function serve(app: App, route: Route, request: FastifyRequest, answer: FastifyReply, limit: Limiter) {
  const { endpoint, handler } = route
  if (handler.kind === 'open') return serveOpen(app, route, handler, request, answer)
  const caller = await authenticate(app, request, endpoint)
  await limit(request, caller)
  authorise(caller, endpoint, programOf(request.params as Record<string, string>))
  const input = inputOf(endpoint, request)
  if (handler.kind === 'document') return sendJson(answer, endpoint.status, handler.run())
  if (handler.kind === 'streamed') return serveStream(app, caller, input, handler, request, answer)
  if (endpoint.answers === 'file') return sendFile(answer, await serveFile(app, endpoint, handler, { caller, input, request }))
  return send(answer, await servePlain(app, endpoint, handler, { caller, input, request }))
}

/** The program that a path names: a brand, or a project. */
const programOf = ({ brand_id, project_id }: Record<string, string | undefined>): string | undefined =>
  (brand_id ?? project_id)?.toLowerCase()

type Call = { caller: Caller; input: Input; request: FastifyRequest }

type FileAnswer = { file_name: string; media_type: string; bytes: Uint8Array }

/** Where a request works: in the program that its path names, or on the portal in the partner's. */
function optionsOf({ caller, input, request }: Call, readonly: boolean): WorkOptions {
  const program_id = programOf(input.params)
  const scope = caller.partner && { time_zone: caller.partner.time_zone, program: caller.partner.program }
  return { ...(program_id !== undefined && { program_id }), ...(scope && { scope }), request_id: request.id, readonly }
}

/** A file is made in the request's transaction and sent once that is committed. */
function serveFile(app: App, endpoint: Endpoint, handler: Plain, { caller, input, request }: Call): Promise<FileAnswer> {
  const options = optionsOf({ caller, input, request }, !endpoint.keeps)
  return work(app, caller, options, ctx => handler.run(ctx, input as never, undefined as never) as Promise<FileAnswer>)
}

async function servePlain(app: App, endpoint: Endpoint, handler: Plain, { caller, input, request }: Call): Promise<Answered> {
  const readonly = endpoint.method === 'GET'
  const given = readonly ? null : keyFrom(request.headers['idempotency-key'])
  // partners share their organization's keys with nobody: one of them must never be answered with what another was
  const key = given !== null && caller.partner ? `${caller.partner.partner.id} ${given}` : given
  if (key === null && endpoint.needs_key && app.config.require_idempotency_key) refuseKeyless()
  if (key === null && handler.shared?.takes(input.body))
    return answerOf(endpoint, await handler.shared.run(app, caller, input as never))
  const options = optionsOf({ caller, input, request }, readonly)
  const repeated = key !== null && handler.prepare !== undefined && (await work(app, caller, options, ctx => isUsed(ctx, key)))
  const prepared = repeated ? undefined : await handler.prepare?.(app, caller, input as never)
  return work(app, caller, options, ctx => {
    const act = async () => answerOf(endpoint, await handler.run(ctx, input as never, prepared as never))
    return key === null
      ? act()
      : once(ctx, { key, route: `${request.method} ${request.url.split('?')[0]}`, body: request.body }, act)
  })
}

async function serveOpen(app: App, { endpoint }: Route, { run }: Open, request: FastifyRequest, answer: FastifyReply) {
  const done = await run(app, inputOf(endpoint, request) as never, request)
  if (endpoint.answers === 'redirect') return answer.redirect((done as { location: string }).location, 302)
  return send(answer, answerOf(endpoint, done))
}

async function serveStream(
  app: App,
  caller: Caller,
  input: Input,
  { run }: Streamed,
  request: FastifyRequest,
  answer: FastifyReply,
) {
  const program_id = input.params.brand_id
  const { file_name, stream } = await run(app, caller, program_id as string, input as never)
  request.raw.once('close', () => stream.destroy())
  return answer
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${file_name}"`)
    .send(stream)
}

function inputOf(endpoint: Endpoint, request: FastifyRequest): Input {
  return {
    params: parsed(endpoint.params, request.params, 'invalid_params') as Record<string, string>,
    query: parsed(endpoint.query, request.query, 'invalid_query'),
    body: endpoint.method === 'GET' ? undefined : parsed(endpoint.body, request.body, 'invalid_body'),
  }
}

const isReply = (value: unknown): value is Reply<unknown> => (value as { reply?: unknown } | null)?.reply === true

function answerOf(endpoint: Endpoint, done: unknown): Answered {
  const { data, meta = {}, status = endpoint.status } = isReply(done) ? done : { data: done }
  const object_id = (data as { id?: unknown } | null)?.id
  const answer = { data: endpoint.data.parse(data), error: null, meta: endpoint.meta.parse(meta) }
  const answered = { status, payload: JSON.stringify(answer), object_id: typeof object_id === 'string' ? object_id : null }
  if (endpoint.shown_once === undefined) return answered
  const kept = { ...answer, data: { ...(answer.data as object), [endpoint.shown_once]: null } }
  return { ...answered, kept: JSON.stringify(kept) }
}

const sendFile = (answer: FastifyReply, { file_name, media_type, bytes }: FileAnswer) =>
  answer
    .header('content-type', media_type)
    .header('content-disposition', `attachment; filename="${file_name.replace(/[^\w.-]+/g, '-')}"`)
    .send(Buffer.from(bytes))

const send = (answer: FastifyReply, { status, payload }: Answered) => sendJson(answer, status, payload)

const sendJson = (answer: FastifyReply, status: number, payload: string) =>
  answer.status(status).header('content-type', 'application/json; charset=utf-8').send(payload)
