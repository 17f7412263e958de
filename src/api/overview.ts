/** What waits for a person, and where anything is found. Source: spec D7; the home page and the search over all pages. */
import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { BrandParams, Cents, text } from './shapes.ts'

const B = '/api/brands/{brand_id}'

export const queueNames = [
  'to_review',
  'to_draft',
  'to_approve',
  'to_pay',
  'new_partners',
  'blocked',
  'overpaid',
  'below_minimum',
  'on_hold',
  'rejected_rows',
] as const

const Queue = z.object({
  queue: z.enum(queueNames),
  /** Of conversions, balances, payouts, partners or rows, whatever waits there. */
  count: z.int(),
  amounts: z.array(z.object({ currency: z.string(), amount_cents: Cents })),
  /** Since when the oldest waits; for what is on hold, when the next is released. */
  since: z.string().nullable(),
})

const Work = z.object({
  queues: z.array(Queue),
  next_run: z.object({ on: z.string(), amounts: Queue.shape.amounts }).nullable(),
  /** Whether there is anything here at all: a new brand shows the first steps instead. */
  has: z.object({ partners: z.boolean(), campaigns: z.boolean(), structures: z.boolean(), earnings: z.boolean() }),
})

const Found = z.object({
  kind: z.enum(['partner', 'payout', 'payment', 'conversion', 'campaign', 'structure']),
  id: z.string(),
  title: z.string(),
  detail: z.string(),
})

export const overview = {
  work: endpoint({
    method: 'GET',
    path: `${B}/work`,
    scope: 'read',
    summary: 'What waits for a person, as queues with count, sum and age; the next scheduled run.',
    params: BrandParams,
    data: Work,
  }),
  search: endpoint({
    method: 'GET',
    path: `${B}/search`,
    scope: 'read',
    summary: 'Partners, payouts, payments, conversions, campaigns and structures by name, number, id, external id or amount.',
    params: BrandParams,
    query: z.strictObject({ q: text(200).default('') }),
    data: z.array(Found),
  }),
}
