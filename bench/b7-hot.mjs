/** B7: many clients paying one partner at once, against one client doing the same alone. */

import { randomUUID } from 'node:crypto'
import { accrualId, addAccruals, addPartners, addStructure, partnerId } from './support/load.mjs'
import { figure, inTurns, median, plainFigure } from './support/measure.mjs'
import { makeDatabase, startProduct, withClient, withPostgres } from './support/place.mjs'

const CLIENTS = 64
const APART = 16

export const run = options => withPostgres(options, server => measure(server, options))

async function measure(server, { quick, rounds = 5 }) {
  const payments = quick ? 512 : 2_048
  const url = await makeDatabase(server, 'b7')
  const product = await startProduct(url)
  try {
    return await withClient(url, async db => {
      await addStructure(db, product)
      const turns = rounds + 1
      await addPartners(db, product, 2 * turns + turns * payments)
      await addAccruals(db, product, { from: 1, to: 2 * turns, each: payments })
      await addAccruals(db, product, { from: 2 * turns + 1, to: 2 * turns + turns * payments, each: 1 })
      await db.query('vacuum (analyze)')
      const hot = (partner, clients) => rate(clients, payments, n => payOne(product, partner, n + 1))
      const samples = await inTurns(rounds, {
        together: round => hot(1 + 2 * (round + 1), CLIENTS),
        alone: round => hot(2 + 2 * (round + 1), 1),
        apart: round => rate(APART, payments, n => payOne(product, 2 * turns + (round + 1) * payments + n + 1, 1)),
      })
      return {
        version: server.version,
        figures: [
          figure({
            ...{ line: 'B7', unit: 'per s', product: samples.together, denominator: samples.alone, target: { least: 1 } },
            what: `${CLIENTS} clients each paying another accrual of one partner, payments a second ÷ one client alone`,
            note: `${payments} payments a round`,
          }),
          plainFigure({
            ...{ line: 'B7', value: median(samples.apart), target: { least: 7_000 } },
            what: `payments a second of different partners, ${APART} clients`,
            raw: `${payments} payments a round`,
          }),
        ],
      }
    })
  } finally {
    await product.stop()
  }
}

function payOne(product, partner, accrual) {
  const body = {
    ...{ project_id: product.brand_id, creator_id: partnerId(partner), currency: 'USD' },
    ...{ accrual_ids: [accrualId(partner, accrual)], total_amount_cents: 100 },
  }
  return product.call('POST', '/api/v1/payout-payments', body, { 'idempotency-key': randomUUID() })
}

/** How many a second `clients` get done, each one after the other. */
async function rate(clients, count, act) {
  let next = 0
  const began = performance.now()
  const client = async () => {
    for (let n = next++; n < count; n = next++) await act(n)
  }
  await Promise.all(Array.from({ length: clients }, client))
  return count / ((performance.now() - began) / 1000)
}
