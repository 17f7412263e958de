/**
 * The demo: an organization whose resellers, sales and returns are real (`examples/`), with payouts in every state.
 *
 * It uses what everybody uses: organizations, campaigns, the import, payouts. Loading again changes nothing but for a new
 * link; what was stopped in the middle is finished. Source: spec G1.
 */
import fs from 'node:fs'
import path from 'node:path'
import { campaigns as campaignsApi } from '../api/campaigns.ts'
import { payouts as payoutsApi } from '../api/payouts.ts'
import { type Instant, instant, ms } from '../core/calendar.ts'
import { slugOf } from '../core/slug.ts'
import { type App, work } from './app.ts'
import * as campaignsSql from './campaigns/campaigns.sql.ts'
import * as campaigns from './campaigns/campaigns.ts'
import * as customPayouts from './campaigns/custom-payouts.ts'
import { type Caller, type Ctx, systemCaller } from './context.ts'
import { importConversions } from './conversions/import.ts'
import { batchesOf, headersOf } from './conversions/import-file.ts'
import { readMapping } from './conversions/import-mapping.ts'
import { recordItems } from './conversions/record.ts'
import { migrationsFolder } from './db/migrate.ts'
import { transaction } from './db/transaction.ts'
import { membership, programs } from './organizations/organizations.sql.ts'
import { changeConversionTypes, changePayoutSettings, createOrganization } from './organizations/organizations.ts'
import { createPerson, signInUrl } from './organizations/people.ts'
import { organizationIds } from './organizations/programs.sql.ts'
import * as partnersSql from './partners/partners.sql.ts'
import * as partners from './partners/partners.ts'
import * as balances from './payouts/balances.ts'
import * as change from './payouts/change.ts'
import * as draft from './payouts/draft.ts'
import * as payouts from './payouts/payouts.ts'

const ORGANIZATION = 'Acme Partners'
const RESELLERS = 'Acme Resellers'
const ADMIN = 'demo@localhost'
const DAY = 24 * 3_600_000

export const examplesFolder = (): string => path.join(path.dirname(migrationsFolder()), 'examples')

export type Demo = { org_id: string; brand_id: string; admin_email: string; sign_in_url: string }

/** Loads the demo, or finds it; the link signs in as its admin, once. */
export async function loadDemo(app: App): Promise<Demo> {
  const found = (await findDemo(app)) ?? (await makeDemo(app))
  await loadResellers({ app, ...found, caller: systemCaller(found.org_id, 'demo', `person:${ADMIN}`) })
  return { ...found, admin_email: ADMIN, sign_in_url: await signInUrl(app, ADMIN) }
}

type Place = { org_id: string; brand_id: string }

/** Known by its admin and its first program, whose slug never changes. */
async function findDemo(app: App): Promise<Place | null> {
  const person = await createPerson(app, { email: ADMIN, name: 'Demo' })
  for (const org_id of await organizationIds(app.db.kysely)) {
    const found = await transaction(app.db, { org_id, readonly: true }, async tx => {
      if (!(await membership(tx, org_id, person.id))) return null
      const program = (await programs(tx, org_id)).find(p => p.slug.startsWith(slugOf(RESELLERS)))
      return program ? { org_id, brand_id: program.id } : null
    })
    if (found) return found
  }
  return null
}

async function makeDemo(app: App): Promise<Place> {
  const wish = { name: ORGANIZATION, program_name: RESELLERS, email: ADMIN, time_zone: 'Europe/London', currency: 'GBP' }
  const { org_id, brand_id } = await createOrganization(app, wish)
  return { org_id, brand_id }
}

type Shop = Place & { app: App; caller: Caller }

const inShop = <T>({ app, caller, brand_id }: Shop, act: (ctx: Ctx) => Promise<T>): Promise<T> =>
  work(app, caller, { program_id: brand_id }, act)

/** The reseller program in GBP: a wholesaler's lines of December 2010, each `CustomerID` a partner. */
async function loadResellers(shop: Shop): Promise<void> {
  const file = path.join(examplesFolder(), 'online-retail.csv')
  const map = JSON.parse(fs.readFileSync(path.join(examplesFolder(), 'online-retail.map.json'), 'utf8'))
  const { data } = await inShop(shop, ctx =>
    payouts.list(ctx, { params: shop, query: payoutsApi.list.query.parse({ limit: 1 }), body: undefined }),
  )
  if (data.length > 0) return
  const ids = await resellersIn(file, map)
  await inShop(shop, ctx => makeProgram(ctx, ids))
  const { app, brand_id } = shop
  await importConversions(app, { file, brand_id, campaign: 'wholesale', map, dry_run: false }, () => {})
  await inShop(shop, recordToday)
  await settle(shop)
}

/** Whoever bought something, in the order of the file. */
async function resellersIn(file: string, map: Record<string, unknown>): Promise<string[]> {
  const mapping = readMapping(map)
  const at = (await headersOf(file, mapping)).indexOf('CustomerID')
  const ids = new Set<string>()
  for await (const { rows } of batchesOf(file, mapping, row => !row.cells[0]?.startsWith('C'))) {
    for (const { cells } of rows) if (cells[at]) ids.add(cells[at])
  }
  return [...ids]
}

const wholesale = { name: 'Wholesale', slug: 'wholesale', cost_model: 'revshare', percent: '10' }
const newCustomers = { name: 'New customers', slug: 'new-customers', cost_model: 'cpa', amount_cents: 25_00, hold_hours: 720 }
/** German and French sales at 12.5 %, one product at 20 %, one reseller at 15 %. */
const tables = { geo: 'DE, 12.5\nFR, 12.5', type_conversion_sub: 'Purchase, sub1, 71053, 20', publisher: '14911, 15' }

async function makeProgram(ctx: Ctx, ids: string[]): Promise<void> {
  const params = { brand_id: ctx.program.id }
  const known = new Set((await partnersSql.aliases(ctx)).map(p => p.alias))
  for (const id of ids.filter(each => !known.has(each))) {
    const body = { name: `Reseller ${id}`, alias: id, slug: `reseller-${id}`, email: `reseller-${id}@example.com` }
    await partners.create(ctx, { params, body, query: {} })
  }
  if ((await campaignsSql.named(ctx.tx, ctx.org_id, ctx.program.id, [wholesale.slug])).length > 0) return
  await changePayoutSettings(ctx, { params, query: {}, body: { minimum_threshold_cents: 2_50 } })
  await changeConversionTypes(ctx, { params, query: {}, body: { types: ['Purchase', 'New customer'] } })
  const { id } = await campaigns.create(ctx, { params, query: {}, body: campaignsApi.create.body.parse(wholesale) })
  await customPayouts.change(ctx, { params: { ...params, campaign_id: id }, query: {}, body: { tables } })
  await campaigns.create(ctx, { params, query: {}, body: campaignsApi.create.body.parse(newCustomers) })
}

/** The file has neither what is held nor what waits for a review: two new customers of today have. */
async function recordToday(ctx: Ctx): Promise<void> {
  const campaign = newCustomers.slug
  await recordItems(ctx, [
    { external_id: 'new-1', partner: '13777', campaign, type: 'New customer', country: 'GB' },
    { external_id: 'new-2', partner: '17850', campaign, type: 'New customer', country: 'GB', status: 'pending' },
  ])
}

const methods = ['wire', 'ach', 'paypal']

/** Of those with the largest balances ten are paid, now or last month, five approved, ten drafted, three cancelled. */
async function settle(shop: Shop): Promise<void> {
  const ids = await draftLargest(shop)
  const now = ms(shop.app.clock.now())
  const take = (n: number) => ids.splice(0, n)
  await inShop(shop, async ctx => {
    for (const [n, id] of take(10).entries()) await pay(ctx, id, n, instant(n < 5 ? now - 31 * DAY : now))
    for (const id of take(5)) await move(ctx, id, { status: 'approved' })
    for (const id of take(3)) await move(ctx, id, { status: 'cancelled' })
  })
}

async function draftLargest(shop: Shop): Promise<string[]> {
  const params = { brand_id: shop.brand_id }
  const query = payoutsApi.balances.query.parse({ limit: 28 })
  const { data: largest } = await inShop(shop, ctx => balances.list(ctx, { params, query, body: undefined }))
  const input = { params, query: {}, body: payoutsApi.create.body.parse({ partner_ids: largest.map(b => b.partner_id) }) }
  const ahead = await draft.prepare(shop.app, shop.caller, input)
  const { data } = await inShop(shop, ctx => draft.create(ctx, input, ahead))
  return data.payouts.map(payout => payout.id)
}

async function pay(ctx: Ctx, payout_id: string, n: number, paid_at: Instant): Promise<void> {
  await move(ctx, payout_id, { status: 'approved' })
  await move(ctx, payout_id, { status: 'paid', method: methods[n % methods.length], reference: `ACME-${1001 + n}`, paid_at })
}

const move = (ctx: Ctx, payout_id: string, body: Record<string, unknown>) =>
  change.change(ctx, {
    params: { brand_id: ctx.program.id, payout_id },
    query: {},
    body: payoutsApi.change.body.parse(body),
  })
