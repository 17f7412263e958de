import { sql } from 'kysely'
import { paymentMethods } from '../../core/payment-method.ts'
import type { Ctx } from '../context.ts'
import { partnerOf } from './own.sql.ts'

export type SettingsRow = {
  method: string | null
  method_id: string | null
  method_name: string | null
  payout_details: string | null
  company: string | null
  address: string | null
  country: string | null
  vat_id: string | null
  billing_details: string | null
}

const mine = (ctx: Ctx) => sql`p.org_id = ${ctx.org_id} and p.program_id = ${ctx.program.id} and p.id = ${partnerOf(ctx).id}`

export async function read(ctx: Ctx): Promise<SettingsRow> {
  const { rows } = await sql<SettingsRow>`
    select p.payout_method as method, m.id as method_id, m.name as method_name, p.payout_details, p.company, p.address, p.country,
      p.vat_id, p.billing_details
    from partners p left join payout_methods m on m.org_id = p.org_id and m.id = p.payout_method_id
    where ${mine(ctx)}`.execute(ctx.tx)
  const row = rows[0] as SettingsRow
  return { ...row, method_name: row.method_name ?? labelOf(row.method) }
}

const labelOf = (code: string | null): string | null => paymentMethods.find(method => method.code === code)?.label ?? null

export type Changes = Partial<
  Omit<SettingsRow, 'method' | 'method_id' | 'method_name'> & { payout_method: string | null; payout_method_id: string | null }
>

export async function write(ctx: Ctx, changes: Changes): Promise<void> {
  await ctx.tx
    .updateTable('partners')
    .set(changes)
    .where('org_id', '=', ctx.org_id)
    .where('program_id', '=', ctx.program.id)
    .where('id', '=', partnerOf(ctx).id)
    .execute()
}

export async function methods(ctx: Ctx): Promise<{ id: string; name: string }[]> {
  return ctx.tx
    .selectFrom('payout_methods')
    .select(['id', 'name'])
    .where('org_id', '=', ctx.org_id)
    .where('is_active', '=', true)
    .orderBy('name')
    .execute()
}
