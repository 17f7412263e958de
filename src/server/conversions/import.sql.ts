import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { RowKind } from '../../core/mapping.ts'
import type { Ctx, Tx } from '../context.ts'

export type Tally = { read: number; created: number; duplicates: number; rejected: number }
export type ImportRow = {
  id: string
  program_id: string
  campaign_id: string | null
  kind: RowKind
  status: 'uploaded' | 'running' | 'interrupted' | 'done' | 'undone'
  earned: Record<string, number>
} & Tally

export async function insert(
  ctx: Ctx,
  row: { id: string; campaign_id: string | null; kind: RowKind; file_name: string },
): Promise<void> {
  await ctx.tx
    .insertInto('imports')
    .values({
      ...row,
      org_id: ctx.org_id,
      program_id: ctx.program.id,
      status: 'running',
      created_at: ctx.now,
      created_by: ctx.actor,
      undone_at: null,
    })
    .execute()
}

export async function update(
  ctx: Ctx,
  id: string,
  { earned, ...changes }: Partial<Tally & Pick<ImportRow, 'status' | 'campaign_id' | 'earned'>> & { undone_at?: Instant },
): Promise<void> {
  await ctx.tx
    .updateTable('imports')
    .set({ ...changes, ...(earned && { earned: JSON.stringify(earned) }) })
    .where('org_id', '=', ctx.org_id)
    .where('id', '=', id)
    .execute()
}

export async function one(tx: Tx, org_id: string, id: string): Promise<ImportRow | undefined> {
  return (await tx
    .selectFrom('imports')
    .select(['id', 'program_id', 'campaign_id', 'kind', 'status', 'read', 'created', 'duplicates', 'rejected', 'earned'])
    .where('org_id', '=', org_id)
    .where('id', '=', id)
    .executeTakeFirst()) as ImportRow | undefined
}

/** Imports of one campaign that reverse take turns; recording goes on meanwhile. */
export async function lockCampaign(ctx: Ctx, campaign_id: string): Promise<void> {
  await sql`select from campaigns where org_id = ${ctx.org_id} and id = ${campaign_id} for no key update`.execute(ctx.tx)
}

/** The reversals in a campaign that carry these external ids, with the revenue they took. */
export async function reversedBefore(ctx: Ctx, campaign_id: string, external_ids: string[]): Promise<Map<string, number>> {
  if (external_ids.length === 0) return new Map()
  const { rows } = await sql<{ external_id: string; revenue_cents: number }>`
    select v.external_id, v.revenue_cents from reversals v
      join conversions c on c.org_id = v.org_id and c.id = v.conversion_id and c.campaign_id = ${campaign_id}
    where v.org_id = ${ctx.org_id} and v.external_id = any(${external_ids}::text[])`.execute(ctx.tx)
  return new Map(rows.map(row => [row.external_id, row.revenue_cents]))
}

/** What a conversion must agree in; `revenue_cents` null is all that is left of it. */
export type Match = {
  partner_id: string | null
  before: Instant
  revenue_cents: number | null
  currency: string
  external_id: string
  event_id: string | null
  click_id: string | null
  coupon_code: string | null
  type: string
  country: string | null
  os: string | null
  subs: Record<string, string>
  conversion_subs: Record<string, string>
}

/** Where a conversion agrees with a match in one field; both may lack it. */
function agrees(field: string) {
  if (field === 'partner') return sql`c.partner_id = m.partner_id`
  if (field === 'external_id') return sql`c.external_id = m.external_id`
  const [column, sub] = field.split('.') as [string, string | undefined]
  const [ours, theirs] = [sql.ref(`c.${column}`), sql.ref(`m.${column}`)]
  if (sub !== undefined) return sql`(${ours} ->> ${sub}) is not distinct from (${theirs} ->> ${sub})`
  return sql`${ours}::text is not distinct from ${theirs}`
}

/**
 * For each match the newest conversion before it that agrees in the fields and has enough left, by the match's place.
 *
 * A match of nothing (a free sample sent back) takes back only a conversion that is worth nothing, and only once.
 */
export async function toReverse(
  ctx: Ctx,
  campaign_id: string,
  fields: string[],
  matches: (Match | null)[],
): Promise<Map<number, string>> {
  const given = matches.flatMap((match, n) => (match ? [{ n, ...match }] : []))
  if (given.length === 0) return new Map()
  const agreeing = sql.join(fields.map(agrees), sql` and `)
  const { rows } = await sql<{ n: number; id: string }>`
    select m.n, found.id
    from json_to_recordset(${JSON.stringify(given)}::json) as m(n int, partner_id uuid, before timestamptz, revenue_cents bigint,
      currency text, external_id text, event_id text, click_id text, coupon_code text, type text, country text, os text,
      subs jsonb, conversion_subs jsonb)
    cross join lateral (
      select c.id from conversions c
      cross join lateral (select coalesce(sum(v.revenue_cents), 0) as cents, count(*) as count from reversals v
        where v.org_id = c.org_id and v.conversion_id = c.id) back
      where c.org_id = ${ctx.org_id} and c.campaign_id = ${campaign_id} and c.currency = m.currency and c.occurred_at <= m.before
        and c.decision <> 'rejected' and c.revenue_cents >= coalesce(m.revenue_cents, 0) and ${agreeing}
        and c.revenue_cents - back.cents >= coalesce(m.revenue_cents, 0)
        and case when m.revenue_cents > 0 then true when m.revenue_cents = 0 then c.revenue_cents = 0 and back.count = 0
          else back.count = 0 or back.cents < c.revenue_cents end
      order by c.occurred_at desc, c.id desc limit 1) found`.execute(ctx.tx)
  return new Map(rows.map(row => [row.n, row.id]))
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
  const { rows } = await sql<{
    id: string
    partner_id: string
    currency: string
    amount_cents: number
    revenue_cents: number
    reversal_id: string
  }>`
    select e.id, e.partner_id, e.currency, e.amount_cents, e.revenue_cents, v.id as reversal_id
    from reversals v join conversions c on c.org_id = v.org_id and c.id = v.conversion_id
    cross join lateral (select 'reversal:' || v.id as source_key, 'undo:' || v.id as undo_key offset 0) k
    join earnings e on e.org_id = v.org_id and e.source_key = k.source_key
    where v.org_id = ${ctx.org_id} and v.import_id = ${import_id} and c.import_id is distinct from ${import_id}
      and not exists (select from earnings u where u.org_id = v.org_id and u.source_key = k.undo_key)
    order by v.id`.execute(ctx.tx)
  return rows
}
