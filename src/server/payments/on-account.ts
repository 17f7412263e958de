/**
 * Payments on account: what a partner was paid outside, off its balance at once, netted by its next payout.
 *
 * Nothing is sent anywhere: it is a record. While it is pending or paid it deducts; rejected gives back; once a payout has
 * netted it, its amount and status stand. Source: spec C7, C8, F 29.
 */
import type { In, Out } from '../../api/endpoint.ts'
import type { publisherPayouts } from '../../api/payments.ts'
import { format } from '../../core/money.ts'
import { paidPart, taken } from '../../core/payment.ts'
import { refuse } from '../../core/refusal.ts'
import { type Ctx, reply } from '../context.ts'
import * as tabs from '../earnings/tabs.sql.ts'
import { idCursor, pageOf } from '../page.ts'
import { creditTab, enterAdvances } from './credit.ts'
import * as sql from './on-account.sql.ts'
import * as payments from './payments.sql.ts'
import { hasPartner } from './settle.sql.ts'

type Row = Out<typeof publisherPayouts.one>
type Terms = Pick<sql.OnAccountRow, 'total_amount_cents' | 'status' | 'note'>

function present({ partner_id, partner, total_amount_cents, advance_count: _a, paid_at: _p, ...row }: sql.OnAccountRow): Row {
  return { ...row, publisher_id: partner_id, publisher: partner, requested_amount_cents: total_amount_cents }
}

export async function list(ctx: Ctx, { query }: In<typeof publisherPayouts.list>) {
  const { publisher_id, cursor, ...filter } = query
  const wanted = { ...filter, partner_id: publisher_id }
  const [found, totals] = await Promise.all([sql.list(ctx, { ...wanted, after: idCursor(cursor) }), sql.totals(ctx, wanted)])
  const { rows, next_cursor } = pageOf(found, query.limit, row => row.id)
  return reply(rows.map(present), { meta: { next_cursor, totals } })
}

export async function one(ctx: Ctx, { params }: In<typeof publisherPayouts.one>): Promise<Row> {
  return present(await found(ctx, params.publisher_payout_id))
}

const found = async (ctx: Ctx, id: string): Promise<sql.OnAccountRow> =>
  (await sql.one(ctx, id)) ?? refuse('not_found', 'There is no such publisher payout in this brand.')

export async function create(ctx: Ctx, { body }: In<typeof publisherPayouts.create>) {
  const { publisher_id: partner_id, status, currency = ctx.program.currency, requested_amount_cents: amount_cents } = body
  if (!(await hasPartner(ctx, partner_id))) refuse('not_found', 'There is no such publisher in this brand.')
  const id = ctx.newId()
  const cents = taken(status, amount_cents)
  await payments.insert(ctx, {
    ...{ id, partner_id, currency, origin: 'on_account', payout_id: null, status, total_amount_cents: amount_cents },
    ...{ method: null, method_id: null, method_name: null, reference: null, note: body.note ?? null },
    ...{ paid_at: ctx.now, advance_count: cents === 0 ? 0 : 1 },
  })
  if (cents !== 0) await enterAdvances(ctx, { payment_id: id, partner_id, currency, paid_at: ctx.now }, 1, [-cents])
  if (status === 'paid') await payments.addPaid(ctx, { partner_id, currency, paid_cents: amount_cents, paid_at: ctx.now })
  const row = await found(ctx, id)
  const after = { origin: 'on_account', partner_id, currency, total_amount_cents: amount_cents, status }
  ctx.tell('payment.recorded', id, { program_id: ctx.program.id, after })
  return reply(present(row), { meta: await warnings(ctx, row, cents), status: 201 })
}

export async function change(ctx: Ctx, { params, body }: In<typeof publisherPayouts.change>) {
  await payments.lock(ctx, params.publisher_payout_id)
  const before = await found(ctx, params.publisher_payout_id)
  const next: Terms = {
    total_amount_cents: body.requested_amount_cents ?? before.total_amount_cents,
    status: body.status ?? before.status,
    note: body.note === undefined ? before.note : body.note,
  }
  const isMoney = next.total_amount_cents !== before.total_amount_cents || next.status !== before.status
  if (isMoney) await lockUnnetted(ctx, before)
  await payments.update(ctx, before.id, { ...next })
  const delta = taken(next.status, next.total_amount_cents) - taken(before.status, before.total_amount_cents)
  if (delta !== 0) await enterDifference(ctx, before, next, delta)
  if (isMoney) await moveCounted(ctx, before, next)
  const row = await found(ctx, before.id)
  ctx.tell('payment.edited', before.id, { program_id: ctx.program.id, before: termsOf(before), after: next })
  return reply(present(row), { meta: await warnings(ctx, row, delta) })
}

const termsOf = ({ total_amount_cents, status, note }: Terms): Terms => ({ total_amount_cents, status, note })

/** Locks what the payment took, so that no payout takes it meanwhile. Refuses `payment_netted`. */
async function lockUnnetted(ctx: Ctx, payment: sql.OnAccountRow): Promise<void> {
  const key = creditTab(ctx, payment)
  const advances = await tabs.lockSteady(
    ctx,
    () => sql.advancesOf(ctx, payment.id),
    seen => {
      const closed = seen.filter(a => !a.is_open).map(a => ({ ...key, closed_id: a.tab_id }))
      return tabs.lock(ctx, [], [...closed, key])
    },
  )
  const netted = advances.filter(a => a.is_claimed).reduce((sum, a) => sum + a.amount_cents, 0)
  if (netted === 0) return
  refuse(
    'payment_netted',
    'A payout has netted this payment, so its amount and status stand: cancel that draft, or add an adjustment to the next one.',
  )
}

async function enterDifference(ctx: Ctx, before: sql.OnAccountRow, next: Terms, delta: number): Promise<void> {
  const words = (terms: Terms) => (terms.status === 'rejected' ? 'rejected' : format(terms.total_amount_cents, before.currency))
  const first = await sql.takeAdvanceNumbers(ctx, before.id, 1)
  const payee = { ...before, payment_id: before.id }
  await enterAdvances(ctx, payee, first, [-delta], `${words(before)} became ${words(next)}`)
}

async function moveCounted(ctx: Ctx, before: sql.OnAccountRow, next: Terms): Promise<void> {
  const { partner_id, currency } = before
  const paid_cents = paidPart(next.status, next.total_amount_cents) - paidPart(before.status, before.total_amount_cents)
  if (paid_cents !== 0) await payments.changePaid(ctx, { partner_id, currency, paid_cents })
}

/** Larger than the balance is allowed, with a warning: the money went out already. */
async function warnings(ctx: Ctx, { partner_id, currency }: sql.OnAccountRow, taken_cents: number) {
  const exceeds = taken_cents > 0 && (await sql.balance(ctx, partner_id, currency)) < 0
  return exceeds ? { warnings: ['exceeds_balance'] } : {}
}
