/** What the pages of campaigns read. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Client } from '../../client/client.ts'
import type { TableKey } from '../../core/custom-payout.ts'
import { api } from '../api.ts'
import { byCursor, keyOf } from '../shared/reads.ts'

type Campaigns = Client['campaigns']
export type Campaign = Awaited<ReturnType<Campaigns['one']>>['data']
export type CampaignRow = Awaited<ReturnType<Campaigns['list']>>['data'][number]
export type Version = Awaited<ReturnType<Campaigns['versions']>>['data'][number]
export type Tested = Awaited<ReturnType<Campaigns['testCustomPayouts']>>['data']
export type TestBody = NonNullable<Parameters<Campaigns['testCustomPayouts']>[0]['body']>
export type Tables = Partial<Record<TableKey, string>>

export const campaignsQuery = (brand_id: string, q: string | undefined) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'campaigns', q ?? ''),
    queryFn: ({ pageParam, signal }) =>
      api.campaigns.list({ params: { brand_id }, query: { q, counts: '1', cursor: pageParam }, signal }),
    ...byCursor,
  })

export const campaignQuery = (brand_id: string, campaign_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'campaign', campaign_id),
    queryFn: async ({ signal }) => (await api.campaigns.one({ params: { brand_id, campaign_id }, signal })).data,
  })

export const tablesQuery = (brand_id: string, campaign_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'campaign', campaign_id, 'tables'),
    queryFn: async ({ signal }) => (await api.campaigns.customPayouts({ params: { brand_id, campaign_id }, signal })).data,
  })

export const versionsQuery = (brand_id: string, campaign_id: string) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'campaign', campaign_id, 'versions'),
    queryFn: ({ pageParam, signal }) =>
      api.campaigns.versions({ params: { brand_id, campaign_id }, query: { limit: 20, cursor: pageParam }, signal }),
    ...byCursor,
  })
