import { sql } from 'kysely'
import type { Accrual } from '../../core/payment.ts'
import type { Ctx } from '../context.ts'
import { statusOf } from '../earnings/accruals.sql.ts'

export type Named = Accrual & {
  currency: string
  amount_cents: number
  tab_id: string
  /** How many accruals its tab holds that were not taken back. */
  tab_count: number
}

/** Accruals by their ids, with the tab that each one is on. */
export async function named(ctx: Ctx, ids: string[]): Promise<Named[]> {
  const { rows } = await sql<Named>`
    select e.id, e.program_id, e.partner_id, e.currency, e.amount_cents, e.tab_id, t.item_count as tab_count, t.payout_id,
      ${statusOf('e', 't')} as status
    from earnings e join tabs t on t.org_id = e.org_id and t.id = e.tab_id
    where e.org_id = ${ctx.org_id} and e.id = any(${ids}::uuid[]) and e.kind = 'accrual' order by e.id`.execute(ctx.tx)
  return rows
}

export type FreeTab = { tab_id: string; amount_cents: number }

/** The tabs with a partner's outstanding accruals: earned, in no payout, in no payment. */
export async function outstanding(ctx: Ctx, partner_id: string, currency: string): Promise<FreeTab[]> {
  const { rows } = await sql<FreeTab>`
    select id as tab_id, amount_cents from tabs
    where org_id = ${ctx.org_id} and program_id = ${ctx.program.id} and partner_id = ${partner_id} and currency = ${currency}
      and stream = 'structures' and payout_id is null and payment_id is null and item_count > 0 order by id`.execute(ctx.tx)
  return rows
}

/** Settles tabs that this transaction has locked; returns what they come to. */
export async function settleTabs(ctx: Ctx, tab_ids: string[], payment_id: string): Promise<number> {
  if (tab_ids.length === 0) return 0
  const { rows } = await sql<{ amount_cents: number }>`
    update tabs set is_open = false, payment_id = ${payment_id}
    where org_id = ${ctx.org_id} and id = any(${tab_ids}::uuid[]) returning amount_cents`.execute(ctx.tx)
  return rows.reduce((sum, row) => sum + row.amount_cents, 0)
}

export async function insertAdjustment(ctx: Ctx, payment_id: string, adjustment: { amount_cents: number; reason: string }) {
  const made = { org_id: ctx.org_id, id: ctx.newId(), payout_id: null, created_at: ctx.now, created_by: ctx.actor }
  await ctx.tx
    .insertInto('adjustments')
    .values({ ...made, payment_id, ...adjustment })
    .execute()
}

/** The tabs that a payment settled, locked in the house's order. */
export async function lockTabs(ctx: Ctx, payment_id: string): Promise<void> {
  await sql`
    select from tabs where org_id = ${ctx.org_id} and payment_id = ${payment_id}
    order by program_id, partner_id, currency, stream, held_until, id for update`.execute(ctx.tx)
}

/** They stay closed; the next payment or draft takes them. */
export async function releaseTabs(ctx: Ctx, payment_id: string): Promise<void> {
  await sql`update tabs set payment_id = null where org_id = ${ctx.org_id} and payment_id = ${payment_id}`.execute(ctx.tx)
}

/** Whether the program has this partner, also one that was removed: what it earned stays payable. */
export async function hasPartner(ctx: Ctx, partner_id: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from partners where org_id = ${ctx.org_id} and program_id = ${ctx.program.id} and id = ${partner_id}`.execute(ctx.tx)
  return rows.length > 0
}
