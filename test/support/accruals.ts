/**
 * Accruals without the night that makes them: a structure that pays a cent a view, and as many views, straight into the tables.
 *
 *   const accrual_id = await accrual(shop, ada, 50_00)
 */
import { addDays, dayOf, firstOfMonth, startOfDay } from '../../src/core/calendar.ts'
import { ruleOf } from '../../src/core/rules/index.ts'
import { WHOLE } from '../../src/core/rules/rule.ts'
import { work } from '../../src/server/app.ts'
import { type Ctx, systemCaller } from '../../src/server/context.ts'
import * as tabs from '../../src/server/earnings/tabs.sql.ts'
import type { World } from './world.ts'

type Of = Pick<World, 'app' | 'org_id' | 'sql'>
export type AccrualOptions = {
  /** The last day of its period; by default the day before today, so that accruals of several months can be told apart. */
  period_end?: string
  currency?: string
  /** A part of the source key, unique by itself unless it is given. */
  key?: string
}
/** What stands for a world: itself, or a shop in it. */
export type Somewhere = (Of | { w: Of }) & { brand_id: string }

type Wanted = AccrualOptions & { partner: { id: string }; amount_cents: number }

let keys = 0
const structures = new Map<string, Promise<{ structure_id: string; version_id: string }>>()
const PER_THOUSAND = 1000

export async function accrual(shop: Somewhere, partner: { id: string }, amount_cents: number, options: AccrualOptions = {}) {
  const [id] = await accruals(shop, [{ partner, amount_cents, ...options }])
  return id as string
}

/** Many at once, in one transaction; returns their ids in order. */
export async function accruals(shop: Somewhere, wanted: Wanted[]): Promise<string[]> {
  const w = 'w' in shop ? shop.w : shop
  for (const { currency = 'USD' } of wanted) await structureOf(w, shop.brand_id, currency)
  return work(w.app, systemCaller(w.org_id, 'test'), { program_id: shop.brand_id }, async ctx => {
    const entries = await Promise.all(wanted.map(each => entryOf(w, ctx, each)))
    await tabs.enterOnOpen(ctx, entries)
    return entries.map(entry => entry.id)
  })
}

async function entryOf(w: Of, ctx: Ctx, { partner, amount_cents, period_end, currency = 'USD', key }: Wanted) {
  const { structure_id, version_id } = await structureOf(w, ctx.program.id, currency)
  const last = period_end ?? addDays(dayOf(ctx.now, ctx.time_zone), -1)
  const [start, end] = [startOfDay(firstOfMonth(last), ctx.time_zone), startOfDay(addDays(last, 1), ctx.time_zone)]
  const common = {
    ...{ criteria_type: 'cpm', version_number: 1, period: 'monthly', tz: ctx.time_zone, period_start: start, period_end: end },
    proration: { mode: 'full', active_days: 1, total_days: 1, factor: 1 },
  }
  const facts = { videos: [{ video_id: structure_id, start_views: 0, end_views: amount_cents, gained: amount_cents }] }
  const outcome = ruleOf('cpm').earn(facts, { cents: PER_THOUSAND, currency }, { min_views: 0, max_amount_cents: null }, WHOLE)
  return {
    ...{ id: ctx.newId(), kind: 'accrual' as const, amount_cents, item_count: 1, revenue_cents: 0, earned_on: last },
    ...{ partner_id: partner.id, currency, stream: 'structures' as const, held_until: tabs.NO_HOLD },
    ...{ structure_version_id: version_id, period_start_at: start, period_end_at: end, reverses_id: null, mark: null },
    source_key: `period:${structure_id}:${partner.id}:${key ?? `${start}-${++keys}`}`,
    ...{ because: (outcome as { because: string }).because, inputs: { ...common, ...outcome.shown, result_cents: amount_cents } },
  }
}

function structureOf(w: Of, program_id: string, currency: string) {
  const place = `${w.org_id} ${program_id} ${currency}`
  const found = structures.get(place) ?? structure(w, program_id, currency)
  structures.set(place, found)
  return found
}

async function structure(w: Of, program_id: string, currency: string) {
  const [structure_id, version_id] = [w.app.newId(), w.app.newId()]
  await w.sql(
    `insert into structures (org_id, id, program_id, name, has_accruals, created_at, created_by)
     values ($1, $2, $3, 'Base', true, now(), 'test')`,
    [w.org_id, structure_id, program_id],
  )
  await w.sql(
    `insert into structure_versions (org_id, id, structure_id, version_number, period, amount_cents, currency, criteria_type,
       criteria_params, proration_mode, created_at, created_by)
     values ($1, $2, $3, 1, 'monthly', ${PER_THOUSAND}, $4, 'cpm', '{"min_views": 0, "max_amount_cents": null}', 'full', now(), 'test')`,
    [w.org_id, version_id, structure_id, currency],
  )
  return { structure_id, version_id }
}
