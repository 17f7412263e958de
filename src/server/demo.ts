/**
 * The demo: an organization whose resellers, sales and returns are real (`examples/`), with payouts in every state; and a
 * second program whose view counts are, with structures, accruals and payments.
 *
 * It uses what everybody uses: organizations, campaigns, the import, payouts. Loading again changes nothing but for a new
 * link; what was stopped in the middle is finished. Source: spec G1.
 */
import fs from 'node:fs'
import path from 'node:path'
import { campaigns as campaignsApi } from '../api/campaigns.ts'
import { organizations as organizationsApi } from '../api/organizations.ts'
import { payments as paymentsApi, publisherPayouts as publisherPayoutsApi } from '../api/payments.ts'
import { payouts as payoutsApi } from '../api/payouts.ts'
import { structures as structuresApi } from '../api/structures.ts'
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
import { importMetrics } from './metrics/import.ts'
import { mostViewed } from './metrics/videos.sql.ts'
import * as payoutMethods from './organizations/methods.ts'
import { membership, programs } from './organizations/organizations.sql.ts'
import { changeConversionTypes, changePayoutSettings, createOrganization, createProgram } from './organizations/organizations.ts'
import { createPerson, signInUrl } from './organizations/people.ts'
import { organizationIds } from './organizations/programs.sql.ts'
import * as partnersSql from './partners/partners.sql.ts'
import * as partners from './partners/partners.ts'
import * as onAccount from './payments/on-account.ts'
import * as paymentsSql from './payments/payments.sql.ts'
import { record } from './payments/record.ts'
import * as balances from './payouts/balances.ts'
import * as change from './payouts/change.ts'
import * as draft from './payouts/draft.ts'
import * as payouts from './payouts/payouts.ts'
import { accrue } from './structures/accrue.ts'
import { assign, unassign } from './structures/assignments.ts'
import * as structuresSql from './structures/structures.sql.ts'
import * as structures from './structures/structures.ts'

const ORGANIZATION = 'Acme Partners'
const RESELLERS = 'Acme Resellers'
const ADMIN = 'demo@localhost'
const DAY = 24 * 3_600_000

export const examplesFolder = (): string => path.join(path.dirname(migrationsFolder()), 'examples')

export type Demo = { org_id: string; brand_id: string; admin_email: string; sign_in_url: string }

/** Loads the demo, or finds it; the link signs in as its admin, once. */
export async function loadDemo(app: App): Promise<Demo> {
  const found = (await findDemo(app)) ?? (await makeDemo(app))
  const caller = systemCaller(found.org_id, 'demo', `person:${ADMIN}`)
  await loadResellers({ app, ...found, caller })
  await loadChannels({ app, ...found, caller })
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
    await payOnAccount(ctx)
  })
}

/** One reseller asked for a part of its balance and got it outside: the next payout nets it. */
async function payOnAccount(ctx: Ctx): Promise<void> {
  const params = { brand_id: ctx.program.id }
  const query = payoutsApi.balances.query.parse({ limit: 1, owed: 'true' })
  const { data } = await balances.list(ctx, { params, query, body: undefined })
  for (const { partner_id: publisher_id } of data) {
    const asked = { publisher_id, requested_amount_cents: 20_00, status: 'paid', note: 'Sent by hand before the fair' }
    await onAccount.create(ctx, { params, query: {}, body: publisherPayoutsApi.create.body.parse(asked) })
  }
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

const CHANNELS = 'Acme Creators'
const ASSIGNED = 40
const USD = { currency: 'USD' as const, proration_mode: 'skip' as const }
/** The days of the file: from 13 September to 22 October 2017, each row at the end of its day. */
const [FIRST_DAY, LAST_NIGHT] = ['2017-09-13T00:00:00.000Z', '2017-10-23T00:00:00.000Z']

/** The program in USD: video channels with their real view counts, paid per thousand views and by milestone. */
async function loadChannels(shop: Shop): Promise<void> {
  const { app, caller, org_id } = shop
  const { id: brand_id } =
    (await work(app, caller, { readonly: true }, ctx => programs(ctx.tx, org_id))).find(program => program.name === CHANNELS) ??
    (await work(app, caller, {}, ctx => createProgram(ctx, { params: {}, query: {}, body: channelsProgram })))
  const in2017 = <T>(now: Instant, act: (ctx: Ctx) => Promise<T>) => work(app, caller, { program_id: brand_id, now }, act)
  if (await in2017(LAST_NIGHT, isPaid)) return
  const folder = examplesFolder()
  const map = JSON.parse(fs.readFileSync(path.join(folder, 'youtube-trending.map.json'), 'utf8'))
  await importMetrics(app, { file: path.join(folder, 'youtube-trending.csv'), brand_id, map, dry_run: false }, () => {})
  await in2017(FIRST_DAY, assignMostViewed)
  await accrue(app, LAST_NIGHT)
  await in2017(LAST_NIGHT, payLargest)
  await in2017(LAST_NIGHT, endAssignments)
}

const channelsProgram = organizationsApi.createProgram.body.parse({ name: CHANNELS, program_type: 'creator' })

const isPaid = async (ctx: Ctx): Promise<boolean> =>
  (await paymentsSql.list(ctx, { program_id: ctx.program.id, with_pending: true, after: null, limit: 1 })).length > 0

/** Forty channels on 30 cents per thousand new views a week and on three milestones. */
async function assignMostViewed(ctx: Ctx): Promise<void> {
  if ((await structuresSql.list(ctx, { program_id: ctx.program.id, is_active: null, after: null, limit: 1 })).length > 0) return
  const creator_ids = await mostViewed(ctx, ASSIGNED)
  const project_id = ctx.program.id
  const views = { period: 'weekly', amount_cents: 30, criteria_type: 'cpm', criteria_params: { max_amount_cents: 500_00 } }
  const thresholds = [
    { views: 500_000, amount_cents: 25_00 },
    { views: 1_000_000, amount_cents: 60_00 },
    { views: 5_000_000, amount_cents: 400_00 },
  ]
  const milestones = { period: null, amount_cents: null, criteria_type: 'view_threshold', criteria_params: { thresholds } }
  for (const [name, rule] of Object.entries({ 'Views, weekly': views, Milestones: milestones })) {
    const body = structuresApi.create.body.parse({ project_id, name, ...USD, ...rule })
    const { structure_id } = await structures.create(ctx, { params: {}, query: {}, body })
    await assign(ctx, { params: { structure_id }, query: {}, body: { creator_ids } })
  }
}

/** The file ends here: what nobody observes any more is not evaluated for years to come. */
async function endAssignments(ctx: Ctx): Promise<void> {
  const creator_ids = await mostViewed(ctx, ASSIGNED)
  for (const { id } of await structuresSql.list(ctx, { program_id: ctx.program.id, is_active: true, after: null, limit: 10 })) {
    await unassign(ctx, { params: { structure_id: id }, query: {}, body: { creator_ids } })
  }
}

/** Eight of those who earned most are paid all that is outstanding; the others can be seen waiting. */
async function payLargest(ctx: Ctx): Promise<void> {
  const [method] = await payoutMethods.list(ctx, { params: {}, query: {}, body: undefined })
  const params = { brand_id: ctx.program.id }
  const query = payoutsApi.balances.query.parse({ limit: 8 })
  const { data: largest } = await balances.list(ctx, { params, query, body: undefined })
  for (const { partner_id, owed_cents } of largest) {
    const paid = { project_id: ctx.program.id, creator_id: partner_id, method_id: method?.id, note: 'October' }
    const body = paymentsApi.record.body.parse({ ...paid, total_amount_cents: owed_cents, auto_apply_outstanding: true })
    await record(ctx, { params: {}, query: {}, body })
  }
}
