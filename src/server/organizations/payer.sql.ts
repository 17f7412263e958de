import type { Ctx } from '../context.ts'

/** Who pays for a program, as its documents say it. */
export type PayerRow = {
  legal_name: string | null
  address: string | null
  vat_id: string | null
  billing_text: string | null
  self_billing: boolean
}

export async function payer(ctx: Ctx): Promise<PayerRow & { organization: string }> {
  return ctx.tx
    .selectFrom('programs as p')
    .innerJoin('organizations as o', 'o.org_id', 'p.org_id')
    .select([
      'p.legal_name',
      'p.legal_address as address',
      'p.vat_id',
      'p.billing_text',
      'p.self_billing',
      'o.name as organization',
    ])
    .where('p.org_id', '=', ctx.org_id)
    .where('p.id', '=', ctx.program.id)
    .executeTakeFirstOrThrow()
}

export async function updatePayer(ctx: Ctx, { address, ...changes }: Partial<PayerRow>): Promise<void> {
  await ctx.tx
    .updateTable('programs')
    .set({ ...changes, ...(address !== undefined && { legal_address: address }) })
    .where('org_id', '=', ctx.org_id)
    .where('id', '=', ctx.program.id)
    .execute()
}
