import { type Kysely, sql } from 'kysely'
import type { Tx } from '../context.ts'
import type { Db } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { transaction } from '../db/transaction.ts'

/** Slugs stand in tracking URLs, so they are unique across organizations. */
export async function isSlugTaken(tx: Tx, slug: string): Promise<boolean> {
  const { rows } = await sql`select 1 from lookups where kind = 'program_slug' and key = ${slug.toLowerCase()}`.execute(tx)
  return rows.length > 0
}

/** Whether anybody has set up an organization here: each has a program, and each program a slug. */
export async function isSetUp(db: Kysely<Tables>): Promise<boolean> {
  const { rows } = await sql`select 1 from lookups where kind = 'program_slug' limit 1`.execute(db)
  return rows.length > 0
}

export async function organizationIds(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ org_id: string }>`
    select distinct org_id from lookups where kind = 'program_slug' order by org_id`.execute(db)
  return rows.map(row => row.org_id)
}

/** Marks the installation as set up; false when another organization did so before. */
export async function claimSetup(tx: Tx, org_id: string): Promise<boolean> {
  if (await isSetUp(tx)) return false
  const { rows } = await sql`
    insert into lookups (kind, key, org_id) values ('setup', 'first', ${org_id}) on conflict do nothing returning key`.execute(tx)
  return rows.length > 0
}

/** Which organization a program belongs to: for commands, which name a program alone. */
export async function organizationOf(db: Db<Tables>, program_id: string): Promise<string | null> {
  for (const org_id of await organizationIds(db.kysely)) {
    const found = await transaction(db, { org_id, readonly: true }, tx =>
      tx.selectFrom('programs').select('id').where('org_id', '=', org_id).where('id', '=', program_id).executeTakeFirst(),
    )
    if (found) return org_id
  }
  return null
}
