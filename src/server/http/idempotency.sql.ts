import { sql } from 'kysely'
import type { Ctx } from '../context.ts'

export type StoredAnswer = { route: string; body_hash: string; status: number | null; answer: string | null }

/** Takes the key for this transaction, waiting for a twin that holds it; returns the twin's answer when it was first. */
export async function claim(ctx: Ctx, key: string, route: string, body_hash: string): Promise<StoredAnswer | null> {
  const { rows } = await sql`
    insert into idempotency_keys (org_id, key, route, body_hash, created_at)
    values (${ctx.org_id}, ${key}, ${route}, ${body_hash}, ${ctx.now})
    on conflict do nothing returning key`.execute(ctx.tx)
  if (rows.length > 0) return null
  return ctx.tx
    .selectFrom('idempotency_keys')
    .select(['route', 'body_hash', 'status', 'answer'])
    .where('org_id', '=', ctx.org_id)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
}

export async function keep(ctx: Ctx, key: string, status: number, answer: string, object_id: string | null): Promise<void> {
  await ctx.tx
    .updateTable('idempotency_keys')
    .set({ status, answer, object_id })
    .where('org_id', '=', ctx.org_id)
    .where('key', '=', key)
    .execute()
}

export async function find(ctx: Ctx, key: string): Promise<boolean> {
  const row = await ctx.tx
    .selectFrom('idempotency_keys')
    .select('key')
    .where('org_id', '=', ctx.org_id)
    .where('key', '=', key)
    .executeTakeFirst()
  return row !== undefined
}
