/** B3: pricing one conversion with its explanation, against two rule engines on the same rules, and against a naive reading. */
import { ZenEngine } from '@gorules/zen-engine'
import jre from 'json-rules-engine'
import { figure, inTurns, plainFigure, random, say } from './support/measure.mjs'

const TYPES = ['sale', 'lead', 'signup', 'install']
const COUNTRIES = ['US', 'GB', 'DE', 'FR', 'BR', 'IN', 'JP', 'PL', 'ES', 'IT', 'NL', 'SE']
const PARTNERS = Array.from({ length: 40 }, (_, n) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`)
const IN_FLIGHT = 64

/** The fields that each table asks for, in the order in which the tables win: typed from the spec, not from the product. */
const WINS = {
  publisher_sub_geo: ['publisher', 'subs', 'geo'],
  type_geo_conversion_sub: ['type', 'geo', 'conversion_subs'],
  publisher_sub: ['publisher', 'subs'],
  type_conversion_sub: ['type', 'conversion_subs'],
  type_geo: ['type', 'geo'],
  geo_os: ['os', 'geo'],
  publisher: ['publisher'],
  conversion_sub: ['conversion_subs'],
  type: ['type'],
  geo: ['geo'],
}
const SYSTEMS = ['IOS', 'ANDROID', 'WINDOWS']

export async function run({ quick, rounds = 5 }) {
  const { compile, price } = await import('../dist/core/price.js')
  const figures = []
  for (const [count, jreLeast, zenLeast] of [
    [20, 150, 20],
    [200, 1000, 50],
  ]) {
    const terms = makeTerms(count, random(count))
    const pricer = compile(terms)
    const conversions = Array.from({ length: 4096 }, makeConversion(random(7)))
    const peers = { jre: makeJre(terms), zen: makeZen(terms) }
    await agree(conversions.slice(0, 1000), c => price(pricer, c).amount_cents, peers)
    const seconds = quick ? 0.5 : 2
    const samples = await inTurns(rounds, {
      product: () => rate(seconds, conversions, c => price(pricer, c)),
      jre: () => rateOf(seconds, conversions, c => peers.jre(c), 1),
      product2: () => rate(seconds, conversions, c => price(pricer, c)),
      zen: () => rateOf(seconds, conversions, c => peers.zen(c), IN_FLIGHT),
    })
    const what = `pricing with explanation, ${count} lines, prices/s ÷ `
    const common = { line: 'B3', unit: 'per s', digits: 0 }
    figures.push(
      figure({
        ...common,
        what: `${what}json-rules-engine 7.3.1 (no explanation)`,
        product: samples.product,
        denominator: samples.jre,
        target: { least: jreLeast },
      }),
      figure({
        ...common,
        what: `${what}zen-engine 0.52.1 (decision table, 64 in flight, no trace)`,
        product: samples.product2,
        denominator: samples.zen,
        target: { least: zenLeast },
      }),
    )
  }
  figures.push(mismatches(compile, price, quick ? 100_000 : 1_000_000, !quick))
  return { figures }
}

function makeTerms(count, next) {
  const pick = list => list[Math.floor(next() * list.length)]
  const lines = []
  const taken = new Set()
  for (let n = 0; lines.length < count; n++) {
    const tab = pick(Object.keys(WINS))
    const line = {
      tab,
      line: n + 1,
      text: `line ${n + 1}`,
      model: 'fixed',
      value: String(n),
      amount: 100 + n,
      ...wishes(tab, pick),
    }
    const key = JSON.stringify([tab, line.type, line.partner_id, line.geo, line.os, line.sub, line.sub_value])
    if (taken.has(key)) continue
    taken.add(key)
    lines.push(line)
  }
  return {
    ...{ campaign_id: '00000000-0000-7000-8000-0000000000aa', version: 3, cost_model: 'cpa', currency: 'USD' },
    ...{ amount_cents: 50, percent_ppm: null, tiers: [], lines },
  }
}

function wishes(tab, pick) {
  const sub = () => ({ sub: pick(['sub1', 'sub2']), sub_value: pick(['a', 'b', 'c', 'd']) })
  const makers = {
    type: () => ({ type: pick(TYPES) }),
    geo: () => ({ geo: pick(COUNTRIES) }),
    os: () => ({ os: pick(SYSTEMS) }),
    publisher: () => ({ partner_id: pick(PARTNERS) }),
    subs: sub,
    conversion_subs: sub,
  }
  return Object.assign({}, ...WINS[tab].map(field => makers[field]()))
}

const makeConversion = next => () => {
  const pick = list => list[Math.floor(next() * list.length)]
  return {
    partner_id: pick(PARTNERS),
    type: pick([...TYPES, 'other']),
    country: pick([...COUNTRIES, null]),
    os: pick([...SYSTEMS, null]),
    subs: next() < 0.3 ? null : { sub1: pick(['a', 'b', 'c', 'd', 'z']), sub2: pick(['a', 'b', 'z']) },
    conversion_subs: next() < 0.3 ? null : { sub1: pick(['a', 'b', 'c', 'd', 'z']) },
    revenue_cents: Math.floor(next() * 100_000),
    currency: 'USD',
    payout_cents: null,
    nth: null,
    waived: null,
  }
}

const wins = (line, c) =>
  (line.type === undefined || line.type === c.type) &&
  (line.partner_id === undefined || line.partner_id === c.partner_id) &&
  (line.geo === undefined || line.geo === c.country) &&
  (line.os === undefined || line.os === c.os) &&
  (line.sub === undefined || (WINS[line.tab].includes('subs') ? c.subs : c.conversion_subs)?.[line.sub] === line.sub_value)

/** The terms read out loud: table by table in their order, line by line, the first that fits. */
function naive(terms, c) {
  for (const tab of Object.keys(WINS)) for (const line of terms.lines) if (line.tab === tab && wins(line, c)) return line.amount
  return terms.amount_cents
}

const ordered = terms => Object.keys(WINS).flatMap(tab => terms.lines.filter(line => line.tab === tab))

/** What a line asks for, as pairs of a fact's name and its value; both engines get the same flat facts. */
function conditionsOf(line) {
  const source = WINS[line.tab].includes('subs') ? 'subs' : 'conversion_subs'
  const pairs = [
    ['type', line.type],
    ['partner_id', line.partner_id],
    ['country', line.geo],
    ['os', line.os],
    [`${source}_${line.sub}`, line.sub_value],
  ]
  return pairs.filter(([, value]) => value !== undefined)
}

const factsOf = c => ({
  ...{ type: c.type, partner_id: c.partner_id, country: c.country, os: c.os },
  ...{ subs_sub1: c.subs?.sub1 ?? null, subs_sub2: c.subs?.sub2 ?? null },
  ...{ conversion_subs_sub1: c.conversion_subs?.sub1 ?? null, conversion_subs_sub2: null },
})

/** One rule a line, the first in order with the highest priority; the engine stops at the first that fits. */
function makeJre(terms) {
  const engine = new jre.Engine([], { allowUndefinedFacts: true })
  const lines = ordered(terms)
  for (const [n, line] of lines.entries()) {
    engine.addRule({
      conditions: { all: conditionsOf(line).map(([fact, value]) => ({ fact, operator: 'equal', value })) },
      event: { type: 'pays', params: { amount: line.amount } },
      priority: lines.length - n,
      onSuccess: () => engine.stop(),
    })
  }
  return async c => (await engine.run(factsOf(c))).events[0]?.params.amount ?? terms.amount_cents
}

/** A decision table with the hit policy "first". */
function makeZen(terms) {
  const fields = ['type', 'partner_id', 'country', 'os', 'subs_sub1', 'subs_sub2', 'conversion_subs_sub1', 'conversion_subs_sub2']
  const rules = ordered(terms).map((line, n) => ({
    _id: `r${n}`,
    ...Object.fromEntries(fields.map(field => [field, ''])),
    ...Object.fromEntries(conditionsOf(line).map(([field, value]) => [field, JSON.stringify(value)])),
    out: String(line.amount),
  }))
  rules.push({ _id: 'else', ...Object.fromEntries(fields.map(field => [field, ''])), out: String(terms.amount_cents) })
  const content = {
    hitPolicy: 'first',
    inputs: fields.map(field => ({ id: field, name: field, field })),
    outputs: [{ id: 'out', name: 'out', field: 'amount' }],
    rules,
  }
  const nodes = [
    { id: 'in', type: 'inputNode', name: 'in', position: { x: 0, y: 0 } },
    { id: 'table', type: 'decisionTableNode', name: 'table', position: { x: 1, y: 0 }, content },
    { id: 'out', type: 'outputNode', name: 'out', position: { x: 2, y: 0 } },
  ]
  const edges = [
    { id: 'e1', sourceId: 'in', targetId: 'table', type: 'edge' },
    { id: 'e2', sourceId: 'table', targetId: 'out', type: 'edge' },
  ]
  const decision = new ZenEngine().createDecision({ nodes, edges })
  return async c => (await decision.evaluate(factsOf(c))).result.amount
}

async function agree(conversions, priced, peers) {
  for (const [name, peer] of Object.entries(peers)) {
    let different = 0
    for (const c of conversions) if ((await peer(c)) !== priced(c)) different++
    if (different > 0)
      throw new Error(`${name} prices ${different} of ${conversions.length} conversions otherwise: not the same rules`)
  }
}

/** Prices a second of a pure function. What it returns is used, so that nothing is optimised away. */
function rate(seconds, conversions, act) {
  const end = performance.now() + seconds * 1000
  let [done, length] = [0, 0]
  const began = performance.now()
  while (performance.now() < end) {
    for (let n = 0; n < conversions.length; n++) {
      const priced = act(conversions[n])
      length += priced.because.length + priced.amount_cents
    }
    done += conversions.length
  }
  if (length === 0) throw new Error('nothing was priced')
  return done / ((performance.now() - began) / 1000)
}

/** The same for what answers later, with `inFlight` at once. */
async function rateOf(seconds, conversions, act, inFlight) {
  const end = performance.now() + seconds * 1000
  let done = 0
  const began = performance.now()
  const one = async () => {
    while (performance.now() < end) await act(conversions[done++ % conversions.length])
  }
  await Promise.all(Array.from({ length: inFlight }, one))
  return done / ((performance.now() - began) / 1000)
}

/** Random terms and conversions, each set of terms for 1,000 of them; the amount must be the naive one's, to the cent. */
function mismatches(compile, price, cases, full) {
  const next = random(42)
  let different = 0
  for (let set = 0; set < cases / 1000; set++) {
    const terms = makeTerms(1 + Math.floor(next() * 60), next)
    const pricer = compile(terms)
    const make = makeConversion(next)
    for (let n = 0; n < 1000; n++) {
      const c = make()
      if (price(pricer, c).amount_cents !== naive(terms, c)) different++
    }
  }
  say(`  mismatches: ${different} of ${cases}`)
  const what = `prices that differ from a naive reading of the terms, in ${cases.toLocaleString('en-US')} random cases`
  return plainFigure({
    line: 'B3',
    what,
    value: different,
    text: String(different),
    target: { most: 0, text: '0' },
    raw: 'seed 42',
    full,
  })
}
