/** Files in: a body of text/csv is a stream that its use case reads, so that no file is ever held whole. */
import type { FastifyInstance } from 'fastify'

/** In this scope of the server a body is a CSV, read as `{media_type, bytes}`. The stream is no part of what a key is compared by. */
export function readOnlyCsv(scope: FastifyInstance): FastifyInstance {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('text/csv', (_request, bytes, done) => {
    done(null, Object.defineProperty({ media_type: 'text/csv' }, 'bytes', { value: bytes, enumerable: false }))
  })
  return scope
}
