import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx, Tx } from '../context.ts'

export type MethodRow = {
  org_id: string
  id: string
  name: string
  icon_path: string | null
  is_default: boolean
  is_active: boolean
  metadata: Record<string, never>
  readme: string | null
  created_at: Instant
}

export async function insertDefaults(tx: Tx, org_id: string, names: readonly string[], newId: () => string, now: Instant) {
  const rows = names.map(name => ({ org_id, id: newId(), name, is_default: true, metadata: '{}', created_at: now }))
  await tx.insertInto('payout_methods').values(rows).execute()
}

export async function list(ctx: Ctx, include_disabled: boolean): Promise<MethodRow[]> {
  let query = ctx.tx.selectFrom('payout_methods').selectAll().where('org_id', '=', ctx.org_id)
  if (!include_disabled) query = query.where('is_active', '=', true)
  return query.orderBy('created_at').orderBy('id').execute()
}

export async function method(tx: Tx, org_id: string, id: string): Promise<MethodRow | undefined> {
  return tx.selectFrom('payout_methods').selectAll().where('org_id', '=', org_id).where('id', '=', id).executeTakeFirst()
}

/** The method that a payment or payout names, as a column: null once the method is deleted, while its name stays. */
export const methodIdOf = (table: string): RawBuilder<string | null> => sql`(select m.id from payout_methods m
  where m.org_id = ${sql.ref(`${table}.org_id`)} and m.id = ${sql.ref(`${table}.method_id`)}) as method_id`

/** Locks a method until the transaction ends, so that what is decided from it stays true. */
export async function lock(ctx: Ctx, id: string): Promise<MethodRow | undefined> {
  return ctx.tx
    .selectFrom('payout_methods')
    .selectAll()
    .where('org_id', '=', ctx.org_id)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
}

export type NewMethod = Pick<MethodRow, 'id' | 'name' | 'icon_path' | 'metadata' | 'readme'>

/** Inserts a method, or returns nothing when its name is taken, whatever the case. */
export async function insert(ctx: Ctx, { metadata, ...row }: NewMethod): Promise<MethodRow | undefined> {
  return ctx.tx
    .insertInto('payout_methods')
    .values({ ...row, org_id: ctx.org_id, metadata: JSON.stringify(metadata), created_at: ctx.now })
    .onConflict(c => c.doNothing())
    .returningAll()
    .executeTakeFirst()
}

export type MethodChanges = Partial<Pick<MethodRow, 'name' | 'is_active' | 'icon_path' | 'metadata' | 'readme'>>

export async function update(ctx: Ctx, id: string, { metadata, ...rest }: MethodChanges): Promise<MethodRow> {
  return ctx.tx
    .updateTable('payout_methods')
    .set({ ...rest, ...(metadata && { metadata: JSON.stringify(metadata) }) })
    .where('org_id', '=', ctx.org_id)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function remove(ctx: Ctx, id: string): Promise<void> {
  await ctx.tx.deleteFrom('payout_methods').where('org_id', '=', ctx.org_id).where('id', '=', id).execute()
}
