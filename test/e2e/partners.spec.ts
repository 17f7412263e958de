/** Partners: the list, one partner's page, and what can be done there. Issue 4 point 6. */
import type { Page } from '@playwright/test'
import { expect, type Shop, seriousFindings, test } from './support.ts'

async function open(page: Page, shop: Shop, path = '/partners', more = ''): Promise<void> {
  await page.context().addCookies(shop.tenant.cookies)
  await page.goto(`${shop.tenant.address}${path}?brand=${shop.slug}${more}`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
}
const list = (page: Page) => page.getByRole('table', { name: 'Partners' })
const row = (page: Page, name: string) => list(page).getByRole('row').filter({ hasText: name })
const names = (page: Page) => list(page).locator('a[data-row^="partner:"]')
const card = (page: Page, name: string) => page.locator('dl > div').filter({ has: page.locator('dt', { hasText: name }) })
const hostile = ['<script>alert(1)</script>', 'مرحبا \u202egnp.exe', '😀👩‍👩‍👧', '=1+1', 'x'.repeat(100)]

test('an empty brand says how it begins, and c adds the first partner, faults in their fields', async ({ page, shop }) => {
  await open(page, shop)
  await expect(page.getByText('No partners yet.')).toBeVisible()
  await page.keyboard.press('c')
  const form = page.getByRole('dialog', { name: 'New partner' })
  await form.getByRole('textbox', { name: 'Name' }).fill('Ada')
  await form.getByLabel('E-mail').fill('ada@')
  await form.getByLabel('Alias').fill('not an alias')
  await form.getByLabel('Country').selectOption('Germany')
  await form.locator('form').evaluate((each: HTMLFormElement) => {
    each.noValidate = true
  })
  await form.getByRole('button', { name: 'Add partner' }).click()
  await expect(form.getByLabel('Alias')).toHaveAttribute('aria-invalid', 'true')
  await expect(form).toContainText('Must be 1 to 64 letters, digits')
  await form.getByLabel('E-mail').fill('ada@example.org')
  await form.getByLabel('Alias').fill('countess')
  await form.getByRole('button', { name: 'Add partner' }).click()
  await expect(form).toHaveCount(0)
  await expect(row(page, 'Ada')).toContainText('countess · ada@example.org')
  await expect(row(page, 'Ada')).toContainText('DE')
  await page.keyboard.press('c')
  await form.getByRole('textbox', { name: 'Name' }).fill('Eve')
  await form.getByLabel('Alias').fill('COUNTESS')
  await form.getByRole('button', { name: 'Add partner' }).click()
  await expect(form.getByText('Is taken.')).toBeVisible()
})

test('a creator is added by its handle, found by it, and one that is taken says so', async ({ page, shop }) => {
  await open(page, shop)
  const form = page.getByRole('dialog', { name: 'New partner' })
  const add = async (handle: string) => {
    await page.keyboard.press('c')
    await form.getByText('By handle').click()
    await form.getByRole('textbox', { name: 'Handle' }).fill(handle)
    await form.getByRole('button', { name: 'Add partner' }).click()
  }
  await add('@ada_dances')
  await expect(row(page, 'ada_dances')).toContainText('@ada_dances')
  await add('Ada_Dances')
  await expect(form).toContainText('belongs to another partner')
})

test('search, status cards and order live in the address, and come back with it', async ({ page, shop }) => {
  await shop.owed('Ada', 20_00)
  await shop.owed('Bob', 30_00)
  const zoe = await shop.partner('Zoe')
  await shop.api.partners.change({ params: { ...shop.params, partner_id: zoe }, body: { status: 'paused' } })
  await open(page, shop)
  await expect(names(page)).toHaveText(['Zoe', 'Bob', 'Ada'])
  await expect(card(page, 'Approved')).toContainText('2')
  await expect(row(page, 'Ada')).toContainText('20.00')
  await expect(list(page).locator('th').filter({ hasText: 'Owed' })).toContainText('USD')
  await list(page).locator('th').filter({ hasText: 'Owed' }).click()
  await expect(page).toHaveURL(/sort=-?owed_cents/)
  const is_falling = page.url().includes('sort=-owed_cents')
  await expect(names(page)).toHaveText(is_falling ? ['Bob', 'Ada', 'Zoe'] : ['Zoe', 'Ada', 'Bob'])
  await card(page, 'Paused').getByRole('link').click()
  await expect(names(page)).toHaveText(['Zoe'])
  await page.reload()
  await expect(names(page)).toHaveText(['Zoe'])
  await page.getByRole('button', { name: 'Remove filter Status: Paused' }).click()
  await page.keyboard.press('/')
  await page.keyboard.type('BO')
  await expect(names(page)).toHaveText(['Bob'])
  await page.getByRole('searchbox').fill('nobody')
  await expect(page.getByText('No partner matches.')).toBeVisible()
  await page.getByRole('button', { name: 'Show all partners' }).click()
  await expect(names(page)).toHaveCount(3)
})

test('many are paused at once after what it means was said, and one is unpaused from its row', async ({ page, shop }) => {
  await shop.owed('Ada', 20_00)
  await shop.owed('Bob', 30_00)
  await shop.partner('Zoe')
  await open(page, shop)
  await page.getByRole('checkbox', { name: 'Select Ada' }).check()
  await page.getByRole('checkbox', { name: 'Select Bob' }).check()
  const bar = page.getByRole('region', { name: 'Selection' })
  await expect(bar).toContainText('2 partners · 50.00 USD owed')
  await bar.getByRole('button', { name: 'Approve' }).hover()
  await expect(page.getByRole('tooltip')).toContainText('All of them are approved already.')
  await bar.getByRole('button', { name: 'Pause' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('recorded and earn nothing')
  await dialog.getByRole('button', { name: 'Pause 2 partners' }).click()
  await expect(card(page, 'Paused')).toContainText('2')
  await expect(bar).toHaveCount(0)
  await row(page, 'Ada').getByRole('button', { name: 'Change Ada' }).click()
  await page.getByRole('menuitem', { name: 'Unpause…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Unpause Ada' }).click()
  await expect(row(page, 'Ada')).toContainText('Approved')
  await expect(card(page, 'Paused')).toContainText('1')
})

test('j and Enter open a partner; its page says what stands between it and its money', async ({ page, shop }) => {
  await shop.settings({ minimum_threshold_cents: 50_00 })
  const ada = await shop.owed('Ada', 20_00)
  await shop.api.partners.change({ params: { ...shop.params, partner_id: ada }, body: { email: null, company: 'Ada Ltd' } })
  await open(page, shop)
  await expect(row(page, 'Ada')).toBeVisible()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ada')
  await expect(page.getByRole('list', { name: 'About this partner' })).toContainText('Ada Ltd')
  const warnings = page.getByRole('list', { name: 'Warnings' })
  await expect(warnings).toContainText('Below the minimum of 50.00 USD: 30.00 USD to go.')
  await expect(warnings).toContainText('No e-mail')
  await expect(warnings).toContainText('No billing details')
  await expect(card(page, 'Owed')).toContainText('20.00 USD')
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Pause Ada' }).click()
  await expect(warnings).toContainText('Paused: new conversions are recorded')
  await expect(page.getByRole('link', { name: 'View as partner' })).toHaveAttribute('href', new RegExp(`/portal\\?.*as=${ada}`))
})

test('a partner that was paid more than it earned is below zero, and the page says so', async ({ page, shop }) => {
  const ada = await shop.owed('Ada', 20_00)
  const paid = { publisher_id: ada, requested_amount_cents: 25_00, status: 'paid' as const }
  await shop.api.publisherPayouts.create({ params: shop.params, body: paid })
  await open(page, shop, `/partners/${ada}`)
  await expect(page.getByRole('list', { name: 'Warnings' })).toContainText('Was paid 5.00 USD more than it earned')
  await expect(card(page, 'Credit')).toContainText('25.00 USD')
})

test('earnings say why and where each stands, filtered in the address; payouts list beside them', async ({ page, shop }) => {
  const ada = await shop.owed('Ada', 20_00)
  await shop.pay(await shop.approve(await shop.draft(ada)))
  await shop.sale(ada, 70_00)
  await open(page, shop, `/partners/${ada}`)
  const table = page.getByRole('table', { name: 'Earnings of Ada' })
  await expect(table.locator('tbody tr')).toHaveCount(2)
  await expect(table.locator('tbody tr').first()).toContainText('10 % of 70.00 USD')
  await expect(table.locator('tbody tr').first()).toContainText('Payable')
  await expect(table.locator('tbody tr').last()).toContainText(/Paid.*no\. \d+/s)
  await page.keyboard.press('f')
  await page.getByRole('button', { name: 'Paid', exact: true }).click()
  await page.keyboard.press('Escape')
  await expect(table.locator('tbody tr')).toHaveCount(1)
  await expect(page).toHaveURL(/state=paid/)
  await page.getByRole('tab', { name: 'Payouts' }).click()
  await expect(page).toHaveURL(/tab=payouts/)
  const payouts = page.getByRole('table', { name: 'Payouts of Ada' })
  await expect(payouts.locator('tbody tr')).toHaveCount(1)
  await expect(payouts).toContainText('20.00')
  await payouts.getByRole('link').click()
  await expect(page.getByRole('complementary')).toContainText('Ada')
})

test('terms show the partner’s own line before the rate of all, and activity what changed', async ({ page, shop }) => {
  const ada = await shop.owed('Ada', 20_00)
  const campaign = { ...shop.params, campaign_id: shop.campaign_id }
  await shop.api.campaigns.setOverride({ params: { ...campaign, partner_id: ada }, body: { value: '25' } })
  await shop.api.partners.change({ params: { ...shop.params, partner_id: ada }, body: { company: 'Ada Ltd' } })
  await shop.approve(await shop.draft(ada))
  await open(page, shop, `/partners/${ada}`, '&tab=terms')
  const rules = page.getByRole('list', { name: /What Spring sale pays Ada/ }).getByRole('listitem')
  await expect(rules).toHaveText([
    /Own line in PUBLISHER\/ALIAS ada, 25.*since 25 Mar 2026/,
    /Campaign rate: 10 % of the revenue/,
  ])
  await page.getByRole('tab', { name: 'Activity' }).click()
  const events = page.getByRole('list', { name: 'Activity of Ada' }).locator('> li')
  await expect(events.first()).toContainText('Payout approved')
  await expect(events.filter({ hasText: 'Changed' })).toContainText('company: Ada Ltd')
  await expect(events.last()).toContainText('Added')
})

test('the statement of a month adds up, leafs to the month before, and is kept as PDF or CSV', async ({ page, shop }) => {
  const ada = await shop.partner('Ada')
  await shop.sale(ada, 200_00, '2026-03-10T10:00:00Z')
  await shop.pay(await shop.approve(await shop.draft(ada)))
  await open(page, shop, `/partners/${ada}`, '&tab=statement')
  const month = page.getByRole('region', { name: 'March 2026 in USD' })
  await expect(month.locator('dl > div')).toHaveText([
    /Opening0\.00/,
    /Earned20\.00/,
    /Adjusted0\.00/,
    /Paid20\.00/,
    /Closing0\.00/,
  ])
  await expect(month.getByRole('table').locator('tbody tr')).toHaveText([/20\.00/, /−20\.00/])
  for (const kind of ['PDF', 'CSV']) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: kind }).click()])
    expect(download.suggestedFilename()).toContain(kind.toLowerCase())
  }
  await page.getByRole('button', { name: 'Next month' }).hover()
  await expect(page.getByRole('tooltip')).toContainText('has not ended')
})

test('details are changed in place, and a fault stands in its field', async ({ page, shop }) => {
  const ada = await shop.partner('Ada')
  await shop.partner('Bob')
  await open(page, shop, `/partners/${ada}`, '&tab=details')
  const form = page.getByRole('form', { name: 'Details' })
  await expect(form.getByRole('button', { name: 'Save changes' })).toHaveAttribute('aria-disabled', 'true')
  await form.getByLabel('Alias').fill('bob')
  await form.getByRole('button', { name: 'Save changes' }).click()
  await expect(form).toContainText('Is taken.')
  await form.getByLabel('Alias').fill('countess')
  await form.getByLabel('Billing details').fill('DE02 1203 0000 0000 2020 51')
  await form.getByRole('textbox', { name: 'Name' }).fill('Ada Lovelace')
  await form.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ada Lovelace')
  await expect(page.getByRole('list', { name: 'Warnings' })).toHaveCount(0)
})

test('hostile names are text, on the list and on the page, and widen nothing at 390 px', async ({ page, shop }) => {
  const dialogs: string[] = []
  page.on('dialog', dialog => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  const ids = []
  for (const name of hostile)
    ids.push((await shop.api.partners.create({ params: shop.params, body: { name, company: name } })).data.id)
  await page.setViewportSize({ width: 390, height: 900 })
  await open(page, shop)
  for (const name of hostile) await expect(names(page).filter({ hasText: name.trim() })).toBeVisible()
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(await overflow()).toBeLessThanOrEqual(0)
  for (const id of [ids[0], ids[4]]) {
    await open(page, shop, `/partners/${id}`)
    expect(await overflow()).toBeLessThanOrEqual(0)
  }
  expect(dialogs).toEqual([])
})

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing serious on partners, ${scheme}, ${width} wide`, async ({ page, shop }) => {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme: scheme })
      const ada = await shop.owed('Ada', 20_00)
      const zoe = await shop.partner('Zoe')
      await shop.draft(ada)
      await shop.api.partners.changeStatus({ params: shop.params, body: { ids: [zoe], status: 'pending' } })
      await open(page, shop)
      await page.getByRole('checkbox', { name: 'Select Ada' }).check()
      expect(await seriousFindings(page)).toEqual([])
      await page.keyboard.press('c')
      expect(await seriousFindings(page)).toEqual([])
      for (const tab of ['earnings', 'statement', 'terms', 'activity', 'details']) {
        await open(page, shop, `/partners/${ada}`, `&tab=${tab}`)
        await expect(card(page, 'Owed')).toBeVisible()
        expect(await seriousFindings(page), tab).toEqual([])
      }
    })
  }
}
