import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Db } from '../../../src/server/db/database.ts'
import { instantText, safeInteger } from '../../../src/server/db/types.ts'
import { bothKinds, type Scratch } from './databases.ts'

const EVERY_TYPE = sql`
  select 9007199254740991::int8 as int8, 7 as int4, 1.10::numeric as numeric, '2026-03-01'::date as date,
    '2026-03-01 12:00:00.1239+02'::timestamptz as at, 'infinity'::timestamptz as late, '-infinity'::timestamptz as early,
    '{"a":[1,null]}'::jsonb as jsonb, array[1,null,3]::int8[] as int8s, array[1.50,null]::numeric[] as numerics,
    array['2026-03-01',null]::date[] as dates, array['2026-03-01 00:00Z','infinity']::timestamptz[] as ats,
    array['01900000-0000-7000-8000-00000000000a']::uuid[] as uuids, '01900000-0000-7000-8000-00000000000a'::uuid as uuid,
    array['a,b','"']::text[] as texts, array['{"a":1}']::jsonb[] as jsonbs, true as yes, null as nothing, 1.5::float8 as float8`

const AS_VALUES = {
  int8: 9007199254740991,
  int4: 7,
  numeric: '1.10',
  date: '2026-03-01',
  at: '2026-03-01T10:00:00.123Z',
  late: 'infinity',
  early: '-infinity',
  jsonb: { a: [1, null] },
  int8s: [1, null, 3],
  numerics: ['1.50', null],
  dates: ['2026-03-01', null],
  ats: ['2026-03-01T00:00:00.000Z', 'infinity'],
  uuids: ['01900000-0000-7000-8000-00000000000a'],
  uuid: '01900000-0000-7000-8000-00000000000a',
  texts: ['a,b', '"'],
  jsonbs: [{ a: 1 }],
  yes: true,
  nothing: null,
  float8: 1.5,
}

const ROUND_TRIP = [
  ['2026-03-01T10:00:00.000Z', 'timestamptz', '2026-03-01T10:00:00.000Z'],
  ['infinity', 'timestamptz', 'infinity'],
  ['2026-03-01', 'date', '2026-03-01'],
  [12_345, 'int8', 12_345],
  ['12345.678', 'numeric', '12345.678'],
  [[1, 2], 'int8[]', [1, 2]],
  [['a', null, 'b"{}'], 'text[]', ['a', null, 'b"{}']],
  [{ a: { b: 'ä' } }, 'jsonb', { a: { b: 'ä' } }],
  [JSON.stringify([1, 2]), 'jsonb', [1, 2]],
  [true, 'boolean', true],
] as const

describe.each(bothKinds)('a row of the %s database', (_kind, open) => {
  let db: Db<Scratch> | null
  beforeAll(async () => {
    db = await open()
  }, 60_000)
  afterAll(() => db?.close())

  test('has the same values and types with and without parameters', async ({ skip }) => {
    if (!db) return skip('no real Postgres was found')
    expect((await EVERY_TYPE.execute(db.kysely)).rows).toEqual([AS_VALUES])
    const named = await sql`select * from (${EVERY_TYPE}) x where ${1}::integer = 1`.execute(db.kysely)
    expect(named.rows).toEqual([AS_VALUES])
  })

  test('refuses an integer that a number cannot hold', async ({ skip }) => {
    if (!db) return skip('no real Postgres was found')
    await expect(sql`select 9007199254740992::int8 as n`.execute(db.kysely)).rejects.toThrow('not a safe integer')
    await expect(sql`select array[9007199254740992]::int8[] as n`.execute(db.kysely)).rejects.toThrow('not a safe integer')
    expect((await sql`select 1 as n`.execute(db.kysely)).rows).toEqual([{ n: 1 }])
  })

  test.each(ROUND_TRIP)('takes %j as a parameter of type %s', async (value, type, result) => {
    if (!db) return
    const read = await sql`select ${value}::${sql.raw(type)} as value`.execute(db.kysely)
    expect(read.rows).toEqual([{ value: result }])
  })

  test('counts the rows that a statement changed', async ({ skip }) => {
    if (!db) return skip('no real Postgres was found')
    const { numUpdatedRows } = await db.kysely.updateTable('counters').set({ n: 5 }).where('id', '>', 4).executeTakeFirst()
    expect(numUpdatedRows).toBe(6n)
  })

  test('an error says what, where and which constraint', async ({ skip }) => {
    if (!db) return skip('no real Postgres was found')
    const twice = db.kysely.insertInto('counters').values({ id: 1, n: 1 }).execute()
    await expect(twice).rejects.toMatchObject({
      code: '23505',
      constraint: 'counters_pkey',
      table: 'counters',
      detail: 'Key (id)=(1) already exists.',
      message: 'duplicate key value violates unique constraint "counters_pkey"',
    })
  })
})

test.each([
  ['2026-03-01 10:00:00+00', '2026-03-01T10:00:00.000Z'],
  ['2026-03-01 10:00:00.5+00', '2026-03-01T10:00:00.500Z'],
  ['2026-03-01 10:00:00.123999+00', '2026-03-01T10:00:00.123Z'],
  ['2026-03-01 15:30:00+05:30', '2026-03-01T10:00:00.000Z'],
  ['2026-02-28 23:00:00.25-03', '2026-03-01T02:00:00.250Z'],
  ['infinity', 'infinity'],
  ['-infinity', '-infinity'],
])('the instant %s reads as %s', (text, iso) => expect(instantText(text)).toBe(iso))

test('the largest safe integers are read and their neighbours refused', () => {
  expect(safeInteger('-9007199254740991')).toBe(-9007199254740991)
  expect(() => safeInteger('-9007199254740992')).toThrow('not a safe integer')
})
