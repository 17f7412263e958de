/** B2: one conversion a request, durable before its 201, against a bare server that only parses, and against pgbench. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { startBare } from './support/bare.mjs'
import { has } from './support/copy.mjs'
import { addCampaign, addPartners } from './support/load.mjs'
import { figure, inTurns, median, plainFigure, random } from './support/measure.mjs'
import { makeDatabase, startProduct, withClient, withPostgres } from './support/place.mjs'

const PARTNERS = 10_000
const CONNECTIONS = 128
const BARE = `
  require('node:http').createServer((request, answer) => {
    let text = ''
    request.on('data', part => { text += part })
    request.on('end', () => {
      const { external_id } = JSON.parse(text)
      answer.writeHead(201, { 'content-type': 'application/json' })
      answer.end(JSON.stringify({ data: { external_id }, error: null, meta: {} }))
    })
  }).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`

export const run = options => withPostgres(options, server => measure(server, options))

async function measure(server, { quick, rounds = 5 }) {
  const url = await makeDatabase(server, 'b2')
  const product = await startProduct(url)
  const bare = await startBare(BARE)
  const seconds = quick ? 3 : 8
  const [next, latencies] = [random(3), []]
  const path = `/api/brands/${product.brand_id}/conversions`
  let sent = 0
  const body = () => JSON.stringify(conversion(next, ++sent))
  try {
    await addCampaign(product)
    await withClient(url, async db => {
      await addPartners(db, product, PARTNERS)
      await db.query('create table copies (like conversions including all)')
      await db.query('vacuum (analyze)')
    })
    const samples = await inTurns(rounds, {
      product: async round => {
        const { rate, p99 } = await shoot(`${product.address}${path}`, seconds, body, product.key)
        if (round >= 0) latencies.push(p99)
        return rate
      },
      bare: async () => (await shoot(`http://127.0.0.1:${bare.port}/`, seconds, body, product.key)).rate,
      ...(has('pgbench') && { pgbench: () => pgbench(url, seconds) }),
    })
    return { version: server.version, figures: figuresOf(samples, latencies, quick) }
  } finally {
    bare.stop()
    await product.stop()
  }
}

function figuresOf(samples, latencies, quick) {
  const common = { line: 'B2', unit: 'per s', full: true, note: `${CONNECTIONS} connections${quick ? ', short rounds' : ''}` }
  const what = 'one conversion a request, durable before the 201, priced, per second ÷ '
  const figures = [
    figure({
      ...common,
      what: `${what}a bare node:http server that parses the same body`,
      product: samples.product,
      denominator: samples.bare,
      target: { least: 0.6 },
    }),
  ]
  if (samples.pgbench) {
    figures.push(
      figure({
        ...common,
        what: `${what}pgbench inserting single rows into the same table, 16 clients`,
        product: samples.product,
        denominator: samples.pgbench,
        target: { least: 1.2 },
      }),
    )
  }
  const p99 = median(latencies)
  figures.push(
    plainFigure({
      line: 'B2',
      what: 'p99 of these requests',
      value: p99,
      text: `${p99} ms`,
      target: { most: 15, text: '≤ 15 ms' },
      raw: `rounds: ${latencies.join(', ')} ms`,
    }),
  )
  return figures
}

const conversion = (next, n) => ({
  external_id: `single-${n}`,
  partner: `p${1 + Math.floor(next() * PARTNERS)}`,
  campaign: 'shop',
  type: 'sale',
  revenue_cents: Math.floor(next() * 100_000),
  occurred_at: '2026-06-01T10:00:00Z',
  country: 'US',
})

/** Every request has a body of its own, made as it is sent, for both servers alike. */
async function shoot(url, seconds, body, key) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  const requests = [{ method: 'POST', headers, setupRequest: request => ({ ...request, body: body() }) }]
  const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds, requests })
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`)
  return { rate: result['2xx'] / result.duration, p99: result.latency.p99 }
}

async function pgbench(url, seconds) {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-bench-'))
  const script = join(folder, 'insert.sql')
  writeFileSync(
    script,
    `insert into copies (org_id, id, program_id, campaign_id, partner_id, external_id, type, revenue_cents, currency, occurred_at, recorded_at,
      posted_status, decision)
    values ('00000000-0000-7000-8000-000000000001', gen_random_uuid(), '00000000-0000-7000-8000-000000000002',
      '00000000-0000-7000-8000-000000000003', gen_random_uuid(), gen_random_uuid()::text, 'sale', 1000, 'USD', now(), now(), 'approved', 'approved');\n`,
  )
  const args = ['-n', '-M', 'prepared', '-c', '16', '-j', '2', '-T', String(seconds), '-f', script, url]
  const run = spawn('pgbench', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  run.stdout.on('data', data => {
    said += data
  })
  await new Promise(resolve => run.once('exit', resolve))
  rmSync(folder, { recursive: true })
  return Number(/tps = ([\d.]+)/.exec(said)[1])
}
