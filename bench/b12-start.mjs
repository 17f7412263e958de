/** B12: from a start on existing data to a correct answer, against a bare server that asks the same Postgres one question. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../scripts/sources.mjs'
import { addCampaign, addHistory, addPartners } from './support/load.mjs'
import { figure, inTurns, median, plainFigure } from './support/measure.mjs'
import { makeDatabase, startProduct, withClient, withPostgres } from './support/place.mjs'

const PARTNERS = 1_000
const BARE = `
  const pg = require('pg')
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
  client.connect().then(() => client.query('select 1')).then(() => {
    require('node:http').createServer((_, answer) => answer.end('{}'))
      .listen(0, '127.0.0.1', function () { console.log('{"address":"http://127.0.0.1:' + this.address().port + '"}') })
  })`

export const run = options => withPostgres(options, server => measure(server, options))

async function measure(server, { quick, rounds = 7 }) {
  const url = await makeDatabase(server, 'b12')
  const product = await startProduct(url)
  const campaign = await addCampaign(product)
  await withClient(url, async db => {
    await addPartners(db, product, PARTNERS)
    await addHistory(db, { ...product, campaign_id: campaign.id }, { partners: PARTNERS, months: quick ? 2 : 12, per_tab: 10 })
  })
  await product.stop()
  const data_dir = mkdtempSync(join(tmpdir(), 'quittance-bench-'))
  const environment = {
    ...{ PATH: process.env.PATH, HOME: process.env.HOME },
    ...{ DATABASE_URL: url, DATA_DIR: data_dir, PORT: '0', LOG_LEVEL: 'warn', RATE_LIMIT_PER_MINUTE: '0' },
  }
  const ask = address => balances(address, product)
  const started = (args, signal, check) => timedStart(args, { environment, signal, check })
  const serve = ['dist/cli/main.js', 'serve', '--json']
  try {
    const samples = await inTurns(rounds, {
      product: () => started(serve, 'SIGTERM', ask),
      bare: () => started(['-e', BARE], 'SIGTERM', address => fetch(address)),
      killed: () => started(serve, 'SIGKILL', ask),
    })
    return { version: server.version, figures: figuresOf(samples, quick) }
  } finally {
    rmSync(data_dir, { recursive: true, force: true })
  }
}

function figuresOf(samples, quick) {
  const common = { line: 'B12', full: !quick }
  const seconds = median(samples.product) / 1000
  return [
    figure({
      ...common,
      what: `cold start to a correct balance, ${PARTNERS.toLocaleString('en')} partners ÷ a bare node:http that asks the same Postgres once`,
      product: samples.product,
      denominator: samples.bare,
      unit: 'ms',
      target: { most: 3 },
    }),
    plainFigure({
      ...common,
      what: 'the same in seconds',
      value: seconds,
      text: `${seconds.toFixed(2)} s`,
      target: { most: 0.6, text: '≤ 0.6 s' },
      raw: `${samples.product.length} rounds`,
    }),
    figure({
      ...common,
      what: 'the same after a kill -9 of the server ÷ that bare server',
      product: samples.killed,
      denominator: samples.bare,
      unit: 'ms',
      target: { most: 3 },
    }),
  ]
}

/** Milliseconds from the start of a process to its first correct answer; then it is ended by `signal`. */
async function timedStart(args, { environment, signal, check }) {
  const began = performance.now()
  const child = spawn(process.execPath, args, { cwd: ROOT, env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise(resolve => child.once('exit', resolve))
  const line = await new Promise((resolve, reject) => {
    child.stdout.once('data', data => resolve(String(data).split('\n')[0]))
    child.once('exit', status => reject(new Error(`ended with ${status}`)))
  })
  await check(JSON.parse(line).address)
  const took = performance.now() - began
  child.kill(signal)
  await ended
  return took
}

async function balances(address, { brand_id, key }) {
  const answer = await fetch(`${address}/api/brands/${brand_id}/payouts/balances?limit=1`, {
    headers: { authorization: `Bearer ${key}` },
  })
  const { data, meta } = await answer.json()
  const owed = meta.totals[0].owed_cents
  if (data.length !== 1 || owed !== PARTNERS * 10 * 1000) throw new Error(`a wrong answer: ${owed}`)
}
