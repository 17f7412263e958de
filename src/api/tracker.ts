import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { BrandParams, Cents, DayText, Page, PageMeta, text, Uuid } from './shapes.ts'
import { StructureVersion } from './structures.ts'

const path = '/api/brands/{brand_id}/tracker'

/**
 * What all parts of the tracker follow. An accrual is within the days when its whole period is, as in `/payout-accruals`; a
 * payment when it was paid on one of them. `status` and `structure_id` choose accruals, so payments that pay none are left out.
 */
const filter = {
  from: DayText.optional(),
  to: DayText.optional(),
  status: z.enum(['earned', 'paid', 'rejected', 'voided']).optional(),
  structure_id: Uuid.optional(),
  partner_id: Uuid.optional(),
  q: text(100).optional(),
}

const figures = {
  earned_cents: Cents.meta({
    description: 'Accruals of the filter that were earned, paid or not; none that was rejected or voided.',
  }),
  paid_cents: Cents.meta({
    description:
      'What was paid: direct payments whole, of payouts the accruals that they paid. With a status or structure: the accruals of the filter that are paid.',
  }),
  outstanding_cents: Cents.meta({ description: 'Accruals of the filter that are earned and not paid yet.' }),
  in_payouts_cents: Cents.meta({ description: 'The part of what is outstanding that drafts and approved payouts hold.' }),
  taken_back_cents: Cents.meta({ description: 'Accruals of the filter that were rejected or voided.' }),
}

export const TrackerRow = z.object({
  partner_id: z.string(),
  partner_name: z.string(),
  handle: z.string().nullable(),
  currency: z.string(),
  ...figures,
  last_paid_at: z.string().nullable(),
})
const Totals = z.object({
  currency: z.string(),
  ...figures,
  partner_count: z.int(),
  outstanding_partner_count: z.int(),
  without_partner_cents: Cents.meta({
    description: 'The part of what was paid that went to nobody of the brand: ad-hoc payments.',
  }),
})
const sorts = ['outstanding_cents', 'earned_cents', 'paid_cents', 'last_paid_at', 'partner_name'] as const

const Month = {
  month: z.string().meta({ description: 'A month in the zone of the organization: `2026-03`.' }),
  currency: z.string(),
}
const Series = z.object({
  months: z.array(z.object({ ...Month, earned_cents: Cents, paid_cents: Cents })),
  structures: z.array(z.object({ ...Month, structure_id: z.string(), structure_name: z.string(), earned_cents: Cents })),
})

export const PartnerStructure = z.object({
  assignment_id: z.string(),
  structure_id: z.string(),
  name: z.string(),
  archived_at: z.string().nullable(),
  current_version: StructureVersion.pick({
    id: true,
    version_number: true,
    criteria_type: true,
    period: true,
    description: true,
  }),
  assigned_at: z.string(),
  unassigned_at: z.string().nullable(),
  earned_cents: Cents.meta({ description: 'All that the partner earned by it so far, paid or not.' }),
  currency: z.string(),
})

/** The payouts tracker: what structures earned their partners, and what of it was paid. Source: spec B15. */
export const tracker = {
  list: endpoint({
    method: 'GET',
    path,
    scope: 'read',
    summary: 'What each partner earned by structures, was paid, and is owed, by currency; with totals over the whole filter.',
    params: BrandParams,
    query: z.strictObject({
      ...Page,
      ...filter,
      sort: z.enum([...sorts, ...sorts.map(each => `-${each}` as const)]).default('-outstanding_cents'),
    }),
    data: z.array(TrackerRow),
    meta: PageMeta.extend({ totals: z.array(Totals) }),
  }),
  series: endpoint({
    method: 'GET',
    path: `${path}/series`,
    scope: 'read',
    summary: 'The same month by month: accruals in the month in which their period ends, payments in the month they were paid.',
    params: BrandParams,
    query: z.strictObject(filter),
    data: Series,
  }),
  exportAccruals: endpoint({
    method: 'GET',
    path: `${path}/export`,
    scope: 'read',
    summary: 'The accruals of the filter as CSV, oldest period first; with partner_id also its payments that paid no accrual.',
    params: BrandParams,
    query: z.strictObject(filter),
    answers: 'csv',
    data: z.string(),
  }),
  structuresOfPartner: endpoint({
    method: 'GET',
    path: '/api/brands/{brand_id}/partners/{partner_id}/structures',
    scope: 'read',
    summary: 'The structures that a partner is or was on, the latest assignment first, with what each earned it.',
    params: BrandParams.extend({ partner_id: Uuid }),
    query: z.strictObject(Page),
    data: z.array(PartnerStructure),
    meta: PageMeta,
  }),
}
