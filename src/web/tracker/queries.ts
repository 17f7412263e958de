/** What the tracker reads. Everything of a program lives under its own key and is renewed together. */
import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Client } from '../../client/client.ts'
import { ApiFailure } from '../../client/client.ts'
import { api, codeOf, newKey } from '../api.ts'
import { byCursor, keyOf, useRenew } from '../shared/reads.ts'

type Tracker = Client['tracker']
export type Row = Awaited<ReturnType<Tracker['list']>>['data'][number]
export type Totals = Awaited<ReturnType<Tracker['list']>>['meta']['totals'][number]
export type Series = Awaited<ReturnType<Tracker['series']>>['data']
export type Accrual = Awaited<ReturnType<Client['accruals']['list']>>['data'][number]
export type AccrualDetail = Awaited<ReturnType<Client['accruals']['one']>>['data']
export type Payment = Awaited<ReturnType<Client['payments']['one']>>['data']
export type Assigned = Awaited<ReturnType<Tracker['structuresOfPartner']>>['data'][number]
export type Status = Accrual['status']
export type Recording = NonNullable<Parameters<Client['payments']['record']>[0]>['body']

/** What all parts of the page follow, as the API names it. */
export type Filter = {
  q?: string | undefined
  from?: string | undefined
  to?: string | undefined
  status?: Status | undefined
  structure_id?: string | undefined
  partner_id?: string | undefined
}
export type Order = NonNullable<NonNullable<Parameters<Tracker['list']>[0]>['query']>['sort']

export const trackerQuery = (brand_id: string, filter: Filter, sort?: Order) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'tracker', filter, sort ?? ''),
    queryFn: ({ pageParam, signal }) =>
      api.tracker.list({ params: { brand_id }, query: { ...filter, sort, cursor: pageParam }, signal }),
    ...byCursor,
  })

/** The figures of one partner over everything: one row a currency. */
export const partnerQuery = (brand_id: string, partner_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'tracker-of', partner_id),
    queryFn: async ({ signal }) => (await api.tracker.list({ params: { brand_id }, query: { partner_id }, signal })).data,
  })

export const nameQuery = (brand_id: string, partner_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'partner-name', partner_id),
    queryFn: async ({ signal }) => (await api.partners.one({ params: { brand_id, partner_id }, signal })).data,
  })

export const seriesQuery = (brand_id: string, filter: Filter) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'tracker-series', filter),
    queryFn: async ({ signal }) => (await api.tracker.series({ params: { brand_id }, query: filter, signal })).data,
  })

/** The structures of the program, to choose one and to name it. */
export const structuresQuery = (brand_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'structures-named'),
    queryFn: async ({ signal }) => (await api.structures.list({ query: { project_id: brand_id, limit: 100 }, signal })).data,
    staleTime: 60_000,
  })

type AccrualFilter = Omit<Filter, 'q'>

export const accrualsQuery = (brand_id: string, { partner_id: creator_id, ...filter }: AccrualFilter) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'accruals', { creator_id, ...filter }),
    queryFn: ({ pageParam, signal }) =>
      api.accruals.list({ query: { project_id: brand_id, creator_id, ...filter, cursor: pageParam }, signal }),
    ...byCursor,
  })

export const accrualQuery = (brand_id: string, accrual_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'accrual', accrual_id),
    queryFn: async ({ signal }) => (await api.accruals.one({ params: { accrual_id }, signal })).data,
  })

export const paymentsQuery = (brand_id: string, { partner_id: creator_id, from, to }: AccrualFilter) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'payments-of', { creator_id, from, to }),
    queryFn: ({ pageParam, signal }) =>
      api.payments.list({ query: { project_id: brand_id, creator_id, from, to, cursor: pageParam }, signal }),
    ...byCursor,
  })

/** So many lines are read at once: nearly every payment whole, so that its receipt can be printed at once. */
const LINES = 500

export const paymentQuery = (brand_id: string, payment_id: string) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'payment', payment_id),
    queryFn: ({ pageParam, signal }) =>
      api.payments.oneOfBrand({ params: { brand_id, payment_id }, query: { limit: LINES, cursor: pageParam }, signal }),
    ...byCursor,
  })

export const partnerStructuresQuery = (brand_id: string, partner_id: string) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'structures-of', partner_id),
    queryFn: ({ pageParam, signal }) =>
      api.tracker.structuresOfPartner({ params: { brand_id, partner_id }, query: { cursor: pageParam }, signal }),
    ...byCursor,
  })

/** The methods that can be chosen: the active ones. */
export const methodsQuery = queryOptions({
  queryKey: ['payout-methods'],
  queryFn: async ({ signal }) => (await api.methods.list({ signal })).data,
  staleTime: 60_000,
})

/**
 * Records a payment under one idempotency key, made when the form opens and kept until it closes.
 *
 * So a second click is the same payment. After a time-out, too: sent again with something changed, the key is refused
 * rather than paying twice.
 */
export function useRecord(brand_id: string) {
  const [idempotency_key] = useState(newKey)
  const renew = useRenew()
  const record = useMutation({
    mutationFn: (body: Omit<Recording, 'project_id'>) =>
      api.payments.record({ body: { project_id: brand_id, ...body }, idempotency_key }),
    // an answer that was lost leaves the form as it was, so that it can be sent again as it was
    onSettled: (_done, error) => (codeOf(error) === 'unavailable' ? undefined : renew()),
  })
  return { record, faultOf: (path: string) => faultOf(record.error, path) }
}

/** What the server found wrong with one field of what was sent. */
export function faultOf(error: unknown, path: string): string | undefined {
  const errors = error instanceof ApiFailure ? (error.meta.errors as { path?: string; message: string }[] | undefined) : undefined
  return errors?.find(each => each.path === path)?.message
}
