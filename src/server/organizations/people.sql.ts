import { type Kysely, sql } from 'kysely'
import { isId } from '../../core/ids.ts'
import type { Tables } from '../db/tables.ts'

type Owner = Kysely<Tables>

/** `org_ids` are where the person works, `partner_org_ids` where they are a partner, as far as is known before a tenant is. */
export type SessionRow = {
  person_id: string
  email: string
  org_ids: string[]
  partner_org_ids: string[]
  /** Whether they signed in a moment ago, which a change of the password asks of those who do not give the old one. */
  is_fresh: boolean
}

/** The person behind a live session's token, and the organizations that may know them. Sessions use real time. */
export async function session(db: Owner, token: string): Promise<SessionRow | undefined> {
  const { rows } = await sql<SessionRow>`
    select p.id as person_id, p.email,
      array(select l.org_id from lookups l where l.kind = 'user' and l.key = p.id order by l.org_id) as org_ids,
      array(select l.org_id from lookups l where l.kind = 'partner' and l.key = p.id order by l.org_id) as partner_org_ids,
      s.created_at > now() - interval '15 minutes' as is_fresh
    from person_sessions s join people p on p.id = s.person_id
    where s.token = ${token} and s.expires_at > now()`.execute(db)
  return rows[0]
}

/** Whether somebody is a partner and works nowhere here, as far as is known before a tenant is. */
export async function isPartnerOnly(db: Owner, person_id: string): Promise<boolean> {
  const { rows } = await sql<{ is: boolean }>`
    select coalesce(bool_and(kind = 'partner'), false) as is from lookups
    where kind in ('user', 'partner') and key = ${person_id}`.execute(db)
  return rows[0]?.is ?? false
}

export async function isMemberSomewhere(db: Owner, person_id: string): Promise<boolean> {
  const { rows } = await sql`select from lookups where kind = 'user' and key = ${person_id}`.execute(db)
  return rows.length > 0
}

export async function removeSession(db: Owner, token: string): Promise<void> {
  await sql`delete from person_sessions where token = ${token}`.execute(db)
}

/** Signs a person out everywhere but here. */
export async function removeOtherSessions(db: Owner, person_id: string, token: string): Promise<void> {
  await sql`delete from person_sessions where person_id = ${person_id} and token <> ${token}`.execute(db)
}

/** Keeps a one-time link. Its own limit is in `value`; the row lives on a while, so that a late visitor learns why. */
export async function insertLink(db: Owner, row: { id: string; hash: string; value: string }): Promise<void> {
  await sql`
    insert into person_verifications (id, identifier, value, expires_at, created_at, updated_at)
    values (${row.id}, ${row.hash}, ${row.value}, now() + interval '10 years', now(), now())`.execute(db)
}

export async function link(db: Owner, hash: string): Promise<string | undefined> {
  const { rows } = await sql<{ value: string }>`select value from person_verifications where identifier = ${hash}`.execute(db)
  return rows[0]?.value
}

export async function removeLink(db: Owner, hash: string): Promise<void> {
  await sql`delete from person_verifications where identifier = ${hash}`.execute(db)
}

/** Whether a program is the organization's; asked inside its transaction. */
export async function ownsProgram(tx: Owner, org_id: string, program_id: string): Promise<boolean> {
  if (!isId(program_id)) return false
  const row = await tx
    .selectFrom('programs')
    .select('id')
    .where('org_id', '=', org_id)
    .where('id', '=', program_id)
    .executeTakeFirst()
  return row !== undefined
}
