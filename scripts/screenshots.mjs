/**
 * Takes the pictures in `docs/screenshots/`: `node scripts/screenshots.mjs [name …]`.
 *
 * Every page of the workspace and the portal, with the demo's data on the real server and its embedded database, at 1440 and
 * 390 wide; the best ones in dark as well.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from '@playwright/test'
import { ensureChromium } from './chromium.mjs'
import { ROOT } from './sources.mjs'

const TARGET = join(ROOT, 'docs', 'screenshots')
const folder = mkdtempSync(join(tmpdir(), 'quittance-screenshots-'))
const env = { ...process.env, DATA_DIR: folder, PORT: '0', RATE_LIMIT_PER_MINUTE: '0', DATABASE_URL: '' }
const wanted = process.argv.slice(2)

/** One picture: where it is, and what is done there first. `in_dark` ones are taken twice. */
const pictures = ({ resellers: R, channels: C, ids }) => [
  { name: 'home', path: `/?brand=${R}`, in_dark: true },
  { name: 'payouts', path: `/payouts?brand=${R}`, in_dark: true },
  { name: 'payout-draft', path: `/payouts?brand=${R}&payout=${ids.draft}` },
  { name: 'payout-paid', path: `/payouts?brand=${R}&payout=${ids.paid}` },
  { name: 'run-payouts', path: `/payouts?brand=${R}`, act: page => page.getByRole('button', { name: 'Run payouts' }).click() },
  { name: 'tracker', path: `/tracker?brand=${C}`, in_dark: true },
  { name: 'tracker-payment', path: `/tracker/payments/${ids.payment}?brand=${C}` },
  { name: 'on-account', path: `/on-account?brand=${R}` },
  { name: 'partners', path: `/partners?brand=${R}` },
  { name: 'partner', path: `/partners/${ids.partner}?brand=${R}` },
  { name: 'partner-statement', path: `/partners/${ids.partner}?brand=${R}&tab=statement` },
  { name: 'partner-payouts', path: `/partners/${ids.channel}?brand=${C}&tab=payouts` },
  { name: 'conversions', path: `/conversions?brand=${R}` },
  { name: 'import', path: `/imports?brand=${R}` },
  { name: 'campaigns', path: `/campaigns?brand=${R}` },
  { name: 'custom-payouts', path: `/campaigns/${ids.campaign}?brand=${R}&tab=edit&part=custom-payouts` },
  { name: 'structures', path: `/structures?brand=${C}` },
  { name: 'structure', path: `/structures/${ids.structure}?brand=${C}` },
  { name: 'settings-payouts', path: `/settings?brand=${R}` },
  { name: 'settings-methods', path: `/settings/methods?brand=${R}` },
  { name: 'settings-team', path: `/settings/team?brand=${R}` },
  { name: 'settings-keys', path: `/settings/keys?brand=${R}` },
  { name: 'settings-organization', path: `/settings/organization?brand=${R}` },
  { name: 'settings-invoices', path: `/settings/invoices?brand=${R}` },
  { name: 'settings-portal', path: `/settings/portal?brand=${R}` },
  { name: 'portal-dashboard', path: `/portal?as=${ids.partner}`, in_dark: true },
  { name: 'portal-campaigns', path: `/portal/campaigns?as=${ids.partner}` },
  { name: 'portal-report', path: `/portal/report?as=${ids.partner}` },
  { name: 'portal-payments', path: `/portal/payments?as=${ids.partner}` },
  { name: 'portal-conversions', path: `/portal/conversions?as=${ids.partner}` },
  { name: 'portal-postback', path: `/portal/postback?as=${ids.partner}` },
  { name: 'portal-profile', path: `/portal/profile?as=${ids.partner}` },
  { name: 'sign-in', path: '/', is_stranger: true },
  { name: 'portal-sign-in', path: '/portal', is_stranger: true },
]

async function main() {
  const command = join(ROOT, 'bin', 'quittance.mjs')
  const server = spawn(process.execPath, [command, 'serve', '--demo', '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const { address, sign_in_url } = JSON.parse(await firstLine(server.stdout))
    await takeAll(address, sign_in_url)
  } finally {
    const ended = new Promise(resolve => server.once('exit', resolve))
    server.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

async function firstLine(stream) {
  for await (const line of createInterface({ input: stream })) return line
  throw new Error('the server ended before it served')
}

async function takeAll(address, sign_in_url) {
  const browser = await chromium.launch({
    executablePath: ensureChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
  })
  const first = await browser.newContext()
  const visitor = await first.newPage()
  await visitor.goto(sign_in_url)
  const storageState = await first.storageState()
  const all = pictures(await whatThereIs(visitor, address)).filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  mkdirSync(TARGET, { recursive: true })
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ]) {
    for (const colorScheme of ['light', 'dark']) {
      const look = { viewport: { width, height }, colorScheme, reducedMotion: 'reduce' }
      const signed = await (await browser.newContext({ ...look, storageState })).newPage()
      const stranger = await (await browser.newContext(look)).newPage()
      for (const picture of all.filter(each => colorScheme === 'light' || each.in_dark))
        await take(picture.is_stranger ? stranger : signed, address, picture, `${width}-${colorScheme}`)
    }
  }
  await browser.close()
}

async function take(page, address, { name, path, act }, look) {
  await page.goto(`${address}${path}`)
  await page.waitForLoadState('networkidle')
  await act?.(page)
  await page.evaluate(() => document.fonts.ready)
  await page.waitForTimeout(600)
  await page.screenshot({ path: join(TARGET, `${name}-${look}.png`) })
}

/** The demo's programs, and one of each thing that a picture opens. */
async function whatThereIs(visitor, address) {
  const read = async path => (await (await visitor.request.get(`${address}${path}`)).json()).data
  const { brands } = await read('/api/me')
  const [resellers, channels] = [brands.find(brand => brand.currency === 'GBP'), brands.find(brand => brand.currency === 'USD')]
  const [B, D] = [resellers, channels].map(({ id }) => `/api/brands/${id}`)
  const payout = async status => (await read(`${B}/payouts?status=${status}&limit=1`))[0]
  const [draft, paid] = [await payout('draft'), await payout('paid')]
  const balances = await read(`${B}/payouts/balances?limit=100`)
  const lively = balances.find(row => row.owed_cents > 0 && row.last_paid_at !== null) ?? balances[0]
  const campaigns = await read(`${B}/campaigns`)
  const payments = await read(`/api/v1/payout-payments?project_id=${channels.id}`)
  const direct = payments.find(payment => payment.origin === 'direct') ?? payments[0]
  return {
    resellers: resellers.slug,
    channels: channels.slug,
    ids: {
      ...{ draft: draft.id, paid: paid.id, partner: lively.partner_id, payment: direct?.id },
      channel: direct?.creator_id ?? (await read(`${D}/partners?limit=1`))[0].id,
      campaign: (campaigns.find(({ cost_model }) => cost_model === 'revshare') ?? campaigns[0]).id,
      structure: (await read(`/api/v1/payout-structures?project_id=${channels.id}`))[0].id,
    },
  }
}

await main()
