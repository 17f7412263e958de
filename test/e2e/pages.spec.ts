import type { Page } from '@playwright/test'
import { expect, type Server, seriousFindings, startServer, test } from './support.ts'

test('j and k move, Enter opens, Esc closes and gives the focus back to the row', async ({ shop, payouts, page }) => {
  await shop.draft(await shop.owed('Nick', 20_00))
  await shop.draft(await shop.owed('Zoe', 30_00))
  await payouts.open()
  await expect(payouts.historyRow('Nick')).toBeVisible()
  await page.keyboard.press('j')
  await expect(page.getByRole('link', { name: 'Zoe' })).toBeFocused()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(payouts.rail.getByRole('heading', { name: 'Nick' })).toBeVisible()
  await page.keyboard.press('k')
  await expect(payouts.rail.getByRole('heading', { name: 'Zoe' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(payouts.rail).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'Zoe' })).toBeFocused()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toContainText('Next row')
})

test('an empty brand says how it fills, and a paid-up one that all partners are paid', async ({ shop, payouts }) => {
  await payouts.open()
  await expect(payouts.pending).toContainText('No unpaid balances.')
  await expect(payouts.history).toContainText('No payouts yet.')
  await shop.pay(await shop.approve(await shop.draft(await shop.owed('Nick', 20_00))))
  await payouts.open()
  await expect(payouts.pending).toContainText('All partners are paid.')
})

test('figures of several currencies stand side by side and are never added', async ({ shop, payouts }) => {
  const nick = await shop.owed('Nick', 20_00)
  const sale = { external_id: 'eur', partner: nick, campaign: shop.campaign_id, revenue_cents: 300_00, currency: 'EUR' }
  await shop.api.conversions.record({ params: shop.params, body: { conversions: [sale] } })
  await payouts.open()
  await expect(payouts.kpi('Owed to partners').locator('dd')).toHaveText(['30.00 EUR', '20.00 USD'])
  await expect(payouts.pendingRow('Nick').getByRole('button')).toHaveCount(2)
  await expect(payouts.footOf(payouts.pending)).toContainText('30.00 EUR20.00 USD')
})

test('long tables come page by page', async ({ shop, payouts }) => {
  const names = Array.from({ length: 53 }, (_, n) => `Partner ${String(n).padStart(2, '0')}`)
  const partners = await Promise.all(names.map(name => shop.partner(name)))
  for (const partner of partners) await shop.sale(partner, 10_00)
  await payouts.open()
  await expect(payouts.rowsOf(payouts.pending)).toHaveCount(50)
  await payouts.pending.getByRole('button', { name: 'Load more partners' }).click()
  await expect(payouts.rowsOf(payouts.pending)).toHaveCount(53)
  await shop.api.payouts.create({ params: shop.params })
  await payouts.open()
  await expect(payouts.pending).toContainText('Nothing left to draft.')
  await payouts.history.getByRole('button', { name: 'Load more payouts' }).click()
  await expect(payouts.rowsOf(payouts.history)).toHaveCount(53)
})

test('a row that earned more since its draft makes another payout, not the same one again', async ({ shop, payouts, page }) => {
  const nick = await shop.owed('Nick', 20_00)
  await payouts.open()
  await page.route('**/payouts', async route => {
    const answer = await route.fetch()
    if (route.request().method() === 'POST') await shop.sale(nick, 70_00)
    await route.fulfill({ response: answer })
  })
  const button = payouts.pendingRow('Nick').getByRole('button', { name: 'Create Payout' })
  await button.click()
  await expect(payouts.pendingRow('Nick')).toContainText('7.00')
  await button.click()
  await expect(payouts.history.locator('[data-status="draft"]')).toHaveCount(2)
})

test('a refusal is a message that says what to do next', async ({ shop, payouts, page }) => {
  const payout_id = await shop.draft(await shop.owed('Nick', 20_00))
  await payouts.open()
  const rail = await payouts.openRail('Nick')
  await shop.cancel(payout_id)
  await rail.getByRole('button', { name: 'Approve' }).click()
  await expect(page.getByRole('alert')).toContainText('make a new payout from the balance')
  await expect(payouts.historyRow('Nick').locator('[data-status="cancelled"]')).toBeVisible()
})

test('a clock that was set by hand is said on the page', async ({ payouts, page }) => {
  await payouts.open()
  await expect(page.getByText('The clock is travelling')).toContainText('2026-03-25 10:')
})

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing serious on the page and the rail, ${scheme}, ${width} wide`, async ({ shop, payouts, page }) => {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme: scheme })
      await everyState(shop)
      await payouts.open()
      expect(await seriousFindings(page)).toEqual([])
      const row = payouts.historyRow('Approved partner')
      await row.getByRole('link').click()
      await payouts.rail.getByRole('button', { name: 'Mark Paid' }).click()
      expect(await seriousFindings(page)).toEqual([])
      await page.keyboard.press('Escape')
      await payouts.rail.getByRole('button', { name: 'Cancel', exact: true }).click()
      expect(await seriousFindings(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Run payouts' }).click()
      await page.getByRole('button', { name: /^Draft \d/ }).click()
      await expect(page.getByRole('dialog')).toContainText('Left out')
      expect(await seriousFindings(page)).toEqual([])
    })
  }
}

async function everyState(shop: import('./support.ts').Shop): Promise<void> {
  await shop.settings({ minimum_threshold_cents: 5_00 })
  await shop.owed('Owed partner', 10_00)
  await shop.owed('Small partner', 1_00)
  await shop.draft(await shop.owed('Draft partner', 10_00))
  await shop.approve(await shop.draft(await shop.owed('Approved partner', 11_00)))
  await shop.pay(await shop.approve(await shop.draft(await shop.owed('Paid partner', 12_00))))
  await shop.cancel(await shop.draft(await shop.owed('Cancelled partner', 13_00)))
}

test.describe('first start', () => {
  let server: Server
  test.beforeAll(async () => {
    test.setTimeout(120_000)
    server = await startServer()
  })
  test.afterAll(() => server.stop())

  test('the link of the terminal opens a form that makes the organization and signs in; the password works later', async ({
    page,
  }) => {
    await page.goto(server.setup_url as string)
    await expectAccessible(page)
    await page.getByLabel('Organization').fill('Northwind')
    await page.getByLabel('Currency').selectOption('EUR')
    await page.getByLabel('Your e-mail').fill('ada@example.org')
    await page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery')
    await page.getByRole('button', { name: 'Create organization' }).click()
    await expect(page.getByRole('heading', { name: 'Home', exact: true })).toBeVisible()
    await page.getByRole('link', { name: 'Payouts', exact: true }).click()
    await expect(page.locator('dl')).toContainText('0.00 EUR')

    await page.getByRole('button', { name: 'Signed in as ada@example.org' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    await expect(page.getByText('npx quittance sign-in --email')).toBeVisible()
    await expectAccessible(page)
    await signIn(page, 'wrong password')
    await expect(page.getByRole('alert')).toContainText('do not go together')
    await signIn(page, 'correct horse battery')
    await expect(page.getByRole('heading', { name: 'Home', exact: true })).toBeVisible()
  })

  test('a link that does not work any more says so', async ({ page }) => {
    await page.goto(`${server.address}/setup?token=used`)
    await page.getByLabel('Organization').fill('Northwind')
    await page.getByLabel('Your e-mail').fill('ada@example.org')
    await page.getByRole('button', { name: 'Create organization' }).click()
    await expect(page.getByRole('alert')).toBeVisible()
    await page.goto(`${server.address}/sign-in?error=LINK_EXPIRED`)
    await expect(page.getByRole('alert')).toContainText('expired')
    await page.goto(`${server.address}/no-such-page`)
    await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible()
  })
})

async function signIn(page: Page, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill('ada@example.org')
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await seriousFindings(page)).toEqual([])
  }
}
