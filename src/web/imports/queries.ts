/** What the pages of imports read and change. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Client } from '../../client/client.ts'
import { api } from '../api.ts'
import { byCursor, keyOf, useWrite } from '../shared/reads.ts'

type Api = Client['imports']
export type Import = Awaited<ReturnType<Api['one']>>['data']
export type Task = NonNullable<Import['task']>
export type Result = NonNullable<Task['result']>
export type Preview = Awaited<ReturnType<Api['preview']>>['data']
export type Kind = Import['kind']
/** How a file is to be read: what its rows are, of which campaign, and the mapping as the server takes it. */
export type Reading = { kind: Kind; campaign_id: string | undefined; mapping: Record<string, never> }

const POLL = 700

export const listQuery = (brand_id: string) =>
  infiniteQueryOptions({
    queryKey: keyOf(brand_id, 'imports'),
    queryFn: ({ pageParam, signal }) => api.imports.list({ params: { brand_id }, query: { cursor: pageParam }, signal }),
    ...byCursor,
  })

/** One import; read again and again while somebody works on it. */
export const importQuery = (brand_id: string, import_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'import', import_id),
    queryFn: async ({ signal }) => (await api.imports.one({ params: { brand_id, import_id }, signal })).data,
    refetchInterval: query => (query.state.data?.task?.state === 'running' ? POLL : false),
    staleTime: 0,
  })

/** The first rows of a file, read as it is said; without a reading, as they stand. */
export const previewQuery = (brand_id: string, import_id: string, reading: Reading | null) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'import', import_id, 'preview', reading),
    queryFn: async ({ signal }) =>
      (await api.imports.preview({ params: { brand_id, import_id }, body: reading ?? {}, signal })).data,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })

export const campaignsQuery = (brand_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'import-campaigns'),
    queryFn: async ({ signal }) => (await api.campaigns.list({ params: { brand_id }, query: { limit: 100 }, signal })).data,
  })

export const useUpload = (brand_id: string) =>
  useWrite(({ file, file_name }: { file: Blob; file_name: string }) =>
    api.imports.upload({ params: { brand_id }, query: { file_name }, body: { media_type: 'text/csv', bytes: file } }),
  )

export const useRun = (brand_id: string, import_id: string) =>
  useWrite((body: Reading & { dry_run: boolean }, idempotency_key) =>
    api.imports.run({ params: { brand_id, import_id }, body, idempotency_key }),
  )

export const useUndo = (brand_id: string, import_id: string) =>
  useWrite((body: { dry_run: boolean }, idempotency_key) =>
    api.imports.undo({ params: { brand_id, import_id }, body, idempotency_key }),
  )
