/** What the page of payments on account reads and changes. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Client } from '../../client/client.ts'
import { taken } from '../../core/payment.ts'
import { api } from '../api.ts'
import { byCursor, keyOf } from '../shared/reads.ts'

type Listed = Awaited<ReturnType<Client['publisherPayouts']['list']>>
export type OnAccount = Listed['data'][number]
export type Totals = Listed['meta']['totals'][number]
export type Status = OnAccount['status']
export type Filter = { q?: string | undefined; status?: Status | undefined }

/** Rows and the totals of the whole search, in one request. */
export const listQuery = (brand_id: string, filter: Filter) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'on-account', filter),
    queryFn: ({ pageParam, signal }) =>
      api.publisherPayouts.list({ params: { brand_id }, query: { ...filter, cursor: pageParam }, signal }),
    ...byCursor,
    placeholderData: keepPreviousData,
  })

export const oneQuery = (brand_id: string, publisher_payout_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'on-account', 'one', publisher_payout_id),
    queryFn: async ({ signal }) => (await api.publisherPayouts.one({ params: { brand_id, publisher_payout_id }, signal })).data,
  })

/** A partner's balance by currency. */
export const balanceQuery = (brand_id: string, partner_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'balance-of', partner_id),
    queryFn: async ({ signal }) => (await api.payouts.balances({ params: { brand_id }, query: { partner_id }, signal })).data,
  })

export type Choice = { id: string; name: string; alias: string; balances: { currency: string; cents: number }[] | null }

/** Twenty partners that a search finds, with their balances; `null` where the answer is too long to know. */
export const choicesQuery = (brand_id: string, q: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'partner-choices', q),
    queryFn: async ({ signal }) => {
      const search = q === '' ? {} : { q }
      const [partners, balances] = await Promise.all([
        api.partners.list({ params: { brand_id }, query: { ...search, limit: 20 }, signal }),
        api.payouts.balances({ params: { brand_id }, query: { ...search, limit: 100 }, signal }),
      ])
      const is_whole = balances.meta.next_cursor === null
      return partners.data.map(({ id, name, alias }): Choice => {
        const mine = balances.data.filter(row => row.partner_id === id)
        const known = mine.map(({ currency, balance_cents }) => ({ currency, cents: balance_cents }))
        return { id, name, alias, balances: known.length > 0 || is_whole ? known : null }
      })
    },
    placeholderData: keepPreviousData,
  })

/** What the balance is short of, should this be saved; 0 when it is enough. `before` is what the row takes already. */
export function shortBy(balance_cents: number, wish: { status: Status; cents: number }, before?: OnAccount): number {
  const had = before ? taken(before.status, before.requested_amount_cents) : 0
  const more = taken(wish.status, wish.cents) - had
  return more > 0 ? Math.max(0, more - balance_cents) : 0
}
