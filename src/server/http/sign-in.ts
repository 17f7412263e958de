/** better-auth's endpoints, the few that people need, answering in the one envelope. Source: spec G1, D2.9. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type RefusalCode, refuse } from '../../core/refusal.ts'
import type { App } from '../app.ts'
import { refusedAtDoor } from '../organizations/access.ts'
import { addressOf, authOf } from '../organizations/auth.ts'
import { linkHasExpired, refuseOtherSites } from '../organizations/people.ts'
import type { Limits } from './limits.ts'

const BASE = '/api/auth'
const paths = {
  GET: ['/magic-link/verify', '/get-session', '/list-sessions'],
  POST: ['/sign-in/email', '/sign-out', '/change-password', '/revoke-session', '/revoke-other-sessions'],
} as const

const codes: Record<number, RefusalCode> = {
  400: 'invalid_body',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  422: 'invalid_body',
}

export const signInPaths = Object.entries(paths).flatMap(([method, all]) => all.map(path => ({ method, path: `${BASE}${path}` })))

export function registerSignIn(server: FastifyInstance, app: App, limits: Limits): void {
  for (const { method, path } of signInPaths) {
    server.route({
      method,
      url: path,
      bodyLimit: 16 * 1024,
      // a mail scanner's HEAD must not use up a one-time link
      exposeHeadRoute: false,
      handler: (request, answer) => signIn(app, limits, request, answer),
    })
  }
}

async function signIn(app: App, limits: Limits, request: FastifyRequest, answer: FastifyReply): Promise<FastifyReply> {
  const { email } = (request.body ?? {}) as { email?: unknown }
  const { token } = request.query as { token?: unknown }
  refuseOtherSitesOfBrowsers(app, request)
  if (request.url.startsWith(`${BASE}/sign-in/email`)) {
    if (typeof email !== 'string') refuse('invalid_body', 'Send {"email", "password"}.')
    await limits.signIn(request, email.trim().toLowerCase().slice(0, 320))
  }
  if (request.url.startsWith(`${BASE}/magic-link/`) && typeof token === 'string' && (await linkHasExpired(app, token))) {
    return answer.redirect(`${doorOf(request)}?error=LINK_EXPIRED`, 302)
  }
  const response = await (await authOf(app)).handler(toWeb(app, request))
  const refused = await refusedAtDoor(app, cookieIn(response))
  if (refused === null) return passOn(app, answer, response)
  if (request.method === 'GET') return answer.redirect(`${doorOf(request)}?error=NOT_APPROVED`, 302)
  return refuse('forbidden', refused)
}

/** Where somebody is sent whose link does not let them in: the page that they wanted to get in by. */
const doorOf = ({ query }: FastifyRequest): string =>
  (query as { errorCallbackURL?: unknown }).errorCallbackURL === '/portal' ? '/portal' : '/sign-in'

/** The cookie of the session that was just made, as a browser would send it; nothing when there is none. */
const cookieIn = ({ headers }: Response): string | undefined =>
  headers
    .getSetCookie()
    .map(cookie => cookie.split(';')[0])
    .join('; ') || undefined

/** Programs without cookies may sign in too: they send neither of the two headers that a browser always sends. */
function refuseOtherSitesOfBrowsers(app: App, request: FastifyRequest): void {
  const { origin, cookie, 'sec-fetch-site': site } = request.headers
  if (origin !== undefined || cookie !== undefined || site !== undefined) refuseOtherSites(app, request)
}

function toWeb(app: App, request: FastifyRequest): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) if (value !== undefined) headers.set(name, String(value))
  headers.delete('content-length')
  const sent = request.method === 'GET' ? {} : { body: JSON.stringify(request.body ?? {}) }
  if (request.method !== 'GET') headers.set('content-type', 'application/json')
  // refuseOtherSites has judged the site by every name of ours; better-auth knows only the first
  headers.set('origin', new URL(addressOf(app)).origin)
  return new Request(new URL(request.url, addressOf(app)), { method: request.method, headers, ...sent })
}

async function passOn(app: App, answer: FastifyReply, response: Response): Promise<FastifyReply> {
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) answer.header('set-cookie', cookies)
  const location = response.headers.get('location')
  // relative, so that the cookie and the page are of the same host, whichever name was asked for
  if (location !== null) return answer.redirect(location.replace(new URL(addressOf(app)).origin, ''), 302)
  const said = await response.json().catch(() => null)
  if (response.status >= 400) return fail(response.status, said)
  return answer.status(response.status).send({ data: said, error: null, meta: {} })
}

function fail(status: number, said: { message?: string } | null): never {
  const code = codes[status]
  if (code === undefined) throw new Error(`better-auth answered ${status}: ${said?.message}`)
  return refuse(code, said?.message ? `${said.message}.` : 'This cannot be done.')
}
