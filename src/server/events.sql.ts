/** The record of every change: audit trail and outbox in one table, appended in the transaction that made the change. */
import { sql } from 'kysely'
import type { Ctx } from './context.ts'

export async function insert(ctx: Ctx): Promise<void> {
  const rows = ctx.told.map(({ verb, object_id, change }) => ({
    id: ctx.newId(),
    program_id: change.program_id ?? null,
    verb,
    object_id,
    before: change.before ?? null,
    after: change.after ?? null,
  }))
  await sql`
    insert into events (org_id, id, program_id, at, actor, verb, object_id, before, after, request_id)
    select ${ctx.org_id}, r.id, r.program_id, ${ctx.now}, ${ctx.actor}, r.verb, r.object_id, r.before, r.after, ${ctx.request_id}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(id uuid, program_id uuid, verb text, object_id uuid, before jsonb, after jsonb)
    on conflict do nothing`.execute(ctx.tx)
}
