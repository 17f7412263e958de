import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { ConversionStatus } from '../../core/conversion.ts'
import type { Ctx } from '../context.ts'

type Subs = Record<string, string> | null
export type ConversionView = {
  id: string
  brand_id: string
  campaign_id: string
  campaign_name: string
  partner_id: string
  partner_name: string
  external_id: string
  event_id: string | null
  click_id: string | null
  type: string
  status: ConversionStatus
  held_until: Instant | null
  reason: string | null
  revenue_cents: number
  reversed_cents: number
  currency: string
  commission_cents: number
  commission_currency: string
  because: string | null
  occurred_at: Instant
  recorded_at: Instant
  country: string | null
  os: string | null
  subs: Subs
  conversion_subs: Subs
  coupon_code: string | null
}

export type Filter = {
  id?: string | undefined
  partner_id?: string | undefined
  campaign_id?: string | undefined
  type?: string | undefined
  external_id?: string | undefined
  /** Half-open: `[from, until)`. */
  from?: Instant | undefined
  until?: Instant | undefined
}
type ListFilter = Filter & { after?: string | null; status?: readonly ConversionStatus[] | undefined; limit?: number }

function matching(ctx: Ctx, f: Filter): RawBuilder<unknown>[] {
  return [
    sql`c.org_id = ${ctx.org_id} and c.program_id = ${ctx.program.id}`,
    ...(f.id === undefined ? [] : [sql`c.id = ${f.id}::uuid`]),
    ...(f.partner_id === undefined ? [] : [sql`c.partner_id = ${f.partner_id}::uuid`]),
    ...(f.campaign_id === undefined ? [] : [sql`c.campaign_id = ${f.campaign_id}::uuid`]),
    ...(f.type === undefined ? [] : [sql`c.type = ${f.type}`]),
    ...(f.from === undefined ? [] : [sql`c.occurred_at >= ${f.from}`]),
    ...(f.until === undefined ? [] : [sql`c.occurred_at < ${f.until}`]),
    // by campaign, as the index of external ids is
    ...(f.external_id === undefined
      ? []
      : [
          sql`c.campaign_id in (select g.id from campaigns g where g.org_id = ${ctx.org_id} and g.program_id = ${ctx.program.id})
            and c.external_id = ${f.external_id}`,
        ]),
  ]
}

/** The ids of conversions whose earnings are on hold, found by the few tabs that are held; rejected ones are among them. */
const held = (ctx: Ctx) => sql`
  select substr(e.source_key, 12)::uuid as id from tabs t join earnings e on e.org_id = t.org_id and e.tab_id = t.id
  where t.org_id = ${ctx.org_id} and t.program_id = ${ctx.program.id} and t.payment_id is null and t.stream = 'conversions'
    and t.held_until > ${ctx.now} and e.kind = 'commission'`

const inReview = (ctx: Ctx) => sql`
  select id from conversions where org_id = ${ctx.org_id} and program_id = ${ctx.program.id} and decision = 'pending_review'`

/** What waits is found from where it waits: among millions that do not, it would be looked for in vain. */
function waiting(ctx: Ctx, status: ListFilter['status']): RawBuilder<unknown>[] {
  if (!status || status.some(each => each !== 'hold' && each !== 'pending_review')) return []
  const sources = [...(status.includes('hold') ? [held(ctx)] : []), ...(status.includes('pending_review') ? [inReview(ctx)] : [])]
  return [sql`c.id in (${sql.join(sources, sql` union all `)})`]
}

/** Conversions with the status that follows from decision, hold and payment. Newest first; the key is made apart as in `standings`. */
export async function list(ctx: Ctx, f: ListFilter): Promise<ConversionView[]> {
  const conditions = [...matching(ctx, f), ...(f.after == null ? [] : [sql`c.id < ${f.after}::uuid`]), ...waiting(ctx, f.status)]
  const { rows } = await sql<ConversionView>`
    select v.*, p.name as partner_name, g.name as campaign_name from (
      select * from (
        select c.org_id, c.id, c.program_id as brand_id, c.campaign_id, c.partner_id, c.external_id, c.event_id, c.click_id, c.type,
          case when c.decision <> 'approved' then c.decision when t.payment_id is not null then 'paid'
            when t.held_until > ${ctx.now} then 'hold' else 'approved' end as status,
          case when t.held_until = '-infinity' then null else t.held_until end as held_until,
          c.reason, c.revenue_cents, c.currency,
          coalesce((select sum(v.revenue_cents) from reversals v where v.org_id = c.org_id and v.conversion_id = c.id), 0)::bigint as reversed_cents,
          coalesce(e.amount_cents, (c.pending->>'amount_cents')::bigint, 0) as commission_cents,
          coalesce(e.currency, c.pending->>'currency', c.currency) as commission_currency,
          coalesce(e.because, c.pending->>'because') as because,
          c.occurred_at, c.recorded_at, c.country, c.os, c.subs, c.conversion_subs, c.coupon_code
        from conversions c
        cross join lateral (select 'conversion:' || c.id as source_key offset 0) k
        left join earnings e on e.org_id = c.org_id and e.source_key = k.source_key
        left join tabs t on t.org_id = e.org_id and t.id = e.tab_id
        where ${sql.join(conditions, sql` and `)}
      ) w where ${f.status === undefined ? sql`true` : sql`w.status = any(${[...f.status]}::text[])`}
      order by w.id desc limit ${(f.limit ?? 1) + 1}
    ) v join partners p on p.org_id = v.org_id and p.id = v.partner_id
      join campaigns g on g.org_id = v.org_id and g.id = v.campaign_id
    order by v.id desc`.execute(ctx.tx)
  return rows.map(({ org_id: _, ...row }: ConversionView & { org_id?: string }) => row)
}

export type Totals = {
  currency: string
  conversion_count: number
  approved_count: number
  hold_count: number
  pending_review_count: number
  rejected_count: number
  revenue_cents: number
}

/** How many match and what they brought, by currency; one pass over what matches, and one over what is held. */
export async function totals(ctx: Ctx, f: Filter): Promise<Totals[]> {
  const where = sql.join(matching(ctx, f), sql` and `)
  const { rows } = await sql<Totals>`
    with counted as (
      select c.currency, count(*) as conversion_count, count(*) filter (where c.decision = 'approved') as approved,
        count(*) filter (where c.decision = 'pending_review') as pending_review_count,
        count(*) filter (where c.decision = 'rejected') as rejected_count,
        coalesce(sum(c.revenue_cents) filter (where c.decision <> 'rejected'), 0)::bigint as revenue_cents
      from conversions c where ${where} group by c.currency
    ), on_hold as (
      select c.currency, count(*) as hold_count from (${held(ctx)}) h join conversions c on c.org_id = ${ctx.org_id} and c.id = h.id
      where ${where} and c.decision = 'approved' group by c.currency
    )
    select t.currency, conversion_count, approved - coalesce(hold_count, 0) as approved_count, coalesce(hold_count, 0) as hold_count,
      pending_review_count, rejected_count, revenue_cents
    from counted t left join on_hold h on h.currency = t.currency order by t.currency`.execute(ctx.tx)
  return rows
}

export type More = {
  partner_alias: string
  posted_status: string
  posted_payout_cents: number | null
  earning_id: string | null
  reversed_commission_cents: number
  payout: { id: string; number: number; status: string } | null
  click: { id: string; clicked_at: Instant; country: string | null; os: string | null; subs: Subs } | null
}

type MoreRow = Omit<More, 'payout' | 'click'> & {
  payout_id: string | null
  payout_number: number
  payout_status: string
  click_id: string | null
  clicked_at: Instant
  click_country: string | null
  click_os: string | null
  click_subs: Subs
}

/** What only the page of one conversion shows. */
export async function more(ctx: Ctx, id: string): Promise<More> {
  const { rows } = await sql<MoreRow>`
    select p.alias as partner_alias, c.posted_status, c.payout_cents as posted_payout_cents, e.id as earning_id,
      coalesce((select -sum(x.amount_cents) from earnings x where x.org_id = e.org_id and x.reverses_id = e.id), 0)::bigint
        as reversed_commission_cents,
      o.id as payout_id, o.number as payout_number, o.status as payout_status,
      k.id as click_id, k.clicked_at, k.country as click_country, k.os as click_os, k.subs as click_subs
    from conversions c
    join partners p on p.org_id = c.org_id and p.id = c.partner_id
    left join earnings e on e.org_id = c.org_id and e.source_key = ${`conversion:${id}`}
    left join tabs t on t.org_id = e.org_id and t.id = e.tab_id
    left join payouts o on o.org_id = t.org_id and o.id = t.payout_id
    left join clicks k on k.org_id = c.org_id and k.id = c.click_id
    where c.org_id = ${ctx.org_id} and c.id = ${id}`.execute(ctx.tx)
  const row = rows[0] as MoreRow
  const { payout_id, payout_number, payout_status, click_id, clicked_at, click_country, click_os, click_subs, ...rest } = row
  return {
    ...rest,
    payout: payout_id === null ? null : { id: payout_id, number: payout_number, status: payout_status },
    click: click_id === null ? null : { id: click_id, clicked_at, country: click_country, os: click_os, subs: click_subs },
  }
}

export type ReversalView = {
  id: string
  external_id: string | null
  revenue_cents: number
  commission_cents: number
  reason: string
  recorded_at: Instant
}

/** What was taken back of one conversion, oldest first. */
export async function reversalsOf(ctx: Ctx, id: string): Promise<ReversalView[]> {
  const { rows } = await sql<ReversalView>`
    select r.id, r.external_id, r.revenue_cents, r.reason, r.recorded_at, coalesce(e.amount_cents, 0) as commission_cents
    from reversals r
    cross join lateral (select 'reversal:' || r.id as source_key offset 0) k
    left join earnings e on e.org_id = r.org_id and e.source_key = k.source_key
    where r.org_id = ${ctx.org_id} and r.conversion_id = ${id} order by r.id`.execute(ctx.tx)
  return rows
}

export type EventRow = { at: Instant; actor: string; verb: string; reason: string | null }

/** What the record says of one conversion, oldest first. */
export async function eventsOf(ctx: Ctx, id: string): Promise<EventRow[]> {
  const { rows } = await sql<EventRow>`
    select at, actor, verb, after->>'reason' as reason from events
    where org_id = ${ctx.org_id} and object_id = ${id} order by id`.execute(ctx.tx)
  return rows
}
