/**
 * Tabs and the earnings on them: the one place where a total is stored, and it moves with its earnings.
 *
 * Locks are always taken in the order of the tabs' key, closed ones before the open one of a key. Whoever changes a tab's
 * earnings changes its sums in the same transaction; `check` recomputes them. Source: model.md.
 */
import { sql } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'
import { groupBy } from '../../core/collect.ts'
import type { Ctx } from '../context.ts'

export type Stream = 'conversions' | 'structures' | 'credit'
export const NO_HOLD = '-infinity'

export type TabKey = { partner_id: string; currency: string; stream: Stream; held_until: Instant }
export type Sums = { amount_cents: number; item_count: number; revenue_cents: number }
export type Entry = Sums & {
  id: string
  partner_id: string
  currency: string
  tab_id: string
  kind: 'commission' | 'accrual' | 'bonus' | 'clawback' | 'reversal' | 'advance'
  earned_on: Day
  source_key: string
  reverses_id: string | null
  mark: 'rejected' | 'voided' | 'refunded' | null
  because: string
  inputs: unknown
  /** Of an accrual: the version that computed it, and its period. */
  structure_version_id?: string | null
  period_start_at?: Instant | null
  period_end_at?: Instant | null
}

/** Adds to the open tab of each key, opening it when there is none; returns the tabs' ids in the order of the keys given. */
export async function addToOpen(ctx: Ctx, keys: (TabKey & Sums & { first_on: Day; last_on: Day })[]): Promise<string[]> {
  if (keys.length === 0) return []
  const rows = keys.map((key, n) => ({ ...key, n, id: ctx.newId() }))
  const { rows: tabs } = await sql<TabKey & { id: string }>`
    insert into tabs (org_id, id, program_id, partner_id, currency, stream, held_until, amount_cents, item_count, revenue_cents,
      first_on, last_on)
    select ${ctx.org_id}, r.id, ${ctx.program.id}, r.partner_id, r.currency, r.stream, r.held_until, r.amount_cents, r.item_count,
      r.revenue_cents, r.first_on, r.last_on
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(id uuid, partner_id uuid, currency text, stream text,
      held_until timestamptz, amount_cents bigint, item_count bigint, revenue_cents bigint, first_on date, last_on date)
    order by r.partner_id, r.currency, r.stream, r.held_until
    on conflict (org_id, program_id, partner_id, currency, stream, held_until) where is_open do update set
      amount_cents = tabs.amount_cents + excluded.amount_cents,
      item_count = tabs.item_count + excluded.item_count,
      revenue_cents = tabs.revenue_cents + excluded.revenue_cents,
      first_on = least(tabs.first_on, excluded.first_on),
      last_on = greatest(tabs.last_on, excluded.last_on)
    returning id, partner_id, currency, stream, held_until`.execute(ctx.tx)
  const byKey = new Map(tabs.map(tab => [keyText(tab), tab.id]))
  return keys.map(key => byKey.get(keyText(key)) as string)
}

/** One text a tab key, for grouping. */
export const keyText = (key: TabKey): string => `${key.partner_id} ${key.currency} ${key.stream} ${key.held_until}`

/** Adds to tabs that this transaction has locked. */
export async function addTo(ctx: Ctx, sums: (Sums & { tab_id: string })[]): Promise<void> {
  if (sums.length === 0) return
  await sql`
    update tabs t set amount_cents = t.amount_cents + s.amount_cents, item_count = t.item_count + s.item_count,
      revenue_cents = t.revenue_cents + s.revenue_cents
    from (select tab_id, sum(amount_cents)::bigint as amount_cents, sum(item_count)::bigint as item_count,
        sum(revenue_cents)::bigint as revenue_cents
      from json_to_recordset(${JSON.stringify(sums)}::json)
        as r(tab_id uuid, amount_cents bigint, item_count bigint, revenue_cents bigint) group by tab_id) s
    where t.org_id = ${ctx.org_id} and t.id = s.tab_id`.execute(ctx.tx)
}

export async function insertEarnings(ctx: Ctx, entries: Entry[]): Promise<void> {
  if (entries.length === 0) return
  await sql`
    insert into earnings (org_id, id, program_id, partner_id, currency, tab_id, kind, amount_cents, revenue_cents, item_count,
      earned_on, recorded_at, source_key, reverses_id, mark, because, inputs, structure_version_id, period_start_at, period_end_at)
    select ${ctx.org_id}, r.id, ${ctx.program.id}, r.partner_id, r.currency, r.tab_id, r.kind, r.amount_cents, r.revenue_cents,
      r.item_count, r.earned_on, ${ctx.now}, r.source_key, r.reverses_id, r.mark, r.because, r.inputs,
      r.structure_version_id, r.period_start_at, r.period_end_at
    from json_to_recordset(${JSON.stringify(entries)}::json) as r(id uuid, partner_id uuid, currency text, tab_id uuid, kind text,
      amount_cents bigint, revenue_cents bigint, item_count smallint, earned_on date, source_key text, reverses_id uuid, mark text,
      because text, inputs jsonb, structure_version_id uuid, period_start_at timestamptz, period_end_at timestamptz)
    returning id`.execute(ctx.tx)
}

/** A closed tab, by its id; or the open one of its key, with the day of what is entered there. */
export type Lock = TabKey & ({ closed_id: string } | { on: Day })

/** Locks in the house's order: payouts by id, then tabs by key, closed ones first. An open tab that is not there is opened. */
export async function lock(ctx: Ctx, payout_ids: string[], wanted: Lock[]): Promise<void> {
  if (payout_ids.length > 0) {
    await sql`select from payouts where org_id = ${ctx.org_id} and id = any(${payout_ids}::uuid[]) order by id for update`.execute(
      ctx.tx,
    )
  }
  const placeOf = (w: Lock) => ('on' in w ? `${keyText(w)} open` : `${keyText(w)} closed ${w.closed_id}`)
  const inOrder = [...new Map(wanted.map(w => [placeOf(w), w]))].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, w]) => w)
  for (let from = 0, to = 0; from < inOrder.length; from = to) {
    const isOpen = 'on' in inOrder[from]!
    while (to < inOrder.length && 'on' in inOrder[to]! === isOpen) to++
    await (isOpen ? lockOpen : lockClosed)(ctx, inOrder.slice(from, to) as never)
  }
}

async function lockClosed(ctx: Ctx, wanted: { closed_id: string }[]): Promise<void> {
  await sql`
    select from tabs where org_id = ${ctx.org_id} and id = any(${wanted.map(w => w.closed_id)}::uuid[]) and not is_open
    order by program_id, partner_id, currency, stream, held_until, id for update`.execute(ctx.tx)
}

/** Opening what is missing here, in its place among the others, nobody has to wait for it later and out of order. */
async function lockOpen(ctx: Ctx, wanted: (TabKey & { on: Day })[]): Promise<void> {
  const rows = wanted.map(w => ({ ...w, id: ctx.newId() }))
  await sql`
    insert into tabs (org_id, id, program_id, partner_id, currency, stream, held_until, first_on, last_on)
    select ${ctx.org_id}, r.id, ${ctx.program.id}, r.partner_id, r.currency, r.stream, r.held_until, r."on", r."on"
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as r(id uuid, partner_id uuid, currency text, stream text, held_until timestamptz, "on" date)
    order by r.partner_id, r.currency, r.stream, r.held_until
    on conflict (org_id, program_id, partner_id, currency, stream, held_until) where is_open
      do update set is_open = true where false`.execute(ctx.tx)
}

const ATTEMPTS = 5

/**
 * Looks at what sits on tabs, locks these tabs, and looks again: returns once nothing has moved to another tab meanwhile.
 *
 * Otherwise the locks are given back before others are taken: held, they would be out of order. `placeOf` says what of a row
 * decides which locks are needed, where that is more than its tab.
 */
export async function lockSteady<T extends { tab_id: string }>(
  ctx: Ctx,
  look: () => Promise<T[]>,
  lockAll: (seen: T[]) => Promise<void> = seen => lockByIds(ctx, seen.map(tabOf)),
  placeOf: (row: T) => string = tabOf,
): Promise<T[]> {
  const placesOf = (rows: T[]) => rows.map(placeOf).join()
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const [before] = await Promise.all([look(), sql`savepoint steady`.execute(ctx.tx)])
    await lockAll(before)
    const after = await look()
    if (placesOf(before) === placesOf(after)) return after
    await sql`rollback to savepoint steady`.execute(ctx.tx)
  }
  throw Object.assign(new Error('what is to be locked keeps moving to other tabs'), { code: '40001' })
}

const tabOf = ({ tab_id }: { tab_id: string }): string => tab_id

/** Locks tabs, whatever their state, in the house's order. */
async function lockByIds(ctx: Ctx, tab_ids: string[]): Promise<void> {
  if (tab_ids.length === 0) return
  await sql`
    select from tabs where org_id = ${ctx.org_id} and id = any(${[...new Set(tab_ids)]}::uuid[])
    order by program_id, partner_id, currency, stream, held_until, is_open, id for update`.execute(ctx.tx)
}

type Moving = Sums & {
  id: string
  partner_id: string
  currency: string
  tab_id: string
  earned_on: Day
  stream: Stream
  held_until: Instant
}

/**
 * The earnings named and everything that reverses them: what moves together, so that no tab and no payout holds half a story.
 *
 * A reversal goes along when it is on the same tab or in the same payout as its earning; one that is named takes that
 * earning along. A clawback of what an earlier payout paid stands alone. Step by step, since one join of it all was planned
 * on young statistics in a way that took seconds.
 */
export async function withReversals(ctx: Ctx, earning_ids: string[]): Promise<Moving[]> {
  const { rows } = await sql<Moving>`
    with named as materialized (
      select e.id, e.reverses_id, t.id as tab_id, t.payout_id from earnings e join tabs t on t.org_id = e.org_id and t.id = e.tab_id
      where e.org_id = ${ctx.org_id} and e.id = any(${earning_ids}::uuid[])
    ), reversed as materialized (
      select n.id as part_id, o.id, x.id as tab_id, x.payout_id from named n
        join earnings o on o.org_id = ${ctx.org_id} and o.id = n.reverses_id join tabs x on x.org_id = o.org_id and x.id = o.tab_id
      where x.id = n.tab_id or x.payout_id = n.payout_id
    ), whole as materialized (
      select id, tab_id, payout_id from reversed union
      select id, tab_id, payout_id from named where id not in (select part_id from reversed)
    ), part as materialized (
      select id, tab_id, payout_id from whole union all
      select r.id, w.tab_id, w.payout_id from whole w join earnings r on r.org_id = ${ctx.org_id} and r.reverses_id = w.id
    )
    select e.id, e.partner_id, e.currency, e.tab_id, e.earned_on, e.amount_cents, e.item_count, e.revenue_cents, t.stream, t.held_until
    from part p join earnings e on e.org_id = ${ctx.org_id} and e.id = p.id
      join tabs t on t.org_id = e.org_id and t.id = e.tab_id
    where t.id = p.tab_id or t.payout_id = p.payout_id
    order by e.id`.execute(ctx.tx)
  return rows
}

/**
 * Moves earnings, with their reversals, to open tabs: of their own key, or free of hold. Both sums follow.
 *
 * The tabs they leave are locked by the caller. Returns what left which tab.
 */
export async function moveToOpen(ctx: Ctx, moving: Moving[], hold: 'keep' | 'release'): Promise<(Sums & { tab_id: string })[]> {
  const target = (e: Moving): TabKey => ({
    partner_id: e.partner_id,
    currency: e.currency,
    stream: e.stream,
    held_until: hold === 'release' ? NO_HOLD : e.held_until,
  })
  const groups = [...groupBy(moving, e => keyText(target(e))).values()]
  const tab_ids = await addToOpen(
    ctx,
    groups.map(group => ({ ...target(group[0] as Moving), ...total(group), ...span(group) })),
  )
  return move(ctx, groups, tab_ids)
}

/**
 * Moves earnings, with their reversals, to a fresh closed tab beside each one they leave: nobody else can wait for it.
 *
 * Returns the fresh tabs' ids.
 */
export async function moveToFresh(ctx: Ctx, moving: Moving[]): Promise<string[]> {
  if (moving.length === 0) return []
  const groups = [...groupBy(moving, e => e.tab_id).values()]
  const rows = groups.map(group => ({ id: ctx.newId(), beside: (group[0] as Moving).tab_id, ...total(group), ...span(group) }))
  await sql`
    insert into tabs (org_id, id, program_id, partner_id, currency, stream, held_until, is_open, amount_cents, item_count,
      revenue_cents, first_on, last_on)
    select t.org_id, r.id, t.program_id, t.partner_id, t.currency, t.stream, t.held_until, false, r.amount_cents, r.item_count,
      r.revenue_cents, r.first_on, r.last_on
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(id uuid, beside uuid, amount_cents bigint, item_count bigint,
      revenue_cents bigint, first_on date, last_on date)
    join tabs t on t.org_id = ${ctx.org_id} and t.id = r.beside`.execute(ctx.tx)
  const fresh = rows.map(row => row.id)
  await move(ctx, groups, fresh)
  return fresh
}

async function move(ctx: Ctx, groups: Moving[][], tab_ids: string[]): Promise<(Sums & { tab_id: string })[]> {
  const moves = groups.flatMap((group, n) => group.map(e => ({ id: e.id, tab_id: tab_ids[n] })))
  await sql`
    update earnings e set tab_id = m.tab_id
    from json_to_recordset(${JSON.stringify(moves)}::json) as m(id uuid, tab_id uuid)
    where e.org_id = ${ctx.org_id} and e.id = m.id`.execute(ctx.tx)
  const left = [...groupBy(groups.flat(), e => e.tab_id)].map(([tab_id, group]) => ({ tab_id, ...negative(total(group)) }))
  await addTo(ctx, left)
  return left
}

export const total = (entries: Sums[]): Sums => ({
  amount_cents: entries.reduce((sum, e) => sum + e.amount_cents, 0),
  item_count: entries.reduce((sum, e) => sum + e.item_count, 0),
  revenue_cents: entries.reduce((sum, e) => sum + e.revenue_cents, 0),
})

const negative = (s: Sums): Sums => ({
  amount_cents: -s.amount_cents,
  item_count: -s.item_count,
  revenue_cents: -s.revenue_cents,
})

/** The first and last day of some earnings. */
export function span(entries: { earned_on: Day }[]): { first_on: Day; last_on: Day } {
  const days = entries.map(e => e.earned_on).sort()
  return { first_on: days[0] as Day, last_on: days.at(-1) as Day }
}

/** Enters earnings on the open tabs of their keys; tab sums and earnings together. */
export async function enterOnOpen(ctx: Ctx, entries: (Omit<Entry, 'tab_id'> & TabKey)[]): Promise<void> {
  if (entries.length === 0) return
  const groups = [...groupBy(entries, keyText).values()]
  const ids = await addToOpen(
    ctx,
    groups.map(group => ({ ...(group[0] as TabKey), ...total(group), ...span(group) })),
  )
  await insertEarnings(
    ctx,
    groups.flatMap((group, n) => group.map(entry => ({ ...entry, tab_id: ids[n] as string }))),
  )
}
