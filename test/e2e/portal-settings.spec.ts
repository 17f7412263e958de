/** The settings of the partner portal, and who gets into it, in a browser against the real server. Source: spec C5, C11. */
import type { Page } from '@playwright/test'
import { expect, type Shop, seriousFindings, test } from './support.ts'

const HOSTILE = `<script>document.title='owned'</script> =1+1 ‮gnp.exe 🦊 ${'long '.repeat(8)}`
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

async function open(page: Page, shop: Shop): Promise<void> {
  await page.context().addCookies(shop.tenant.cookies)
  await page.goto(`${shop.tenant.address}/settings/portal?brand=${shop.slug}`)
  await expect(page.getByRole('form', { name: 'Partner portal' })).toBeVisible()
}

const settingsOf = async (shop: Shop) => (await shop.api.portal.settings({ params: shop.params })).data
const toggle = (page: Page, name: string) => page.getByRole('switch', { name })

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved. Partners see it from now on.').first()).toBeVisible()
}

/** What the portal answers the browser that this page is, with its own cookies. */
const portalStatus = (page: Page, path = '/me') =>
  page.evaluate(p => fetch(`/api/portal${p}`).then(answer => answer.status), path)

test.describe('the settings of the portal', () => {
  test('each switch says what partners see, and is kept [RT-41]', async ({ page, shop }) => {
    await open(page, shop)
    await expect(toggle(page, 'Show balance & payment history')).toBeChecked()
    await expect(page.getByText('Partners see their balance, what is on hold')).toBeVisible()
    await toggle(page, 'Show balance & payment history').click({ force: true })
    await expect(page.getByText('Partners see no balance, no payments')).toBeVisible()
    await toggle(page, 'Allow sign up').click({ force: true })
    await page.getByLabel('Title').fill('Acme Partners')
    await save(page)
    expect(await settingsOf(shop)).toMatchObject({
      title: 'Acme Partners',
      show_balance: false,
      allow_sign_up: true,
      show_log: true,
    })
    await page.reload()
    await expect(toggle(page, 'Show balance & payment history')).not.toBeChecked()
    await expect(page.getByRole('link', { name: new RegExp(`portal\\?program=${shop.slug}`) })).toBeVisible()
  })

  test('a logo is uploaded, shown and removed', async ({ page, shop }) => {
    await open(page, shop)
    await page.locator('input[type=file]').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: PIXEL })
    await expect(page.getByRole('img', { name: 'The logo of the portal' })).toBeVisible()
    await save(page)
    expect((await settingsOf(shop)).logo_path).toMatch(/^\/icons\//)
    await page.getByRole('button', { name: 'Remove' }).click()
    await save(page)
    expect((await settingsOf(shop)).logo_path).toBeNull()
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('<script>') })
    await expect(page.getByText('That did not work')).toBeVisible()
  })

  test('hostile words in the title are only words, and the page fits a phone', async ({ page, shop }) => {
    await shop.api.portal.changeSettings({ params: shop.params, body: { title: HOSTILE } })
    await page.setViewportSize({ width: 390, height: 844 })
    await open(page, shop)
    await expect(page.getByLabel('Title')).toHaveValue(HOSTILE.trim())
    expect(await page.title()).not.toBe('owned')
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(wider).toBe(0)
  })

  for (const scheme of ['light', 'dark'] as const) {
    test(`axe finds nothing serious, ${scheme}`, async ({ page, shop }) => {
      await page.emulateMedia({ colorScheme: scheme })
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 })
        await open(page, shop)
        expect(await seriousFindings(page)).toEqual([])
      }
    })
  }
})

test.describe('who gets in', () => {
  const statusOf = (shop: Shop, partner_id: string, status: 'pending' | 'approved' | 'declined') =>
    shop.api.partners.change({ params: { ...shop.params, partner_id }, body: { status } })
  const linkOf = async (shop: Shop, partner_id: string) =>
    (await shop.api.portal.link({ params: { ...shop.params, partner_id } })).data.url as string

  test('a new publisher can not log in until Approved; Declined can not [RT-33]', async ({ page, shop }) => {
    const email = `nick-${shop.slug}@example.org`
    await shop.api.portal.changeSettings({ params: shop.params, body: { allow_sign_up: true } })
    await shop.api.portal.signUp({ body: { program: shop.slug, name: 'Nick', email } })
    const { data } = await shop.api.partners.list({ params: shop.params, query: { q: email } })
    const { id, status } = data[0]!
    expect(status).toBe('pending')
    await expect(linkOf(shop, id)).rejects.toMatchObject({ code: 'invalid_transition' })

    await statusOf(shop, id, 'approved')
    const [first, second] = [await linkOf(shop, id), await linkOf(shop, id)]
    await statusOf(shop, id, 'pending')
    await page.goto(first)
    await expect(page).toHaveURL(/\/portal\?error=NOT_APPROVED/)
    expect(await portalStatus(page)).toBe(401)

    await statusOf(shop, id, 'approved')
    await page.goto(second)
    await expect(page).toHaveURL(/\/portal\/?$/)
    expect(await portalStatus(page)).toBe(200)

    await statusOf(shop, id, 'declined')
    expect(await portalStatus(page)).toBe(403)
    await page.reload()
    expect(await portalStatus(page, '/home')).toBe(403)
  })

  test('a partner who signed in reaches nothing of the workspace [RT-43]', async ({ page, shop }) => {
    const { data: ada } = await shop.api.partners.create({
      params: shop.params,
      body: { name: 'Ada', email: `ada-${shop.slug}@example.org` },
    })
    await page.goto(await linkOf(shop, ada.id))
    await expect(page).toHaveURL(/\/portal\/?$/)
    for (const path of [
      '/api/me',
      `/api/brands/${shop.brand_id}/payouts`,
      `/api/brands/${shop.brand_id}/partners/${ada.id}`,
      '/api/v1/projects',
    ])
      expect([path, await page.evaluate(p => fetch(p).then(answer => answer.status), path)]).toEqual([path, 403])
  })
})
