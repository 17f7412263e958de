/** Campaigns: what is promoted, with its cost model. New terms are a new version; what was recorded keeps its own. */
import type { campaigns } from '../../api/campaigns.ts'
import type { In, Out } from '../../api/endpoint.ts'
import { instant, ms } from '../../core/calendar.ts'
import { given } from '../../core/collect.ts'
import { tableKeys } from '../../core/custom-payout.ts'
import { minorDigits, parsePercent, percentText } from '../../core/money.ts'
import { describeTerms } from '../../core/price.ts'
import { refuse } from '../../core/refusal.ts'
import { numbered, slugOf } from '../../core/slug.ts'
import { type Ctx, reply } from '../context.ts'
import { isUniqueViolation } from '../db/errors.ts'
import { idCursor, packCursor, pageOf, unpackCursor } from '../page.ts'
import * as sql from './campaigns.sql.ts'
import { linesOf, mergeTables, type Tables, tablesNow } from './tables.ts'

type Campaign = Out<typeof campaigns.one>
type Fields = Partial<In<typeof campaigns.create>['body']>

const presentTerms = (terms: sql.StoredTerms) => ({
  cost_model: terms.cost_model,
  amount_cents: terms.amount_cents,
  percent: terms.percent_ppm === null ? null : percentText(terms.percent_ppm),
  tiers: terms.tiers.map(({ from, amount_cents, percent_ppm }) => ({
    from,
    ...(percent_ppm === undefined ? { amount_cents } : { percent: percentText(percent_ppm) }),
  })),
  currency: terms.currency,
})

const present = (row: sql.CampaignRow): Campaign => ({
  id: row.id,
  brand_id: row.program_id,
  name: row.name,
  slug: row.slug,
  destination_url: row.destination_url,
  ...presentTerms(row.terms),
  hold_hours: row.hold_hours,
  default_revenue_cents: row.default_revenue_cents,
  caps: row.caps,
  has_postback_secret: row.postback_secret !== null,
  version: row.version,
  created_at: row.created_at,
})

export async function list(ctx: Ctx, { query }: In<typeof campaigns.list>) {
  const found = await sql.list(ctx, { ...query, after: idCursor(query.cursor) })
  const { rows, next_cursor } = pageOf(found, query.limit, c => c.id)
  const counts = query.counts ? await sql.recentCounts(ctx, instant(ms(ctx.now) - RECENT_MS)) : null
  const data = rows.map(row => ({ ...present(row), ...(counts && { recent_conversion_count: counts.get(row.id) ?? 0 }) }))
  return reply(data, { meta: { next_cursor } })
}

/** What a list of campaigns calls recent: 30 days. */
const RECENT_MS = 30 * 24 * 3_600_000

export async function one(ctx: Ctx, { params }: In<typeof campaigns.one>): Promise<Campaign> {
  return present(await read(ctx, params.campaign_id))
}

export async function read(ctx: Ctx, id: string): Promise<sql.CampaignRow> {
  return (await sql.one(ctx, id)) ?? refuse('not_found', 'There is no such campaign in this brand.')
}

export async function lock(ctx: Ctx, id: string): Promise<sql.CampaignRow> {
  return (await sql.lock(ctx, id)) ?? refuse('not_found', 'There is no such campaign in this brand.')
}

const nothing: sql.StoredTerms = {
  cost_model: 'none',
  currency: 'USD',
  amount_cents: null,
  percent_ppm: null,
  tiers: [],
  lines: [],
}

export async function create(ctx: Ctx, { body }: In<typeof campaigns.create>): Promise<Campaign> {
  const terms = termsFrom({ ...nothing, currency: ctx.program.currency }, body)
  const row = {
    id: ctx.newId(),
    name: body.name,
    destination_url: body.destination_url ?? null,
    hold_hours: body.hold_hours ?? null,
    default_revenue_cents: body.default_revenue_cents ?? 0,
    caps: body.caps ?? {},
    postback_secret: body.postback_secret ?? null,
    terms,
    tables: {},
  }
  for (let attempt = 1; attempt <= 100; attempt++) {
    const slug = body.slug ?? numbered(slugOf(body.name), attempt)
    if (await sql.insert(ctx, { ...row, slug })) {
      ctx.tell('campaign.created', row.id, { program_id: ctx.program.id, after: { name: body.name, terms } })
      return present(await read(ctx, row.id))
    }
    if (body.slug !== undefined) break
  }
  return refuseSlug(body.slug ?? slugOf(body.name))
}

export async function change(ctx: Ctx, { params, body }: In<typeof campaigns.change>): Promise<Campaign> {
  const before = await lock(ctx, params.campaign_id)
  const { cost_model: _m, amount_cents: _a, percent: _p, tiers: _t, currency: _c, tables: _l, ...plain } = body
  if (body.slug !== undefined && (await sql.slugTaken(ctx, body.slug, before.id))) refuseSlug(body.slug)
  const { terms, tables } = await wordingFrom(ctx, before, body)
  const version = JSON.stringify(terms) === JSON.stringify(before.terms) ? before.version : before.version + 1
  if (version > before.version) await sql.insertVersion(ctx, before.id, version, { terms, tables })
  try {
    await sql.update(ctx, before.id, { ...given(plain), version })
  } catch (error) {
    if (isUniqueViolation(error, 'campaigns_slug')) refuseSlug(body.slug as string) // another took it since we looked
    throw error
  }
  if (!counts(before) && counts({ terms, caps: body.caps ?? before.caps })) await sql.countSoFar(ctx, before.id)
  const after = await read(ctx, before.id)
  ctx.tell('campaign.changed', before.id, { program_id: ctx.program.id, before: present(before), after: present(after) })
  if (tables !== before.tables)
    ctx.tell('custom_payouts.changed', before.id, { program_id: ctx.program.id, before: before.tables, after: tables })
  return present(after)
}

/** The terms and the tables after a change; lines that read as before are the same lines. */
async function wordingFrom(ctx: Ctx, before: sql.CampaignRow, body: In<typeof campaigns.change>['body']) {
  if (body.tables === undefined) return { terms: termsFrom(before.terms, body), tables: before.tables }
  const now = await tablesNow(ctx, before)
  const tables = mergeTables(now, body.tables)
  const is_empty = Object.keys(tables).length === 0
  const terms = termsFrom(is_empty ? { ...before.terms, lines: [] } : before.terms, body)
  if (isSameText(tables, before.tables)) return { terms, tables: before.tables }
  return { terms: { ...terms, lines: is_empty ? [] : await linesOf(ctx, terms, tables) }, tables }
}

const isSameText = (left: Tables, right: Tables): boolean => tableKeys.every(key => (left[key] ?? '') === (right[key] ?? ''))

export async function versions(ctx: Ctx, { params, query }: In<typeof campaigns.versions>) {
  const { id } = await read(ctx, params.campaign_id)
  const before = unpackCursor(query.cursor, ['integer'])?.[0] ?? null
  const found = await sql.versions(ctx, id, { limit: query.limit, before: before as number | null })
  const { rows, next_cursor } = pageOf(found, query.limit, v => packCursor([v.version]))
  return reply(rows.map(presentVersion), { meta: { next_cursor } })
}

const presentVersion = ({ version, terms, tables, created_at, created_by }: sql.VersionRow) => ({
  version,
  ...presentTerms(terms),
  tables,
  summary: describeTerms({ ...terms, campaign_id: '', version }),
  created_at,
  created_by,
})

/** Whether a campaign must count its conversions: for tiers or caps. */
export const counts = ({ terms, caps }: Pick<sql.CampaignRow, 'terms' | 'caps'>): boolean =>
  terms.tiers.length > 0 || Boolean(caps.daily || caps.weekly || caps.monthly)

/**
 * The terms after a change of fields. Refuses `invalid_body` when the result is incomplete or contradicts itself.
 *
 * CPA (flat) needs an amount, RevShare (percentage) a percent, unless tiers give them; another model has neither.
 */
function termsFrom(before: sql.StoredTerms, fields: Fields): sql.StoredTerms {
  const cost_model = fields.cost_model ?? before.cost_model
  const currency = fields.currency ?? before.currency
  const amount_cents = fields.amount_cents === undefined ? before.amount_cents : fields.amount_cents
  const percent_ppm = fields.percent === undefined ? before.percent_ppm : fields.percent === null ? null : rateOf(fields.percent)
  const tiers = fields.tiers === undefined ? before.tiers : tiersFrom(fields.tiers)
  if (cost_model !== before.cost_model && before.lines.length > 0 && fields.cost_model !== undefined) {
    refuseField('cost_model', 'empty the custom payouts first: their values would change their meaning')
  }
  if (before.lines.length > 0 && minorDigits(currency) !== minorDigits(before.currency)) {
    refuseField('currency', 'has other decimals: empty the custom payouts first, their amounts would change their meaning')
  }
  if (cost_model === 'cpa' && amount_cents === null && tiers.length === 0)
    refuseField('amount_cents', 'is needed for a CPA campaign')
  if (cost_model === 'revshare' && percent_ppm === null && tiers.length === 0)
    refuseField('percent', 'is needed for a RevShare campaign')
  return {
    ...before,
    cost_model,
    currency,
    amount_cents: cost_model === 'cpa' ? amount_cents : null,
    percent_ppm: cost_model === 'revshare' ? percent_ppm : null,
    tiers,
  }
}

function tiersFrom(tiers: NonNullable<Fields['tiers']>): sql.StoredTerms['tiers'] {
  return tiers.map((tier, index) => {
    const path = `tiers.${index}`
    if ((tier.amount_cents === undefined) === (tier.percent === undefined))
      refuseField(path, 'needs an amount_cents or a percent')
    if (index === 0 ? tier.from !== 1 : tier.from <= (tiers[index - 1]?.from ?? 0)) {
      refuseField(
        `${path}.from`,
        index === 0 ? 'must be 1: the first tier begins with the first conversion' : 'must rise from tier to tier',
      )
    }
    const { from } = tier
    return tier.percent === undefined
      ? { from, amount_cents: tier.amount_cents as number }
      : { from, percent_ppm: rateOf(tier.percent) }
  })
}

function rateOf(text: string): number {
  const rate = parsePercent(text)
  if (rate === null || rate > 1_000_000) refuseField('percent', 'must be at most 100')
  return rate as number
}

function refuseField(path: string, message: string): never {
  refuse('invalid_body', `The campaign's ${path} ${message}.`, { errors: [{ path, message }] })
}

function refuseSlug(slug: string): never {
  refuse('invalid_body', `The slug "${slug}" belongs to another campaign of this brand; choose another.`, {
    errors: [{ path: 'slug', message: 'is taken' }],
  })
}
