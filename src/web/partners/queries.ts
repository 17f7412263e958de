/** What the pages of partners read and change. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Client } from '../../client/client.ts'
import { api } from '../api.ts'
import { byCursor, keyOf, useWrite } from '../shared/reads.ts'

type Api = Client['partners']
export type Partner = Awaited<ReturnType<Api['one']>>['data']
export type Listed = Awaited<ReturnType<Api['overview']>>['data'][number]
export type PartnerStatus = Partner['status']
export type Earning = Awaited<ReturnType<Api['earnings']>>['data'][number]
export type Activity = Awaited<ReturnType<Api['activity']>>['data'][number]
export type Terms = Awaited<ReturnType<Api['terms']>>['data']
export type NewPartner = Parameters<Api['create']>[0]['body']
export type PartnerChange = Parameters<Api['change']>[0]['body']
type ListQuery = NonNullable<Parameters<Api['overview']>[0]['query']>
type EarningQuery = NonNullable<Parameters<Api['earnings']>[0]['query']>

export const listQuery = (brand_id: string, filter: ListQuery) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'partners', filter),
    queryFn: ({ pageParam, signal }) =>
      api.partners.overview({ params: { brand_id }, query: { ...filter, cursor: pageParam }, signal }),
    placeholderData: before => before,
    ...byCursor,
  })

export const partnerQuery = (brand_id: string, partner_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'partner', partner_id),
    queryFn: async ({ signal }) => (await api.partners.one({ params: { brand_id, partner_id }, signal })).data,
  })

/** What a partner is owed and was paid, one row a currency. */
export const figuresQuery = (brand_id: string, partner_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'balances', 'of', partner_id),
    queryFn: async ({ signal }) =>
      (await api.payouts.balances({ params: { brand_id }, query: { partner_id, limit: 100 }, signal })).data,
  })

export const earningsQuery = (brand_id: string, partner_id: string, filter: EarningQuery) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'partner', partner_id, 'earnings', filter),
    queryFn: ({ pageParam, signal }) =>
      api.partners.earnings({ params: { brand_id, partner_id }, query: { ...filter, cursor: pageParam }, signal }),
    placeholderData: before => before,
    ...byCursor,
  })

export const payoutsQuery = (brand_id: string, partner_id: string) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'payouts', 'of', partner_id),
    queryFn: async ({ pageParam, signal }) => {
      const page = await api.payouts.list({ params: { brand_id }, query: { partner_id, cursor: pageParam }, signal })
      return { ...page, data: page.data.filter(row => row.kind === 'payout') }
    },
    ...byCursor,
  })

export const termsQuery = (brand_id: string, partner_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'partner', partner_id, 'terms'),
    queryFn: async ({ signal }) => (await api.partners.terms({ params: { brand_id, partner_id }, signal })).data,
  })

export const activityQuery = (brand_id: string, partner_id: string) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'partner', partner_id, 'activity'),
    queryFn: ({ pageParam, signal }) =>
      api.partners.activity({ params: { brand_id, partner_id }, query: { cursor: pageParam }, signal }),
    ...byCursor,
  })

/** Gives partners a status; one or many are the same. */
export const useStatus = (brand_id: string) =>
  useWrite((body: { ids: string[]; status: PartnerStatus }, idempotency_key) =>
    api.partners.changeStatus({ params: { brand_id }, body, idempotency_key }),
  )
