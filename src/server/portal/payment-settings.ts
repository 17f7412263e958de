/** How a partner wants to be paid, and what stands on its invoices. Source: spec C5, C10, RT-40. */
import type { In, Out } from '../../api/endpoint.ts'
import type { portal } from '../../api/portal.ts'
import { given } from '../../core/collect.ts'
import { paymentMethodOf, paymentMethods } from '../../core/payment-method.ts'
import { refuse } from '../../core/refusal.ts'
import type { Ctx } from '../context.ts'
import { partnerOf } from './own.sql.ts'
import * as sql from './payment-settings.sql.ts'

export async function paymentSettings(ctx: Ctx): Promise<Out<typeof portal.paymentSettings>> {
  const own = (await sql.methods(ctx)).map(({ id, name }) => ({ method: null, method_id: id, name }))
  const named = new Set(own.map(each => each.name.toLowerCase()))
  const labels = paymentMethods
    .filter(({ label }) => !named.has(label.toLowerCase()))
    .map(({ code, label }) => ({ method: code, method_id: null, name: label }))
  return { settings: await sql.read(ctx), methods: [...own, ...labels] }
}

/** Refuses `invalid_body` for a method that there is not. */
export async function changePaymentSettings(
  ctx: Ctx,
  { body }: In<typeof portal.changePaymentSettings>,
): Promise<Out<typeof portal.changePaymentSettings>> {
  const before = await sql.read(ctx)
  const { method, method_id, country, ...fields } = body
  const chosen = await chosenOf(ctx, { method, method_id })
  await sql.write(ctx, {
    ...filled(fields),
    ...chosen,
    ...(country !== undefined && { country: country?.toUpperCase() ?? null }),
  })
  const after = await sql.read(ctx)
  ctx.tell('partner.payment_settings_changed', partnerOf(ctx).id, { program_id: ctx.program.id, before, after })
  return after
}

/** Text that is blank is text that was taken away. */
const filled = (fields: Record<string, string | null | undefined>): sql.Changes =>
  Object.fromEntries(Object.entries(given(fields)).map(([name, text]) => [name, text?.trim() || null]))

type Wish = { method: string | null | undefined; method_id: string | null | undefined }

async function chosenOf(ctx: Ctx, { method, method_id }: Wish): Promise<sql.Changes> {
  if (method) return { payout_method: (paymentMethodOf(method) ?? refuseMethod('method')).code, payout_method_id: null }
  if (method_id) {
    if (!(await sql.methods(ctx)).some(each => each.id === method_id)) refuseMethod('method_id')
    return { payout_method: null, payout_method_id: method_id }
  }
  return method === null || method_id === null ? { payout_method: null, payout_method_id: null } : {}
}

const refuseMethod = (path: string): never =>
  refuse('invalid_body', 'There is no such way to be paid; GET /api/portal/payment-settings lists them.', {
    errors: [{ path, message: 'must be one of those listed' }],
  })
