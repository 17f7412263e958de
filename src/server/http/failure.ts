/** The one shape of failure on every path: `{data: null, error: {code, message}, meta: {code, …}}`. Source: spec D2.9. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { status } from '../../api/status.ts'
import { faultsOf } from '../../core/faults.ts'
import { Refusal, type RefusalCode } from '../../core/refusal.ts'
import { isLockTimeout, isUnavailable } from '../db/errors.ts'

export type Failure = { code: RefusalCode; message: string; detail: Record<string, unknown> }

const transport: Record<string, [RefusalCode, string]> = {
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid_body', 'The body is not valid JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalid_body', 'The body is empty; send JSON, for example {}.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid_body', 'The body is not as long as its Content-Length says.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['payload_too_large', 'The body is too large; send less in one request.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'Send the body as "Content-Type: application/json", or a file as text/csv where one is taken.',
  ],
  FST_ERR_BAD_URL: ['invalid_params', 'The path holds a character that cannot be read; check its percent-encoding.'],
}

/** What went wrong, in the words of the contract. Anything that is not expected is a bug: `internal_error`, without details. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) return { code: error.code, message: error.message, detail: error.detail }
  const known = transport[(error as { code?: string }).code ?? '']
  if (known) return { code: known[0], message: known[1], detail: {} }
  if ((error as { statusCode?: number }).statusCode === 400)
    return { code: 'invalid_body', message: 'The body cannot be read as JSON.', detail: {} }
  if (isUnavailable(error) || isLockTimeout(error)) {
    return {
      code: 'unavailable',
      message: 'The database is busy or out of reach; try again in a moment.',
      detail: { retry_after: 2 },
    }
  }
  return { code: 'internal_error', message: 'Something went wrong on our side; the request id names it in the log.', detail: {} }
}

export function sendFailure(request: FastifyRequest, answer: FastifyReply, failure: Failure): FastifyReply {
  const { code, message, detail } = failure
  if (typeof detail.retry_after === 'number') answer.header('retry-after', Math.ceil(detail.retry_after))
  return answer
    .status(status[code])
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify({ data: null, error: { code, message }, meta: { code, ...detail, request_id: request.id } }))
}

/** Parses, or refuses with one entry a fault. */
export function parsed<S extends z.ZodType>(
  schema: S,
  value: unknown,
  code: 'invalid_body' | 'invalid_query' | 'invalid_params',
): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = faultsOf(result.error)
  const [first] = errors
  const where = { invalid_body: 'body', invalid_query: 'query', invalid_params: 'path' }[code]
  const message = `The ${where} is not as it should be: ${first?.path ? `${first.path} ` : ''}${first?.message ?? ''}.`
  throw new Refusal(code, message, { errors: errors.slice(0, 100) })
}
