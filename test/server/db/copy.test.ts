import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Db } from '../../../src/server/db/database.ts'
import { bothKinds, ORG_A, ORG_B, ORG_REFUSED, type Scratch } from './databases.ts'

describe.each(bothKinds)('copying out of the %s database', (_kind, open) => {
  let found: Db<Scratch> | null
  let db: Db<Scratch>
  beforeAll(async () => {
    found = await open()
    if (!found) return
    db = found
    await db.script(`insert into items values ('${ORG_A}', 1, 'a,"b"'), ('${ORG_A}', 2, '-1'), ('${ORG_B}', 3, 'secret')`)
  }, 60_000)
  afterAll(() => found?.close())
  const it = (name: string, body: () => Promise<void>) =>
    test(name, ({ skip }) => (found ? body() : skip('no real Postgres was found')))
  const usable = async () =>
    expect((await sql`select current_user::text as u`.execute(db.kysely)).rows).toEqual([{ u: 'postgres' }])

  it("gives the organization's rows as CSV, with a header or without", async () => {
    const select = 'select id, name from items order by id'
    expect(await text(await db.copyOut({ org_id: ORG_A }, select))).toBe('id,name\n1,"a,""b"""\n2,-1\n')
    expect(await text(await db.copyOut({ org_id: ORG_B, header: false }, select))).toBe('3,secret\n')
    expect(await text(await db.copyOut({ org_id: null, header: false }, select))).toBe('')
    await usable()
  })

  it('gives every row of a large result in order', async () => {
    const csv = await text(await db.copyOut({ header: false }, 'select i from generate_series(1, 100000) i'))
    expect(csv).toBe(Array.from({ length: 100_000 }, (_, i) => `${i + 1}\n`).join(''))
  })

  it('waits for a slow reader and keeps nothing of what an early leaver did not read', async () => {
    const wide = "select i, repeat('x', 200) from generate_series(1, 50000) i"
    let bytes = 0
    let chunks = 0
    for await (const chunk of await db.copyOut({}, wide)) {
      bytes += chunk.length
      if (chunks++ < 5) await wait(20)
    }
    expect(bytes).toBeGreaterThan(50_000 * 200)
    for (let i = 0; i < 12; i++) for await (const _ of await db.copyOut({}, wide)) break
    await usable()
  })

  it('fails in the stream when the select does, and when the organization is refused', async () => {
    await expect(text(await db.copyOut({}, 'select 1 / (3 - i) from generate_series(1, 5) i'))).rejects.toMatchObject({
      code: '22012',
    })
    await expect(text(await db.copyOut({ org_id: ORG_REFUSED }, 'select 1'))).rejects.toMatchObject({ code: 'QT001' })
    await expect(db.copyOut({ org_id: 'x' }, 'select 1')).rejects.toThrow("not an organization's id")
    await expect(text(await db.copyOut({}, 'delete from items returning 1'))).rejects.toMatchObject({ code: '25006' })
    await usable()
  })
})
