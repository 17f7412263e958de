import type { Locator, Page } from '@playwright/test'
import { expect, type Shop, seriousFindings, test } from './support.ts'

/** The eleven options, as the seed names them and in its order. */
const OPTIONS = [
  ...['GEO', 'GEO/OS', 'PUBLISHER/ALIAS', 'PUBLISHER/ALIAS SUBID', 'PUBLISHER/ALIAS SUBID/ GEO', 'HYBRID', 'CONVERSION SUBS'],
  ...['TYPE/GEO/CONVSUB', 'TYPE/CONVSUB', 'TYPE/GEO', 'TYPE'],
]

async function open(page: Page, shop: Shop, path = '', query = ''): Promise<void> {
  await page.context().addCookies(shop.tenant.cookies)
  await page.goto(`${shop.tenant.address}/campaigns${path}?brand=${shop.slug}${query}`)
  await expect(page.locator('main h1')).toBeVisible()
}
/** Campaign, Edit, tab Custom payouts, by clicks. */
async function openPayouts(page: Page, shop: Shop, campaign_id = shop.campaign_id): Promise<void> {
  await open(page, shop, `/${campaign_id}`)
  await page.getByRole('tab', { name: 'Edit' }).click()
  await page.getByRole('tab', { name: 'Custom payouts' }).click()
}
const option = (page: Page, name: string): Locator => page.getByRole('radio', { name, exact: true })
const editor = (page: Page, name: string): Locator => page.getByRole('textbox', { name: `Lines of ${name}`, exact: true })
const save = (page: Page): Locator => page.getByRole('button', { name: 'Save changes' })
const stage = (page: Page): Locator => page.getByRole('button', { name: 'Save payouts' })
const bar = (page: Page): Locator => page.locator('p[role="status"]')
const put = (shop: Shop, tables: Record<string, string>, campaign_id = shop.campaign_id) =>
  shop.api.campaigns.changeCustomPayouts({ params: { ...shop.params, campaign_id }, body: { tables } })
const tablesOf = async (shop: Shop) =>
  (await shop.api.campaigns.customPayouts({ params: { ...shop.params, campaign_id: shop.campaign_id } })).data.tables

async function type(page: Page, name: string, text: string): Promise<void> {
  await option(page, name).check()
  await editor(page, name).fill(text)
}

test('[RT-01] Campaign, Edit shows the tab Custom payouts with eleven options in their order and names', async ({
  shop,
  page,
}) => {
  await open(page, shop)
  await page.getByRole('link', { name: 'Spring sale' }).click()
  await page.getByRole('tab', { name: 'Edit' }).click()
  await page.getByRole('tab', { name: 'Custom payouts' }).click()
  await expect(page).toHaveURL(/tab=edit/)
  await expect(page).toHaveURL(/part=custom-payouts/)
  await expect(page.getByRole('radio')).toHaveCount(OPTIONS.length)
  const names = await page.getByRole('radio').evaluateAll(all => all.map(each => each.getAttribute('aria-label')))
  expect(names).toEqual(OPTIONS)
  for (const name of OPTIONS) {
    await option(page, name).check()
    await expect(editor(page, name)).toBeVisible()
    await expect(page.getByRole('heading', { name, exact: true })).toBeVisible()
  }
  await option(page, 'GEO').check()
  await expect(page.getByText('The value is a percentage of the revenue, as this campaign pays RevShare.')).toBeVisible()
  await option(page, 'HYBRID').check()
  await expect(page.getByText('The value is an amount of USD a conversion: Hybrid turns RevShare around')).toBeVisible()
})

test('[RT-02] Save payouts alone and reload: the old lines; with Save changes: the new lines', async ({ shop, page }) => {
  await put(shop, { geo: 'US, 10' })
  await openPayouts(page, shop)
  await expect(editor(page, 'GEO')).toHaveValue('US, 10')
  await type(page, 'GEO', 'US, 12\nDE, 8')
  await expect(save(page)).toHaveAttribute('aria-disabled', 'true')
  await stage(page).click()
  await expect(bar(page)).toContainText('Staged, not saved yet: GEO')
  expect(await tablesOf(shop)).toEqual({ geo: 'US, 10' })
  let warned = ''
  page.on('dialog', dialog => {
    warned = dialog.type()
    void dialog.accept()
  })
  await page.reload()
  expect(warned).toBe('beforeunload')
  await expect(editor(page, 'GEO')).toHaveValue('US, 10')

  await type(page, 'GEO', 'US, 12\nDE, 8')
  await stage(page).click()
  await save(page).click()
  await expect(bar(page)).toHaveText('Everything is saved.')
  await page.reload()
  await expect(editor(page, 'GEO')).toHaveValue('US, 12\nDE, 8')
  expect(await tablesOf(shop)).toEqual({ geo: 'US, 12\nDE, 8' })
})

test('details and staged payouts are saved together as one version, which the versions explain', async ({ shop, page }) => {
  await openPayouts(page, shop)
  await type(page, 'TYPE', 'Lead, 15')
  await stage(page).click()
  await page.getByRole('tab', { name: 'Details' }).click()
  await page.getByRole('textbox', { name: 'Share of the revenue' }).fill('12.5')
  await expect(bar(page)).toContainText('TYPE, and the details')
  await save(page).click()
  await expect(page.getByText('Saved as version 2.')).toBeVisible()
  await page.getByRole('tab', { name: 'Versions' }).click()
  const newest = page.getByRole('list', { name: 'Versions' }).locator('> li').first()
  await expect(newest).toContainText('12.5 % of revenue, 1 custom payout line')
  await expect(newest.locator('del')).toHaveText('10 % of revenue')
  await expect(newest.locator('ins').first()).toHaveText('12.5 % of revenue')
  await expect(newest.locator('li').nth(1)).toHaveText('TYPE added Lead, 15')
})

test('leaving with staged lines asks first, and switching between details and payouts does not', async ({ shop, page }) => {
  await openPayouts(page, shop)
  await type(page, 'GEO', 'US, 12')
  await stage(page).click()
  await page.getByRole('tab', { name: 'Details' }).click()
  await page.getByRole('tab', { name: 'Custom payouts' }).click()
  await expect(editor(page, 'GEO')).toHaveValue('US, 12')
  await page.getByRole('tab', { name: 'Overview' }).click()
  const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
  await dialog.getByRole('button', { name: 'Back' }).click()
  await expect(bar(page)).toContainText('Staged, not saved yet: GEO')
  await page.getByRole('link', { name: 'Payouts', exact: true }).click()
  await dialog.getByRole('button', { name: 'Discard the changes' }).click()
  await expect(page.getByRole('heading', { name: 'Payouts', exact: true })).toBeVisible()
  expect(await tablesOf(shop)).toEqual({})
})

test('wrong lines are named in place as one types, and an unknown partner when the lines are staged', async ({ shop, page }) => {
  await shop.partner('Nick')
  await openPayouts(page, shop)
  await type(page, 'GEO', 'US, 12\nXYZ, 8\nDE, 101')
  const box = editor(page, 'GEO')
  await expect(box).toHaveAccessibleDescription(/Line 2 ?: "XYZ" is no country.*Line 3 ?: 101 % is more than 100 %/)
  await expect(page.getByText('"XYZ" is no country; write its two letters, for example US').first()).toBeVisible()
  await expect(stage(page)).toHaveAttribute('aria-disabled', 'true')
  await page.getByRole('button', { name: 'Line 3' }).click()
  await expect(box).toBeFocused()
  await box.fill('US, 12')
  await type(page, 'PUBLISHER/ALIAS', 'nick, 5\nnobody, 7')
  await stage(page).click()
  await expect(editor(page, 'PUBLISHER/ALIAS')).toHaveAccessibleDescription(/Line 2 ?: no publisher "nobody"/)
  await expect(bar(page)).toContainText('Typed, not staged yet')
  await editor(page, 'PUBLISHER/ALIAS').fill('nick, 5')
  await stage(page).click()
  await expect(bar(page)).toContainText('Staged, not saved yet: GEO, PUBLISHER/ALIAS')
})

test('the test box tells the winner and why, the losers and why not, with lines that are not saved', async ({ shop, page }) => {
  await shop.partner('Nick')
  await put(shop, { type: 'sale, 20' })
  await openPayouts(page, shop)
  await type(page, 'GEO', 'US, 12\nDE, 8')
  await type(page, 'PUBLISHER/ALIAS', 'nick, 30')
  const form = page.getByRole('form', { name: 'Test' })
  await form.getByLabel('Publisher').fill('nick')
  await form.getByLabel('Country').fill('US')
  await form.getByLabel('Revenue').fill('80')
  await form.getByRole('button', { name: 'Test' }).click()
  const result = page.getByTestId('tested')
  await expect(result).toContainText('24.00 USD')
  await expect(result).toContainText('30 % of 80.00 USD: PUBLISHER/ALIAS line 1')
  const losers = result.getByRole('row')
  await expect(losers.filter({ hasText: 'US, 12' })).toContainText('matched, but PUBLISHER/ALIAS comes first')
  await expect(losers.filter({ hasText: 'DE, 8' })).toContainText('country is US, the line wants DE')
  await expect(losers.filter({ hasText: 'sale, 20' })).toContainText('matched, but PUBLISHER/ALIAS comes first')
  const order = page.getByRole('list', { name: 'Which table wins' })
  await expect(order.getByRole('listitem')).toHaveCount(12)
  await expect(order.locator('[aria-current]')).toHaveText('PUBLISHER/ALIAS')
  await form.getByLabel('Publisher').fill('')
  await form.getByLabel('Country').fill('FR')
  await form.getByLabel('Type').fill('Lead')
  await form.getByLabel('Subs of the click').fill('12347')
  await form.getByRole('button', { name: 'Test' }).click()
  await expect(form).toContainText('Write them like sub1=12347')
  await form.getByLabel('Subs of the click').fill('sub1=12347')
  await form.getByRole('button', { name: 'Test' }).click()
  await expect(result).toContainText('8.00 USD')
  await expect(order.locator('[aria-current]')).toHaveText('Campaign rate')
  expect(await tablesOf(shop)).toEqual({ type: 'sale, 20' })
})

test('with a cost model that pays partners nothing the tab is disabled and says why', async ({ shop, page }) => {
  const body = { name: 'Clicks', cost_model: 'cpc' } as const
  const { data } = await shop.api.campaigns.create({ params: shop.params, body })
  await open(page, shop, `/${data.id}`, '&tab=edit&part=custom-payouts')
  await expect(page.getByRole('tab', { name: 'Custom payouts' })).toHaveAttribute('aria-disabled', 'true')
  await expect(page.getByText('Custom payouts need the cost model CPA or RevShare')).toBeVisible()
  await expect(page.getByRole('radio')).toHaveCount(0)
})

test('a campaign is made by the form, with each fault at its field, and its addresses are there to copy', async ({
  shop,
  page,
}) => {
  await open(page, shop)
  await page.keyboard.press('c')
  const form = page.getByRole('dialog', { name: 'New campaign' })
  await form.getByRole('button', { name: 'Create campaign' }).click()
  await expect(form).toContainText('Give the campaign a name.')
  await expect(form).toContainText('Say which share of the revenue is paid.')
  await form.getByRole('textbox', { name: 'Name' }).fill('Autumn')
  await form.getByLabel('Slug').fill('spring-sale')
  await form.getByLabel('Cost model').selectOption('CPA')
  await form.getByLabel('Amount a conversion').fill('10')
  await form.getByRole('button', { name: 'Add a tier' }).click()
  await form.getByLabel('Tier 1: pays').fill('12.50')
  await form.getByLabel('Hold in hours').fill('72')
  await form.getByLabel('Cap a day').fill('100')
  await form.getByLabel('Destination address').fill('https://shop.example/')
  await form.getByLabel('Revenue when none is sent').fill('5')
  await form.getByRole('button', { name: 'Create campaign' }).click()
  await expect(form).toContainText('Is taken.')
  await form.getByLabel('Slug').fill('')
  await form.getByRole('button', { name: 'Create campaign' }).click()
  await expect(page.getByRole('heading', { name: 'Autumn' })).toBeVisible()
  const facts = page.locator('main')
  await expect(facts).toContainText('10.00 USD per conversion, 12.50 USD from conversion 1')
  await expect(facts).toContainText('3 days')
  await expect(facts).toContainText('100 a day')
  await expect(page.getByText(`/api/r/${shop.slug}/autumn?via={partner_slug}`)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Copy tracking link' })).toBeVisible()
  await expect(page.getByText(`/api/postback/${shop.slug}/autumn?click_id={click_id}`)).toBeVisible()
})

test('the list is searched by name and opened from the keyboard', async ({ shop, page }) => {
  for (const name of ['Autumn', 'Winter'])
    await shop.api.campaigns.create({ params: shop.params, body: { name, cost_model: 'cpa', amount_cents: 5_00 } })
  await shop.sale(await shop.partner('Nick'), 10_00)
  await open(page, shop)
  await expect(page.getByRole('row').filter({ hasText: 'Spring sale' })).toContainText('10 % of revenue')
  await expect(page.getByRole('row').filter({ hasText: 'Spring sale' }).getByRole('cell').nth(4)).toHaveText('1')
  await page.keyboard.press('/')
  await page.keyboard.type('win')
  await expect(page.getByRole('row')).toHaveCount(2)
  await expect(page).toHaveURL(/q=win/)
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Winter' })).toBeVisible()
})

test('a member sees campaigns and their versions, and cannot edit, not even by the address', async ({ shop, page }) => {
  await page.route('**/api/me', async route => {
    const answer = await (await route.fetch()).json()
    for (const brand of answer.data.brands) brand.role = 'member'
    await route.fulfill({ json: answer })
  })
  await open(page, shop)
  await expect(page.getByRole('link', { name: 'Spring sale' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'New campaign' })).toHaveCount(0)
  await open(page, shop, `/${shop.campaign_id}`, '&tab=edit')
  await expect(page.getByRole('heading', { name: 'Postback URL' })).toBeVisible()
  await expect(page.getByRole('tab')).toHaveText(['Overview', 'Versions'])
  await expect(page.getByRole('button', { name: 'Save changes' })).toHaveCount(0)
})

const HOSTILE = '<script>alert(1)</script> ‮evil‬ =1+1 🎉'

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing serious on campaigns, hostile text is harmless, ${scheme}, ${width} wide`, async ({ shop, page }) => {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme: scheme })
      const params = { ...shop.params, campaign_id: shop.campaign_id }
      await shop.partner('Nick')
      const tables = { type: `"${HOSTILE.slice(0, 40)}", 15`, publisher: 'nick, 5' }
      await shop.api.campaigns.change({ params, body: { name: HOSTILE, destination_url: 'https://shop.example/', tables } })
      let alerts = 0
      page.on('dialog', dialog => {
        alerts += dialog.type() === 'alert' ? 1 : 0
        void dialog.accept()
      })
      await open(page, shop)
      await expect(page.getByRole('link', { name: HOSTILE })).toBeVisible()
      expect(await seriousFindings(page)).toEqual([])
      await page.keyboard.press('c')
      expect(await seriousFindings(page)).toEqual([])
      await page.keyboard.press('Escape')
      await open(page, shop, `/${shop.campaign_id}`)
      await expect(page.getByRole('heading', { name: 'Postback URL' })).toBeVisible()
      expect(await seriousFindings(page)).toEqual([])
      await page.getByRole('tab', { name: 'Versions' }).click()
      await expect(page.getByRole('list', { name: 'Versions' })).toContainText('<script>')
      expect(await seriousFindings(page)).toEqual([])
      await page.getByRole('tab', { name: 'Edit' }).click()
      expect(await seriousFindings(page)).toEqual([])
      await page.getByRole('tab', { name: 'Custom payouts' }).click()
      await type(page, 'GEO', 'XYZ, 8')
      await page.getByRole('button', { name: 'Line 1' }).waitFor()
      expect(await seriousFindings(page)).toEqual([])
      await editor(page, 'GEO').fill('US, 8')
      await page.getByRole('form', { name: 'Test' }).getByRole('button', { name: 'Test' }).click()
      await page.getByTestId('tested').waitFor()
      expect(await seriousFindings(page)).toEqual([])
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      expect([wide, alerts]).toEqual([0, 0])
    })
  }
}
