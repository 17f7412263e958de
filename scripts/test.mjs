/**
 * `npm test`: types, lint, build, vitest, the browser. Every stage runs, whatever the one before said.
 *
 *   npm test                      everything
 *   npm test -- --quick           without test/faults and the browser
 *   npm test -- payouts           vitest and browser files whose path has "payouts"
 *   npm test -- -t 'a voided …'   flags go to vitest
 *
 * The last line is `N passed, N failed` (and `, N skipped`): the tests of vitest and Playwright, and one failure for
 * each other stage that failed.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ensureChromium } from './chromium.mjs'
import { tryLock } from './lock.mjs'
import { startPostgres, whyNoPostgres } from './postgres.mjs'
import { signal } from './processes.mjs'
import { ROOT } from './sources.mjs'
import { readPlaywright, readVitest } from './test-reports.mjs'

const LIMIT_MINUTES = 45
const quick = process.argv.includes('--quick')
const rest = process.argv.slice(2).filter(each => each !== '--quick')
const filters = rest.filter((each, at) => !each.startsWith('-') && rest[at - 1] !== '-t')
const reports = mkdtempSync(join(tmpdir(), 'quittance-reports-'))
const total = { passed: 0, failed: 0, skipped: 0 }
const times = []
const notes = []
let running = null

process.once('exit', () => rmSync(reports, { recursive: true, force: true }))
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => stopAll(1))
setTimeout(() => {
  notes.push(`stopped: the run took longer than ${LIMIT_MINUTES} minutes`)
  total.failed += 1
  finish()
  stopAll(1)
}, LIMIT_MINUTES * 60_000).unref()

/** Ends the stage that runs, with everything it started, and then ourselves. */
function stopAll(code) {
  if (running?.pid) signal(-running.pid, 'SIGTERM')
  process.exit(code)
}

/** Runs one stage and adds what it found to the totals; a stage that throws or fails without a failed test counts one. */
async function stage(name, work) {
  console.log(`\n── ${name}`)
  const began = performance.now()
  const found = { passed: 0, failed: 0, skipped: 0, ...(await work().catch(failure)) }
  for (const key of Object.keys(total)) total[key] += found[key]
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  times.push(`${name} ${seconds} s${found.failed ? ' FAILED' : ''}`)
  console.log(`── ${name}: ${found.failed ? 'FAILED' : 'ok'} in ${seconds} s`)
}

function failure(error) {
  console.error(error.message)
  return { failed: 1 }
}

/** Runs a program of a package to its end, in a group of its own, and gives its exit code. */
function run(packageName, args, env = {}) {
  const manifest = join(ROOT, 'node_modules', packageName, 'package.json')
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'))
  const program = join(dirname(manifest), typeof bin === 'string' ? bin : Object.values(bin)[0])
  return node([program, ...args], env)
}

function node(args, env = {}) {
  return new Promise(resolve => {
    running = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ['ignore', 1, 2],
      detached: true,
      env: { ...process.env, ...env },
    })
    running.once('error', () => resolve(1))
    running.once('exit', code => {
      running = null
      resolve(code ?? 1)
    })
  })
}

const plain = code => ({ failed: code === 0 ? 0 : 1 })

/** What a report says; a run that failed without a failed test, or wrote no report, is one failure. */
function counted(code, file, read) {
  if (!existsSync(file)) return { failed: 1 }
  const found = read(JSON.parse(readFileSync(file, 'utf8')))
  return code !== 0 && found.failed === 0 ? { ...found, failed: 1 } : found
}

async function vitest(database) {
  const file = join(reports, 'vitest.json')
  const left = [...(quick ? ['faults'] : []), ...(database ? [] : ['postgres'])]
  const args = [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...left.map(name => `--project=!${name}`),
  ]
  if (filters.length) args.push('--passWithNoTests')
  const code = await run('vitest', [...args, ...rest], database ? { TEST_DATABASE_URL: database } : {})
  return counted(code, file, readVitest)
}

async function browser() {
  const file = join(reports, 'playwright.json')
  const chromium = ensureChromium()
  const free = tryLock(join(ROOT, '.cache', 'test-results.lock'))
  const results = free ? join(ROOT, 'test-results') : join(ROOT, '.cache', `test-results-${process.pid}`)
  const args = ['test', '--reporter=list,json', ...(filters.length ? ['--pass-with-no-tests', ...filters] : [])]
  const code = await run('@playwright/test', args, {
    CHROMIUM_PATH: chromium,
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
    TEST_RESULTS_DIR: results,
  })
  free?.()
  if (!free && code === 0) rmSync(results, { recursive: true, force: true })
  return counted(code, file, readPlaywright)
}

/** The address of a real Postgres for the run: the given one, else one of our own, else null and a loud note. */
async function findDatabase() {
  if (process.env.TEST_DATABASE_URL) return { url: process.env.TEST_DATABASE_URL, stop: async () => {} }
  const server = await startPostgres()
  if (server) console.log(`   real Postgres: ${server.source}`)
  else notes.push(`SKIPPED ON A REAL POSTGRES: the server suite ran on the embedded database only. ${whyNoPostgres()}`)
  return server
}

function finish() {
  console.log(`\n${times.join(' · ')}`)
  for (const note of notes) console.log(`\n!!!! ${note} !!!!\n`)
  if (filters.length && total.passed + total.failed === 0) {
    total.failed = 1
    console.log(`no test file matches ${filters.join(' ')}`)
  }
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`)
}

process.chdir(ROOT)
mkdirSync(join(ROOT, '.cache'), { recursive: true })
await stage('types', async () => plain(await run('typescript', ['-p', 'tsconfig.json'])))
await stage('lint', async () => plain(await run('@biomejs/biome', ['check', '--error-on-warnings'])))
await stage('build', async () => plain(await node([join(ROOT, 'scripts', 'build.mjs')])))
const database = await findDatabase()
await stage('vitest', () => vitest(database?.url))
await database?.stop()
if (!quick && !rest.includes('-t')) await stage('browser', browser)
finish()
process.exit(total.failed ? 1 : 0)
