import type { Locator, Page } from '@playwright/test'
import type { Client } from '../../src/client/client.ts'
import { test as base, expect, type Shop, seriousFindings } from './support.ts'

type NewStructure = Omit<NonNullable<Parameters<Client['structures']['create']>[0]>['body'], 'project_id'>

const monthly: NewStructure = {
  ...{ name: 'Base', period: 'monthly', amount_cents: 500_00, currency: 'USD', criteria_type: 'recurring' },
  ...{ criteria_params: {}, proration_mode: 'prorate' },
}

/** The pages of structures in the words of a person who uses them. */
class Structures {
  readonly page: Page
  readonly shop: Shop
  constructor(page: Page, shop: Shop) {
    this.page = page
    this.shop = shop
  }

  async open(more = ''): Promise<void> {
    await this.page.goto(`${this.shop.tenant.address}/structures?brand=${this.shop.slug}${more}`)
    await expect(this.page.getByRole('heading', { name: 'Payout structures' })).toBeVisible()
  }

  async openOne(structure_id: string): Promise<void> {
    await this.page.goto(`${this.shop.tenant.address}/structures/${structure_id}?brand=${this.shop.slug}`)
    await expect(this.page.getByRole('heading', { name: 'Versions' })).toBeVisible()
  }

  async make(fields: Partial<NewStructure> = {}): Promise<string> {
    const body = { project_id: this.shop.brand_id, ...monthly, ...fields }
    return (await this.shop.api.structures.create({ body })).data.structure_id
  }

  async read(structure_id: string) {
    return (await this.shop.api.structures.one({ params: { structure_id } })).data
  }

  async assign(structure_id: string, ...creator_ids: string[]): Promise<void> {
    await this.shop.api.structures.assign({ params: { structure_id }, body: { creator_ids } })
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog')
  }

  get sentence(): Locator {
    return this.dialog.getByRole('status', { name: 'In a sentence' })
  }

  row(name: string): Locator {
    return this.page.getByRole('table').getByRole('row').filter({ hasText: name })
  }

  /** Opens the form by the keyboard, chooses a type and types a name. */
  async begin(type: string, name: string): Promise<void> {
    await this.page.keyboard.press('c')
    await this.dialog.getByText(type, { exact: true }).click()
    await this.dialog.getByLabel('Name').fill(name)
  }

  /** Creates what is typed and returns the structure whose page opens then. */
  async create(): Promise<Awaited<ReturnType<Structures['read']>>> {
    await this.dialog.getByRole('button', { name: 'Create structure' }).click()
    await this.page.waitForURL(/\/structures\/[0-9a-f-]{36}/)
    await expect(this.page.getByRole('heading', { name: 'Versions' })).toBeVisible()
    return this.read(new URL(this.page.url()).pathname.split('/').at(-1) as string)
  }
}

const test = base.extend<{ structures: Structures }>({
  structures: async ({ page, shop }, use) => {
    await page.context().addCookies(shop.tenant.cookies)
    await use(new Structures(page, shop))
  },
})

test('New structure makes a recurring one, and says in a sentence what it pays [TG-86]', async ({ structures }) => {
  await structures.open()
  await structures.begin('Recurring', 'Monthly retainer')
  await structures.dialog.getByLabel('Amount').fill('1,250.5')
  await structures.dialog.getByLabel('When a partner was not on it').selectOption('Pay nothing')
  await expect(structures.sentence).toContainText('1,250.50 USD each month.')
  const { current_version, name } = await structures.create()
  expect(name).toBe('Monthly retainer')
  expect(current_version).toMatchObject({ version_number: 1, criteria_type: 'recurring', period: 'monthly' })
  expect(current_version).toMatchObject({ amount_cents: 1_250_50, proration_mode: 'skip', criteria_params: {} })
  await expect(structures.page.getByRole('region', { name: 'Terms' })).toContainText('1,250.50 USD each month.')
})

test('New structure makes one by goals, with a part for part of them [TG-86]', async ({ structures }) => {
  await structures.open()
  await structures.begin('Goals', 'Goals met')
  const form = structures.dialog
  await form.getByLabel('Amount', { exact: true }).fill('300')
  await form.getByLabel('Each', { exact: true }).selectOption('weekly')
  await form.getByLabel('Goals that must be met').selectOption('A number of goals')
  await form.getByLabel('How many').fill('3')
  await expect(structures.sentence).toContainText('300.00 USD for each week in which at least 3 goals are met.')
  await form.getByLabel('Goals that must be met').selectOption('All goals')
  await form.getByRole('switch', { name: 'Pay a part when goals are met in part' }).check()
  await form.getByLabel('From a completion of').fill('62.5')
  await form.getByLabel('Times', { exact: true }).fill('1.2')
  await expect(form).toContainText('With more than × 1 a part can pay more than the whole.')
  const { current_version } = await structures.create()
  expect(current_version).toMatchObject({ criteria_type: 'goals', period: 'weekly', amount_cents: 300_00 })
  expect(current_version.criteria_params).toEqual({
    ...{ mode: 'all', partial_allowed: true, partial_multiplier: 1.2, min_completion_pct: 62.5 },
  })
})

test('New structure makes a CPM one, with a floor and a cap [TG-86]', async ({ structures }) => {
  await structures.open()
  await structures.begin('CPM', 'Views')
  await structures.dialog.getByLabel('Amount per 1,000 views').fill('2.5')
  await structures.dialog.getByLabel('From so many views').fill('10,000')
  await structures.dialog.getByLabel('At most a period').fill('1000')
  await expect(structures.sentence).toContainText(
    '2.50 USD per 1,000 new views each month, from 10,000 views, at most 1,000.00 USD.',
  )
  const { current_version } = await structures.create()
  expect(current_version).toMatchObject({ criteria_type: 'cpm', amount_cents: 2_50, proration_mode: 'prorate' })
  expect(current_version.criteria_params).toEqual({ min_views: 10_000, max_amount_cents: 1_000_00 })
})

test('New structure makes one of view thresholds, a row a milestone, looking back or not [TG-86]', async ({ structures }) => {
  await structures.open()
  await structures.begin('View thresholds', 'Viral bonus')
  const form = structures.dialog
  for (const [n, views, amount] of [
    [1, '100,000', '50'],
    [2, '1000000', '400.00'],
    [3, '5000000', '1'],
  ] as const) {
    if (n > 1) await form.getByRole('button', { name: 'Add milestone' }).click()
    await form.getByLabel(`Views of milestone ${n}`).fill(views)
    await form.getByLabel(`Amount of milestone ${n}`).fill(amount)
  }
  await form.getByRole('button', { name: 'Remove milestone 3' }).click()
  await form.getByRole('switch', { name: 'Look back when a partner is assigned' }).check()
  await expect(structures.sentence).toContainText('For each video: 50.00 USD at 100,000 views, 400.00 USD at 1,000,000 views.')
  const { current_version } = await structures.create()
  expect(current_version).toMatchObject({ criteria_type: 'view_threshold', period: null, amount_cents: null })
  expect(current_version.backfill_on_assignment).toBe(true)
  expect(current_version.criteria_params).toEqual({
    thresholds: [
      { views: 100_000, amount_cents: 50_00 },
      { views: 1_000_000, amount_cents: 400_00 },
    ],
  })
})

test('a change is a new version, and the history tells each change, by whom and from which period on [TG-86]', async ({
  structures,
}) => {
  const id = await structures.make()
  await structures.openOne(id)
  const versions = structures.page.getByRole('region', { name: 'Versions' }).getByRole('listitem')
  await expect(versions).toHaveCount(1)
  await structures.page.keyboard.press('c')
  await structures.dialog.getByLabel('Amount').fill('600')
  await structures.dialog.getByRole('button', { name: 'Save as version 2' }).click()
  await expect(versions).toHaveCount(2)
  await expect(versions.first()).toContainText('Version 2')
  await expect(versions.first()).toContainText('25 Mar 2026 by ada@example.org')
  await expect(versions.first()).toContainText('Amount500.00 USD → 600.00 USD')
  await expect(versions.first()).toContainText('Counts from the period 1 Mar – 31 Mar 2026 on')
  await expect(versions.last()).toContainText('500.00 USD each month.')
  await expect(versions.last()).toContainText('Replaced before its first period ended: it computed nothing')
  expect((await structures.read(id)).current_version).toMatchObject({ version_number: 2, amount_cents: 600_00 })
})

test('what does not fit together is said at its field before anything is sent', async ({ structures, page }) => {
  const sent: string[] = []
  page.on('request', request => request.method() === 'POST' && sent.push(request.url()))
  await structures.open()
  await structures.begin('View thresholds', ' ')
  const form = structures.dialog
  await form.getByLabel('Views of milestone 1').fill('5000')
  await form.getByLabel('Amount of milestone 1').fill('five')
  await form.getByRole('button', { name: 'Create structure' }).click()
  await expect(form).toContainText('Type a name')
  await expect(form.getByLabel('Amount of milestone 1')).toHaveAttribute('aria-invalid', 'true')
  await expect(form).toContainText('Type an amount such as 250 or 250.50')
  await form.getByLabel('Amount of milestone 1').fill('5')
  await form.getByRole('button', { name: 'Add milestone' }).click()
  await form.getByLabel('Views of milestone 2').fill('4000')
  await form.getByLabel('Amount of milestone 2').fill('6')
  await expect(form).toContainText('Views must rise from one to the next')
  expect(sent).toEqual([])
})

test('a common pattern fills the form, and everything can still be changed', async ({ structures }) => {
  await structures.open()
  await structures.page.keyboard.press('c')
  await structures.dialog.getByRole('button', { name: /^CPM with a cap/ }).click()
  await expect(structures.dialog.getByLabel('Name')).toHaveValue('CPM with a cap')
  await expect(structures.sentence).toContainText('2.00 USD per 1,000 new views each month, at most 1,000.00 USD.')
  await structures.dialog.getByRole('button', { name: /^Monthly retainer/ }).click()
  await expect(structures.dialog.getByLabel('Name')).toHaveValue('Monthly retainer')
  await expect(structures.sentence).toContainText('500.00 USD each month.')
})

test('from months to weeks it warns that the running month stays unpaid, and saves if one wants that', async ({ structures }) => {
  const id = await structures.make()
  await structures.openOne(id)
  await structures.page.keyboard.press('c')
  const warning = structures.dialog.getByRole('alert')
  await expect(warning).toHaveCount(0)
  await structures.dialog.getByLabel('Each').selectOption('weekly')
  await expect(warning).toContainText('The running month will not be paid')
  await expect(warning).toContainText('1 Mar – 31 Mar 2026')
  await structures.dialog.getByRole('button', { name: 'Save as version 2' }).click()
  await expect(structures.page.getByRole('region', { name: 'Versions' })).toContainText('Periodmonthly → weekly')
  await structures.page.keyboard.press('c')
  await structures.dialog.getByLabel('Each').selectOption('monthly')
  await expect(warning).toContainText('counts only the days that no week has paid')
})

test('name and notes change without a version', async ({ structures, page }) => {
  const id = await structures.make()
  await structures.openOne(id)
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Name and notes …' }).click()
  await structures.dialog.getByLabel('Name').fill('Retainer 2026')
  await structures.dialog.getByLabel('Notes').fill('Agreed in March.')
  await structures.dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { name: 'Retainer 2026' })).toBeVisible()
  await expect(page.getByText('Agreed in March.')).toBeVisible()
  expect((await structures.read(id)).versions).toHaveLength(1)
})

test('partners are assigned several at once and found by name, and taken off again', async ({ structures, shop, page }) => {
  const id = await structures.make()
  for (const name of ['Ada', 'Bob', 'Cy']) await shop.partner(name)
  await structures.openOne(id)
  const partners = page.getByRole('region', { name: /^Partners on it/ })
  await expect(partners).toContainText('Nobody is on it yet.')
  await partners.getByRole('button', { name: 'Assign partners' }).click()
  await structures.dialog.getByLabel('Ada').check()
  await structures.dialog.getByRole('searchbox').fill('bo')
  await expect(structures.dialog.getByLabel('Cy')).toHaveCount(0)
  await structures.dialog.getByLabel('Bob').check()
  await expect(structures.dialog.getByLabel('Ada')).toBeChecked()
  await structures.dialog.getByRole('button', { name: 'Assign 2 partners' }).click()
  await expect(partners.getByRole('heading')).toHaveText('Partners on it: 2')
  await partners.getByLabel('Select Ada').check()
  await partners.getByRole('button', { name: 'Take off …' }).click()
  await expect(structures.dialog).toContainText('what they earned stays payable')
  await expect(structures.dialog).toContainText('so the running period pays them up to today')
  await structures.dialog.getByRole('button', { name: 'Take off from now on' }).click()
  await expect(partners.getByRole('heading')).toHaveText('Partners on it: 1')
  await expect(partners.getByRole('link', { name: 'Ada' })).toHaveCount(0)
  await partners.getByRole('switch', { name: 'Show former' }).press('Space')
  await expect(partners.getByRole('row').filter({ hasText: 'Ada' })).toContainText('25 Mar 2026')
  await expect(page).toHaveURL(/former=/)
})

test('archiving says what it means; what made accruals cannot be deleted, and says why', async ({ structures, shop, page }) => {
  const id = await structures.make({
    ...{ criteria_type: 'view_threshold', period: null, amount_cents: null, backfill_on_assignment: true },
    criteria_params: { thresholds: [{ views: 1_000, amount_cents: 5_00 }] },
  })
  const creator_id = await shop.partner('Ada')
  const posted_at = '2026-03-01T10:00:00Z'
  const body = { project_id: shop.brand_id, creator_id, external_id: `v-${id}`, posted_at }
  const { data: video } = await shop.api.videos.create({ body })
  const snapshot = { captured_at: '2026-03-02T10:00:00Z', view_count: 2_000 }
  await shop.api.videos.observe({ params: { video_id: video.id }, body: snapshot })
  await structures.assign(id, creator_id)
  await structures.openOne(id)
  await expect(page.getByRole('region', { name: 'Terms' })).toContainText('It has made 1 accrual of 5.00 USD')
  await expect(page.getByRole('link', { name: '1 accrual' })).toHaveAttribute('href', new RegExp(`/tracker\\?.*structure=${id}`))
  await page.getByRole('button', { name: 'More' }).click()
  await expect(page.getByRole('menuitem', { name: /Delete/ })).toContainText('Not possible: it has accruals')
  await page.getByRole('menuitem', { name: 'Archive …' }).click()
  await expect(structures.dialog).toContainText('the period that runs now gives nothing for the 1 partner on it')
  await structures.dialog.getByRole('button', { name: 'Archive structure' }).click()
  await expect(page.getByRole('region', { name: 'Terms' })).toContainText('Archived')
  await expect(page.getByRole('button', { name: 'Change what it pays' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Assign partners' })).toHaveCount(0)
  await structures.open('&status=archived')
  await expect(structures.row('Base')).toContainText('Archived')
})

test('one that made nothing is deleted, and the page goes back to the list', async ({ structures, page }) => {
  const id = await structures.make({ name: 'A mistake' })
  await structures.openOne(id)
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Delete …' }).click()
  await structures.dialog.getByRole('button', { name: 'Delete structure' }).click()
  await page.waitForURL(/\/structures\?/)
  await expect(page.getByText('No payout structures yet.')).toBeVisible()
})

test('the list filters by status, type and name, in the address; j and Enter open a row', async ({ structures, shop, page }) => {
  const base_id = await structures.make({ name: 'Base' })
  await structures.make({ name: 'Old base' })
  await structures.make({ name: 'Views', criteria_type: 'cpm' })
  await structures.assign(base_id, await shop.partner('Ada'), await shop.partner('Bob'))
  await structures.open()
  await expect(structures.row('Base').first()).toContainText('500.00 USD each month')
  await expect(structures.row('Base').filter({ hasNotText: 'Old' }).getByRole('cell').nth(3)).toHaveText('2')
  await page.keyboard.press('f')
  await page.getByRole('button', { name: 'CPM' }).click()
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/type=cpm/)
  await expect(page.locator('tbody tr')).toHaveCount(1)
  await page.getByRole('button', { name: 'Remove filter Type: CPM' }).click()
  await expect(page.locator('tbody tr')).toHaveCount(3)
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox')).toBeFocused()
  await page.keyboard.type('base')
  await expect(page.locator('tbody tr')).toHaveCount(2)
  await page.getByRole('searchbox').fill('nothing')
  await expect(page.getByText('No structure matches.')).toBeVisible()
  await page.getByRole('button', { name: 'Clear search and filter' }).click()
  await expect(page.locator('tbody tr')).toHaveCount(3)
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Views', level: 1 })).toBeVisible()
})

const HOSTILE = '<script>document.title="x"</script>=1+1 مرحبا 🐐'

test('hostile names and notes are legible and harmless, and no page scrolls sideways at 390 px', async ({
  structures,
  shop,
  page,
}) => {
  const name = HOSTILE.padEnd(100, 'W')
  const id = await structures.make({ name, readme: `${HOSTILE}\n${'x'.repeat(500)}` })
  await structures.assign(id, await shop.partner(name))
  await page.setViewportSize({ width: 390, height: 844 })
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  await structures.open()
  await expect(page.getByRole('link', { name })).toBeVisible()
  expect(await overflow()).toBe(0)
  await page.keyboard.press('c')
  await expect(structures.dialog.getByLabel('Name')).toBeVisible()
  expect(await overflow()).toBe(0)
  await structures.openOne(id)
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  await expect(page.getByRole('link', { name })).toBeVisible()
  expect(await overflow()).toBe(0)
  expect(await page.title()).not.toBe('x')
})

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious on the pages of structures, ${scheme}`, async ({ structures, shop, page }) => {
    const id = await structures.make({ readme: 'Why' })
    await structures.assign(id, await shop.partner('Ada'))
    await shop.api.structures.change({ params: { structure_id: id }, body: { kind: 'rule', amount_cents: 1 } })
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 })
      await structures.open()
      await expect(page.locator('tbody tr')).toHaveCount(1)
      expect(await seriousFindings(page), `list at ${width}`).toEqual([])
      await page.keyboard.press('c')
      await structures.dialog.getByText('View thresholds', { exact: true }).click()
      expect(await seriousFindings(page), `form at ${width}`).toEqual([])
      await structures.openOne(id)
      await expect(page.getByRole('link', { name: 'Ada' })).toBeVisible()
      expect(await seriousFindings(page), `page at ${width}`).toEqual([])
      await page.getByRole('button', { name: 'Assign partners' }).click()
      await expect(structures.dialog.getByLabel('Ada')).toBeVisible()
      expect(await seriousFindings(page), `assigning at ${width}`).toEqual([])
    }
  })
}
