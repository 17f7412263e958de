/**
 * The one clock and the one source of randomness; nothing else reads either.
 *
 * `QUITTANCE_NOW` starts the clock at another instant, from which it runs on at normal speed. Source: spec G1.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { type Instant, instant, ms } from '../core/calendar.ts'
import { idGenerator } from '../core/ids.ts'

/** `travel` moves the clock to another instant, from which it runs on; only tests do. */
export type Clock = { now(): Instant; nowMs(): number; readonly is_travelling: boolean; travel(to: Instant): void }

export function makeClock(start?: Instant): Clock {
  let shift = start === undefined ? 0 : ms(start) - Date.now()
  const travel = (to: Instant) => {
    shift = ms(to) - Date.now()
  }
  const nowMs = () => Date.now() + shift
  return { now: () => instant(nowMs()), nowMs, is_travelling: start !== undefined, travel }
}

/** Real milliseconds, for time-outs, caches and rate limits: what `QUITTANCE_NOW` does not move. */
export const realMs = (): number => Date.now()

export const makeIds = (clock: Clock): (() => string) => idGenerator(clock.nowMs, randomUUID)

/** Text that nobody can guess: 256 bits unless said otherwise. */
export const randomSecret = (encoding: 'hex' | 'base64url' = 'base64url', bytes = 32): string =>
  randomBytes(bytes).toString(encoding)

/** A name that no other file bears. */
export const uniqueName = (): string => randomUUID()

/** A share of 0 to 1, so that those who try again do not all come at once. */
export const jitter = (): number => Math.random()
