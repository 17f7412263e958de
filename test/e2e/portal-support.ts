/** The partner portal in the words of a partner who uses it, and data that is the partner's. */
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Locator, Page } from '@playwright/test'
import { test as base, expect, type Shop } from './support.ts'

export const TABS = ['Dashboard', 'Campaigns', 'Report', 'Payments', 'Conversion logs', 'Postback'] as const
export type Tab = (typeof TABS)[number]

const paths: Record<Tab | 'Profile', string> = {
  Dashboard: '/portal',
  Campaigns: '/portal/campaigns',
  Report: '/portal/report',
  Payments: '/portal/payments',
  'Conversion logs': '/portal/conversions',
  Postback: '/portal/postback',
  Profile: '/portal/profile',
}

export const pages = Object.keys(paths) as (Tab | 'Profile')[]

export type Member = { id: string; name: string; email: string; slug: string }
let members = 0

/** A partner with an e-mail of its own, so that one person is one partner. */
export async function addPartner(shop: Shop, name: string, more: object = {}): Promise<Member> {
  const email = `partner-${++members}@example.org`
  const { data } = await shop.api.partners.create({ params: shop.params, body: { name, email, ...more } })
  return { id: data.id, name, email, slug: data.slug }
}

/** A partner that is owed `owed_cents` by one sale. */
export async function addOwed(shop: Shop, name: string, owed_cents: number): Promise<Member> {
  const partner = await addPartner(shop, name)
  await shop.sale(partner.id, owed_cents * 10)
  return partner
}

export class PortalPages {
  readonly page: Page
  readonly shop: Shop
  constructor(page: Page, shop: Shop) {
    this.page = page
    this.shop = shop
  }

  get address(): string {
    return this.shop.tenant.address
  }

  /** The one-time link that an admin makes for a partner. */
  async link(partner: Member): Promise<string> {
    const { data } = await this.shop.api.portal.link({ params: { ...this.shop.params, partner_id: partner.id } })
    return data.url as string
  }

  /** Signs in by that link. */
  async enter(partner: Member): Promise<void> {
    await this.page.goto(await this.link(partner))
    await expect(this.page.getByRole('heading', { name: 'Dashboard', exact: true })).toBeVisible()
  }

  async open(name: Tab | 'Profile', more = ''): Promise<void> {
    await this.page.goto(`${this.address}${paths[name]}${more}`)
    await this.isShown(name)
  }

  /** Waits until the page shows what it read. */
  async isShown(name: Tab | 'Profile'): Promise<void> {
    await expect(this.page.getByRole('heading', { name, exact: true, level: 1 })).toBeVisible()
    await expect(this.page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
    await expect(this.page.locator('dl[aria-busy="true"]')).toHaveCount(0)
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.page.getByLabel('E-mail').fill(email)
    await this.page.getByRole('textbox', { name: 'Password' }).fill(password)
    await this.page.getByRole('button', { name: 'Sign in' }).click()
  }

  async signOut(): Promise<void> {
    await this.page.getByRole('button', { name: /^Account of/ }).click()
    await this.page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(this.page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  }

  get balance(): Locator {
    return this.page.getByRole('banner').getByRole('link', { name: 'Balance' })
  }

  get rail(): Locator {
    return this.page.getByRole('complementary')
  }

  region(name: string): Locator {
    return this.page.getByRole('region', { name, exact: true })
  }

  kpi(name: string, within: Page | Locator = this.page): Locator {
    return within.locator('dl > div').filter({ has: this.page.locator('dt', { hasText: new RegExp(`^${name}`) }) })
  }

  row(table: string, text: string | RegExp): Locator {
    return this.page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text })
  }

  /** Changes what the portal shows; as the admin of the program does. */
  async settings(body: Parameters<Shop['api']['portal']['changeSettings']>[0]['body']): Promise<void> {
    await this.shop.api.portal.changeSettings({ params: this.shop.params, body })
  }

  async status(partner: Member, status: 'pending' | 'approved' | 'declined'): Promise<void> {
    await this.shop.api.partners.change({ params: { ...this.shop.params, partner_id: partner.id }, body: { status } })
  }
}

export type Receiver = { address: string; calls: URL[] }

/** A tracker of a partner: it takes every call and remembers it. */
async function startReceiver(): Promise<Receiver & { stop(): void }> {
  const calls: URL[] = []
  const server: HttpServer = createServer((request, answer) => {
    calls.push(new URL(request.url ?? '/', 'http://receiver.invalid'))
    answer.end('thank you')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { address: `http://127.0.0.1:${port}`, calls, stop: () => void server.close() }
}

export const test = base.extend<{ portal: PortalPages; receiver: Receiver }>({
  portal: async ({ page, shop }, use) => use(new PortalPages(page, shop)),
  receiver: async ({ page: _page }, use) => {
    const receiver = await startReceiver()
    await use(receiver)
    receiver.stop()
  },
})

export { expect }
