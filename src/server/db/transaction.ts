/**
 * One transaction for one tenant.
 *
 * Row-level security shows only the rows of the organization that is set here, and the role is that of the application,
 * which owns nothing. Both are set with SET LOCAL, so nothing of them stays on the connection.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { CompiledQuery, type DatabaseConnection, type Kysely } from 'kysely'
import { isId } from '../../core/ids.ts'
import { jitter } from '../clock.ts'
import type { Db } from './database.ts'
import { kyselyOn } from './dialect.ts'
import { isRetryable } from './errors.ts'

export type Scope = {
  /** The organization whose rows are visible; null shows none, only the lookups. */
  org_id?: string | null
  readonly?: boolean
}

const RETRIES = 3
const ignore = () => {}

/** The statements that open a transaction for a scope. The id is checked, since it goes into the text. */
export function beginScript({ org_id, readonly }: Scope): string {
  const begin = `begin${readonly ? ' read only' : ''}; set local role quittance_app`
  if (org_id === undefined || org_id === null) return begin
  if (!isId(org_id)) throw new Error(`not an organization's id: ${JSON.stringify(org_id)}`)
  return `${begin}; select set_org('${org_id}')`
}

/**
 * Runs `work` in one transaction, and again (up to three times more) when it lost a race to another.
 *
 * The opening statements are not waited for: they share the round trip of the first query. `work` must do nothing outside
 * the database that cannot be done twice. Reading only, the commit is not waited for either.
 *
 * Refuses, as a plain error, an `org_id` that is not a UUID, and a commit after a failed statement.
 */
export async function transaction<T, Tables>(db: Db<Tables>, scope: Scope, work: (tx: Kysely<Tables>) => Promise<T>): Promise<T> {
  const begin = beginScript(scope)
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.kysely.getExecutor().provideConnection(connection => once(db, connection, begin, scope, work))
    } catch (error) {
      if (attempt > RETRIES || !isRetryable(error)) throw error
      await wait(jitter() * 20 * attempt)
    }
  }
}

const send = (connection: DatabaseConnection, text: string) => {
  const sent = connection.executeQuery(CompiledQuery.raw(text))
  sent.catch(ignore)
  return sent
}

async function once<T, Tables>(
  db: Db<Tables>,
  connection: DatabaseConnection,
  begin: string,
  scope: Scope,
  work: (tx: Kysely<Tables>) => Promise<T>,
): Promise<T> {
  const { tx, end } = kyselyOn(db.kysely, connection)
  const begun = send(connection, begin)
  try {
    const result = await work(tx)
    end()
    const committed = send(connection, 'commit')
    await begun
    if (!scope.readonly) await committed
    return result
  } catch (error) {
    end()
    // what a failed opening causes later ("transaction is aborted") would hide why
    const cause = await begun.then(
      () => error,
      failed => failed,
    )
    await send(connection, 'rollback').catch(ignore)
    throw cause
  }
}
