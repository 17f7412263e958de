/**
 * Streams the result of a select as CSV, as Postgres itself writes it.
 *
 * pg-copy-streams takes the socket away from pg, which a pipelining client refuses; this is pg's own query that keeps what
 * pg's throws away.
 */
import { Readable } from 'node:stream'
import pg from 'pg'
import { beginScript, type Scope } from './transaction.ts'

type Wire = { stream: { pause(): void; resume(): void } }
type Internals = { handleCopyData(message: { chunk: Buffer }, wire: Wire): void }

const CHUNK = 64 * 1024
/** COPY plans for the last row; whoever waits for a stream wants the first one, so nothing is gathered or sorted before. */
const FIRST_ROW_FIRST = 'set local enable_sort = off; set local enable_hashjoin = off; set local enable_mergejoin = off'

function copyQuery(text: string, out: Readable, done: (error?: Error) => void): pg.Query & { wire?: Wire } {
  const query = new pg.Query(text as never) as pg.Query & Internals & { wire?: Wire; callback: typeof done }
  let rows: Buffer[] = []
  let size = 0
  const flush = () => {
    const room = out.destroyed || out.push(Buffer.concat(rows))
    rows = []
    size = 0
    return room
  }
  query.callback = error => {
    if (size > 0 && !error) flush()
    done(error ?? undefined)
  }
  query.handleCopyData = ({ chunk }, wire) => {
    query.wire = wire
    if (out.destroyed) return
    rows.push(Buffer.from(chunk))
    size += chunk.length
    if (size >= CHUNK && !flush()) wire.stream.pause()
  }
  return query
}

/**
 * Starts the copy and returns its stream; the connection is held until the stream has ended.
 *
 * A reader that stops early has the rest thrown away. A slow one is waited for up to ten minutes.
 */
export async function copyOut(pool: pg.Pool, scope: Scope & { header?: boolean }, select: string): Promise<Readable> {
  const begin = `${beginScript({ ...scope, readonly: true })}; set local statement_timeout = '10min'; ${FIRST_ROW_FIRST}`
  const client = await pool.connect()
  const out = new Readable({
    read: () => copying.wire?.stream.resume(),
    destroy: (error, done) => {
      copying.wire?.stream.resume()
      done(error)
    },
  })
  const finish = (error?: Error) => {
    client.query('rollback').then(
      () => client.release(),
      () => client.release(true),
    )
    begun.then(
      () => (error ? out.destroy(error) : out.push(null)),
      cause => out.destroy(cause),
    )
  }
  const begun = client.query(begin)
  begun.catch(() => {})
  const copying = copyQuery(`copy (${select}) to stdout with (format csv, header ${scope.header ?? true})`, out, finish)
  client.query(copying as never)
  return out
}
