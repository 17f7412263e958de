import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Cents, DayText, Page, PageMeta, Uuid, V1 } from './shapes.ts'

const path = `${V1}/payout-accruals`
const AccrualParams = z.strictObject({ accrual_id: Uuid })
const Status = z.enum(['earned', 'paid', 'rejected', 'voided'])

export const Accrual = z.object({
  id: z.string(),
  org_id: z.string(),
  project_id: z.string(),
  creator_id: z.string(),
  structure_id: z.string(),
  structure_version_id: z.string(),
  assignment_id: z.string().nullable(),
  period_start_at: z.string(),
  period_end_at: z.string().meta({ description: 'The exclusive end of the period; of a milestone the instant of its crossing.' }),
  amount_cents: Cents,
  currency: z.string(),
  status: Status,
  because: z.string().meta({ description: 'How the amount came about, in one sentence.' }),
  video_id: z.string().nullable(),
  threshold_views: z.int().nullable(),
  payout_id: z.string().nullable(),
  payment_id: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
})
const AccrualDetail = Accrual.extend({ inputs_snapshot: z.record(z.string(), z.json()) })

export const accruals = {
  list: endpoint({
    method: 'GET',
    path,
    scope: 'read',
    summary: 'Accruals, the latest period first. `to` includes a period whose last day it is.',
    query: z.strictObject({
      ...Page,
      project_id: Uuid.optional(),
      creator_id: Uuid.optional(),
      structure_id: Uuid.optional(),
      status: Status.optional(),
      from: DayText.optional(),
      to: DayText.optional(),
    }),
    data: z.array(Accrual),
    meta: PageMeta,
  }),
  one: endpoint({
    method: 'GET',
    path: `${path}/{accrual_id}`,
    scope: 'read',
    summary: 'One accrual with everything its amount was computed from.',
    params: AccrualParams,
    data: AccrualDetail,
  }),
  change: endpoint({
    method: 'PATCH',
    path: `${path}/{accrual_id}`,
    scope: 'write',
    enters_program: true,
    summary: 'Reject an accrual that is not deserved, or void one made in error; both only while it is unpaid.',
    params: AccrualParams,
    body: z.strictObject({ status: Status }),
    data: AccrualDetail,
    refusals: ['cannot_set_paid_directly', 'cannot_set_status_on_paid_accrual', 'invalid_transition'],
  }),
}
