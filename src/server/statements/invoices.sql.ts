import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'

export type Issued = {
  invoice_number: string | null
  invoiced_at: Instant | null
  invoice_digest: string | null
  invoice_revised_at: Instant | null
}

/** What of an invoice is kept: its payment is locked by the caller. */
export async function issued(ctx: Ctx, payment_id: string): Promise<Issued> {
  return ctx.tx
    .selectFrom('payments')
    .select(['invoice_number', 'invoiced_at', 'invoice_digest', 'invoice_revised_at'])
    .where('org_id', '=', ctx.org_id)
    .where('id', '=', payment_id)
    .executeTakeFirstOrThrow()
}

/**
 * The next number of a program's series in a year, from 1.
 *
 * Whoever takes one holds the counter until its transaction ends, so that numbers follow each other and none is lost.
 */
export async function nextNumber(ctx: Ctx, year: string): Promise<number> {
  const { rows } = await sql<{ value: number }>`
    insert into counters (org_id, name, value) values (${ctx.org_id}, ${`invoice:${ctx.program.id}:${year}`}, 1)
    on conflict (org_id, name) do update set value = counters.value + 1 returning value`.execute(ctx.tx)
  return (rows[0] as { value: number }).value
}

export async function keep(ctx: Ctx, payment_id: string, kept: Partial<Issued>): Promise<void> {
  await ctx.tx.updateTable('payments').set(kept).where('org_id', '=', ctx.org_id).where('id', '=', payment_id).execute()
}
