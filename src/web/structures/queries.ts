/** What the pages of structures read and change. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Client } from '../../client/client.ts'
import type { CriteriaType } from '../../core/rules/index.ts'
import { api } from '../api.ts'
import { byCursor, keyOf } from '../shared/reads.ts'

type Structures = Client['structures']
export type Structure = Awaited<ReturnType<Structures['list']>>['data'][number]
export type StructureDetail = Awaited<ReturnType<Structures['one']>>['data']
export type StructureVersion = StructureDetail['versions'][number]
export type Assignment = Awaited<ReturnType<Structures['assignments']>>['data'][number]

export type Filter = { q?: string | undefined; status?: 'active' | 'archived' | undefined; type?: CriteriaType | undefined }

export const structuresQuery = (program_id: string, { q, status, type }: Filter) =>
  infiniteQueryOptions({
    queryKey: keyOf(program_id, 'structures', q ?? '', status ?? 'all', type ?? 'all'),
    queryFn: ({ pageParam, signal }) =>
      api.structures.list({
        query: {
          ...{ project_id: program_id, cursor: pageParam, q, criteria_type: type },
          ...(status && { is_active: status === 'active' ? ('true' as const) : ('false' as const) }),
        },
        signal,
      }),
    ...byCursor,
  })

export const structureQuery = (program_id: string, structure_id: string) =>
  queryOptions({
    queryKey: keyOf(program_id, 'structure', structure_id),
    queryFn: async ({ signal }) => (await api.structures.one({ params: { structure_id }, signal })).data,
  })

export const totalsQuery = (program_id: string, structure_id: string) =>
  queryOptions({
    queryKey: keyOf(program_id, 'structure', structure_id, 'totals'),
    queryFn: async ({ signal }) => (await api.structures.totals({ params: { structure_id }, signal })).data,
  })

export const assignmentsQuery = (program_id: string, structure_id: string, with_former: boolean) =>
  infiniteQueryOptions({
    queryKey: keyOf(program_id, 'structure', structure_id, 'assignments', with_former),
    queryFn: ({ pageParam, signal }) =>
      api.structures.assignments({
        params: { structure_id },
        query: { cursor: pageParam, ...(with_former && { include_inactive: '1' as const }) },
        signal,
      }),
    ...byCursor,
  })

/** Partners by a part of their name, to put on a structure. */
export const candidatesQuery = (program_id: string, q: string) =>
  queryOptions({
    queryKey: keyOf(program_id, 'candidates', q),
    queryFn: async ({ signal }) =>
      (await api.partners.list({ params: { brand_id: program_id }, query: { limit: 20, ...(q && { q }) }, signal })).data,
  })
