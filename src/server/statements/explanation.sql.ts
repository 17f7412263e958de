import { sql } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'
import type { StoredTerms } from '../campaigns/campaigns.sql.ts'
import type { Ctx } from '../context.ts'
import type { Entry } from '../earnings/tabs.sql.ts'

export type EarningRow = {
  id: string
  kind: Entry['kind']
  partner_id: string
  partner_name: string
  amount_cents: number
  currency: string
  because: string
  // biome-ignore lint/suspicious/noExplicitAny: what an earning was made from is as the rule that made it left it
  inputs: any
  source_key: string
  earned_on: Day
  recorded_at: Instant
  reverses_id: string | null
  mark: Entry['mark']
  structure_version_id: string | null
  tab_id: string
  stream: string
  is_open: boolean
  held_until: Instant | null
  payout_id: string | null
  payout_number: number | null
  payout_status: string | null
  payment_id: string | null
  payment_origin: string | null
  paid_at: Instant | null
  method_name: string | null
  reference: string | null
}

/** An earning with everything that its money sits on: its tab, the payout that claimed it, the payment that settled it. */
export async function earning(ctx: Ctx, id: string): Promise<EarningRow | undefined> {
  const { rows } = await sql<EarningRow>`
    select e.id, e.kind, e.partner_id, p.name as partner_name, e.amount_cents, e.currency, e.because, e.inputs, e.source_key,
      e.earned_on, e.recorded_at, e.reverses_id, e.mark, e.structure_version_id, e.tab_id, t.stream, t.is_open,
      case when t.held_until = '-infinity' then null else t.held_until end as held_until,
      t.payout_id, y.number as payout_number, y.status as payout_status,
      t.payment_id, m.origin as payment_origin, m.paid_at, m.method_name, m.reference
    from earnings e join tabs t on t.org_id = e.org_id and t.id = e.tab_id
      join partners p on p.org_id = e.org_id and p.id = e.partner_id
      left join payouts y on y.org_id = t.org_id and y.id = t.payout_id
      left join payments m on m.org_id = t.org_id and m.id = t.payment_id
    where e.org_id = ${ctx.org_id} and e.program_id = ${ctx.program.id} and e.id = ${id}`.execute(ctx.tx)
  return rows[0]
}

export type RelatedRow = { id: string; kind: string; amount_cents: number; because: string; recorded_at: Instant }

/** What takes an earning back, in the order of entry. */
export async function reversing(ctx: Ctx, id: string): Promise<RelatedRow[]> {
  const { rows } = await sql<RelatedRow>`
    select id, kind, amount_cents, because, recorded_at from earnings
    where org_id = ${ctx.org_id} and reverses_id = ${id} order by id`.execute(ctx.tx)
  return rows
}

export async function bySource(ctx: Ctx, source_key: string): Promise<RelatedRow | undefined> {
  const { rows } = await sql<RelatedRow>`
    select id, kind, amount_cents, because, recorded_at from earnings
    where org_id = ${ctx.org_id} and source_key = ${source_key}`.execute(ctx.tx)
  return rows[0]
}

export type ConversionRow = {
  id: string
  campaign_id: string
  partner_id: string
  external_id: string
  event_id: string | null
  click_id: string | null
  type: string
  revenue_cents: number
  currency: string
  occurred_at: Instant
  recorded_at: Instant
  country: string | null
  os: string | null
  subs: Record<string, string> | null
  conversion_subs: Record<string, string> | null
  coupon_code: string | null
  payout_cents: number | null
  posted_status: string
  decision: string
  reason: string | null
  import_id: string | null
}

/** A conversion as it was recorded. */
export async function conversion(ctx: Ctx, id: string): Promise<ConversionRow | undefined> {
  const { rows } = await sql<ConversionRow>`
    select id, campaign_id, partner_id, external_id, event_id, click_id, type, revenue_cents, currency, occurred_at, recorded_at,
      country, os, subs, conversion_subs, coupon_code, payout_cents, posted_status, decision, reason, import_id
    from conversions where org_id = ${ctx.org_id} and program_id = ${ctx.program.id} and id = ${id}`.execute(ctx.tx)
  return rows[0]
}

export type VersionRow = { name: string; terms: StoredTerms; created_at: Instant }

/** The wording of a campaign's terms that priced something. */
export async function campaignVersion(ctx: Ctx, campaign_id: string, version: number): Promise<VersionRow | undefined> {
  const { rows } = await sql<VersionRow>`
    select c.name, v.terms, v.created_at from campaign_versions v join campaigns c on c.org_id = v.org_id and c.id = v.campaign_id
    where v.org_id = ${ctx.org_id} and v.campaign_id = ${campaign_id} and v.version = ${version}`.execute(ctx.tx)
  return rows[0]
}

/** The structure of one of its versions. */
export async function structureOf(ctx: Ctx, version_id: string): Promise<{ id: string; name: string } | undefined> {
  const { rows } = await sql<{ id: string; name: string }>`
    select s.id, s.name from structure_versions v join structures s on s.org_id = v.org_id and s.id = v.structure_id
    where v.org_id = ${ctx.org_id} and v.id = ${version_id}`.execute(ctx.tx)
  return rows[0]
}
