/**
 * The payouts tracker: what structures earned each partner, what of it was paid, what is outstanding. Source: spec B15.
 *
 * Without days, status or structure the figures are sums of tabs, so a history of any length costs nothing.
 */
import type { In, Out } from '../../api/endpoint.ts'
import type { tracker } from '../../api/tracker.ts'
import { addDays, dayOf, firstOfMonth, startOfDay } from '../../core/calendar.ts'
import { refuse } from '../../core/refusal.ts'
import { describe } from '../../core/structure.ts'
import { type App, work } from '../app.ts'
import { type Caller, type Ctx, reply } from '../context.ts'
import { idCursor, packCursor, pageOf, unpackCursor } from '../page.ts'
import { hasPartner } from '../payments/settle.sql.ts'
import { currentVersions, type VersionRow } from '../structures/structures.sql.ts'
import * as ofPartner from './partner-structures.sql.ts'
import * as sql from './tracker.sql.ts'
import { currenciesOf, exportSelect } from './tracker-export.sql.ts'

type Asked = In<typeof tracker.series>['query']

const filterOf = (ctx: Ctx, { from, to, status, structure_id, partner_id, q }: Asked): sql.Filter => ({
  from: from === undefined ? null : startOfDay(from, ctx.time_zone),
  before: to === undefined ? null : startOfDay(addDays(to, 1), ctx.time_zone),
  status: status ?? null,
  structure_id: structure_id ?? null,
  partner_id: partner_id ?? null,
  q,
})

export async function list(ctx: Ctx, { query }: In<typeof tracker.list>) {
  const { limit, cursor, sort } = query
  const name = sort.replace('-', '')
  const column = (name === 'last_paid_at' ? 'last_paid_ms' : name) as sql.Sort['column']
  const kind = column === 'partner_name' ? 'text' : 'integer'
  const after = unpackCursor(cursor, [kind, 'id', 'text'])
  const found = await sql.page(ctx, filterOf(ctx, query), { sort: { column, descending: sort.startsWith('-') }, after, limit })
  const { rows, next_cursor } = pageOf(found.rows, limit, row => packCursor([row[column], row.partner_id, row.currency]))
  return reply(rows, { meta: { next_cursor, totals: found.totals } })
}

/** So many months are shown where nobody asked for days: up to the last one in which something happened. */
const MONTHS_SHOWN = 12

export async function series(ctx: Ctx, { query }: In<typeof tracker.series>): Promise<Out<typeof tracker.series>> {
  const filter = filterOf(ctx, query)
  const since = filter.from === null && filter.partner_id === null ? await sinceOf(ctx, filter) : null
  const [months, structures] = await Promise.all([sql.months(ctx, filter, since), sql.structureMonths(ctx, filter, since)])
  return { months, structures }
}

async function sinceOf(ctx: Ctx, filter: sql.Filter): Promise<sql.Since> {
  const latest = await sql.latest(ctx, filter)
  if (latest === null) return null
  const month = firstOfMonth(dayOf(latest, ctx.time_zone))
  const day = Array.from({ length: MONTHS_SHOWN - 1 }).reduce<string>(at => firstOfMonth(addDays(at, -1)), month)
  return { day, at: startOfDay(day, ctx.time_zone) }
}

/** The accruals of the filter as CSV, streamed by the database itself. */
export async function exportAccruals(app: App, caller: Caller, program_id: string, { query }: In<typeof tracker.exportAccruals>) {
  const { select, slug, day } = await work(app, caller, { program_id, readonly: true }, async ctx => ({
    select: exportSelect(ctx, filterOf(ctx, query), await currenciesOf(ctx)),
    slug: ctx.program.slug,
    day: dayOf(ctx.now, ctx.time_zone),
  }))
  const stream = await app.db.copyOut({ org_id: caller.org_id, header: true }, select)
  return { file_name: `accruals-${slug}-${day}.csv`, stream }
}

export async function structuresOfPartner(ctx: Ctx, { params, query }: In<typeof tracker.structuresOfPartner>) {
  const { partner_id } = params
  if (!(await hasPartner(ctx, partner_id))) refuse('not_found', 'There is no such partner in this brand.')
  const page = { limit: query.limit, after: idCursor(query.cursor) }
  const { rows, next_cursor } = pageOf(await ofPartner.assigned(ctx, partner_id, page), query.limit, row => row.assignment_id)
  const ids = [...new Set(rows.map(row => row.structure_id))]
  const [versions, earned] = await Promise.all([currentVersions(ctx, ids), ofPartner.earnedBy(ctx, partner_id, ids)])
  const data = rows.map(row => {
    const version = versions.get(row.structure_id) as VersionRow
    const { id, version_number, criteria_type, period, currency } = version
    const current_version = { id, version_number, criteria_type, period, description: describe(version) }
    return { ...row, current_version, currency, earned_cents: earned.get(row.structure_id) ?? 0 }
  })
  return reply(data, { meta: { next_cursor } })
}
