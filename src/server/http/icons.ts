/** Images in and out: the one route that takes an image as its body, and the address where icons are shown. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { App } from '../app.ts'
import { iconAt } from '../organizations/icons.ts'

const YEAR_SECONDS = 31_536_000
/** An SVG is a document that may hold scripts: opened by itself it runs none, loads nothing and has no origin. */
const HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"

/** In this scope of the server a body is bytes of any type, read as `{media_type, bytes}`; the use case says which it takes. */
export function readOnlyBytes(scope: FastifyInstance): FastifyInstance {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, ({ headers }, bytes, done) => {
    const media_type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
    done(null, { media_type, bytes })
  })
  return scope
}

export function registerIcons(server: FastifyInstance, app: App): void {
  server.get<{ Params: { org_id: string; icon_id: string } }>('/icons/:org_id/:icon_id', async ({ params }, answer) => {
    const icon = await iconAt(app, params.org_id.toLowerCase(), params.icon_id.toLowerCase())
    return icon ? show(answer, icon.media_type, icon.bytes) : noIcon(answer)
  })
}

const show = (answer: FastifyReply, media_type: string, bytes: Uint8Array): FastifyReply =>
  answer
    .header('content-type', media_type)
    .header('content-security-policy', HARMLESS)
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`)
    .send(bytes)

const noIcon = (answer: FastifyReply): FastifyReply =>
  answer.status(404).header('cache-control', 'no-store').type('text/plain; charset=utf-8').send('There is no such icon.')
