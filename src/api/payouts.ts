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
  quickbooks: z.object({
    status: z.enum(['unsynced', 'syncing', 'synced', 'failed', 'unknown', 'needs_person']),
    vendor_id: z.string().nullable(),
    bill_id: z.string().nullable(),
    synced_at: z.string().nullable(),
    error: z.string().nullable(),
  }),
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

/** One status, or several with commas between them. */
const Statuses = text(100, 1)
  .transform(all => [...new Set(all.split(','))])
  .pipe(z.array(RowStatus))
const ListTotal = z.object({ currency: z.string(), count: z.int(), amount_cents: Cents })

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
  partner_status: z.string(),
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
  listed: z
    .object({
      count: z.int(),
      conversion_count: z.int(),
      accrual_count: z.int(),
      revenue_cents: Cents,
      owed_cents: Cents,
      in_payouts_cents: Cents,
      pending_cents: Cents,
    })
    .meta({ description: 'The sums of the rows that `only` or `owed` leaves; the figures beside it leave none out.' }),
})

const SkipReason = z.enum(['no_balance', 'below_threshold', 'partner_inactive'])
const PlanTotal = z.object({
  currency: z.string(),
  partner_count: z.int(),
  gross_cents: Cents,
  clawback_cents: Cents.meta({ description: 'Taken back for what earlier payouts paid: below zero.' }),
  credit_cents: Cents.meta({ description: 'Paid on account before, netted: above zero.' }),
  amount_cents: Cents,
})
const PlanRow = PlanTotal.omit({ partner_count: true }).extend({
  partner_id: z.string(),
  partner_name: z.string(),
  conversion_count: z.int(),
  accrual_count: z.int(),
})
const Left = z.object({
  currency: z.string(),
  reason: SkipReason,
  amount_cents: Cents,
  missing_cents: Cents.nullable().meta({ description: 'What it falls short of the minimum.' }),
})
/** What a run would do. Its lists hold the 100 largest, its totals are of all. */
const Plan = z.object({
  totals: z.array(PlanTotal),
  rows: z.array(PlanRow),
  skipped_totals: z.array(Left.extend({ count: z.int(), reason: z.enum([...SkipReason.options, 'on_hold']) })),
  skipped: z.array(Left.extend({ partner_id: z.string(), partner_name: z.string() })),
})

const sortsBy = <const Column extends string>(...columns: Column[]) =>
  columns.flatMap(column => [column, `-${column}`] as const) as (Column | `-${Column}`)[]
const balanceSorts = sortsBy(
  ...(['owed_cents', 'partner_name', 'revenue_cents', 'conversion_count', 'accrual_count'] as const),
  ...(['in_payouts_cents', 'pending_cents', 'last_paid_at'] as const),
)

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
        status: Statuses.optional(),
        partner_id: Uuid.optional(),
        currency: Currency.optional(),
        q: text(100).optional(),
        from: DayText.optional(),
        to: DayText.optional(),
        date: z.enum(['created_at', 'approved_at', 'paid_at']).optional(),
        sort: z.enum(['-created_at', 'created_at', '-amount_cents', 'amount_cents']).default('-created_at'),
        totals: Flag.optional(),
        include: z.literal('payments').optional(),
      })
      .refine(q => q.include !== undefined || (q.status ?? []).every(status => Status.safeParse(status).success), {
        path: ['status'],
        error: `must be one of ${Status.options.join(', ')}; a payment has others, with include=payments`,
      })
      .refine(
        q => q.include === undefined || !(q.q ?? q.currency ?? q.date ?? q.totals ?? (q.sort !== '-created_at' || undefined)),
        {
          path: ['include'],
          error: 'goes with status, partner_id, from and to only',
        },
      ),
    data: z.array(z.discriminatedUnion('kind', [Payout, PaymentRow])),
    meta: PageMeta.extend({ totals: z.array(ListTotal).optional() }),
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
        except_partner_ids: z.array(Uuid).min(1).max(10_000).optional(),
        currency: Currency.optional(),
        period_end: DayText.optional(),
        notes: Note,
        force: z.boolean().optional(),
        dry_run: z
          .boolean()
          .optional()
          .meta({ description: 'Drafts nothing; `plan` says what would be drafted, and whom it leaves out and why.' }),
      })
      .refine(
        b => b.except_partner_ids === undefined || (b.partner_id === undefined && b.partner_ids === undefined),
        'send except_partner_ids with a run of everybody',
      )
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
          reason: SkipReason,
        }),
      ),
      plan: Plan.nullable(),
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
      only: z.enum(['owed', 'outstanding', 'ready', 'blocked', 'on_hold', 'in_payouts']).optional(),
      sort: z.enum(balanceSorts).default('-owed_cents'),
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
