import { sql } from 'kysely'
import type { Ctx } from '../context.ts'

export type MemberRow = { user_id: string; email: string }

/** The member with this e-mail, or without one the admin who has been here longest. */
export async function ownerFor(ctx: Ctx, email: string | undefined): Promise<MemberRow | undefined> {
  const { rows } = await sql<MemberRow>`
    select user_id, email from members
    where org_id = ${ctx.org_id} and ${email === undefined ? sql`role = 'admin'` : sql`lower(email) = lower(${email})`}
    order by created_at limit 1`.execute(ctx.tx)
  return rows[0]
}
