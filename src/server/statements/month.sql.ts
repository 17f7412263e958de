import { sql } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'
import type { StatementKind } from '../../core/statement.ts'
import type { Ctx } from '../context.ts'

/** What moved a balance. Without a day: all that came before the month. */
export type MovedRow = {
  currency: string
  on: Day | null
  kind: StatementKind | null
  count: number
  amount_cents: number
  payment_id: string | null
  payout_id: string | null
  /** Of a payment. */
  origin: 'payout' | 'direct' | 'on_account' | null
  payout_number: number | null
  status: string | null
  method_name: string | null
  reference: string | null
  words: string | null
}

/**
 * Everything that moved a partner's balance before `until`: one row a day and kind from `start` on, one row for all before.
 *
 * An earning enters the balance when it was recorded or, later, when its hold ended, but never after it was paid; a payment
 * leaves it on the day it is dated. What a payment comes to beside the tabs it settled is an adjustment, so a payment of
 * nothing that was earned leaves the balance as it was. A tab that was settled before the month lies before it whole, so
 * its earnings are not read: a month costs what was earned since, and what is unpaid; read tab by tab, since a join was
 * planned as a scan of everybody's earnings. `at` is never later than now, so that
 * what was made ahead of the server's clock counts at once, as it does in the balance.
 */
export async function moved(ctx: Ctx, partner_id: string, span: { start: Instant; until: Instant }): Promise<MovedRow[]> {
  const { now, org_id, time_zone } = ctx
  const { rows } = await sql<MovedRow>`
    with paying as materialized (
      select p.id, p.currency, p.origin, p.payout_id, y.number, p.status, p.method_name, p.reference, p.total_amount_cents as total,
        least(p.paid_at, ${now}) as paid_at, least(p.created_at, ${now}) as made_at, case when p.voided_at is not null then least(p.voided_at, ${now}) end as voided_at,
        coalesce((select sum(t.amount_cents) from tabs t where t.org_id = p.org_id and t.payment_id = p.id), 0)
          + case when p.released_count = 0 then 0 else coalesce((select sum(r.amount_cents) from released_lines r
              where r.org_id = p.org_id and r.payment_id = p.id), 0) end as settled,
        (select string_agg(a.reason, '; ' order by a.id) from (
          select id, reason from adjustments a where a.org_id = p.org_id and a.payment_id = p.id
          union all select id, reason from adjustments a where a.org_id = p.org_id and a.payout_id = p.payout_id) a) as reasons
      from payments p left join payouts y on y.org_id = p.org_id and y.id = p.payout_id
      where p.org_id = ${org_id} and p.partner_id = ${partner_id} and p.program_id = ${ctx.program.id} and p.origin <> 'on_account'
    ), mine as materialized (
      select t.id, t.currency, t.held_until, t.amount_cents, null::timestamptz as settled_at from tabs t
      where t.org_id = ${org_id} and t.program_id = ${ctx.program.id} and t.partner_id = ${partner_id} and t.payment_id is null
      union all
      select t.id, t.currency, t.held_until, t.amount_cents, p.made_at from paying p
        join tabs t on t.org_id = ${org_id} and t.payment_id = p.id
    ), dated as (
      select m.currency, '-infinity'::timestamptz as at, null as kind, 1 as count, m.amount_cents, null::uuid as payment_id, null as words
      from mine m where m.settled_at < ${span.start}
      union all
      select m.currency, least(greatest(least(e.recorded_at, ${now}), m.held_until), m.settled_at), e.kind, 1, e.amount_cents,
        case when e.kind = 'advance' then (e.inputs->>'payment_id')::uuid end, case when e.kind = 'advance' then e.because end
      from mine m cross join lateral (
        select e.recorded_at, e.kind, e.amount_cents, e.inputs, e.because from earnings e
        where e.org_id = ${org_id} and e.tab_id = m.id offset 0) e
      where m.settled_at is null or m.settled_at >= ${span.start}
      union all select p.currency, p.paid_at, 'payment', 1, -p.total, p.id, null from paying p
      union all select p.currency, p.paid_at, 'adjustment', 1, p.total - p.settled, p.id, p.reasons from paying p where p.total <> p.settled
      union all select p.currency, p.voided_at, 'undone', 1, p.total, p.id, null from paying p where p.voided_at is not null
      union all select p.currency, p.voided_at, 'adjustment', 1, p.settled - p.total, p.id, p.reasons from paying p
        where p.voided_at is not null and p.total <> p.settled
    ), summed as (
      select currency, case when at >= ${span.start} then (at at time zone ${time_zone})::date end as "on",
        case when at >= ${span.start} then kind end as kind, case when at >= ${span.start} then payment_id end as payment_id,
        case when at >= ${span.start} and payment_id is not null then at end as instant,
        sum(count)::bigint as count, sum(amount_cents)::bigint as amount_cents, max(words) as words
      from dated where at < ${span.until}
      group by 1, 2, 3, 4, 5
    )
    select s.currency, s."on", s.kind, s.count, s.amount_cents, s.payment_id, p.payout_id, p.origin, p.number as payout_number, p.status,
      p.method_name, p.reference, s.words
    from summed s left join paying p on p.id = s.payment_id
    where s."on" is null or s.amount_cents <> 0 or s.kind = 'payment'
    order by s.currency, s."on" nulls first, s.instant nulls first, s.kind, s.payment_id`.execute(ctx.tx)
  return rows
}

export type Payee = { id: string; name: string; alias: string; created_at: Instant }

export async function payee(ctx: Ctx, partner_id: string): Promise<Payee | undefined> {
  return ctx.tx
    .selectFrom('partners')
    .select(['id', 'name', 'alias', 'created_at'])
    .where('org_id', '=', ctx.org_id)
    .where('program_id', '=', ctx.program.id)
    .where('id', '=', partner_id)
    .executeTakeFirst()
}
