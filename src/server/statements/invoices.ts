/**
 * Invoices of what partners were paid: numbered when they are first asked for, made anew each time, the same bytes each time.
 *
 * Number and issue date are kept for good. When what the invoice says has changed since, it bears the same number and the
 * day on which it was first made with the change. Source: spec C9.
 */
import { createHash } from 'node:crypto'
import type { In } from '../../api/endpoint.ts'
import type { invoices } from '../../api/statements.ts'
import { dayOf, type Instant } from '../../core/calendar.ts'
import { refuse } from '../../core/refusal.ts'
import type { Ctx } from '../context.ts'
import { payer } from '../organizations/payer.sql.ts'
import * as partners from '../partners/partners.sql.ts'
import * as onAccount from '../payments/on-account.sql.ts'
import * as payments from '../payments/payments.sql.ts'
import * as payouts from '../payouts/payouts.sql.ts'
import { drawInvoice, type InvoiceFacts, type Stamp } from './invoice-paper.ts'
import * as sql from './invoices.sql.ts'
import type { FileAnswer } from './month-files.ts'

/** Whose invoice it may be: the portal names the partner. */
type Reader = { partner_id?: string }

export const ofOnAccount = (ctx: Ctx, { params }: In<typeof invoices.ofPublisherPayout>) =>
  invoiceOnAccount(ctx, params.publisher_payout_id)
export const ofPayout = (ctx: Ctx, { params }: In<typeof invoices.ofPayout>) => invoiceOfPayout(ctx, params.payout_id)

const isAnothers = (reader: Reader, row: { partner_id: string | null }) =>
  reader.partner_id !== undefined && row.partner_id !== reader.partner_id

/** Refuses `not_found` for another brand's or partner's, `invalid_transition` for one that is rejected. */
export async function invoiceOnAccount(ctx: Ctx, payment_id: string, reader: Reader = {}): Promise<FileAnswer> {
  await payments.lock(ctx, payment_id)
  const row = await onAccount.one(ctx, payment_id)
  if (!row || isAnothers(reader, row)) refuse('not_found', 'There is no such publisher payout in this brand.')
  if (row.status === 'rejected')
    refuse(
      'invalid_transition',
      'This payout is rejected: nothing was paid, so there is no invoice. Set it to Pending or Paid first.',
    )
  const { partner_id, currency, status, note, created_at, total_amount_cents: amount_cents } = row
  return made(ctx, payment_id, partner_id, {
    ...{ reference: payment_id, made_at: created_at, amount_cents, currency, status, note, method: null },
  })
}

/** Refuses `not_found` for another brand's or partner's, `invalid_transition` for one that is not paid. */
export async function invoiceOfPayout(ctx: Ctx, payout_id: string, reader: Reader = {}): Promise<FileAnswer> {
  const payout = await payouts.one(ctx, payout_id)
  if (!payout || isAnothers(reader, payout)) refuse('not_found', 'There is no such payout in this brand.')
  const { payment_id, paid_at, number, partner_id, amount_cents, currency, notes, method_name } = payout
  if (payment_id === null || paid_at === null)
    refuse('invalid_transition', `This payout is ${payout.status}; there is an invoice of it once it is paid.`)
  await payments.lock(ctx, payment_id)
  return made(ctx, payment_id, partner_id, {
    ...{ reference: `${number} (${payout_id})`, made_at: paid_at, amount_cents, currency, status: 'paid', note: notes },
    method: method_name,
  })
}

type Paid = Pick<InvoiceFacts, 'reference' | 'made_at' | 'amount_cents' | 'currency' | 'status' | 'note' | 'method'>

async function made(ctx: Ctx, payment_id: string, partner_id: string, paid: Paid): Promise<FileAnswer> {
  const facts = await factsOf(ctx, partner_id, paid)
  const stamp = await stampOf(ctx, payment_id, facts)
  const bytes = await drawInvoice(facts, stamp)
  return { file_name: `${stamp.number}.pdf`, media_type: 'application/pdf', bytes }
}

async function factsOf(ctx: Ctx, partner_id: string, paid: Paid): Promise<InvoiceFacts> {
  const [{ organization, ...by }, partner] = await Promise.all([payer(ctx), partners.one(ctx, partner_id)])
  const { name, alias, company, address, country, vat_id, billing_details, email } = partner as partners.PartnerWithCoupons
  return {
    ...paid,
    time_zone: ctx.time_zone,
    payer: { ...by, name: by.legal_name ?? organization, program: ctx.program.name },
    payee: { name, alias, company, address, country, vat_id, billing_details, email },
  }
}

/** The payment is locked, so two who ask at once get one number. */
async function stampOf(ctx: Ctx, payment_id: string, facts: InvoiceFacts): Promise<Stamp> {
  const invoice_digest = createHash('sha256').update(JSON.stringify(facts)).digest('hex')
  const before = await sql.issued(ctx, payment_id)
  if (before.invoice_number === null) return issue(ctx, payment_id, invoice_digest)
  const kept = { number: before.invoice_number, issued_at: before.invoiced_at as Instant }
  if (before.invoice_digest === invoice_digest) return { ...kept, revised_at: before.invoice_revised_at }
  await sql.keep(ctx, payment_id, { invoice_digest, invoice_revised_at: ctx.now })
  ctx.tell('invoice.revised', payment_id, { program_id: ctx.program.id, after: { invoice_number: kept.number } })
  return { ...kept, revised_at: ctx.now }
}

async function issue(ctx: Ctx, payment_id: string, invoice_digest: string): Promise<Stamp> {
  const year = dayOf(ctx.now, ctx.time_zone).slice(0, 4)
  const number = `INV-${year}-${String(await sql.nextNumber(ctx, year)).padStart(4, '0')}`
  await sql.keep(ctx, payment_id, { invoice_number: number, invoiced_at: ctx.now, invoice_digest })
  ctx.tell('invoice.issued', payment_id, { program_id: ctx.program.id, after: { invoice_number: number } })
  return { number, issued_at: ctx.now, revised_at: null }
}
