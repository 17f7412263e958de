/** What a night made, and how an accrual is entered: shared by periods and milestones. */
import type { Accrued } from '../../core/accrue.ts'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'
import * as tabs from '../earnings/tabs.sql.ts'

export type Night = { evaluated: number; created: number; amount_cents: number }
export const NOTHING: Night = { evaluated: 0, created: 0, amount_cents: 0 }
export const sumOf = (a: Night, b: Night): Night => ({
  evaluated: a.evaluated + b.evaluated,
  created: a.created + b.created,
  amount_cents: a.amount_cents + b.amount_cents,
})

type NewAccrual = Accrued & {
  partner_id: string
  source_key: string
  currency: string
  structure_version_id: string
  period_start_at: Instant
  period_end_at: Instant
}

/** An accrual as the tabs take it: without a hold, payable as soon as it exists. */
export function entryOf(ctx: Ctx, { cents, ...accrual }: NewAccrual, earned_on: string) {
  return {
    ...accrual,
    ...{ id: ctx.newId(), kind: 'accrual' as const, stream: 'structures' as const, held_until: tabs.NO_HOLD },
    ...{ amount_cents: cents, item_count: 1, revenue_cents: 0, earned_on, reverses_id: null, mark: null },
  }
}
