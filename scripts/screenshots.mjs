/**
 * Takes the pictures in `docs/screenshots/`: `node scripts/screenshots.mjs`.
 *
 * They show the real server with an embedded database of its own and made-up partners, at 1440 and 390 wide, light and dark.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from '@playwright/test'
import { ensureChromium } from './chromium.mjs'
import { ROOT } from './sources.mjs'

const COMMAND = join(ROOT, 'bin', 'quittance.mjs')
const TARGET = join(ROOT, 'docs', 'screenshots')
const folder = mkdtempSync(join(tmpdir(), 'quittance-screenshots-'))
const env = { ...process.env, DATA_DIR: folder, PORT: '0', RATE_LIMIT_PER_MINUTE: '0', DATABASE_URL: '' }

/** Partners with what they earned so far, in cents, and what becomes of it. */
const PARTNERS = [
  ['Haruki Tanaka', [412_50, 96_00, 1_204_10]],
  ['Bricolage Studio', [875_11, 64_25]],
  ['Inês Cardoso', [640_61, 12_40]],
  ['Coffee & Code', [318_20, 45_00], 'draft'],
  ['Jonas Weber', [567_71]],
  ['Delphine Roux', [205_24, 118_30], 'approved'],
  ['Kitchen Table Club', [94_75]],
  ['Léa Martin', [361_85, 80_00], 'paid'],
  ['Fjord Outdoor', [285_38], 'paid'],
  ['Mountain Gear Lab', [274_89, 31_05], 'cancelled'],
  ['Grace Hopper Newsletter', [78_48], 'draft'],
  ['Nick from the Docks', [67_59, 20_00], 'paid'],
  ['Elm Street Reviews', [31_20]],
]

async function main() {
  const server = spawn(process.execPath, [COMMAND, 'serve', '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const { address } = JSON.parse(await firstLine(server.stdout))
    const made = command('org', 'create', '--name', 'Northwind Coffee', '--email', 'ada@northwind.example')
    await fill(address, made)
    await takeAll(address, made.sign_in_url)
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

function command(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args, '--json'], { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

/** Makes partners, sales and payouts in every state through the HTTP API. */
async function fill(address, { brand_id, api_key }) {
  const call = (method, path, body) => send(`${address}/api/brands/${brand_id}${path}`, method, api_key, body)
  const day = days => new Date(Date.now() - days * 86_400_000).toISOString()
  await call('PATCH', '/settings/payouts', { minimum_threshold_cents: 50_00 })
  await call('POST', '/campaigns', { name: 'Spring sale', cost_model: 'revshare', percent: '12.5' })
  for (const [at, [name, earned, status]] of PARTNERS.entries()) {
    const partner = await call('POST', '/partners', {
      name,
      email: `hello@${name.toLowerCase().replace(/[^a-z]+/g, '-')}.example`,
    })
    const sell = (amounts, kind, since) => ({
      conversions: amounts.map((cents, n) => ({
        external_id: `${kind}-${at}-${n}`,
        partner: partner.id,
        campaign: 'spring-sale',
        revenue_cents: cents * 8,
        occurred_at: day(since + at + n * 3),
      })),
    })
    await call('POST', '/conversions', sell(earned, 'first', 12))
    if (!status) continue
    await settle(call, partner.id, status, day(at / 4))
    if (status === 'paid') await call('POST', '/conversions', sell([earned[0] - 1234], 'later', 1))
  }
}

async function settle(call, partner_id, status, paid_at) {
  const { payouts } = await call('POST', '/payouts', { partner_id })
  const change = body => call('PATCH', `/payouts/${payouts[0].id}`, body)
  if (status === 'approved' || status === 'paid') await change({ status: 'approved' })
  if (status === 'paid') await change({ status: 'paid', method: 'ach', reference: 'TRX-2042', notes: 'Bank file 12', paid_at })
  if (status === 'cancelled') await change({ status: 'cancelled' })
}

async function send(url, method, key, body) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) })
  const { data, error } = await answer.json()
  if (error) throw new Error(`${method} ${url}: ${error.message}`)
  return data
}

async function takeAll(address, sign_in_url) {
  const executablePath = ensureChromium()
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'] })
  const first = await browser.newContext()
  await (await first.newPage()).goto(sign_in_url)
  const storageState = await first.storageState()
  mkdirSync(TARGET, { recursive: true })
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ]) {
    for (const colorScheme of ['light', 'dark']) {
      const look = { viewport: { width, height }, colorScheme, deviceScaleFactor: width < 500 ? 2 : 1, reducedMotion: 'reduce' }
      const page = await (await browser.newContext({ ...look, storageState })).newPage()
      const stranger = await (await browser.newContext(look)).newPage()
      await take(page, stranger, address, `${width}-${colorScheme}`)
    }
  }
  await browser.close()
}

/** The pictures of one width and scheme. */
async function take(page, stranger, address, look) {
  const save = async (from, name, fullPage = false) => {
    await from.evaluate(() => document.fonts.ready)
    await from.waitForTimeout(500)
    await from.screenshot({ path: join(TARGET, `${name}-${look}.png`), fullPage })
  }
  const open = async status => {
    await page.goto(address)
    await page.locator(`tr:has([data-status="${status}"]) a`).first().click()
    await page.locator('aside ol').waitFor()
  }
  await page.goto(address)
  await page.locator('#history ~ *, table').first().waitFor()
  await save(page, 'payouts', true)
  await open('draft')
  await save(page, 'payout-draft')
  await open('approved')
  await page.getByRole('button', { name: 'Mark Paid' }).click()
  await page.getByLabel('Method').selectOption('ACH / Bank Transfer')
  await save(page, 'payout-mark-paid')
  await open('paid')
  await save(page, 'payout-paid')
  await page.goto(address)
  await page.getByRole('button', { name: 'Run payouts' }).click()
  await page.getByRole('button', { name: /^Draft/ }).waitFor()
  await save(page, 'run-payouts')
  await stranger.goto(address)
  await stranger.getByLabel('E-mail').waitFor()
  await save(stranger, 'sign-in')
}

await main()
