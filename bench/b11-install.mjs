/** B11: from a fresh checkout to a signed-in page with a payout to approve, against the installation and the database alone. */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../scripts/sources.mjs'
import { figure, plainFigure, say, short, timed } from './support/measure.mjs'

const DATABASE = `
  const { PGlite } = await import('@electric-sql/pglite')
  const db = await PGlite.create(process.argv[1])
  await db.query('select 1')
  await db.close()`

/** Each round installs anew, so there is no warm-up and there are few; the same installation serves both sides. */
export async function run({ quick, rounds = quick ? 1 : 3 }) {
  const [whole, bare, starts] = [[], [], []]
  for (let round = 0; round < rounds; round++) {
    const { install, first_page, database } = await once()
    say(`  round ${round + 1}: npm ci ${short(install)} ms, first page ${short(first_page)} ms, database ${short(database)} ms`)
    whole.push(install + first_page)
    bare.push(install + database)
    starts.push(first_page)
  }
  return {
    version: null,
    figures: [
      figure({
        line: 'B11',
        what: 'npm ci and npm start -- --demo, until a signed-in request shows a payout to approve ÷ the same npm ci and the first start of the same embedded database',
        product: whole,
        denominator: bare,
        unit: 'ms',
        target: { most: 1.6 },
        full: !quick,
        note: 'packages from the registry or npm’s cache; no prompts',
      }),
      plainFigure({
        line: 'B11',
        what: 'of that, from npm start to the page, build and demo data included',
        value: Math.min(...starts),
        text: `${short(Math.min(...starts) / 1000)} s`,
        raw: `rounds: ${starts.map(short).join(', ')} ms`,
        full: !quick,
      }),
    ],
  }
}

async function once() {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-install-'))
  try {
    copyCheckout(folder)
    const install = await timed(() =>
      execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 2, 2] }),
    )
    const code = ['--input-type=module', '-e', DATABASE, join(folder, 'bare')]
    const database = await timed(() => execFileSync(process.execPath, code, { cwd: folder }))
    return { install, database, first_page: await timed(() => firstPage(folder)) }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** What a clone has: the files that git knows, as they are now. */
function copyCheckout(folder) {
  const names = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean)
  for (const name of names) cpSync(join(ROOT, name), join(folder, name))
}

async function firstPage(folder) {
  const environment = { ...process.env, DATA_DIR: join(folder, 'data'), DATABASE_URL: '', PORT: '0' }
  const child = spawn('npm', ['start', '--silent', '--', '--demo', '--json'], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  try {
    const { address, sign_in_url } = JSON.parse(await firstLine(child))
    const signed = await fetch(sign_in_url, { redirect: 'manual' })
    const cookie = signed.headers
      .getSetCookie()
      .map(each => each.split(';')[0])
      .join('; ')
    const read = async path => (await (await fetch(`${address}${path}`, { headers: { cookie } })).json()).data
    const { brands } = await read('/api/me')
    const drafts = await read(`/api/brands/${brands[0].id}/payouts?status=draft`)
    const page = await (await fetch(address, { headers: { cookie } })).text()
    if (drafts.length === 0 || !page.includes('/assets/')) throw new Error('the first page shows no payout to approve')
  } finally {
    process.kill(-child.pid, 'SIGTERM')
    await new Promise(resolve => child.once('exit', resolve))
  }
}

function firstLine(child) {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', data => {
      text += data
      if (text.includes('\n')) resolve(text.split('\n')[0])
    })
    child.once('exit', status => reject(new Error(`npm start ended with ${status}`)))
  })
}
