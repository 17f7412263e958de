/**
 * Changes one payout: edits a draft, approves, marks paid, cancels.
 *
 * The payout is locked first, then its tabs; core decides; what was decided is told. Marking paid settles the tabs, so
 * the earnings on them are paid with no row of theirs touched. Source: spec A7, A13.
 */
import type { In } from '../../api/endpoint.ts'
import type { payouts } from '../../api/payouts.ts'
import { paymentMethodOf, paymentMethods } from '../../core/payment-method.ts'
import { checkEditable, checkMove, type PayoutStatus, paidAt, payoutAmount, sumOf } from '../../core/payout.ts'
import { refuse } from '../../core/refusal.ts'
import type { Ctx } from '../context.ts'
import * as tabs from '../earnings/tabs.sql.ts'
import { activeMethod } from '../payments/methods.ts'
import * as payments from '../payments/payments.sql.ts'
import * as sql from './payouts.sql.ts'
import { detail, present } from './payouts.ts'

type Body = In<typeof payouts.change>['body']
const byAction = { approve: 'approved', mark_paid: 'paid', cancel: 'cancelled' } as const

export async function change(ctx: Ctx, { params, body }: In<typeof payouts.change>) {
  const before = (await sql.lock(ctx, params.payout_id)) ?? refuse('not_found', 'There is no such payout in this brand.')
  const to: PayoutStatus | undefined = body.action ? byAction[body.action] : body.status
  checkFields(body, to)
  if (to === undefined) await edit(ctx, before, body)
  else await moves[to](ctx, before, body)
  const after = (await sql.one(ctx, before.id)) as sql.PayoutRow
  ctx.tell(`payout.${to ?? 'edited'}`, before.id, {
    program_id: ctx.program.id,
    before: present(before),
    after: { ...present(after), ...(to === undefined && { adjustments: body.adjustments, excluded: body.exclude_earning_ids }) },
  })
  return detail(ctx, after, { limit: 50 })
}

const paidOnly = ['method', 'method_id', 'reference', 'paid_at'] as const
const draftOnly = ['exclude_earning_ids', 'adjustments'] as const

/** A field that says nothing for this change is a mistake, never silently dropped. Refuses `invalid_body`. */
function checkFields(body: Body, to: PayoutStatus | undefined): void {
  const idle = [...(to === 'paid' ? [] : paidOnly), ...(to === undefined ? [] : draftOnly)].find(
    field => body[field] !== undefined,
  )
  if (idle !== undefined) {
    refuse(
      'invalid_body',
      `${idle} says nothing here; send it ${to === undefined ? 'with status: "paid"' : 'in a request of its own'}.`,
      {
        errors: [{ path: idle, message: 'not with this change' }],
      },
    )
  }
}

const moves: Record<PayoutStatus, (ctx: Ctx, payout: sql.PayoutRow, body: Body) => Promise<void>> = {
  draft: async (_ctx, payout) => checkMove(payout.status, 'draft'),
  approved: approve,
  paid: pay,
  cancelled: cancel,
}

async function approve(ctx: Ctx, payout: sql.PayoutRow, body: Body): Promise<void> {
  checkMove(payout.status, 'approved')
  await sql.update(ctx, payout.id, {
    status: 'approved',
    approved_at: ctx.now,
    approved_by: ctx.actor,
    notes: body.notes ?? payout.notes,
  })
}

/** The tabs are free again: they stay closed, and the next draft or payment takes them. */
async function cancel(ctx: Ctx, payout: sql.PayoutRow, body: Body): Promise<void> {
  checkMove(payout.status, 'cancelled')
  await sql.lockTabs(ctx, payout.id)
  await sql.update(ctx, payout.id, {
    status: 'cancelled',
    cancelled_at: ctx.now,
    cancelled_by: ctx.actor,
    notes: body.notes ?? payout.notes,
  })
  await sql.releaseTabs(ctx, payout.id)
}

async function pay(ctx: Ctx, payout: sql.PayoutRow, body: Body): Promise<void> {
  checkMove(payout.status, 'paid')
  const method = await methodOf(ctx, body)
  const paid_at = paidAt(body.paid_at, ctx.now)
  const notes = body.notes ?? payout.notes
  const payment_id = ctx.newId()
  await sql.lockTabs(ctx, payout.id)
  await payments.insert(ctx, {
    id: payment_id,
    partner_id: payout.partner_id,
    currency: payout.currency,
    origin: 'payout',
    payout_id: payout.id,
    status: 'paid',
    total_amount_cents: payout.amount_cents,
    ...method,
    reference: body.reference ?? null,
    note: notes,
    paid_at,
  })
  const settled = await sql.settleTabs(ctx, payout.id, payment_id)
  const total = payoutAmount({
    lines_cents: settled.lines_cents,
    adjustment_cents: payout.adjustment_cents,
    credit_cents: settled.credit_cents,
  })
  if (total !== payout.amount_cents) throw new Error(`payout ${payout.id} is ${payout.amount_cents}, its tabs come to ${total}`)
  await sql.update(ctx, payout.id, {
    status: 'paid',
    payment_id,
    ...method,
    reference: body.reference ?? null,
    notes,
    paid_at,
    paid_by: ctx.actor,
  })
  await payments.addPaid(ctx, {
    partner_id: payout.partner_id,
    currency: payout.currency,
    paid_cents: payout.amount_cents,
    paid_at,
  })
}

type Method = { method: string | null; method_id: string | null; method_name: string }

/** One of the seven labels, or an active method of the organization. Refuses `invalid_body`, `not_found`. */
async function methodOf(ctx: Ctx, { method, method_id }: Body): Promise<Method> {
  if (method !== undefined && method_id !== undefined) refuse('invalid_body', 'Send method or method_id, not both.')
  if (method_id !== undefined) return { method: null, ...(await activeMethod(ctx, method_id)) }
  const known = method === undefined ? undefined : paymentMethodOf(method)
  if (known) return { method: known.code, method_id: null, method_name: known.label }
  const codes = paymentMethods.map(m => m.code).join(', ')
  return refuse('invalid_body', `Say how it was paid: method is one of ${codes}, or send a method_id.`, {
    errors: [{ path: 'method', message: `must be one of ${codes}` }],
  })
}

async function edit(ctx: Ctx, payout: sql.PayoutRow, body: Body): Promise<void> {
  checkEditable(payout.status)
  if (body.notes !== undefined) await sql.update(ctx, payout.id, { notes: body.notes })
  if (body.exclude_earning_ids) await exclude(ctx, payout, body.exclude_earning_ids)
  if (body.adjustments) await adjust(ctx, payout, body.adjustments)
}

/** Leaves earnings out: with everything that reverses them they go back to the partner's open tab. */
async function exclude(ctx: Ctx, payout: sql.PayoutRow, earning_ids: string[]): Promise<void> {
  const mine = new Set(await sql.lockTabs(ctx, payout.id))
  const moving = await tabs.withReversals(ctx, earning_ids)
  const found = new Set(moving.filter(e => mine.has(e.tab_id)).map(e => e.id))
  const unknown = earning_ids.find(id => !found.has(id))
  if (unknown !== undefined) refuse('not_found', `The earning ${unknown} is not in this payout.`)
  if (moving.some(e => e.stream === 'credit'))
    refuse('invalid_body', 'What was paid on account is netted with what was earned; cancel the draft to leave it out.')
  await tabs.moveToOpen(ctx, moving, 'keep')
  await sql.follow(ctx, [payout.id])
}

async function adjust(ctx: Ctx, payout: sql.PayoutRow, rows: { amount_cents: number; reason: string }[]): Promise<void> {
  const sum = sumOf(rows.map(row => row.amount_cents))
  const current = (await sql.one(ctx, payout.id)) as sql.PayoutRow
  const amount_cents = payoutAmount({ lines_cents: current.amount_cents, adjustment_cents: sum, credit_cents: 0 })
  await sql.insertAdjustments(ctx, payout.id, rows)
  await sql.update(ctx, payout.id, {
    amount_cents,
    adjustment_cents: current.adjustment_cents + sum,
    revision: current.revision + 1,
  })
}
