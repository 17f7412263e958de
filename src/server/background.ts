/**
 * Work that goes on after its request was answered, whether or not anybody still waits for it.
 *
 * It lives in this process: closing the server asks each to stop at its next step and waits for it. Whoever starts work keeps
 * in the database how far it is, so that what was killed can be taken up again.
 */
import type { App } from './app.ts'

type Running = { stop: AbortController; ended: Promise<void> }
const running = new Map<string, Running>()
const apps = new WeakMap<App, Set<string>>()

/** Thrown by work that stops because the server does. */
export class Stopped extends Error {}

function idsOf(app: App): Set<string> {
  const ids = apps.get(app) ?? new Set<string>()
  apps.set(app, ids)
  return ids
}

/** Starts work under an id, unless it is at work already. `act` asks `goOn()` between its steps, which throws when it must stop. */
export function startWork(app: App, id: string, act: (goOn: () => void) => Promise<void>): void {
  if (running.has(id)) return
  const ids = idsOf(app)
  const stop = new AbortController()
  const goOn = () => {
    if (stop.signal.aborted) throw new Stopped('the server is stopping')
  }
  const ended = act(goOn)
    .catch(error => app.report(error, 'background work failed'))
    .finally(() => {
      running.delete(id)
      ids.delete(id)
    })
  running.set(id, { stop, ended })
  ids.add(id)
}

/** Whether this process is at work under an id. */
export const isAtWork = (id: string): boolean => running.has(id)

/** Asks everything to stop, and waits until it has. */
export async function stopWork(app: App): Promise<void> {
  const mine = [...idsOf(app)].flatMap(id => running.get(id) ?? [])
  for (const { stop } of mine) stop.abort()
  await Promise.all(mine.map(({ ended }) => ended))
}
