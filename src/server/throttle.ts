/** How often somebody without a name may ask for something: a sign-in link, to be taken in as a partner. It counts in real time. */
import type { App } from './app.ts'
import { realMs } from './clock.ts'

type Limit = { max: number; window_ms: number }
const MOST_KEPT = 10_000
const counts = new WeakMap<object, Map<string, number[]>>()

/** Counts a request under a name; false when it is one too many, which does not count. The window slides. */
export function mayAsk(app: App, name: string, { max, window_ms }: Limit): boolean {
  const seen = counts.get(app.afterwards) ?? new Map<string, number[]>()
  counts.set(app.afterwards, seen)
  const now = realMs()
  const recent = (seen.get(name) ?? []).filter(at => at > now - window_ms)
  const may = recent.length < max
  if (may) recent.push(now)
  if (seen.size > MOST_KEPT) seen.clear()
  seen.set(name, recent)
  return may
}
