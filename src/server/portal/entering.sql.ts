import { sql } from 'kysely'
import type { Ctx } from '../context.ts'

/** The partner of the program that has an e-mail, whatever its status. */
export async function withEmail(ctx: Ctx, email: string): Promise<{ id: string } | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from partners where org_id = ${ctx.org_id} and email = ${email} and program_id = ${ctx.program.id}
    order by id limit 1`.execute(ctx.tx)
  return rows[0]
}
