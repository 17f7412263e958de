import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { containing } from '../db/like.ts'

export type FoundRow = {
  kind: 'partner' | 'payout' | 'payment' | 'conversion' | 'campaign' | 'structure'
  id: string
  title: string
  detail: string
}
/** What was typed, and what it may mean: an id, a number, an amount. */
export type Asked = { text: string; id: string | null; number: number | null; cents: number | null }

const EACH = 5

/** Up to five of each kind. Whatever is not narrowed by an index is searched only where a program has few rows. */
export async function search(ctx: Ctx, asked: Asked): Promise<FoundRow[]> {
  const { rows } = await sql<FoundRow>`${sql.join(
    parts(ctx, asked).map(part => sql`(${part} limit ${EACH})`),
    sql` union all `,
  )}`.execute(ctx.tx)
  return rows
}

function parts(ctx: Ctx, { text, id, number, cents }: Asked): RawBuilder<unknown>[] {
  const like = containing(text)
  const mine = (table: string) =>
    sql`${sql.ref(`${table}.org_id`)} = ${ctx.org_id} and ${sql.ref(`${table}.program_id`)} = ${ctx.program.id}`
  return [
    sql`select 'partner' as kind, p.id::text as id, p.name as title, p.alias as detail from partners p
      where ${mine('p')} and p.removed_at is null and (p.id = ${id}::uuid or lower(p.name) like ${like} or p.alias_key like ${like}
        or lower(coalesce(p.email, '')) like ${like} or coalesce(p.handle_key, '') like ${like})
      order by (p.alias_key = ${text.toLowerCase()}) desc, p.name`,
    sql`select 'payout', y.id::text, 'Payout no. ' || y.number || ' · ' || p.name,
        y.status || ' ' || y.amount_cents || ' ' || y.currency
      from payouts y join partners p on p.org_id = y.org_id and p.id = y.partner_id
      where ${mine('y')} and (y.id = ${id}::uuid or y.number = ${number}::bigint or y.amount_cents = ${cents}::bigint or y.reference = ${text})
      order by y.number desc`,
    sql`select 'payment', m.id::text, coalesce(m.method_name, 'Payment') || coalesce(' · ' || p.name, ''),
        m.status || ' ' || m.total_amount_cents || ' ' || m.currency
      from payments m left join partners p on p.org_id = m.org_id and p.id = m.partner_id
      where ${mine('m')} and m.origin = 'direct' and (m.id = ${id}::uuid or m.reference = ${text} or m.total_amount_cents = ${cents}::bigint)
      order by m.id desc`,
    sql`select 'conversion', c.id::text, c.external_id, c.type || ' ' || c.revenue_cents || ' ' || c.currency
      from campaigns a cross join lateral (select * from conversions c where c.org_id = ${ctx.org_id} and c.campaign_id = a.id
        and c.external_id = ${text} limit ${EACH}) c where ${mine('a')}`,
    sql`select 'campaign', a.id::text, a.name, a.slug from campaigns a
      where ${mine('a')} and (a.id = ${id}::uuid or lower(a.name) like ${like} or lower(a.slug) like ${like}) order by a.name`,
    sql`select 'structure', s.id::text, s.name, case when s.archived_at is null then 'active' else 'archived' end from structures s
      where ${mine('s')} and (s.id = ${id}::uuid or lower(s.name) like ${like}) order by s.name`,
  ]
}
