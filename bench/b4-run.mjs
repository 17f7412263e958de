/** B4: drafting payouts for every partner, against merely reading their earnings once. */

import pg from 'pg'
import { addCampaign, addHistory, addPartners, unguarded } from './support/load.mjs'
import { figure, inTurns, timed } from './support/measure.mjs'
import { makeDatabase, startProduct, withClient, withPostgres } from './support/place.mjs'

const PARTNERS = 100_000

export const run = options => withPostgres(options, server => measure(server, options))

async function measure(server, { quick, rounds = 5 }) {
  const per_tab = quick ? 10 : 100
  const url = await makeDatabase(server, 'b4')
  const product = await startProduct(url)
  try {
    return await withClient(url, async db => {
      const { id: campaign_id } = await addCampaign(product)
      await addPartners(db, product, PARTNERS)
      await addHistory(db, { ...product, campaign_id }, { partners: PARTNERS, months: 0, per_tab })
      await db.query('create table tabs_before as select * from tabs order by id')
      const samples = await inTurns(rounds, {
        product: () => draftAll(db, product),
        aggregate: () => timed(() => db.query('select partner_id, sum(amount_cents) from earnings group by 1')),
      })
      const rowWise = await rowWiseRate(db, url, 100)
      const what = `drafts for 100,000 partners over ${quick ? 1 : 10} M earnings, one request ÷ one bare SUM … GROUP BY of them`
      const main = { line: 'B4', unit: 'ms', full: !quick }
      const all = (PARTNERS * per_tab) / rowWise
      return {
        version: server.version,
        figures: [
          figure({ ...main, what, product: samples.product, denominator: samples.aggregate, target: { most: 1 } }),
          figure({
            ...main,
            what: 'the same run done row by row (100 earnings a batch, each stamped and its payout re-summed) ÷ the product',
            product: samples.product.map(() => all * 1000),
            denominator: samples.product,
            target: { least: 1000 },
            note: `row-wise at ${Math.round(rowWise)} earnings a second, projected`,
            digits: 0,
          }),
        ],
      }
    })
  } finally {
    await product.stop()
  }
}

/** One run from a clean state; every tab must be claimed, once, and every cent be in a draft. */
async function draftAll(db, product) {
  await unguarded(db, async () => {
    await db.query('truncate tabs, payouts, counters, events, idempotency_keys cascade')
    await db.query('insert into tabs select * from tabs_before')
  })
  await db.query('vacuum (analyze) tabs, payouts')
  const path = `/api/brands/${product.brand_id}/payouts`
  const key = { 'idempotency-key': `run-${Math.random()}` }
  let answer
  const took = await timed(async () => {
    answer = await product.call('POST', path, {}, key)
  })
  const { rows } = await db.query(`select (select count(*) from tabs where payout_id is null)::int as left_over,
    (select sum(amount_cents) from payouts) as drafted, (select sum(amount_cents) from tabs_before) as earned`)
  const [{ left_over, drafted, earned }] = rows
  if (answer.data.created !== PARTNERS || left_over !== 0 || drafted !== earned)
    throw new Error(`wrong run: ${JSON.stringify(rows)}`)
  return took
}

/** Dub's shape: 100 oldest unpaid rows a batch, then for each partner of it, many at once: find or make the payout, stamp, re-sum. */
async function rowWiseRate(db, url, batches) {
  await db.query(
    'create table row_wise as select id, partner_id, amount_cents, null::uuid as payout_id from earnings order by id limit 100000',
  )
  await db.query('create index on row_wise (id) where payout_id is null')
  await db.query('create index on row_wise (payout_id)')
  await db.query(
    'create table row_payouts (id uuid primary key default gen_random_uuid(), partner_id uuid unique, amount_cents bigint)',
  )
  await db.query('vacuum (analyze) row_wise')
  const pool = new pg.Pool({ connectionString: url, max: 50 })
  const took = await timed(async () => {
    for (let batch = 0; batch < batches; batch++) await rowWiseBatch(pool)
  })
  await pool.end()
  return (batches * 100) / (took / 1000)
}

async function rowWiseBatch(pool) {
  const { rows } = await pool.query('select id, partner_id from row_wise where payout_id is null order by id limit 100')
  await Promise.all([...grouped(rows)].map(([partner_id, mine]) => rowWisePayout(pool, partner_id, mine)))
}

async function rowWisePayout(pool, partner_id, mine) {
  const { rows: made } = await pool.query(
    'insert into row_payouts (partner_id, amount_cents) values ($1, 0) on conflict (partner_id) do update set partner_id = excluded.partner_id returning id',
    [partner_id],
  )
  const ids = mine.map(r => r.id)
  await pool.query('update row_wise set payout_id = $1 where id = any($2) and payout_id is null', [made[0].id, ids])
  await pool.query(
    'update row_payouts set amount_cents = (select sum(amount_cents) from row_wise where payout_id = $1) where id = $1',
    [made[0].id],
  )
}

function grouped(rows) {
  const groups = new Map()
  for (const row of rows) groups.set(row.partner_id, [...(groups.get(row.partner_id) ?? []), row])
  return groups
}
