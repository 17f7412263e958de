/** Turns samples into figures: medians, spreads, ratios of two things measured in turns. */

export const median = values => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1]

/**
 * Runs product and denominators in turns (A-B-A-B…), so that a noisy minute falls on both.
 *
 * Each function is given the round's number (-1 is the warm-up, thrown away) and returns one number: a rate or a time.
 * Returns the samples of each by its name.
 */
export async function inTurns(rounds, actors, { warm = true } = {}) {
  const samples = Object.fromEntries(Object.keys(actors).map(name => [name, []]))
  for (let round = warm ? -1 : 0; round < rounds; round++) {
    for (const [name, act] of Object.entries(actors)) {
      const value = await act(round)
      if (round >= 0) samples[name].push(value)
      say(`  ${round < 0 ? 'warm-up' : `round ${round + 1}`} ${name}: ${short(value)}`)
    }
  }
  return samples
}

/** The ratio of two sets of samples taken in turns: of the medians, with the smallest and largest of the single rounds. */
export function ratioOf(product, denominator) {
  const each = product.map((value, n) => value / denominator[n])
  return { ratio: median(product) / median(denominator), least: Math.min(...each), most: Math.max(...each) }
}

/**
 * One line of the table. `target` is `{ least }` or `{ most }`, or missing where the figure only informs.
 *
 * `full` says whether the size was the one that the target speaks of; a smaller one is printed without a verdict.
 */
export function figure({ line, what, product, denominator, target, unit, note, full = true, digits = 2 }) {
  const { ratio, least, most } = ratioOf(product, denominator)
  const met = target && (target.least !== undefined ? ratio >= target.least : ratio <= target.most)
  const raw = `${short(median(product))} ÷ ${short(median(denominator))} ${unit}`
  return {
    line,
    what,
    ratio: `${ratio.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`,
    target: target ? (target.least !== undefined ? `≥ ${target.least}` : `≤ ${target.most}`) : '–',
    verdict: verdictOf(target, met, full),
    raw: `${raw}; ${product.length} rounds${note ? `; ${note}` : ''}`,
  }
}

const verdictOf = (target, met, full) =>
  !target ? '–' : full ? (met ? 'met' : '**missed**') : `CI size: ${met ? 'within' : 'beyond'}`

/** A figure that is one number against a limit. */
export function plainFigure({ line, what, value, text, target, raw, full = true }) {
  const met = target && (target.least !== undefined ? value >= target.least : value <= target.most)
  const limit = target ? (target.text ?? (target.least !== undefined ? `≥ ${target.least}` : `≤ ${target.most}`)) : '–'
  return { line, what, ratio: text ?? short(value), target: limit, verdict: verdictOf(target, met, full), raw }
}

export const short = n =>
  n === undefined ? '–' : Math.abs(n) >= 1000 ? Math.round(n).toLocaleString('en-US') : Number(n.toPrecision(3)).toString()

/** Milliseconds that `act` took. */
export async function timed(act) {
  const began = performance.now()
  await act()
  return performance.now() - began
}

export const say = text => void process.stderr.write(`${text}\n`)

/** A generator of the same random numbers for the same seed (mulberry32). */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
