/** B5: what an operator looks at every day, after a hundred times the history, against the same at once the history. */
import { addCampaign, addHistory, addPartners } from './support/load.mjs'
import { figure, inTurns, median, timed } from './support/measure.mjs'
import { makeDatabase, startProduct, withClient, withPostgres } from './support/place.mjs'

const PER_TAB = 10

export const run = options => withPostgres(options, server => measure(server, options))

async function measure(server, { quick, rounds = 5 }) {
  const partners = quick ? 200 : 2000
  const once = await place(server, 'b5_once', { partners, months: 1 })
  const long = await place(server, 'b5_long', { partners, months: 100 })
  try {
    const figures = []
    for (const [what, query] of Object.entries(QUESTIONS)) {
      const samples = await inTurns(rounds, alternating(once, long, query, quick ? 60 : 200))
      const history = `${(partners * 100).toLocaleString('en-US')} payouts and ${(partners * 100 * PER_TAB).toLocaleString('en-US')} conversions ÷ a hundredth`
      const note = `p50s, ${partners.toLocaleString('en-US')} partners, ${history}`
      figures.push(
        figure({
          line: 'B5',
          what: `${what}: 100× history ÷ 1×`,
          product: samples.long,
          denominator: samples.once,
          target: { most: 1.15 },
          unit: 'ms',
          note,
          full: !quick,
        }),
      )
    }
    return { version: server.version, figures }
  } finally {
    await once.stop()
    await long.stop()
  }
}

const QUESTIONS = {
  'balance of one partner': ({ brand_id }) =>
    `/api/brands/${brand_id}/payouts/balances?partner_id=00000000-0007-7100-8000-000000000000`,
  'balances page with its totals (KPI strip)': ({ brand_id }) => `/api/brands/${brand_id}/payouts/balances?limit=50`,
  'newest 50 payouts': ({ brand_id }) => `/api/brands/${brand_id}/payouts?limit=50`,
  'newest 50 conversions': ({ brand_id }) => `/api/brands/${brand_id}/conversions?limit=50`,
}

async function place(server, name, size) {
  const url = await makeDatabase(server, name)
  const product = await startProduct(url)
  const { id: campaign_id } = await addCampaign(product)
  await withClient(url, async db => {
    await addPartners(db, product, size.partners)
    await addHistory(db, { ...product, campaign_id }, { ...size, per_tab: PER_TAB, conversions: true })
  })
  return product
}

/** Both are asked in turns, request by request; each round gives the p50 of each. */
function alternating(once, long, query, requests) {
  const times = { once: [], long: [] }
  const ask = async () => {
    times.once = []
    times.long = []
    for (let n = 0; n < requests; n++) {
      times.once.push(await timed(() => once.call('GET', query(once))))
      times.long.push(await timed(() => long.call('GET', query(long))))
    }
    return median(times.once)
  }
  return { once: ask, long: async () => median(times.long) }
}
