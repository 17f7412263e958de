/**
 * What examples/online-retail.csv comes to, worked out anew from the file: plain text and whole numbers, nothing of src/.
 *
 * The terms of the story: 10 % of the revenue; from Germany and France 12.5; the lantern 71053 as a Purchase 20; all that
 * reseller 14911 sells 15. In this order: the product, the reseller, the country, the rest.
 */
import fs from 'node:fs'

type Sale = { reseller: string; product: string; pence: number; left: number; commission: number; taken: number; at: string }

/** 1/12/2010 08:26 as text that sorts by time. */
const sortable = (date: string) =>
  date.replace(/(\d+)\/(\d+)\/(\d+) (.+)/, (_, d, m, y, t) => `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')} ${t}`)
const pence = (price: string) => {
  const [pounds, rest = ''] = price.split(',')
  return Number(`${pounds}${rest.padEnd(2, '0')}`)
}
const rounded = (n: number, of: number) => Math.floor((2 * n + of) / (2 * of))

function thousandths(reseller: string, product: string, country: string): number {
  if (product === '71053') return 200
  if (reseller === '14911') return 150
  return country === 'Germany' || country === 'France' ? 125 : 100
}

export type Recomputed = { sales: number; reversed: number; rejected: Record<string, number>; pence: Map<string, number> }

export function recompute(file: string): Recomputed {
  const sales: Sale[] = []
  const rejected = { 'partner is empty': 0, no_conversion_to_reverse: 0 }
  let reversed = 0
  for (const line of fs.readFileSync(file, 'utf8').trim().split('\n').slice(1)) {
    const [invoice = '', product = '', , quantity = '', date = '', price = '', reseller = '', country = ''] = cellsOf(line)
    const amount = Number(quantity) * pence(price)
    if (reseller === '') rejected['partner is empty']++
    else if (!invoice.startsWith('C')) {
      const commission = rounded(amount * thousandths(reseller, product, country), 1000)
      sales.push({ reseller, product, pence: amount, left: amount, commission, taken: 0, at: sortable(date) })
    } else if (takeBack(sales, reseller, product, sortable(date), -amount)) reversed++
    else rejected.no_conversion_to_reverse++
  }
  return { sales: sales.length, reversed, rejected, pence: totals(sales) }
}

/** A cell in quotes may hold a semicolon. */
const cellsOf = (line: string) => [...line.matchAll(/(?:^|;)(?:"((?:[^"]|"")*)"|([^;]*))/g)].map(m => m[1] ?? m[2] ?? '')

function takeBack(sales: Sale[], reseller: string, product: string, before: string, amount: number): boolean {
  const fits = sales.filter(s => s.reseller === reseller && s.product === product && s.at <= before && s.left >= amount)
  const newest = fits.reduce<Sale | undefined>((best, s) => (best && best.at > s.at ? best : s), undefined)
  if (!newest) return false
  newest.left -= amount
  newest.taken = rounded(newest.commission * (newest.pence - newest.left), newest.pence)
  return true
}

function totals(sales: Sale[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { reseller, commission, taken } of sales) sums.set(reseller, (sums.get(reseller) ?? 0) + commission - taken)
  return sums
}
