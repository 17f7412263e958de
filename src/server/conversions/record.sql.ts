import { sql } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'
import type { PostedStatus } from '../../core/conversion.ts'
import type { Ctx } from '../context.ts'
import type { PartnerStatus } from '../partners/partners.sql.ts'
import { queueing } from '../partners/postbacks.sql.ts'

/** A conversion as it goes into the database. */
export type Row = {
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
  country: string | null
  os: string | null
  subs: Record<string, string> | null
  conversion_subs: Record<string, string> | null
  coupon_code: string | null
  payout_cents: number | null
  posted_status: PostedStatus
  decision: 'approved' | 'pending_review' | 'rejected'
  reason: string | null
  /** What it would earn, while it waits for a decision. */
  pending: unknown
}
/** What a conversion earns now: `id` is the conversion's, `tab` the number of a tab given with it. */
export type EarningInput = {
  earning_id: string
  id: string
  tab: number
  amount_cents: number
  revenue_cents: number
  earned_on: Day
  because: string
  inputs: unknown
}
export type TabInput = { tab: number; id: string; partner_id: string; currency: string; held_until: Instant }
type Entry = { rows: Row[]; earnings: EarningInput[]; tabs: TabInput[] }
/** The ids that were new, and how many calls of partners' addresses were queued with them. */
export type Inserted = { fresh: Set<string>; queued: number }

/**
 * Stores conversions, their earnings and the sums of their tabs in one statement; returns the ids that were new.
 *
 * A conversion that exists (by external id or event id) is left alone with everything that would follow from it. The tabs
 * are taken in the order of their key, and held until the transaction ends. Partners' addresses are not called for what an
 * import brings: it is history.
 */
export async function insert(ctx: Ctx, { rows, earnings, tabs }: Entry, import_id: string | null): Promise<Inserted> {
  const { rows: fresh } = await sql<{ id: string; queued: number }>`
    with r as materialized (
      select * from json_to_recordset(${JSON.stringify(rows)}::json) as r(id uuid, campaign_id uuid, partner_id uuid,
        external_id text, event_id text, click_id uuid, type text, revenue_cents bigint, currency text, occurred_at timestamptz,
        country text, os text, subs jsonb, conversion_subs jsonb, coupon_code text, payout_cents bigint, posted_status text,
        decision text, reason text, pending jsonb)
    ), k as materialized (
      select * from json_to_recordset(${JSON.stringify(tabs)}::json)
        as k(tab int, id uuid, partner_id uuid, currency text, held_until timestamptz)
    ), fresh as (
      insert into conversions (org_id, id, program_id, campaign_id, partner_id, external_id, event_id, click_id, type,
        revenue_cents, currency, occurred_at, recorded_at, country, os, subs, conversion_subs, coupon_code, payout_cents,
        posted_status, decision, reason, pending, import_id)
      select ${ctx.org_id}, r.id, ${ctx.program.id}, r.campaign_id, r.partner_id, r.external_id, r.event_id, r.click_id, r.type,
        r.revenue_cents, r.currency, r.occurred_at, ${ctx.now}, r.country, r.os, r.subs, r.conversion_subs, r.coupon_code,
        r.payout_cents, r.posted_status, r.decision, r.reason, r.pending, ${import_id}
      from r on conflict do nothing returning id
    ), n as materialized (
      select n.* from json_to_recordset(${JSON.stringify(earnings)}::json) as n(earning_id uuid, id uuid, tab int,
        amount_cents bigint, revenue_cents bigint, earned_on date, because text, inputs jsonb)
      join fresh using (id)
    ), sums as (
      select n.tab, sum(n.amount_cents) as amount_cents, count(*) as item_count, sum(n.revenue_cents) as revenue_cents,
        min(n.earned_on) as first_on, max(n.earned_on) as last_on
      from n group by n.tab
    ), t as (
      insert into tabs (org_id, id, program_id, partner_id, currency, stream, held_until, amount_cents, item_count,
        revenue_cents, first_on, last_on)
      select ${ctx.org_id}, k.id, ${ctx.program.id}, k.partner_id, k.currency, 'conversions', k.held_until, sums.amount_cents,
        sums.item_count, sums.revenue_cents, sums.first_on, sums.last_on
      from sums join k using (tab) order by k.partner_id, k.currency, k.held_until
      on conflict (org_id, program_id, partner_id, currency, stream, held_until) where is_open do update set
        amount_cents = tabs.amount_cents + excluded.amount_cents,
        item_count = tabs.item_count + excluded.item_count,
        revenue_cents = tabs.revenue_cents + excluded.revenue_cents,
        first_on = least(tabs.first_on, excluded.first_on),
        last_on = greatest(tabs.last_on, excluded.last_on)
      returning id, partner_id, currency, held_until
    ), e as (
      insert into earnings (org_id, id, program_id, partner_id, currency, tab_id, kind, amount_cents, revenue_cents, item_count,
        earned_on, recorded_at, source_key, because, inputs)
      select ${ctx.org_id}, n.earning_id, ${ctx.program.id}, k.partner_id, k.currency, t.id, 'commission', n.amount_cents,
        n.revenue_cents, 1, n.earned_on, ${ctx.now}, 'conversion:' || n.id, n.because, n.inputs
      from n join k using (tab)
        join t on t.partner_id = k.partner_id and t.currency = k.currency and t.held_until = k.held_until
      returning 1
    )${import_id === null ? sql`, q as (${queueing(ctx, sql`n`, sql`k`)}) select id, (select count(*) from q) as queued from fresh` : sql` select id, 0 as queued from fresh`}`.execute(
    ctx.tx,
  )
  return { fresh: new Set(fresh.map(row => row.id)), queued: fresh[0]?.queued ?? 0 }
}

export type Stored = Omit<Row, 'pending'>

/** What is stored under these external ids or event ids. */
export async function stored(
  ctx: Ctx,
  keys: { campaign_id: string; external_id: string; event_id: string | null }[],
): Promise<Stored[]> {
  const columns = sql`c.id, c.campaign_id, c.partner_id, c.external_id, c.event_id, c.click_id, c.type, c.revenue_cents, c.currency,
    c.occurred_at, c.country, c.os, c.subs, c.conversion_subs, c.coupon_code, c.payout_cents, c.posted_status, c.decision, c.reason`
  const input = sql`json_to_recordset(${JSON.stringify(keys)}::json) as k(campaign_id uuid, external_id text, event_id text)`
  const { rows } = await sql<Stored>`
    select ${columns} from ${input} join conversions c on c.org_id = ${ctx.org_id} and c.campaign_id = k.campaign_id
      and c.external_id = k.external_id
    union
    select ${columns} from ${input} join conversions c on c.org_id = ${ctx.org_id} and c.campaign_id = k.campaign_id
      and c.event_id = k.event_id where k.event_id is not null`.execute(ctx.tx)
  return rows
}

export type Click = {
  id: string
  program_id: string
  campaign_id: string
  partner_id: string | null
  subs: Record<string, string> | null
  country: string | null
  os: string | null
}

export async function clicks(ctx: Ctx, ids: string[]): Promise<Click[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<Click>`
    select id, program_id, campaign_id, partner_id, subs, country, os from clicks
    where org_id = ${ctx.org_id} and id = any(${ids}::uuid[]) and program_id = ${ctx.program.id}`.execute(ctx.tx)
  return rows
}

export async function coupons(ctx: Ctx, codes: string[]): Promise<{ code: string; partner_id: string }[]> {
  if (codes.length === 0) return []
  return ctx.tx
    .selectFrom('coupons')
    .select(['code', 'partner_id'])
    .where('org_id', '=', ctx.org_id)
    .where('program_id', '=', ctx.program.id)
    .where('code', 'in', codes)
    .execute()
}

export async function partnerStatuses(ctx: Ctx, ids: string[]): Promise<{ id: string; status: PartnerStatus }[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<{ id: string; status: PartnerStatus }>`
    select id, status from partners where org_id = ${ctx.org_id} and id = any(${ids}::uuid[])`.execute(ctx.tx)
  return rows
}

export type Volume = { campaign_id: string; partner_id: string; span: string; counted: number }

/** Locks counters, made first where they are missing, in the order of their key; returns where they stand. */
export async function lockVolumes(ctx: Ctx, keys: Omit<Volume, 'counted'>[]): Promise<Volume[]> {
  const { rows } = await sql<Volume>`
    insert into volumes (org_id, campaign_id, partner_id, span, counted)
    select ${ctx.org_id}, k.campaign_id, k.partner_id, k.span, 0
    from json_to_recordset(${JSON.stringify(keys)}::json) as k(campaign_id uuid, partner_id uuid, span text)
    order by k.campaign_id, k.partner_id, k.span
    on conflict (org_id, campaign_id, partner_id, span) do update set counted = volumes.counted
    returning campaign_id, partner_id, span, counted`.execute(ctx.tx)
  return rows
}

export async function addVolumes(ctx: Ctx, changes: Volume[]): Promise<void> {
  if (changes.length === 0) return
  await sql`
    insert into volumes (org_id, campaign_id, partner_id, span, counted)
    select ${ctx.org_id}, k.campaign_id, k.partner_id, k.span, k.counted
    from (select campaign_id, partner_id, span, sum(counted)::bigint as counted
      from json_to_recordset(${JSON.stringify(changes)}::json) as k(campaign_id uuid, partner_id uuid, span text, counted bigint)
      group by campaign_id, partner_id, span) k
    order by k.campaign_id, k.partner_id, k.span
    on conflict (org_id, campaign_id, partner_id, span) do update set counted = volumes.counted + excluded.counted`.execute(
    ctx.tx,
  )
}
