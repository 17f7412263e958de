/** The invariants as SQL: each counts what it looked at and what breaks it, for one organization. Source: spec D5. */
import { type RawBuilder, sql } from 'kysely'
import type { AccrualInputs } from '../../core/accrue.ts'
import type { Instant } from '../../core/calendar.ts'
import type { PriceInputs } from '../../core/price.ts'
import type { Version } from '../../core/structure.ts'
import type { StoredTerms } from '../campaigns/campaigns.sql.ts'
import type { Tx } from '../context.ts'

export type Count = { rows: number; violations: number }
type Query = (org_id: string) => RawBuilder<Count>

const count = (from: RawBuilder<unknown>, broken: RawBuilder<unknown>): RawBuilder<Count> =>
  sql<Count>`select count(*) as rows, count(*) filter (where ${broken}) as violations from ${from}`

export const invariants: Record<string, Query> = {
  'I1 an earning is on one tab of its own partner, program and currency': org =>
    count(
      sql`earnings e left join tabs t on t.org_id = e.org_id and t.id = e.tab_id and t.program_id = e.program_id
        and t.partner_id = e.partner_id and t.currency = e.currency where e.org_id = ${org}`,
      sql`t.id is null`,
    ),
  'I1 a claimed tab is in one live payout of its own partner and currency': org =>
    count(
      sql`tabs t left join payouts p on p.org_id = t.org_id and p.id = t.payout_id and p.status <> 'cancelled'
        and p.partner_id = t.partner_id and p.currency = t.currency and p.program_id = t.program_id
        where t.org_id = ${org} and t.payout_id is not null`,
      sql`p.id is null or t.is_open or t.payment_id is distinct from p.payment_id`,
    ),
  'I2 a tab is settled by a live payment only': org =>
    count(
      sql`tabs t left join payments m on m.org_id = t.org_id and m.id = t.payment_id where t.org_id = ${org} and t.payment_id is not null`,
      sql`m.id is null or m.status <> 'paid' or m.payout_id is distinct from t.payout_id`,
    ),
  'I3 a payout comes to its tabs and adjustments less its credit': org =>
    count(
      sql`payouts p left join lateral (select coalesce(sum(t.amount_cents), 0) as amount_cents,
          coalesce(sum(t.item_count) filter (where t.stream = 'conversions'), 0) as conversion_count,
          coalesce(sum(t.item_count) filter (where t.stream = 'structures'), 0) as accrual_count,
          coalesce(sum(t.revenue_cents), 0) as revenue_cents
        from tabs t where t.org_id = p.org_id and t.payout_id = p.id and t.stream <> 'credit') s on true
        left join lateral (select coalesce(sum(a.amount_cents), 0) as amount_cents from adjustments a
          where a.org_id = p.org_id and a.payout_id = p.id) j on true
        where p.org_id = ${org} and p.status <> 'cancelled'`,
      sql`p.amount_cents <> s.amount_cents + j.amount_cents - p.credit_cents or p.adjustment_cents <> j.amount_cents
        or (p.conversion_count, p.accrual_count, p.revenue_cents) <> (s.conversion_count, s.accrual_count, s.revenue_cents)`,
    ),
  'I3 a payment of a payout is its amount': org =>
    count(
      sql`payments m left join payouts p on p.org_id = m.org_id and p.id = m.payout_id where m.org_id = ${org} and m.origin = 'payout'`,
      sql`p.payment_id is distinct from m.id or p.amount_cents <> m.total_amount_cents or m.status <> 'paid' or p.status <> 'paid'`,
    ),
  'I3 a direct payment is its tabs and adjustments; an ad-hoc one has none and is its own total': org =>
    count(
      sql`payments m left join lateral (select count(*) as n, coalesce(sum(t.amount_cents), 0) as cents,
          coalesce(bool_and(t.stream = 'structures' and t.partner_id = m.partner_id), true) as is_its
          from tabs t where t.org_id = m.org_id and t.payment_id = m.id) s on true
        left join lateral (select count(*) as n, coalesce(sum(r.amount_cents), 0) as cents from released_lines r
          where r.org_id = m.org_id and r.payment_id = m.id) l on true
        left join lateral (select count(*) as n, coalesce(sum(a.amount_cents), 0) as cents from adjustments a
          where a.org_id = m.org_id and a.payment_id = m.id) j on true
        where m.org_id = ${org} and m.origin = 'direct'`,
      sql`(s.n + l.n + j.n > 0 and m.total_amount_cents <> s.cents + l.cents + j.cents) or not s.is_its
        or (m.status = 'paid' and l.n > 0) or m.released_count <> l.n`,
    ),
  'I3 the credit of a payout is what it nets, and never more than it earned': org =>
    count(
      sql`payouts p left join lateral (select coalesce(sum(t.amount_cents) filter (where t.stream = 'credit'), 0) as credit_cents,
          coalesce(sum(t.amount_cents) filter (where t.stream <> 'credit'), 0) as lines_cents
          from tabs t where t.org_id = p.org_id and t.payout_id = p.id) s on true
        where p.org_id = ${org} and p.status <> 'cancelled'`,
      sql`p.credit_cents <> -s.credit_cents or p.credit_cents > s.lines_cents + greatest(0, p.adjustment_cents)`,
    ),
  'I3 the advances of an on-account payment come to what it takes off the balance': org =>
    count(
      sql`payments m left join lateral (select count(*) as n, coalesce(sum(e.amount_cents), 0) as cents,
          coalesce(bool_and(e.kind = 'advance' and t.stream = 'credit' and t.partner_id = m.partner_id and t.currency = m.currency), true) as is_its
          from generate_series(1, m.advance_count) n
          cross join lateral (select 'on_account:' || m.id || ':' || n as source_key offset 0) k
          join earnings e on e.org_id = m.org_id and e.source_key = k.source_key
          join tabs t on t.org_id = e.org_id and t.id = e.tab_id) s on true
        where m.org_id = ${org} and m.origin = 'on_account'`,
      sql`s.n <> m.advance_count or not s.is_its
        or s.cents <> case when m.status = 'rejected' then 0 else -m.total_amount_cents end`,
    ),
  'I3 every advance is one of an on-account payment': org =>
    count(
      sql`(select e.org_id, (regexp_match(e.source_key, '^on_account:([0-9a-f-]{36}):([0-9]+)$')) as key from earnings e
          where e.org_id = ${org} and e.kind = 'advance' offset 0) e
        left join payments m on m.org_id = e.org_id and m.id = (e.key[1])::uuid and m.origin = 'on_account'`,
      sql`m.id is null or (e.key[2])::bigint > m.advance_count`,
    ),
  'I4 a voided or rejected payment settles nothing': org =>
    count(
      sql`payments m where m.org_id = ${org} and m.status in ('voided', 'rejected')`,
      sql`exists (select from tabs t where t.org_id = m.org_id and t.payment_id = m.id)`,
    ),
  'I4 what a voided or rejected payment had paid is earned again, or paid by another that stands': org =>
    count(
      sql`released_lines r join payments m on m.org_id = r.org_id and m.id = r.payment_id
        left join earnings e on e.org_id = r.org_id and e.id = r.earning_id
        left join tabs t on t.org_id = e.org_id and t.id = e.tab_id
        left join payments o on o.org_id = t.org_id and o.id = t.payment_id
        where r.org_id = ${org}`,
      sql`m.origin <> 'direct' or m.status not in ('voided', 'rejected') or t.id is null or r.amount_cents <> e.amount_cents
        or (t.payment_id is not null and o.status is distinct from 'paid')`,
    ),
  'I5 one idempotency key, one payment': org =>
    count(
      sql`payments m where m.org_id = ${org} and m.origin <> 'payout'`,
      sql`(select count(*) from idempotency_keys k where k.org_id = m.org_id and k.object_id = m.id and k.route like 'POST %') > 1`,
    ),
  'I6 a tab is the sum and count of its earnings': org =>
    count(
      sql`tabs t left join (select e.tab_id, sum(e.amount_cents) as amount_cents, sum(e.item_count) as item_count,
          sum(e.revenue_cents) as revenue_cents, min(e.earned_on) as first_on, max(e.earned_on) as last_on
        from earnings e where e.org_id = ${org} group by e.tab_id) s on s.tab_id = t.id where t.org_id = ${org}`,
      sql`(t.amount_cents, t.item_count, t.revenue_cents) is distinct from
          (coalesce(s.amount_cents, 0), coalesce(s.item_count, 0), coalesce(s.revenue_cents, 0))
        or s.first_on < t.first_on or s.last_on > t.last_on`,
    ),
  'I10 a stored answer names an object that exists, or existed': org =>
    count(
      sql`idempotency_keys k where k.org_id = ${org}`,
      sql`k.answer is null or (k.object_id is not null and not exists (
        select from payouts p where p.org_id = k.org_id and p.id = k.object_id union all
        select from payments p where p.org_id = k.org_id and p.id = k.object_id union all
        select from partners p where p.org_id = k.org_id and p.id = k.object_id union all
        select from campaigns p where p.org_id = k.org_id and p.id = k.object_id union all
        select from reversals p where p.org_id = k.org_id and p.id = k.object_id union all
        select from programs p where p.org_id = k.org_id and p.id = k.object_id union all
        select from payout_methods p where p.org_id = k.org_id and p.id = k.object_id union all
        select from api_keys p where p.org_id = k.org_id and p.id = k.object_id union all
        select from organizations p where p.org_id = k.org_id and p.org_id = k.object_id union all
        select from structures p where p.org_id = k.org_id and p.id = k.object_id union all
        select from videos p where p.org_id = k.org_id and p.id = k.object_id union all
        select from imports p where p.org_id = k.org_id and p.id = k.object_id union all
        select from goals p where p.org_id = k.org_id and p.id = k.object_id union all
        select from earnings p where p.org_id = k.org_id and p.id = k.object_id union all
        select from invitations p where p.org_id = k.org_id and p.id = k.object_id union all
        select from events p where p.org_id = k.org_id and p.object_id = k.object_id and p.verb like '%.deleted'))`,
    ),
  'an approved conversion has one commission, another has none': org =>
    count(
      sql`conversions c left join earnings e on e.org_id = c.org_id and e.source_key = 'conversion:' || c.id where c.org_id = ${org}`,
      sql`(c.decision = 'approved' and e.id is null) or (c.decision = 'pending_review' and e.id is not null)
        or (e.id is not null and (e.partner_id <> c.partner_id or e.kind <> 'commission'))`,
    ),
  'a rejected conversion earns nothing': org =>
    count(
      sql`conversions c join earnings e on e.org_id = c.org_id and e.source_key = 'conversion:' || c.id
        where c.org_id = ${org} and c.decision = 'rejected'`,
      sql`e.amount_cents + coalesce((select sum(r.amount_cents) from earnings r where r.org_id = e.org_id and r.reverses_id = e.id), 0) <> 0`,
    ),
  'a payout belongs to a partner of its program': org =>
    count(
      sql`payouts p left join partners a on a.org_id = p.org_id and a.id = p.partner_id and a.program_id = p.program_id
        where p.org_id = ${org}`,
      sql`a.id is null`,
    ),
  'a conversion belongs to a campaign and a partner of its program': org =>
    count(
      sql`conversions c left join campaigns k on k.org_id = c.org_id and k.id = c.campaign_id and k.program_id = c.program_id
        left join partners p on p.org_id = c.org_id and p.id = c.partner_id and p.program_id = c.program_id where c.org_id = ${org}`,
      sql`k.id is null or p.id is null`,
    ),
  'reversals never exceed the conversion, nor the commission': org =>
    count(
      sql`(select c.revenue_cents as whole, sum(v.revenue_cents) as taken from reversals v
          join conversions c on c.org_id = v.org_id and c.id = v.conversion_id where v.org_id = ${org} group by c.id, c.revenue_cents
        union all
        select abs(e.amount_cents), abs(sum(r.amount_cents)) from earnings r
          join earnings e on e.org_id = r.org_id and e.id = r.reverses_id where r.org_id = ${org} group by e.id, e.amount_cents) x`,
      sql`x.taken > x.whole`,
    ),
  'what a partner was paid is the sum of its payments': org =>
    count(
      sql`(select program_id, partner_id, currency, sum(total_amount_cents) as cents, max(paid_at) as last_paid_at from payments
          where org_id = ${org} and status = 'paid' and partner_id is not null group by 1, 2, 3) s
        full join (select program_id, partner_id, currency, paid_cents, last_paid_at from paid_totals where org_id = ${org}) t
          using (program_id, partner_id, currency)`,
      sql`coalesce(s.cents, 0) <> coalesce(t.paid_cents, 0) or s.last_paid_at is distinct from t.last_paid_at`,
    ),
  'payout numbers have no gaps': org =>
    count(
      sql`(select number, row_number() over (order by number) as expected from payouts where org_id = ${org}) n`,
      sql`n.number <> n.expected`,
    ),
  'every payment without a payout, and its end, is in the audit': org =>
    count(
      sql`payments m, lateral (values ('payment.recorded'), (case when m.origin = 'direct' and m.voided_at is not null
          then 'payment.' || m.status end)) d(verb) where m.org_id = ${org} and m.origin <> 'payout' and d.verb is not null`,
      sql`not exists (select from events v where v.org_id = m.org_id and v.object_id = m.id and v.verb = d.verb)`,
    ),
  'every decision about a payout is in the audit': org =>
    count(
      sql`payouts p, lateral (values ('payout.approved', p.approved_at), ('payout.paid', p.paid_at), ('payout.cancelled', p.cancelled_at)) d(verb, at)
        where p.org_id = ${org} and d.at is not null`,
      sql`not exists (select from events v where v.org_id = p.org_id and v.object_id = p.id and v.verb = d.verb)`,
    ),
  'assignments of a partner to a structure are of its program and never overlap': org =>
    count(
      sql`assignments a where a.org_id = ${org}`,
      sql`exists (select from assignments b where b.org_id = a.org_id and b.structure_id = a.structure_id
          and b.partner_id = a.partner_id and b.id <> a.id and b.assigned_at < coalesce(a.unassigned_at, 'infinity')
          and coalesce(b.unassigned_at, 'infinity') > a.assigned_at)
        or not exists (select from structures s join partners p on p.org_id = s.org_id and p.program_id = s.program_id
          where s.org_id = a.org_id and s.id = a.structure_id and p.id = a.partner_id)`,
    ),
  'an accrual has a version of a structure of its program, which knows of accruals': org =>
    count(
      sql`earnings e left join structure_versions v on v.org_id = e.org_id and v.id = e.structure_version_id
        left join structures s on s.org_id = v.org_id and s.id = v.structure_id and s.program_id = e.program_id
        where e.org_id = ${org} and e.kind = 'accrual'`,
      sql`s.has_accruals is not true or e.period_start_at is null or e.period_end_at < e.period_start_at`,
    ),
  'a structure has the versions 1, 2, 3 and so on': org =>
    count(
      sql`structures s left join lateral (select count(*) as count, max(v.version_number) as last from structure_versions v
        where v.org_id = s.org_id and v.structure_id = s.id) n on true where s.org_id = ${org}`,
      sql`n.count = 0 or n.count <> n.last`,
    ),
  'a period either earned or was found to earn nothing': org =>
    count(
      sql`unearned_periods u left join earnings e on e.org_id = u.org_id and e.source_key = u.source_key where u.org_id = ${org}`,
      sql`e.id is not null`,
    ),
  'an accrual is taken back whole, once, on its own tab': org =>
    count(
      sql`earnings r join earnings e on e.org_id = r.org_id and e.id = r.reverses_id
        where r.org_id = ${org} and e.kind = 'accrual'`,
      sql`r.kind <> 'reversal' or r.mark not in ('rejected', 'voided') or r.amount_cents <> -e.amount_cents or r.tab_id <> e.tab_id`,
    ),
  'a video shows the newest counts that were observed': org =>
    count(
      sql`videos v left join lateral (select max(m.captured_at) as last_captured_at,
          (array_agg(m.view_count order by m.captured_at desc) filter (where m.view_count is not null))[1] as view_count,
          (array_agg(m.like_count order by m.captured_at desc) filter (where m.like_count is not null))[1] as like_count,
          (array_agg(m.comment_count order by m.captured_at desc) filter (where m.comment_count is not null))[1] as comment_count,
          (array_agg(m.share_count order by m.captured_at desc) filter (where m.share_count is not null))[1] as share_count,
          (array_agg(m.save_count order by m.captured_at desc) filter (where m.save_count is not null))[1] as save_count
        from video_metrics m where m.org_id = v.org_id and m.video_id = v.id and m.withdrawn_at is null) n on true
        where v.org_id = ${org}`,
      sql`(v.last_captured_at, v.view_count, v.like_count, v.comment_count, v.share_count, v.save_count) is distinct from
        (n.last_captured_at, n.view_count, n.like_count, n.comment_count, n.share_count, n.save_count)`,
    ),
  'a video is of a partner of its own program': org =>
    count(
      sql`videos v left join partners p on p.org_id = v.org_id and p.id = v.partner_id and p.program_id = v.program_id
        where v.org_id = ${org} and v.partner_id is not null`,
      sql`p.id is null`,
    ),
}

export async function run(tx: Tx, org_id: string, name: string): Promise<Count> {
  const { rows } = await (invariants[name] as Query)(org_id).execute(tx)
  return rows[0] ?? { rows: 0, violations: 0 }
}

export type Pricing = {
  id: string
  amount_cents: number
  currency: string
  because: string
  inputs: PriceInputs
  partner_id: string
  type: string
  country: string | null
  os: string | null
  subs: Record<string, string> | null
  conversion_subs: Record<string, string> | null
  revenue_cents: number
  conversion_currency: string
  payout_cents: number | null
}

/** Commissions with the conversion that they price, a page at a time, in the order of their ids. */
export async function commissions(tx: Tx, org_id: string, after: string | null, limit: number): Promise<Pricing[]> {
  const { rows } = await sql<Pricing>`
    select e.id, e.amount_cents, e.currency, e.because, e.inputs, c.partner_id, c.type, c.country, c.os, c.subs, c.conversion_subs,
      c.revenue_cents, c.currency as conversion_currency, c.payout_cents
    from (select e.*, (substring(e.source_key from '^conversion:(.*)$'))::uuid as conversion_id
      from earnings e where e.org_id = ${org_id} and e.kind = 'commission'
      and (${after}::uuid is null or e.id > ${after}::uuid) order by e.id limit ${limit}) e
    join conversions c on c.org_id = e.org_id and c.id = e.conversion_id
    order by e.id`.execute(tx)
  return rows
}

export async function versions(
  tx: Tx,
  org_id: string,
): Promise<{ campaign_id: string; version: number; terms: StoredTerms; created_at: Instant }[]> {
  return (await tx
    .selectFrom('campaign_versions')
    .select(['campaign_id', 'version', 'terms', 'created_at'])
    .where('org_id', '=', org_id)
    .execute()) as never
}

export type Accruing = {
  id: string
  amount_cents: number
  currency: string
  because: string
  inputs: AccrualInputs
  structure_version_id: string
}

/** Accruals, a page at a time, in the order of their ids. */
export async function accruals(tx: Tx, org_id: string, after: string | null, limit: number): Promise<Accruing[]> {
  const { rows } = await sql<Accruing>`
    select id, amount_cents, currency, because, inputs, structure_version_id from earnings
    where org_id = ${org_id} and kind = 'accrual' and (${after}::uuid is null or id > ${after}::uuid)
    order by id limit ${limit}`.execute(tx)
  return rows
}

export async function structureVersions(tx: Tx, org_id: string): Promise<Version[]> {
  return (await tx.selectFrom('structure_versions').selectAll().where('org_id', '=', org_id).execute()) as never
}
