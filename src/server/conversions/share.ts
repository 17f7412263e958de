/** Requests that arrive together share one transaction: the commit is the unit of cost, not the row. */
import { type App, work } from '../app.ts'
import type { Caller, Ctx } from '../context.ts'
import type { Result } from './record.ts'

type Waiting = { item: unknown; resolve(result: Result): void; reject(error: unknown): void }
type Act = (ctx: Ctx, items: unknown[]) => Promise<Result[]>
type Queue = {
  app: App
  caller: Caller
  program_id: string
  act: Act
  waiting: Waiting[]
  is_flushing: boolean
  is_scheduled: boolean
}

const LARGEST_FLUSH = 1000
const queues = new WeakMap<App, Map<string, Queue>>()

/** Hands an item to the next flush of its caller and program; settles when that flush is committed. */
export function share(app: App, caller: Caller, program_id: string, item: unknown, act: Act): Promise<Result> {
  const queue = queueOf(app, caller, program_id, act)
  return new Promise((resolve, reject) => {
    queue.waiting.push({ item, resolve, reject })
    schedule(queue)
  })
}

function queueOf(app: App, caller: Caller, program_id: string, act: Act): Queue {
  const ofApp = queues.get(app) ?? new Map<string, Queue>()
  queues.set(app, ofApp)
  const key = `${caller.id} ${program_id}`
  const queue = ofApp.get(key) ?? { app, caller, program_id, act, waiting: [], is_flushing: false, is_scheduled: false }
  ofApp.set(key, queue)
  queue.caller = caller
  return queue
}

/** One flush at a time: a second would wait for the first one's tabs, and what waits makes the next flush larger. */
function schedule(queue: Queue): void {
  if (queue.is_scheduled || queue.is_flushing || queue.waiting.length === 0) return
  queue.is_scheduled = true
  setImmediate(() => {
    queue.is_scheduled = false
    void flush(queue)
  })
}

async function flush(queue: Queue): Promise<void> {
  const batch = queue.waiting.splice(0, LARGEST_FLUSH)
  queue.is_flushing = true
  await settle(queue, batch)
  queue.is_flushing = false
  schedule(queue)
}

/** One bad item must not refuse its neighbours: what fails together is tried again one by one. */
async function settle(queue: Queue, batch: Waiting[]): Promise<void> {
  try {
    const results = await work(queue.app, queue.caller, { program_id: queue.program_id }, ctx =>
      queue.act(
        ctx,
        batch.map(w => w.item),
      ),
    )
    for (const [n, waiting] of batch.entries()) waiting.resolve(results[n] as Result)
  } catch (error) {
    if (batch.length === 1) batch[0]?.reject(error)
    else for (const one of batch) await settle(queue, [one])
  }
}
