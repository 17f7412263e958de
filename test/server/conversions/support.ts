/** What conversions are asked with, beside the shop: many at once, one alone, a tracking link, a postback. */
import { expect } from 'vitest'
import type { Answered } from '../../support/world.ts'
import type { Shop } from '../payouts/support.ts'

export { type Shop, stories } from '../payouts/support.ts'

type Fields = Record<string, unknown>
type Named = { id: string; slug: string }
type Recorded = {
  external_id: string | null
  status: string
  conversion_id: string
  earning: { amount_cents: number; currency: string; because: string } | null
  errors?: { path: string; message: string }[]
}

let numbers = 0
/** An item as it is sent; partner and campaign may be given whole. */
export function item({ partner, campaign, ...fields }: Fields & { partner?: Named | string; campaign: Named | string }): Fields {
  const named = (who: Named | string) => (typeof who === 'string' ? who : who.slug)
  return { external_id: `x-${++numbers}`, ...(partner && { partner: named(partner) }), campaign: named(campaign), ...fields }
}

/** Sends items as one batch. */
export const batch = (shop: Shop, items: unknown[]) => shop.send('POST', '/conversions', { conversions: items })

/** Sends items as one batch; each result stands at its own place. */
export const record = async (shop: Shop, ...items: unknown[]): Promise<Recorded[]> =>
  (await shop.must(batch(shop, items))).results

/** Records one and expects it to be new. */
export async function created(shop: Shop, fields: Parameters<typeof item>[0]): Promise<Recorded & { id: string }> {
  const [result] = await record(shop, item(fields))
  expect(result, JSON.stringify(result)).toMatchObject({ status: 'created' })
  return { ...(result as Recorded), id: (result as Recorded).conversion_id }
}

/** The cents that a conversion earns. */
export const earns = async (shop: Shop, fields: Parameters<typeof item>[0]) => (await created(shop, fields)).earning?.amount_cents

export const statuses = (results: { status: string }[]) => results.map(result => result.status)
export const conversion = (shop: Shop, { id }: { id: string }) => shop.must(shop.send('GET', `/conversions/${id}`))
export const countOf = async (shop: Shop) =>
  (await shop.w.sql('select count(*)::int as n from conversions where program_id = $1', [shop.brand_id]))[0].n as number

const slugOf = async (shop: Shop) =>
  (await shop.w.sql('select slug from programs where id = $1', [shop.brand_id]))[0].slug as string

/** Follows a tracking link as a stranger; gives the click's id and where it leads. */
export async function click(shop: Shop, campaign: Named, query = '', headers: Record<string, string> = {}) {
  const answer = await shop.w.request('GET', `/api/r/${await slugOf(shop)}/${campaign.slug}?${query}`, undefined, {
    key: null,
    headers,
  })
  expect(answer.status, answer.text).toBe(302)
  const location = new URL(answer.headers.location as string)
  return { id: location.searchParams.get('click_id') as string, location }
}

/** Calls the postback as a stranger. */
export async function postback(shop: Shop, campaign: { slug: string }, query: Record<string, string>): Promise<Answered> {
  const search = new URLSearchParams(query)
  return shop.w.request('GET', `/api/postback/${await slugOf(shop)}/${campaign.slug}?${search}`, undefined, { key: null })
}

/** A percentage campaign. */
export const revshare = (shop: Shop, percent: string, fields: Fields = {}): Promise<Named> =>
  shop.campaign({ cost_model: 'revshare', percent, ...fields })
/** A flat campaign. */
export const cpa = (shop: Shop, amount_cents: number, fields: Fields = {}): Promise<Named> =>
  shop.campaign({ cost_model: 'cpa', amount_cents, ...fields })
/** Saves custom payout tables. */
export const lines = (shop: Shop, campaign: Named, tables: Record<string, string>) =>
  shop.must(shop.send('PUT', `/campaigns/${campaign.id}/custom-payouts`, { tables }))
