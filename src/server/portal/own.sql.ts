/**
 * The one place that narrows the portal to its partner: every query of this folder says `own(ctx, …)` of every table it starts at.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../context.ts'

/** Rows of the partner whose portal this is, in its program and organization. */
export const own = (ctx: Ctx, alias: string): RawBuilder<unknown> => {
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  return sql`${column('org_id')} = ${ctx.org_id} and ${column('program_id')} = ${ctx.program.id}
    and ${column('partner_id')} = ${partnerOf(ctx).id}`
}

/** The partner whose portal this is. */
export function partnerOf(ctx: Ctx) {
  const { partner } = ctx.caller
  if (!partner) throw new Error('only a caller of the portal has a partner')
  return partner.partner
}

/** What the program shows on its portal. */
export function shownTo(ctx: Ctx) {
  const { partner } = ctx.caller
  if (!partner) throw new Error('only a caller of the portal has a portal')
  return partner.portal
}
