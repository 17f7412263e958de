import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { BrandParams, Cents, Uuid } from './shapes.ts'

const Related = z.object({
  earning_id: z.string(),
  kind: z.string(),
  amount_cents: Cents,
  because: z.string(),
  recorded_at: z.string(),
})

/** What an earning was made from and where its money is; made for people, so most of it is sentences. */
export const Explanation = z.object({
  earning_id: z.string(),
  brand_id: z.string(),
  kind: z.enum(['commission', 'accrual', 'bonus', 'clawback', 'reversal', 'advance']),
  partner: z.object({ id: z.string(), name: z.string() }),
  amount_cents: Cents,
  currency: z.string(),
  because: z.string(),
  earned_on: z.string(),
  recorded_at: z.string(),
  steps: z.array(
    z.object({
      key: z.enum(['event', 'rule', 'rate', 'rounding', 'days', 'hold']),
      text: z.string(),
      at: z.string().nullable(),
      facts: z.array(z.object({ name: z.string(), text: z.string().nullable(), at: z.string().nullable() })),
    }),
  ),
  lost: z
    .array(z.object({ rule: z.string(), why: z.string() }))
    .meta({ description: 'The rules that did not decide, those that matched first; at most 100.' }),
  recomputed: z
    .object({ amount_cents: Cents, agrees: z.boolean() })
    .nullable()
    .meta({ description: 'The amount priced again from what is stored; null for what no rule priced.' }),
  reverses: Related.nullable(),
  reversed_by: z.array(Related),
  money: z.object({
    status: z.enum(['on_hold', 'unpaid', 'in_payout', 'paid']),
    tab: z.object({ id: z.string(), stream: z.string(), is_open: z.boolean(), held_until: z.string().nullable() }),
    payout: z.object({ id: z.string(), number: z.int(), status: z.string() }).nullable(),
    payment: z
      .object({
        id: z.string(),
        origin: z.string(),
        paid_at: z.string(),
        method_name: z.string().nullable(),
        reference: z.string().nullable(),
      })
      .nullable(),
  }),
  event: z
    .object({ kind: z.enum(['conversion', 'accrual', 'payment']), id: z.string(), data: z.record(z.string(), z.json()) })
    .nullable()
    .meta({ description: 'The raw fact that it began with.' }),
})

export const earnings = {
  explanation: endpoint({
    method: 'GET',
    path: '/api/brands/{brand_id}/earnings/{earning_id}/explanation',
    scope: 'read',
    summary: 'Explain one earning: the sentence, the steps, the rules that lost, the amount priced again, where the money is.',
    params: BrandParams.extend({ earning_id: Uuid }),
    data: Explanation,
    refusals: ['not_found'],
  }),
}
