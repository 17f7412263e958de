import { refuse } from '../../core/refusal.ts'
import type { Ctx } from '../context.ts'
import { method } from '../organizations/methods.sql.ts'

/** A method of the organization that is switched on. Refuses `not_found`, `invalid_body`. */
export async function activeMethod(ctx: Ctx, id: string): Promise<{ method_id: string; method_name: string }> {
  const found = (await method(ctx.tx, ctx.org_id, id)) ?? refuse('not_found', 'There is no such payout method.')
  if (!found.is_active) refuse('invalid_body', `The method ${found.name} is switched off; choose another.`)
  return { method_id: id, method_name: found.name }
}
