/** Who calls, and whether they may. Source: spec A2, A14, B2, D2 rows 11 and 20. */
import type { FastifyRequest } from 'fastify'
import type { Endpoint } from '../../api/endpoint.ts'
import { refuse } from '../../core/refusal.ts'
import type { App } from '../app.ts'
import { type Caller, mayWrite } from '../context.ts'
import { callerOfPortal } from '../organizations/access.ts'
import { callerOfKey } from '../organizations/keys.ts'
import { callerOfSession } from '../organizations/people.ts'

/** The caller of a request: a key in `Authorization: Bearer` or `x-api-key`, else the session cookie. The portal takes no key. */
export async function authenticate(app: App, request: FastifyRequest, endpoint: Endpoint): Promise<Caller> {
  const key = keyOf(request)
  if (endpoint.scope === 'partner') return authenticatePartner(app, request, key)
  if (key !== null) return callerOfKey(app, key)
  const caller = await callerOfSession(app, request)
  if (caller) return caller
  if (request.url.startsWith('/api/v1')) {
    refuse('invalid_api_key', 'Send your API key as "Authorization: Bearer tga_…".')
  }
  refuse('unauthorized', 'Sign in, or send an API key as "Authorization: Bearer tk_…".')
}

async function authenticatePartner(app: App, request: FastifyRequest, key: string | null): Promise<Caller> {
  if (key !== null) refuse('forbidden', 'The portal takes no API key: it is for partners, who sign in.')
  return (await callerOfPortal(app, request)) ?? refuse('unauthorized', 'Sign in to the portal first.')
}

function keyOf(request: FastifyRequest): string | null {
  const header = request.headers.authorization
  if (header !== undefined) return /^Bearer\s+(\S+)$/i.exec(header)?.[1] ?? ''
  const key = request.headers['x-api-key']
  return typeof key === 'string' ? key : null
}

/**
 * Checks scope and role. Refuses `insufficient_scope` (a key without the scope) and `forbidden` (a member who writes).
 *
 * A key of one program sees any other program as one that does not exist.
 */
export function authorise(caller: Caller, endpoint: Endpoint, program_id: string | undefined): void {
  if (endpoint.scope === 'partner') {
    refuseViewer(caller, endpoint)
    return
  }
  if (caller.kind === 'partner')
    refuse('forbidden', 'This is for the people of the organization; what is yours is in the portal.')
  const needed = endpoint.scope === 'read' ? 'read' : 'write'
  if (!caller.scopes.includes(needed)) {
    refuse('insufficient_scope', `This needs a key with the scope "${needed}".`, { required: needed, granted: caller.scopes })
  }
  if (caller.program_id !== null && program_id !== undefined && caller.program_id !== program_id) {
    refuse('not_found', 'There is no such brand; check the id in the path.')
  }
  const may = program_id === undefined && !endpoint.enters_program ? caller.role === 'admin' : mayWrite(caller, program_id)
  if (needed === 'write' && !may) refuse('forbidden', 'Members can look but not change; ask an admin of this brand.')
}

/** Somebody who looks at a partner's portal changes nothing in it. */
function refuseViewer(caller: Caller, { method }: Endpoint): void {
  if (!caller.partner) throw new Error('a caller of the portal is a partner, or looks at one')
  if (caller.partner.is_viewing && method !== 'GET')
    refuse('forbidden', 'You are looking at the portal of a partner; only the partner changes anything here.')
}
