/** What a Postgres server does by itself and the embedded one does not: checkpoints and vacuum. */
import type { Db } from './database.ts'

const MINUTE = 60_000
const CHECKPOINT_EVERY = 5 * MINUTE
const ANALYZE_EVERY = 10 * MINUTE
const FIRST_VACUUM_AFTER = 30 * MINUTE
const VACUUM_EVERY = 24 * 60 * MINUTE

/**
 * Starts the upkeep of an embedded database and returns what stops it; with a server it does nothing.
 *
 * Without it the log of changes grows without bound, updated tables bloat, and plans made for small tables stay. Each run holds the only connection: about
 * 0.1 s for a checkpoint, 3 s to vacuum 3.5 million rows.
 */
export function upkeep(db: Pick<Db, 'kind' | 'script'>, failed: (error: unknown) => void = () => {}): () => void {
  if (db.kind !== 'embedded') return () => {}
  const run = (sql: string) => () => void db.script(sql).catch(failed)
  const checkpoint = setInterval(run('checkpoint'), CHECKPOINT_EVERY)
  const first_look = setTimeout(run('analyze'), MINUTE)
  const look = setInterval(run('analyze'), ANALYZE_EVERY)
  const first = setTimeout(run('vacuum (analyze)'), FIRST_VACUUM_AFTER)
  const vacuum = setInterval(run('vacuum (analyze)'), VACUUM_EVERY)
  const timers = [checkpoint, first_look, look, first, vacuum]
  for (const timer of timers) timer.unref()
  return () => timers.forEach(clearTimeout)
}

/** After much was written: plans made while the tables were small would read all of them. A server sees to it by itself. */
export async function newStatistics(db: Pick<Db, 'kind' | 'script'>): Promise<void> {
  if (db.kind === 'embedded') await db.script('analyze')
}
