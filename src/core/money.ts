/**
 * Money is an integer of minor units; a rate is an integer of parts per million.
 *
 * `scale` is the only place that divides money, and it rounds once: half away from zero. Source: spec 0.3.
 */
export type Cents = number & { readonly __unit?: 'cents' }
/** Parts per million: 10 % is 100_000. */
export type Ppm = number & { readonly __unit?: 'ppm' }
export type Currency = string
export type Money = { cents: Cents; currency: Currency }

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** The largest amount that anybody may name, in minor units; thousands of them still add up to an integer that JSON can carry. */
export const MAX_AMOUNT: Cents = 1_000_000_000_000

/** Checks that a number is a safe integer of minor units; anything else is a bug in the caller, never bad input. */
export function cents(value: number): Cents {
  if (!Number.isSafeInteger(value)) throw new Error(`not a safe integer of minor units: ${value}`)
  return value === 0 ? 0 : value
}

export function add(left: Money, right: Money): Money {
  if (left.currency !== right.currency) throw new Error(`cannot add ${left.currency} and ${right.currency}`)
  return { cents: cents(left.cents + right.cents), currency: left.currency }
}

/**
 * `amount × numerator ÷ denominator`, exact inside, rounded once, half away from zero.
 *
 *   scale(49_99, 100_000, 1_000_000)   // 10 % of 49.99 is 5.00 (4.999 rounded)
 */
export function scale(amount: Cents, numerator: number | bigint, denominator: number | bigint): Cents {
  if (!(denominator > 0)) throw new Error(`cannot divide by ${denominator}`)
  if (typeof numerator === 'number' && typeof denominator === 'number' && Number.isSafeInteger(amount * numerator)) {
    return scaleSafe(amount * numerator, denominator)
  }
  const exact = BigInt(amount) * BigInt(numerator)
  const divisor = BigInt(denominator)
  const magnitude = exact < 0n ? -exact : exact
  const rounded = (magnitude * 2n + divisor) / (divisor * 2n)
  if (rounded > MAX_SAFE) throw new Error('amount out of range')
  return cents(exact < 0n ? -Number(rounded) : Number(rounded))
}

function scaleSafe(product: number, denominator: number): Cents {
  const magnitude = Math.abs(product)
  const rest = magnitude % denominator
  const whole = (magnitude - rest) / denominator + (rest * 2 >= denominator ? 1 : 0)
  return cents(product < 0 ? -whole : whole)
}

/** `percent(80_00, 300_000)` is 30 % of 80.00: 24.00. */
export const percent = (amount: Cents, rate: Ppm): Cents => scale(amount, rate, 1_000_000)

/** Splits a total by weights so that the parts add up to it: largest remainder first, ties to the earlier part. */
export function allocate(total: Cents, weights: readonly number[]): Cents[] {
  if (weights.some(w => w < 0)) throw new Error('weights must be 0 or more')
  const sum = weights.reduce((a, b) => a + BigInt(b), 0n)
  if (sum === 0n) throw new Error('one weight must be more than 0')
  const sign = total < 0 ? -1 : 1
  const whole = BigInt(Math.abs(total))
  const shares = weights.map((w, index) => {
    const exact = whole * BigInt(w)
    return { index, part: exact / sum, rest: exact % sum }
  })
  let left = whole - shares.reduce((a, s) => a + s.part, 0n)
  const parts = shares.map(s => Number(s.part))
  const byRest = shares.toSorted((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1))
  for (const { index } of byRest) {
    if (left === 0n) break
    parts[index] = parts[index]! + 1
    left -= 1n
  }
  return parts.map(p => cents(sign * p))
}

/**
 * ISO 4217, for the currencies that do not have two digits. A table of our own, because the runtime's data (CLDR) says 0 for
 * HUF, IDR, COP, PKR and others, and changes with its version: a stored integer must never change its meaning.
 */
const otherDigits = new Map<Currency, number>(
  [
    [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'] as const,
    [3, 'BHD IQD JOD KWD LYD OMR TND'] as const,
    [4, 'CLF UYW'] as const,
  ].flatMap(([digits, codes]) => codes.split(' ').map(code => [code, digits] as const)),
)

/** Digits after the point of a currency: USD 2, JPY 0, KWD 3. Source: ISO 4217. */
export const minorDigits = (currency: Currency): number => otherDigits.get(currency) ?? 2

const known = new Set(Intl.supportedValuesOf('currency'))
export const isCurrency = (code: string): boolean => known.has(code)

/** Reads decimal text (`12.5`, `-3`) at `digits` places as an integer; `null` when it is no such number or has more places. */
export function parseDecimal(text: string, digits: number): number | null {
  const match = /^(-?)(\d{1,16})(?:\.(\d+))?$/.exec(text.trim())
  if (!match) return null
  const [, sign, whole, fraction = ''] = match
  if (/[1-9]/.test(fraction.slice(digits))) return null
  const value = Number(`${whole}${fraction.slice(0, digits).padEnd(digits, '0')}`)
  return Number.isSafeInteger(value) ? (sign && value !== 0 ? -value : value) : null
}

/** `12.5` US dollars is 1250 cents; `null` when the text is no amount of that currency. */
export const parseAmount = (text: string, currency: Currency): Cents | null => parseDecimal(text, minorDigits(currency))

/** `12.5` (percent, at most four decimals) is 125_000 parts per million; `null` when it is no such number. */
export const parsePercent = (text: string): Ppm | null => parseDecimal(text, 4)

/** Parts per million as percent text without idle zeros: 125_000 is `12.5`. */
export function percentText(rate: Ppm): string {
  return decimal(rate, 4).replace(/\.?0+$/, '') || '0'
}

/** An integer as decimal text with exactly `digits` places: `decimal(-1250, 2)` is `-12.50`. */
export function decimal(value: number, digits: number): string {
  if (digits === 0) return String(value)
  const text = String(Math.abs(value)).padStart(digits + 1, '0')
  return `${value < 0 ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** Plain decimal text of an amount: `12.50`. For files and explanations, without grouping. */
export const amountText = (amount: Cents, currency: Currency): string => decimal(amount, minorDigits(currency))

const grouped = new Intl.NumberFormat('en')

/** An amount for people: `1,234.50 USD`. */
export function format(amount: Cents, currency: Currency): string {
  const [whole, fraction] = amountText(Math.abs(amount), currency).split('.')
  return `${amount < 0 ? '-' : ''}${grouped.format(BigInt(whole!))}${fraction === undefined ? '' : `.${fraction}`} ${currency}`
}
