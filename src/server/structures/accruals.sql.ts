import { type RawBuilder, sql } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'
import type { AccrualStatus } from '../../core/payment.ts'
import type { PayoutStatus } from '../../core/payout.ts'
import type { Ctx } from '../context.ts'
import { statusOf } from '../earnings/accruals.sql.ts'
import type { Place } from '../page.ts'
import { inPrograms } from '../reach.sql.ts'

export type AccrualRow = {
  id: string
  org_id: string
  program_id: string
  partner_id: string
  structure_id: string
  structure_version_id: string
  assignment_id: string | null
  period_start_at: Instant
  period_end_at: Instant
  amount_cents: number
  currency: string
  status: AccrualStatus
  because: string
  video_id: string | null
  threshold_views: number | null
  payout_id: string | null
  payment_id: string | null
  created_at: Instant
  updated_at: Instant
}

/** It changes with what takes it back, with its payment, and when that payment is voided. */
const updatedAt = sql`greatest(e.recorded_at, m.created_at,
  (select max(r.recorded_at) from earnings r where r.org_id = e.org_id and r.reverses_id = e.id),
  (select max(l.released_at) from released_lines l where l.org_id = e.org_id and l.earning_id = e.id))`

const columns = sql`e.id, e.org_id, e.program_id, e.partner_id, v.structure_id, e.structure_version_id,
  e.inputs->>'assignment_id' as assignment_id, e.period_start_at, e.period_end_at, e.amount_cents, e.currency,
  ${statusOf('e', 't')} as status, e.because, e.inputs->>'video_id' as video_id,
  (e.inputs->>'threshold_views')::bigint as threshold_views, t.payout_id, t.payment_id, e.recorded_at as created_at,
  ${updatedAt} as updated_at`

const joined = sql`
  join tabs t on t.org_id = e.org_id and t.id = e.tab_id
  join structure_versions v on v.org_id = e.org_id and v.id = e.structure_version_id
  left join payments m on m.org_id = t.org_id and m.id = t.payment_id`

type Detail = AccrualRow & { inputs_snapshot: Record<string, never> }

export async function one(ctx: Ctx, id: string): Promise<Detail | undefined> {
  const { rows } = await sql<Detail>`
    select ${columns}, e.inputs as inputs_snapshot from earnings e ${joined}
    where e.org_id = ${ctx.org_id} and e.id = ${id} and e.kind = 'accrual'`.execute(ctx.tx)
  return rows[0]
}

export type Filter = {
  limit: number
  after: Place | null
  program_id: string | null
  partner_id: string | null
  structure_id: string | null
  status: AccrualStatus | null
  /** Periods that start here or later, and those that end by here or earlier. */
  from: Instant | null
  before: Instant | null
}

/** The latest period first. */
export async function list(ctx: Ctx, f: Filter): Promise<AccrualRow[]> {
  const near = f.status === 'earned' && f.program_id !== null ? await page(ctx, f, amongLatest(ctx, f)) : []
  return near.length > f.limit ? near : page(ctx, f, found(ctx, f))
}

const lastFirst = sql`order by e.period_end_at desc, e.id desc`
const key = sql`e.id, e.period_end_at`

async function page(ctx: Ctx, f: Filter, from: RawBuilder<unknown>): Promise<AccrualRow[]> {
  const { rows } = await sql<AccrualRow>`
    select ${columns} from (select ${key} from ${from} ${lastFirst} limit ${f.limit + 1}) w
      join earnings e on e.org_id = ${ctx.org_id} and e.id = w.id ${joined} ${lastFirst}`.execute(ctx.tx)
  return rows
}

/** What is earned is mostly recent: it fills a page of these more often than not. */
const LATEST = 1_000
const amongLatest = (ctx: Ctx, f: Filter) => sql`(
  select e.org_id, e.id, e.tab_id, e.period_end_at from earnings e where ${conditions(ctx, { ...f, status: null })}
  ${lastFirst} limit ${LATEST}) e where ${status} = 'earned'`

/**
 * The accruals that a filter finds, by the shortest way: a partner's tabs, what was taken back, the tabs that are not
 * settled, else the index of a structure's versions or of each program, in which the first rows are the page.
 *
 * Step by step (`offset 0`), since one join of it all is planned on young statistics in ways that take seconds.
 */
function found(ctx: Ctx, f: Filter): RawBuilder<unknown> {
  const where = conditions(ctx, f)
  const amongst = (mine: RawBuilder<unknown>) => sql`cross join lateral (select ${key} from (
    select e.* from earnings e where e.org_id = ${ctx.org_id} and ${mine} offset 0) e where ${where} offset 0) e`
  if (f.partner_id !== null || f.status === 'earned') return sql`(${tabsOf(ctx, f)}) t ${amongst(sql`e.tab_id = t.id`)}`
  if (f.status === 'rejected' || f.status === 'voided') return sql`(${takenBack(ctx, f)}) r ${amongst(sql`e.id = r.reverses_id`)}`
  const [groups, mine] =
    f.structure_id === null
      ? [sql`programs g`, sql`e.program_id = g.id`]
      : [sql`structure_versions g`, sql`g.structure_id = ${f.structure_id} and e.structure_version_id = g.id`]
  return sql`${groups} cross join lateral (select ${key} from earnings e where ${where} and ${mine}
    ${lastFirst} limit ${f.limit + 1}) e where g.org_id = ${ctx.org_id}`
}

const tabsOf = (ctx: Ctx, f: Filter) => sql`
  select t.id from tabs t where t.org_id = ${ctx.org_id} and t.stream = 'structures' and ${inPrograms(ctx, f.program_id, 't')}
    and ${f.partner_id === null ? sql`true` : sql`t.partner_id = ${f.partner_id}`}
    and ${f.status === 'earned' ? sql`t.payment_id is null` : sql`true`} offset 0`

const takenBack = (ctx: Ctx, f: Filter) => sql`
  select r.reverses_id from earnings r where r.org_id = ${ctx.org_id} and r.kind = 'reversal'
    and r.structure_version_id is not null and r.mark = ${f.status} and ${inPrograms(ctx, f.program_id, 'r')} offset 0`

const status = sql`(select ${statusOf('e', 't')} from tabs t where t.org_id = e.org_id and t.id = e.tab_id)`

function conditions(ctx: Ctx, f: Filter): RawBuilder<unknown> {
  const all = [
    sql`e.org_id = ${ctx.org_id} and e.kind = 'accrual' and ${inPrograms(ctx, f.program_id, 'e')}`,
    ...within(ctx, f),
    ...(f.after === null ? [] : [isAfter(f.after)]),
    ...(f.status === null ? [] : [sql`${status} = ${f.status}`]),
  ]
  return sql.join(all, sql` and `)
}

/** Of a structure, and with their whole period between two instants. */
export const within = (ctx: Ctx, f: Pick<Filter, 'structure_id' | 'from' | 'before'>): RawBuilder<unknown>[] => [
  ...(f.structure_id === null ? [] : [sql`e.structure_version_id = any(${versionsOf(ctx, f.structure_id)})`]),
  ...(f.from === null ? [] : [sql`e.period_start_at >= ${f.from}::timestamptz and e.period_end_at >= ${f.from}::timestamptz`]),
  ...(f.before === null ? [] : [endsBefore(f.before)]),
]

const versionsOf = (ctx: Ctx, structure_id: string) =>
  sql`array(select id from structure_versions where org_id = ${ctx.org_id} and structure_id = ${structure_id})`

/** The end of a period is exclusive, the instant of a milestone is not. */
const endsBefore = (before: Instant) => sql`e.period_end_at <= ${before}::timestamptz
  and (e.period_end_at < ${before}::timestamptz or e.period_start_at < e.period_end_at)`

const isAfter = ({ at, id }: Place) =>
  id === null ? sql`e.period_end_at < ${at}::timestamptz` : sql`(e.period_end_at, e.id) < (${at}::timestamptz, ${id}::uuid)`

/** Where an accrual stands, with all that its money sits on. */
export type Standing = {
  id: string
  partner_id: string
  currency: string
  tab_id: string
  held_until: Instant
  is_open: boolean
  earned_on: Day
  amount_cents: number
  status: AccrualStatus
  payout_id: string | null
  payout_status: PayoutStatus | null
  payout_cents: number
  structure_version_id: string
  period_start_at: Instant
  period_end_at: Instant
}

export async function standing(ctx: Ctx, id: string): Promise<Standing[]> {
  const { rows } = await sql<Standing>`
    select e.id, e.partner_id, e.currency, e.tab_id, t.held_until, t.is_open, e.earned_on, e.amount_cents,
      ${statusOf('e', 't')} as status, t.payout_id, p.status as payout_status, coalesce(p.amount_cents, 0) as payout_cents,
      e.structure_version_id, e.period_start_at, e.period_end_at
    from earnings e join tabs t on t.org_id = e.org_id and t.id = e.tab_id
      left join payouts p on p.org_id = t.org_id and p.id = t.payout_id
    where e.org_id = ${ctx.org_id} and e.id = ${id} and e.kind = 'accrual'`.execute(ctx.tx)
  return rows
}
