/** Tracking: a link records the click and redirects; a postback turns a click, or a coupon, into a conversion. Source: spec A3.3. */
import { timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { conversions } from '../../api/conversions.ts'
import type { In } from '../../api/endpoint.ts'
import { given } from '../../core/collect.ts'
import { isSubName } from '../../core/conversion.ts'
import { normalGeo, normalOs } from '../../core/custom-payout.ts'
import { isId } from '../../core/ids.ts'
import { parseAmount } from '../../core/money.ts'
import { refuse } from '../../core/refusal.ts'
import { type App, work } from '../app.ts'
import { type Caller, type Ctx, systemCaller } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { ownersOf } from '../organizations/organizations.sql.ts'
import * as sql from './clicks.sql.ts'
import { recordItems } from './record.ts'

type Place = { caller: Caller; campaign: sql.TrackedCampaign }

/** Finds the campaign that a tracking address names. Refuses `not_found`. */
async function placeOf(app: App, brand: string, campaign: string): Promise<Place> {
  const [org_id] = await transaction(app.db, { readonly: true }, tx => ownersOf(tx, 'program_slug', brand.toLowerCase()))
  const found = org_id && (await transaction(app.db, { org_id, readonly: true }, tx => sql.tracked(tx, org_id, brand, campaign)))
  if (!org_id || !found) refuse('not_found', 'There is no such campaign; check the brand and campaign in the address.')
  return { caller: systemCaller(org_id, 'tracking', 'tracking'), campaign: found }
}

export async function click(app: App, { params, query }: In<typeof conversions.click>, request: FastifyRequest) {
  const { caller, campaign } = await placeOf(app, params.brand, params.campaign)
  if (campaign.destination_url === null) refuse('not_found', 'This campaign has no destination address yet.')
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => isStorable(value)))
  const subs = Object.fromEntries(Object.entries(given).filter(([name]) => isSubName(name)))
  const id = await work(app, caller, { program_id: campaign.program_id }, async ctx => {
    const partner_id = given.via === undefined ? null : await sql.partnerOfSlug(ctx, given.via)
    const click_id = ctx.newId()
    await sql.insertClick(ctx, {
      id: click_id,
      campaign_id: campaign.campaign_id,
      partner_id,
      subs: Object.keys(subs).length > 0 ? subs : null,
      country: normalGeo(headerOf(request, 'cf-ipcountry') ?? headerOf(request, 'x-country')),
      os: osOf(headerOf(request, 'user-agent')),
    })
    return click_id
  })
  const location = new URL(campaign.destination_url)
  location.searchParams.set('click_id', id)
  return { location: location.href }
}

/** What is too long or cannot be stored is left out: nothing in an address may stop a visitor. */
const isStorable = (value: string) => value.length <= 500 && !value.includes('\u0000')

const headerOf = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

const systems: [RegExp, string][] = [
  [/iphone|ipad|ipod/i, 'iOS'],
  [/android/i, 'Android'],
  [/windows/i, 'Windows'],
  [/mac os x|macintosh/i, 'macOS'],
  [/cros/i, 'ChromeOS'],
  [/linux/i, 'Linux'],
]
const osOf = (agent: string | undefined) => normalOs(agent && systems.find(([pattern]) => pattern.test(agent))?.[1])

export async function postback(app: App, { params, query }: In<typeof conversions.postback>) {
  const { caller, campaign } = await placeOf(app, params.brand, params.campaign)
  checkSecret(campaign.postback_secret, query.secret)
  return work(app, caller, { program_id: campaign.program_id }, async ctx => {
    const item = itemOf(ctx, campaign, query)
    const [result] = await recordItems(ctx, [item])
    if (result?.status === 'rejected') refuseFault(result.errors ?? [])
    const status: 'ok' | 'duplicate' | 'conflict' =
      result?.status === 'created' ? 'ok' : (result?.status as 'duplicate' | 'conflict')
    return { status, conversion_id: result?.conversion_id ?? null }
  })
}

function checkSecret(secret: string | null, given: string | undefined): void {
  if (secret === null) return
  const [left, right] = [Buffer.from(secret), Buffer.from(given ?? '')]
  if (left.length !== right.length || !timingSafeEqual(left, right)) {
    refuse('forbidden', "This campaign's postback needs its secret: add &secret=…")
  }
}

/** Both vocabularies, click_id and clickid, amount and sum, event and type, as one item. */
function itemOf(ctx: Ctx, campaign: sql.TrackedCampaign, query: In<typeof conversions.postback>['query']) {
  const currency = query.currency ?? campaign.currency
  const subs = Object.entries(query).filter(([name, value]) => isSubName(name) && value !== undefined)
  const click_id = query.click_id ?? query.clickid
  if (click_id === undefined && query.coupon_code === undefined) refuse('invalid_query', 'Send a click_id or a coupon_code.')
  if (click_id !== undefined && !isId(click_id)) refuse('not_found', `There is no click "${click_id}".`)
  const item = {
    external_id: query.txn_id ?? `postback:${ctx.newId()}`,
    campaign: campaign.campaign_id,
    click_id,
    coupon_code: query.coupon_code,
    type: query.event ?? query.type,
    revenue_cents: amountOf('amount', query.amount ?? query.sum, currency),
    payout_cents: amountOf('payout', query.payout, currency),
    currency: query.currency,
    status: query.status,
    event_id: query.event_id ?? query.rdtk_event_id,
    conversion_subs: subs.length > 0 ? Object.fromEntries(subs) : undefined,
  }
  return given(item)
}

function amountOf(name: string, text: string | undefined, currency: string): number | undefined {
  if (text === undefined) return undefined
  const value = parseAmount(text, currency)
  if (value === null || value < 0)
    refuse('invalid_query', `${name} must be a decimal amount of ${currency}, for example 12.50; it is "${text}".`)
  return value
}

function refuseFault(errors: { path: string; message: string }[]): never {
  const [first] = errors
  if (first?.path === 'click_id' || first?.path === 'coupon_code') refuse('not_found', `${first.message}.`, { errors })
  refuse('invalid_query', `${first?.path} ${first?.message}.`, { errors })
}
