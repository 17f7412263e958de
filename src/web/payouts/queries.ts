/** What the payouts page reads and changes. Everything of a brand lives under its own key and is renewed together. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { Answer, Client } from '../../client/client.ts'
import { api } from '../api.ts'
import type { Status } from '../searches.ts'

type Payouts = Client['payouts']
export type Balance = Awaited<ReturnType<Payouts['balances']>>['data'][number]
export type Totals = Awaited<ReturnType<Payouts['balances']>>['meta']['totals'][number]
export type Payout = Extract<Awaited<ReturnType<Payouts['list']>>['data'][number], { kind: 'payout' }>
export type PayoutDetail = Awaited<ReturnType<Payouts['one']>>['data']
export type Run = Awaited<ReturnType<Payouts['create']>>['data']
export type Change = NonNullable<Parameters<Payouts['change']>[0]>['body']
export type Settings = Awaited<ReturnType<Client['organizations']['payoutSettings']>>['data']

const keyOf = (brand_id: string, ...rest: unknown[]) => ['brand', brand_id, ...rest]
const byCursor = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: Pick<Answer<never>, never> & { meta: { next_cursor: string | null } }) =>
    last.meta.next_cursor ?? undefined,
}

/** Balances, the largest first, and the totals of the whole brand: the table and the strip in one request. */
export const balancesQuery = (brand_id: string) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'balances'),
    queryFn: ({ pageParam, signal }) => api.payouts.balances({ params: { brand_id }, query: { cursor: pageParam }, signal }),
    ...byCursor,
  })

/** Who would be in a run: up to 100 partners that are owed something. */
export const runnableQuery = (brand_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'runnable'),
    queryFn: ({ signal }) => api.payouts.balances({ params: { brand_id }, query: { owed: '1', limit: 100 }, signal }),
    staleTime: 0,
  })

export const historyQuery = (brand_id: string, status: Status | undefined) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'payouts', status ?? 'all'),
    queryFn: async ({ pageParam, signal }) => {
      const page = await api.payouts.list({ params: { brand_id }, query: { status, cursor: pageParam }, signal })
      return { ...page, data: page.data.filter(row => row.kind === 'payout') }
    },
    ...byCursor,
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

function useRenew(brand_id: string) {
  const queries = useQueryClient()
  return () => queries.invalidateQueries({ queryKey: keyOf(brand_id) })
}

/** Drafts payouts: of one partner, or of everybody with a balance. */
export function useDraft(brand_id: string) {
  const onSettled = useRenew(brand_id)
  return useMutation({
    mutationFn: (call: { partner_id?: string; currency?: string; idempotency_key: string }) => {
      const { idempotency_key, ...body } = call
      return api.payouts.create({ params: { brand_id }, body, idempotency_key })
    },
    onSettled,
  })
}

/** Approves, pays or cancels. A refusal renews what is shown as well: somebody else was faster. */
export function useChange(brand_id: string, payout_id: string) {
  const onSettled = useRenew(brand_id)
  return useMutation({
    mutationFn: ({ body, idempotency_key }: { body: Change; idempotency_key: string }) =>
      api.payouts.change({ params: { brand_id, payout_id }, body, idempotency_key }),
    onSettled,
  })
}
