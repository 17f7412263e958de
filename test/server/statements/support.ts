/** A till with documents: what the tests of statements and invoices say again and again. */
import { expect } from 'vitest'
import type { Answered } from '../../support/world.ts'
import { till } from '../payments/support.ts'
import type { Shop } from '../payouts/support.ts'

export type Named = { id: string }

/** A file as it is downloaded. */
export async function download(shop: Shop, path: string) {
  const { address, headers } = { address: shop.path(path), headers: { authorization: `Bearer ${shop.w.key}` } }
  const answer = await shop.w.server.inject({ method: 'GET', url: address, headers })
  return {
    ...{ status: answer.statusCode, bytes: answer.rawPayload, text: answer.payload },
    ...{ type: answer.headers['content-type'], name: answer.headers['content-disposition'] },
  }
}

export function desk(shop: Shop) {
  return {
    ...till(shop),
    month: (who: Named, month?: string): Promise<Answered> =>
      shop.send('GET', `/partners/${who.id}/statement${month ? `?month=${month}` : ''}`),
    /** The account in US dollars, as `[opening, earned, adjusted, paid, closing]`. */
    async sums(who: Named, month?: string, currency = 'USD') {
      const { currencies } = await shop.must(shop.send('GET', `/partners/${who.id}/statement${month ? `?month=${month}` : ''}`))
      const account = currencies.find((each: { currency: string }) => each.currency === currency)
      if (!account) return [0, 0, 0, 0, 0]
      const { opening_cents, earned_cents, adjusted_cents, paid_cents, closing_cents } = account
      expect(opening_cents + earned_cents + adjusted_cents - paid_cents).toBe(closing_cents)
      return [opening_cents, earned_cents, adjusted_cents, paid_cents, closing_cents]
    },
    /** `[day, kind, text, cents]` of each entry. */
    async entries(who: Named, month?: string) {
      const { currencies } = await shop.must(shop.send('GET', `/partners/${who.id}/statement${month ? `?month=${month}` : ''}`))
      type Entry = { on: string; kind: string; text: string; amount_cents: number }
      return currencies.flatMap((c: { entries: Entry[] }) => c.entries.map(e => [e.on, e.kind, e.text, e.amount_cents]))
    },
  }
}
