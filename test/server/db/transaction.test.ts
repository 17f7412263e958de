import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Db } from '../../../src/server/db/database.ts'
import { transaction } from '../../../src/server/db/transaction.ts'
import { bothKinds, ORG_A, ORG_B, ORG_REFUSED, type Scratch } from './databases.ts'

const failing = new Error('on purpose')

describe.each(bothKinds)('a transaction on the %s database', (_kind, open) => {
  let found: Db<Scratch> | null
  let db: Db<Scratch>
  beforeAll(async () => {
    found = await open()
    if (found) db = found
  }, 60_000)
  afterAll(() => found?.close())

  const names = (org_id: string | null) =>
    transaction(db, { org_id, readonly: true }, tx => tx.selectFrom('items').select('name').orderBy('id').execute())
  const count = async (id: number) =>
    (await db.kysely.selectFrom('counters').select('n').where('id', '=', id).executeTakeFirstOrThrow()).n
  const it = (name: string, body: () => Promise<void>) =>
    test(name, ({ skip }) => (found ? body() : skip('no real Postgres was found')))

  it('sees and writes the rows of its organization only', async () => {
    await transaction(db, { org_id: ORG_A }, tx => tx.insertInto('items').values({ org_id: ORG_A, id: 1, name: 'a' }).execute())
    await transaction(db, { org_id: ORG_B }, tx => tx.insertInto('items').values({ org_id: ORG_B, id: 1, name: 'b' }).execute())
    expect(await names(ORG_A)).toEqual([{ name: 'a' }])
    expect(await names(ORG_B)).toEqual([{ name: 'b' }])
    expect(await names(null)).toEqual([])
    const foreign = transaction(db, { org_id: ORG_A }, tx =>
      tx.insertInto('items').values({ org_id: ORG_B, id: 2, name: 'x' }).execute(),
    )
    await expect(foreign).rejects.toMatchObject({ code: '42501' })
  })

  it('leaves nothing of its role and organization on the connection', async () => {
    const state = sql<{
      role: string
      org: string
    }>`select current_user as role, coalesce(current_setting('app.org_id', true), '') as org`
    const inside = await transaction(db, { org_id: ORG_A }, tx => state.execute(tx))
    expect(inside.rows).toEqual([{ role: 'quittance_app', org: ORG_A }])
    const rolledBack = transaction(db, { org_id: ORG_A }, () => Promise.reject(failing))
    await expect(rolledBack).rejects.toBe(failing)
    const after = await Promise.all(Array.from({ length: 12 }, () => state.execute(db.kysely)))
    expect(new Set(after.flatMap(({ rows }) => rows.map(row => JSON.stringify(row))))).toEqual(
      new Set([JSON.stringify({ role: 'postgres', org: '' })]),
    )
  })

  it('undoes everything when the work fails, by itself or in the database', async () => {
    const bump = (id: number) => sql`update counters set n = n + 1 where id = ${id}`
    const thrown = transaction(db, {}, async tx => {
      await bump(1).execute(tx)
      throw failing
    })
    await expect(thrown).rejects.toBe(failing)
    const broken = transaction(db, {}, async tx => {
      await bump(1).execute(tx)
      await sql`select 1 / 0`.execute(tx)
    })
    await expect(broken).rejects.toMatchObject({ code: '22012' })
    expect(await count(1)).toBe(0)
  })

  it('does not report success when an error was swallowed', async () => {
    const swallowed = transaction(db, {}, async tx => {
      await sql`update counters set n = 9 where id = 1`.execute(tx)
      await sql`select 1 / 0`.execute(tx).catch(() => {})
    })
    await expect(swallowed).rejects.toMatchObject({ code: '25P02' })
    expect(await count(1)).toBe(0)
  })

  it('is read-only when asked', async () => {
    const write = transaction(db, { readonly: true }, tx => sql`update counters set n = 1 where id = 1`.execute(tx))
    await expect(write).rejects.toMatchObject({ code: '25006' })
  })

  it('refuses an organization that is not a UUID before it sends anything', async () => {
    await expect(transaction(db, { org_id: `x'); drop table items; --` }, async () => 1)).rejects.toThrow(
      "not an organization's id",
    )
  })

  it('fails with the reason why it could not begin', async () => {
    const queried = transaction(db, { org_id: ORG_REFUSED }, tx => sql`select 1`.execute(tx))
    await expect(queried).rejects.toMatchObject({ code: 'QT001' })
    await expect(transaction(db, { org_id: ORG_REFUSED }, async () => 1)).rejects.toMatchObject({ code: 'QT001' })
    await expect(transaction(db, { org_id: ORG_REFUSED, readonly: true }, async () => 1)).rejects.toMatchObject({ code: 'QT001' })
    expect(await count(2)).toBe(0)
  })

  it('refuses a statement that comes after its end', async () => {
    const tx = await transaction(db, { org_id: ORG_A }, async tx => tx)
    await expect(sql`select 1`.execute(tx)).rejects.toThrow('this transaction is over')
  })

  it('answers statements that were sent together in their order', async () => {
    const rows = await transaction(db, {}, tx =>
      Promise.all([1, 2, 3].map(n => sql<{ n: number }>`select ${n}::integer as n`.execute(tx))),
    )
    expect(rows.flatMap(({ rows }) => rows)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  })

  it('parses a statement again that failed while others of its name were on the way', async () => {
    const later = () => sql`select * from later where id = ${1}`.execute(db.kysely)
    const together = await Promise.allSettled([later(), later(), later()])
    expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    const inOne = transaction(db, {}, tx =>
      Promise.all([1, 2].map(n => sql`select * from later where id = ${n} and true`.execute(tx))),
    )
    await expect(inOne).rejects.toMatchObject({ code: '42P01' })
    await db.script('create table later (id integer); grant select on later to quittance_app')
    expect((await later()).rows).toEqual([])
    const again = await transaction(db, {}, tx =>
      Promise.all([1, 2].map(n => sql`select * from later where id = ${n} and true`.execute(tx))),
    )
    expect(again.map(({ rows }) => rows)).toEqual([[], []])
  })

  it('survives a value that cannot be written', async () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    const read = (value: unknown) => sql<{ v: unknown }>`select ${value}::jsonb as v`.execute(db.kysely)
    await expect(read(circle)).rejects.toThrow('circular')
    expect((await read({ a: 1 })).rows).toEqual([{ v: { a: 1 } }])
  })

  it('twenty at once are each whole, and the failed ones leave nothing', async () => {
    const add = (fails: boolean) =>
      transaction(db, { org_id: ORG_A }, async tx => {
        const { n } = await tx.selectFrom('counters').select('n').where('id', '=', 3).forUpdate().executeTakeFirstOrThrow()
        await Promise.all([
          tx
            .updateTable('counters')
            .set({ n: n + 1 })
            .where('id', '=', 3)
            .execute(),
          sql`update counters set n = n + 1 where id = ${4}`.execute(tx),
        ])
        if (fails) throw failing
      })
    const done = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => add(i % 4 === 0)))
    expect(done.filter(({ status }) => status === 'rejected')).toHaveLength(5)
    expect(await Promise.all([count(3), count(4)])).toEqual([15, 15])
  })
})
