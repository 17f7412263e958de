/** The partner's own address: set, looked at, tried. Source: spec A15, C10, TR-64, RT-44. */
import type { In, Out } from '../../api/endpoint.ts'
import type { portal } from '../../api/portal.ts'
import { addressFault, filled, postbackMacros, sampleValues } from '../../core/postback.ts'
import { refuse } from '../../core/refusal.ts'
import { type App, work } from '../app.ts'
import type { Caller, Ctx } from '../context.ts'
import { callAddress, privateHost } from '../partners/outbound.ts'
import { setUrl, urlOf } from '../partners/postbacks.sql.ts'
import { mayAsk } from '../throttle.ts'
import { partnerOf } from './own.sql.ts'
import * as sql from './postback.sql.ts'

type Tested = Out<typeof portal.testPostback>
const TESTS = { max: 10, window_ms: 60_000 }

export async function postback(ctx: Ctx): Promise<Out<typeof portal.postback>> {
  const { id } = partnerOf(ctx)
  return { url: await urlOf(ctx, id), macros: [...postbackMacros], deliveries: await sql.deliveries(ctx) }
}

/** Refuses `invalid_body` for an address that cannot be called. `allow_private` is known outside. */
export async function changePostback(ctx: Ctx, { body }: In<typeof portal.changePostback>, allow_private: boolean) {
  const { id } = partnerOf(ctx)
  if (body.url !== null) checkAddress(body.url, allow_private)
  const before = await urlOf(ctx, id)
  await setUrl(ctx, id, body.url)
  ctx.tell('partner.postback_changed', id, { program_id: ctx.program.id, before: { url: before }, after: { url: body.url } })
  return postback(ctx)
}

function checkAddress(url: string, allow_private: boolean): void {
  const message = addressFault(url) ?? (privateHost(url, { allow_private }) === null ? null : 'must not be in a private network')
  if (message !== null)
    refuse('invalid_body', `This address cannot be called: it ${message}.`, { errors: [{ path: 'url', message }] })
}

/** Calls the address with samples, outside any transaction. Refuses `invalid_body` without one, `rate_limit_exceeded` too often. */
export async function prepareTest(app: App, caller: Caller, { body }: In<typeof portal.testPostback>): Promise<Tested> {
  const entry = caller.partner as NonNullable<Caller['partner']>
  const { id } = entry.partner
  const allow_private = app.config.postback_allow_private
  const scope = { time_zone: entry.time_zone, program: entry.program }
  const url = body?.url ?? (await work(app, caller, { scope, readonly: true }, ctx => urlOf(ctx, id)))
  if (url === null) {
    const errors = [{ path: 'url', message: 'is needed' }]
    return refuse('invalid_body', 'There is no address yet; give one to try.', { errors })
  }
  checkAddress(url, allow_private)
  if (!mayAsk(app, `postback ${id}`, TESTS))
    refuse('rate_limit_exceeded', 'Ten tests a minute are enough; wait a moment.', { retry_after: 60 })
  const called = filled(url, sampleValues)
  return { url: called, ...(await callAddress(called, { allow_private })) }
}

export const testPostback = async (_ctx: Ctx, _: unknown, tested: Tested): Promise<Tested> => tested
