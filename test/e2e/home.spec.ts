/** The home page's work list, its first steps, and going anywhere by Ctrl K. */
import type { Page } from '@playwright/test'
import { expect, type Shop, seriousFindings, test } from './support.ts'

const openHome = async (page: Page, shop: Shop) => {
  await page.goto(`${shop.tenant.address}/?brand=${shop.slug}`)
  await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible()
}
const queue = (page: Page, words: string | RegExp) => page.getByRole('link', { name: words })

test('a new brand shows the first steps, and which one is next', async ({ page, shop, payouts: _signed_in }) => {
  await openHome(page, shop)
  const steps = page.getByRole('list', { name: 'First steps' })
  await expect(steps.getByRole('listitem')).toHaveCount(4)
  await expect(steps.locator('[data-next]')).toContainText('Add a partner')
  await page.keyboard.press('c')
  await expect(page).toHaveURL(new RegExp(`/partners\\?brand=${shop.slug}`))
})

test('queues name count and sum, and lead to where their work is done', async ({ page, shop, payouts: _signed_in }) => {
  await shop.draft(await shop.owed('Nick', 20_00))
  await shop.draft(await shop.owed('Zoe', 30_00))
  await shop.owed('Ann', 5_00)
  await openHome(page, shop)
  await expect(queue(page, /balance ready for a payout/)).toContainText('5.00 USD')
  await expect(queue(page, '2 drafts to approve')).toContainText('50.00 USD')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/payouts\?.*status=draft/)
})

test('with everything paid, nothing waits', async ({ page, shop, payouts: _signed_in }) => {
  await shop.pay(await shop.approve(await shop.draft(await shop.owed('Nick', 20_00))))
  await openHome(page, shop)
  await expect(page.getByText('Nothing waits for you.')).toBeVisible()
})

test('Ctrl K goes to a page, a partner or a payout by a few letters, and hostile names are only text', async ({
  page,
  shop,
  payouts: _signed_in,
}) => {
  const name = '<script>alert(1)</script> =1+1 ‮abc 🎬'
  await shop.owed(name, 20_00)
  const draft = await shop.draft(await shop.owed('Zoe', 30_00))
  await openHome(page, shop)
  await page.keyboard.press('Control+k')
  const box = page.getByRole('textbox', { name: 'Go to' })
  await box.fill('script')
  await expect(page.getByText('<script>alert(1)</script>')).toBeVisible()
  await box.fill('30.00')
  await page.getByText(/Payout no\. \d+ · Zoe/).click()
  await expect(page).toHaveURL(new RegExp(`payout=${draft}`))
  await expect(page.getByRole('complementary').getByRole('heading', { name: 'Zoe' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.getByRole('textbox', { name: 'Go to' }).fill('tracker')
  await expect(page.getByRole('button', { name: 'Payouts tracker' })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/tracker/)
})

test('the question mark lists the keys', async ({ page, shop, payouts: _signed_in }) => {
  await openHome(page, shop)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toContainText('Go anywhere')
})

for (const width of [1440, 390])
  for (const scheme of ['light', 'dark'] as const)
    test(`axe finds nothing serious on the home page, ${scheme}, ${width} wide`, async ({ page, shop, payouts: _signed_in }) => {
      await shop.draft(await shop.owed('Nick', 20_00))
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme: scheme })
      await openHome(page, shop)
      await expect(queue(page, '1 draft to approve')).toBeVisible()
      expect(await seriousFindings(page)).toEqual([])
      if (width > 700) return
      await page.getByRole('button', { name: 'Pages' }).click()
      await expect(page.getByRole('dialog').getByRole('link', { name: 'Payouts tracker' })).toBeVisible()
      expect(await seriousFindings(page)).toEqual([])
    })

test('an address that says what a page does not know opens the page all the same', async ({
  page,
  shop,
  payouts: _signed_in,
}) => {
  const at = (path: string) => page.goto(`${shop.tenant.address}${path}${path.includes('?') ? '&' : '?'}brand=${shop.slug}`)
  await at(`/campaigns/${shop.campaign_id}?tab=nonsense`)
  await expect(page.getByText('Tracking link')).toBeVisible()
  await shop.draft(await shop.owed('Nick', 20_00))
  await at('/payouts?status=nonsense')
  await expect(page.getByRole('region', { name: 'Payout history' }).getByRole('link', { name: 'Nick' })).toBeVisible()
})
