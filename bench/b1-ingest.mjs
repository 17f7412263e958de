/** B1: batches of 1,000 conversions over HTTP, against COPY of the very same rows into the same table and indexes. */

import { copyIn, copyOut } from './support/copy.mjs'
import { addCampaign, addPartners } from './support/load.mjs'
import { figure, inTurns, random, timed } from './support/measure.mjs'
import { makeDatabase, startProduct, withClient, withPostgres } from './support/place.mjs'

const PARTNERS = 10_000
const BATCH = 1000
const CONNECTIONS = 4
const TARGETS = { stored: { least: 0.45 }, priced: { least: 0.25 } }

export const run = options => withPostgres(options, server => measure(server, options))

async function measure(server, { quick, rounds = 5 }) {
  const url = await makeDatabase(server, 'b1')
  const product = await startProduct(url)
  try {
    await addCampaign(product)
    return await withClient(url, first =>
      withClient(url, async second => {
        await addPartners(first, product, PARTNERS)
        await first.query('vacuum (analyze) partners')
        await first.query('create table copies (like conversions including all)')
        const figures = []
        for (const kind of ['stored', 'priced']) {
          const samples = await oneKind({ product, sessions: [first, second], kind, rounds, batches: quick ? 40 : 200 })
          figures.push(figureOf(kind, samples, !quick))
        }
        return { version: server.version, figures }
      }),
    )
  } finally {
    await product.stop()
  }
}

const figureOf = (kind, samples, full) =>
  figure({
    line: 'B1',
    what:
      kind === 'stored'
        ? 'batches of 1,000 over HTTP, stored only (status "declined": nothing is earned), conversions/s ÷ COPY with 2 sessions'
        : 'the same, fully priced: earnings, tabs and outbox too',
    product: samples.product,
    denominator: samples.copy,
    target: TARGETS[kind],
    unit: 'rows/s',
    note: `${CONNECTIONS} connections, ${PARTNERS.toLocaleString('en-US')} partners, an Idempotency-Key a batch`,
    full,
  })

function oneKind({ product, sessions, kind, rounds, batches }) {
  const next = random(kind === 'stored' ? 1 : 2)
  let sent = 0
  const bodies = () => Array.from({ length: batches }, () => makeBatch(kind, next, () => `${kind}-${sent++}`))
  return inTurns(rounds, {
    product: async () => {
      const texts = bodies()
      const took = await timed(() => post(product, texts, kind))
      return (batches * BATCH) / (took / 1000)
    },
    copy: async () => {
      const last = `order by id desc limit ${batches * BATCH}`
      const rows = part =>
        `select * from (select * from conversions ${last}) c where substring(id::text, 36)::text ${part} order by id`
      const halves = [
        await copyOut(sessions[0], `copy (${rows("< '8'")}) to stdout`),
        await copyOut(sessions[0], `copy (${rows(">= '8'")}) to stdout`),
      ]
      const took = await timed(() =>
        Promise.all(sessions.map((session, n) => copyIn(session, 'copy copies from stdin', halves[n]))),
      )
      return (batches * BATCH) / (took / 1000)
    },
  })
}

function makeBatch(kind, next, externalId) {
  const conversions = Array.from({ length: BATCH }, () => ({
    external_id: externalId(),
    partner: `p${1 + Math.floor(next() * PARTNERS)}`,
    campaign: 'shop',
    type: 'sale',
    revenue_cents: Math.floor(next() * 100_000),
    currency: 'USD',
    occurred_at: '2026-06-01T10:00:00Z',
    country: ['US', 'GB', 'DE', 'FR'][Math.floor(next() * 4)],
    os: 'Android',
    subs: { sub1: `s${Math.floor(next() * 100)}` },
    ...(kind === 'stored' && { status: 'declined' }),
  }))
  return JSON.stringify({ conversions })
}

async function post(product, texts, kind) {
  let at = 0
  const one = async () => {
    while (at < texts.length) {
      const n = at++
      const key = { 'idempotency-key': `${kind}-${n}-${Math.random()}` }
      const { data } = await product.call('POST', `/api/brands/${product.brand_id}/conversions`, texts[n], key)
      if (data.counts.created !== BATCH) throw new Error(`not all were created: ${JSON.stringify(data.counts)}`)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, one))
}
