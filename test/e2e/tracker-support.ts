/** What the tests of the tracker say again and again: who earned what by milestones, and the page in the words of its user. */
import type { Page } from '@playwright/test'
import { test as base, expect, type Shop } from './support.ts'

type Seen = { at: string; views: number }
const PAYS = [
  { views: 1_000, amount_cents: 10_00 },
  { views: 2_000, amount_cents: 20_00 },
  { views: 3_000, amount_cents: 30_00 },
]
export const JAN = '2026-01-15T10:00:00Z'
export const FEB = '2026-02-10T10:00:00Z'
export const MAR = '2026-03-05T10:00:00Z'
let videos = 0

/** A program whose partners earn 10.00, 20.00 and 30.00 when a video reaches 1,000, 2,000 and 3,000 views. */
export class Studio {
  readonly shop: Shop
  constructor(shop: Shop) {
    this.shop = shop
  }

  /** A structure that pays what was reached before somebody is assigned as well: so accruals are there at once. */
  async structure(name = 'Milestones', thresholds = PAYS): Promise<string> {
    const rule = { criteria_type: 'view_threshold', criteria_params: { thresholds }, period: null, amount_cents: null } as const
    const { data } = await this.shop.api.structures.create({
      body: {
        ...{ project_id: this.shop.brand_id, name, currency: 'USD', proration_mode: 'skip', backfill_on_assignment: true },
        ...rule,
      },
    })
    return data.structure_id
  }

  /** A partner with a video that was seen with so many views then, put on a structure. */
  async earner(name: string, structure_id: string, seen: Seen[]): Promise<string> {
    const creator_id = await this.shop.partner(name)
    await this.video(creator_id, seen)
    await this.assign(structure_id, creator_id)
    return creator_id
  }

  async video(creator_id: string, seen: Seen[]): Promise<void> {
    const external_id = `v-${++videos}`
    const body = { project_id: this.shop.brand_id, creator_id, external_id, posted_at: '2026-01-01T00:00:00Z' }
    const { data: video } = await this.shop.api.videos.create({ body })
    for (const { at, views } of seen) {
      const params = { video_id: video.id }
      await this.shop.api.videos.observe({ params, body: { captured_at: at, view_count: views } })
    }
  }

  async assign(structure_id: string, creator_id: string): Promise<void> {
    const { data } = await this.shop.api.structures.assign({ params: { structure_id }, body: { creator_ids: [creator_id] } })
    expect(data.assigned).toBe(1)
  }

  /** Ada earned 60.00 in three months, Bob 10.00 in March. */
  async adaAndBob(): Promise<{ structure_id: string; ada: string; bob: string }> {
    const structure_id = await this.structure()
    const ada = await this.earner('Ada', structure_id, [
      { at: JAN, views: 1_000 },
      { at: FEB, views: 2_000 },
      { at: MAR, views: 3_000 },
    ])
    const bob = await this.earner('Bob', structure_id, [{ at: MAR, views: 1_500 }])
    return { structure_id, ada, bob }
  }

  async accruals(query: object = {}) {
    return (await this.shop.api.accruals.list({ query: { project_id: this.shop.brand_id, limit: 100, ...query } })).data
  }

  async payments(query: object = {}) {
    return (await this.shop.api.payments.list({ query: { project_id: this.shop.brand_id, limit: 100, ...query } })).data
  }

  async pay(body: Partial<Parameters<Shop['api']['payments']['record']>[0]['body']> & { total_amount_cents: number }) {
    const idempotency_key = `k-${++videos}-${this.shop.brand_id}`
    const { data } = await this.shop.api.payments.record({ body: { project_id: this.shop.brand_id, ...body }, idempotency_key })
    return data
  }
}

/** The tracker as a person sees it. */
export class TrackerPage {
  readonly page: Page
  readonly shop: Shop
  constructor(page: Page, shop: Shop) {
    this.page = page
    this.shop = shop
  }

  /** Opens a page of the brand. */
  async go(path: string): Promise<void> {
    await this.page.goto(`${this.shop.tenant.address}${path}${path.includes('?') ? '&' : '?'}brand=${this.shop.slug}`)
  }

  async open(more = ''): Promise<void> {
    await this.go(`/tracker${more && `?${more}`}`)
    await expect(this.banner).toHaveAttribute('aria-busy', 'false')
  }

  get banner() {
    return this.page.getByRole('region', { name: 'Outstanding balance' })
  }

  get table() {
    return this.page.getByRole('table', { name: 'Partners' })
  }

  get rail() {
    return this.page.getByRole('complementary')
  }

  get dialog() {
    return this.page.getByRole('dialog')
  }

  row(name: string) {
    return this.table.getByRole('row').filter({ hasText: name })
  }

  /** Names of the rows, from the top. */
  names() {
    return this.table.locator('tbody a[data-row]')
  }

  async openRow(name: string) {
    await this.row(name).getByRole('cell').nth(1).click()
    await expect(this.rail.getByRole('heading', { name, exact: true })).toBeVisible()
    return this.rail
  }

  async filter(act: () => Promise<void>): Promise<void> {
    await this.page.getByRole('button', { name: 'Filter', exact: true }).click()
    await act()
    await this.page.keyboard.press('Escape')
  }

  /** The figures behind a chart, one row a month. */
  async figures(title: string): Promise<string[][]> {
    const chart = this.page.getByRole('figure').filter({ hasText: title })
    if ((await chart.locator('details').getAttribute('open')) === null) await chart.getByText('Figures').click()
    const rows = await chart.getByRole('table', { name: title }).locator('tbody tr').all()
    return Promise.all(rows.map(row => row.locator('th, td').allTextContents()))
  }
}

export const test = base.extend<{ studio: Studio; tracker: TrackerPage }>({
  studio: async ({ shop }, use) => use(new Studio(shop)),
  tracker: async ({ page, shop }, use) => {
    await page.context().addCookies(shop.tenant.cookies)
    await use(new TrackerPage(page, shop))
  },
})

export { expect }
