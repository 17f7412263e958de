import type { Locator, Page } from '@playwright/test'
import { type Client, makeClient } from '../../src/client/client.ts'
import { test as base, expect, type Shop, seriousFindings, type Tenant } from './support.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)
const GIF = Buffer.from('R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=', 'base64')
const icons = [
  { name: 'icon.png', mimeType: 'image/png', buffer: PNG },
  { name: 'icon.jpg', mimeType: 'image/jpeg', buffer: Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(40)]) },
  {
    name: 'icon.webp',
    mimeType: 'image/webp',
    buffer: Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBPVP8 ', 'latin1'), Buffer.alloc(40)]),
  },
  {
    name: 'icon.svg',
    mimeType: 'image/svg+xml',
    buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
  },
]
const TOO_LARGE = { name: 'large.png', mimeType: 'image/png', buffer: Buffer.concat([PNG, Buffer.alloc(2 * 1024 * 1024)]) }

let numbers = 0
/** A name that no other test of this organization has taken. */
const fresh = (word: string): string => `${word} ${++numbers}`

/** The settings in the words of a person who uses them. */
class Settings {
  readonly page: Page
  readonly shop: Shop
  constructor(page: Page, shop: Shop) {
    this.page = page
    this.shop = shop
  }

  async open(part: '' | '/methods' | '/keys' | '/organization' = ''): Promise<void> {
    await this.page.goto(`${this.shop.tenant.address}/settings${part}?brand=${this.shop.slug}`)
    await expect(this.page.getByRole('navigation', { name: 'Settings' })).toBeVisible()
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog')
  }

  row(name: string): Locator {
    return this.page.getByRole('row').filter({ hasText: name })
  }

  /** Opens the form for a new method and types its name. */
  async beginMethod(name: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Add method' }).click()
    await this.dialog.getByLabel('Name').fill(name)
  }
}

const test = base.extend<{ settings: Settings }>({
  settings: async ({ page, shop }, use) => {
    await page.context().addCookies(shop.tenant.cookies)
    await use(new Settings(page, shop))
  },
})

test('methods are listed, added with an icon, switched off and on, edited; only custom ones can be deleted [TG-85]', async ({
  settings,
  page,
}) => {
  const name = fresh('Zelle')
  await settings.open('/methods')
  for (const each of ['Venmo', 'Cash App', 'PayPal']) await expect(settings.row(each)).toContainText('Default')
  await settings.beginMethod(name)
  await settings.dialog.locator('input[type="file"]').setInputFiles(icons[0] as (typeof icons)[0])
  await expect(settings.dialog.locator('img')).toHaveAttribute('src', /^data:image\/png/)
  await settings.dialog.getByRole('button', { name: 'Add method' }).click()
  const row = settings.row(name)
  await expect(row.locator('img')).toHaveAttribute('src', /^\/icons\//)
  await expect(row).not.toContainText('Default')
  const active = page.getByRole('switch', { name: `${name} is active` })
  await active.press('Space')
  await expect(active).not.toBeChecked()
  await expect.poll(async () => (await settings.shop.api.methods.list()).data.map(method => method.name)).not.toContain(name)
  await active.press('Space')
  await expect(active).toBeChecked()
  await row.getByRole('button', { name: `Edit ${name}` }).click()
  await settings.dialog.getByLabel('Name').fill(`${name} Pay`)
  await settings.dialog.getByRole('button', { name: 'Save' }).click()
  await expect(settings.row(`${name} Pay`)).toBeVisible()
  const venmo = page.getByRole('button', { name: 'Delete Venmo' })
  await expect(venmo).toHaveAttribute('aria-disabled', 'true')
  await page.getByRole('button', { name: 'Edit Venmo' }).focus()
  await page.keyboard.press('Tab')
  await expect(venmo).toBeFocused()
  await expect(page.getByRole('tooltip')).toContainText('A default stays; switch it off instead')
  await page.getByRole('button', { name: `Delete ${name} Pay` }).click()
  await settings.dialog.getByRole('button', { name: 'Delete method' }).click()
  await expect(settings.row(name)).toHaveCount(0)
})

test('a name that is taken is said by the server, and the form stays', async ({ settings, page }) => {
  await settings.open('/methods')
  await settings.beginMethod('venmo')
  await settings.dialog.getByRole('button', { name: 'Add method' }).click()
  await expect(page.getByRole('alert')).toContainText('choose another name')
  await expect(settings.dialog.getByLabel('Name')).toHaveValue('venmo')
})

test('an icon may be PNG, JPEG, WebP or SVG; GIF and 2 MB are refused in the form, before anything is sent [TG-18]', async ({
  settings,
  page,
}) => {
  const sent: string[] = []
  page.on('request', request => request.url().includes('payout-icons') && sent.push(request.url()))
  const name = fresh('Wise')
  await settings.open('/methods')
  await settings.beginMethod(name)
  const file = settings.dialog.locator('input[type="file"]')
  const fault = settings.dialog.getByRole('alert')
  await file.setInputFiles({ name: 'icon.gif', mimeType: 'image/gif', buffer: GIF })
  await expect(fault).toContainText('no PNG, JPEG, WebP or SVG')
  await file.setInputFiles(TOO_LARGE)
  await expect(fault).toContainText('2 MB; an icon has at most 1 MB')
  await file.setInputFiles({ name: 'icon.png', mimeType: 'image/png', buffer: GIF })
  await expect(fault).toContainText('not what its name says')
  expect(sent).toEqual([])
  for (const icon of icons) {
    await file.setInputFiles(icon)
    await expect(settings.dialog.locator('img')).toHaveAttribute('src', new RegExp(`^data:${icon.mimeType.replace('+', '\\+')}`))
    await expect(fault).toHaveCount(0)
  }
  await settings.dialog.getByRole('button', { name: 'Add method' }).click()
  const img = settings.row(name).locator('img')
  await expect(img).toBeVisible()
  const shown = await page.request.get(new URL((await img.getAttribute('src')) as string, page.url()).href)
  expect([shown.status(), shown.headers()['content-type']]).toEqual([200, 'image/svg+xml'])
  expect(shown.headers()['content-security-policy']).toContain("default-src 'none'")
  expect(sent).toHaveLength(1)
})

test('by API each of the four types is accepted up to 1 MB, and 2 MB or a GIF is refused [TG-18]', async ({ shop }) => {
  const upload = (media_type: string, bytes: Buffer) =>
    shop.api.methods
      .uploadIcon({ body: { media_type, bytes: new Uint8Array(bytes) } })
      .then(({ status }) => status)
      .catch(failure => [failure.status, failure.code])
  for (const { mimeType, buffer } of icons) expect(await upload(mimeType, buffer), mimeType).toBe(201)
  expect(await upload('image/png', Buffer.concat([PNG, Buffer.alloc(1024 * 1024 - PNG.length)]))).toBe(201)
  expect(await upload('image/png', TOO_LARGE.buffer)).toEqual([413, 'payload_too_large'])
  expect(await upload('image/gif', GIF)).toEqual([415, 'unsupported_media_type'])
  expect(await upload('image/png', GIF)).toEqual([400, 'invalid_body'])
})

type Small = { api: Client; sign_in_url: string; brand_id: string }

/** An organization of its own on a plan with limits. */
function smallPlan(tenant: Tenant): Small {
  const email = `sam${++numbers}@example.org`
  const made = tenant.run('org', 'create', '--name', `Small ${numbers}`, '--plan', 'starter', '--email', email)
  return {
    api: makeClient({ base_url: tenant.address, key: made.api_key as string }),
    sign_in_url: made.sign_in_url as string,
    brand_id: made.brand_id as string,
  }
}

test('hitting a cap of the plan opens a modal with key, current and maximum, and the way to a larger plan [TG-97]', async ({
  page,
  tenant,
}) => {
  const { api, sign_in_url } = smallPlan(tenant)
  for (let n = 0; n < 7; n++) await api.methods.create({ body: { name: `Method ${n}` } })
  await page.goto(sign_in_url)
  await page.goto(`${tenant.address}/settings/methods`)
  await expect(page.getByText('10 of 10 active')).toBeVisible()
  await page.keyboard.press('c')
  await page.getByRole('dialog').getByLabel('Name').fill('One more')
  await page.getByRole('dialog').getByRole('button', { name: 'Add method' }).click()
  const modal = page.getByRole('dialog', { name: 'The plan has no room for this' })
  await expect(modal).toContainText('10 of 10')
  await expect(modal).toContainText('Active payout methods')
  await expect(modal).toContainText('Limit max_payout_methods_per_org of the plan starter: current 10, max 10.')
  await expect(modal).toContainText('Switch off a method that nobody uses')
  await expect(page.getByRole('alert')).toHaveCount(0)
  await modal.getByRole('link', { name: 'See plan and usage' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'Active payout methods' })).toContainText('1010')
  await page.getByLabel('Plan', { exact: true }).selectOption('Unlimited')
  await page.getByRole('button', { name: 'Change to Unlimited' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'Active payout methods' })).toContainText('no limit')
  await page.goto(`${tenant.address}/settings/methods`)
  await page.getByRole('button', { name: 'Add method' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('One more')
  await page.getByRole('dialog').getByRole('button', { name: 'Add method' }).click()
  await expect(page.getByText('11 active, no limit')).toBeVisible()
})

test('the same modal opens on any page: at the cap of structures too [TG-97]', async ({ page, tenant }) => {
  const { api, sign_in_url, brand_id } = smallPlan(tenant)
  const terms = {
    period: 'monthly',
    amount_cents: 1_00,
    currency: 'USD',
    criteria_type: 'recurring',
    criteria_params: {},
  } as const
  for (let n = 0; n < 10; n++)
    await api.structures.create({ body: { project_id: brand_id, name: `S${n}`, ...terms, proration_mode: 'skip' } })
  await page.goto(sign_in_url)
  await page.goto(`${tenant.address}/structures`)
  await page.getByRole('button', { name: 'New structure' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Monthly retainer/ })
    .click()
  await page.getByRole('button', { name: 'Create structure' }).click()
  const modal = page.getByRole('dialog', { name: 'The plan has no room for this' })
  await expect(modal).toContainText('Limit max_payout_structures_per_project of the plan starter: current 10, max 10.')
  await modal.getByRole('button', { name: 'Back' }).click()
  await expect(page.getByRole('dialog').getByLabel('Name')).toHaveValue('Monthly retainer')
})

test('payout settings say what they do in figures, and a hold moves nothing that is there', async ({ settings, shop, page }) => {
  await shop.settings({ hold_days: 30 })
  const nick = await shop.partner('Nick')
  await shop.sale(nick, 1_000_00, '2026-03-20T10:00:00Z')
  await shop.sale(nick, 210_00, '2026-03-05T10:00:00Z')
  await shop.sale(nick, 400_00, '2026-01-05T10:00:00Z')
  await settings.open()
  await expect(page.getByText('30-day hold: 121.00 USD on hold now.')).toBeVisible()
  await page.getByLabel('Hold period').fill('14')
  await expect(page.getByText('Recorded with 14 days, 21.00 USD of it would be payable.')).toBeVisible()
  await expect(page.getByText('what is on hold keeps its day of release')).toBeVisible()
  await expect(page.getByText('Now 1 balance of 40.00 USD reaches it')).toBeVisible()
  await page.getByLabel('Minimum threshold').fill('50')
  await expect(page.getByText('and 1 balance of 40.00 USD waits below it')).toBeVisible()
  await page.getByLabel('Payout frequency').selectOption('Every two weeks')
  await page.getByLabel('Anchor day').fill('2026-03-20')
  await expect(page.getByText('Next drafts on 3 Apr 2026')).toBeVisible()
  await page.getByRole('button', { name: 'Save settings' }).click()
  await expect(page.getByText('14-day hold: 121.00 USD on hold now.')).toBeVisible()
  const { data } = await shop.api.organizations.payoutSettings({ params: shop.params })
  expect(data).toEqual({
    ...{ frequency: 'bi_weekly', anchor_on: '2026-03-20', minimum_threshold_cents: 50_00, hold_days: 14, currency: 'USD' },
  })
})

test('what cannot be read is said at its field, and nothing is sent', async ({ settings, page }) => {
  await settings.open()
  await page.getByLabel('Hold period').fill('soon')
  await page.getByLabel('Minimum threshold').fill('-5')
  await expect(page.getByText('Type a number of days from 0 to 3650')).toBeVisible()
  await expect(page.getByText('Type an amount such as 50 or 50.00')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Save settings' })).toHaveAttribute('aria-disabled', 'true')
})

test('conversion types are added and removed, each once and at most twenty', async ({ settings, shop, page }) => {
  await settings.open()
  const types = page.getByRole('list', { name: 'Conversion types' })
  const add = async (type: string) => {
    await page.getByLabel('New conversion type').fill(type)
    await page.getByRole('button', { name: 'Add type' }).click()
  }
  await add('Lead')
  await expect(types).toContainText('Lead')
  await add('Lead')
  await expect(page.getByText('It is listed already')).toBeVisible()
  await add('lead')
  await expect(types.getByRole('listitem')).toHaveCount(2)
  await page.getByRole('button', { name: 'Remove Lead', exact: true }).click()
  await expect(types.getByRole('listitem')).toHaveText(['lead'])
  const twenty = Array.from({ length: 20 }, (_, n) => `t${n}`)
  await shop.api.organizations.changeConversionTypes({ params: shop.params, body: { types: twenty } })
  await settings.open()
  await add('one more')
  await expect(page.getByText('At most 20 types; remove one first')).toBeVisible()
})

test('a key is made, shown once with Copy, works, is listed without its text, and ends when it is revoked', async ({
  settings,
  shop,
  page,
}) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const name = fresh('Warehouse')
  await settings.open('/keys')
  await page.getByRole('button', { name: 'New key' }).click()
  await settings.dialog.getByLabel('Name').fill(name)
  await settings.dialog.getByLabel('Reaches').selectOption({
    label: `Only ${(await shop.api.organizations.me()).data.brands.find(each => each.id === shop.brand_id)?.name}`,
  })
  await settings.dialog.getByLabel('May').selectOption('Read only')
  await settings.dialog.getByLabel('Ends').selectOption('In 30 days')
  await settings.dialog.getByRole('button', { name: 'Create key' }).click()
  await expect(settings.dialog).toContainText('it is shown this once')
  const key = (await settings.dialog.locator('code').textContent()) as string
  expect(key).toMatch(/^tk_[\w-]{40}$/)
  await settings.dialog.getByRole('button', { name: 'Copy' }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key)
  await settings.dialog.getByRole('button', { name: 'I have kept it' }).click()
  await expect(settings.row(name)).toContainText(`tk_…${key.slice(-4)}`)
  await expect(settings.row(name)).toContainText('ada@example.org')
  await expect(settings.row(name)).toContainText('25 Apr 2026')
  expect(await page.content()).not.toContain(key)
  const client = makeClient({ base_url: shop.tenant.address, key })
  expect((await client.organizations.me()).data.brands).toMatchObject([{ id: shop.brand_id }])
  await page.getByRole('button', { name: `Revoke ${name}` }).click()
  await expect(settings.dialog).toContainText('refused within a second')
  await settings.dialog.getByRole('button', { name: 'Revoke key' }).click()
  await expect(settings.row(name)).toHaveCount(0)
  await expect
    .poll(() =>
      client.organizations.me().then(
        () => 'works',
        failure => failure.code,
      ),
    )
    .toBe('invalid_api_key')
  await page.getByRole('switch', { name: 'Show ended' }).check()
  await expect(settings.row(name)).toContainText('revoked')
})

test('the time zone changes until it stands, and then says why; the name changes at any time', async ({ page, tenant }) => {
  const { api, sign_in_url, brand_id } = smallPlan(tenant)
  await page.goto(sign_in_url)
  await page.goto(`${tenant.address}/settings/organization`)
  await page.getByLabel('Organization name').fill('Smaller')
  await page.getByLabel('Time zone').selectOption('America/New_York')
  await page.getByRole('button', { name: 'Save organization' }).click()
  await expect(page.getByText('Days are in America/New_York')).toBeVisible()
  expect((await api.organizations.me()).data.organization).toMatchObject({ name: 'Smaller', time_zone: 'America/New_York' })
  const { data: campaign } = await api.campaigns.create({
    params: { brand_id },
    body: { name: 'Shop', cost_model: 'cpa', amount_cents: 5_00 },
  })
  const { data: partner } = await api.partners.create({ params: { brand_id }, body: { name: 'Ada' } })
  await api.conversions.record({ params: { brand_id }, body: { external_id: 'c', partner: partner.id, campaign: campaign.id } })
  await page.reload()
  await expect(page.getByLabel('Time zone')).toBeDisabled()
  await expect(page.getByText('Every earning lies on a day of this zone')).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: 'Partners' })).toContainText('150')
})

test('a new program is made in the settings and is the one that is shown', async ({ settings, page }) => {
  const name = fresh('Creators')
  await settings.open('/organization')
  await page.getByRole('button', { name: 'New program' }).click()
  await settings.dialog.getByLabel('Name', { exact: true }).fill(name)
  await settings.dialog.getByLabel('Kind').selectOption('Creator program')
  await settings.dialog.getByRole('button', { name: 'Create program' }).click()
  await expect(page).toHaveURL(/brand=creators/)
  await expect(page.getByRole('button', { name: `${name}, change brand` })).toBeVisible()
  await expect(page.getByRole('table', { name: 'Programs' }).getByRole('row').filter({ hasText: name })).toContainText('open now')
})

const HOSTILE = '<script>document.title="x"</script>=1+1 مرحبا 🐐'

test('hostile names are legible and harmless, and no settings page scrolls sideways at 390 px', async ({
  settings,
  shop,
  page,
}) => {
  const name = `${fresh('H')}${HOSTILE}`.padEnd(100, 'W')
  const { data: method } = await shop.api.methods.create({ body: { name } })
  await shop.api.keys.create({ body: { name } })
  await shop.api.organizations.changeConversionTypes({ params: shop.params, body: { types: [HOSTILE.slice(0, 50)] } })
  await page.setViewportSize({ width: 390, height: 844 })
  for (const part of ['', '/methods', '/keys', '/organization'] as const) {
    await settings.open(part)
    if (part === '/methods') await expect(settings.row(name)).toBeVisible()
    if (part === '/keys') await expect(settings.row(name)).toBeVisible()
    await page.waitForLoadState('networkidle')
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), part).toBe(0)
  }
  expect(await page.title()).not.toBe('x')
  await shop.api.methods.remove({ params: { method_id: method.id } })
})

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious on the pages of settings, ${scheme}`, async ({ settings, page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 })
      for (const part of ['', '/methods', '/keys', '/organization'] as const) {
        await settings.open(part)
        await page.waitForLoadState('networkidle')
        expect(await seriousFindings(page), `${part} at ${width}`).toEqual([])
      }
      await settings.open('/methods')
      await settings.beginMethod('x')
      expect(await seriousFindings(page), `form at ${width}`).toEqual([])
    }
  })
}
