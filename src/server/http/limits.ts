/**
 * How often is too often: per key, per signing-in address, and for those who keep failing to say who they are.
 *
 * These count in real time; what a plan allows a day is counted by the product's clock (organizations/usage.ts).
 */
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { refuse } from '../../core/refusal.ts'
import type { App } from '../app.ts'
import { realMs } from '../clock.ts'
import type { Caller } from '../context.ts'
import { countRequest } from '../organizations/usage.ts'
import type { Failure } from './failure.ts'
import type { Limiter } from './routes.ts'

const MINUTE = 60_000
const FAILURES_PER_MINUTE = 300
const SIGN_INS_PER_MINUTE = 10
const KEYS_KEPT = 10_000

type Done = (error: Error | null, result?: { current: number; ttl: number }) => void

/**
 * Counts in a window that slides: request n+1 within any minute is too many, and a refused one does not count.
 *
 * The plug-in's own store starts a fixed window at the first request, in which twice the limit can pass within seconds.
 * It is a constructor only because the plug-in calls it as one.
 */
function SlidingStore() {
  const seen = new Map<string, number[]>()
  const recent = (key: string, window: number) => (seen.get(key) ?? []).filter(at => at > realMs() - window)
  const count = (key: string, done: Done, window: number, max: number, counts: boolean) => {
    const times = recent(key, window)
    const current = times.length + 1
    if (counts && current <= max) times.push(realMs())
    forgetOld(seen, window)
    seen.set(key, times)
    done(null, { current, ttl: Math.max(1, (times[0] ?? realMs()) + window - realMs()) })
  }
  return {
    child: () => SlidingStore(),
    incr: (key: string, done: Done, window: number, max: number) => count(key, done, window, max, true),
    read: (key: string, done: Done, window: number, max: number) => count(key, done, window, max, false),
  }
}

function forgetOld(seen: Map<string, number[]>, window: number): void {
  if (seen.size < KEYS_KEPT) return
  const horizon = realMs() - window
  for (const [key, times] of seen) if ((times.at(-1) ?? 0) < horizon) seen.delete(key)
}

/** The most requests a minute: 60 for a key of an organization, 100 for a key of one program, or as set; 0 is no limit. */
const perMinute = (app: App, caller: Caller): number => app.config.rate_limit ?? (caller.program_id === null ? 60 : 100)

export type Limits = {
  limit: Limiter
  /** Answers 429 in place of 401 to an address that has failed too often. */
  slowDown(request: FastifyRequest, failure: Failure): Promise<Failure>
  signIn(request: FastifyRequest, email: string): Promise<void>
}

export async function makeLimits(server: FastifyInstance, app: App): Promise<Limits> {
  await server.register(rateLimit, { global: false, store: SlidingStore as never })
  const names = new WeakMap<FastifyRequest, { name: string; max: number }>()
  const nameOf = (request: FastifyRequest) => names.get(request)?.name ?? ''
  const counter = () =>
    server.createRateLimit({ timeWindow: MINUTE, keyGenerator: nameOf, max: request => names.get(request)?.max ?? 0 })
  const [keys, failures, signIns] = [counter(), counter(), counter()]
  /** Seconds to wait; 0 when it is not too often. */
  const waitFor = async (count: typeof keys, request: FastifyRequest, name: string, max: number) => {
    names.set(request, { name, max })
    const counted = await count(request)
    return counted.isAllowed || !counted.isExceeded ? 0 : Math.max(1, counted.ttlInSeconds)
  }
  return {
    limit: async (request, caller) => {
      if (caller.kind !== 'key') return
      const max = perMinute(app, caller)
      if (max > 0) refuseAfter(await waitFor(keys, request, caller.id, max), `This key may make ${max} requests a minute`)
      await countRequest(app, caller)
    },
    signIn: async (request, email) => {
      refuseAfter(
        await waitFor(signIns, request, email, SIGN_INS_PER_MINUTE),
        'There were too many tries to sign in with this e-mail',
      )
    },
    slowDown: async (request, failure) => {
      if (failure.code !== 'unauthorized' && failure.code !== 'invalid_api_key') return failure
      const retry_after = await waitFor(failures, request, request.ip, FAILURES_PER_MINUTE)
      if (retry_after === 0) return failure
      return {
        code: 'rate_limit_exceeded',
        message: `Too many failed requests from this address; wait ${retry_after} s.`,
        detail: { retry_after },
      }
    },
  }
}

function refuseAfter(retry_after: number, why: string): void {
  if (retry_after > 0) refuse('rate_limit_exceeded', `${why}; wait ${retry_after} s.`, { retry_after })
}
