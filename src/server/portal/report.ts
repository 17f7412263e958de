/** What a partner's links brought: by day, by campaign, and the last thirty days in short. Source: spec A15, C10. */
import type { In, Out } from '../../api/endpoint.ts'
import type { portal } from '../../api/portal.ts'
import { addDays, type Day, dayOf, daysBetween, startOfDay } from '../../core/calendar.ts'
import { groupBy } from '../../core/collect.ts'
import { scale } from '../../core/money.ts'
import { refuse } from '../../core/refusal.ts'
import { type Ctx, reply } from '../context.ts'
import * as sql from './report.sql.ts'

const DAYS = 30
const MOST_DAYS = 366
const WITHOUT_CAMPAIGN = 'Without a campaign'

type Figures = Pick<Out<typeof portal.stats>, 'click_count' | 'conversion_count' | 'approved_count' | 'earnings'>

/** Refuses `invalid_query` for a span that is empty or longer than a year. */
export async function report(ctx: Ctx, { query }: In<typeof portal.report>) {
  const today = dayOf(ctx.now, ctx.time_zone)
  const to = query.to ?? today
  const from = query.from ?? addDays(to, 1 - DAYS)
  if (from > to || daysBetween(from, to) >= MOST_DAYS) {
    const errors = [{ path: 'from', message: `must be at most ${MOST_DAYS} days before to, and not after it` }]
    refuse('invalid_query', `Ask for 1 to ${MOST_DAYS} days.`, { errors })
  }
  const found = await sql.figures(ctx, spanOf(ctx, from, to))
  const rows = query.by === 'day' ? byDay(found, from, to).reverse() : byCampaign(found)
  const shown = rows.map(({ key, label, ...figures }) => ({ key, label, ...figures }))
  return reply(shown, { meta: { from, to, totals: totalsOf(found) } })
}

const spanOf = (ctx: Ctx, from: Day, to: Day): sql.Span => ({
  ...{ from, to },
  start: startOfDay(from, ctx.time_zone),
  end: startOfDay(addDays(to, 1), ctx.time_zone),
})

export async function stats(ctx: Ctx): Promise<Out<typeof portal.stats>> {
  const to = dayOf(ctx.now, ctx.time_zone)
  const from = addDays(to, 1 - DAYS)
  const found = await sql.figures(ctx, spanOf(ctx, from, to))
  const totals = totalsOf(found)
  const { click_count, conversion_count, earnings } = totals
  return {
    ...{ from, to },
    ...totals,
    cvr: click_count === 0 ? null : conversion_count / click_count,
    epc:
      click_count === 0
        ? []
        : earnings.map(({ currency, amount_cents }) => ({ currency, amount_cents: scale(amount_cents, 1, click_count) })),
    days: byDay(found, from, to).map(({ key, label: _, ...figures }) => ({ on: key, ...figures })),
    campaigns: byCampaign(found).map(({ key, label, ...figures }) => ({
      ...{ campaign_id: key === '' ? null : key, name: label },
      ...figures,
    })),
  }
}

type Row = Figures & { key: string; label: string }

/** Every day of the span, those without anything too. */
function byDay(found: sql.FigureRow[], from: Day, to: Day): Row[] {
  const of = groupBy(found, row => row.on)
  const days = Array.from({ length: daysBetween(from, to) + 1 }, (_, n) => addDays(from, n))
  return days.map(on => ({ key: on, label: on, ...totalsOf(of.get(on) ?? []) }))
}

/** The one that earned most first. */
function byCampaign(found: sql.FigureRow[]): Row[] {
  const rows = [...groupBy(found, row => row.campaign_id ?? '')].map(([key, of]) => ({
    ...{ key, label: key === '' ? WITHOUT_CAMPAIGN : (of[0] as sql.FigureRow).name },
    ...totalsOf(of),
  }))
  const most = ({ earnings }: Row) => Math.max(0, ...earnings.map(each => each.amount_cents))
  return rows.sort((a, b) => most(b) - most(a) || b.click_count - a.click_count || (a.key < b.key ? -1 : 1))
}

function totalsOf(rows: sql.FigureRow[]): Figures {
  const sum = (of: (row: sql.FigureRow) => number) => rows.reduce((total, row) => total + of(row), 0)
  const earned = rows.filter(row => row.currency !== null)
  return {
    click_count: sum(row => row.click_count),
    conversion_count: sum(row => row.conversion_count),
    approved_count: sum(row => row.approved_count),
    earnings: [...groupBy(earned, row => row.currency as string)]
      .map(([currency, of]) => ({ currency, amount_cents: of.reduce((total, row) => total + row.earned_cents, 0) }))
      .sort((a, b) => (a.currency < b.currency ? -1 : 1)),
  }
}
