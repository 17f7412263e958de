/** B9: all paid payouts as CSV over HTTP, against COPY of the same columns straight out of the table. */
import { spawn } from 'node:child_process'
import { request } from 'node:http'
import { has } from './support/copy.mjs'
import { addCampaign, addHistory, addPartners } from './support/load.mjs'
import { figure, inTurns, median, plainFigure, timed } from './support/measure.mjs'
import { forgetPeak, makeDatabase, peakMemory, startProduct, withClient, withPostgres } from './support/place.mjs'

const MONTHS = 100

export const run = options => withPostgres(options, server => measure(server, options))

async function measure(server, { quick, rounds = 5 }) {
  const rows = quick ? 100_000 : 1_000_000
  if (!has('psql')) throw new Error('B9 needs psql for its denominator')
  const large = await place(server, 'b9_large', rows)
  const small = await place(server, 'b9_small', 10_000)
  try {
    const memory = { small: await peakOf(small, 3), large: await peakOf(large, 1) }
    const bytes = []
    const first = []
    const samples = await inTurns(rounds, {
      product: async () => {
        const got = await download(large)
        bytes.push(got.bytes)
        first.push(got.first)
        return rows / (got.took / 1000)
      },
      copy: async () => rows / ((await psql(large, COLUMNS)) / 1000),
      select: async () => rows / ((await psql(large, large.select)) / 1000),
    })
    return { version: server.version, figures: figuresOf({ rows, samples, memory, first, bytes, full: !quick }) }
  } finally {
    await large.stop()
    await small.stop()
  }
}

function figuresOf({ rows, samples, memory, first, bytes, full }) {
  const common = { line: 'B9', unit: 'rows/s', full, note: `${(bytes[0] / 1e6).toFixed(0)} MB` }
  const count = rows.toLocaleString('en-US')
  const grown = (memory.large - memory.small) / 2 ** 20
  return [
    figure({
      ...common,
      what: `CSV of ${count} paid payouts over HTTP ÷ COPY … TO STDOUT of the same columns, raw`,
      product: samples.product,
      denominator: samples.copy,
      target: { least: 0.8 },
    }),
    figure({
      ...common,
      what: 'the same ÷ COPY of the very select (names joined, amounts in decimals, formulas guarded)',
      product: samples.product,
      denominator: samples.select,
    }),
    plainFigure({
      ...{
        line: 'B9',
        what: `peak memory of the server, ${count} rows − 10,000 rows`,
        value: grown,
        text: `${grown.toFixed(1)} MiB`,
      },
      ...{
        target: { most: 10, text: '≤ 10 MiB' },
        raw: `${(memory.large / 2 ** 20).toFixed(0)} − ${(memory.small / 2 ** 20).toFixed(0)} MiB`,
        full,
      },
    }),
    plainFigure({
      ...{ line: 'B9', what: 'first byte', value: median(first), text: `${median(first).toFixed(1)} ms` },
      ...{ target: { most: 50, text: '≤ 50 ms' }, raw: `${first.length} exports`, full },
    }),
  ]
}

/** The raw columns of the export, as they lie in the table. */
const COLUMNS = `select id, partner_id, period_start, period_end, conversion_count, revenue_cents, amount_cents, currency, method_name, reference, notes,
  approved_at, paid_at from payouts where status = 'paid'`

async function place(server, name, rows) {
  const { exportSelect } = await import('../dist/server/payouts/payouts.sql.js')
  const url = await makeDatabase(server, name)
  const product = await startProduct(url)
  const { id: campaign_id } = await addCampaign(product)
  const partners = rows / MONTHS
  await withClient(url, async db => {
    await addPartners(db, product, partners)
    await addHistory(db, { ...product, campaign_id }, { partners, months: MONTHS, per_tab: 1 })
  })
  return { ...product, url, select: exportSelect(product.org_id, product.brand_id, [['USD', 2]]) }
}

async function peakOf(product, times) {
  await download(product)
  forgetPeak(product.pid)
  for (let n = 0; n < times; n++) await download(product)
  return peakMemory(product.pid)
}

/** Reads the whole export and throws it away; refuses one that ended early. */
function download({ address, brand_id, key }) {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const sent = request(`${address}/api/brands/${brand_id}/payouts/export`, { headers: { authorization: `Bearer ${key}` } })
    sent.on('response', answer => {
      let [bytes, first] = [0, 0]
      answer.on('data', part => {
        if (bytes === 0) first = performance.now() - began
        bytes += part.length
      })
      answer.on('end', () =>
        answer.statusCode === 200
          ? resolve({ bytes, first, took: performance.now() - began })
          : reject(new Error(`export: ${answer.statusCode}`)),
      )
      answer.on('error', reject)
    })
    sent.on('error', reject)
    sent.end()
  })
}

/** How long psql takes to copy a select to nowhere. */
const psql = ({ url }, select) =>
  timed(
    () =>
      new Promise((resolve, reject) => {
        const child = spawn('psql', ['-q', '-c', `copy (${select}) to stdout with (format csv, header)`, url], {
          stdio: ['ignore', 'ignore', 'inherit'],
        })
        child.once('exit', code => (code === 0 ? resolve() : reject(new Error(`psql ended with ${code}`))))
      }),
  )
