import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { ImageType } from '../../core/image.ts'
import type { Ctx, Tx } from '../context.ts'

export type Icon = { media_type: ImageType; bytes: Uint8Array }

export async function insert(ctx: Ctx, id: string, { media_type, bytes }: Icon): Promise<void> {
  await ctx.tx
    .insertInto('icons')
    .values({ org_id: ctx.org_id, id, media_type, bytes: Buffer.from(bytes), created_at: ctx.now, created_by: ctx.actor })
    .execute()
}

export async function icon(tx: Tx, org_id: string, id: string): Promise<Icon | undefined> {
  const found = tx.selectFrom('icons').select(['media_type', 'bytes']).where('org_id', '=', org_id).where('id', '=', id)
  return found.executeTakeFirst() as Promise<Icon | undefined>
}

export async function exists(ctx: Ctx, id: string): Promise<boolean> {
  const { rows } = await sql`select from icons where org_id = ${ctx.org_id} and id = ${id}`.execute(ctx.tx)
  return rows.length > 0
}

/** Removes what was uploaded before an instant and neither a method nor a portal shows, so that uploads do not pile up. */
export async function removeUnused(ctx: Ctx, before: Instant): Promise<void> {
  await sql`
    delete from icons i where i.org_id = ${ctx.org_id} and i.created_at < ${before}::timestamptz
      and not exists (select from payout_methods m where m.org_id = i.org_id
        and m.icon_path = 'icons/' || i.org_id || '/' || i.id)
      and not exists (select from portals r where r.org_id = i.org_id and r.logo_path = 'icons/' || i.org_id || '/' || i.id)`.execute(
    ctx.tx,
  )
}
