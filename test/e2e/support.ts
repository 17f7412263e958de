/** A real server with an embedded database for the browser tests, and a brand of its own for each test. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { test as base, expect, type Locator, type Page } from '@playwright/test'
import { type Client, makeClient } from '../../src/client/client.ts'

/** The product's clock in these tests. Holds, days and months follow it. */
export const NOW = '2026-03-25T10:00:00.000Z'
const COMMAND = fileURLToPath(new URL('../../bin/quittance.mjs', import.meta.url))

type Cookies = Parameters<ReturnType<Page['context']>['addCookies']>[0]
export type Server = {
  address: string
  setup_url: string | null
  run(...args: string[]): Record<string, string>
  stop(): Promise<void>
}
export type Tenant = Server & { api: Client; cookies: Cookies; org_id: string }

/** Starts `quittance serve` on a free port with a database in a folder of its own. */
export async function startServer(environment: Record<string, string> = {}): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-e2e-'))
  const env = { ...process.env, DATA_DIR: folder, PORT: '0', RATE_LIMIT_PER_MINUTE: '0', DATABASE_URL: '', ...environment }
  const child = spawn(process.execPath, [COMMAND, 'serve', '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const line = await Promise.race([firstLine(child.stdout), ended.then(() => null)])
  if (line === null) throw new Error('the server ended before it served')
  const { address, sign_in_url } = JSON.parse(line)
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  return { address, setup_url: sign_in_url, run: (...args) => command(args, env), stop }
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string | null> {
  for await (const line of createInterface({ input: stream })) return line
  return null
}

function command(args: string[], env: NodeJS.ProcessEnv): Record<string, string> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args, '--json'], { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`quittance ${args.join(' ')} failed: ${stderr}`)
  return JSON.parse(stdout)
}

/** A brand with one campaign (10 % of the revenue), made through the HTTP API. */
export class Shop {
  readonly tenant: Tenant
  readonly brand_id: string
  readonly slug: string
  readonly campaign_id: string
  #sales = 0
  constructor(tenant: Tenant, brand: { id: string; slug: string }, campaign_id: string) {
    this.tenant = tenant
    this.brand_id = brand.id
    this.slug = brand.slug
    this.campaign_id = campaign_id
  }

  get api(): Client {
    return this.tenant.api
  }

  get params(): { brand_id: string } {
    return { brand_id: this.brand_id }
  }

  async partner(name: string): Promise<string> {
    const { data } = await this.api.partners.create({ params: this.params, body: { name, email: 'partner@example.org' } })
    return data.id
  }

  /** One sale; the partner earns a tenth of it. */
  async sale(partner: string, revenue_cents: number, occurred_at = '2026-03-10T10:00:00Z'): Promise<void> {
    const sale = { external_id: `s-${++this.#sales}`, partner, campaign: this.campaign_id, revenue_cents, occurred_at }
    const { data } = await this.api.conversions.record({ params: this.params, body: { conversions: [sale] } })
    expect(data.counts.created, JSON.stringify(data.results)).toBe(1)
  }

  /** A partner that is owed `owed_cents` by one sale. */
  async owed(name: string, owed_cents: number): Promise<string> {
    const partner = await this.partner(name)
    await this.sale(partner, owed_cents * 10)
    return partner
  }

  async draft(partner_id: string): Promise<string> {
    const { data } = await this.api.payouts.create({ params: this.params, body: { partner_id } })
    return data.payouts[0]!.id
  }

  async approve(payout_id: string): Promise<string> {
    await this.api.payouts.change({ params: { ...this.params, payout_id }, body: { status: 'approved' } })
    return payout_id
  }

  async pay(payout_id: string, more: { paid_at?: string; reference?: string; notes?: string } = {}): Promise<string> {
    await this.api.payouts.change({ params: { ...this.params, payout_id }, body: { status: 'paid', method: 'ach', ...more } })
    return payout_id
  }

  async cancel(payout_id: string): Promise<string> {
    await this.api.payouts.change({ params: { ...this.params, payout_id }, body: { status: 'cancelled' } })
    return payout_id
  }

  async settings(body: Parameters<Client['organizations']['changePayoutSettings']>[0]['body']): Promise<void> {
    await this.api.organizations.changePayoutSettings({ params: this.params, body })
  }
}

async function startTenant(signIn: (url: string) => Promise<Cookies>): Promise<Tenant> {
  const server = await startServer({ QUITTANCE_NOW: NOW, POSTBACK_ALLOW_PRIVATE: '1' })
  const made = server.run('org', 'create', '--name', 'Northwind', '--email', 'ada@example.org')
  const api = makeClient({ base_url: server.address, key: made.api_key })
  return { ...server, api, org_id: made.org_id as string, cookies: await signIn(made.sign_in_url as string) }
}

let brands = 0

async function openShop(tenant: Tenant): Promise<Shop> {
  const { data: brand } = await tenant.api.organizations.createProgram({ body: { name: `Brand ${++brands}` } })
  const body = { name: 'Spring sale', cost_model: 'revshare', percent: '10' } as const
  const { data: campaign } = await tenant.api.campaigns.create({ params: { brand_id: brand.id }, body })
  return new Shop(tenant, brand, campaign.id)
}

/** Tests with a signed-in page and an empty brand. */
export const test = base.extend<{ shop: Shop; payouts: PayoutsPage }, { tenant: Tenant }>({
  tenant: [
    async ({ browser }, use) => {
      const tenant = await startTenant(async url => {
        const context = await browser.newContext()
        await (await context.newPage()).goto(url)
        const cookies = await context.cookies()
        await context.close()
        return cookies
      })
      await use(tenant)
      await tenant.stop()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  shop: async ({ tenant }, use) => use(await openShop(tenant)),
  payouts: async ({ page, shop }, use) => {
    await page.context().addCookies(shop.tenant.cookies)
    await use(new PayoutsPage(page, shop))
  },
})

/** The payouts page in the words of a person who uses it. */
export class PayoutsPage {
  readonly page: Page
  readonly shop: Shop
  constructor(page: Page, shop: Shop) {
    this.page = page
    this.shop = shop
  }

  /** Opens the page of the brand and waits until it shows figures. */
  async open(more = ''): Promise<void> {
    await this.page.goto(`${this.shop.tenant.address}/payouts?brand=${this.shop.slug}${more}`)
    await expect(this.page.locator('dl[aria-busy="false"]')).toBeVisible()
  }

  get pending(): Locator {
    return this.page.getByRole('region', { name: 'Pending payouts' })
  }

  get history(): Locator {
    return this.page.getByRole('region', { name: 'Payout history' })
  }

  get rail(): Locator {
    return this.page.getByRole('complementary')
  }

  kpi(name: string): Locator {
    return this.page.locator('dl > div').filter({ has: this.page.locator('dt', { hasText: name }) })
  }

  pendingRow(partner: string): Locator {
    return this.rowsOf(this.pending).filter({ hasText: partner })
  }

  historyRow(partner: string): Locator {
    return this.rowsOf(this.history).filter({ hasText: partner })
  }

  /** The rows of a table, without its head and foot. */
  rowsOf(region: Locator): Locator {
    return region.locator('tbody').getByRole('row')
  }

  /** What the table says at its foot, of the whole filter. */
  footOf(region: Locator): Locator {
    return region.locator('tfoot')
  }

  /** Marks the rows of some partners. */
  async select(region: Locator, ...partners: string[]): Promise<void> {
    for (const partner of partners) await this.rowsOf(region).filter({ hasText: partner }).getByRole('checkbox').click()
  }

  get selection(): Locator {
    return this.page.getByRole('region', { name: 'Selection' })
  }

  /** Opens the rail by a click on the status of the row. */
  async openRail(partner: string): Promise<Locator> {
    await this.historyRow(partner).locator('[data-status]').click()
    await expect(this.rail.getByRole('heading', { name: partner })).toBeVisible()
    return this.rail
  }
}

type Finding = { id: string; impact: string | null; nodes: { html: string }[] }
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds serious or critical on the page as it is now. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // let what fades in arrive: half-faded text has no contrast
  await page.waitForTimeout(400)
  // by evaluate, since the page's own policy forbids foreign script elements
  await page.evaluate(axe)
  const { violations } = (await page.evaluate('axe.run()')) as { violations: Finding[] }
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html.slice(0, 160)).join(' | ')}`)
}

export { expect }
