import type { Locator, Page } from '@playwright/test'
import { expect, type Shop, seriousFindings, test } from './support.ts'

async function open(page: Page, shop: Shop, query = ''): Promise<void> {
  await page.context().addCookies(shop.tenant.cookies)
  await page.goto(`${shop.tenant.address}/conversions?brand=${shop.slug}${query}`)
  await expect(page.locator('dl[aria-busy="false"]')).toBeVisible()
}
const queue = (page: Page): Locator => page.getByRole('region', { name: 'Holds queue' })
const stream = (page: Page): Locator => page.getByRole('region', { name: 'Live stream' })
const rail = (page: Page): Locator => page.getByRole('complementary')
const rowOf = (region: Locator, order: string): Locator => region.getByRole('row').filter({ hasText: order })
const kpi = (page: Page, name: string): Locator => page.locator('dl > div').filter({ has: page.locator('dt', { hasText: name }) })
const ordersIn = (region: Locator): Locator => region.locator('tbody a[data-row]')

type Item = Record<string, unknown>
async function record(shop: Shop, ...items: Item[]): Promise<string[]> {
  const conversions = items.map(item => ({
    campaign: shop.campaign_id,
    revenue_cents: 100_00,
    occurred_at: '2026-03-24T10:00:00Z',
    ...item,
  }))
  const { data } = await shop.api.conversions.record({ params: shop.params, body: { conversions } })
  expect(data.counts.created, JSON.stringify(data.results)).toBe(items.length)
  return data.results.map(result => result.conversion_id as string)
}
/** A second campaign of 5.00 a conversion, held for ten days. */
const heldCampaign = async (shop: Shop, name = 'Held') =>
  (
    await shop.api.campaigns.create({
      params: shop.params,
      body: { name, cost_model: 'cpa', amount_cents: 5_00, hold_hours: 240 },
    })
  ).data.id
const statusOf = async (shop: Shop, conversion_id: string) =>
  (await shop.api.conversions.one({ params: { ...shop.params, conversion_id } })).data.status

test('[TR-50] the holds queue has a checkbox a row and select-all; a bulk action removes what it decided', async ({
  shop,
  page,
}) => {
  const partner = await shop.partner('Nick')
  const held = await heldCampaign(shop)
  const [first, second, third] = await record(
    shop,
    { partner, external_id: 'h-1', campaign: held },
    { partner, external_id: 'h-2', campaign: held },
    { partner, external_id: 'r-3', status: 'pending' },
    { partner, external_id: 'fine' },
  )
  await open(page, shop)
  await expect(ordersIn(queue(page))).toHaveText(['r-3', 'h-2', 'h-1'])
  await expect(rowOf(queue(page), 'h-1')).toContainText('Hold period')
  await expect(rowOf(queue(page), 'h-1')).toContainText('until 3 Apr 2026')
  await expect(rowOf(queue(page), 'r-3')).toContainText('Needs review')

  await queue(page).getByRole('checkbox', { name: 'Select all rows shown' }).check()
  await expect(queue(page).getByRole('toolbar')).toContainText('3 selected · 20.00 USD')
  await queue(page).getByRole('checkbox', { name: 'Select order r-3' }).uncheck()
  await queue(page).getByRole('button', { name: 'Approve 2' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Approve 2 conversions' }).click()
  await expect(ordersIn(queue(page))).toHaveText(['r-3'])
  expect(await Promise.all([first, second, third].map(id => statusOf(shop, id as string)))).toEqual([
    'approved',
    'approved',
    'pending_review',
  ])

  await queue(page).getByRole('checkbox', { name: 'Select order r-3' }).check()
  await queue(page).getByRole('button', { name: 'Reject 1' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('a test order')
  await dialog.getByRole('button', { name: 'Reject 1 conversion' }).click()
  await expect(queue(page)).toContainText('Nothing waits.')
  expect(await statusOf(shop, third as string)).toBe('rejected')
})

test('[TR-51] four KPIs of the days, at most the 50 newest, and a rail with revenue, payout, profit and subs', async ({
  shop,
  page,
}) => {
  const partner = await shop.partner('Nick')
  const held = await heldCampaign(shop)
  await record(shop, ...Array.from({ length: 52 }, (_, n) => ({ partner, external_id: `o-${n}`, revenue_cents: 10_00 })))
  await record(
    shop,
    { partner, external_id: 'january', occurred_at: '2026-01-05T10:00:00Z' },
    { partner, external_id: 'held', campaign: held },
    { partner, external_id: 'review', status: 'pending' },
    { partner, external_id: 'declined', status: 'declined' },
    { partner, external_id: 'euro', currency: 'EUR', revenue_cents: 7_00 },
  )
  const subs = { sub1: '12347', sub20: 'last' }
  await record(shop, { partner, external_id: 'rich', country: 'US', os: 'iOS 17', subs, conversion_subs: { sub2: 'mug' } })
  await open(page, shop)
  await expect(page.locator('dl > div > dt')).toHaveText(['Conversions1 rejected', 'Approved', 'Holds1 to review', 'Revenue'])
  await expect(kpi(page, 'Conversions')).toContainText('57')
  await expect(kpi(page, 'Approved')).toContainText('54')
  await expect(kpi(page, 'Holds').locator('dd')).toHaveText('2')
  await expect(kpi(page, 'Revenue').locator('dd')).toHaveText(['7.00 EUR', '820.00 USD'])
  await expect(ordersIn(stream(page))).toHaveCount(50)
  await expect(ordersIn(stream(page)).first()).toHaveText('rich')
  await expect(rowOf(stream(page), 'january')).toHaveCount(0)

  await rowOf(stream(page), 'rich').getByRole('cell').nth(3).click()
  await expect(rail(page).getByRole('heading', { name: 'rich' })).toBeVisible()
  const fact = (name: string) =>
    rail(page)
      .locator('dl > div')
      .filter({ has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) })
      .locator('dd')
  await expect(fact('Revenue')).toHaveText('100.00 USD')
  await expect(fact('Payout')).toHaveText('10.00 USD')
  await expect(fact('Profit')).toHaveText('90.00 USD')
  await expect(fact('sub1')).toHaveText('12347')
  await expect(fact('sub20')).toHaveText('last')
  await expect(fact('sub2')).toHaveText('mug')
  await expect(fact('Country')).toHaveText('US')
  await expect(fact('OS')).toHaveText('IOS')
  await expect(rail(page).getByRole('link', { name: 'Nick' })).toHaveAttribute('href', /\/partners\//)
  await expect(rail(page).getByRole('link', { name: 'Spring sale' })).toHaveAttribute('href', /\/campaigns\//)
  await expect(rail(page)).toContainText('10 % of 100.00 USD (campaign rate)')
})

test('the stream looks again every 15 s, marks what is new, and pauses while a conversion is open', async ({ shop, page }) => {
  const partner = await shop.partner('Nick')
  await record(shop, { partner, external_id: 'first' })
  await page.clock.install()
  await open(page, shop)
  await expect(ordersIn(stream(page))).toHaveText(['first'])
  await record(shop, { partner, external_id: 'second' })
  await page.clock.runFor(15_000)
  await expect(ordersIn(stream(page))).toHaveText(['second', 'first'])
  await expect(rowOf(stream(page), 'second')).toContainText('new')
  await expect(rowOf(stream(page), 'first')).not.toContainText('new')
  await stream(page).getByRole('button', { name: '1 new since you looked' }).click()
  await expect(rowOf(stream(page), 'second')).not.toContainText('new')

  await rowOf(stream(page), 'first').getByRole('link').click()
  await expect(stream(page)).toContainText('Paused')
  const asked: string[] = []
  page.on('request', request => request.url().includes('totals=1') && asked.push(request.url()))
  await page.clock.runFor(60_000)
  expect(asked).toEqual([])
  await page.keyboard.press('Escape')
  await page.clock.runFor(15_000)
  await expect.poll(() => asked.length).toBeGreaterThan(0)
})

test('the filter is in the address, narrows stream and figures, and a card filters by status', async ({ shop, page }) => {
  const [nick, zoe] = [await shop.partner('Nick'), await shop.partner('Zoe')]
  const held = await heldCampaign(shop)
  await record(
    shop,
    { partner: nick, external_id: 'a', type: 'Lead' },
    { partner: zoe, external_id: 'b' },
    { partner: zoe, external_id: 'c', campaign: held },
    { partner: zoe, external_id: 'old', occurred_at: '2026-01-05T10:00:00Z' },
  )
  await open(page, shop)
  await page.keyboard.press('f')
  await page.getByRole('dialog').getByLabel('Partner').fill('zoe')
  await page.keyboard.press('Escape')
  await expect(ordersIn(stream(page))).toHaveText(['c', 'b'])
  await expect(kpi(page, 'Conversions').locator('dd')).toHaveText('2')
  await page.getByRole('link', { name: 'Holds' }).click()
  await expect(ordersIn(stream(page))).toHaveText(['c'])
  await expect(kpi(page, 'Conversions').locator('dd')).toHaveText('2')
  await page.reload()
  await expect(ordersIn(stream(page))).toHaveText(['c'])
  await page.getByRole('button', { name: 'Clear all' }).click()
  await expect(ordersIn(stream(page))).toHaveText(['c', 'b', 'a'])
  await page.getByLabel('Days').selectOption('All time')
  await expect(ordersIn(stream(page))).toHaveText(['old', 'c', 'b', 'a'])
  await page.getByLabel('Days').selectOption('Today')
  await expect(stream(page)).toContainText('No conversion matches.')
  await page.getByLabel('Days').selectOption('Last 30 days')
  await page.keyboard.press('/')
  await page.keyboard.type('old')
  await expect(ordersIn(stream(page))).toHaveText(['old'])
})

test('what cannot be decided among many is listed with its reason', async ({ shop, page }) => {
  const partner = await shop.partner('Nick')
  const held = await heldCampaign(shop)
  const [, gone] = await record(
    shop,
    { partner, external_id: 'h-1', campaign: held },
    { partner, external_id: 'h-2', campaign: held },
  )
  await open(page, shop)
  await queue(page).getByRole('checkbox', { name: 'Select all rows shown' }).check()
  await queue(page).getByRole('button', { name: 'Approve 2' }).click()
  await shop.api.conversions.reject({ params: shop.params, body: { ids: [gone as string] } })
  await page.getByRole('dialog').getByRole('button', { name: 'Approve 2 conversions' }).click()
  const failures = queue(page).getByRole('alert')
  await expect(failures).toContainText('1 of 2 could not be approved')
  await expect(failures).toContainText('h-2: A conversion that is rejected cannot become approved')
  await expect(queue(page)).toContainText('Nothing waits.')
})

test('the rail approves, rejects with a reason and records a reversal; the history tells it', async ({ shop, page }) => {
  const partner = await shop.partner('Nick')
  await record(shop, { partner, external_id: 'one', status: 'pending' }, { partner, external_id: 'two' })
  await open(page, shop)
  await rowOf(queue(page), 'one').getByRole('link').click()
  await expect(rail(page).getByRole('button', { name: 'Approve' })).toBeVisible()
  await page.keyboard.press('a')
  await expect(rail(page)).toContainText('Approved')
  await expect(queue(page)).toContainText('Nothing waits.')
  await rail(page).getByRole('button', { name: 'Record reversal' }).click()
  const form = page.getByRole('dialog', { name: 'Record reversal' })
  await expect(form.getByLabel('Revenue to take back')).toHaveValue('100.00')
  await form.getByLabel('Revenue to take back').fill('140')
  await form.getByLabel('Reason').fill('broken mug')
  await form.getByRole('button', { name: 'Record reversal' }).click()
  await expect(form).toContainText('Write an amount up to 100.00 USD')
  await form.getByLabel('Revenue to take back').fill('40')
  await form.getByRole('button', { name: 'Record reversal' }).click()
  await expect(form).toHaveCount(0)
  await expect(rail(page)).toContainText('60.00 USD 100.00 less 40.00 taken back')
  await expect(rail(page)).toContainText('−4.00 USD payout')
  await expect(rail(page).getByRole('listitem').filter({ hasText: 'Taken back' })).toContainText('broken mug')
  await page.keyboard.press('Escape')
  await rowOf(stream(page), 'two').getByRole('link').click()
  await rail(page).getByRole('button', { name: 'Reject' }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill('own order')
  await page.getByRole('dialog').getByRole('button', { name: 'Reject 1 conversion' }).click()
  await expect(rail(page)).toContainText('Rejected')
  await expect(rail(page).getByRole('listitem').filter({ hasText: 'Rejected' })).toContainText('own order')
  await expect(rail(page).getByRole('button', { name: 'Approve' })).toHaveCount(0)
})

test('a conversion is recorded by hand, with each fault at its field, and says what was earned and why', async ({
  shop,
  page,
}) => {
  await shop.partner('Nick Nolte')
  await open(page, shop)
  await expect(stream(page)).toContainText('No conversions in these days.')
  await page.keyboard.press('c')
  const form = page.getByRole('dialog', { name: 'Record a conversion' })
  await form.getByRole('button', { name: 'Record conversion' }).click()
  await expect(form).toContainText('Name the partner')
  await expect(form).toContainText('Write the order number')
  await form.getByLabel('Partner').fill('nobody')
  await form.getByLabel('Order number').fill('o-1')
  await form.getByLabel('Revenue').fill('abc')
  await form.getByRole('button', { name: 'Record conversion' }).click()
  await expect(form).toContainText('Write an amount of USD')
  await form.getByLabel('Revenue').fill('200')
  await form.getByRole('button', { name: 'Record conversion' }).click()
  await expect(form).toContainText('There is no partner "nobody" in this brand.')
  await form.getByLabel('Partner').fill('nick')
  await page.getByRole('option', { name: 'Nick Nolte' }).click()
  await form.getByLabel('Date').fill('2026-03-20')
  await form.getByRole('button', { name: 'Record conversion' }).click()
  const made = page.getByRole('dialog', { name: 'Recorded' })
  await expect(made).toContainText('Nick Nolte earned 20.00 USD = 10 % of 200.00 USD (campaign rate)')
  await expect(made).toContainText('Approved')
  await made.getByRole('button', { name: 'Record another' }).click()
  await form.getByLabel('Partner').fill('nick-nolte')
  await form.getByLabel('Order number').fill('o-1')
  await form.getByLabel('Revenue').fill('300')
  await form.getByRole('button', { name: 'Record conversion' }).click()
  await expect(form).toContainText('recorded already, with other content')
  await form.getByRole('button', { name: 'Open the one that is there' }).click()
  await expect(rail(page).getByRole('heading', { name: 'o-1' })).toBeVisible()
  await expect(rail(page)).toContainText('20 Mar 2026')
})

test('a member sees conversions and their rail without the buttons that change them', async ({ shop, page }) => {
  const partner = await shop.partner('Nick')
  await record(shop, { partner, external_id: 'one', status: 'pending' })
  await asMember(page)
  await open(page, shop)
  await expect(rowOf(queue(page), 'one')).toContainText('Needs review')
  await expect(page.getByRole('checkbox')).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Record a conversion' })).toHaveCount(0)
  await rowOf(queue(page), 'one').getByRole('link').click()
  await expect(rail(page)).toContainText('Revenue')
  await expect(rail(page).getByRole('button', { name: /Approve|Reject|reversal/ })).toHaveCount(0)
})

/** The server's own answer, but for the role. */
const asMember = (page: Page) =>
  page.route('**/api/me', async route => {
    const answer = await (await route.fetch()).json()
    for (const brand of answer.data.brands) brand.role = 'member'
    await route.fulfill({ json: answer })
  })

const HOSTILE = '<script>alert(1)</script> ‮evil‬ =1+1 🎉'

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing serious on conversions, hostile text is harmless, ${scheme}, ${width} wide`, async ({
      shop,
      page,
    }) => {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme: scheme })
      const partner = await shop.partner(HOSTILE)
      const held = await heldCampaign(shop, HOSTILE)
      const subs = { sub1: 'x'.repeat(500), sub2: HOSTILE }
      const [fine] = await record(
        shop,
        { partner, external_id: `${HOSTILE}${'o'.repeat(140)}`, subs, conversion_subs: subs },
        { partner, external_id: 'held', campaign: held },
        { partner, external_id: 'review', status: 'pending' },
      )
      const params = { ...shop.params, conversion_id: fine as string }
      await shop.api.conversions.reverse({ params, body: { amount_cents: 1_00, reason: HOSTILE } })
      let alerts = 0
      page.on('dialog', dialog => {
        alerts++
        void dialog.dismiss()
      })
      await open(page, shop)
      await expect(ordersIn(stream(page))).toHaveCount(3)
      expect(await seriousFindings(page)).toEqual([])
      await queue(page).getByRole('checkbox', { name: 'Select order held' }).check()
      await queue(page).getByRole('button', { name: 'Reject 1' }).click()
      expect(await seriousFindings(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.keyboard.press('c')
      expect(await seriousFindings(page)).toEqual([])
      await page.getByRole('dialog', { name: 'Record a conversion' }).getByRole('button', { name: 'Back' }).click()
      await ordersIn(stream(page)).last().click()
      await expect(rail(page)).toContainText('<script>alert(1)</script>')
      expect(await seriousFindings(page)).toEqual([])
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      expect([wide, alerts]).toEqual([0, 0])
    })
  }
}
