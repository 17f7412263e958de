/** Reads items as they were sent, and finds what they name: campaign, partner, click, coupon. One bad item refuses no other. */
import type { z } from 'zod'
import { ConversionItem } from '../../api/conversions.ts'
import { type Fault, faultsOf } from '../../core/faults.ts'
import { isId } from '../../core/ids.ts'
import * as campaigns from '../campaigns/campaigns.sql.ts'
import type { Ctx } from '../context.ts'
import * as partners from '../partners/partners.sql.ts'
import * as sql from './record.sql.ts'

export type Item = z.output<typeof ConversionItem>
type Partner = { id: string; status: partners.PartnerStatus }
export type Found = { item: Item; campaign: campaigns.CampaignRow; partner: Partner; click: sql.Click | null }

/** What was wrong with an item, in the words that go back to the sender. */
export class Faulty {
  readonly external_id: string | null
  readonly faults: Fault[]
  constructor(external_id: string | null, faults: Fault[]) {
    this.external_id = external_id
    this.faults = faults
  }
}

/** Parses one item on its own. */
export function readItem(raw: unknown): Item | Faulty {
  const parsed = ConversionItem.safeParse(raw)
  if (parsed.success) return parsed.data
  const external_id = (raw as { external_id?: unknown } | null)?.external_id
  return new Faulty(typeof external_id === 'string' ? external_id : null, faultsOf(parsed.error))
}

/** Finds what all items name, in one round trip, and pairs each item with it or with its fault. */
export async function findAll(ctx: Ctx, items: (Item | Faulty)[]): Promise<(Found | Faulty)[]> {
  const good = items.filter((item): item is Item => !(item instanceof Faulty))
  const lower = (texts: (string | undefined)[]) => [...new Set(texts.filter(t => t !== undefined).map(t => t.toLowerCase()))]
  const [campaignRows, partnerRows, clickRows, couponRows] = await Promise.all([
    campaigns.named(ctx.tx, ctx.org_id, ctx.program.id, lower(good.map(i => i.campaign))),
    partners.named(ctx.tx, ctx.org_id, ctx.program.id, lower(good.map(i => i.partner))),
    sql.clicks(ctx, lower(good.map(i => i.click_id)).filter(isId)),
    sql.coupons(ctx, [...new Set(good.flatMap(i => (i.coupon_code === undefined ? [] : [i.coupon_code.toUpperCase()])))]),
  ])
  const directory: Directory = {
    campaigns: new Map(campaignRows.flatMap(c => [[c.slug.toLowerCase(), c] as const, [c.id, c] as const])),
    partners: new Map(partnerRows.map(p => [p.name, p])),
    clicks: new Map(clickRows.map(c => [c.id, c])),
    coupons: new Map(couponRows.map(c => [c.code, c.partner_id])),
    statuses: new Map(),
  }
  await addStatuses(ctx, directory)
  return items.map(item => (item instanceof Faulty ? item : find(directory, item)))
}

type Directory = {
  campaigns: Map<string, campaigns.CampaignRow>
  partners: Map<string, Partner>
  clicks: Map<string, sql.Click>
  coupons: Map<string, string>
  statuses: Map<string, partners.PartnerStatus>
}

async function addStatuses(ctx: Ctx, directory: Directory): Promise<void> {
  const clicked = [...directory.clicks.values()].flatMap(c => c.partner_id ?? [])
  const ids = [...new Set([...clicked, ...directory.coupons.values()])]
  for (const p of await sql.partnerStatuses(ctx, ids)) directory.statuses.set(p.id, p.status)
}

function find(directory: Directory, item: Item): Found | Faulty {
  const campaign = directory.campaigns.get(item.campaign.toLowerCase())
  if (!campaign) return fault(item, 'campaign', `there is no campaign "${item.campaign}" in this brand`)
  const click = item.click_id === undefined ? null : (directory.clicks.get(item.click_id.toLowerCase()) ?? null)
  if (item.click_id !== undefined && !click) return fault(item, 'click_id', `there is no click "${item.click_id}"`)
  const partner = partnerOf(directory, item, click)
  if (partner instanceof Faulty) return partner
  return { item, campaign, partner, click }
}

/** Named outright, else by the click, else by the coupon (a click wins over a coupon). */
function partnerOf(directory: Directory, item: Item, click: sql.Click | null): Partner | Faulty {
  if (item.partner !== undefined) {
    return (
      directory.partners.get(item.partner.toLowerCase()) ??
      fault(item, 'partner', `there is no partner "${item.partner}" in this brand`)
    )
  }
  const id =
    click?.partner_id ?? (item.coupon_code === undefined ? undefined : directory.coupons.get(item.coupon_code.toUpperCase()))
  const status = id === undefined ? undefined : directory.statuses.get(id)
  if (id !== undefined && status !== undefined) return { id, status }
  if (click) return fault(item, 'click_id', 'this click came without a partner')
  return fault(item, 'coupon_code', `no partner has the coupon "${item.coupon_code}"`)
}

const fault = (item: Item, path: string, message: string) => new Faulty(item.external_id, [{ path, message }])
