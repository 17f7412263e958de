/** What a Postgres server does by itself and the embedded one does not: checkpoints and vacuum. */
import type { Db } from './database.ts'

const MINUTE = 60_000
const CHECKPOINT_EVERY = 5 * MINUTE
const FIRST_VACUUM_AFTER = 30 * MINUTE
const VACUUM_EVERY = 24 * 60 * MINUTE

/**
 * Starts the upkeep of an embedded database and returns what stops it; with a server it does nothing.
 *
 * Without it the log of changes grows without bound and updated tables bloat. Each run holds the only connection: about
 * 0.1 s for a checkpoint, 3 s to vacuum 3.5 million rows.
 */
export function upkeep(db: Pick<Db, 'kind' | 'script'>, failed: (error: unknown) => void = () => {}): () => void {
  if (db.kind !== 'embedded') return () => {}
  const run = (sql: string) => () => void db.script(sql).catch(failed)
  const checkpoint = setInterval(run('checkpoint'), CHECKPOINT_EVERY)
  const first = setTimeout(run('vacuum (analyze)'), FIRST_VACUUM_AFTER)
  const vacuum = setInterval(run('vacuum (analyze)'), VACUUM_EVERY)
  for (const timer of [checkpoint, first, vacuum]) timer.unref()
  return () => {
    for (const timer of [checkpoint, first, vacuum]) clearTimeout(timer)
  }
}
