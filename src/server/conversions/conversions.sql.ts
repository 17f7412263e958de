import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx, Tx } from '../context.ts'
import type { PageRequest } from '../page.ts'

export type ConversionView = {
  id: string
  brand_id: string
  campaign_id: string
  partner_id: string
  external_id: string
  event_id: string | null
  click_id: string | null
  type: string
  status: 'hold' | 'pending_review' | 'approved' | 'rejected' | 'paid'
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
  subs: Record<string, string> | null
  conversion_subs: Record<string, string> | null
  coupon_code: string | null
}

type Filter = Partial<PageRequest> & {
  id?: string
  after?: string | null
  partner_id?: string
  campaign_id?: string
  status?: string
}

/** Conversions with the status that follows from decision, hold and payment. Newest first; the key is made apart as in `standings`. */
export async function list(ctx: Ctx, f: Filter): Promise<ConversionView[]> {
  const conditions = [
    sql`c.org_id = ${ctx.org_id} and c.program_id = ${ctx.program.id}`,
    ...(f.id === undefined ? [] : [sql`c.id = ${f.id}::uuid`]),
    ...(f.after == null ? [] : [sql`c.id < ${f.after}::uuid`]),
    ...(f.partner_id === undefined ? [] : [sql`c.partner_id = ${f.partner_id}::uuid`]),
    ...(f.campaign_id === undefined ? [] : [sql`c.campaign_id = ${f.campaign_id}::uuid`]),
  ]
  const { rows } = await sql<ConversionView>`
    select * from (
      select c.id, c.program_id as brand_id, c.campaign_id, c.partner_id, c.external_id, c.event_id, c.click_id, c.type,
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
    ) v where ${f.status === undefined ? sql`true` : sql`v.status = ${f.status}`}
    order by v.id desc limit ${(f.limit ?? 1) + 1}`.execute(ctx.tx)
  return rows
}

export type TrackedCampaign = {
  program_id: string
  campaign_id: string
  destination_url: string | null
  postback_secret: string | null
  currency: string
}

/** The campaign that a tracking address names, by the slugs of brand and campaign. */
export async function tracked(tx: Tx, org_id: string, brand: string, campaign: string): Promise<TrackedCampaign | undefined> {
  const { rows } = await sql<TrackedCampaign>`
    select p.id as program_id, c.id as campaign_id, c.destination_url, c.postback_secret, v.terms->>'currency' as currency
    from programs p join campaigns c on c.org_id = p.org_id and c.program_id = p.id and lower(c.slug) = lower(${campaign})
      join campaign_versions v on v.org_id = c.org_id and v.campaign_id = c.id and v.version = c.version
    where p.org_id = ${org_id} and lower(p.slug) = lower(${brand})`.execute(tx)
  return rows[0]
}

export async function partnerOfSlug(ctx: Ctx, via: string): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    select id from partners where org_id = ${ctx.org_id} and program_id = ${ctx.program.id}
      and (slug_key = lower(${via}) or alias_key = lower(${via})) order by slug_key <> lower(${via}) limit 1`.execute(ctx.tx)
  return rows[0]?.id ?? null
}

export type NewClick = {
  id: string
  campaign_id: string
  partner_id: string | null
  subs: Record<string, string> | null
  country: string | null
  os: string | null
}

export async function insertClick(ctx: Ctx, click: NewClick): Promise<void> {
  const subs = click.subs === null ? null : JSON.stringify(click.subs)
  await ctx.tx
    .insertInto('clicks')
    .values({ org_id: ctx.org_id, program_id: ctx.program.id, clicked_at: ctx.now, ...click, subs })
    .execute()
}
