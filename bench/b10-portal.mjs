/** B10: the portal's home of a partner with a million earnings behind it, against a bare server that says hello. */
import autocannon from 'autocannon'
import { HELLO, startBare } from './support/bare.mjs'
import { addCampaign, addHistory, addPartners, partnerId } from './support/load.mjs'
import { figure, inTurns, median, plainFigure } from './support/measure.mjs'
import { makeDatabase, startProduct, withClient, withPostgres } from './support/place.mjs'

const MONTHS = 99
const CONNECTIONS = 32

export const run = options => withPostgres(options, server => measure(server, options))

async function measure(server, { quick, rounds = 5 }) {
  const per_tab = quick ? 1_000 : 10_000
  const seconds = quick ? 3 : 8
  const url = await makeDatabase(server, 'b10')
  const product = await startProduct(url)
  const bare = await startBare(HELLO)
  try {
    const campaign = await addCampaign(product)
    await withClient(url, async db => {
      await addPartners(db, product, 1)
      await addHistory(db, { ...product, campaign_id: campaign.id }, { partners: 1, months: MONTHS, per_tab, conversions: true })
    })
    const cookie = await signIn(product)
    const home = `${product.address}/api/portal/home`
    const bytes = await checkedBytes(home, cookie, per_tab)
    const [p50s, p99s] = [[], []]
    const samples = await inTurns(rounds, {
      product: async round => {
        const alone = await shoot(home, { connections: 1, seconds: seconds / 2, cookie })
        const many = await shoot(home, { connections: CONNECTIONS, seconds, cookie })
        if (round >= 0) {
          p50s.push(alone.p50)
          p99s.push(many.p99)
        }
        return many.rate
      },
      bare: async () => (await shoot(`http://127.0.0.1:${bare.port}/`, { connections: CONNECTIONS, seconds, cookie })).rate,
    })
    const earnings = ((MONTHS + 1) * per_tab).toLocaleString('en')
    return { version: server.version, figures: figuresOf(samples, { p50s, p99s, bytes, earnings, quick }) }
  } finally {
    bare.stop()
    await product.stop()
  }
}

function figuresOf(samples, { p50s, p99s, bytes, earnings, quick }) {
  const common = { line: 'B10', full: !quick }
  return [
    figure({
      ...common,
      what: `portal home of a partner with ${earnings} earnings, per second ÷ a bare node:http hello`,
      product: samples.product,
      denominator: samples.bare,
      unit: 'per s',
      target: { least: 0.08 },
      digits: 3,
      note: `${CONNECTIONS} connections`,
    }),
    plainFigure({
      ...common,
      what: 'p50 at 1 connection',
      value: median(p50s),
      text: `${median(p50s)} ms`,
      target: { most: 3, text: '≤ 3 ms' },
      raw: `rounds: ${p50s.join(', ')} ms`,
    }),
    plainFigure({
      ...common,
      what: `p99 at ${CONNECTIONS} connections`,
      value: median(p99s),
      text: `${median(p99s)} ms`,
      target: { most: 25, text: '≤ 25 ms' },
      raw: `rounds: ${p99s.join(', ')} ms`,
    }),
    plainFigure({ ...common, what: 'bytes over the wire', value: bytes, target: { most: 60_000 }, raw: 'body of one answer' }),
  ]
}

/** The cookie of a partner who followed the one-time link of its admin. */
async function signIn(product) {
  const path = `/api/brands/${product.brand_id}/partners/${partnerId(1)}/portal-link`
  const { data } = await product.call('POST', path, {})
  const answer = await fetch(data.url, { redirect: 'manual' })
  const cookies = answer.headers.getSetCookie().map(each => each.split(';')[0])
  if (cookies.length === 0) throw new Error(`the link did not sign in: ${answer.status}`)
  return cookies.join('; ')
}

/** One answer is right before any is counted: what is available is the open tab, to the cent. */
async function checkedBytes(url, cookie, per_tab) {
  const answer = await fetch(url, { headers: { cookie } })
  const text = await answer.text()
  if (!text.includes(String(per_tab * 1000))) throw new Error(`the portal does not show ${per_tab * 1000}: ${text.slice(0, 500)}`)
  return Buffer.byteLength(text)
}

async function shoot(url, { connections, seconds, cookie }) {
  const result = await autocannon({ url, connections, duration: seconds, headers: { cookie } })
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`)
  return { rate: result['2xx'] / result.duration, p50: result.latency.p50, p99: result.latency.p99 }
}
