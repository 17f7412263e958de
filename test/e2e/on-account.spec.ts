import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Download, Locator, Page } from '@playwright/test'
import { pdfText } from '../support/pdf.ts'
import { expect, type Shop, seriousFindings, startServer, test } from './support.ts'

/** The page of publisher payouts in the words of a person who uses it. */
function deskOf(page: Page, shop: Shop) {
  const rail = page.getByRole('complementary')
  const row = (name: string): Locator => page.getByRole('table').getByRole('row').filter({ hasText: name })
  return {
    ...{ rail, row },
    open: async (more = '') => {
      await page.context().addCookies(shop.tenant.cookies)
      await page.goto(`${shop.tenant.address}/on-account?brand=${shop.slug}${more}`)
      await expect(page.locator('dl[aria-busy="false"]')).toBeVisible()
    },
    choose: async (text: string, option: string | RegExp = text) => {
      await rail.getByLabel('Publisher ID').fill(text)
      await page.getByRole('option', { name: option }).click()
    },
    create: () => page.getByRole('button', { name: 'Create new payout' }).first().click(),
    amount: rail.getByLabel('Requested Amount'),
    save: () => rail.getByRole('button', { name: 'Save' }).click(),
    kpi: (name: string) => page.locator('dl > div').filter({ has: page.locator('dt', { hasText: name }) }),
    record: async (publisher_id: string, requested_amount_cents: number, more: object = {}) =>
      (await shop.api.publisherPayouts.create({ params: shop.params, body: { publisher_id, requested_amount_cents, ...more } }))
        .data,
    balance: async (partner_id: string) =>
      (await shop.api.payouts.balances({ params: shop.params, query: { partner_id } })).data[0]?.balance_cents ?? 0,
    listed: async () => (await shop.api.publisherPayouts.list({ params: shop.params })).data,
  }
}

async function download(page: Page, act: () => Promise<void>): Promise<{ name: string; bytes: Buffer; text: string }> {
  const waiting: Promise<Download> = page.waitForEvent('download')
  await act()
  const file = await waiting
  const bytes = readFileSync(await file.path())
  return { name: file.suggestedFilename(), bytes, text: (await pdfText(bytes)).text.replace(/\s+/g, ' ') }
}

const invoiceIn = (row: Locator) => row.getByRole('link', { name: 'Download Invoice' })

test('Create new payout asks for publisher, amount, status and note, and Save shows the row [RT-22, RT-24]', async ({
  page,
  shop,
}) => {
  const desk = deskOf(page, shop)
  const nick = await shop.owed('Nick Hornby', 300_00)
  await shop.owed('Zoe', 20_00)
  await desk.open()
  await expect(page.getByText('Nothing was paid outside yet.')).toBeVisible()
  await desk.create()
  await desk.rail.getByLabel('Publisher ID').fill('hornby')
  const option = page.getByRole('listbox').getByRole('option')
  await expect(option).toHaveCount(1)
  await expect(option).toContainText(nick)
  await expect(option).toContainText('300.00 USD')
  await option.click()
  await desk.amount.fill('100.50')
  await desk.rail.getByLabel('Status').selectOption('Paid')
  await desk.rail.getByLabel('Note').fill('March retainer')
  await expect(desk.rail).toContainText('Balance 300.00 USD')
  await desk.save()
  await expect(desk.rail).toHaveCount(0)
  const row = desk.row('Nick Hornby')
  for (const text of ['25 Mar 2026', '100.50', 'USD', 'Paid', 'March retainer', 'nick-hornby', nick.slice(0, 8)])
    await expect(row).toContainText(text)
  expect(await desk.listed()).toMatchObject([
    { publisher_id: nick, requested_amount_cents: 100_50, status: 'paid', note: 'March retainer' },
  ])
  expect(await desk.balance(nick)).toBe(199_50)
})

test('the note is optional, and c opens the form [RT-23]', async ({ page, shop }) => {
  const desk = deskOf(page, shop)
  await shop.owed('Nick', 300_00)
  await desk.open()
  await page.keyboard.press('c')
  await desk.choose('nick', /Nick/)
  await desk.amount.fill('10')
  await desk.save()
  await expect(desk.row('Nick')).toContainText('10.00')
  expect(await desk.listed()).toMatchObject([{ note: null, status: 'pending' }])
})

test('Edit changes the row, and the balance by the difference [RT-25]', async ({ page, shop }) => {
  const desk = deskOf(page, shop)
  const nick = await shop.owed('Nick', 300_00)
  await desk.record(nick, 100_00)
  await desk.open()
  await desk.row('Nick').getByRole('button', { name: 'Edit Nick' }).click()
  await expect(desk.rail).toContainText('Balance 200.00 USD')
  await expect(desk.amount).toHaveValue('100.00')
  await desk.amount.fill('80')
  await desk.rail.getByLabel('Note').fill('agreed by mail')
  await desk.save()
  await expect(desk.row('Nick')).toContainText('80.00')
  await expect(desk.row('Nick')).toContainText('agreed by mail')
  expect(await desk.balance(nick)).toBe(220_00)
  await desk.row('Nick').getByRole('link', { name: 'Nick' }).click()
  await expect(desk.rail).toContainText('Balance 220.00 USD')
})

test('the status is Pending, Paid or Rejected, and nothing else; Rejected gives back [RT-26]', async ({ page, shop }) => {
  const desk = deskOf(page, shop)
  const nick = await shop.owed('Nick', 300_00)
  const made = await desk.record(nick, 100_00)
  await desk.open()
  await desk.row('Nick').getByRole('button', { name: 'Edit Nick' }).click()
  const status = desk.rail.getByLabel('Status')
  await expect(status.locator('option')).toHaveText(['Pending', 'Paid', 'Rejected'])
  await status.selectOption('Rejected')
  await desk.save()
  await expect(desk.row('Nick').getByText('Rejected')).toBeVisible()
  expect(await desk.balance(nick)).toBe(300_00)
  const others = ['open', 'PAID ', '', null].map(each =>
    page.request.patch(`${shop.tenant.address}/api/brands/${shop.brand_id}/publisher-payouts/${made.id}`, {
      data: { status: each },
      headers: { origin: shop.tenant.address },
    }),
  )
  for (const answer of await Promise.all(others)) expect(answer.status()).toBe(400)
  expect((await desk.listed())[0]?.status).toBe('rejected')
})

test('an amount is above zero and of whole cents; above the balance it is saved with a warning [RT-32]', async ({
  page,
  shop,
}) => {
  const desk = deskOf(page, shop)
  const nick = await shop.owed('Nick', 50_00)
  await desk.open()
  await desk.create()
  await desk.choose('nick', /Nick/)
  for (const bad of ['0', '-5', '1.005', 'ten', '']) {
    await desk.amount.fill(bad)
    await desk.save()
    await expect(desk.amount).toHaveAttribute('aria-invalid', 'true')
    await expect(desk.rail).toContainText('above zero')
  }
  for (const requested_amount_cents of [0, -100, 100.5]) {
    const made = desk.record(nick, requested_amount_cents)
    await expect(made).rejects.toMatchObject({ status: 400, code: 'invalid_body' })
  }
  expect(await desk.listed()).toEqual([])
  await desk.amount.fill('70')
  await expect(desk.rail).toContainText('Exceeds the balance by 20.00 USD')
  await desk.save()
  await expect(page.getByRole('alert')).toContainText('It exceeds the balance')
  await expect(desk.row('Nick')).toContainText('70.00')
  expect(await desk.balance(nick)).toBe(-20_00)
})

test('the icon downloads the invoice with number, payee, amount and date; that of another brand is not found [RT-30]', async ({
  page,
  shop,
}) => {
  const desk = deskOf(page, shop)
  const nick = await shop.partner('Nick Hornby')
  const partner = { params: { ...shop.params, partner_id: nick }, body: { company: 'Hornby Ltd', vat_id: 'GB1' } }
  await shop.api.partners.change(partner)
  const made = await desk.record(nick, 1234_50, { note: 'March retainer' })
  await shop.api.invoices.changeSettings({ params: shop.params, body: { legal_name: 'Northwind GmbH', vat_id: 'DE1' } })
  await desk.open()
  const row = desk.row('Nick Hornby')
  const { name, text } = await download(page, () => invoiceIn(row).click())
  expect(name).toBe('INV-2026-0001.pdf')
  const words = [
    'INV-2026-0001',
    '25 March 2026',
    'Nick Hornby',
    'Hornby Ltd',
    '1,234.50 USD',
    'Northwind GmbH',
    'Partner commissions',
  ]
  for (const word of [...words, 'VAT ID GB1', 'VAT ID DE1', 'Pending', 'March retainer']) expect(text).toContain(word)
  await expect(row).toContainText('INV-2026-0001')
  const { data: other } = await shop.api.organizations.createProgram({ body: { name: `Other than ${shop.slug}` } })
  const foreign = await page.request.get(`${shop.tenant.address}/api/brands/${other.id}/publisher-payouts/${made.id}/invoice`)
  expect(foreign.status()).toBe(404)
})

test('a rejected payout has no invoice: the icon is off and says why [RT-30]', async ({ page, shop }) => {
  const desk = deskOf(page, shop)
  const made = await desk.record(await shop.partner('Nick'), 10_00, { status: 'rejected' })
  await desk.open()
  const icon = desk.row('Nick').getByRole('button', { name: 'Download Invoice' })
  await expect(icon).toHaveAttribute('aria-disabled', 'true')
  await icon.focus()
  await expect(page.getByRole('tooltip')).toContainText('Rejected: nothing was paid')
  const answer = await page.request.get(`${shop.tenant.address}/api/brands/${shop.brand_id}/publisher-payouts/${made.id}/invoice`)
  expect(answer.status()).toBe(409)
})

test('two downloads are the same invoice; the next payout gets the next number [RT-31]', async ({ page, shop }) => {
  const desk = deskOf(page, shop)
  await desk.record(await shop.partner('Nick'), 10_00)
  await desk.record(await shop.partner('Zoe'), 20_00)
  await desk.open()
  const get = (name: string) => download(page, () => invoiceIn(desk.row(name)).click())
  const first = await get('Zoe')
  const again = await get('Zoe')
  expect(first.name).toBe('INV-2026-0001.pdf')
  expect(again.bytes.equals(first.bytes)).toBe(true)
  expect((await get('Nick')).name).toBe('INV-2026-0002.pdf')
  expect((await get('Zoe')).bytes.equals(first.bytes)).toBe(true)
})

test('recording sends nothing anywhere: page and server talk to nobody else [RT-29]', async ({ page }) => {
  test.setTimeout(120_000)
  const folder = mkdtempSync(join(tmpdir(), 'quittance-sockets-'))
  const [hook, log] = [join(folder, 'hook.mjs'), join(folder, 'log')]
  writeFileSync(log, '')
  writeFileSync(
    hook,
    `import { subscribe } from 'node:diagnostics_channel'
     import { appendFileSync } from 'node:fs'
     import net from 'node:net'
     const tell = to => appendFileSync(${JSON.stringify(log)}, to + '\\n')
     const connect = net.Socket.prototype.connect
     net.Socket.prototype.connect = function (...asked) {
       const [to] = Array.isArray(asked[0]) ? asked[0] : asked
       tell(typeof to === 'object' ? to.path ?? to.host ?? 'localhost' : String(to))
       return connect.apply(this, asked)
     }
     subscribe('undici:request:create', ({ request }) => tell(String(request.origin)))`,
  )
  const server = await startServer({ NODE_OPTIONS: `--import ${pathToFileURL(hook).href}` })
  const asked: string[] = []
  page.on('request', request => asked.push(request.url()))
  try {
    const made = server.run('org', 'create', '--name', 'Northwind', '--email', 'ada@example.org')
    const auth = { authorization: `Bearer ${made.api_key}` }
    const partners = `${server.address}/api/brands/${made.brand_id}/partners`
    await page.request.post(partners, { headers: auth, data: { name: 'Nick', email: 'nick@example.org' } })
    await page.goto(made.sign_in_url as string)
    await page.goto(`${server.address}/on-account`)
    await page.getByRole('button', { name: 'Create new payout' }).first().click()
    const rail = page.getByRole('complementary')
    await rail.getByLabel('Publisher ID').fill('nick')
    await page.getByRole('option', { name: /Nick/ }).click()
    await rail.getByLabel('Requested Amount').fill('10')
    await rail.getByLabel('Status').selectOption('Paid')
    await rail.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByRole('table')).toContainText('10.00')
    await download(page, () => page.getByRole('link', { name: 'Download Invoice' }).click())
    await page.waitForTimeout(500)
  } finally {
    await server.stop()
  }
  const foreign = asked.filter(url => !url.startsWith(server.address) && !/^(data|blob):/.test(url))
  expect(asked.length).toBeGreaterThan(10)
  expect(foreign).toEqual([])
  const reached = readFileSync(log, 'utf8').split('\n').filter(Boolean)
  rmSync(folder, { recursive: true, force: true })
  expect(reached.filter(to => !/^(localhost|127\.0\.0\.1|::1|\/.*)$/.test(to))).toEqual([])
})

test('search, status and totals are those of the server, and the address keeps them', async ({ page, shop }) => {
  const desk = deskOf(page, shop)
  const [nick, zoe] = [await shop.owed('Nick', 300_00), await shop.owed('Zoe', 300_00)]
  await desk.record(nick, 10_00, { status: 'paid' })
  await desk.record(nick, 20_00)
  await desk.record(zoe, 40_00, { note: 'for nickel' })
  await desk.record(zoe, 80_00, { status: 'rejected' })
  await desk.open()
  await expect(desk.kpi('Pending')).toContainText('60.00')
  await expect(desk.kpi('Pending')).toContainText('2 payouts')
  await expect(page.locator('tfoot')).toContainText('70.00')
  await page.getByRole('searchbox').fill('nick')
  await expect(page.getByRole('table').locator('tbody tr')).toHaveCount(3)
  await expect(page).toHaveURL(/q=nick/)
  await expect(desk.kpi('Rejected')).toContainText('0 payouts')
  await desk.kpi('Pending').getByRole('link').click()
  await expect(page.getByRole('table').locator('tbody tr')).toHaveCount(2)
  await expect(page.locator('tfoot')).toContainText('60.00')
  await expect(page).toHaveURL(/status=pending/)
  await page.reload()
  await expect(page.getByRole('table').locator('tbody tr')).toHaveCount(2)
  await page.getByRole('searchbox').fill('nobody at all')
  await expect(page.getByText('No pending payout matches')).toBeVisible()
  await page.getByRole('link', { name: 'Clear the filter' }).click()
  await expect(page.getByRole('table').locator('tbody tr')).toHaveCount(4)
})

test('long lists come page by page; j, k and Enter open a row, Esc gives it the focus back', async ({ page, shop }) => {
  const desk = deskOf(page, shop)
  const nick = await shop.partner('Nick')
  await Promise.all(Array.from({ length: 50 }, () => desk.record(nick, 26_00)))
  for (const cents of [51_00, 52_00]) await desk.record(nick, cents)
  await desk.open()
  const rows = page.getByRole('table').locator('tbody tr')
  await expect(rows).toHaveCount(50)
  await expect(desk.kpi('Pending')).toContainText('1,403.00')
  await page.getByRole('button', { name: 'Load more payouts' }).click()
  await expect(rows).toHaveCount(52)
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(desk.rail).toContainText('52.00')
  await page.keyboard.press(']')
  await expect(desk.rail).toContainText('51.00')
  await page.keyboard.press('Escape')
  await expect(desk.rail).toHaveCount(0)
  await expect(rows.nth(1).getByRole('link').first()).toBeFocused()
})

test('what a payout has netted keeps amount and status, and says why', async ({ page, shop }) => {
  const desk = deskOf(page, shop)
  const nick = await shop.owed('Nick', 300_00)
  await desk.record(nick, 100_00)
  await shop.draft(nick)
  await desk.open()
  await desk.row('Nick').getByRole('button', { name: 'Edit Nick' }).click()
  await expect(desk.amount).toBeDisabled()
  await expect(desk.rail.getByLabel('Status')).toBeDisabled()
  await expect(desk.rail).toContainText('A payout has netted it')
  await desk.rail.getByLabel('Note').fill('still to say')
  await desk.save()
  await expect(desk.row('Nick')).toContainText('still to say')
})

test('who pays is set in the settings and stands on invoices', async ({ page, shop }) => {
  const desk = deskOf(page, shop)
  await desk.record(await shop.partner('Nick'), 10_00)
  await desk.open()
  await page.goto(`${shop.tenant.address}/settings/invoices?brand=${shop.slug}`)
  await page.getByLabel('Legal name').fill('Northwind GmbH')
  await page.getByLabel('Address').fill('Hafenstr. 1\nHamburg')
  await page.getByLabel('Billing text').fill('HRB 7')
  await page.getByRole('switch', { name: 'Self-billing' }).check({ force: true })
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('alert')).toContainText('Saved')
  await desk.open()
  const { text } = await download(page, () => invoiceIn(desk.row('Nick')).click())
  for (const word of [
    'Northwind GmbH',
    'Hafenstr. 1 Hamburg',
    'HRB 7',
    'issued by Northwind GmbH in the name and on behalf of Nick',
  ])
    expect(text).toContain(word)
})

const HOSTILE = {
  tag: '<script>window.hacked = 1</script>',
  turned: 'שלום \u202eevil\u202c',
  emoji: '🦜🏴‍☠️ parrot',
  formula: '=1+1',
  long: 'W'.repeat(99),
}

test('hostile names and notes stay text, on the page and on paper, and a phone never scrolls sideways', async ({
  page,
  shop,
}) => {
  const desk = deskOf(page, shop)
  for (const name of Object.values(HOSTILE)) await desk.record(await shop.partner(name), 10_00, { note: `${name} `.repeat(15) })
  await desk.open()
  for (const name of Object.values(HOSTILE)) await expect(page.getByRole('link', { name, exact: true })).toBeVisible()
  expect(await page.evaluate('window.hacked')).toBeUndefined()
  const { text } = await download(page, () => invoiceIn(desk.row('<script>')).click())
  expect(text).toContain(HOSTILE.tag)
  await page.setViewportSize({ width: 390, height: 900 })
  const overflow = () => page.evaluate('document.scrollingElement.scrollWidth - innerWidth')
  expect(await overflow()).toBeLessThanOrEqual(0)
  await page.getByRole('link', { name: HOSTILE.long }).click()
  await expect(desk.rail.getByRole('link', { name: 'Download Invoice' })).toBeVisible()
  expect(await overflow()).toBeLessThanOrEqual(0)
})

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing serious on publisher payouts and invoices, ${colorScheme}, ${width} wide`, async ({ page, shop }) => {
      const desk = deskOf(page, shop)
      const nick = await shop.owed('Nick', 300_00)
      for (const status of ['pending', 'paid', 'rejected']) await desk.record(nick, 10_00, { status, note: 'by hand' })
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme })
      await desk.open()
      expect(await seriousFindings(page)).toEqual([])
      await desk.create()
      await desk.choose('nick', /Nick/)
      await desk.amount.fill('900')
      await expect(desk.rail).toContainText('Exceeds the balance')
      expect(await seriousFindings(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.goto(`${shop.tenant.address}/settings/invoices?brand=${shop.slug}`)
      await expect(page.getByLabel('Legal name')).toBeVisible()
      expect(await seriousFindings(page)).toEqual([])
    })
  }
}
