/** What a partner's page shows: its earnings, the rules that pay it, what happened to it. Source: market 4.3. */
import type { In, Out } from '../../api/endpoint.ts'
import type { partners } from '../../api/partners.ts'
import { precedence } from '../../core/custom-payout.ts'
import { percentText } from '../../core/money.ts'
import { describe } from '../../core/structure.ts'
import { type Ctx, reply } from '../context.ts'
import { idCursor, pageOf } from '../page.ts'
import { read } from '../partners/partners.ts'
import * as sql from './account.sql.ts'

export async function earnings(ctx: Ctx, { params, query }: In<typeof partners.earnings>) {
  const { limit, kind: kinds = null, state: states = null, currency = null, from = null, to = null } = query
  const { id: partner_id } = await read(ctx, params.partner_id)
  const filter = { partner_id, kinds, states, currency, from, to, limit, after: idCursor(query.cursor) }
  const { rows, next_cursor } = pageOf(await sql.earnings(ctx, filter), limit, row => row.id)
  return reply(rows, { meta: { next_cursor } })
}

export async function terms(ctx: Ctx, { params }: In<typeof partners.terms>): Promise<Out<typeof partners.terms>> {
  const { id } = await read(ctx, params.partner_id)
  const [campaigns, structures] = await Promise.all([sql.campaignTerms(ctx, id), sql.structureTerms(ctx, id)])
  return { campaigns: campaigns.map(presentCampaign), structures: structures.map(presentStructure) }
}

const rank = (tab: string): number => (precedence as readonly string[]).indexOf(tab)

function presentCampaign({ terms, lines, ...campaign }: sql.CampaignTerms) {
  const { cost_model, amount_cents, percent_ppm, currency, tiers } = terms
  return {
    ...campaign,
    ...{ cost_model, amount_cents, currency, tier_count: tiers.length },
    percent: percent_ppm === null ? null : percentText(percent_ppm),
    lines: lines
      .map(line => ({ ...line, since: new Date(line.since).toISOString() }))
      .sort((a, b) => rank(a.tab) - rank(b.tab) || a.line - b.line),
  }
}

function presentStructure({ id, name, version_number: version, assigned_at: since, assigned_by, ...terms }: sql.StructureTerms) {
  return { id, name, says: describe(terms), version, since, assigned_by }
}

export async function activity(ctx: Ctx, { params, query }: In<typeof partners.activity>) {
  const { id } = await read(ctx, params.partner_id)
  const found = await sql.activity(ctx, id, { after: idCursor(query.cursor), limit: query.limit })
  const { rows, next_cursor } = pageOf(found, query.limit, row => row.id)
  return reply(rows.map(presentEvent), { meta: { next_cursor } })
}

/** `payouts.drafted` and `payout.paid` are both about a payout. */
function presentEvent({ object_id, ...event }: sql.EventRow) {
  const kind = (event.verb.split('.')[0] as string).replace(/s$/, '')
  return { ...event, object: { kind: kind as 'partner' | 'payout' | 'payment' | 'structure', id: object_id } }
}
