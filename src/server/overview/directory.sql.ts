/** Partners as a list shows them: found by name, alias, e-mail or handle, in any order, with their figures. */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'
import { containing } from '../db/like.ts'
import type { PartnerStatus } from '../partners/partners.sql.ts'
import { figures } from '../payouts/balances.sql.ts'

export type Figures = {
  currency: string
  owed_cents: number
  pending_cents: number
  in_payouts_cents: number
  credit_cents: number
  balance_cents: number
  paid_cents: number
  last_paid_at: Instant | null
}
export type ListedRow = {
  id: string
  name: string
  email: string | null
  alias: string
  platform: string | null
  handle: string | null
  status: PartnerStatus
  country: string | null
  created_at: Instant
  /** What the list is ordered by, for the cursor. */
  place: string | number
  figures: Figures[]
}
export type Order = 'name' | 'owed_cents' | 'paid_cents' | 'last_paid_at' | 'created_at'
export type Filter = { q: string | null; status: PartnerStatus[] | null }
type Page = Filter & { order: Order; descending: boolean; after: [place: string | number, id: string] | null; limit: number }

function matching(ctx: Ctx, { q, status }: Filter): RawBuilder<unknown> {
  const like = q === null ? null : containing(q)
  return sql`p.org_id = ${ctx.org_id} and p.program_id = ${ctx.program.id}
    and (${status}::text[] is null or p.status = any(${status}::text[]))
    and (${like}::text is null or lower(p.name) like ${like} or p.alias_key like ${like} or p.handle_key like ${like}
      or lower(p.email) like ${like})`
}

/** By a partner's figures in the program's own currency: amounts of several are never compared. */
function placeOf(ctx: Ctx, order: Order): { place: RawBuilder<unknown>; source: RawBuilder<unknown>; type: RawBuilder<unknown> } {
  const of = ctx.program.currency
  const [type, none] = [sql`bigint`, sql``]
  if (order === 'name') return { place: sql`lower(p.name)`, source: none, type: sql`text` }
  if (order === 'created_at') return { place: sql`0::bigint`, source: none, type }
  const paid = sql`left join paid_totals d on d.org_id = p.org_id and d.program_id = p.program_id and d.partner_id = p.id
    and d.currency = ${of}`
  if (order === 'paid_cents') return { place: sql`coalesce(d.paid_cents, 0)`, source: paid, type }
  const last = sql`coalesce((extract(epoch from d.last_paid_at) * 1000000)::bigint, 0)`
  if (order === 'last_paid_at') return { place: last, source: paid, type }
  const balances = sql`left join (${figures(ctx, { currency: of })}) b on b.partner_id = p.id`
  return { place: sql`coalesce(b.owed_cents, 0)`, source: balances, type }
}

/** One page; the order of ties is that of the ids. */
export async function page(ctx: Ctx, { order, descending, after, limit, ...filter }: Page): Promise<ListedRow[]> {
  const { place, source, type } = placeOf(ctx, order)
  const [direction, beyond] = descending ? [sql`desc`, sql`<`] : [sql`asc`, sql`>`]
  // an index gives the newest or oldest without looking at the others
  const sorting = order === 'created_at' ? sql`p.id ${direction}` : sql`place ${direction}, p.id ${direction}`
  const rest =
    after === null
      ? sql`true`
      : order === 'created_at'
        ? sql`p.id ${beyond} ${after[1]}::uuid`
        : sql`(${place}, p.id) ${beyond} (${after[0]}::${type}, ${after[1]}::uuid)`
  const { rows } = await sql<ListedRow>`
    select p.id, p.name, p.email, p.alias, p.platform, p.handle, p.status, p.country, p.created_at, ${place} as place
    from partners p ${source} where ${matching(ctx, filter)} and ${rest}
    order by ${sorting} limit ${limit + 1}`.execute(ctx.tx)
  const found = await figuresOf(
    ctx,
    rows.map(row => row.id),
  )
  return rows.map(row => ({ ...row, figures: found.filter(each => each.partner_id === row.id) }))
}

async function figuresOf(ctx: Ctx, partner_ids: string[]): Promise<(Figures & { partner_id: string })[]> {
  if (partner_ids.length === 0) return []
  const { rows } = await sql<Figures & { partner_id: string }>`
    select partner_id, currency, owed_cents, pending_cents, in_payouts_cents, credit_cents, balance_cents, paid_cents, last_paid_at
    from (${figures(ctx, { partner_ids })}) b order by currency = ${ctx.program.currency} desc, currency`.execute(ctx.tx)
  return rows
}

/** How many partners there are of each status, whatever status is looked for. */
export async function counts(ctx: Ctx, q: string | null): Promise<Record<PartnerStatus, number>> {
  const { rows } = await sql<{ status: PartnerStatus; count: number }>`
    select p.status, count(*) as count from partners p where ${matching(ctx, { q, status: null })} group by p.status`.execute(
    ctx.tx,
  )
  return { pending: 0, approved: 0, paused: 0, declined: 0, ...Object.fromEntries(rows.map(row => [row.status, row.count])) }
}
