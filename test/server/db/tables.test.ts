/** `src/server/db/tables.ts` and the migrated schema say the same. */

import { CompiledQuery } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../../src/server/db/database.ts'
import { type FreshDatabase, freshDatabase } from '../../support/databases.ts'
import { read } from '../../support/source-files.ts'

type Column = { table: string; name: string; type: string; nullable: boolean; has_default: boolean }

let database: FreshDatabase
let schema: Column[]
beforeAll(async () => {
  database = await freshDatabase({ kind: 'embedded' })
  const db = await openDatabase(database)
  const { rows } = await db.kysely.executeQuery<Column>(
    CompiledQuery.raw(`select c.table_name as table, c.column_name as name, c.udt_name as type, c.is_nullable = 'YES' as nullable,
      c.column_default is not null as has_default
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.table_name not like 'kysely%' order by 1, 2`),
  )
  schema = rows
  await db.close()
})
afterAll(() => database.remove())

/** What better-auth keeps is asked through its own library, never through kysely. */
const PEOPLE = /^(people|person_\w+)$/

/** The interfaces of tables.ts, by the table that each stands for. */
function declared(): Column[] {
  const text = ['tables', 'conversion-tables', 'structure-tables', 'portal-tables']
    .map(name => read(`src/server/db/${name}.ts`))
    .join('\n')
  const body = (name: string) => new RegExp(`export interface ${name} \\{\\n([\\s\\S]*?)\\n\\}`).exec(text)?.[1] ?? ''
  const fields = (name: string) =>
    body(name)
      .split('\n')
      .map(line => /^\s*(\w+): (.+)$/.exec(line)?.slice(1) as [string, string])
  return fields('Tables').flatMap(([table, type]) =>
    fields(type).map(([name, kind]) => ({
      table,
      name,
      type: kind,
      nullable: / \| null$/.test(kind),
      has_default: /^Generated</.test(kind),
    })),
  )
}

const names = (columns: Column[]) => columns.map(c => `${c.table}.${c.name}`).sort()
const ours = () => schema.filter(column => !PEOPLE.test(column.table))

test('the same tables and columns', () => {
  expect(declared().length).toBeGreaterThan(200)
  expect(names(declared())).toEqual(names(ours()))
})

test('what may be null, and what has a default, is said', () => {
  expect(names(declared().filter(c => c.nullable))).toEqual(names(ours().filter(c => c.nullable)))
  expect(names(declared().filter(c => c.has_default))).toEqual(names(ours().filter(c => c.has_default)))
})

test('each column is read as what it holds', () => {
  const reads: Record<string, RegExp> = {
    int8: /^number$/,
    int4: /^number$/,
    int2: /^number$/,
    text: /^string$/,
    uuid: /^string$/,
    bool: /^boolean$/,
    date: /^Day$/,
    timestamptz: /^Instant$/,
    jsonb: /^Json$/,
    _text: /^string\[\]$/,
    bytea: /^Buffer$/,
  }
  const typeOf = new Map(
    declared().map(c => [`${c.table}.${c.name}`, c.type.replace(/ \| null$/, '').replace(/^Generated<(.*)>$/, '$1')]),
  )
  const wrong = ours().filter(c => !reads[c.type]?.test(typeOf.get(`${c.table}.${c.name}`) ?? ''))
  expect(wrong.map(c => `${c.table}.${c.name} is ${c.type}`)).toEqual([])
})
