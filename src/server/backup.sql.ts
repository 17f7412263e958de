/** What a backup reads and a restore writes: every table of ours, as the text of its rows. */
import { CompiledQuery, type Kysely, sql } from 'kysely'
import type { Tables } from './db/tables.ts'

type Connection = Kysely<Tables>
export type Table = { name: string; columns: string[]; has_policy: boolean }

const run = async (connection: Connection, text: string): Promise<void> =>
  void (await connection.executeQuery(CompiledQuery.raw(text)))
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Tables with their columns, those that others refer to first. Bookkeeping of migrations and of jobs is left out. */
export async function tables(connection: Connection): Promise<Table[]> {
  const { rows } = await sql<Table & { parents: string[] }>`
    select c.relname as name, c.relforcerowsecurity as has_policy,
      array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns,
      array(select distinct p.relname::text from pg_constraint f join pg_class p on p.oid = f.confrelid
        where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> f.conrelid) as parents
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'kysely\_%'
    order by c.relname`.execute(connection)
  return parentsFirst(rows).map(({ name, columns, has_policy }) => ({ name, columns, has_policy }))
}

function parentsFirst<T extends { name: string; parents: string[] }>(rows: T[]): T[] {
  const sorted: T[] = []
  const done = new Set<string>()
  while (sorted.length < rows.length) {
    const ready = rows.filter(row => !done.has(row.name) && row.parents.every(parent => done.has(parent)))
    if (ready.length === 0) throw new Error('tables refer to each other in a circle')
    for (const row of ready) done.add(row.name)
    sorted.push(...ready)
  }
  return sorted
}

/** Whether this role sees every tenant's rows, as a superuser does; another owner is bound by the policies like anybody. */
export async function seesAll(connection: Connection): Promise<boolean> {
  const { rows } = await sql<{
    all: boolean
  }>`select rolsuper or rolbypassrls as all from pg_roles where rolname = current_user`.execute(connection)
  return rows[0]?.all ?? false
}

/** One state of the whole database, for as long as the connection is held. */
export const beginSnapshot = (connection: Connection) =>
  run(connection, `begin isolation level repeatable read read only; ${UNHURRIED}`)
export const begin = (connection: Connection) => run(connection, `begin; ${UNHURRIED}`)
export const commit = (connection: Connection) => run(connection, 'commit')
export const rollback = (connection: Connection) => run(connection, 'rollback')

const UNHURRIED = `set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0; set local timezone = 'UTC'; set local datestyle = 'ISO'`

export const actFor = async (connection: Connection, org_id: string): Promise<void> =>
  void (await sql`select set_org(${org_id}::uuid)`.execute(connection))

export async function count(connection: Connection, table: Table): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table.name)}`.execute(connection)
  return Number(rows[0]?.n ?? 0)
}

/** Each row as Postgres writes a record, which it reads back exactly. */
export async function* rowsOf(connection: Connection, table: Table, batch = 2000): AsyncGenerator<string[]> {
  await run(connection, `declare backup_rows no scroll cursor for select t::text as line from ${quoted(table.name)} t`)
  for (;;) {
    const { rows } = await connection.executeQuery<{ line: string }>(CompiledQuery.raw(`fetch forward ${batch} from backup_rows`))
    if (rows.length > 0) yield rows.map(row => row.line)
    if (rows.length < batch) break
  }
  await run(connection, 'close backup_rows')
}

export async function insert(connection: Connection, table: Table, lines: string[]): Promise<void> {
  await sql`insert into ${sql.table(table.name)} select * from unnest(${lines}::${sql.table(table.name)}[])`.execute(connection)
}

/** Lets rows in as they were: their triggers and policies judged them when they were made. Foreign keys still judge. */
export const open = (connection: Connection, { name, has_policy }: Table) =>
  run(
    connection,
    `alter table ${quoted(name)} disable trigger user${has_policy ? `; alter table ${quoted(name)} no force row level security` : ''}`,
  )

export const shut = (connection: Connection, { name, has_policy }: Table) =>
  run(
    connection,
    `alter table ${quoted(name)} enable trigger user${has_policy ? `; alter table ${quoted(name)} force row level security` : ''}`,
  )

export async function analyze(connection: Connection): Promise<void> {
  await run(connection, 'analyze')
}
