/** From an empty installation to a paid payout, in the browser alone: once with the mouse, once with nothing but the keyboard. */
import type { Page } from '@playwright/test'
import { expect, type Server, startServer, test } from './support.ts'

const LIMIT_MS = 120_000
let server: Server
test.beforeEach(async () => {
  test.setTimeout(180_000)
  server = await startServer()
})
test.afterEach(() => server.stop())

/** The books agree, and the one payout is paid by a wire of 20.00. */
async function expectPaid(page: Page): Promise<void> {
  await expect(page.getByRole('complementary').getByText('Paid', { exact: true }).first()).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.locator('dl > div').filter({ hasText: 'Paid this month' })).toContainText('20.00 USD')
  const checked = server.run('check') as unknown as { ok: boolean; checks: { rows: number }[] }
  expect(checked.ok).toBe(true)
  expect(checked.checks.reduce((sum, each) => sum + each.rows, 0)).toBeGreaterThan(5)
}

test('a new user comes from the setup link to a paid payout within two minutes of clicks', async ({ page }) => {
  const began = performance.now()
  const press = (name: string | RegExp) =>
    page
      .getByRole('button', { name, exact: typeof name === 'string' })
      .first()
      .click()
  await page.goto(server.setup_url as string)
  await page.getByLabel('Organization').fill('Northwind')
  await page.getByLabel('Your e-mail').fill('ada@example.org')
  await page.getByLabel('Currency').selectOption('USD')
  await press('Create organization')

  await page.getByRole('link', { name: 'Add a partner' }).click()
  await press('New partner')
  await page.getByLabel('Name', { exact: true }).fill('Nick')
  await page.getByRole('dialog').getByRole('button', { name: 'Add partner' }).click()
  await expect(page.getByText('Nick').first()).toBeVisible()

  await page.getByRole('link', { name: 'Home', exact: true }).click()
  await page.getByRole('link', { name: 'Say what pays' }).click()
  await press('New campaign')
  const campaign = page.getByRole('dialog')
  await campaign.getByLabel('Name', { exact: true }).fill('Shop')
  await campaign.getByLabel('Cost model').selectOption({ label: 'RevShare' })
  await campaign.getByLabel('Share of the revenue').fill('10')
  await campaign.getByRole('button', { name: 'Create campaign' }).click()
  await expect(page.getByRole('heading', { name: 'Shop' })).toBeVisible()

  await page.getByRole('link', { name: 'Conversions', exact: true }).click()
  await press('Record a conversion')
  const sale = page.getByRole('dialog')
  await sale.getByLabel('Partner').fill('nick')
  await sale.getByLabel('Order number').fill('o-1')
  await sale.getByLabel('Revenue').fill('200')
  await sale.getByRole('button', { name: 'Record conversion' }).click()
  await sale.getByRole('button', { name: 'Done' }).click()

  await page.getByRole('link', { name: 'Payouts', exact: true }).click()
  await press(/^Create Payout for Nick/)
  await page.getByRole('region', { name: 'Payout history' }).getByRole('link', { name: 'Nick' }).click()
  const rail = page.getByRole('complementary')
  await rail.getByRole('button', { name: 'Approve' }).click()
  await rail.getByRole('button', { name: 'Mark Paid' }).click()
  await rail.getByLabel('Method').selectOption('Wire Transfer')
  await rail.getByRole('button', { name: 'Confirm 20.00 USD paid' }).click()
  await expectPaid(page)
  expect(performance.now() - began).toBeLessThan(LIMIT_MS)
})

test('the same with the keyboard alone', async ({ page }) => {
  const began = performance.now()
  const keys = keyboardOf(page)
  await page.goto(server.setup_url as string)
  await keys.fill('Organization', 'Northwind')
  await keys.fill('Your e-mail', 'ada@example.org')
  await keys.choose('Currency', 'USD')
  await keys.press('Create organization')

  await expect(page.getByRole('list', { name: 'First steps' })).toBeVisible()
  await page.keyboard.press('c')
  await expect(page.getByRole('heading', { name: 'Partners' })).toBeVisible()
  await page.keyboard.press('c')
  await keys.fill('Name', 'Nick')
  await keys.press('Add partner')
  await expect(page.getByText('Nick').first()).toBeVisible()

  await keys.goTo('Campaigns')
  await page.keyboard.press('c')
  await keys.fill('Name', 'Shop')
  await keys.choose('Cost model', 'RevShare')
  await keys.fill('Share of the revenue', '10')
  await keys.press('Create campaign')
  await expect(page.getByRole('heading', { name: 'Shop' })).toBeVisible()

  await keys.goTo('Conversions')
  await page.keyboard.press('c')
  await keys.fill('Partner', 'nick')
  await keys.fill('Order number', 'o-1')
  await keys.fill('Revenue', '200')
  await keys.press('Record conversion')
  await keys.press('Done')

  await keys.goTo('Payouts')
  await keys.press('Create Payout for Nick')
  await expect(page.getByRole('region', { name: 'Payout history' }).getByRole('link', { name: 'Nick' })).toBeVisible()
  await keys.press('Nick')
  await expect(page.getByRole('complementary')).toBeFocused()
  await page.keyboard.press('a')
  await keys.press('Mark Paid')
  await keys.choose('Method', 'Wire Transfer')
  await keys.press('Confirm 20.00 USD paid')
  await expectPaid(page)
  expect(performance.now() - began).toBeLessThan(LIMIT_MS)
})

/** What a person without a mouse does: Tab to a control by its name, type, choose, press. */
function keyboardOf(page: Page) {
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null
      const label = element?.getAttribute('aria-label') ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? ''
      return label.trim()
    })
  const reach = async (name: string) => {
    const seen: string[] = []
    for (let step = 0; step < 90; step++) {
      const now = await focused()
      if (now === name || now.startsWith(`${name} `) || now === `${name} optional`) return
      seen.push(now)
      await page.keyboard.press('Tab')
    }
    throw new Error(`Tab never came to "${name}"; it came to ${[...new Set(seen)].join(' | ')}`)
  }
  return {
    fill: async (name: string, text: string) => {
      await reach(name)
      await page.keyboard.press('ControlOrMeta+a')
      await page.keyboard.type(text)
    },
    /** A select takes what is typed. */
    choose: async (name: string, option: string) => {
      await reach(name)
      await page.keyboard.type(option)
    },
    press: async (name: string) => {
      await reach(name)
      await page.keyboard.press('Enter')
    },
    goTo: async (name: string) => {
      await page.keyboard.press('Control+k')
      await page.getByRole('textbox', { name: 'Go to' }).waitFor()
      await page.keyboard.type(name)
      await expect(page.getByRole('button', { name, exact: true }).last()).toBeVisible()
      await page.keyboard.press('Enter')
      await expect(page.getByRole('heading', { name, exact: true })).toBeVisible()
      await expect(page.getByRole('dialog')).toHaveCount(0)
    },
  }
}
