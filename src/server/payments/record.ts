/**
 * Records a direct payment: of named accruals, of everything outstanding, or ad hoc.
 *
 * What is paid is locked by its tabs. A tab that is paid whole is settled itself, however many accruals it holds; else the
 * named ones move to a tab of their own. Source: spec B12, model.md 2.
 */
import type { In } from '../../api/endpoint.ts'
import type { payments } from '../../api/payments.ts'
import { groupBy } from '../../core/collect.ts'
import { type Adjustment, payeeOf, settle } from '../../core/payment.ts'
import { paidAt } from '../../core/payout.ts'
import { refuse } from '../../core/refusal.ts'
import { enter } from '../app.ts'
import type { Ctx } from '../context.ts'
import * as tabs from '../earnings/tabs.sql.ts'
import { activeMethod } from './methods.ts'
import * as payment from './payments.sql.ts'
import { detail } from './payments.ts'
import * as sql from './settle.sql.ts'

type Body = In<typeof payments.record>['body']
/** What a payment settles: whole tabs, and accruals that leave theirs first. */
type Settled = { partner_id: string | null; tab_ids: string[]; leaving: string[]; adjustment: Adjustment | null }

export async function record(ctx: Ctx, { body }: In<typeof payments.record>) {
  const inside = await enter(ctx, body.project_id)
  const [method] = await Promise.all([methodOf(inside, body), checkPayee(inside, body)])
  const paid_at = paidAt(body.paid_at, inside.now)
  const settled = await settlementOf(inside, body)
  const id = inside.newId()
  const fresh =
    settled.leaving.length > 0 ? await tabs.moveToFresh(inside, await tabs.withReversals(inside, settled.leaving)) : []
  await payment.insert(inside, {
    ...{ id, origin: 'direct', status: 'paid', payout_id: null, method: null, reference: null, ...method, paid_at },
    partner_id: settled.partner_id,
    currency: body.currency,
    total_amount_cents: body.total_amount_cents,
    note: body.note ?? null,
    tracking_url: body.tracking_url ?? null,
    metadata: body.metadata ?? {},
    readme: body.readme ?? null,
  })
  const [, , row] = await Promise.all([
    book(inside, id, settled, [...settled.tab_ids, ...fresh], body.total_amount_cents),
    countPaid(inside, settled.partner_id, body, paid_at),
    payment.one(inside, id),
  ])
  return answer(inside, row as payment.PaymentRow, settled)
}

const NO_METHOD = { method_id: null, method_name: null }
const methodOf = async (ctx: Ctx, { method_id }: Body) => (method_id == null ? NO_METHOD : activeMethod(ctx, method_id))

/** Refuses `not_found` for another program's partner, and `invalid_body` where nobody says whose accruals are meant. */
async function checkPayee(ctx: Ctx, { creator_id, accrual_ids, auto_apply_outstanding }: Body): Promise<void> {
  if (creator_id == null && auto_apply_outstanding && !accrual_ids?.length) {
    refuse('invalid_body', 'auto_apply_outstanding needs the creator_id whose accruals are paid; leave it out to pay ad hoc.', {
      errors: [{ path: 'creator_id', message: 'needed with auto_apply_outstanding' }],
    })
  }
  if (creator_id != null && !(await sql.hasPartner(ctx, creator_id))) {
    refuse('not_found', 'There is no such creator in this project.')
  }
}

function settlementOf(ctx: Ctx, body: Body): Promise<Settled> | Settled {
  if (body.accrual_ids?.length) return settleNamed(ctx, [...new Set(body.accrual_ids)], body)
  if (body.auto_apply_outstanding && body.creator_id != null) return settleOutstanding(ctx, body.creator_id, body)
  return { partner_id: body.creator_id ?? null, tab_ids: [], leaving: [], adjustment: null }
}

const paidBy = ({ total_amount_cents, currency }: Body) => ({ cents: total_amount_cents, currency })

/** Refuses `not_found`, `accrual_not_settleable`, `currency_mismatch`, `adjustment_reason_required`, in this order. */
async function settleNamed(ctx: Ctx, ids: string[], body: Body): Promise<Settled> {
  const wanted = { program_id: ctx.program.id, partner_id: body.creator_id ?? null }
  const look = async () => {
    const found = (await sql.named(ctx, ids)).filter(a => ctx.caller.program_id === null || a.program_id === ctx.program.id)
    checkFound(ids, found)
    payeeOf(found, wanted)
    return found
  }
  const accruals = await tabs.lockSteady(ctx, look)
  const lines = accruals.map(a => ({ cents: a.amount_cents, currency: a.currency }))
  const adjustment = settle(paidBy(body), lines, body.adjustment_reason ?? null)
  const byTab = [...groupBy(accruals, a => a.tab_id)]
  const isWhole = (mine: sql.Named[]) => mine.length === (mine[0] as sql.Named).tab_count
  return {
    partner_id: payeeOf(accruals, wanted),
    tab_ids: byTab.filter(([, mine]) => isWhole(mine)).map(([tab_id]) => tab_id),
    leaving: byTab.flatMap(([, mine]) => (isWhole(mine) ? [] : mine.map(a => a.id))),
    adjustment,
  }
}

function checkFound(ids: string[], found: sql.Named[]): void {
  if (found.length === ids.length) return
  const known = new Set(found.map(a => a.id))
  refuse('not_found', `There is no accrual ${ids.find(id => !known.has(id))}.`)
}

async function settleOutstanding(ctx: Ctx, partner_id: string, body: Body): Promise<Settled> {
  const found = await tabs.lockSteady(ctx, () => sql.outstanding(ctx, partner_id, body.currency))
  const lines = found.map(tab => ({ cents: tab.amount_cents, currency: body.currency }))
  const adjustment = settle(paidBy(body), lines, body.adjustment_reason ?? null)
  return { partner_id, tab_ids: found.map(tab => tab.tab_id), leaving: [], adjustment }
}

/** Settles the tabs, and proves that what they hold and the adjustment are what was paid. */
async function book(ctx: Ctx, id: string, { adjustment }: Settled, tab_ids: string[], total_cents: number): Promise<void> {
  const [lines_cents] = await Promise.all([
    sql.settleTabs(ctx, tab_ids, id),
    adjustment && sql.insertAdjustment(ctx, id, adjustment),
  ])
  const sum = lines_cents + (adjustment?.amount_cents ?? 0)
  if (tab_ids.length > 0 && sum !== total_cents) throw new Error(`payment ${id} is ${total_cents}, its tabs come to ${sum}`)
}

async function countPaid(ctx: Ctx, partner_id: string | null, body: Body, paid_at: string): Promise<void> {
  if (partner_id === null) return
  await payment.addPaid(ctx, { partner_id, currency: body.currency, paid_cents: body.total_amount_cents, paid_at })
}

async function answer(ctx: Ctx, row: payment.PaymentRow, { adjustment }: Settled) {
  const recorded = await detail(ctx, row, undefined, 201)
  const { id, partner_id, currency, total_amount_cents } = row
  ctx.tell('payment.recorded', id, {
    program_id: ctx.program.id,
    after: { origin: 'direct', partner_id, currency, total_amount_cents, line_count: recorded.data.line_count, adjustment },
  })
  return recorded
}
