import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'

export type NewPayment = {
  id: string
  partner_id: string | null
  currency: string
  origin: 'payout' | 'direct' | 'on_account'
  payout_id: string | null
  status: 'pending' | 'paid'
  total_amount_cents: number
  method: string | null
  method_id: string | null
  method_name: string | null
  reference: string | null
  note: string | null
  paid_at: Instant
}

export async function insert(ctx: Ctx, payment: NewPayment): Promise<void> {
  await ctx.tx
    .insertInto('payments')
    .values({
      ...payment,
      org_id: ctx.org_id,
      program_id: ctx.program.id,
      metadata: '{}',
      tracking_url: null,
      readme: null,
      created_at: ctx.now,
      created_by: ctx.actor,
      voided_at: null,
      voided_by: null,
    })
    .execute()
}

/** Moves what a partner was paid so far. */
export async function addPaid(
  ctx: Ctx,
  paid: { partner_id: string; currency: string; paid_cents: number; paid_at: Instant },
): Promise<void> {
  await sql`
    insert into paid_totals (org_id, program_id, partner_id, currency, paid_cents, last_paid_at)
    values (${ctx.org_id}, ${ctx.program.id}, ${paid.partner_id}, ${paid.currency}, ${paid.paid_cents}, ${paid.paid_at})
    on conflict (org_id, program_id, partner_id, currency) do update set
      paid_cents = paid_totals.paid_cents + excluded.paid_cents,
      last_paid_at = greatest(paid_totals.last_paid_at, excluded.last_paid_at)`.execute(ctx.tx)
}
