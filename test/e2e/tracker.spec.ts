import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { seriousFindings } from './support.ts'
import { expect, FEB, JAN, MAR, test } from './tracker-support.ts'

const sumOf = (rows: { amount_cents: number }[]) => rows.reduce((sum, row) => sum + row.amount_cents, 0)
const figure = (cents: number) => (cents / 100).toLocaleString('en', { minimumFractionDigits: 2 })

async function downloaded(page: Page, link: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: link }).click()])
  expect(download.suggestedFilename()).toMatch(/^accruals-.*\.csv$/)
  return readFileSync(await download.path(), 'utf8')
}

test('[TG-87] the banner is the sum of earned accruals and their partners, and falls by what is paid', async ({
  studio,
  tracker,
}) => {
  await studio.adaAndBob()
  const earned = await studio.accruals({ status: 'earned' })
  expect(sumOf(earned)).toBe(70_00)
  await tracker.open()
  await expect(tracker.banner).toContainText(`${figure(sumOf(earned))} USD`)
  await expect(tracker.banner).toContainText('by 2 partners')
  await tracker.row('Bob').getByRole('button', { name: 'Mark as paid' }).click()
  await tracker.dialog.getByLabel('Method').selectOption('Venmo')
  await tracker.dialog.getByRole('button', { name: 'Record 10.00 USD as paid' }).click()
  await expect(tracker.banner).toContainText('60.00 USD')
  await expect(tracker.banner).toContainText('by 1 partner.')
  await tracker.banner.getByRole('button', { name: 'Show who is owed' }).click()
  await expect(tracker.names()).toHaveText(['Ada'])
  await expect(tracker.page).toHaveURL(/status=earned/)
})

test('[TG-88] table, charts and CSV follow filters and date range, which are in the address', async ({
  studio,
  tracker,
  page,
}) => {
  const { ada } = await studio.adaAndBob()
  const other = await studio.structure('Bonus round', [{ views: 500, amount_cents: 5_00 }])
  await studio.assign(other, ada)
  await tracker.open()
  await expect(tracker.row('Ada')).toContainText('65.00')
  await tracker.filter(async () => {
    await page.getByLabel('From', { exact: true }).fill('2026-02-01')
    await page.getByLabel('To', { exact: true }).fill('2026-02-28')
  })
  await expect(tracker.names()).toHaveText(['Ada'])
  await expect(tracker.row('Ada')).toContainText('20.00')
  await expect(tracker.banner).toContainText('20.00 USD')
  expect(await tracker.figures('Earned and paid by month')).toEqual([['Feb 2026', '20.00', '0.00']])
  const feb = await downloaded(page, 'Export CSV')
  expect(feb.trim().split('\n')).toHaveLength(2)
  await expect(page).toHaveURL(/from=2026-02-01/)
  await page.reload()
  await expect(tracker.row('Ada')).toContainText('20.00')
  await page.getByRole('button', { name: 'Clear all' }).click()
  await tracker.filter(() => page.getByRole('button', { name: 'Bonus round' }).click())
  await expect(tracker.names()).toHaveText(['Ada'])
  await expect(tracker.row('Ada')).toContainText('5.00')
  expect(await tracker.figures('Earned by structure')).toEqual([['Jan 2026', '5.00']])
  await page.getByRole('button', { name: 'Clear all' }).click()
  await tracker.filter(() => page.getByRole('button', { name: 'Paid', exact: true }).click())
  await expect(page.getByText('Nothing matches this filter.')).toBeVisible()
  await page.getByRole('link', { name: 'Show everything' }).click()
  await page.getByRole('searchbox').fill('bo')
  await expect(tracker.names()).toHaveText(['Bob'])
  await expect(tracker.banner).toContainText('10.00 USD')
})

test('[TG-89] one row a partner: earned, paid, outstanding, last paid; the server orders them', async ({ studio, tracker }) => {
  const { ada } = await studio.adaAndBob()
  const [latest] = await studio.accruals({ creator_id: ada })
  await studio.pay({ accrual_ids: [latest!.id], total_amount_cents: 30_00, paid_at: '2026-03-08T10:00:00Z' })
  await tracker.open()
  await expect(tracker.table.locator('tbody tr')).toHaveCount(2)
  await expect(tracker.row('Ada').getByRole('cell')).toHaveText([/Ada/, '60.00', '30.00', '30.00', '8 Mar 2026', /Mark as paid/])
  await expect(tracker.row('Bob').getByRole('cell')).toHaveText([/Bob/, '10.00', '0.00', '10.00', '–', /Mark as paid/])
  await expect(tracker.names()).toHaveText(['Ada', 'Bob'])
  await tracker.table.locator('th', { hasText: 'Outstanding' }).click()
  await expect(tracker.names()).toHaveText(['Bob', 'Ada'])
  await expect(tracker.page).toHaveURL(/sort=outstanding_cents/)
})

test('[TG-90] a row opens accruals and payments; an accrual says what it was computed from, and can be rejected', async ({
  studio,
  tracker,
  page,
}) => {
  const { ada } = await studio.adaAndBob()
  const accruals = await studio.accruals({ creator_id: ada })
  await studio.pay({
    accrual_ids: [accruals[2]!.id],
    total_amount_cents: 10_00,
    paid_at: '2026-02-01T10:00:00Z',
    note: 'January',
  })
  await tracker.open()
  const rail = await tracker.openRow('Ada')
  await expect(rail.getByRole('table', { name: 'Accruals' }).locator('tbody tr')).toHaveCount(3)
  await rail.getByText('Payments', { exact: true }).click()
  await expect(rail.getByRole('table', { name: 'Payments' }).locator('tbody tr')).toHaveText([/1 Feb 2026.*Paid.*10\.00/])
  await expect(page).toHaveURL(/sub=payments/)
  await rail.getByText('Accruals', { exact: true }).click()
  await rail.getByRole('link', { name: '5 Mar 2026' }).click()
  await expect(tracker.dialog).toContainText('A video reached 3,000 views')
  await expect(tracker.dialog).toContainText('Milestones, version 1')
  await expect(tracker.dialog).toContainText('Seen3,000 views')
  await tracker.dialog.getByRole('button', { name: 'Reject' }).click()
  await expect(tracker.dialog).toContainText('30.00 USD')
  await expect(tracker.dialog).toContainText('will not be owed any more')
  await tracker.dialog.getByRole('button', { name: 'Reject accrual' }).click()
  await expect(tracker.dialog).toContainText('Computed from')
  await expect(tracker.dialog).toContainText('Rejected')
  await page.keyboard.press('Escape')
  await expect(tracker.dialog).toHaveCount(0)
  await expect(tracker.banner).toContainText('30.00 USD')
  expect((await studio.accruals({ status: 'rejected' })).map(each => each.id)).toEqual([accruals[0]!.id])
  await page.keyboard.press('Escape')
  await expect(rail).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'Ada' })).toBeFocused()
})

test('[TG-91] Mark as paid: active methods, the outstanding sum, a reason where it differs; a double click pays once', async ({
  shop,
  studio,
  tracker,
}) => {
  const { ada } = await studio.adaAndBob()
  const { data: off } = await shop.api.methods.create({ body: { name: `Carrier pigeon ${shop.slug}` } })
  await shop.api.methods.change({ params: { method_id: off.id }, body: { is_active: false } })
  await tracker.open()
  await tracker.row('Ada').getByRole('button', { name: 'Mark as paid' }).click()
  const form = tracker.dialog
  await expect(form.getByLabel('Amount sent')).toHaveValue('60.00')
  await expect(form.getByLabel('Method').locator('option', { hasText: 'Venmo' })).toHaveCount(1)
  await expect(form.getByLabel('Method').locator('option', { hasText: 'Carrier pigeon' })).toHaveCount(0)
  await expect(form.getByLabel('Date')).toHaveAttribute('max', '2026-03-25')
  await expect(form.getByLabel(/^Why/)).toHaveCount(0)
  await form.getByLabel('Amount sent').fill('55.00')
  await form.getByLabel('Why 5.00 USD less than the accruals?').fill('fee of the bank')
  await form.getByLabel('Method').selectOption('PayPal')
  await form.getByLabel('Date').fill('2026-03-20')
  await form.getByLabel('Receipt link').fill('https://pay.example.org/r/1')
  await form.getByRole('button', { name: 'Record 55.00 USD as paid' }).dblclick()
  await expect(tracker.dialog).toHaveCount(0)
  await expect(tracker.row('Ada').getByRole('cell')).toHaveText([/Ada/, '60.00', '55.00', '0.00', '20 Mar 2026', /Mark/])
  const payments = await studio.payments({ creator_id: ada })
  expect(payments).toHaveLength(1)
  expect(payments[0]).toMatchObject({
    total_amount_cents: 55_00,
    method_name: 'PayPal',
    tracking_url: 'https://pay.example.org/r/1',
  })
  expect(payments[0]!.payout_adjustments).toMatchObject([{ amount_cents: -5_00, reason: 'fee of the bank' }])
  const button = tracker.row('Ada').getByRole('button', { name: /Mark as paid/ })
  await expect(button).toHaveAttribute('aria-disabled', 'true')
  await button.hover()
  await expect(tracker.page.getByRole('tooltip')).toHaveText('Nothing is outstanding here.')
})

test('[TG-91] chosen accruals alone are paid, the amount follows them; sent twice under one key it is one payment', async ({
  studio,
  tracker,
  page,
}) => {
  const { ada } = await studio.adaAndBob()
  await tracker.open()
  await tracker.row('Ada').getByRole('button', { name: 'Mark as paid' }).click()
  const form = tracker.dialog
  await form.getByLabel('Chosen accruals').click()
  await expect(form.getByRole('button', { name: /^Record/ })).toHaveAttribute('aria-disabled', 'true')
  await form.getByLabel(/15 Jan 2026/).check()
  await form.getByLabel(/10 Feb 2026/).check()
  await expect(form.getByLabel('Amount sent')).toHaveValue('30.00')
  await form.getByLabel('Method').selectOption('Venmo')
  const keys: (string | undefined)[] = []
  // the answer to the first one is lost on the way, so the person presses again
  await page.route('**/payout-payments', async route => {
    keys.push(route.request().headers()['idempotency-key'])
    if (keys.length > 1) return route.continue()
    await route.fetch()
    await route.abort()
  })
  await form.getByRole('button', { name: 'Record 30.00 USD as paid' }).click()
  await expect(page.getByRole('alert')).toContainText('The server cannot be reached')
  await form.getByRole('button', { name: 'Record 30.00 USD as paid' }).click()
  await expect(tracker.dialog).toHaveCount(0)
  expect([keys.length, new Set(keys).size]).toEqual([2, 1])
  expect(await studio.payments()).toHaveLength(1)
  const left = await studio.accruals({ creator_id: ada, status: 'earned' })
  expect(sumOf(left)).toBe(30_00)
})

test('[TG-92] monthly earned and paid, and each structure, equal the sums of the API', async ({ studio, tracker }) => {
  const { ada } = await studio.adaAndBob()
  const [, feb, jan] = await studio.accruals({ creator_id: ada })
  await studio.pay({ accrual_ids: [jan!.id], total_amount_cents: 10_00, paid_at: FEB })
  await studio.pay({ accrual_ids: [feb!.id], total_amount_cents: 18_00, adjustment_reason: 'fee', paid_at: MAR })
  await studio.pay({ total_amount_cents: 7_00, paid_at: MAR })
  await tracker.open()
  const [accruals, payments] = [await studio.accruals(), await studio.payments({ status: 'paid' })]
  const expected = ['2026-01', '2026-02', '2026-03'].map((month, n) => [
    ['Jan 2026', 'Feb 2026', 'Mar 2026'][n],
    figure(sumOf(accruals.filter(each => each.period_end_at.startsWith(month)))),
    figure(sumOf(payments.filter(p => p.paid_at.startsWith(month)).map(p => ({ amount_cents: p.total_amount_cents })))),
  ])
  expect(expected.map(row => row[2])).toEqual(['0.00', '10.00', '25.00'])
  expect(await tracker.figures('Earned and paid by month')).toEqual(expected)
  expect(await tracker.figures('Earned by structure')).toEqual(expected.map(([month, earned]) => [month, earned]))
  await expect(tracker.page.locator('.recharts-bar-rectangle').first()).toBeVisible()
  await expect(tracker.banner).toContainText('7.00 USD ad hoc')
})

test('[TG-93] Export CSV has one row an accrual of the filter', async ({ shop, studio, tracker, page }) => {
  const { ada } = await studio.adaAndBob()
  const [latest] = await studio.accruals({ creator_id: ada })
  const paid = await studio.pay({ accrual_ids: [latest!.id], total_amount_cents: 30_00, paid_at: '2026-03-08T10:00:00Z' })
  await tracker.open()
  const all = await downloaded(page, 'Export CSV')
  expect(all).toBe((await shop.api.tracker.exportAccruals({ params: shop.params })).data)
  const [header, ...rows] = all.trim().split('\n')
  expect(header).toBe('creator,handle,structure,version,period_start,period_end,amount,currency,status,payment_id,paid_at,method')
  expect(rows).toHaveLength((await studio.accruals()).length)
  await tracker.open('status=paid')
  const [, only, ...none] = (await downloaded(page, 'Export CSV')).trim().split('\n')
  expect(none).toEqual([])
  expect(only).toContain(`30.00,USD,paid,${paid.id},2026-03-08T10:00:00.000Z`)
})

test("[TG-94] the partner's Payouts tab: cards, charts, three lists in the address, Mark as paid, its own CSV", async ({
  studio,
  tracker,
  page,
}) => {
  const { ada } = await studio.adaAndBob()
  const [latest] = await studio.accruals({ creator_id: ada })
  await studio.pay({ accrual_ids: [latest!.id], total_amount_cents: 30_00, paid_at: '2026-03-08T10:00:00Z' })
  await studio.pay({ creator_id: ada, total_amount_cents: 4_00, paid_at: '2026-03-09T10:00:00Z' })
  await tracker.go(`/partners/${ada}?tab=payouts`)
  const card = (name: string) =>
    page
      .getByRole('tabpanel', { name: 'Payouts' })
      .locator('dl > div')
      .filter({ has: page.locator('dt', { hasText: name }) })
      .locator('dd')
  await expect(card('Outstanding')).toHaveText('30.00 USD')
  await expect(card('Paid')).toHaveText('34.00 USD')
  await expect(card('Earned lifetime')).toHaveText('60.00 USD')
  await expect(card('Last payment')).toHaveText('9 Mar 2026')
  expect(await tracker.figures('Earned and paid by month')).toEqual([
    ['Jan 2026', '10.00', '0.00'],
    ['Feb 2026', '20.00', '0.00'],
    ['Mar 2026', '30.00', '34.00'],
  ])
  const lists = page.getByRole('region', { name: 'Payouts of this partner' })
  await expect(lists.getByRole('table', { name: 'Accruals' }).locator('tbody tr')).toHaveCount(3)
  await lists.getByText('Payments', { exact: true }).click()
  await expect(lists.getByRole('table', { name: 'Payments' }).locator('tbody tr')).toHaveCount(2)
  await lists.getByText('Structures', { exact: true }).click()
  await expect(page).toHaveURL(/sub=structures/)
  await page.reload()
  await expect(lists.getByRole('table', { name: 'Structures' }).locator('tbody tr')).toHaveText([/Milestones.*60\.00 USD/])
  const csv = await downloaded(page, 'CSV of this partner')
  expect(csv.trim().split('\n')).toHaveLength(1 + 3 + 1)
  expect(csv).not.toContain('Bob')
  await page.getByRole('button', { name: 'Mark as paid' }).click()
  await tracker.dialog.getByLabel('Method').selectOption('Venmo')
  await tracker.dialog.getByRole('button', { name: 'Record 30.00 USD as paid' }).click()
  await expect(card('Outstanding')).toHaveText('0.00 USD')
})

test('[TG-95] a payment shows its receipt link, and prints a receipt alone', async ({ studio, tracker, page }) => {
  const { ada } = await studio.adaAndBob()
  const tracking_url = 'https://pay.example.org/receipts/77'
  const payment = await studio.pay({
    ...{ creator_id: ada, auto_apply_outstanding: true, total_amount_cents: 57_00, adjustment_reason: 'agreed discount' },
    ...{ tracking_url, note: 'March run', metadata: { batch: 'm-3' } },
  })
  await tracker.go(`/tracker/payments/${payment.id}`)
  await expect(page.getByRole('heading', { name: 'Payment of 57.00 USD' })).toBeVisible()
  await expect(page.getByRole('link', { name: tracking_url })).toHaveAttribute('href', tracking_url)
  const lines = page.getByRole('table', { name: 'Lines' })
  await expect(lines.locator('tbody tr')).toHaveCount(3)
  await expect(lines).toContainText('Adjustment: agreed discount')
  await expect(lines.locator('tfoot tr').last()).toHaveText(/Total sent.*57\.00 USD/)
  await page.evaluate('window.print = () => { window.printed = true }')
  await page.getByRole('button', { name: 'Print receipt' }).click()
  expect(await page.evaluate('window.printed')).toBe(true)
  const receipt = page.locator('section[aria-label="Receipt"]')
  await expect(receipt).toBeHidden()
  await page.emulateMedia({ media: 'print' })
  await expect(receipt).toBeVisible()
  for (const text of ['Receipt of payment', 'Northwind', 'Ada', '57.00 USD', 'agreed discount', tracking_url]) {
    await expect(receipt).toContainText(text)
  }
  await expect(page.getByRole('navigation')).toBeHidden()
  await expect(page.getByRole('button', { name: 'Print receipt' })).toBeHidden()
})

test('[TG-95] notes and metadata of a payment can be edited; what is no JSON is said in place', async ({
  shop,
  studio,
  tracker,
  page,
}) => {
  const { ada } = await studio.adaAndBob()
  const payment = await studio.pay({ creator_id: ada, auto_apply_outstanding: true, total_amount_cents: 60_00 })
  await tracker.go(`/tracker/payments/${payment.id}`)
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('textbox', { name: 'Notes' }).fill('Asked for by phone')
  await page.getByRole('textbox', { name: 'Metadata' }).fill('{"batch":')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('This is no JSON object')).toBeVisible()
  await page.getByRole('textbox', { name: 'Metadata' }).fill('{"batch": "m-3"}')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Asked for by phone')).toBeVisible()
  const { data } = await shop.api.payments.one({ params: { payment_id: payment.id } })
  expect([data.readme, data.metadata]).toEqual(['Asked for by phone', { batch: 'm-3' }])
})

test('[TG-96] Void asks first, says what becomes owed again, and its accruals are earned again', async ({
  studio,
  tracker,
  page,
}) => {
  const { ada } = await studio.adaAndBob()
  const body = { creator_id: ada, auto_apply_outstanding: true, total_amount_cents: 57_00, adjustment_reason: 'fee' }
  const payment = await studio.pay(body)
  await tracker.go(`/tracker/payments/${payment.id}`)
  await page.getByRole('button', { name: 'Void' }).click()
  await expect(tracker.dialog).toContainText('3 accruals of Ada will be earned again: 60.00 USD')
  await tracker.dialog.getByRole('button', { name: 'Back' }).click()
  expect((await studio.accruals({ creator_id: ada })).map(each => each.status)).toEqual(['paid', 'paid', 'paid'])
  await page.getByRole('button', { name: 'Void' }).click()
  await tracker.dialog.getByRole('button', { name: 'Void payment' }).click()
  await expect(page.getByText('It is voided')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Void' })).toHaveCount(0)
  await expect(page.getByRole('table', { name: 'Lines' }).locator('tbody tr')).toHaveText([/Earned/, /Earned/, /Earned/])
  expect((await studio.accruals({ creator_id: ada })).map(each => each.status)).toEqual(['earned', 'earned', 'earned'])
  await tracker.open()
  await expect(tracker.row('Ada').getByRole('cell')).toHaveText([/Ada/, '60.00', '0.00', '60.00', '–', /Mark/])
})

test('[TG-96] a payment of a payout has no Void, and says why', async ({ shop, studio, tracker, page }) => {
  const { ada } = await studio.adaAndBob()
  await shop.pay(await shop.approve(await shop.draft(ada)))
  const [payment] = await studio.payments({ creator_id: ada })
  await tracker.go(`/tracker/payments/${payment!.id}`)
  await expect(page.getByText('It cannot be voided: a payment of a payout stands.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Void' })).toHaveCount(0)
  await page.getByRole('link', { name: 'A payout' }).click()
  await expect(tracker.rail.getByRole('heading', { name: 'Ada' })).toBeVisible()
})

test('an ad-hoc payment pays no accrual, to a partner or to nobody', async ({ studio, tracker, page }) => {
  const { bob } = await studio.adaAndBob()
  await tracker.open()
  await page.keyboard.press('c')
  const form = tracker.dialog
  await form.getByLabel('Partner').fill('bo')
  await page.getByRole('option', { name: 'Bob' }).click()
  await form.getByLabel('Amount sent').fill('1,250.50')
  await form.getByLabel('Method').selectOption('Venmo')
  await form.getByLabel('Note').fill('for the fair')
  await form.getByRole('button', { name: 'Record 1,250.50 USD as paid' }).click()
  await expect(tracker.row('Bob').getByRole('cell')).toHaveText([/Bob/, '10.00', '1,250.50', '10.00', '25 Mar 2026', /Mark/])
  const [payment] = await studio.payments()
  expect(payment).toMatchObject({ creator_id: bob, total_amount_cents: 1_250_50, line_count: 0, note: 'for the fair' })
})

test('a member sees the tracker without a button that changes anything', async ({ studio, tracker, page }) => {
  await studio.adaAndBob()
  await page.route('**/api/me', async route => {
    const answer = await route.fetch()
    const body = await answer.json()
    for (const brand of body.data.brands) brand.role = 'member'
    await route.fulfill({ response: answer, json: body })
  })
  await tracker.open()
  const rail = await tracker.openRow('Ada')
  await expect(rail.getByRole('table', { name: 'Accruals' }).locator('tbody tr')).toHaveCount(3)
  await rail.getByRole('link', { name: '5 Mar 2026' }).click()
  await expect(tracker.dialog).toContainText('3,000 views')
  await expect(page.getByRole('button', { name: /Mark as paid|Ad-hoc|Reject|Void/ })).toHaveCount(0)
})

test('an empty program says how the tracker fills', async ({ tracker, page }) => {
  await tracker.open()
  await expect(page.getByText('Nothing was earned by structures yet.')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Make a payout structure' })).toBeVisible()
  await expect(tracker.banner).toContainText('0.00 USD')
})

const HOSTILE = ['<script>document.title = "hacked"</script>', '=1+1', 'مرحبا بالعالم ‮evil', `👩‍👩‍👧‍👦 ${'long'.repeat(20)}`]

async function hostile(studio: import('./tracker-support.ts').Studio): Promise<{ payment_id: string; partner_id: string }> {
  const structure_id = await studio.structure('<img src=x onerror="document.title=\'hacked\'">')
  const ids: string[] = []
  for (const name of HOSTILE) {
    ids.push(
      await studio.earner(name, structure_id, [
        { at: JAN, views: 1_000 },
        { at: FEB, views: 2_500 },
      ]),
    )
  }
  const [accrual] = await studio.accruals({ creator_id: ids[0]! })
  const payment = await studio.pay({
    ...{ accrual_ids: [accrual!.id], total_amount_cents: 19_00, adjustment_reason: `<b>${'x'.repeat(400)}</b>` },
    ...{
      note: `=cmd|' /C calc'!A0 ${'y'.repeat(500)}`,
      metadata: { '<script>': 'x'.repeat(300) },
      tracking_url: 'https://example.org/<script>',
    },
  })
  return { payment_id: payment.id, partner_id: ids[0]! }
}

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`hostile names are harmless and legible, and axe finds nothing serious, ${scheme}, ${width} wide`, async ({
      studio,
      tracker,
      page,
    }) => {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme: scheme })
      const { payment_id, partner_id } = await hostile(studio)
      const check = async () => {
        expect(await seriousFindings(page)).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
        expect(await page.title()).not.toBe('hacked')
      }
      await tracker.open()
      for (const name of HOSTILE) await expect(tracker.names().filter({ hasText: name.slice(0, 40) })).toBeVisible()
      await tracker.figures('Earned by structure')
      await check()
      await tracker.open(`partner=${partner_id}`)
      await expect(tracker.rail.getByRole('heading', { name: '<script>' })).toBeVisible()
      await check()
      await tracker.rail.getByRole('link', { name: '10 Feb 2026' }).click()
      await expect(tracker.dialog).toContainText('Computed from')
      await check()
      await page.keyboard.press('Escape')
      await tracker.rail.getByRole('button', { name: 'Mark as paid' }).click()
      await tracker.dialog.getByLabel('Chosen accruals').click()
      await tracker.dialog.getByLabel('Amount sent').fill('1')
      await expect(tracker.dialog.getByLabel(/^Why/)).toBeVisible()
      await check()
      await tracker.go(`/tracker/payments/${payment_id}`)
      await expect(page.getByRole('table', { name: 'Lines' })).toBeVisible()
      await check()
      await tracker.go(`/partners/${partner_id}?tab=payouts&sub=structures`)
      await expect(page.getByRole('table', { name: 'Structures' })).toContainText('<img src=x')
      await check()
    })
  }
}
