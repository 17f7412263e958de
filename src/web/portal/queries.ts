/** What the portal's pages read and write: always of the one partner that is looked at. */
import { infiniteQueryOptions, queryOptions, useQueryClient } from '@tanstack/react-query'
import type { Client } from '../../client/client.ts'
import { api } from '../api.ts'
import { byCursor, useKeyed } from '../shared/reads.ts'
import { usePortal, type Who } from './session.tsx'

type Data<Verb extends keyof Client['portal']> = Awaited<ReturnType<Client['portal'][Verb]>>['data']
export type Balance = NonNullable<Data<'home'>['balances']>[number]
export type Home = Data<'home'>
export type Stats = Data<'stats'>
export type Campaign = Data<'campaigns'>[number]
export type MonthStatement = Data<'month'>
export type Report = Awaited<ReturnType<Client['portal']['report']>>
export type HistoryRow = NonNullable<Data<'payments'>['history']>[number]
export type PaymentSettings = Data<'paymentSettings'>['settings']
export type MethodChoice = Data<'paymentSettings'>['methods'][number]
export type Conversion = Data<'conversions'>[number]
export type Postback = Data<'postback'>
export type TestResult = Data<'testPostback'>

const keyOf = (who: Who, ...rest: unknown[]) => ['portal', who, ...rest]

export const homeQuery = (who: Who) =>
  queryOptions({
    queryKey: keyOf(who, 'home'),
    queryFn: async ({ signal }) => (await api.portal.home({ query: who, signal })).data,
  })

export const statsQuery = (who: Who) =>
  queryOptions({
    queryKey: keyOf(who, 'stats'),
    queryFn: async ({ signal }) => (await api.portal.stats({ query: who, signal })).data,
  })

export const campaignsQuery = (who: Who, q?: string) =>
  infiniteQueryOptions({
    queryKey: keyOf(who, 'campaigns', q),
    queryFn: ({ signal, pageParam: cursor }) =>
      api.portal.campaigns({ query: { ...who, ...(q && { q }), ...(cursor && { cursor }) }, signal }),
    ...byCursor,
  })

export type ReportFilter = { from?: string; to?: string; by?: 'day' | 'campaign' }

export const reportQuery = (who: Who, filter: ReportFilter) =>
  queryOptions({
    queryKey: keyOf(who, 'report', filter),
    queryFn: ({ signal }) => api.portal.report({ query: { ...who, ...filter }, signal }),
  })

export const paymentsQuery = (who: Who) =>
  infiniteQueryOptions({
    queryKey: keyOf(who, 'payments'),
    queryFn: ({ signal, pageParam: cursor }) => api.portal.payments({ query: { ...who, ...(cursor && { cursor }) }, signal }),
    ...byCursor,
  })

export const monthQuery = (who: Who, month?: string) =>
  queryOptions({
    queryKey: keyOf(who, 'month', month),
    queryFn: async ({ signal }) => (await api.portal.month({ query: { ...who, ...(month && { month }) }, signal })).data,
  })

export const paymentSettingsQuery = (who: Who) =>
  queryOptions({
    queryKey: keyOf(who, 'payment-settings'),
    queryFn: async ({ signal }) => (await api.portal.paymentSettings({ query: who, signal })).data,
  })

export type ConversionFilter = { type?: string; campaign_id?: string; from?: string; to?: string }

export const conversionsQuery = (who: Who, filter: ConversionFilter) =>
  infiniteQueryOptions({
    queryKey: keyOf(who, 'conversions', filter),
    queryFn: ({ signal, pageParam: cursor }) =>
      api.portal.conversions({ query: { ...who, ...filter, ...(cursor && { cursor }) }, signal }),
    ...byCursor,
  })

export const postbackQuery = (who: Who) =>
  queryOptions({
    queryKey: keyOf(who, 'postback'),
    queryFn: async ({ signal }) => (await api.portal.postback({ query: who, signal })).data,
  })

/** A change by the partner; whether it worked or not, what its pages show is read again. */
export function usePortalWrite<Input, Result>(act: (input: Input, idempotency_key: string) => Promise<Result>) {
  const queries = useQueryClient()
  const { who } = usePortal()
  return useKeyed(act, () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: keyOf(who) }),
      queries.invalidateQueries({ queryKey: ['portal-me', who] }),
    ]),
  )
}
