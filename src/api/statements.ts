import { z } from 'zod'
import { statementKinds } from '../core/statement.ts'
import { endpoint, FileBytes } from './endpoint.ts'
import { BrandParams, Cents, MonthText, text, Uuid } from './shapes.ts'

const B = '/api/brands/{brand_id}'
const PartnerParams = BrandParams.extend({ partner_id: Uuid })
const OfMonth = z.strictObject({ month: MonthText.optional() })

const StatementEntry = z.object({
  on: z.string(),
  kind: z.enum(statementKinds),
  column: z.enum(['earned', 'adjusted', 'paid']),
  text: z.string(),
  count: z.int(),
  amount_cents: Cents.meta({ description: 'What it did to the balance: a payment is below zero.' }),
  payment_id: z.string().nullable(),
  payout_id: z.string().nullable(),
})

/** A partner's account in one month; `closing = opening + earned + adjusted - paid`. */
export const Statement = z.object({
  partner: z.object({ id: z.string(), name: z.string(), alias: z.string() }),
  month: z.string(),
  first_on: z.string(),
  last_on: z.string(),
  first_month: z.string().meta({ description: 'The month in which the partner came.' }),
  is_running: z.boolean().meta({ description: 'Whether the month has not ended: then it closes with the balance of now.' }),
  until: z.string(),
  time_zone: z.string(),
  currencies: z.array(
    z.object({
      currency: z.string(),
      opening_cents: Cents,
      earned_cents: Cents,
      adjusted_cents: Cents,
      paid_cents: Cents.meta({ description: 'What was paid, above zero.' }),
      closing_cents: Cents,
      entries: z.array(StatementEntry),
    }),
  ),
})

const file = { scope: 'read', answers: 'file', data: FileBytes } as const

/** What a partner is shown of its account, and what it keeps. Source: market.md 4.4. */
export const statements = {
  month: endpoint({
    method: 'GET',
    path: `${B}/partners/{partner_id}/statement`,
    scope: 'read',
    summary:
      'The account of a partner in one month, the current one unless another is named: opening, earned, adjusted, paid, closing.',
    params: PartnerParams,
    query: OfMonth,
    data: Statement,
  }),
  monthPdf: endpoint({
    ...file,
    method: 'GET',
    path: `${B}/partners/{partner_id}/statement/pdf`,
    summary: 'The same month as a PDF.',
    params: PartnerParams,
    query: OfMonth,
  }),
  monthCsv: endpoint({
    ...file,
    method: 'GET',
    path: `${B}/partners/{partner_id}/statement/csv`,
    summary: 'The same month as CSV, entry by entry.',
    params: PartnerParams,
    query: OfMonth,
  }),
  ofPayout: endpoint({
    ...file,
    method: 'GET',
    path: `${B}/payouts/{payout_id}/statement`,
    summary: 'What a paid payout paid, line by line.',
    params: BrandParams.extend({ payout_id: Uuid }),
    query: z.strictObject({ format: z.enum(['pdf', 'csv']).default('pdf') }),
    refusals: ['invalid_transition'],
  }),
}

/** Who pays, as an invoice says it. */
export const InvoiceSettings = z.object({
  legal_name: z.string().nullable(),
  address: z.string().nullable(),
  vat_id: z.string().nullable(),
  billing_text: z.string().nullable().meta({ description: 'Stands at the foot of every invoice.' }),
  self_billing: z.boolean().meta({ description: 'Whether invoices say that the payer issues them in the name of the payee.' }),
})

/** Invoices are made when they are first asked for; number and issue date are kept. Source: spec C9. */
export const invoices = {
  settings: endpoint({
    method: 'GET',
    path: `${B}/settings/invoices`,
    scope: 'read',
    summary: 'Who pays, as it stands on invoices.',
    params: BrandParams,
    data: InvoiceSettings,
  }),
  changeSettings: endpoint({
    method: 'PATCH',
    path: `${B}/settings/invoices`,
    scope: 'write',
    summary: 'Change who pays on invoices. Those that were issued keep their number and say that they are revised.',
    params: BrandParams,
    body: z
      .strictObject({
        legal_name: text(200).nullish(),
        address: text(500).nullish(),
        vat_id: text(50).nullish(),
        billing_text: text(2000).nullish(),
        self_billing: z.boolean().optional(),
      })
      .refine(b => Object.keys(b).length > 0, 'send at least one field to change'),
    data: InvoiceSettings,
  }),
  ofPublisherPayout: endpoint({
    ...file,
    method: 'GET',
    path: `${B}/publisher-payouts/{publisher_payout_id}/invoice`,
    summary: 'The invoice of what a publisher was paid outside, as a PDF; it is numbered when it is first asked for.',
    params: BrandParams.extend({ publisher_payout_id: Uuid }),
    keeps: true,
    refusals: ['invalid_transition'],
  }),
  ofPayout: endpoint({
    ...file,
    method: 'GET',
    path: `${B}/payouts/{payout_id}/invoice`,
    summary: 'The invoice of a paid payout, as a PDF, in the same series of numbers.',
    params: BrandParams.extend({ payout_id: Uuid }),
    keeps: true,
    refusals: ['invalid_transition'],
  }),
}
