import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx, Tx } from '../context.ts'

export type Tally = { read: number; created: number; duplicates: number; rejected: number }
export type ImportRow = { id: string; program_id: string; campaign_id: string | null; status: 'running' | 'done' | 'undone' } & Tally

export async function insert(ctx: Ctx, row: { id: string; campaign_id: string; file_name: string }): Promise<void> {
  await ctx.tx
    .insertInto('imports')
    .values({
      ...row,
      org_id: ctx.org_id,
      program_id: ctx.program.id,
      kind: 'conversions',
      status: 'running',
      created_at: ctx.now,
      created_by: ctx.actor,
      undone_at: null,
    })
    .execute()
}

export async function update(ctx: Ctx, id: string, changes: Partial<Tally> & { status?: string; undone_at?: Instant }): Promise<void> {
  await ctx.tx.updateTable('imports').set(changes as never).where('org_id', '=', ctx.org_id).where('id', '=', id).execute()
}

export async function one(tx: Tx, org_id: string, id: string): Promise<ImportRow | undefined> {
  return (await tx
    .selectFrom('imports')
    .select(['id', 'program_id', 'campaign_id', 'status', 'read', 'created', 'duplicates', 'rejected'])
    .where('org_id', '=', org_id)
    .where('id', '=', id)
    .executeTakeFirst()) as ImportRow | undefined
}

type Match = { campaign_id: string; partner_id: string; before: Instant; revenue_cents: number; subs: Record<string, string>; conversion_subs: Record<string, string>; type: string | null }

/** The newest conversion before an instant that agrees in what is asked and has so much revenue left. */
export async function toReverse(ctx: Ctx, m: Match): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    select c.id from conversions c
    where c.org_id = ${ctx.org_id} and c.partner_id = ${m.partner_id} and c.campaign_id = ${m.campaign_id}
      and c.occurred_at <= ${m.before} and c.decision <> 'rejected' and c.revenue_cents >= ${m.revenue_cents}
      and (${m.type}::text is null or c.type = ${m.type})
      and coalesce(c.subs, '{}') @> ${JSON.stringify(m.subs)}::jsonb
      and coalesce(c.conversion_subs, '{}') @> ${JSON.stringify(m.conversion_subs)}::jsonb
      and c.revenue_cents - coalesce((select sum(v.revenue_cents) from reversals v
        where v.org_id = c.org_id and v.conversion_id = c.id), 0) >= ${m.revenue_cents}
    order by c.occurred_at desc, c.id desc limit 1`.execute(ctx.tx)
  return rows[0]?.id ?? null
}

/** Conversions of an import that are not taken back whole yet, a page at a time. */
export async function standing(ctx: Ctx, import_id: string, after: string | null, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select c.id from conversions c left join lateral (select sum(v.revenue_cents) as cents, count(*) as count from reversals v
      where v.org_id = c.org_id and v.conversion_id = c.id) back on true
    where c.org_id = ${ctx.org_id} and c.import_id = ${import_id} and c.decision <> 'rejected'
      and (${after}::uuid is null or c.id > ${after}::uuid)
      and not (back.count > 0 and back.cents >= c.revenue_cents)
    order by c.id limit ${limit}`.execute(ctx.tx)
  return rows.map(row => row.id)
}

/** What an import's reversals took from conversions that it did not make, and that was not given back yet. */
export async function foreignReversals(ctx: Ctx, import_id: string) {
  const { rows } = await sql<{ id: string; partner_id: string; currency: string; amount_cents: number; revenue_cents: number; reversal_id: string }>`
    select e.id, e.partner_id, e.currency, e.amount_cents, e.revenue_cents, v.id as reversal_id
    from reversals v join conversions c on c.org_id = v.org_id and c.id = v.conversion_id
    join earnings e on e.org_id = v.org_id and e.source_key = 'reversal:' || v.id
    where v.org_id = ${ctx.org_id} and v.import_id = ${import_id} and c.import_id is distinct from ${import_id}
      and not exists (select from earnings u where u.org_id = v.org_id and u.source_key = 'undo:' || v.id)
    order by v.id`.execute(ctx.tx)
  return rows
}
