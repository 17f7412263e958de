import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from './context.ts'

/** Rows of a list in the program that was asked for, if any, as far as the caller reaches: a program's key sees that one alone. */
export function inPrograms(ctx: Ctx, program_id: string | null, alias: string): RawBuilder<unknown> {
  const ids = [program_id, ctx.caller.program_id].filter(id => id !== null)
  return sql.join([sql`true`, ...ids.map(id => sql`${sql.ref(`${alias}.program_id`)} = ${id}`)], sql` and `)
}
