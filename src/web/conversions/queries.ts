/** What the page of conversions reads, and the filter that its address says. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Client } from '../../client/client.ts'
import { addDays, type Day, dayOf, firstOfMonth } from '../../core/calendar.ts'
import { api } from '../api.ts'
import type { conversions as readSearch } from '../searches.ts'
import { byCursor, keyOf } from '../shared/reads.ts'
import { useSession } from '../shell/session.tsx'

type Conversions = Client['conversions']
export type Conversion = Awaited<ReturnType<Conversions['list']>>['data'][number]
export type ConversionDetail = Awaited<ReturnType<Conversions['one']>>['data']
export type Totals = NonNullable<Awaited<ReturnType<Conversions['list']>>['meta']['totals']>[number]
export type Decided = Awaited<ReturnType<Conversions['approve']>>['data']
export type Search = ReturnType<typeof readSearch>
export type Query = NonNullable<Parameters<Conversions['list']>[0]['query']>

/** As many of the newest as the stream shows. Source: spec A3.4. */
export const NEWEST = 50
export const REFRESH_MS = 15_000
const DAYS = 30

export const useToday = (): Day => {
  const { me, time_zone } = useSession()
  return dayOf(me.clock.now, time_zone)
}

/** What was chosen, without days and statuses. */
const chosen = ({ q, partner, campaign_id, type }: Search): Query => ({ q, partner, campaign_id: uuidIn(campaign_id), type })
const uuidIn = (text: string | undefined) => (text && /^[0-9a-f-]{36}$/i.test(text) ? text : undefined)

/** The days that the figures and the stream are about: those chosen, else the last 30; an order number is looked for everywhere. */
export function daysOf({ q, from, to, range }: Search, today: Day): { from?: Day | undefined; to?: Day | undefined } {
  if (from || to) return { from, to }
  if (range === 'today') return { from: today, to: today }
  if (range === 'week') return { from: addDays(today, -6), to: today }
  if (range === 'month') return { from: firstOfMonth(today), to: today }
  if (range === 'all' || q) return {}
  return { from: addDays(today, 1 - DAYS), to: today }
}

/** The newest that match, and the totals of all that match whatever their status: figures and stream in one request. */
export const streamQuery = (brand_id: string, search: Search, today: Day, is_paused: boolean) => {
  const query: Query = { ...chosen(search), ...daysOf(search, today), status: search.status, totals: '1', limit: NEWEST }
  return queryOptions({
    queryKey: keyOf(brand_id, 'conversions', 'stream', query),
    queryFn: ({ signal }) => api.conversions.list({ params: { brand_id }, query, signal }),
    refetchInterval: is_paused ? false : REFRESH_MS,
    placeholderData: keepPreviousData,
  })
}

/** What waits for somebody or for its release: whatever its day, unless days were chosen. */
export const queueQuery = (brand_id: string, search: Search, is_paused: boolean) => {
  const { from, to } = search
  const query: Query = { ...chosen(search), from, to, status: 'hold,pending_review', limit: 50 }
  return infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'conversions', 'queue', query),
    queryFn: ({ pageParam, signal }) =>
      api.conversions.list({ params: { brand_id }, query: { ...query, cursor: pageParam }, signal }),
    refetchInterval: is_paused ? false : REFRESH_MS,
    placeholderData: keepPreviousData,
    ...byCursor,
  })
}

export const conversionQuery = (brand_id: string, conversion_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'conversion', conversion_id),
    queryFn: async ({ signal }) => (await api.conversions.one({ params: { brand_id, conversion_id }, signal })).data,
  })

/** The campaigns that one may choose among: the newest hundred. */
export const campaignNamesQuery = (brand_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'campaign-names'),
    queryFn: async ({ signal }) => (await api.campaigns.list({ params: { brand_id }, query: { limit: 100 }, signal })).data,
    staleTime: 60_000,
  })
