/** Decimal numbers as foreign files write them: exact text, exact products, rounded once. Source: spec 0.3, G2. */

export type DecimalMark = '.' | ','

/**
 * The exact decimal text of a number as a file writes it; `null` when it is none.
 *
 *   decimalText('1.234,50', ',')   // '1234.50': the other mark may group thousands, and only those
 */
export function decimalText(text: string, mark: DecimalMark): string | null {
  const group = mark === ',' ? '.' : ','
  const [whole = '', ...rest] = text.trim().split(mark)
  if (rest.length > 1) return null
  if (whole.includes(group) && !new RegExp(`^[-+]?\\d{1,3}(\\${group}\\d{3})+$`).test(whole)) return null
  const digits = whole.replaceAll(group, '')
  const plain = `${digits}${rest.length === 1 ? `.${rest[0]}` : ''}`.replace(/^\+/, '').replace(/^(-?)\./, '$10.')
  return /^-?\d+(\.\d+)?$/.test(plain) ? plain : null
}

/** The exact product of two decimal texts, as decimal text. */
export function multiply(left: string, right: string): string {
  const [a, b] = [digitsOf(left), digitsOf(right)]
  const places = a.places + b.places
  const product = a.value * b.value
  const text = (product < 0n ? -product : product).toString().padStart(places + 1, '0')
  const sign = product < 0n ? '-' : ''
  return places === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -places)}.${text.slice(-places)}`
}

/** Decimal text as minor units, rounded once, half away from zero; `null` beyond the safe integers. */
export function roundToMinor(text: string, digits: number): number | null {
  const { value, places } = digitsOf(text)
  if (places <= digits) return safe(value * 10n ** BigInt(digits - places))
  const divisor = 10n ** BigInt(places - digits)
  const magnitude = value < 0n ? -value : value
  const rounded = (magnitude * 2n + divisor) / (divisor * 2n)
  return safe(value < 0n ? -rounded : rounded)
}

function digitsOf(text: string): { value: bigint; places: number } {
  const places = text.split('.')[1]?.length ?? 0
  return { value: BigInt(text.replace('.', '')), places }
}

const safe = (value: bigint): number | null => (Number.isSafeInteger(Number(value)) ? Number(value) : null)
