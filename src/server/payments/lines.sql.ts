import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { AccrualStatus } from '../../core/payment.ts'
import type { Ctx } from '../context.ts'
import { statusOf } from '../earnings/accruals.sql.ts'

export type LineRow = {
  id: string
  payment_id: string
  earning_id: string
  kind: string
  amount_cents: number
  because: string
  program_id: string
  partner_id: string
  currency: string
  structure_id: string | null
  structure_version_id: string | null
  period_start_at: Instant | null
  period_end_at: Instant | null
  assignment_id: string | null
  video_id: string | null
  threshold_views: number | null
  status: AccrualStatus
  recorded_at: Instant
}

/**
 * The first lines of each payment after a place: what is on its tabs, or what was before it was voided or rejected.
 *
 * Tab by tab in the order of the index, so a payment of a million lines is as quick as one of ten. What was rejected
 * or voided while it was unpaid is no line, nor is what took it back; it is named first, since as a condition on each row
 * it was planned as a sort of all of them. A line's id is made of the payment and the earning: an earning that is paid
 * again is another line.
 */
export async function lines(ctx: Ctx, payment_ids: string[], page: { limit: number; after: string | null }): Promise<LineRow[]> {
  if (payment_ids.length === 0) return []
  const beyond = (column: string) => (page.after === null ? sql`true` : sql`${sql.ref(column)} > ${page.after}::uuid`)
  const { rows } = await sql<LineRow>`
    select md5(l.payment_id::text || l.earning_id)::uuid as id, l.payment_id, e.id as earning_id, e.kind, e.amount_cents, e.because,
      e.program_id, e.partner_id, e.currency, v.structure_id, e.structure_version_id, e.period_start_at, e.period_end_at,
      e.inputs->>'assignment_id' as assignment_id, e.inputs->>'video_id' as video_id,
      (e.inputs->>'threshold_views')::bigint as threshold_views, ${statusOf('e', 't')} as status, e.recorded_at
    from (select m.id as payment_id, x.earning_id from unnest(${payment_ids}::uuid[]) m(id) cross join lateral (
        select y.earning_id from (
          select e.id as earning_id from tabs t
          cross join lateral (select array(select r.reverses_id from earnings r where r.org_id = ${ctx.org_id} and r.tab_id = t.id
            and r.kind = 'reversal' and r.mark in ('rejected', 'voided')) as ids offset 0) taken_back
          cross join lateral (
            select e.id from earnings e where e.org_id = ${ctx.org_id} and e.tab_id = t.id and ${beyond('e.id')}
              and e.id <> all(taken_back.ids) and (e.reverses_id is null or e.reverses_id <> all(taken_back.ids))
            order by e.id limit ${page.limit + 1}) e
          where t.org_id = ${ctx.org_id} and t.payment_id = m.id
          union all
          (select r.earning_id from released_lines r where r.org_id = ${ctx.org_id} and r.payment_id = m.id and ${beyond('r.earning_id')}
            order by r.earning_id limit ${page.limit + 1})) y
        order by y.earning_id limit ${page.limit + 1}) x offset 0) l
    join earnings e on e.org_id = ${ctx.org_id} and e.id = l.earning_id
    join tabs t on t.org_id = e.org_id and t.id = e.tab_id
    left join structure_versions v on v.org_id = e.org_id and v.id = e.structure_version_id
    order by l.payment_id, e.id`.execute(ctx.tx)
  return rows
}

/** How many accruals and conversions each payment pays, or paid: what a tab counts, and what was released. */
export async function lineCounts(ctx: Ctx, payment_ids: string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; n: number }>`
    select m.id, m.released_count
      + coalesce((select sum(t.item_count) from tabs t where t.org_id = m.org_id and t.payment_id = m.id), 0)::bigint as n
    from payments m where m.org_id = ${ctx.org_id} and m.id = any(${payment_ids}::uuid[])`.execute(ctx.tx)
  return new Map(rows.map(row => [row.id, row.n]))
}

export type AdjustmentRow = { id: string; payment_id: string; amount_cents: number; reason: string; created_at: Instant }

/** The adjustments of payments; those of a payout belong to its payment too. */
export async function adjustments(ctx: Ctx, payment_ids: string[]): Promise<AdjustmentRow[]> {
  const { rows } = await sql<AdjustmentRow>`
    select a.id, m.id as payment_id, a.amount_cents, a.reason, a.created_at
    from payments m cross join lateral (
      select * from adjustments a where a.org_id = ${ctx.org_id} and a.payment_id = m.id
      union all select * from adjustments a where a.org_id = ${ctx.org_id} and a.payout_id = m.payout_id) a
    where m.org_id = ${ctx.org_id} and m.id = any(${payment_ids}::uuid[]) order by a.id`.execute(ctx.tx)
  return rows
}

/** Keeps what a payment had paid, as history; returns how many lines. What was taken back is found once, not for each line. */
export async function keepReleased(ctx: Ctx, payment_id: string): Promise<number> {
  const { numAffectedRows } = await sql`
    with on_tabs as materialized (
      select e.id, e.amount_cents, e.reverses_id, e.kind = 'reversal' and e.mark in ('rejected', 'voided') as takes_back
      from tabs t join earnings e on e.org_id = t.org_id and e.tab_id = t.id
      where t.org_id = ${ctx.org_id} and t.payment_id = ${payment_id}
    ), taken_back as materialized (select reverses_id as id from on_tabs where takes_back)
    insert into released_lines (org_id, payment_id, earning_id, amount_cents, released_at)
    select ${ctx.org_id}, ${payment_id}, id, amount_cents, ${ctx.now} from on_tabs
    where id not in (select id from taken_back) and (reverses_id is null or reverses_id not in (select id from taken_back))`.execute(
    ctx.tx,
  )
  return Number(numAffectedRows ?? 0)
}

/** Whether something that a payment had paid is paid by another one by now. */
export async function isPaidAgain(ctx: Ctx, payment_id: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from released_lines r join earnings e on e.org_id = r.org_id and e.id = r.earning_id
      join tabs t on t.org_id = e.org_id and t.id = e.tab_id
    where r.org_id = ${ctx.org_id} and r.payment_id = ${payment_id} and t.payment_id is not null limit 1`.execute(ctx.tx)
  return rows.length > 0
}
