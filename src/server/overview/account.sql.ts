/** One partner's account: its earnings with where each stands, the rules that pay it, and what happened to it. */
import { type RawBuilder, sql } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'
import type { Line } from '../../core/custom-payout.ts'
import type { Terms } from '../../core/structure.ts'
import type { StoredTerms } from '../campaigns/campaigns.sql.ts'
import type { Ctx } from '../context.ts'

export type EarningState = 'held' | 'payable' | 'in_payout' | 'paid'
export type EarningKind = 'commission' | 'accrual' | 'bonus' | 'clawback' | 'reversal' | 'advance'
type Named = { id: string; name: string }
export type EarningRow = {
  id: string
  kind: EarningKind
  state: EarningState
  held_until: Instant | null
  earned_on: Day
  recorded_at: Instant
  campaign: Named | null
  structure: Named | null
  conversion_id: string | null
  external_id: string | null
  revenue_cents: number
  amount_cents: number
  currency: string
  payout: { id: string; number: number } | null
  payment_id: string | null
  because: string
}
export type EarningFilter = {
  partner_id: string
  kinds: EarningKind[] | null
  states: EarningState[] | null
  currency: string | null
  from: Day | null
  to: Day | null
  after: string | null
  limit: number
}

/** Where what is on a tab stands; all of a tab stands at one place. */
const stateOf = (ctx: Ctx): RawBuilder<unknown> => sql`case when t.payment_id is not null then 'paid'
  when t.payout_id is not null then 'in_payout' when t.held_until > ${ctx.now}::timestamptz then 'held' else 'payable' end`

/**
 * The newest of a partner's earnings: of each of its tabs the newest, and of these the newest.
 *
 * A partner has few tabs however long its history, and a tab gives its newest by the index, so a page costs the same for a
 * hundred earnings and for a million. What a row names is looked up for the page alone.
 */
export async function earnings(ctx: Ctx, f: EarningFilter): Promise<EarningRow[]> {
  const { rows } = await sql<EarningRow>`
    with mine as materialized (
      select t.org_id, t.id, t.payout_id, t.payment_id, nullif(t.held_until, '-infinity') as held_until, ${stateOf(ctx)} as state from tabs t
      where t.org_id = ${ctx.org_id} and t.partner_id = ${f.partner_id} and t.program_id = ${ctx.program.id}
        and (${f.currency}::text is null or t.currency = ${f.currency})
        and (${f.from}::date is null or t.last_on >= ${f.from}::date) and (${f.to}::date is null or t.first_on <= ${f.to}::date)
    ), page as materialized (
      select e.*, m.state, m.held_until, m.payout_id, m.payment_id,
        (substring(e.source_key from '^conversion:(.*)$'))::uuid as conversion_id
      from mine m cross join lateral (
        select * from earnings e where e.org_id = m.org_id and e.tab_id = m.id
          and (${f.after}::uuid is null or e.id < ${f.after}::uuid)
          and (${f.kinds}::text[] is null or e.kind = any(${f.kinds}::text[]))
          and (${f.from}::date is null or e.earned_on >= ${f.from}::date) and (${f.to}::date is null or e.earned_on <= ${f.to}::date)
        order by e.id desc limit ${f.limit + 1}) e
      where ${f.states}::text[] is null or m.state = any(${f.states}::text[])
      order by e.id desc limit ${f.limit + 1}
    ), named as materialized (
      select w.*, coalesce(w.conversion_id, (substring(o.source_key from '^conversion:(.*)$'))::uuid) as of_conversion,
        coalesce(w.structure_version_id, o.structure_version_id) as of_version
      from page w left join earnings o on o.org_id = w.org_id and o.id = w.reverses_id
    )
    select n.id, n.kind, n.state, case when n.state = 'held' then n.held_until end as held_until, n.earned_on, n.recorded_at,
      n.revenue_cents, n.amount_cents, n.currency, n.payment_id, n.because, n.of_conversion as conversion_id, c.external_id,
      case when a.id is not null then json_build_object('id', a.id, 'name', a.name) end as campaign,
      case when s.id is not null then json_build_object('id', s.id, 'name', s.name) end as structure,
      case when p.id is not null then json_build_object('id', p.id, 'number', p.number) end as payout
    from named n
    left join conversions c on c.org_id = n.org_id and c.id = n.of_conversion
    left join campaigns a on a.org_id = n.org_id and a.id = c.campaign_id
    left join structure_versions v on v.org_id = n.org_id and v.id = n.of_version
    left join structures s on s.org_id = n.org_id and s.id = v.structure_id
    left join payouts p on p.org_id = n.org_id and p.id = n.payout_id
    order by n.id desc`.execute(ctx.tx)
  return rows
}

export type CampaignTerms = {
  id: string
  name: string
  version: number
  since: Instant
  terms: Omit<StoredTerms, 'lines'>
  general_count: number
  lines: (Pick<Line, 'tab' | 'line' | 'text'> & { since: Instant })[]
}

/** As many campaigns as a page shows. */
const CAMPAIGNS = 100
/** Which versions are looked through for how long a line has stood. */
const VERSIONS = 50

/**
 * The newest campaigns, with the lines that name the partner and since when each stands in the same words.
 *
 * A line's text stands since the oldest of the newest versions that all have it.
 */
export async function campaignTerms(ctx: Ctx, partner_id: string): Promise<CampaignTerms[]> {
  const own = (terms: string) => sql`jsonb_path_query_array(${sql.ref(terms)}, '$.lines[*] ? (@.partner_id == $p)',
    jsonb_build_object('p', ${partner_id}::text))`
  const { rows } = await sql<CampaignTerms>`
    select c.id, c.name, c.version, v.created_at as since, v.terms - 'lines' as terms,
      (select count(*) from jsonb_array_elements(v.terms->'lines') l where l->>'partner_id' is null) as general_count,
      coalesce((select json_agg(json_build_object('tab', l->>'tab', 'line', (l->>'line')::int, 'text', l->>'text', 'since', (
          select min(w.created_at) from campaign_versions w where w.org_id = c.org_id and w.campaign_id = c.id
            and w.version > coalesce((select max(x.version) from campaign_versions x where x.org_id = c.org_id
              and x.campaign_id = c.id and x.version > c.version - ${VERSIONS}
              and not jsonb_path_exists(x.terms, '$.lines[*] ? (@.partner_id == $p && @.tab == $tab && @.text == $text)',
                jsonb_build_object('p', ${partner_id}::text, 'tab', l->>'tab', 'text', l->>'text'))), 0)))
        order by l->>'tab', (l->>'line')::int)
        from jsonb_array_elements(${own('v.terms')}) l), '[]') as lines
    from (select * from campaigns where org_id = ${ctx.org_id} and program_id = ${ctx.program.id} order by id desc limit ${CAMPAIGNS}) c
    join campaign_versions v on v.org_id = c.org_id and v.campaign_id = c.id and v.version = c.version
    order by c.id desc`.execute(ctx.tx)
  return rows
}

export type StructureTerms = Terms & {
  id: string
  name: string
  version_number: number
  assigned_at: Instant
  assigned_by: string
}

/** The structures that a partner is on now, each with its version in force. */
export async function structureTerms(ctx: Ctx, partner_id: string): Promise<StructureTerms[]> {
  const { rows } = await sql<StructureTerms>`
    select s.id, s.name, a.assigned_at, a.assigned_by, v.version_number, v.period, v.amount_cents, v.currency, v.criteria_type,
      v.criteria_params, v.proration_mode, v.backfill_on_assignment
    from assignments a join structures s on s.org_id = a.org_id and s.id = a.structure_id
    cross join lateral (select * from structure_versions v where v.org_id = s.org_id and v.structure_id = s.id
      order by v.version_number desc limit 1) v
    where a.org_id = ${ctx.org_id} and a.partner_id = ${partner_id} and a.unassigned_at is null
      and s.program_id = ${ctx.program.id} and s.archived_at is null
    order by a.assigned_at desc, a.id desc`.execute(ctx.tx)
  return rows
}

export type EventRow = {
  id: string
  at: Instant
  actor: string
  verb: string
  object_id: string
  before: Record<string, never> | null
  after: Record<string, never> | null
}

/** How many of a partner's latest payouts and payments are looked at. */
const OBJECTS = 500

/**
 * What happened to a partner, its latest payouts and payments, and its assignments, newest first.
 *
 * Each of these gives its newest by the index of events by object.
 */
export async function activity(
  ctx: Ctx,
  partner_id: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<EventRow[]> {
  const { rows } = await sql<EventRow>`
    with objects as materialized (
      select ${partner_id}::uuid as id, false as is_shared
      union all (select id, false from payouts where org_id = ${ctx.org_id} and partner_id = ${partner_id} order by id desc limit ${OBJECTS})
      union all (select id, false from payments where org_id = ${ctx.org_id} and partner_id = ${partner_id}
        order by paid_at desc limit ${OBJECTS})
      union all (select distinct structure_id, true from assignments where org_id = ${ctx.org_id} and partner_id = ${partner_id}))
    select e.id, e.at, e.actor, e.verb, e.object_id, e.before,
      case when o.is_shared then jsonb_build_object('structure', s.name) else e.after end as after
    from objects o cross join lateral (
      select * from events e where e.org_id = ${ctx.org_id} and e.object_id = o.id and (${after}::uuid is null or e.id < ${after}::uuid)
        and (not o.is_shared or (e.verb in ('structure.assigned', 'structure.unassigned')
          and e.after->'partner_ids' @> to_jsonb(array[${partner_id}::text])))
      order by e.id desc limit ${limit + 1}) e
    left join structures s on s.org_id = ${ctx.org_id} and o.is_shared and s.id = o.id
    order by e.id desc limit ${limit + 1}`.execute(ctx.tx)
  return rows
}
