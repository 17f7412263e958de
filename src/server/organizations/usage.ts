/** How many requests an organization's keys may make a day, by UTC days of the product's clock. Source: spec B2, B4. */
import { addDays, dayOf, ms, startOfDay } from '../../core/calendar.ts'
import { limitOf, type Plan } from '../../core/plan.ts'
import { refuse } from '../../core/refusal.ts'
import type { App } from '../app.ts'
import { transaction } from '../db/transaction.ts'
import * as sql from './usage.sql.ts'

/**
 * Counts a request made with a key. Refuses `rate_limit_exceeded` when the day has had its most.
 *
 * It is one statement in its own transaction: a request counts whether it succeeds or not, and two at once cannot both
 * be the last. Where the plan sets no limit nothing is counted.
 */
export async function countRequest(app: App, { org_id, plan = 'unlimited' }: { org_id: string; plan?: Plan }): Promise<void> {
  const max = limitOf(plan, 'max_api_requests_per_day')
  if (max === Number.POSITIVE_INFINITY) return
  const now = app.clock.now()
  const day = dayOf(now, 'UTC')
  if (max > 0 && (await transaction(app.db, { org_id }, tx => sql.count(tx, org_id, day, max)))) return
  const retry_after = Math.ceil((ms(startOfDay(addDays(day, 1), 'UTC')) - ms(now)) / 1000)
  refuse('rate_limit_exceeded', `The plan allows ${max} requests with keys a day; wait until midnight UTC, or upgrade it.`, {
    retry_after,
  })
}
