/** What the settings read and change. What all brands share is kept with the open one, so that a change renews it too. */
import { infiniteQueryOptions, queryOptions, useQueryClient } from '@tanstack/react-query'
import type { Client } from '../../client/client.ts'
import { api } from '../api.ts'
import { byCursor, keyOf, useWrite } from '../shared/reads.ts'

export type Method = Awaited<ReturnType<Client['methods']['list']>>['data'][number]
export type ApiKey = Awaited<ReturnType<Client['keys']['list']>>['data'][number]
export type NewKey = Awaited<ReturnType<Client['keys']['create']>>['data']
export type Organization = Awaited<ReturnType<Client['organizations']['one']>>['data']
export type PayoutSettings = Awaited<ReturnType<Client['organizations']['payoutSettings']>>['data']
export type Effect = Awaited<ReturnType<Client['payouts']['settingsEffect']>>['data']

/** All methods for an admin, the active ones for everybody else. */
export const methodsQuery = (program_id: string, with_disabled: boolean) =>
  queryOptions({
    queryKey: keyOf(program_id, 'methods', with_disabled),
    queryFn: async ({ signal }) =>
      (await api.methods.list({ query: with_disabled ? { include_disabled: '1' } : {}, signal })).data,
  })

export const organizationQuery = (program_id: string) =>
  queryOptions({
    queryKey: keyOf(program_id, 'organization'),
    queryFn: async ({ signal }) => (await api.organizations.one({ signal })).data,
  })

export const keysQuery = (program_id: string, with_ended: boolean) =>
  infiniteQueryOptions({
    queryKey: keyOf(program_id, 'keys', with_ended),
    queryFn: ({ pageParam, signal }) =>
      api.keys.list({ query: { cursor: pageParam, ...(with_ended && { include_ended: '1' as const }) }, signal }),
    ...byCursor,
  })

export const payoutSettingsQuery = (brand_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'settings'),
    queryFn: async ({ signal }) => (await api.organizations.payoutSettings({ params: { brand_id }, signal })).data,
  })

export const effectQuery = (brand_id: string, query: { hold_days?: number; minimum_threshold_cents?: number }) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'settings', 'effect', query.hold_days ?? null, query.minimum_threshold_cents ?? null),
    queryFn: async ({ signal }) => (await api.payouts.settingsEffect({ params: { brand_id }, query, signal })).data,
  })

export const typesQuery = (brand_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'conversion-types'),
    queryFn: async ({ signal }) => (await api.organizations.conversionTypes({ params: { brand_id }, signal })).data.types,
  })

/** A change of methods, which the forms that offer them remember apart. */
export function useMethodWrite<Input, Result>(act: (input: Input, idempotency_key: string) => Promise<Result>) {
  const queries = useQueryClient()
  return useWrite(async (input: Input, idempotency_key: string) => {
    const result = await act(input, idempotency_key)
    void queries.invalidateQueries({ queryKey: ['payout-methods'] })
    return result
  })
}

/** A change of what the session shows as well: the organization's name, zone and plan, its programs. */
export function useSessionWrite<Input, Result>(act: (input: Input, idempotency_key: string) => Promise<Result>) {
  const queries = useQueryClient()
  return useWrite(async (input: Input, idempotency_key: string) => {
    const result = await act(input, idempotency_key)
    await queries.invalidateQueries({ queryKey: ['me'] })
    return result
  })
}
