import { sql } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'
import type { Cents, Currency } from '../../core/money.ts'
import type { Version } from '../../core/structure.ts'
import type { Ctx } from '../context.ts'

export type Structure = {
  id: string
  program_id: string
  archived_at: Instant | null
  accrued_until: Instant | null
  first_assigned_at: Instant
  versions: Version[]
}

/** The structures of the organization that anybody was ever assigned to, with their versions and how far they are evaluated. */
export async function assigned(ctx: Ctx, structure_id: string | null = null): Promise<Structure[]> {
  const { rows } = await sql<Structure>`
    select s.id, s.program_id, s.archived_at, p.accrued_until, a.assigned_at as first_assigned_at, v.versions
    from structures s
    cross join lateral (select min(assigned_at) as assigned_at from assignments
      where org_id = s.org_id and structure_id = s.id) a
    cross join lateral (select json_agg(json_build_object('id', id, 'structure_id', structure_id, 'version_number', version_number,
        'period', period, 'amount_cents', amount_cents, 'currency', currency, 'criteria_type', criteria_type,
        'criteria_params', criteria_params, 'proration_mode', proration_mode, 'backfill_on_assignment', backfill_on_assignment,
        'created_at', ${iso('created_at')}) order by version_number) as versions
      from structure_versions where org_id = s.org_id and structure_id = s.id) v
    left join accrual_progress p on p.org_id = s.org_id and p.structure_id = s.id
    where s.org_id = ${ctx.org_id} and a.assigned_at is not null and (${structure_id}::uuid is null or s.id = ${structure_id}::uuid)
    order by s.id`.execute(ctx.tx)
  return rows
}

/** An instant as JSON writes it. */
const iso = (column: string) => sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

export type Progress = {
  accrued_until: Instant | null
  furthest_at: Instant | null
  period_end_at: Instant | null
  after_partner_id: string | null
}

/**
 * Those of some structures that are still there, held so that none is deleted before its accruals are entered.
 *
 * Whoever assigns, changes or deletes locks the structure first too, so nobody waits out of order.
 */
export async function hold(ctx: Ctx, structure_ids: string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from structures where org_id = ${ctx.org_id} and id = any(${structure_ids}::uuid[]) order by id for key share`.execute(
    ctx.tx,
  )
  return new Set(rows.map(row => row.id))
}

/** Locks how far a structure is evaluated: one worker at a time; `null` for one that was deleted. */
export async function lockProgress(ctx: Ctx, structure_id: string): Promise<Progress | null> {
  if (!(await hold(ctx, [structure_id])).has(structure_id)) return null
  await sql`insert into accrual_progress (org_id, structure_id) values (${ctx.org_id}, ${structure_id})
    on conflict do nothing`.execute(ctx.tx)
  const { rows } = await sql<Progress>`
    select accrued_until, furthest_at, period_end_at, after_partner_id from accrual_progress
    where org_id = ${ctx.org_id} and structure_id = ${structure_id} for update`.execute(ctx.tx)
  return rows[0] as Progress
}

/** Up to this partner the period is evaluated; `null` when it is whole. */
export async function advance(ctx: Ctx, structure_id: string, end: Instant, after_partner_id: string | null): Promise<void> {
  await sql`
    update accrual_progress set after_partner_id = ${after_partner_id}::uuid,
      period_end_at = case when ${after_partner_id}::uuid is null then null else ${end}::timestamptz end,
      accrued_until = case when ${after_partner_id}::uuid is null then ${end}::timestamptz else accrued_until end,
      furthest_at = case when ${after_partner_id}::uuid is null then greatest(furthest_at, ${end}::timestamptz) else furthest_at end
    where org_id = ${ctx.org_id} and structure_id = ${structure_id}`.execute(ctx.tx)
}

/** Who came later than the periods that are evaluated: these are looked at again, for them alone. */
export async function reopen(ctx: Ctx, structure_id: string, from: Instant): Promise<void> {
  await sql`
    update accrual_progress set accrued_until = least(accrued_until, ${from}::timestamptz),
      furthest_at = greatest(furthest_at, period_end_at), period_end_at = null, after_partner_id = null
    where org_id = ${ctx.org_id} and structure_id = ${structure_id}
      and (accrued_until > ${from}::timestamptz or period_end_at > ${from}::timestamptz)`.execute(ctx.tx)
}

/** How many the next partners assigned within a period are, at most `size`; and the last of them, or `null` when these are all. */
export async function chunkEnd(ctx: Ctx, structure_id: string, within: Within, size: number) {
  const { rows } = await sql<{ count: number; until: string | null }>`
    with next as materialized (
      select distinct partner_id from assignments a where ${overlapping(ctx, structure_id, within)} order by partner_id limit ${size})
    select (select count(*)::int from next) as count,
      (select partner_id from next order by partner_id limit 1 offset ${size - 1}) as until`.execute(ctx.tx)
  return rows[0] as { count: number; until: string | null }
}

/** A period, and the partners after one up to another. */
export type Within = { start: Instant; end: Instant; after: string | null; until: string | null }
/** With how many they are. */
export type Chunk = Within & { count: number }

const overlapping = (ctx: Ctx, structure_id: string, { start, end, after, until }: Within) => sql`
  a.org_id = ${ctx.org_id} and a.structure_id = ${structure_id} and a.assigned_at < ${end}
  and (a.unassigned_at is null or a.unassigned_at > ${start})
  and (${after}::uuid is null or a.partner_id > ${after}::uuid) and (${until}::uuid is null or a.partner_id <= ${until}::uuid)`

export type Assigned = { id: string; partner_id: string; start: Instant; end: Instant | null }

/** The assignments of some partners within a period; without those that one assignment covers whole, when these are settled. */
export async function assignments(ctx: Ctx, structure_id: string, within: Within, whole: Whole | null): Promise<Assigned[]> {
  const { rows } = await sql<Assigned>`
    select a.id, a.partner_id, a.assigned_at as start, a.unassigned_at as "end" from assignments a
    where ${overlapping(ctx, structure_id, within)}
      and (${whole === null} or (not (${covering('a', whole)}) and not exists (select from assignments w where w.org_id = a.org_id
        and w.structure_id = a.structure_id and w.partner_id = a.partner_id and ${covering('w', whole)})))
    order by a.partner_id, a.assigned_at`.execute(ctx.tx)
  return rows
}

/** Covering a period whole is: assigned before its first day ends, and to its last day. */
export type Whole = { first_day_ends: Instant; last_day_starts: Instant }
const covering = (alias: string, whole: Whole | null) =>
  whole === null
    ? sql`false`
    : sql`${sql.ref(`${alias}.assigned_at`)} < ${whole.first_day_ends}
        and (${sql.ref(`${alias}.unassigned_at`)} is null or ${sql.ref(`${alias}.unassigned_at`)} > ${whole.last_day_starts})`

export type Uniform = {
  structure_id: string
  structure_version_id: string
  currency: Currency
  cents: Cents
  because: string
  inputs: Record<string, unknown>
  start: Instant
  end: Instant
  earned_on: Day
}

/**
 * Enters the same accrual for every partner that one assignment covers whole: tabs, their sums and the earnings in one
 * statement, since nothing about them differs but who and since when.
 *
 * `probing` leaves out those that are there already, or were found to earn nothing.
 */
export async function enterUniform(ctx: Ctx, each: Uniform, within: Within, whole: Whole, ids: string[], probing: boolean) {
  const known = probing
    ? sql`not exists (select from earnings k where k.org_id = ${ctx.org_id} and k.source_key = c.source_key)
        and not exists (select from unearned_periods u where u.org_id = ${ctx.org_id} and u.source_key = c.source_key)`
    : sql`true`
  const { rows } = await sql<{ count: number }>`
    with fresh as materialized (select id, n from unnest(${ids}::uuid[]) with ordinality i(id, n)), covered as materialized (
      select distinct on (a.partner_id) a.partner_id, a.id as assignment_id, a.assigned_at, a.unassigned_at,
        'period:' || a.structure_id || ':' || a.partner_id || ${`:${each.start}`} as source_key
      from assignments a where ${overlapping(ctx, each.structure_id, within)} and ${covering('a', whole)}
      order by a.partner_id, a.assigned_at desc
    ), due as materialized (
      select c.*, row_number() over (order by c.partner_id) as n from covered c where ${known}
    ), tab as (
      insert into tabs as t (org_id, id, program_id, partner_id, currency, stream, amount_cents, item_count, first_on, last_on)
      select ${ctx.org_id}, fresh.id, ${ctx.program.id}, partner_id, ${each.currency}, 'structures', ${each.cents}, 1,
        ${each.earned_on}, ${each.earned_on} from due join fresh using (n) order by partner_id
      on conflict (org_id, program_id, partner_id, currency, stream, held_until) where is_open do update set
        amount_cents = t.amount_cents + excluded.amount_cents, item_count = t.item_count + 1,
        first_on = least(t.first_on, excluded.first_on), last_on = greatest(t.last_on, excluded.last_on)
      returning t.id, t.partner_id
    ), entered as (
      insert into earnings (org_id, id, program_id, partner_id, currency, tab_id, kind, amount_cents, item_count, earned_on,
        recorded_at, source_key, structure_version_id, period_start_at, period_end_at, because, inputs)
      select ${ctx.org_id}, fresh.id, ${ctx.program.id}, d.partner_id, ${each.currency}, tab.id,
        'accrual', ${each.cents}, 1, ${each.earned_on}, ${ctx.now}, d.source_key, ${each.structure_version_id}, ${each.start},
        ${each.end}, ${each.because}, ${JSON.stringify(each.inputs)}::jsonb || jsonb_build_object('assignment_id', d.assignment_id,
          'assigned_at', ${iso('d.assigned_at')}, 'unassigned_at', ${iso('d.unassigned_at')})
      from due d join tab on tab.partner_id = d.partner_id join fresh on fresh.n = d.n + ${ids.length / 2} order by d.n
      returning 1
    ) select count(*)::int as count from entered`.execute(ctx.tx)
  return rows[0]?.count ?? 0
}

/** Which of these sources have earned, or were found to earn nothing. */
export async function known(ctx: Ctx, source_keys: string[]): Promise<Set<string>> {
  const { rows } = await sql<{ source_key: string }>`
    select source_key from earnings where org_id = ${ctx.org_id} and source_key = any(${source_keys}::text[])
    union all
    select source_key from unearned_periods where org_id = ${ctx.org_id} and source_key = any(${source_keys}::text[])`.execute(
    ctx.tx,
  )
  return new Set(rows.map(row => row.source_key))
}

export type UnearnedRow = {
  source_key: string
  structure_id: string
  structure_version_id: string
  partner_id: string
  period_start_at: Instant
  period_end_at: Instant
  reason: string
  inputs: Record<string, unknown>
}

export async function insertUnearned(ctx: Ctx, rows: UnearnedRow[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into unearned_periods (org_id, source_key, structure_id, structure_version_id, partner_id, period_start_at,
      period_end_at, reason, inputs, evaluated_at)
    select ${ctx.org_id}, r.source_key, r.structure_id, r.structure_version_id, r.partner_id, r.period_start_at, r.period_end_at,
      r.reason, r.inputs, ${ctx.now}
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(source_key text, structure_id uuid, structure_version_id uuid,
      partner_id uuid, period_start_at timestamptz, period_end_at timestamptz, reason text, inputs jsonb)
    on conflict do nothing`.execute(ctx.tx)
}

/** From its first accrual on a structure can be archived, not deleted. */
export async function markAccrued(ctx: Ctx, structure_ids: string[]): Promise<void> {
  await sql`update structures set has_accruals = true
    where org_id = ${ctx.org_id} and id = any(${structure_ids}::uuid[]) and not has_accruals`.execute(ctx.tx)
}
