import { sql } from 'kysely'
import type { Day } from '../../core/calendar.ts'
import type { Tx } from '../context.ts'

/** Counts one request of a day, unless the day has its most already: false, and nothing is counted. */
export async function count(tx: Tx, org_id: string, day: Day, max: number): Promise<boolean> {
  const { rows } = await sql`
    insert into api_usage (org_id, day, requests) values (${org_id}, ${day}, 1)
    on conflict (org_id, day) do update set requests = api_usage.requests + 1 where api_usage.requests < ${max}
    returning requests`.execute(tx)
  return rows.length > 0
}
