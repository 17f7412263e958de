/** Where a partner's money stands, and the links to promote: the portal's first page. Source: spec A15, C10, TR-62, RT-27, RT-41. */
import type { Out } from '../../api/endpoint.ts'
import type { portal } from '../../api/portal.ts'
import { dayOf, type Instant, startOfDay } from '../../core/calendar.ts'
import { balancesOf, type Facts, type Rules } from '../../core/portal-balance.ts'
import { nextRunOn } from '../../core/schedule.ts'
import type { Ctx } from '../context.ts'
import * as sql from './home.sql.ts'
import { partnerOf, shownTo } from './own.sql.ts'

export async function home(ctx: Ctx): Promise<Out<typeof portal.home>> {
  const { links, ...facts } = await sql.home(ctx, yearStart(ctx))
  return {
    balances: shownTo(ctx).show_balance ? present(ctx, facts) : null,
    links: links.map(({ campaign_id, name, slug, has_destination }) => ({
      ...{ campaign_id, name },
      url: has_destination ? trackingUrl(ctx, slug) : null,
    })),
  }
}

/** What the program shows of balances: nothing where it has switched them off. */
export async function shownBalances(ctx: Ctx) {
  return shownTo(ctx).show_balance ? present(ctx, await sql.balances(ctx, yearStart(ctx))) : null
}

const present = (ctx: Ctx, facts: Facts) => balancesOf(facts, rulesOf(ctx))

function rulesOf(ctx: Ctx): Rules {
  const { currency, minimum_threshold_cents } = ctx.program
  // a paused partner is left out of scheduled runs: its balance is paid when somebody names it
  const on = partnerOf(ctx).status === 'paused' ? null : nextRunOn(ctx.program, dayOf(ctx.now, ctx.time_zone))
  const next = on === null ? null : { on, at: startOfDay(on, ctx.time_zone) }
  return { currency, minimum_cents: minimum_threshold_cents, next }
}

const yearStart = (ctx: Ctx): Instant => startOfDay(`${dayOf(ctx.now, ctx.time_zone).slice(0, 4)}-01-01`, ctx.time_zone)

/** The address that a partner promotes a campaign by. */
export const trackingUrl = (ctx: Ctx, slug: string): string =>
  `${ctx.address}/api/r/${encodeURIComponent(ctx.program.slug)}/${encodeURIComponent(slug)}?via=${encodeURIComponent(partnerOf(ctx).alias)}`
