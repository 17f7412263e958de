/**
 * Turns rows that take something back into reversals: of the newest conversion before them that agrees and has enough left.
 *
 * They come after every conversion of the file, so that the order of its lines does not matter. They are matched many at a
 * time; a row that would take from what the same round takes from already waits for the next. Source: spec G2.
 */
import { normalGeo, normalOs } from '../../core/custom-payout.ts'
import type { FileRow } from '../../core/mapping.ts'
import { Refusal } from '../../core/refusal.ts'
import type { Ctx } from '../context.ts'
import * as sql from './import.sql.ts'
import { type ConversionReader, duplicate, isItem, itemOf, type Outcome, reasonOf, rejected } from './import-rows.ts'
import { Faulty, findAll, type Item } from './items.ts'
import { reverseAll } from './reversals.ts'

const ROUND = 200
const nothingToReverse = rejected('no_conversion_to_reverse: nothing before it agrees and has enough left')

/** What a row asks for; without `match` nothing can agree with it. */
type Wish = { external_id: string; revenue_cents: number | null; match: sql.Match | null }
const isWish = (wish: Wish | Outcome): wish is Wish => 'match' in wish

/** Reverses what rows name, in their order; imports of one campaign take turns, so that no row counts twice. */
export async function reverseRows(
  ctx: Ctx,
  reader: ConversionReader,
  rows: FileRow[],
  import_id: string | null,
): Promise<Outcome[]> {
  await sql.lockCampaign(ctx, reader.campaign.id)
  const wishes = await wishesOf(ctx, reader, rows)
  const outcomes: Outcome[] = []
  while (outcomes.length < wishes.length) {
    const next = wishes.slice(outcomes.length, outcomes.length + ROUND)
    outcomes.push(...(await reverseRound(ctx, reader, next, import_id)))
  }
  return outcomes
}

async function wishesOf(ctx: Ctx, reader: ConversionReader, rows: FileRow[]): Promise<(Wish | Outcome)[]> {
  const items = rows.map(row => itemOf(reader, row, { takes_back: true }))
  const partner_ids = fieldsOf(reader).includes('partner') ? await partnersOf(ctx, items) : null
  return items.map((item, n) => {
    if (!isItem(item)) return rejected(reasonOf(item.faults))
    const partner_id = partner_ids?.[n] ?? null
    const match = partner_ids && !partner_id ? null : matchOf(ctx, item, partner_id)
    return { external_id: item.external_id, revenue_cents: item.revenue_cents ?? null, match }
  })
}

const fieldsOf = ({ mapping }: ConversionReader): string[] => mapping.reversal?.match ?? []

async function partnersOf(ctx: Ctx, items: (Item | Faulty)[]): Promise<(string | null)[]> {
  const found = await findAll(ctx, items)
  return found.map(f => (f instanceof Faulty ? null : f.partner.id))
}

/** As `record` would store it. */
const matchOf = (ctx: Ctx, item: Item, partner_id: string | null): sql.Match => ({
  partner_id,
  before: item.occurred_at ?? ctx.now,
  revenue_cents: item.revenue_cents ?? null,
  currency: item.currency as string,
  external_id: item.external_id,
  event_id: item.event_id ?? null,
  click_id: item.click_id ?? null,
  coupon_code: item.coupon_code?.toUpperCase() ?? null,
  type: item.type ?? 'sale',
  country: normalGeo(item.country),
  os: normalOs(item.os),
  subs: item.subs ?? {},
  conversion_subs: item.conversion_subs ?? {},
})

/** Outcomes of as many of the wishes, from the first on, as do not depend on one another. */
async function reverseRound(
  ctx: Ctx,
  reader: ConversionReader,
  wishes: (Wish | Outcome)[],
  import_id: string | null,
): Promise<Outcome[]> {
  const asked = wishes.filter(isWish)
  const earlier = await sql.reversedBefore(
    ctx,
    reader.campaign.id,
    asked.map(w => w.external_id),
  )
  const matches = wishes.map(w => (isWish(w) && !earlier.has(w.external_id) ? w.match : null))
  const chosen = await sql.toReverse(ctx, reader.campaign.id, fieldsOf(reader), matches)
  const outcomes: Outcome[] = []
  const places: { at: number; wish: Wish; conversion_id: string }[] = []
  const used = new Set<string>()
  for (const [at, wish] of wishes.entries()) {
    const conversion_id = chosen.get(at)
    if (isWish(wish) && (used.has(wish.external_id) || (conversion_id && used.has(conversion_id)))) break
    outcomes.push(isWish(wish) ? outcomeWithout(wish, earlier) : wish)
    if (!isWish(wish) || !conversion_id) continue
    used.add(wish.external_id).add(conversion_id)
    places.push({ at, wish, conversion_id })
  }
  const done = await reverseAll(ctx, places.map(wanted), import_id)
  for (const [n, { at }] of places.entries()) outcomes[at] = outcomeOf(done[n] as (typeof done)[number])
  return outcomes
}

const wanted = ({ wish, conversion_id }: { wish: Wish; conversion_id: string }) => ({
  conversion_id,
  revenue_cents: wish.revenue_cents,
  reason: `import of ${wish.external_id}`,
  external_id: wish.external_id,
})

/** What becomes of a row for which no conversion was found. */
function outcomeWithout({ external_id, revenue_cents }: Wish, earlier: Map<string, number>): Outcome {
  const before = earlier.get(external_id)
  if (before === undefined) return nothingToReverse
  if (revenue_cents === null || revenue_cents === before) return duplicate
  return rejected('conflict: this external_id has reversed another amount')
}

function outcomeOf(done: Awaited<ReturnType<typeof reverseAll>>[number]): Outcome {
  if (done instanceof Refusal) return rejected(done.message)
  return { status: 'created', earned: done.earned }
}
