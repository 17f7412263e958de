/** The work list of the home page: what waits, how much it is, since when. */
import type { Out } from '../../api/endpoint.ts'
import { type overview, queueNames } from '../../api/overview.ts'
import { dayOf, instant, ms } from '../../core/calendar.ts'
import { groupBy } from '../../core/collect.ts'
import { nextRunOn } from '../../core/schedule.ts'
import type { Ctx } from '../context.ts'
import * as sql from './work.sql.ts'

const MONTH_MS = 30 * 86_400_000
type Work = Out<typeof overview.work>

export async function work(ctx: Ctx): Promise<Work> {
  const [rows, has] = [await sql.queues(ctx, instant(ms(ctx.now) - MONTH_MS)), await sql.has(ctx)]
  const found = groupBy(rows, row => row.queue)
  const queues = queueNames.flatMap(queue => (found.has(queue) ? [queueOf(queue, found.get(queue) as sql.QueueRow[])] : []))
  return { queues, next_run: nextRun(ctx, queues), has }
}

function queueOf(queue: (typeof queueNames)[number], rows: sql.QueueRow[]): Work['queues'][number] {
  const since = rows.flatMap(row => (row.since === null ? [] : [row.since])).sort()[0] ?? null
  const amounts = rows.flatMap(({ currency, cents }) => (currency === null ? [] : [{ currency, amount_cents: cents }]))
  return { queue, count: rows.reduce((sum, row) => sum + row.count, 0), amounts, since }
}

/** When the schedule drafts next, and what it would draft if nothing more were earned until then. */
function nextRun(ctx: Ctx, queues: Work['queues']): Work['next_run'] {
  const on = nextRunOn(ctx.program, dayOf(ctx.now, ctx.time_zone))
  return on === null ? null : { on, amounts: queues.find(each => each.queue === 'to_draft')?.amounts ?? [] }
}
