/** Counts conversions for tiers (the n-th of a partner) and caps (how many in a day, week, month). Source: spec A4, C12. */
import { type CapSpan, capSpans, type Decision } from '../../core/conversion.ts'
import { byIds } from '../campaigns/campaigns.sql.ts'
import { counts as campaignCounts } from '../campaigns/campaigns.ts'
import type { Ctx } from '../context.ts'
import * as sql from './record.sql.ts'
import type { Wanted } from './record.ts'
import { lockConversions } from './standings.sql.ts'

const EVERYBODY = '00000000-0000-0000-0000-000000000000'
const spans: CapSpan[] = ['daily', 'weekly', 'monthly']

export type Count = {
  /** Which counted conversion of the partner this is, and which cap was full. */
  of(w: Wanted): { nth: number | null; cap: CapSpan | null }
  isOverCap(conversion_id: string): boolean
  /** How the counters change once these conversions are stored. */
  changes(fresh: ReadonlySet<string>): sql.Volume[]
}

/**
 * Numbers the conversions of campaigns that count, in the order given, under the locks of their counters.
 *
 * What is stored already is not numbered again, so a retry pays the same; rejected ones do not count. A campaign without
 * tiers and caps locks nothing.
 */
export async function countedBy(ctx: Ctx, wanted: Wanted[]): Promise<Count> {
  const counting = wanted.filter(w => w.row.decision !== 'rejected' && campaignCounts(w.campaign))
  if (counting.length === 0) return { of: () => ({ nth: null, cap: null }), isOverCap: () => false, changes: () => [] }
  const keys = new Map(counting.flatMap(w => keysOf(ctx, w)).map(key => [textOf(key), key]))
  const state = new Map((await sql.lockVolumes(ctx, [...keys.values()])).map(v => [textOf(v), v.counted]))
  const stored = await sql.stored(
    ctx,
    counting.map(w => w.row),
  )
  const known = new Set(stored.flatMap(namesOf))
  const numbered = new Map<string, { nth: number; cap: CapSpan | null }>()
  for (const w of counting) {
    if (namesOf(w.row).some(name => known.has(name))) continue
    const cap = fullCap(ctx, w, state)
    for (const key of keysOf(ctx, w, cap !== null)) state.set(textOf(key), (state.get(textOf(key)) ?? 0) + 1)
    numbered.set(w.row.id, { nth: state.get(textOf(lifetime(w))) as number, cap })
  }
  return {
    of: w => numbered.get(w.row.id) ?? { nth: null, cap: null },
    isOverCap: id => numbered.get(id)?.cap != null,
    changes: fresh =>
      counting
        .filter(w => fresh.has(w.row.id))
        .flatMap(w => keysOf(ctx, w, numbered.get(w.row.id)?.cap != null).map(key => ({ ...key, counted: 1 }))),
  }
}

/** What a conversion is known by in its campaign: its external id, and its event id when it has one. */
const namesOf = ({ campaign_id, external_id, event_id }: sql.Stored): string[] =>
  [`${campaign_id} external ${external_id}`].concat(event_id === null ? [] : `${campaign_id} event ${event_id}`)

type Key = Omit<sql.Volume, 'counted'>
type Counted = Pick<Wanted, 'campaign'> & { row: { campaign_id: string; partner_id: string; occurred_at: string } }
const textOf = (key: Key) => `${key.campaign_id} ${key.partner_id} ${key.span}`
const lifetime = ({ row }: Counted): Key => ({ campaign_id: row.campaign_id, partner_id: row.partner_id, span: 'lifetime' })

/** Every counter that one conversion moves: one over a cap takes no room in any. */
function keysOf(ctx: Ctx, w: Counted, over_cap = false): Key[] {
  if (over_cap) return [lifetime(w)]
  const at = capSpans(w.row.occurred_at, ctx.time_zone)
  return [lifetime(w), ...spans.map(span => ({ campaign_id: w.row.campaign_id, partner_id: EVERYBODY, span: at[span] }))]
}

type Recorded = { id: string; campaign_id: string; partner_id: string; occurred_at: string; decision: Decision }

/** Locks the counters of those conversions that will count no more, before any tab is locked: the house's order. */
export async function lockCountersOf(ctx: Ctx, conversion_ids: string[], which: (c: Recorded) => boolean): Promise<void> {
  const keys = await countersOf(ctx, (await lockConversions(ctx, conversion_ids)).filter(which))
  if (keys.length > 0) await sql.lockVolumes(ctx, [...new Map(keys.map(key => [textOf(key), key])).values()])
}

/** Rejected conversions count neither for tiers nor for caps. */
export async function uncount(ctx: Ctx, rejected: (Omit<Recorded, 'decision'> & { is_over_cap: boolean })[]): Promise<void> {
  const keys = await countersOf(ctx, rejected)
  await sql.addVolumes(
    ctx,
    keys.map(key => ({ ...key, counted: -1 })),
  )
}

async function countersOf(ctx: Ctx, rows: (Counted['row'] & { is_over_cap?: boolean })[]): Promise<Key[]> {
  const found = await byIds(
    ctx,
    rows.map(row => row.campaign_id),
  )
  const counting = new Map(found.filter(campaignCounts).map(c => [c.id, c]))
  return rows.flatMap(row => {
    const campaign = counting.get(row.campaign_id)
    return campaign ? keysOf(ctx, { campaign, row }, row.is_over_cap) : []
  })
}

function fullCap(ctx: Ctx, w: Wanted, state: Map<string, number>): CapSpan | null {
  const at = capSpans(w.row.occurred_at, ctx.time_zone)
  const full = (span: CapSpan) => {
    const cap = w.campaign.caps[span]
    if (cap === null || cap === undefined) return false
    return (state.get(textOf({ campaign_id: w.row.campaign_id, partner_id: EVERYBODY, span: at[span] })) ?? 0) >= cap
  }
  return spans.find(full) ?? null
}
