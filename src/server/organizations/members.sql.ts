import { sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx, Role, Tx } from '../context.ts'

export type MemberRow = { user_id: string; email: string; role: Role; created_at: Instant; program_roles: Record<string, Role> }

const rolesOf = sql`coalesce((select jsonb_object_agg(p.program_id, p.role) from program_members p
  where p.org_id = m.org_id and p.user_id = m.user_id), '{}')`

/** The member with this e-mail, or without one the admin who has been here longest. */
export async function ownerFor(ctx: Ctx, email: string | undefined): Promise<{ user_id: string; email: string } | undefined> {
  const { rows } = await sql<{ user_id: string; email: string }>`
    select user_id, email from members
    where org_id = ${ctx.org_id} and removed_at is null
      and ${email === undefined ? sql`role = 'admin'` : sql`lower(email) = lower(${email})`}
    order by created_at limit 1`.execute(ctx.tx)
  return rows[0]
}

export async function list(ctx: Ctx, user_id?: string): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    select m.user_id, m.email, m.role, m.created_at, ${rolesOf} as program_roles
    from members m where m.org_id = ${ctx.org_id} and m.removed_at is null
      ${user_id === undefined ? sql`` : sql`and m.user_id = ${user_id}`}
    order by m.created_at, m.user_id`.execute(ctx.tx)
  return rows
}

/** Holds the organization, so that two admins cannot demote each other at once. */
export async function hold(ctx: Ctx): Promise<void> {
  await sql`select from organizations where org_id = ${ctx.org_id} for no key update`.execute(ctx.tx)
}

export async function setRole(ctx: Ctx, user_id: string, role: Role): Promise<void> {
  await sql`update members set role = ${role} where org_id = ${ctx.org_id} and user_id = ${user_id}`.execute(ctx.tx)
}

export async function setProgramRole(ctx: Ctx, user_id: string, program_id: string, role: Role | null): Promise<void> {
  await sql`delete from program_members
    where org_id = ${ctx.org_id} and program_id = ${program_id} and user_id = ${user_id}`.execute(ctx.tx)
  if (role === null) return
  await sql`insert into program_members (org_id, program_id, user_id, role)
    values (${ctx.org_id}, ${program_id}, ${user_id}, ${role})`.execute(ctx.tx)
}

/** A removed member stays as a row, since keys and records name it, and is found by nothing else. */
export async function remove(ctx: Ctx, user_id: string): Promise<void> {
  const { org_id, now, tx } = ctx
  await sql`update members set removed_at = ${now}, role = 'member' where org_id = ${org_id} and user_id = ${user_id}`.execute(tx)
  await sql`delete from program_members where org_id = ${org_id} and user_id = ${user_id}`.execute(tx)
  await sql`delete from lookups where kind = 'user' and key = ${user_id} and org_id = ${org_id}`.execute(tx)
  await sql`update api_keys set revoked_at = ${now}
    where org_id = ${org_id} and owner_id = ${user_id} and revoked_at is null`.execute(tx)
}

/** Makes a person a member; one who was removed comes back with the new role. */
export async function admit(ctx: Ctx, row: { user_id: string; email: string; role: Role }): Promise<void> {
  const { org_id, now, tx } = ctx
  await sql`insert into members (org_id, user_id, email, role, created_at)
    values (${org_id}, ${row.user_id}, ${row.email}, ${row.role}, ${now})
    on conflict (org_id, user_id) do update set role = excluded.role, email = excluded.email, removed_at = null`.execute(tx)
  await sql`insert into lookups (kind, key, org_id) values ('user', ${row.user_id}, ${org_id}) on conflict do nothing`.execute(tx)
}

export type InvitationRow = {
  id: string
  email: string
  role: Role
  program_id: string | null
  expires_at: Instant
  created_at: Instant
  created_by: string
}
const COLUMNS = sql`id, email, role, program_id, expires_at, created_at, created_by`
const open = sql`accepted_at is null and revoked_at is null`

export async function invitations(ctx: Ctx): Promise<InvitationRow[]> {
  const { rows } = await sql<InvitationRow>`select ${COLUMNS} from invitations
    where org_id = ${ctx.org_id} and ${open} order by id desc`.execute(ctx.tx)
  return rows
}

/** One that nobody has accepted or revoked, held for a change. */
export async function invitation(ctx: Ctx, by: { id: string } | { token_hash: string }): Promise<InvitationRow | undefined> {
  const found = 'id' in by ? sql`id = ${by.id}` : sql`token_hash = ${by.token_hash}`
  const { rows } = await sql<InvitationRow>`select ${COLUMNS} from invitations
    where org_id = ${ctx.org_id} and ${found} and ${open} for update`.execute(ctx.tx)
  return rows[0]
}

export async function isInvited(ctx: Ctx, email: string): Promise<boolean> {
  const { rows } = await sql`select 1 from invitations
    where org_id = ${ctx.org_id} and email = ${email} and ${open} and expires_at > ${ctx.now}`.execute(ctx.tx)
  return rows.length > 0
}

/** Keeps an invitation; one to the same address that has expired makes room for it. */
export async function insertInvitation(ctx: Ctx, row: InvitationRow & { token_hash: string }): Promise<void> {
  const { org_id, tx, now } = ctx
  await sql`update invitations set revoked_at = ${now} where org_id = ${org_id} and email = ${row.email} and ${open}`.execute(tx)
  await sql`insert into invitations (org_id, id, email, role, program_id, token_hash, expires_at, created_at, created_by)
    values (${org_id}, ${row.id}, ${row.email}, ${row.role}, ${row.program_id}, ${row.token_hash}, ${row.expires_at}, ${now},
      ${row.created_by})`.execute(tx)
  await insertToken(tx, org_id, row.token_hash)
}

const insertToken = (tx: Tx, org_id: string, hash: string) =>
  sql`insert into lookups (kind, key, org_id) values ('invitation', ${hash}, ${org_id})`.execute(tx)

export async function renew(ctx: Ctx, id: string, token_hash: string, expires_at: Instant): Promise<void> {
  await sql`update invitations set token_hash = ${token_hash}, expires_at = ${expires_at}
    where org_id = ${ctx.org_id} and id = ${id}`.execute(ctx.tx)
  await insertToken(ctx.tx, ctx.org_id, token_hash)
}

export async function close(ctx: Ctx, id: string, how: 'accepted_at' | 'revoked_at'): Promise<void> {
  await sql`update invitations set ${sql.ref(how)} = ${ctx.now} where org_id = ${ctx.org_id} and id = ${id}`.execute(ctx.tx)
}
