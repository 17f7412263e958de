/** Members and invitations in the browser. Source: spec A2. */
import type { Browser, Page } from '@playwright/test'
import { expect, seriousFindings, test } from './support.ts'

const openTeam = async (page: Page, address: string, brand: string) => {
  await page.goto(`${address}/settings/team?brand=${brand}`)
  await expect(page.getByRole('table', { name: 'Members' })).toBeVisible()
}
const rowOf = (page: Page, email: string) => page.getByRole('row').filter({ hasText: email })

/** Invites by the form and returns the link that is shown once. */
async function invite(page: Page, email: string, role: 'Member' | 'Admin'): Promise<string> {
  await page.keyboard.press('c')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Role', { exact: true }).selectOption(role)
  await page.getByRole('button', { name: 'Send invitation' }).click()
  const link = await page.getByLabel('Invitation link').inputValue()
  await page.getByRole('button', { name: 'Done' }).click()
  return link
}

/** A browser of somebody else. */
async function elsewhere(browser: Browser, link: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(link)
  return page
}

test('an invited member joins by the link, sees everything and changes nothing; removed, they are out at once', async ({
  page,
  browser,
  shop,
  payouts: _signed_in,
}) => {
  const { address } = shop.tenant
  await openTeam(page, address, shop.slug)
  const link = await invite(page, 'mia@example.org', 'Member')
  const theirs = await elsewhere(browser, link)
  await expect(theirs.getByRole('heading', { name: 'Join Northwind' })).toBeVisible()
  await theirs.getByRole('textbox', { name: 'Password' }).fill('correct horse battery')
  await theirs.getByRole('button', { name: 'Join' }).click()
  await expect(theirs.getByRole('heading', { name: 'Home' })).toBeVisible()
  await openTeam(theirs, address, shop.slug)
  await expect(theirs.getByRole('button', { name: 'Invite' })).toHaveCount(0)
  await expect(theirs.getByRole('button', { name: 'Remove mia@example.org' })).toHaveCount(0)

  await page.reload()
  await page.getByRole('button', { name: 'Remove mia@example.org' }).click()
  await page.getByRole('button', { name: 'Remove member' }).click()
  await expect(rowOf(page, 'mia@example.org')).toHaveCount(0)
  await theirs.reload()
  await expect(theirs.getByText('You are no member of an organization here any more')).toBeVisible()
  const again = await elsewhere(browser, link)
  await expect(again.getByRole('heading', { name: 'This invitation cannot be used' })).toBeVisible()
})

test('an invitation says until when it works; sent again it has a new link and the old one stops; revoked, none works [TR-66]', async ({
  page,
  browser,
  shop,
  payouts: _signed_in,
}) => {
  await openTeam(page, shop.tenant.address, shop.slug)
  const first = await invite(page, 'ben@example.org', 'Admin')
  const row = rowOf(page, 'ben@example.org')
  await expect(row).toContainText('as admin, works until 1 Apr 2026')
  await row.getByRole('button', { name: 'Send again to ben@example.org' }).click()
  const second = await page.getByLabel('Invitation link').inputValue()
  expect(second).not.toBe(first)
  await page.getByRole('button', { name: 'Done' }).click()
  await expect((await elsewhere(browser, first)).getByText('was used, taken back or has expired')).toBeVisible()
  await expect((await elsewhere(browser, second)).getByRole('button', { name: 'Join' })).toBeVisible()
  await row.getByRole('button', { name: 'Revoke the invitation of ben@example.org' }).click()
  await expect(rowOf(page, 'ben@example.org')).toHaveCount(0)
  await expect((await elsewhere(browser, second)).getByText('was used, taken back or has expired')).toBeVisible()
})

test('the last admin keeps the role, and is told what to do first [TR-66]', async ({ page, shop, payouts: _signed_in }) => {
  await openTeam(page, shop.tenant.address, shop.slug)
  await page.getByLabel('Role of ada@example.org').selectOption('Member')
  await expect(page.getByText('is the last admin of this organization; make somebody else an admin first.')).toBeVisible()
  await expect(page.getByLabel('Role of ada@example.org')).toHaveValue('admin')
})

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious on the team page, the invitation form and the link, ${scheme}`, async ({
    page,
    shop,
    payouts: _signed_in,
  }) => {
    await page.emulateMedia({ colorScheme: scheme })
    await openTeam(page, shop.tenant.address, shop.slug)
    expect(await seriousFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Invite' }).click()
    expect(await seriousFindings(page)).toEqual([])
  })
}
