/** The invariants as SQL: each counts what it looked at and what breaks it, for one organization. Source: spec D5. */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { PriceInputs } from '../../core/price.ts'
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
  'I4 a voided or rejected payment settles nothing': org =>
    count(
      sql`payments m where m.org_id = ${org} and m.status in ('voided', 'rejected')`,
      sql`exists (select from tabs t where t.org_id = m.org_id and t.payment_id = m.id)`,
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
  'I10 a stored answer names an object that exists': org =>
    count(
      sql`idempotency_keys k where k.org_id = ${org}`,
      sql`k.answer is null or (k.object_id is not null and not exists (
        select from payouts p where p.org_id = k.org_id and p.id = k.object_id union all
        select from payments p where p.org_id = k.org_id and p.id = k.object_id union all
        select from partners p where p.org_id = k.org_id and p.id = k.object_id union all
        select from campaigns p where p.org_id = k.org_id and p.id = k.object_id union all
        select from reversals p where p.org_id = k.org_id and p.id = k.object_id union all
        select from programs p where p.org_id = k.org_id and p.id = k.object_id))`,
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
      sql`(select program_id, partner_id, currency, sum(total_amount_cents) as cents from payments
          where org_id = ${org} and status = 'paid' and partner_id is not null group by 1, 2, 3) s
        full join (select program_id, partner_id, currency, paid_cents from paid_totals where org_id = ${org}) t
          using (program_id, partner_id, currency)`,
      sql`coalesce(s.cents, 0) <> coalesce(t.paid_cents, 0)`,
    ),
  'payout numbers have no gaps': org =>
    count(
      sql`(select number, row_number() over (order by number) as expected from payouts where org_id = ${org}) n`,
      sql`n.number <> n.expected`,
    ),
  'every decision about a payout is in the audit': org =>
    count(
      sql`payouts p, lateral (values ('payout.approved', p.approved_at), ('payout.paid', p.paid_at), ('payout.cancelled', p.cancelled_at)) d(verb, at)
        where p.org_id = ${org} and d.at is not null`,
      sql`not exists (select from events v where v.org_id = p.org_id and v.object_id = p.id and v.verb = d.verb)`,
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
