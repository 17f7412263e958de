/** What finance does all day on the payouts page: narrow, select, run, edit, explain. */
import { expect, seriousFindings, test } from './support.ts'

const explanation = 'Explanation'

test('a KPI card narrows the tables to the rows that its figure is made of, and a second click shows everything again', async ({
  shop,
  payouts,
  page,
}) => {
  await shop.owed('Nick', 20_00)
  await shop.draft(await shop.owed('Zoe', 30_00))
  await shop.pay(await shop.approve(await shop.draft(await shop.owed('Ida', 12_00))))
  const earlier = await shop.approve(await shop.draft(await shop.owed('Olaf', 40_00)))
  await shop.pay(earlier, { paid_at: '2026-02-27T10:00:00Z' })
  await payouts.open()
  const card = (name: string) => payouts.kpi(name).getByRole('link')
  await card('Pending approval').click()
  await expect(payouts.rowsOf(payouts.history)).toHaveText([/Zoe/])
  await expect(payouts.footOf(payouts.history)).toContainText('30.00')
  await card('Paid this month').click()
  await expect(payouts.rowsOf(payouts.history)).toHaveText([/Ida/])
  await expect(payouts.kpi('Paid this month')).toContainText('12.00 USD')
  await card('Paid this month').click()
  await expect(payouts.rowsOf(payouts.history)).toHaveCount(3)
  await expect(payouts.rowsOf(payouts.pending)).toHaveText([/Nick/])
  await card('Owed to partners').click()
  await expect(page).toHaveURL(/balance=outstanding/)
  await expect(payouts.rowsOf(payouts.pending)).toHaveText([/Nick/, /Zoe/])
  await expect(payouts.footOf(payouts.pending)).toContainText('30.00')
  const button = payouts.pendingRow('Zoe').getByRole('button', { name: 'Create Payout' })
  await button.hover()
  await expect(page.getByRole('tooltip')).toHaveText('All of it is in payouts already.')
})

test('search, statuses and days are in the address; the foot of the table says what the filter comes to', async ({
  shop,
  payouts,
  page,
}) => {
  await shop.draft(await shop.owed('Nick', 20_00))
  await shop.draft(await shop.owed('Zoe', 30_00))
  await shop.pay(await shop.approve(await shop.draft(await shop.owed('Nicola', 12_00))), { reference: 'WIRE-77' })
  await payouts.open()
  await page.keyboard.press('/')
  await page.keyboard.type('nic')
  await expect(payouts.rowsOf(payouts.history)).toHaveText([/Nicola/, /Nick/])
  await expect(payouts.footOf(payouts.history)).toContainText('32.00')
  await page.keyboard.press('Escape')
  await page.keyboard.press('f')
  await page.getByRole('button', { name: 'Paid', exact: true }).click()
  await page.keyboard.press('Escape')
  await expect(payouts.rowsOf(payouts.history)).toHaveText([/Nicola/])
  await page.reload()
  await expect(payouts.rowsOf(payouts.history)).toHaveText([/Nicola/])
  await page.getByRole('button', { name: 'Clear all' }).click()
  await expect(payouts.rowsOf(payouts.history)).toHaveCount(3)
  await page.getByRole('searchbox').fill('wire-77')
  await expect(payouts.rowsOf(payouts.history)).toHaveText([/Nicola/])
  await page.getByRole('searchbox').fill('nobody at all')
  await expect(payouts.history).toContainText('No payout matches.')
  await payouts.history.getByRole('link', { name: 'Show all payouts' }).click()
  await expect(payouts.rowsOf(payouts.history)).toHaveCount(3)
})

test('a column is sorted by the server, and columns are chosen for good', async ({ shop, payouts, page }) => {
  for (const [name, cents] of [
    ['Ada', 30_00],
    ['Bob', 10_00],
    ['Cy', 20_00],
  ] as const)
    await shop.owed(name, cents)
  await payouts.open()
  await expect(payouts.rowsOf(payouts.pending)).toHaveText([/Ada/, /Cy/, /Bob/])
  await payouts.pending.locator('th').filter({ hasText: 'Amount owed' }).click()
  await expect(page).toHaveURL(/balance_sort=owed_cents/)
  await expect(payouts.rowsOf(payouts.pending)).toHaveText([/Bob/, /Cy/, /Ada/])
  await payouts.pending.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Revenue' }).click()
  await page.keyboard.press('Escape')
  await expect(payouts.pending.locator('th').filter({ hasText: 'Revenue' })).toHaveCount(0)
  await page.reload()
  await expect(payouts.rowsOf(payouts.pending)).toHaveCount(3)
  await expect(payouts.pending.locator('th').filter({ hasText: 'Revenue' })).toHaveCount(0)
})

test('a run leaves out whom somebody excluded, says who else is not in it and why, and its button says the amount', async ({
  shop,
  payouts,
  page,
}) => {
  await shop.settings({ minimum_threshold_cents: 25_00 })
  await shop.owed('Ada', 30_00)
  await shop.owed('Zoe', 50_00)
  await shop.owed('Nick', 20_00)
  const paused = await shop.owed('Paul', 60_00)
  await shop.api.partners.change({ params: { ...shop.params, partner_id: paused }, body: { status: 'paused' } })
  await payouts.open()
  await page.keyboard.press('c')
  const sheet = page.getByRole('dialog')
  await expect(sheet.getByRole('button', { name: 'Draft 2 payouts: 80.00 USD' })).toBeVisible()
  const left = sheet.getByRole('region', { name: 'Not included' })
  await expect(left.getByRole('listitem').filter({ hasText: 'below the minimum, 5.00 USD short' })).toContainText('20.00 USD')
  await expect(left.getByRole('listitem').filter({ hasText: 'paused or declined' })).toContainText('60.00 USD')
  await sheet.getByRole('button', { name: 'Exclude Zoe' }).click()
  await expect(sheet.getByRole('row').filter({ hasText: 'Zoe' }).getByRole('rowheader')).toHaveCSS(
    'text-decoration-line',
    'line-through',
  )
  await sheet.getByRole('button', { name: 'Draft 1 payout: 30.00 USD' }).click()
  await expect(sheet).toContainText('1 draft')
  await sheet.getByRole('button', { name: 'Done' }).click()
  await expect(payouts.rowsOf(payouts.history)).toHaveText([/Ada/])
  await expect(payouts.pendingRow('Zoe')).toContainText('50.00')
})

test('what is selected has a count and a sum; drafts are approved and paid together, with the day that it was', async ({
  shop,
  payouts,
  page,
}) => {
  const [nick, zoe] = [await shop.owed('Nick', 20_00), await shop.owed('Zoe', 30_00)]
  await payouts.open()
  await payouts.select(payouts.pending, 'Nick', 'Zoe')
  await expect(payouts.selection).toContainText('2 selected')
  await expect(payouts.selection).toContainText('50.00 USD')
  await payouts.selection.getByRole('button', { name: 'Create 2 payouts' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Create 2 payouts' }).click()
  await expect(dialog.getByRole('status')).toHaveText('2 done')
  await dialog.getByRole('button', { name: 'Done' }).click()
  await payouts.select(payouts.history, 'Nick', 'Zoe')
  await payouts.selection.getByRole('button', { name: /^Approve/ }).click()
  await dialog.getByRole('button', { name: 'Approve 2 payouts: 50.00 USD' }).click()
  await expect(dialog.getByRole('status')).toHaveText('2 done')
  await dialog.getByRole('button', { name: 'Done' }).click()
  await payouts.select(payouts.history, 'Nick', 'Zoe')
  await payouts.selection.getByRole('button', { name: /^Mark paid/ }).click()
  await dialog.getByLabel('Method').selectOption('PayPal')
  await expect(dialog.getByLabel('Paid on')).toHaveAttribute('max', '2026-03-25')
  await dialog.getByLabel('Paid on').fill('2026-03-20')
  await dialog.getByRole('button', { name: 'Mark paid 2 payouts: 50.00 USD' }).click()
  await expect(dialog.getByRole('status')).toHaveText('2 done')
  const { data } = await shop.api.payouts.list({ params: shop.params, query: { status: 'paid' } })
  expect(data.map(row => [row.partner_id, row.paid_at?.slice(0, 10)]).sort()).toEqual(
    [nick, zoe].sort().map(id => [id, '2026-03-20']),
  )
})

test('a row that cannot take part disables the action and says why; one that fails meanwhile leaves the others alone', async ({
  shop,
  payouts,
  page,
}) => {
  const first = await shop.draft(await shop.owed('Nick', 20_00))
  await shop.draft(await shop.owed('Zoe', 30_00))
  await shop.approve(await shop.draft(await shop.owed('Ida', 40_00)))
  await payouts.open()
  await payouts.select(payouts.history, 'Nick', 'Zoe', 'Ida')
  const approve = payouts.selection.getByRole('button', { name: /^Approve/ })
  await expect(approve).toHaveAttribute('aria-disabled', 'true')
  await approve.hover()
  await expect(page.getByRole('tooltip')).toContainText('is approved; only a draft is approved.')
  await payouts.select(payouts.history, 'Ida')
  await approve.click()
  await shop.cancel(first)
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: /^Approve 2 payouts/ }).click()
  await expect(dialog.getByRole('status')).toHaveText('1 done, 1 failed')
  await expect(dialog.getByRole('listitem').filter({ hasText: 'Nick' })).toContainText('Cancelled is final')
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(payouts.historyRow('Zoe').locator('[data-status="approved"]')).toBeVisible()
})

test('a draft is edited: lines left out, a signed adjustment, notes; the rail says what makes the difference', async ({
  shop,
  payouts,
}) => {
  const nick = await shop.owed('Nick', 20_00)
  await shop.sale(nick, 155_50)
  const payout_id = await shop.draft(nick)
  await payouts.open()
  const rail = await payouts.openRail('Nick')
  await rail.getByRole('button', { name: 'Edit' }).click()
  await rail.getByLabel('Adjustment').fill('-5')
  await rail.getByLabel('Reason').fill('=1+1 a fee')
  await rail.getByLabel('Notes').fill('checked')
  await rail.getByRole('checkbox', { name: /15\.55/ }).check()
  await expect(rail).toContainText('The draft comes to 15.00 USD.')
  await rail.getByRole('button', { name: 'Save draft' }).click()
  await expect(rail).toContainText('The lines come to 20.00 USD; adjustments take 5.00 USD: 15.00 USD in all.')
  await expect(rail.getByRole('row', { name: /^Total/ })).toContainText('15.00 USD')
  await expect(payouts.pendingRow('Nick')).toContainText('15.55')
  const { data } = await shop.api.payouts.one({ params: { ...shop.params, payout_id } })
  expect(data).toMatchObject({
    amount_cents: 15_00,
    notes: 'checked',
    adjustments: [{ amount_cents: -5_00, reason: '=1+1 a fee' }],
  })
})

test('any line explains itself: the sentence, the steps, the same cents again, the raw event', async ({
  shop,
  payouts,
  page,
}) => {
  const nick = await shop.owed('Nick', 20_00)
  await shop.draft(nick)
  await payouts.open()
  const rail = await payouts.openRail('Nick')
  await page.keyboard.press('e')
  const panel = rail.getByRole('region', { name: explanation })
  await expect(panel).toContainText('20.00 USD: 10 % of 200.00 USD (campaign rate)')
  await expect(panel.getByRole('listitem').filter({ hasText: 'The rate of the campaign' })).toContainText(
    'Spring sale, version 1',
  )
  await expect(panel).toContainText('Computed again just now: 20.00 USD, the same to the cent')
  await expect(panel).toContainText(/In payout no\. \d+, draft/)
  await panel.getByText('Raw conversion').click()
  await expect(panel.locator('pre')).toContainText('"revenue_cents": 20000')
  await page.keyboard.press('e')
  await expect(panel).toHaveCount(0)
})

test('[ and ] leaf through the payouts while one is open, and its pages of lines load on', async ({ shop, payouts, page }) => {
  const nick = await shop.partner('Nick')
  const sales = Array.from({ length: 60 }, (_, n) => ({
    ...{ external_id: `many-${n}`, partner: nick, campaign: shop.campaign_id, revenue_cents: 10_00 },
    occurred_at: '2026-03-10T10:00:00Z',
  }))
  await shop.api.conversions.record({ params: shop.params, body: { conversions: sales } })
  await shop.draft(nick)
  await shop.draft(await shop.owed('Zoe', 30_00))
  await payouts.open()
  await payouts.openRail('Zoe')
  await page.keyboard.press(']')
  await expect(payouts.rail.getByRole('heading', { name: 'Nick' })).toBeVisible()
  const lines = payouts.rail.getByRole('button', { name: 'Explain' })
  await expect(lines).toHaveCount(50)
  await payouts.rail.getByRole('button', { name: 'Load more lines' }).click()
  await expect(lines).toHaveCount(60)
  await page.keyboard.press('[')
  await expect(payouts.rail.getByRole('heading', { name: 'Zoe' })).toBeVisible()
})

const HOSTILE = `<script>window.hacked = true</script> =1+1 \u202eevil 🎉 ${'x'.repeat(40)}`

for (const [scheme, width] of [
  ['light', 1440],
  ['dark', 390],
] as const) {
  test(`a hostile name is harmless and fits, and axe finds nothing in a selection, an edit and an explanation, ${scheme}, ${width} wide`, async ({
    shop,
    payouts,
    page,
  }) => {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme: scheme })
    await shop.owed(HOSTILE, 20_00)
    await shop.draft(await shop.owed(`${HOSTILE}2`, 20_00))
    await payouts.open()
    await expect(payouts.rowsOf(payouts.pending)).toContainText('<script>')
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth && window.hacked === undefined')).toBe(true)
    await payouts.select(payouts.pending, '<script>')
    await payouts.selection.getByRole('button', { name: 'Create 1 payout' }).click()
    expect(await seriousFindings(page)).toEqual([])
    await page.keyboard.press('Escape')
    await payouts.rowsOf(payouts.history).getByRole('link').click()
    await payouts.rail.getByRole('button', { name: 'Explain' }).click()
    await expect(payouts.rail.getByRole('region', { name: explanation })).toContainText('Computed again')
    expect(await seriousFindings(page)).toEqual([])
    await payouts.rail.getByRole('button', { name: 'Edit' }).click()
    await payouts.rail.getByRole('checkbox').check()
    expect(await seriousFindings(page)).toEqual([])
  })
}
