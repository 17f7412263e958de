/**
 * Undoes a direct payment: voided when it was recorded in error, rejected when the money came back.
 *
 * What it paid is earned again and can be paid anew; its lines stay as history. Source: spec B11, B13.
 */
import type { In } from '../../api/endpoint.ts'
import type { payments } from '../../api/payments.ts'
import { checkRelease } from '../../core/payment.ts'
import { refuse } from '../../core/refusal.ts'
import { enter } from '../app.ts'
import type { Ctx } from '../context.ts'
import * as lines from './lines.sql.ts'
import * as sql from './payments.sql.ts'
import { detail } from './payments.ts'
import { lockTabs, releaseTabs } from './settle.sql.ts'

export async function change(ctx: Ctx, { params, body }: In<typeof payments.change>) {
  const found = (await sql.one(ctx, params.payment_id)) ?? refuse('not_found', 'There is no such payment.')
  const inside = await enter(ctx, found.program_id)
  const before = (await sql.lock(inside, found.id)) as sql.PaymentRow
  if (body.status !== undefined) await release(inside, before, 'voided', null)
  await describe(inside, before, body)
  return detail(inside, (await sql.one(inside, found.id)) as sql.PaymentRow)
}

async function describe(ctx: Ctx, before: sql.PaymentRow, { metadata, readme }: In<typeof payments.change>['body']) {
  if (metadata === undefined && readme === undefined) return
  await sql.update(ctx, before.id, {
    ...(metadata !== undefined && { metadata: JSON.stringify(metadata) }),
    ...(readme !== undefined && { readme }),
  })
  ctx.tell('payment.edited', before.id, {
    program_id: ctx.program.id,
    before: { metadata: before.metadata, readme: before.readme },
    after: { metadata, readme },
  })
}

export async function reject(ctx: Ctx, { params, body }: In<typeof payments.reject>) {
  const before = await sql.lock(ctx, params.payment_id)
  if (before?.program_id !== ctx.program.id) refuse('not_found', 'There is no such payment in this brand.')
  await release(ctx, before, body.status, body.reason.trim())
  return detail(ctx, (await sql.one(ctx, before.id)) as sql.PaymentRow)
}

/** The payment is locked. Its status moves first: the database frees a tab only from a payment that stands no more. */
async function release(ctx: Ctx, payment: sql.PaymentRow, to: 'voided' | 'rejected', reason: string | null): Promise<void> {
  const isPaidAgain = payment.status === 'rejected' && (await lines.isPaidAgain(ctx, payment.id))
  checkRelease(payment, to, isPaidAgain)
  await lockTabs(ctx, payment.id)
  const released_count = await lines.keepReleased(ctx, payment.id)
  const ended = { status: to, status_reason: reason, released_count, voided_at: ctx.now, voided_by: ctx.actor }
  await sql.update(ctx, payment.id, ended)
  await releaseTabs(ctx, payment.id)
  const { partner_id, currency, total_amount_cents } = payment
  if (partner_id !== null) await sql.changePaid(ctx, { partner_id, currency, paid_cents: -total_amount_cents })
  ctx.tell(`payment.${to}`, payment.id, {
    program_id: ctx.program.id,
    before: { status: payment.status, total_amount_cents },
    after: { status: to, reason },
  })
}
