/**
 * Calls partners' addresses for their approved conversions: queued with the approval, made after it, tried again with patience.
 *
 * A conversion on hold is approved when its hold ends, so its call waits until then; one that is rejected meanwhile is not
 * called for. Source: spec A3.1, A15, D8, TR-64, RT-44.
 */
import { type Instant, instant, ms } from '../../core/calendar.ts'
import { filled, valuesOf } from '../../core/postback.ts'
import { type App, afterwards, work } from '../app.ts'
import { type Ctx, systemCaller } from '../context.ts'
import { organizationIds } from '../organizations/programs.sql.ts'
import { callAddress } from './outbound.ts'
import * as sql from './postbacks.sql.ts'

const MINUTE = 60_000
/** How long after each failed try the next one follows; after the fifth there is none. */
const PATIENCE = [MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE]
const BATCH = 50
const AT_ONCE = 8
const LEASE_MS = 2 * MINUTE
const EVERY_MS = 15_000

/** Has the calls that a transaction queued made once it is committed. */
export function announce(ctx: Ctx, queued: number): void {
  if (queued > 0) ctx.afterCommit('postbacks were not sent', async app => wake(app))
}

export async function announceApproved(ctx: Ctx, conversion_ids: string[]): Promise<void> {
  announce(ctx, await sql.queueApproved(ctx, conversion_ids))
}

type Running = { again: boolean }
const running = new WeakMap<object, Running>()

/** Sends what is due, now and once more if somebody asks meanwhile; never twice at the same time. */
function wake(app: App): void {
  const now = running.get(app.afterwards)
  if (now) {
    now.again = true
    return
  }
  const state: Running = { again: false }
  running.set(app.afterwards, state)
  afterwards(app, 'postbacks were not sent', async () => {
    try {
      do {
        state.again = false
        await sendDue(app)
      } while (state.again)
    } finally {
      running.delete(app.afterwards)
    }
  })
}

/** Looks every quarter of a minute for holds that ended and tries that are due; returns what stops it. */
export function startPostbacks(app: App): () => void {
  if (app.config.now !== undefined) return () => {}
  const timer = setInterval(() => wake(app), EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** Sends everything that is due at an instant, in all organizations. */
export async function sendDue(app: App, now?: Instant): Promise<{ delivered: number; failed: number }> {
  const sum = { delivered: 0, failed: 0 }
  for (const org_id of await organizationIds(app.db.kysely)) {
    for (;;) {
      const { taken, delivered } = await sendSome(app, org_id, now)
      sum.delivered += delivered
      sum.failed += taken - delivered
      if (taken < BATCH) break
    }
  }
  return sum
}

async function sendSome(app: App, org_id: string, now: Instant | undefined): Promise<{ taken: number; delivered: number }> {
  const caller = systemCaller(org_id, 'postbacks')
  const options = now === undefined ? {} : { now }
  const due = await work(app, caller, options, ctx => sql.take(ctx, { limit: BATCH, lease_ms: LEASE_MS }))
  if (due.length === 0) return { taken: 0, delivered: 0 }
  const at = now ?? app.clock.now()
  const outcomes = await each(due, one => outcomeOf(app, one, at))
  await work(app, caller, options, ctx => sql.settle(ctx, outcomes))
  return { taken: due.length, delivered: outcomes.filter(each => each.status === 'delivered').length }
}

/** Some at a time: a slow address holds up its neighbours no longer than its own time-out. */
async function each<In, Out>(all: In[], act: (one: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = []
  for (let from = 0; from < all.length; from += AT_ONCE)
    results.push(...(await Promise.all(all.slice(from, from + AT_ONCE).map(act))))
  return results
}

async function outcomeOf(app: App, due: sql.Due, now: Instant): Promise<sql.Outcome> {
  const { conversion_id } = due
  const none = { response_status: null, next_attempt_at: null, delivered_at: null }
  const given_up = (error: string): sql.Outcome => ({ conversion_id, status: 'failed', ...none, error })
  if (due.decision !== 'approved') return given_up('the conversion was rejected')
  if (due.url === null) return given_up('there is no address any more')
  const { ok, status, error } = await callAddress(filled(due.url, valuesOf(due)), {
    allow_private: app.config.postback_allow_private,
  })
  if (ok) return { ...given_up(''), status: 'delivered', response_status: status, error: null, delivered_at: now }
  const wait = PATIENCE[due.attempt_count - 1]
  if (wait === undefined) return { ...given_up(error ?? 'it failed'), response_status: status }
  return { ...none, conversion_id, status: 'waiting', response_status: status, error, next_attempt_at: instant(ms(now) + wait) }
}
