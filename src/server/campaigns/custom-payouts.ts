/** Custom payouts: a campaign's eleven tables of lines, and a partner's own rate, which is its line in one of them. */
import type { campaigns } from '../../api/campaigns.ts'
import type { In } from '../../api/endpoint.ts'
import { type Line, normalGeo, normalOs, precedence } from '../../core/custom-payout.ts'
import { contest, indexLines } from '../../core/custom-payout-match.ts'
import { compile, price } from '../../core/price.ts'
import { refuse } from '../../core/refusal.ts'
import type { Ctx } from '../context.ts'
import * as partners from '../partners/partners.sql.ts'
import * as sql from './campaigns.sql.ts'
import { lock, read as readCampaign } from './campaigns.ts'
import { linesOf, mergeTables, nameOn, type Tables, tablesNow } from './tables.ts'

const present = (version: number, tables: Record<string, string>) => ({
  version,
  tables,
  precedence: [...precedence, 'default'],
})

export async function read(ctx: Ctx, { params }: In<typeof campaigns.customPayouts>) {
  const campaign = await readCampaign(ctx, params.campaign_id)
  return present(campaign.version, await tablesNow(ctx, campaign))
}

/** Replaces the tables that are sent. Refuses `invalid_body` with tab, line and message of every wrong line. */
export async function change(ctx: Ctx, { params, body }: In<typeof campaigns.changeCustomPayouts>) {
  return save(ctx, await lock(ctx, params.campaign_id), body.tables)
}

async function save(ctx: Ctx, before: sql.CampaignRow, tables: Tables) {
  const merged = mergeTables(await tablesNow(ctx, before), tables)
  const lines = await linesOf(ctx, before.terms, merged)
  const version = before.version + 1
  await sql.insertVersion(ctx, before.id, version, { terms: { ...before.terms, lines }, tables: merged })
  await sql.update(ctx, before.id, { version })
  ctx.tell('custom_payouts.changed', before.id, { program_id: ctx.program.id, before: before.tables, after: merged })
  return present(version, merged)
}

/** What the next conversion would earn, and why every other line lost; also with tables that are not saved yet. */
export async function test(ctx: Ctx, { params, body }: In<typeof campaigns.testCustomPayouts>) {
  const campaign = await readCampaign(ctx, params.campaign_id)
  const lines = body.tables
    ? await linesOf(ctx, campaign.terms, mergeTables(await tablesNow(ctx, campaign), body.tables))
    : campaign.terms.lines
  const terms = { ...campaign.terms, lines, campaign_id: campaign.id, version: campaign.version }
  const partner = await partnerNamed(ctx, body.publisher)
  const conversion = {
    partner_id: partner?.id ?? null,
    type: body.type ?? 'sale',
    country: body.country === undefined ? null : normalGeo(body.country),
    os: body.os === undefined ? null : normalOs(body.os),
    subs: body.subs ?? null,
    conversion_subs: body.conversion_subs ?? null,
    revenue_cents: body.revenue_cents ?? campaign.default_revenue_cents,
    currency: body.currency ?? campaign.terms.currency,
    payout_cents: null,
    nth: 1 + (partner && terms.tiers.length > 0 ? await sql.countedSoFar(ctx, campaign.id, partner.id) : 0),
    waived: partner && partners.isRestricted(partner.status) ? ('publisher_paused' as const) : null,
  }
  const { amount_cents, currency, because } = price(compile(terms), conversion)
  const { winner, losers } = contest(indexLines(lines), conversion)
  return { winner: presentLine(winner), amount_cents, currency, because, losers }
}

const noLine = { tab: 'default', line: null, text: null, model: null, value: null }
const presentLine = (line: Line | null) =>
  line === null ? noLine : { tab: line.tab, line: line.line, text: line.text, model: line.model, value: line.value }

async function partnerNamed(ctx: Ctx, name: string | undefined) {
  if (name === undefined) return null
  const [found] = await partners.named(ctx.tx, ctx.org_id, ctx.program.id, [name.toLowerCase()])
  return found ?? refuse('not_found', `There is no publisher "${name}" in this brand; use its alias or id.`)
}

/** Sets the partner's line in PUBLISHER/ALIAS: the same rule, seen from the partner's side (spec D2.12). */
export async function setOverride(ctx: Ctx, { params, body }: In<typeof campaigns.setOverride>) {
  const campaign = await lock(ctx, params.campaign_id)
  const partner = await partnerOf(ctx, params.partner_id)
  const { others } = linesWithout((await tablesNow(ctx, campaign)).publisher, partner)
  return save(ctx, campaign, { publisher: [...others, `${partner.alias}, ${body.value}`].join('\n') })
}

export async function removeOverride(ctx: Ctx, { params }: In<typeof campaigns.removeOverride>) {
  const campaign = await lock(ctx, params.campaign_id)
  const partner = await partnerOf(ctx, params.partner_id)
  const tables = await tablesNow(ctx, campaign)
  const { others, found } = linesWithout(tables.publisher, partner)
  return found ? save(ctx, campaign, { publisher: others.join('\n') }) : present(campaign.version, tables)
}

async function partnerOf(ctx: Ctx, id: string) {
  return (await partners.one(ctx, id)) ?? refuse('not_found', 'There is no such partner in this brand.')
}

/** The lines of all other partners, and whether this one had any. */
function linesWithout(table: string | undefined, { id, alias }: { id: string; alias: string }) {
  const all = (table ?? '').split('\n').filter(line => line.trim() !== '')
  const others = all.filter(line => ![id, alias.toLowerCase()].includes(nameOn(line)))
  return { others, found: others.length < all.length }
}
