/** What a partner may promote: how each campaign pays, the rate that applies to them, their link. Source: spec C10, market 4.4. */
import type { In, Out } from '../../api/endpoint.ts'
import type { portal } from '../../api/portal.ts'
import { format } from '../../core/money.ts'
import { compile, price } from '../../core/price.ts'
import { type Ctx, reply } from '../context.ts'
import { idCursor, pageOf } from '../page.ts'
import * as sql from './campaigns.sql.ts'
import { trackingUrl } from './home.ts'
import { partnerOf } from './own.sql.ts'

type Campaign = Out<typeof portal.campaigns>[number]

export async function campaigns(ctx: Ctx, { query }: In<typeof portal.campaigns>) {
  const found = await sql.offered(ctx, { ...query, after: idCursor(query.cursor) })
  const { rows, next_cursor } = pageOf(found, query.limit, row => row.id)
  return reply(
    rows.map(row => present(ctx, row)),
    { meta: { next_cursor } },
  )
}

function present(ctx: Ctx, row: sql.OfferedRow): Campaign {
  const { cost_model, currency } = row.terms
  const pays = cost_model === 'cpa' || cost_model === 'revshare'
  return {
    id: row.id,
    name: row.name,
    type: pays ? cost_model : 'none',
    ...(pays ? rateOf(ctx, row) : { rate: 'Pays no commission', is_custom_rate: false }),
    currency,
    description: null,
    hold_days: (row.hold_hours ?? ctx.program.hold_days * 24) / 24,
    tracking_url: row.destination_url === null ? null : trackingUrl(ctx, row.slug),
  }
}

/**
 * The rate of a plain conversion of this partner: what pricing itself says, so that it cannot say anything else.
 *
 * Only the value is told, never the line that it comes from nor any other.
 */
function rateOf(ctx: Ctx, { id, version, terms, counted }: sql.OfferedRow): Pick<Campaign, 'rate' | 'is_custom_rate'> {
  const { currency } = terms
  const nowhere = { country: null, os: null, subs: null, conversion_subs: null, type: '' }
  const priced = price(compile({ ...terms, campaign_id: id, version }), {
    ...{ ...nowhere, partner_id: partnerOf(ctx).id, revenue_cents: 100_00, currency, payout_cents: null },
    ...{ nth: counted + 1, cap: null, waived: null },
  })
  const { model, value, level, tab } = priced.inputs
  const rate = model === 'percent' ? `${value} % of revenue` : `${format(priced.amount_cents, currency)} per conversion`
  return { rate, is_custom_rate: level === 'line' && tab === 'publisher' }
}
