import { z } from 'zod'
import { MAX_AMOUNT } from '../core/money.ts'
import { endpoint } from './endpoint.ts'
import {
  Amount,
  BrandParams,
  Cents,
  Currency,
  CurrencyAmount,
  DayText,
  Flag,
  InstantText,
  Note,
  Page,
  PageMeta,
  text,
  Uuid,
} from './shapes.ts'

const path = '/api/brands/{brand_id}/payouts'
const PayoutParams = BrandParams.extend({ payout_id: Uuid })
const Status = z.enum(['draft', 'approved', 'paid', 'cancelled'])

export const Payout = z.object({
  id: z.string(),
  kind: z.literal('payout'),
  number: z.int(),
  brand_id: z.string(),
  partner_id: z.string(),
  partner: z.object({ id: z.string(), name: z.string(), email: z.string().nullable(), slug: z.string() }),
  status: Status,
  period_start: z.string(),
  period_end: z.string(),
  conversion_count: z.int(),
  accrual_count: z.int(),
  revenue_cents: Cents,
  amount_cents: Cents,
  currency: z.string(),
  method: z.string().nullable(),
  method_id: z.string().nullable(),
  method_name: z.string().nullable(),
  reference: z.string().nullable(),
  notes: z.string().nullable(),
  created_at: z.string(),
  created_by: z.string(),
  approved_at: z.string().nullable(),
  approved_by: z.string().nullable(),
  paid_at: z.string().nullable(),
  paid_by: z.string().nullable(),
  cancelled_at: z.string().nullable(),
  cancelled_by: z.string().nullable(),
  payment_id: z.string().nullable(),
})

/** A payment without a payout, as a row of the same history. */
const PaymentRow = z.object({
  id: z.string(),
  kind: z.literal('payment'),
  origin: z.enum(['direct', 'on_account']),
  brand_id: z.string(),
  partner_id: z.string().nullable(),
  partner: Payout.shape.partner.nullable(),
  status: z.enum(['pending', 'paid', 'rejected', 'voided']),
  status_reason: z.string().nullable(),
  amount_cents: Cents,
  currency: z.string(),
  method_id: z.string().nullable(),
  method_name: z.string().nullable(),
  reference: z.string().nullable(),
  notes: z.string().nullable(),
  paid_at: z.string(),
  created_at: z.string(),
  created_by: z.string(),
  voided_at: z.string().nullable(),
  voided_by: z.string().nullable(),
})
const RowStatus = z.enum([...Status.options, ...PaymentRow.shape.status.exclude(['paid']).options])

const Line = z.object({
  earning_id: z.string(),
  kind: z.string(),
  conversion_id: z.string().nullable(),
  accrual_id: z.string().nullable(),
  amount_cents: Cents,
  occurred_at: z.string(),
  because: z.string(),
})
const Adjustment = z.object({ id: z.string(), amount_cents: Cents, reason: z.string() })
const PayoutDetail = Payout.extend({ lines: z.array(Line), adjustments: z.array(Adjustment), credit_cents: Cents })

const Balance = z.object({
  partner_id: z.string(),
  partner_name: z.string(),
  partner_email: z.string().nullable(),
  currency: z.string(),
  conversion_count: z.int(),
  accrual_count: z.int(),
  revenue_cents: Cents,
  owed_cents: Cents,
  unpaid_cents: Cents,
  in_payouts_cents: Cents,
  credit_cents: Cents,
  balance_cents: Cents.meta({ description: 'What is unpaid less credit; below zero when more was paid on account than earned.' }),
  pending_cents: Cents,
  paid_cents: Cents,
  last_paid_at: z.string().nullable(),
  below_threshold: z.boolean(),
})
const BalanceTotals = z.object({
  currency: z.string(),
  owed_cents: Cents,
  outstanding_cents: Cents,
  unpaid_cents: Cents,
  in_payouts_cents: Cents,
  credit_cents: Cents,
  balance_cents: Cents.meta({ description: 'What is unpaid less credit; below zero when more was paid on account than earned.' }),
  pending_cents: Cents,
  paid_cents: Cents,
  draft_count: z.int(),
  draft_cents: Cents,
  paid_this_month_cents: Cents,
})

/** The seven labels of a payment (spec A10), by code or by label whatever the case; or a method of the organization by id. */
const paid = {
  method: text(50, 1).optional(),
  method_id: Uuid.optional(),
  reference: text(200).nullish(),
  notes: Note,
  paid_at: InstantText.optional(),
}
const Action = z.enum(['approve', 'mark_paid', 'cancel'])
export const PayoutChange = z.strictObject({
  status: Status.optional(),
  action: Action.optional(),
  ...paid,
  exclude_earning_ids: z.array(Uuid).min(1).max(1000).optional(),
  adjustments: z
    .array(
      z.strictObject({
        amount_cents: Amount.refine(c => c !== 0, 'must not be 0'),
        reason: text(500, 1).refine(t => t.trim() !== '', 'must not be blank'),
      }),
    )
    .min(1)
    .max(100)
    .optional(),
})

export const payouts = {
  list: endpoint({
    method: 'GET',
    path,
    scope: 'read',
    summary: 'Payouts of the brand, newest first; with include=payments also the payments made without one.',
    params: BrandParams,
    query: z
      .strictObject({
        ...Page,
        status: RowStatus.optional(),
        partner_id: Uuid.optional(),
        from: DayText.optional(),
        to: DayText.optional(),
        include: z.literal('payments').optional(),
      })
      .refine(q => q.include !== undefined || q.status === undefined || Status.safeParse(q.status).success, {
        path: ['status'],
        error: `must be one of ${Status.options.join(', ')}; a payment has others, with include=payments`,
      }),
    data: z.array(z.discriminatedUnion('kind', [Payout, PaymentRow])),
    meta: PageMeta,
  }),
  create: endpoint({
    method: 'POST',
    path,
    scope: 'write',
    summary: 'Draft payouts: one partner, several, or everybody with an unpaid balance (`{}`).',
    params: BrandParams,
    body: z
      .strictObject({
        partner_id: Uuid.optional(),
        partner_ids: z.array(Uuid).min(1).max(10_000).optional(),
        all: z.literal(true).optional(),
        currency: Currency.optional(),
        period_end: DayText.optional(),
        notes: Note,
        force: z.boolean().optional(),
      })
      .refine(
        b => [b.partner_id, b.partner_ids, b.all].filter(x => x !== undefined).length <= 1,
        'send one of partner_id, partner_ids, all',
      )
      .default({}),
    status: 201,
    data: z.object({
      created: z.int(),
      totals: z.array(CurrencyAmount),
      payouts: z.array(Payout),
      skipped_count: z.int(),
      skipped: z.array(
        z.object({
          partner_id: z.string(),
          currency: z.string().nullable(),
          reason: z.enum(['no_balance', 'below_threshold', 'partner_inactive']),
        }),
      ),
    }),
    refusals: ['no_unpaid_balance', 'below_minimum_threshold', 'not_found'],
  }),
  balances: endpoint({
    method: 'GET',
    path: `${path}/balances`,
    scope: 'read',
    summary: 'What each partner is owed, by currency, with totals over the whole filter.',
    params: BrandParams,
    query: z.strictObject({
      ...Page,
      partner_id: Uuid.optional(),
      currency: Currency.optional(),
      q: text(100).optional(),
      owed: Flag.optional(),
      sort: z.enum(['-owed_cents', 'owed_cents', 'partner_name', '-partner_name']).default('-owed_cents'),
    }),
    data: z.array(Balance),
    meta: PageMeta.extend({ totals: z.array(BalanceTotals) }),
  }),
  settingsEffect: endpoint({
    method: 'GET',
    path: '/api/brands/{brand_id}/settings/payouts/effect',
    scope: 'read',
    summary: 'What the payout settings do now in figures, or other ones would: on hold, ready to pay, below the minimum.',
    params: BrandParams,
    query: z.strictObject({
      hold_days: z.coerce.number().int().min(0).max(3650).optional(),
      minimum_threshold_cents: z.coerce.number().int().min(0).max(MAX_AMOUNT).optional(),
    }),
    data: z.object({
      on_hold: z.array(
        z.object({
          currency: z.string(),
          amount_cents: Cents,
          freed_cents: Cents.meta({
            description: 'What of it would be payable by now, had it been recorded with the shorter hold.',
          }),
        }),
      ),
      currency: z.string(),
      ready_count: z.int().meta({ description: 'Balances in the currency of the brand that reach the minimum.' }),
      ready_cents: Cents,
      below_count: z.int(),
      below_cents: Cents,
    }),
  }),
  exportPaid: endpoint({
    method: 'GET',
    path: `${path}/export`,
    scope: 'read',
    summary: 'All paid payouts as CSV.',
    params: BrandParams,
    answers: 'csv',
    data: z.string(),
  }),
  one: endpoint({
    method: 'GET',
    path: `${path}/{payout_id}`,
    scope: 'read',
    summary: 'One payout with its lines and adjustments. Lines page with limit and cursor.',
    params: PayoutParams,
    query: z.strictObject(Page),
    data: PayoutDetail,
    meta: PageMeta,
    refusals: ['not_found'],
  }),
  change: endpoint({
    method: 'PATCH',
    path: `${path}/{payout_id}`,
    scope: 'write',
    summary: 'Approve, pay, cancel or edit a payout.',
    params: PayoutParams,
    body: PayoutChange.refine(b => !(b.status && b.action), 'send status or action, not both').refine(
      b => Object.keys(b).length > 0,
      'send at least one field to change',
    ),
    data: PayoutDetail,
    meta: PageMeta,
    refusals: ['not_found', 'invalid_transition', 'payout_changed'],
  }),
}
