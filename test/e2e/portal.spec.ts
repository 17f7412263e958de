import { readFileSync } from 'node:fs'
import { addOwed, addPartner, expect, pages, TABS, test } from './portal-support.ts'
import { NOW, type Shop, seriousFindings } from './support.ts'

test('[RT-42] the portal has its six tabs, in their order, and each opens its page', async ({ shop, portal, page }) => {
  await portal.enter(await addPartner(shop, 'Nick'))
  const tabs = page.getByRole('navigation', { name: 'Pages' }).getByRole('link')
  await expect(tabs).toHaveText([...TABS])
  for (const name of TABS) {
    await tabs.filter({ hasText: new RegExp(`^${name}$`) }).click()
    await portal.isShown(name)
    await expect(tabs.filter({ hasText: new RegExp(`^${name}$`) })).toHaveAttribute('aria-current', 'page')
  }
})

test('[TR-62] Pending, Approved and Paid are the sums of the conversions by their status', async ({ shop, portal }) => {
  const nick = await addOwed(shop, 'Nick', 12_00)
  await shop.pay(await shop.approve(await shop.draft(nick.id)))
  await shop.sale(nick.id, 340_00)
  const waiting = { external_id: 'review', partner: nick.id, campaign: shop.campaign_id, revenue_cents: 70_00, status: 'pending' }
  await shop.api.conversions.record({ params: shop.params, body: { conversions: [waiting] } })
  await shop.settings({ hold_days: 30 })
  await shop.sale(nick.id, 55_50)
  const { data } = await shop.api.conversions.list({ params: shop.params, query: { partner_id: nick.id } })
  const sum = (...statuses: string[]) =>
    data.filter(each => statuses.includes(each.status)).reduce((cents, each) => cents + each.commission_cents, 0)
  expect([sum('hold', 'pending_review'), sum('approved'), sum('paid')]).toEqual([12_55, 34_00, 12_00])
  await portal.enter(nick)
  const status = portal.region('Payout status')
  await expect(portal.kpi('Pending', status).locator('dd')).toHaveText('12.55 USD')
  await expect(portal.kpi('Approved', status).locator('dd')).toHaveText('34.00 USD')
  await expect(portal.kpi('Paid', status).locator('dd')).toHaveText('12.00 USD')
})

test('the dashboard says what is available, on hold until when, below the minimum by how much, and what was paid', async ({
  shop,
  portal,
}) => {
  const nick = await addOwed(shop, 'Nick', 20_00)
  await shop.pay(await shop.approve(await shop.draft(nick.id)))
  await shop.settings({ minimum_threshold_cents: 50_00, frequency: 'monthly' })
  await shop.sale(nick.id, 350_00)
  await shop.settings({ hold_days: 30 })
  await shop.sale(nick.id, 90_00)
  await portal.enter(nick)
  await expect(portal.kpi('Available').locator('dd')).toHaveText('35.00 USD')
  await expect(portal.kpi('On hold')).toContainText('9.00 USD')
  await expect(portal.kpi('On hold')).toContainText('next release 9 Apr 2026')
  await expect(portal.kpi('Below minimum by')).toContainText('15.00 USD')
  await expect(portal.kpi('Below minimum by')).toContainText('minimum 50.00')
  await expect(portal.kpi('Next payout').locator('dt')).toContainText(/\d{4}/)
  await expect(portal.kpi('Next payout').locator('dd')).toContainText('~')
  await expect(portal.kpi('Paid this year').locator('dd')).toHaveText('20.00 USD')
  await expect(portal.balance).toHaveAccessibleName('Balance 35.00 USD')
})

test('[TR-63] a paid payout is listed, its statement downloads with its lines, and a foreign one is not found', async ({
  shop,
  portal,
  page,
}) => {
  const nick = await addOwed(shop, 'Nick', 20_00)
  await shop.sale(nick.id, 155_50)
  const zoe = await addOwed(shop, 'Zoe', 30_00)
  await shop.pay(await shop.approve(await shop.draft(nick.id)))
  const foreign = await shop.pay(await shop.approve(await shop.draft(zoe.id)))
  await portal.enter(nick)
  await portal.open('Payments')
  const row = portal.row('Payment history', 'Payout no.')
  await expect(row).toContainText('35.55')
  await expect(row).toContainText('Paid')
  const csv = await download(() => row.getByRole('link', { name: /as CSV$/ }).click())
  expect(csv.trim().split('\n'), 'a head and two lines').toHaveLength(3)
  expect(csv).toContain('20.00')
  expect(csv).toContain('15.55')
  const pdf = await download(() => row.getByRole('link', { name: /as PDF$/ }).click())
  expect(pdf.slice(0, 5)).toBe('%PDF-')
  for (const format of ['pdf', 'csv']) {
    const answer = await page.request.get(`${portal.address}/api/portal/statements/${foreign}?format=${format}`)
    expect(answer.status()).toBe(404)
  }

  async function download(click: () => Promise<void>): Promise<string> {
    const [file] = await Promise.all([page.waitForEvent('download'), click()])
    return readFileSync(await file.path(), 'latin1')
  }
})

test('[TR-64, RT-44] Send Test calls the address with samples, and an approved conversion calls it with its click id and payout', async ({
  shop,
  portal,
  page,
  receiver,
}) => {
  const nick = await addPartner(shop, 'Nick')
  await portal.enter(nick)
  await portal.open('Postback')
  const field = page.getByLabel('Postback URL')
  await expect(page.getByRole('button', { name: 'Send Test' })).toHaveAttribute('aria-disabled', 'true')
  await field.fill('not an address')
  await page.getByRole('button', { name: 'Send Test' }).click()
  await expect(page.getByText('must be an http or https URL', { exact: false }).first()).toBeVisible()
  await field.fill(`${receiver.address}/hit?click={click_id}&ref={ref_id}&payout=`)
  await page.getByRole('button', { name: 'Insert {payout}' }).click()
  await expect(field).toHaveValue(/&payout=\{payout\}$/)

  await page.getByRole('button', { name: 'Send Test' }).click()
  const answer = page.getByRole('status', { name: 'Result of the test' })
  await expect(answer).toContainText('Your address answered')
  await expect(answer).toContainText('200')
  await expect(answer).toContainText('ms')
  expect(receiver.calls).toHaveLength(1)
  expect(receiver.calls[0]?.search).not.toContain('{')
  await expect(answer.locator('code')).toHaveText(`${receiver.address}${receiver.calls[0]?.pathname}${receiver.calls[0]?.search}`)

  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved: it is called for each approved conversion.')).toBeVisible()
  const click_id = await clicked(shop, nick.slug)
  const sale = { external_id: 'clicked', click_id, campaign: shop.campaign_id, revenue_cents: 123_40, occurred_at: NOW }
  await shop.api.conversions.record({ params: shop.params, body: { conversions: [sale] } })
  await expect.poll(() => receiver.calls.length).toBe(2)
  const called = receiver.calls[1]?.searchParams
  expect([called?.get('click'), called?.get('ref'), called?.get('payout')]).toEqual([click_id, click_id, '12.34'])
  await portal.open('Postback')
  await expect(portal.row('Last calls', 'Delivered')).toContainText('200')
})

/** Follows the partner's tracking link and returns the id of the click. */
async function clicked(shop: Shop, slug: string): Promise<string> {
  const { data } = await shop.api.campaigns.change({
    params: { ...shop.params, campaign_id: shop.campaign_id },
    body: { destination_url: 'https://shop.example.com/' },
  })
  const answer = await fetch(`${shop.tenant.address}/api/r/${shop.slug}/${data.slug}?via=${slug}&sub1=news`, {
    redirect: 'manual',
  })
  return new URL(answer.headers.get('location') as string).searchParams.get('click_id') as string
}

test('a test of an address that does not answer says why', async ({ shop, portal, page }) => {
  await portal.enter(await addPartner(shop, 'Nick'))
  await portal.open('Postback')
  await page.getByLabel('Postback URL').fill('http://127.0.0.1:9/')
  await page.getByRole('button', { name: 'Send Test' }).click()
  const answer = page.getByRole('status', { name: 'Result of the test' })
  await expect(answer).toContainText('That did not work')
  await expect(answer).toContainText('Error')
})

test('[RT-27, RT-28] a payment on account lowers the balance at once, and a rejected one gives it back', async ({
  shop,
  portal,
  page,
}) => {
  const nick = await addOwed(shop, 'Nick', 300_00)
  await portal.enter(nick)
  await expect(portal.balance).toHaveAccessibleName('Balance 300.00 USD')
  const { data } = await shop.api.publisherPayouts.create({
    params: shop.params,
    body: { publisher_id: nick.id, requested_amount_cents: 100_00 },
  })
  await portal.open('Payments')
  await expect(portal.balance).toHaveAccessibleName('Balance 200.00 USD')
  await expect(portal.kpi('Available').locator('dd')).toHaveText('200.00 USD')
  await expect(portal.row('Payment history', 'Payment on account')).toContainText('Pending')
  await shop.api.publisherPayouts.change({
    params: { ...shop.params, publisher_payout_id: data.id },
    body: { status: 'rejected' },
  })
  await page.reload()
  await expect(portal.balance).toHaveAccessibleName('Balance 300.00 USD')
  await expect(portal.kpi('Available').locator('dd')).toHaveText('300.00 USD')
  await expect(portal.row('Payment history', 'Payment on account')).toContainText('Rejected')
})

test('the statement of the month opens, earns, pays and closes, and can be kept', async ({ shop, portal, page }) => {
  const nick = await addOwed(shop, 'Nick', 20_00)
  await shop.pay(await shop.approve(await shop.draft(nick.id)))
  await shop.sale(nick.id, 340_00)
  await portal.enter(nick)
  await portal.open('Payments')
  const lines = portal.region('Statement').getByRole('listitem')
  await expect(lines.first()).toContainText('Opening balance0.00 USD')
  await expect(lines.filter({ hasText: '−20.00 USD' })).toHaveCount(1)
  await expect(lines.last()).toHaveText('Balance now34.00 USD')
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    portal.region('Statement').getByRole('link', { name: 'Statement of March 2026 as CSV' }).click(),
  ])
  expect(readFileSync(await file.path(), 'utf8')).toContain('34.00')
})

const PASSWORD = 'correct horse battery'

test('[RT-33] a partner signs in once approved; who waits or was declined cannot', async ({ shop, portal, page }) => {
  const nick = await addPartner(shop, 'Nick')
  await portal.enter(nick)
  await portal.open('Profile')
  await page.getByRole('textbox', { name: 'New password' }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Set password' }).click()
  await expect(page.getByText('Your password is set.')).toBeVisible()
  await portal.signOut()

  await portal.status(nick, 'pending')
  await portal.signIn(nick.email, PASSWORD)
  await expect(page.getByRole('alert')).toContainText('being looked at')
  await portal.status(nick, 'declined')
  await portal.signIn(nick.email, PASSWORD)
  await expect(page.getByRole('alert')).toContainText('declined')
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toHaveCount(0)

  await portal.status(nick, 'approved')
  await portal.signIn(nick.email, 'wrong password')
  await expect(page.getByRole('alert')).toContainText('do not go together')
  await portal.signIn(nick.email, PASSWORD)
  await expect(page.getByRole('heading', { name: 'Dashboard', exact: true })).toBeVisible()

  await portal.status(nick, 'declined')
  await page.reload()
  await expect(page.getByRole('alert')).toContainText('declined')
  await expect(page.getByRole('navigation', { name: 'Pages' })).toHaveCount(0)
})

test('a sign-in link works once, and then the page says how to go on', async ({ shop, portal, page }) => {
  const nick = await addPartner(shop, 'Nick')
  const link = await portal.link(nick)
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'Dashboard', exact: true })).toBeVisible()
  await page.context().clearCookies()
  await page.goto(link)
  await expect(page.getByRole('alert')).toContainText('expired or was used before')
  await page.getByRole('button', { name: 'Mail me a link' }).click()
  await page.getByLabel('E-mail').fill(nick.email)
  await page.getByRole('button', { name: 'Mail me a link' }).click()
  await expect(page.getByRole('status')).toContainText('sends no mail')
})

test('who is not signed in sees the door of the program, and applies where that is open', async ({ shop, portal, page }) => {
  await portal.settings({ title: 'Northwind partners', allow_sign_up: true })
  const { data } = await shop.api.portal.settings({ params: shop.params })
  await page.goto(data.portal_url)
  await expect(page.getByText('Partner portal of Northwind partners')).toBeVisible()
  expect(await seriousFindings(page)).toEqual([])
  await page.getByRole('link', { name: 'Apply to Northwind partners' }).click()
  await page.getByLabel('Name').fill('Ola <script>')
  await page.getByLabel('E-mail').fill('ola@example.org')
  expect(await seriousFindings(page)).toEqual([])
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('status')).toContainText('Your application is in')
  const { data: partners } = await shop.api.partners.list({ params: shop.params, query: { status: 'pending' } })
  expect(partners.map(each => each.name)).toEqual(['Ola <script>'])
  await page.goto(data.sign_up_url)
  await expect(page.getByRole('button', { name: 'Apply' })).toBeVisible()
  await portal.settings({ allow_sign_up: false })
  await page.goto(data.sign_up_url)
  await expect(page.getByText('takes no applications here')).toBeVisible()
})

test('[RT-40] Payments shows balance, history and payment method, and Change settings stores it', async ({
  shop,
  portal,
  page,
}) => {
  const nick = await addOwed(shop, 'Nick', 20_00)
  await shop.pay(await shop.approve(await shop.draft(nick.id)))
  await shop.sale(nick.id, 340_00)
  await shop.draft(nick.id)
  await shop.sale(nick.id, 50_00)
  await portal.enter(nick)
  const todo = page.getByRole('list', { name: 'To do' }).getByRole('link').filter({ hasText: /paid/ })
  await todo.click()
  await portal.isShown('Payments')
  await expect(portal.kpi('Available').locator('dd')).toHaveText('5.00 USD')
  await expect(page.getByText('34.00 USD of your balance is being paid')).toBeVisible()
  await expect(portal.balance).toHaveAccessibleName('Balance 39.00 USD')
  await expect(portal.row('Payment history', '20.00')).toContainText(/Payout no\. \d+.*Paid/)
  await expect(portal.row('Payment history', '34.00')).toContainText(/Payout no\. \d+.*Pending/)

  const method = portal.region('Payment method')
  await expect(method).toContainText('You have not said yet')
  await method.getByRole('button', { name: 'Change settings' }).click()
  await page.getByRole('dialog').getByLabel('Method').selectOption('PayPal')
  await page.getByLabel('Where the money goes').fill('nick@example.org')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(method).toContainText('PayPal')
  await page.reload()
  await expect(method).toContainText('PayPal')
  await expect(method).toContainText('nick@example.org')
  await portal.open('Dashboard')
  await expect(todo).toHaveCount(0)
})

test('[RT-41] with the toggle off there is no balance and no history, on no page and in no answer', async ({
  shop,
  portal,
  page,
}) => {
  const nick = await addOwed(shop, 'Nick', 777_13)
  await shop.pay(await shop.approve(await shop.draft(nick.id)))
  await shop.sale(nick.id, 88_870)
  await portal.enter(nick)
  await expect(portal.balance).toHaveAccessibleName('Balance 88.87 USD')
  await portal.settings({ show_balance: false })
  const answers: string[] = []
  page.on('response', async answer => {
    if (/\/api\/portal\/(me|home|payments)/.test(answer.url())) answers.push(await answer.text())
  })
  await portal.open('Dashboard')
  await expect(portal.balance).toHaveCount(0)
  await expect(page.getByText('Available')).toHaveCount(0)
  await expect(portal.region('Payout status')).toHaveCount(0)
  await portal.open('Payments')
  await expect(page.getByText('Balances and payment history are not shown here.')).toBeVisible()
  await expect(portal.region('Payment method')).toBeVisible()
  await expect(portal.region('Payment history')).toHaveCount(0)
  expect(answers.length).toBeGreaterThanOrEqual(3)
  expect(answers.join()).not.toMatch(/77713|8887|"number":\d/)
})

test('[RT-43] no page and no answer of the portal tells of another partner, or of revenue and margin', async ({
  shop,
  portal,
  page,
}) => {
  test.setTimeout(120_000)
  const nick = await addPartner(shop, 'Nick')
  const zoe = await addPartner(shop, 'Zoe Unheard', { billing_details: 'secret of Zoe' })
  for (const partner of [nick, zoe]) {
    const revenue = partner === nick ? 7_654_30 : 9_876_50
    await shop.sale(partner.id, revenue)
    await shop.pay(await shop.approve(await shop.draft(partner.id)))
    await shop.sale(partner.id, revenue)
    await shop.api.publisherPayouts.create({
      params: shop.params,
      body: { publisher_id: partner.id, requested_amount_cents: 10_00 },
    })
  }
  const { data: others } = await shop.api.payouts.list({ params: shop.params, query: { partner_id: zoe.id } })
  const { data: sales } = await shop.api.conversions.list({ params: shop.params, query: { partner_id: zoe.id } })
  const answers: { url: string; body: string }[] = []
  page.on('response', async answer => {
    if (answer.url().includes('/api/')) answers.push({ url: answer.url(), body: await answer.text().catch(() => '') })
  })
  await portal.enter(nick)
  for (const name of pages) await portal.open(name)
  await portal.open('Report', '?by=campaign')
  await portal.open('Conversion logs')
  await portal.row('Conversions', 'Spring sale').first().getByRole('link').click()
  await expect(portal.rail).toContainText('765.43')
  await portal.open('Campaigns')
  await page.getByRole('link', { name: 'Spring sale' }).click()
  await expect(portal.rail).toBeVisible()

  const foreign = [zoe.id, zoe.name, zoe.email, zoe.slug, 'secret of Zoe', ...[...others, ...sales].map(each => each.id)]
  const ours = ['765430', '7654.30', '7,654.30', '987650', ':98765', '987.65', 'revenue_cents', 'margin', 'profit']
  expect(answers.length).toBeGreaterThan(10)
  for (const { url, body } of answers)
    for (const secret of [...foreign, ...ours]) expect(body, `${url} tells ${secret}`).not.toContain(secret)
  for (const path of ['partners', 'payouts', 'conversions', 'payouts/balances']) {
    const answer = await page.request.get(`${portal.address}/api/brands/${shop.brand_id}/${path}`)
    expect(answer.status(), path).toBe(403)
  }
  const as = await page.request.get(`${portal.address}/api/portal/me?as=${zoe.id}`)
  expect([403, 404]).toContain(as.status())
})

test('an admin sees the portal as a partner sees it, changes nothing there, and gets back', async ({ shop, portal, page }) => {
  const nick = await addOwed(shop, 'Nick', 20_00)
  await page.context().addCookies(shop.tenant.cookies)
  await page.goto(`${portal.address}/portal?as=${nick.id}`)
  await portal.isShown('Dashboard')
  await expect(page.getByText('You see the portal as Nick')).toBeVisible()
  await page.getByRole('link', { name: 'Payments', exact: true }).click()
  await expect(portal.kpi('Available').locator('dd')).toHaveText('20.00 USD')
  const change = page.getByRole('button', { name: 'Change settings' })
  await expect(change).toHaveAttribute('aria-disabled', 'true')
  await change.hover()
  await expect(page.getByRole('tooltip')).toContainText('Only Nick can change this.')
  await page.getByRole('link', { name: 'Back to workspace' }).click()
  await expect(page).toHaveURL(new RegExp(`/partners/${nick.id}`))
})

test('the report counts clicks, conversions and earnings of the days in its address, by day and by campaign', async ({
  shop,
  portal,
  page,
}) => {
  const nick = await addPartner(shop, 'Nick')
  await clicked(shop, nick.slug)
  await shop.sale(nick.id, 200_00, '2026-03-20T10:00:00Z')
  await shop.sale(nick.id, 300_00, '2026-03-21T10:00:00Z')
  await shop.sale(nick.id, 900_00, '2026-02-10T10:00:00Z')
  await portal.enter(nick)
  await portal.open('Report')
  const total = page.getByRole('table', { name: 'Report by day' }).getByRole('row').last()
  await expect(total).toContainText('50.00')
  await expect(portal.row('Report by day', '20 Mar 2026')).toContainText('20.00')
  await expect(page.getByRole('img', { name: /Earned a day/ })).toBeVisible()
  await page.getByRole('link', { name: 'Last month' }).click()
  await expect(page).toHaveURL(/from=2026-02-01&to=2026-02-28/)
  await expect(total).toContainText('90.00')
  await page.getByLabel('From').fill('2026-02-11')
  await expect(page.getByText('Nothing happened in these days.')).toBeVisible()
  await page.getByRole('link', { name: '30 days' }).click()
  await page.getByRole('link', { name: 'By campaign' }).click()
  const row = portal.row('Report by campaign', 'Spring sale')
  await expect(row.getByRole('cell')).toHaveText(['Spring sale', '1', '2', '2', '50.00'])
  await page.reload()
  await expect(row).toBeVisible()
})

test('a campaign says what it pays this partner, and builds links with the labels of the partner', async ({
  shop,
  portal,
  page,
}) => {
  const nick = await addPartner(shop, 'Nick')
  await clicked(shop, nick.slug)
  await portal.enter(nick)
  await expect(portal.region('Tracking links').getByLabel('Tracking link of Spring sale', { exact: true })).toHaveValue(/via=/)
  await portal.open('Campaigns')
  await expect(portal.row('Campaigns', 'Spring sale')).toContainText('10 %')
  await page.getByRole('link', { name: 'Spring sale' }).click()
  await portal.rail.getByLabel('sub1').fill('news letter')
  const link = portal.rail.getByLabel('Tracking link', { exact: true })
  await expect(link).toHaveValue(/via=nick.*&sub1=news\+letter$/)
  const answer = await fetch(await link.inputValue(), { redirect: 'manual' })
  expect(answer.status).toBe(302)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await expect(portal.rail).toHaveCount(0)
})

test('the log of conversions filters by type in the address, opens one, and can be switched off', async ({
  shop,
  portal,
  page,
}) => {
  const nick = await addPartner(shop, 'Nick')
  const click_id = await clicked(shop, nick.slug)
  const items = [
    { external_id: 'l1', click_id, campaign: shop.campaign_id, type: 'lead', revenue_cents: 10_00, occurred_at: NOW },
    { external_id: 'l2', partner: nick.id, campaign: shop.campaign_id, type: 'sale', revenue_cents: 20_00, occurred_at: NOW },
  ]
  await shop.api.conversions.record({ params: shop.params, body: { conversions: items } })
  await portal.enter(nick)
  await portal.open('Conversion logs')
  await expect(page.getByRole('table', { name: 'Conversions' }).getByRole('link')).toHaveCount(2)
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.getByRole('button', { name: 'lead', exact: true }).click()
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/type=lead/)
  await expect(page.getByRole('table', { name: 'Conversions' }).getByRole('link')).toHaveCount(1)
  await expect(portal.row('Conversions', click_id)).toContainText('1.00')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(portal.rail).toContainText('sub1')
  await expect(portal.rail).toContainText('news')
  await page.keyboard.press('Escape')
  await expect(portal.rail).toHaveCount(0)
  await portal.settings({ show_log: false })
  await portal.open('Conversion logs')
  await expect(page.getByText('The log is not shown here.')).toBeVisible()
})

test('billing details are stored, and a password is changed by who knows the old one', async ({ shop, portal, page }) => {
  await portal.enter(await addPartner(shop, 'Nick'))
  await portal.open('Profile')
  await page.getByLabel('Company').fill('Nick & Sons')
  await page.getByLabel('Country').selectOption('Germany')
  await page.getByRole('button', { name: 'Save billing details' }).click()
  await expect(page.getByText('Your billing details are saved.')).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('Company')).toHaveValue('Nick & Sons')
  await expect(page.getByLabel('Country')).toHaveValue('DE')
  await page.getByRole('textbox', { name: 'New password' }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('textbox', { name: 'Current password' }).fill('not the old one')
  await page.getByRole('textbox', { name: 'New password' }).fill(`${PASSWORD} 2`)
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
})

const HOSTILE = '<script>alert(1)</script> ‮مرحبا‬ 🦊 =1+1'

test('hostile names are shown as they are, and never widen a page or run', async ({ shop, portal, page }) => {
  const dialogs: string[] = []
  page.on('dialog', dialog => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  const { data: campaign } = await shop.api.campaigns.create({
    params: shop.params,
    body: { name: `${HOSTILE}${'x'.repeat(50)}`, cost_model: 'revshare', percent: '5' },
  })
  const evil = await addPartner(shop, HOSTILE, { company: 'x'.repeat(200) })
  const sale = {
    external_id: 'h1',
    partner: evil.id,
    campaign: campaign.id,
    revenue_cents: 100_00,
    subs: { sub1: 'y'.repeat(500) },
  }
  await shop.api.conversions.record({ params: shop.params, body: { conversions: [{ ...sale, occurred_at: NOW }] } })
  await shop.pay(await shop.approve(await shop.draft(evil.id)))
  await portal.settings({ title: HOSTILE })
  await portal.enter(evil)
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 })
    for (const name of pages) {
      await portal.open(name)
      await expect(page.getByText(HOSTILE).first()).toBeVisible()
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${name} ${width}`).toBe(true)
    }
  }
  await portal.open('Conversion logs')
  await page.getByRole('table', { name: 'Conversions' }).getByRole('link').click()
  await expect(portal.rail).toContainText('yyyy')
  expect(dialogs).toEqual([])
})

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing serious on the pages of the portal, ${scheme}, ${width} wide`, async ({ shop, portal, page }) => {
      test.setTimeout(120_000)
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme: scheme })
      const nick = await everything(shop)
      await portal.enter(nick)
      for (const name of pages) {
        await portal.open(name)
        expect(await seriousFindings(page), name).toEqual([])
      }
      await portal.open('Payments')
      await page.getByRole('button', { name: 'Change settings' }).click()
      await expect(page.getByRole('dialog').getByLabel('Method')).toBeVisible()
      expect(await seriousFindings(page), 'method').toEqual([])
      await portal.open('Campaigns')
      await page.getByRole('link', { name: 'Spring sale' }).click()
      expect(await seriousFindings(page), 'campaign').toEqual([])
      await portal.open('Conversion logs')
      await page.getByRole('table', { name: 'Conversions' }).getByRole('link').first().click()
      expect(await seriousFindings(page), 'conversion').toEqual([])
    })
  }
}

async function everything(shop: Shop) {
  const nick = await addOwed(shop, 'Nick', 20_00)
  await shop.pay(await shop.approve(await shop.draft(nick.id)))
  await shop.sale(nick.id, 340_00)
  await shop.draft(nick.id)
  await shop.api.publisherPayouts.create({ params: shop.params, body: { publisher_id: nick.id, requested_amount_cents: 1_00 } })
  await clicked(shop, nick.slug)
  await shop.settings({ hold_days: 30, minimum_threshold_cents: 500_00 })
  await shop.sale(nick.id, 100_00)
  return nick
}
