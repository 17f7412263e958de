/** B6: one payment of many accruals: a thousand by name, and all that is outstanding, however much that is. */

import { randomUUID } from 'node:crypto'
import { accrualId, addAccruals, addPartners, addStructure, partnerId, unguarded } from './support/load.mjs'
import { figure, inTurns, median, plainFigure, timed } from './support/measure.mjs'
import { makeDatabase, startProduct, withClient, withPostgres } from './support/place.mjs'

const NAMED = 1_000
const PER_PARTNER = 3_000
const ONE = 1
const MANY = 2

export const run = options => withPostgres(options, server => measure(server, options))

async function measure(server, { quick, rounds = 7 }) {
  const many = quick ? 100_000 : 1_000_000
  const url = await makeDatabase(server, 'b6')
  const product = await startProduct(url)
  try {
    return await withClient(url, async db => {
      await addStructure(db, product)
      const last = 2 + rounds + 1
      await addPartners(db, product, last)
      await addAccruals(db, product, { from: ONE, to: ONE, each: 1 })
      await addAccruals(db, product, { from: MANY, to: MANY, each: many })
      await addAccruals(db, product, { from: 3, to: last, each: PER_PARTNER })
      await db.query('create table bare (like earnings); alter table bare add primary key (org_id, id)')
      await db.query(`create table thousand as select * from earnings where partner_id = '${partnerId(3)}' limit ${NAMED}`)
      await db.query('vacuum (analyze)')
      for (let n = 0; n < 50; n++) await pay(product, { total_amount_cents: 100 }) // ad hoc: the product is warm, as by day
      const samples = await inTurns(rounds, {
        named: round => payNamed(product, 4 + round),
        bare: () => insertBare(db),
        one: () => settleAll(db, product, ONE, 1),
        many: () => settleAll(db, product, MANY, many),
      })
      const common = { line: 'B6', full: !quick }
      return {
        version: server.version,
        figures: [
          figure({
            ...common,
            what: `a payment that names ${NAMED} of a partner's ${PER_PARTNER} accruals, over HTTP ÷ a bare INSERT of ${NAMED} rows with one key`,
            unit: 'ms',
            product: samples.named,
            denominator: samples.bare,
            full: true,
            note: 'naming a part moves it to a tab of its own, an UPDATE of those rows',
          }),
          plainFigure({
            ...common,
            what: 'the same payment, p50 in ms',
            value: median(samples.named),
            target: { most: 60 },
            raw: `${samples.named.length} rounds`,
            full: true,
          }),
          ...[
            ['one outstanding accrual', samples.one],
            [`${many.toLocaleString('en')} outstanding accruals`, samples.many],
          ].map(([what, times]) =>
            plainFigure({
              ...common,
              what: `settle all: ${what}, p50 in ms over HTTP`,
              value: median(times),
              target: { most: 5 },
              raw: `${times.length} rounds, ${Math.min(...times).toFixed(1)}–${Math.max(...times).toFixed(1)} ms`,
            }),
          ),
        ],
      }
    })
  } finally {
    await product.stop()
  }
}

const pay = (product, body) =>
  product.call(
    'POST',
    '/api/v1/payout-payments',
    { project_id: product.brand_id, currency: 'USD', ...body },
    { 'idempotency-key': randomUUID() },
  )

async function payNamed(product, partner) {
  const accrual_ids = Array.from({ length: NAMED }, (_, n) => accrualId(partner, n * 2 + 1))
  let answer
  const took = await timed(async () => {
    answer = await pay(product, { creator_id: partnerId(partner), accrual_ids, total_amount_cents: NAMED * 100 })
  })
  if (answer.data.line_count !== NAMED) throw new Error(`paid ${answer.data.line_count} accruals`)
  return took
}

/** Settles a partner's tab; afterwards it is open again as if nobody had paid it. */
async function settleAll(db, product, partner, count) {
  let answer
  const took = await timed(async () => {
    answer = await pay(product, { creator_id: partnerId(partner), auto_apply_outstanding: true, total_amount_cents: count * 100 })
  })
  if (answer.data.line_count !== count) throw new Error(`settled ${answer.data.line_count} of ${count} accruals`)
  await unguarded(db, () => db.query('update tabs set payment_id = null where payment_id = $1', [answer.data.id]))
  return took
}

async function insertBare(db) {
  await db.query('truncate bare')
  return timed(() => db.query('insert into bare select * from thousand'))
}
