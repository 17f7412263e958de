/** Import: from a file to its rows, rehearsed with its money effect, and undone. Issue 4 point 6. */
import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, type Shop, seriousFindings, test } from './support.ts'

async function open(page: Page, shop: Shop, more = ''): Promise<void> {
  await page.context().addCookies(shop.tenant.cookies)
  await page.goto(`${shop.tenant.address}/imports?brand=${shop.slug}${more}`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
}

/** Drops a file on the page and waits for its columns. */
async function upload(page: Page, shop: Shop, name: string, content: string | Buffer): Promise<void> {
  await open(page, shop, '&open=new')
  await page.locator('input[type="file"]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) })
  await expect(page.getByRole('region', { name: '1. Columns' })).toBeVisible()
}
const check = (page: Page) => page.getByRole('button', { name: 'Check the whole file' })
const card = (page: Page, name: string) => page.locator('dl > div').filter({ has: page.locator('dt', { hasText: name }) })
const rows = (page: Page) => page.getByRole('region', { name: 'The first rows', exact: true }).locator('tbody tr')

const SALES = 'Order ID;Affiliate;Amount;Created at\no-1;nick;"100,50";1.3.2026\no-2;nick;200;2.3.2026\no-3;stranger;5;3.3.2026\n'

test('a pasted file is read by its headers, rehearsed with its money effect, run, and undone to the cent', async ({
  page,
  shop,
}) => {
  const nick = await shop.partner('Nick')
  await open(page, shop)
  await expect(page.getByText('Nothing imported yet.')).toBeVisible()
  await page.keyboard.press('c')
  await page.getByLabel('Or paste rows').fill(SALES)
  await page.getByRole('button', { name: 'Use these rows' }).click()
  await expect(page.getByLabel('Order or lead id')).toHaveValue('Order ID')
  await expect(page.getByLabel('Partner', { exact: true })).toHaveValue('Affiliate')
  await expect(page.getByLabel('Decimal mark')).toHaveValue(',')
  await expect(page.getByLabel('Dates')).toHaveValue('d.M.yyyy')
  await expect(page.getByRole('status').filter({ hasText: 'Choose the campaign' })).toBeVisible()
  await expect(check(page)).toHaveAttribute('aria-disabled', 'true')
  await page.getByLabel('Campaign').selectOption('Spring sale')
  await expect(rows(page).first()).toContainText('2026-03-01 00:00:00 UTC')
  await expect(rows(page).first()).toContainText('100.50 USD')
  await check(page).click()
  await expect(card(page, 'Will be created')).toContainText('2')
  await expect(card(page, 'Partners would earn')).toContainText('30.05 USD')
  await expect(page.getByText('there is no partner "…"')).toBeVisible()
  expect((await shop.api.conversions.list({ params: shop.params })).data).toEqual([])
  await page.getByRole('button', { name: 'Import 2 rows' }).click()
  await expect(page.getByText('Done', { exact: true })).toBeVisible()
  await expect(card(page, 'Partners earned')).toContainText('30.05 USD')
  const owed = async () =>
    (await shop.api.payouts.balances({ params: shop.params, query: { partner_id: nick } })).data.map(each => each.owed_cents)
  expect(await owed()).toEqual([30_05])

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download rejected rows' }).click(),
  ])
  const text = readFileSync(await download.path(), 'utf8')
  expect(text.split('\r\n')[1]).toMatch(/^4,.*no partner.*,o-3,stranger,5,3\.3\.2026$/)

  await page.getByRole('button', { name: 'Undo import…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('2 conversions will be taken back.')
  await expect(dialog).toContainText('−30.05 USD')
  expect(await owed()).toEqual([30_05])
  await dialog.getByRole('button', { name: 'Undo import' }).click()
  await expect(page.getByText('Undone', { exact: true })).toBeVisible()
  expect(await owed()).toEqual([0])
  await page.getByRole('link', { name: 'All imports' }).click()
  await expect(page.getByRole('table', { name: 'Imports' }).locator('tbody tr')).toContainText(['pasted.csv'])
})

test('an undo says beforehand what was paid and becomes a clawback', async ({ page, shop }) => {
  const nick = await shop.partner('Nick')
  await upload(page, shop, 'sales.csv', 'order_id,partner,revenue\no-1,nick,100\n')
  await page.getByLabel('Campaign').selectOption('Spring sale')
  await check(page).click()
  await page.getByRole('button', { name: 'Import 1 row' }).click()
  await expect(page.getByText('Done', { exact: true })).toBeVisible()
  await shop.pay(await shop.approve(await shop.draft(nick)))
  await page.getByRole('button', { name: 'Undo import…' }).click()
  await expect(page.getByRole('dialog')).toContainText('−10.00 USD of it was paid already: it becomes clawbacks')
})

test('the columns of a file are remembered for the next one with the same headers', async ({ page, shop }) => {
  await shop.partner('Nick')
  const file = (id: string) => `a,b,c\n${id},nick,7\n`
  await upload(page, shop, 'one.csv', file('x-1'))
  await page.getByLabel('Campaign').selectOption('Spring sale')
  await expect(page.getByRole('status').filter({ hasText: 'named external_id' })).toBeVisible()
  await page.getByLabel('Order or lead id').selectOption('a')
  await page.getByLabel('Partner', { exact: true }).selectOption('b')
  await page.getByLabel('Revenue').selectOption('c')
  await page.getByLabel('Conversion type').selectOption('Always the same…')
  await page.getByLabel('Conversion type, always').fill('Lead')
  await expect(rows(page).first()).toContainText('Lead')
  await check(page).click()
  await expect(page.getByRole('button', { name: 'Import 1 row' })).toBeVisible()
  await upload(page, shop, 'two.csv', file('x-2'))
  await expect(page.getByLabel('Order or lead id')).toHaveValue('a')
  await expect(rows(page).first()).toContainText('Lead')
  await check(page).click()
  await expect(page.getByRole('button', { name: 'Import 1 row' })).toBeVisible()
  await page.getByLabel('Revenue').selectOption('Not in the file')
  await expect(check(page)).toBeVisible()
})

test('metrics are told by their headers, and the mapping can be written as JSON', async ({ page, shop }) => {
  const content = 'channel_title,video_id,date,views,likes\nAda TV,v-1,2026-03-01,100,3\nAda TV,v-1,2026-03-02,150,\n'
  await upload(page, shop, 'metrics.csv', content)
  await expect(page.getByLabel('The rows are')).toHaveValue('metrics')
  await page.getByRole('button', { name: /Everything as JSON/ }).click()
  const json = page.getByLabel('Mapping')
  const mapping = JSON.parse(await json.inputValue())
  await json.fill('{')
  await expect(page.getByText('This is no JSON yet')).toBeVisible()
  await json.fill(JSON.stringify({ ...mapping, constants: { platform: 'youtube' } }))
  await expect(rows(page).first()).toContainText('youtube')
  await check(page).click()
  await page.getByRole('button', { name: 'Import 2 rows' }).click()
  await expect(page.getByText('Done', { exact: true })).toBeVisible()
  expect((await shop.api.videos.list({ query: { project_id: shop.brand_id } })).data).toMatchObject([{ view_count: 150 }])
})

test('a file that cannot be read is refused in words, and nothing is kept', async ({ page, shop }) => {
  await open(page, shop, '&open=new')
  const file = { name: 'broken.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n"never closed,1\n2,3\n') }
  await page.locator('input[type="file"]').setInputFiles(file)
  await expect(page.getByRole('alert')).toContainText('a quote opens there and is not closed')
  await open(page, shop)
  await expect(page.getByText('Nothing imported yet.')).toBeVisible()
})

test('hostile cells and file names are text', async ({ page, shop }) => {
  const dialogs: string[] = []
  page.on('dialog', dialog => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  const evil = '<img src=x onerror=alert(1)>'
  const lines = [`${evil},ada,1`, '=1+1,مرحبا \u202egnp,2', `${'x'.repeat(500)},😀,3`]
  await upload(page, shop, `${evil}.csv`, `order_id,partner,"revenue"\n${lines.join('\n')}\n`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${evil}.csv`)
  await page.getByLabel('Campaign').selectOption('Spring sale')
  await expect(rows(page).first()).toContainText(evil)
  await page.setViewportSize({ width: 390, height: 900 })
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(overflow).toBeLessThanOrEqual(0)
  await check(page).click()
  await expect(card(page, 'Will be rejected')).toContainText('3')
  expect(dialogs).toEqual([])
})

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing serious on imports, ${scheme}, ${width} wide`, async ({ page, shop }) => {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme: scheme })
      await shop.partner('Nick')
      await open(page, shop)
      expect(await seriousFindings(page)).toEqual([])
      await open(page, shop, '&open=new')
      expect(await seriousFindings(page)).toEqual([])
      await upload(page, shop, 'sales.csv', SALES)
      expect(await seriousFindings(page)).toEqual([])
      await page.getByLabel('Campaign').selectOption('Spring sale')
      await check(page).click()
      await expect(page.getByRole('button', { name: 'Import 2 rows' })).toBeVisible()
      expect(await seriousFindings(page)).toEqual([])
      await page.getByRole('button', { name: 'Import 2 rows' }).click()
      await expect(page.getByText('Done', { exact: true })).toBeVisible()
      expect(await seriousFindings(page)).toEqual([])
      await open(page, shop)
      await expect(page.getByRole('table', { name: 'Imports' })).toBeVisible()
      expect(await seriousFindings(page)).toEqual([])
    })
  }
}
