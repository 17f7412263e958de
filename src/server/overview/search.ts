/** Finds anything of a program by what people know of it: a name, a number, an id, an order, an amount. */
import type { In, Out } from '../../api/endpoint.ts'
import type { overview } from '../../api/overview.ts'
import { isId } from '../../core/ids.ts'
import { format, parseAmount } from '../../core/money.ts'
import type { Ctx } from '../context.ts'
import * as sql from './search.sql.ts'

export async function search(ctx: Ctx, { query }: In<typeof overview.search>): Promise<Out<typeof overview.search>> {
  const text = query.q.trim()
  if (text === '') return []
  const amount = text.replace(/,/g, '')
  const found = await sql.search(ctx, {
    text,
    id: isId(text) ? text : null,
    number: /^\d{1,15}$/.test(text) ? Number(text) : null,
    // a whole number is more likely a number than an amount, unless it is written as one
    cents: /^\d{1,12}\.\d+$/.test(amount) ? parseAmount(amount, ctx.program.currency) : null,
  })
  return found.map(row => ({ ...row, detail: words(row.detail) }))
}

/** `paid 1200 USD` as people read it: `paid 12.00 USD`. */
const words = (detail: string): string =>
  detail.replace(
    /^(.*) (-?\d+) ([A-Z]{3})$/,
    (_, what: string, cents: string, currency: string) => `${what} ${format(Number(cents), currency)}`,
  )
