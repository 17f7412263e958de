import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'
import { own } from './own.sql.ts'

export type DeliveryRow = {
  id: string
  conversion_id: string
  status: 'waiting' | 'delivered' | 'failed'
  attempt_count: number
  response_status: number | null
  error: string | null
  created_at: Instant
  next_attempt_at: Instant | null
  delivered_at: Instant | null
}

/** The last calls of the partner's address. */
export async function deliveries(ctx: Ctx): Promise<DeliveryRow[]> {
  const { rows } = await sql<DeliveryRow>`
    select d.conversion_id as id, d.conversion_id, d.status, d.attempt_count, d.response_status, d.error, d.created_at,
      d.next_attempt_at, d.delivered_at
    from postback_deliveries d where ${own(ctx, 'd')} order by d.created_at desc, d.conversion_id desc limit 20`.execute(ctx.tx)
  return rows
}
