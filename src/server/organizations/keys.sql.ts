import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Plan } from '../../core/plan.ts'
import type { Ctx, Role, Tx } from '../context.ts'
import type { PageRequest } from '../page.ts'

export type KeyRow = {
  id: string
  program_id: string | null
  prefix: 'tga' | 'tk'
  last_four: string
  name: string
  scopes: ('read' | 'write')[]
  owner_id: string
  expires_at: Instant | null
  revoked_at: Instant | null
  created_at: Instant
}

export async function insert(tx: Tx, org_id: string, row: Omit<KeyRow, 'revoked_at'> & { hash: string }): Promise<void> {
  await tx.insertInto('lookups').values({ kind: 'api_key', key: row.hash, org_id }).execute()
  await tx
    .insertInto('api_keys')
    .values({ org_id, ...row })
    .execute()
}

export type KeyWithOwner = Omit<KeyRow, 'name'> & { role: Role; email: string; program_roles: Record<string, Role>; plan: Plan }

/** A key by its hash, with what its owner may do and the organization's plan; `undefined` when there is none. */
export async function byHash(tx: Tx, org_id: string, hash: string): Promise<KeyWithOwner | undefined> {
  const { rows } = await sql<KeyWithOwner>`
    select k.id, k.program_id, k.prefix, k.last_four, k.scopes, k.owner_id, k.expires_at, k.revoked_at, k.created_at,
      m.role, m.email, o.plan, coalesce((select jsonb_object_agg(p.program_id, p.role) from program_members p
        where p.org_id = k.org_id and p.user_id = k.owner_id), '{}') as program_roles
    from api_keys k join members m on m.org_id = k.org_id and m.user_id = k.owner_id and m.removed_at is null
      join organizations o on o.org_id = k.org_id
    where k.org_id = ${org_id} and k.hash = ${hash}`.execute(tx)
  return rows[0]
}

export async function list(tx: Tx, org_id: string): Promise<KeyRow[]> {
  const rows = await tx
    .selectFrom('api_keys')
    .select(['id', 'program_id', 'prefix', 'last_four', 'name', 'scopes', 'owner_id', 'expires_at', 'revoked_at', 'created_at'])
    .where('org_id', '=', org_id)
    .orderBy('id')
    .execute()
  return rows as KeyRow[]
}

export type ListedKey = KeyRow & { owner_email: string }
type Filter = PageRequest & { after: string | null; with_ended: boolean }

/** Newest first: those that work at an instant, or all there ever were. */
export async function page(ctx: Ctx, f: Filter): Promise<ListedKey[]> {
  const works = sql`k.revoked_at is null and (k.expires_at is null or k.expires_at > ${ctx.now})`
  const { rows } = await sql<ListedKey>`
    select k.id, k.program_id, k.prefix, k.last_four, k.name, k.scopes, k.owner_id, k.expires_at, k.revoked_at, k.created_at,
      m.email as owner_email
    from api_keys k join members m on m.org_id = k.org_id and m.user_id = k.owner_id
    where k.org_id = ${ctx.org_id} and ${f.with_ended ? sql`true` : works} and (${f.after}::uuid is null or k.id < ${f.after}::uuid)
    order by k.id desc limit ${f.limit + 1}`.execute(ctx.tx)
  return rows
}

export async function one(ctx: Ctx, id: string): Promise<ListedKey | undefined> {
  const { rows } = await sql<ListedKey>`
    select k.*, m.email as owner_email from api_keys k join members m on m.org_id = k.org_id and m.user_id = k.owner_id
    where k.org_id = ${ctx.org_id} and k.id = ${id}`.execute(ctx.tx)
  return rows[0]
}

export async function revoke(tx: Tx, org_id: string, id: string, now: Instant): Promise<boolean> {
  const done = await tx
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('org_id', '=', org_id)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return done.numUpdatedRows > 0n
}
