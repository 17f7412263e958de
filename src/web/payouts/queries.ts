/** What the payouts page reads and changes. Everything of a brand lives under its own key and is renewed together. */
import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query'
import type { Client } from '../../client/client.ts'
import { api } from '../api.ts'
import { byCursor, keyOf, useRenew } from '../shared/reads.ts'

type Payouts = Client['payouts']
type BalancesQuery = NonNullable<Parameters<Payouts['balances']>[0]['query']>
type ListQuery = NonNullable<Parameters<Payouts['list']>[0]['query']>
export type Balance = Awaited<ReturnType<Payouts['balances']>>['data'][number]
export type Totals = Awaited<ReturnType<Payouts['balances']>>['meta']['totals'][number]
export type Payout = Extract<Awaited<ReturnType<Payouts['list']>>['data'][number], { kind: 'payout' }>
export type ListTotal = NonNullable<Awaited<ReturnType<Payouts['list']>>['meta']['totals']>[number]
export type PayoutDetail = Awaited<ReturnType<Payouts['one']>>['data']
export type Line = PayoutDetail['lines'][number]
export type Run = Awaited<ReturnType<Payouts['create']>>['data']
export type Plan = NonNullable<Run['plan']>
export type Change = NonNullable<Parameters<Payouts['change']>[0]>['body']
export type Settings = Awaited<ReturnType<Client['organizations']['payoutSettings']>>['data']

export type BalancesFilter = Pick<BalancesQuery, 'q' | 'currency' | 'only' | 'sort'>
export type HistoryFilter = Pick<ListQuery, 'q' | 'currency' | 'status' | 'from' | 'to' | 'date' | 'sort'>

/** Balances and the totals of the whole filter: the table, its footer and the strip in one request. */
export const balancesQuery = (brand_id: string, filter: BalancesFilter) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'balances', filter),
    queryFn: ({ pageParam, signal }) =>
      api.payouts.balances({ params: { brand_id }, query: { ...filter, cursor: pageParam }, signal }),
    ...byCursor,
  })

/** Payouts, and with the first page what the whole filter comes to. */
export const historyQuery = (brand_id: string, filter: HistoryFilter) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'payouts', filter),
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filter, cursor: pageParam, ...(pageParam === undefined && { totals: '1' as const }) }
      const page = await api.payouts.list({ params: { brand_id }, query, signal })
      return { ...page, data: page.data.filter(row => row.kind === 'payout') }
    },
    ...byCursor,
  })

/** What a run would draft, and whom it leaves out and why; nothing is written. */
export const planQuery = (brand_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'plan'),
    queryFn: async ({ signal }) => {
      const { data } = await api.payouts.create({ params: { brand_id }, body: { dry_run: true }, signal })
      return data.plan as Plan
    },
    staleTime: 0,
  })

/** One payout, its lines page by page. */
export const payoutQuery = (brand_id: string, payout_id: string) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'payout', payout_id),
    queryFn: ({ pageParam, signal }) =>
      api.payouts.one({ params: { brand_id, payout_id }, query: { cursor: pageParam }, signal }),
    ...byCursor,
  })

export const settingsQuery = (brand_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'settings'),
    queryFn: async ({ signal }) => (await api.organizations.payoutSettings({ params: { brand_id }, signal })).data,
    staleTime: 60_000,
  })

export const methodsQuery = queryOptions({
  queryKey: ['payout-methods'],
  queryFn: async ({ signal }) => (await api.methods.list({ signal })).data,
  staleTime: 60_000,
})

type Draft = NonNullable<Parameters<Payouts['create']>[0]['body']> & { idempotency_key: string }

/** Drafts payouts: of one partner, of several, or of everybody with a balance. */
export function useDraft(brand_id: string) {
  const onSettled = useRenew()
  return useMutation({
    mutationFn: ({ idempotency_key, ...body }: Draft) => api.payouts.create({ params: { brand_id }, body, idempotency_key }),
    onSettled,
  })
}

/** Approves, pays, cancels or edits. A refusal renews what is shown as well: somebody else was faster. */
export function useChange(brand_id: string, payout_id: string) {
  const onSettled = useRenew()
  return useMutation({
    mutationFn: ({ body, idempotency_key }: { body: Change; idempotency_key: string }) =>
      api.payouts.change({ params: { brand_id, payout_id }, body, idempotency_key }),
    onSettled,
  })
}
