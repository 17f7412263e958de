import { sql } from 'kysely'
import type { Ctx } from '../context.ts'

/** How many lines a payout has, uncounted ones (refunds, netted credit) included. */
export async function countLines(ctx: Ctx, payout_id: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from tabs t join earnings e on e.org_id = t.org_id and e.tab_id = t.id
    where t.org_id = ${ctx.org_id} and t.payout_id = ${payout_id}`.execute(ctx.tx)
  return rows[0]?.n ?? 0
}
