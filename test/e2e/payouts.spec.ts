import { readFileSync } from 'node:fs'
import { expect, test } from './support.ts'

const LABELS = ['PayPal', 'ACH / Bank Transfer', 'Venmo', 'Zelle', 'Wire Transfer', 'Check', 'Other']

test('[TR-13] Mark Paid offers the seven methods by their labels, and the methods of the organization', async ({
  shop,
  payouts,
}) => {
  await shop.approve(await shop.draft(await shop.owed('Nick', 12_00)))
  await payouts.open()
  const rail = await payouts.openRail('Nick')
  await rail.getByRole('button', { name: 'Mark Paid' }).click()
  const method = rail.getByLabel('Method')
  await expect(method).toBeFocused()
  const standard = method.locator('optgroup').first().locator('option')
  expect(await standard.allTextContents()).toEqual(LABELS)
  await expect(method.locator('option', { hasText: 'Cash App' })).toHaveCount(1)
})

test('[TR-15] Owed to partners is the sum of unpaid balances, drafts included, and falls by what is paid', async ({
  shop,
  payouts,
}) => {
  const nick = await shop.owed('Nick', 20_00)
  await shop.owed('Zoe', 30_00)
  await shop.approve(await shop.draft(nick))
  await payouts.open()
  await expect(payouts.kpi('Owed to partners')).toContainText('50.00 USD')
  const rail = await payouts.openRail('Nick')
  await rail.getByRole('button', { name: 'Mark Paid' }).click()
  await rail.getByLabel('Method').selectOption('Wire Transfer')
  await rail.getByRole('button', { name: 'Confirm 20.00 USD paid' }).click()
  await expect(payouts.kpi('Owed to partners')).toContainText('30.00 USD')
})

test('[TR-16] Pending approval shows number and sum of the drafts, and approving one lowers it', async ({ shop, payouts }) => {
  await shop.draft(await shop.owed('Nick', 20_00))
  await shop.draft(await shop.owed('Zoe', 30_00))
  await payouts.open()
  const kpi = payouts.kpi('Pending approval')
  await expect(kpi).toContainText('2 drafts')
  await expect(kpi).toContainText('50.00 USD')
  const rail = await payouts.openRail('Nick')
  await rail.getByRole('button', { name: 'Approve' }).click()
  await expect(kpi).toContainText('1 draft')
  await expect(kpi).toContainText('30.00 USD')
})

test('[TR-17] Paid this month counts what was paid today and not what was paid last month', async ({ shop, payouts }) => {
  await shop.pay(await shop.approve(await shop.draft(await shop.owed('Nick', 20_00))))
  const earlier = await shop.approve(await shop.draft(await shop.owed('Zoe', 30_00)))
  await shop.pay(earlier, { paid_at: '2026-02-27T10:00:00Z' })
  await payouts.open()
  await expect(payouts.kpi('Paid this month')).toContainText('20.00 USD')
})

test('[TR-18] Pending payouts has one row a partner: conversions, revenue, amount owed, last paid', async ({ shop, payouts }) => {
  const nick = await shop.owed('Nick', 20_00)
  await shop.sale(nick, 155_50)
  await shop.owed('Zoe', 1_234_50)
  await shop.partner('Nobody yet')
  await payouts.open()
  await expect(payouts.rowsOf(payouts.pending)).toHaveCount(2)
  await expect(payouts.pendingRow('Nick').getByRole('cell')).toContainText(['2', '355.50', '35.55', '–'])
  await expect(payouts.pendingRow('Zoe').getByRole('cell')).toContainText(['1', '12,345.00', '1,234.50', '–'])
  await expect(payouts.pending.locator('th').filter({ hasText: 'Amount owed' })).toContainText('USD')
  await expect(payouts.footOf(payouts.pending)).toContainText('1,270.05')
})

test('[TR-19] Last paid is the day of the last payment, and a dash for who was never paid', async ({ shop, payouts }) => {
  const nick = await shop.owed('Nick', 20_00)
  await shop.pay(await shop.approve(await shop.draft(nick)), { paid_at: '2026-03-02T09:30:00Z' })
  await shop.sale(nick, 100_00)
  await shop.owed('Zoe', 30_00)
  await payouts.open()
  const day = payouts.pendingRow('Nick').getByRole('time')
  await expect(day).toHaveText('2 Mar 2026')
  await expect(day).toHaveAttribute('title', '2026-03-02 09:30:00 UTC')
  await expect(payouts.pendingRow('Zoe').getByTitle('never')).toHaveText('–')
})

test('[TR-20] Create Payout drafts the payout of that partner alone', async ({ shop, payouts }) => {
  await shop.owed('Nick', 20_00)
  await shop.owed('Zoe', 30_00)
  await payouts.open()
  await payouts.pendingRow('Nick').getByRole('button', { name: 'Create Payout' }).click()
  await expect(payouts.historyRow('Nick')).toContainText('Draft')
  await expect(payouts.rowsOf(payouts.history)).toHaveCount(1)
  await expect(payouts.pendingRow('Nick')).toHaveCount(0)
  await expect(payouts.pendingRow('Zoe')).toHaveCount(1)
})

test('[TR-21] Payout history lists every status with its pill, and filters by it in the address', async ({
  shop,
  payouts,
  page,
}) => {
  await shop.draft(await shop.owed('Draft partner', 10_00))
  await shop.approve(await shop.draft(await shop.owed('Approved partner', 11_00)))
  await shop.pay(await shop.approve(await shop.draft(await shop.owed('Paid partner', 12_00))))
  await shop.cancel(await shop.draft(await shop.owed('Cancelled partner', 13_00)))
  await payouts.open()
  for (const status of ['Draft', 'Approved', 'Paid', 'Cancelled']) {
    const pill = payouts.historyRow(`${status} partner`).locator(`[data-status="${status.toLowerCase()}"]`)
    await expect(pill).toHaveText(status)
    await expect(pill.locator('svg')).toBeVisible()
  }
  await payouts.history.getByRole('link', { name: 'Paid', exact: true }).click()
  await expect(page).toHaveURL(/status=paid/)
  await expect(payouts.rowsOf(payouts.history)).toHaveText([/Paid partner/])
  await page.reload()
  await expect(payouts.rowsOf(payouts.history)).toHaveText([/Paid partner/])
})

test('[TR-22] A click on a row opens the rail: amount, period, lines with their reason, timeline', async ({ shop, payouts }) => {
  const nick = await shop.owed('Nick', 20_00)
  await shop.sale(nick, 155_50, '2026-02-20T10:00:00Z')
  await shop.draft(nick)
  await payouts.open()
  const rail = await payouts.openRail('Nick')
  await expect(rail).toContainText('35.55 USD')
  await expect(rail).toContainText('20 Feb – 25 Mar 2026')
  await expect(rail.getByRole('listitem').filter({ hasText: 'Created' })).toContainText('25 Mar 2026')
  const lines = rail.getByRole('table').locator('tbody').getByRole('row')
  await expect(lines).toHaveCount(2)
  await expect(lines.filter({ hasText: '15.55' })).toContainText('10 %')
  await expect(rail.getByRole('row', { name: /^Total/ })).toContainText('35.55 USD')
})

test('[TR-23] Approve turns the pill to Approved without a reload', async ({ shop, payouts, page }) => {
  await shop.draft(await shop.owed('Nick', 20_00))
  await payouts.open()
  await page.evaluate('window.not_reloaded = true')
  const rail = await payouts.openRail('Nick')
  await rail.getByRole('button', { name: 'Approve' }).click()
  await expect(rail.locator('[data-status="approved"]')).toBeVisible()
  await expect(payouts.historyRow('Nick').locator('[data-status="approved"]')).toBeVisible()
  await expect(rail.getByRole('listitem').filter({ hasText: 'Approved' })).toContainText('by ada@example.org')
  expect(await page.evaluate('window.not_reloaded')).toBe(true)
})

test('[TR-24] Mark Paid expands method, reference and notes; confirming them makes it Paid', async ({ shop, payouts }) => {
  const payout_id = await shop.approve(await shop.draft(await shop.owed('Nick', 20_00)))
  await payouts.open()
  const rail = await payouts.openRail('Nick')
  await expect(rail.getByLabel('Transaction reference')).toHaveCount(0)
  await rail.getByRole('button', { name: 'Mark Paid' }).click()
  await rail.getByLabel('Method').selectOption('Wire Transfer')
  await rail.getByLabel('Transaction reference').fill('W-2026-1')
  await rail.getByLabel('Notes').fill('bank file 12')
  await rail.getByRole('button', { name: 'Confirm 20.00 USD paid' }).click()
  await expect(payouts.historyRow('Nick').locator('[data-status="paid"]')).toBeVisible()
  for (const text of ['Wire Transfer', 'W-2026-1', 'bank file 12']) await expect(rail).toContainText(text)
  const { data } = await shop.api.payouts.one({ params: { ...shop.params, payout_id } })
  expect(data).toMatchObject({ status: 'paid', method: 'wire', reference: 'W-2026-1', notes: 'bank file 12' })
})

test('[TR-24] A method of the organization can be chosen; without any method nothing is sent', async ({ shop, payouts }) => {
  const payout_id = await shop.approve(await shop.draft(await shop.owed('Nick', 20_00)))
  await payouts.open()
  const rail = await payouts.openRail('Nick')
  await rail.getByRole('button', { name: 'Mark Paid' }).click()
  await rail.getByRole('button', { name: 'Confirm' }).click()
  await expect(payouts.historyRow('Nick').locator('[data-status="approved"]')).toBeVisible()
  await rail.getByLabel('Method').selectOption('Cash App')
  await rail.getByRole('button', { name: 'Confirm' }).click()
  await expect(rail.locator('[data-status="paid"]')).toBeVisible()
  const { data } = await shop.api.payouts.one({ params: { ...shop.params, payout_id } })
  expect(data).toMatchObject({ method_name: 'Cash App', reference: null, notes: null })
})

test('[TR-25] Cancel is there for draft and approved, and gone for paid and cancelled', async ({ shop, payouts, page }) => {
  await shop.draft(await shop.owed('Draft partner', 10_00))
  await shop.approve(await shop.draft(await shop.owed('Approved partner', 11_00)))
  await shop.pay(await shop.approve(await shop.draft(await shop.owed('Paid partner', 12_00))))
  await shop.cancel(await shop.draft(await shop.owed('Cancelled partner', 13_00)))
  await payouts.open()
  for (const [status, count] of Object.entries({ Draft: 1, Approved: 1, Paid: 0, Cancelled: 0 })) {
    const rail = await payouts.openRail(`${status} partner`)
    await expect(rail.getByRole('button', { name: 'Cancel', exact: true })).toHaveCount(count)
    await expect(rail.getByRole('button', { name: /Approve|Mark Paid/ })).toHaveCount(count)
    await page.keyboard.press('Escape')
  }
  const rail = await payouts.openRail('Draft partner')
  await rail.getByRole('button', { name: 'Cancel', exact: true }).click()
  await rail.getByRole('button', { name: 'Cancel payout' }).click()
  await expect(payouts.historyRow('Draft partner').locator('[data-status="cancelled"]')).toBeVisible()
  await expect(payouts.pendingRow('Draft partner')).toContainText('10.00')
})

test('[TR-26] [TR-27] Run payouts says what will happen, drafts everybody above the minimum, and has nothing left the second time', async ({
  shop,
  payouts,
  page,
}) => {
  await shop.settings({ minimum_threshold_cents: 25_00 })
  await shop.owed('Ada', 30_00)
  await shop.owed('Zoe', 50_00)
  await shop.owed('Nick', 20_00)
  await payouts.open()
  await page.getByRole('button', { name: 'Run payouts' }).click()
  const sheet = page.getByRole('dialog')
  await expect(sheet).toContainText('2 partners')
  await expect(sheet).toContainText('80.00 USD')
  await expect(sheet.getByRole('region', { name: 'Not included' })).toContainText('1 balance below the minimum, 5.00 USD short')
  await sheet.getByRole('button', { name: 'Draft 2 payouts: 80.00 USD' }).click()
  await expect(sheet).toContainText('2 drafts')
  await expect(sheet.getByRole('listitem').filter({ hasText: 'Nick' })).toContainText('below the minimum')
  await sheet.getByRole('button', { name: 'Done' }).click()
  await expect(payouts.history.locator('[data-status="draft"]')).toHaveCount(2)
  await page.getByRole('button', { name: 'Run payouts' }).click()
  await expect(sheet.getByRole('button', { name: 'Nothing to draft' })).toBeDisabled()
})

test('[TR-37] Export CSV downloads the file of the API', async ({ shop, payouts, page }) => {
  await shop.pay(await shop.approve(await shop.draft(await shop.owed('Nick', 20_00))), { reference: 'W-1' })
  await payouts.open()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export CSV' }).click()])
  const { data } = await shop.api.payouts.exportPaid({ params: shop.params })
  expect(readFileSync(await download.path(), 'utf8')).toBe(data)
  expect(data).toContain('W-1')
  expect(download.suggestedFilename()).toMatch(/^payouts-.*\.csv$/)
})

test('[TR-59] Below the minimum, Create Payout says why it does nothing, on hover and on focus', async ({
  shop,
  payouts,
  page,
}) => {
  await shop.settings({ minimum_threshold_cents: 25_00 })
  await shop.owed('Nick', 20_00)
  await payouts.open()
  const button = payouts.pendingRow('Nick').getByRole('button', { name: 'Create Payout' })
  await expect(button).toHaveAttribute('aria-disabled', 'true')
  await button.focus()
  await expect(page.getByRole('tooltip')).toHaveText('Below the minimum of 25.00 USD: 5.00 USD to go.')
  await page.keyboard.press('Enter')
  await button.blur()
  await button.hover()
  await expect(page.getByRole('tooltip')).toBeVisible()
  await expect(payouts.history).toContainText('No payouts yet')
})

test('[TR-65] A member sees the page without a button that changes anything', async ({ shop, payouts, page }) => {
  await shop.draft(await shop.owed('Nick', 20_00))
  await shop.owed('Zoe', 20_00)
  await page.route('**/api/me', async route => {
    const answer = await route.fetch()
    const body = await answer.json()
    for (const brand of body.data.brands) brand.role = 'member'
    await route.fulfill({ response: answer, json: body })
  })
  await payouts.open()
  await expect(payouts.pendingRow('Zoe')).toBeVisible()
  const rail = await payouts.openRail('Nick')
  await expect(page.getByRole('button', { name: /Create Payout|Run payouts|Approve|Cancel|Mark Paid/ })).toHaveCount(0)
  await expect(rail).toContainText('20.00 USD')
})
