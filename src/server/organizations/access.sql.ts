import { type RawBuilder, sql } from 'kysely'
import type { Instant, TimeZone } from '../../core/calendar.ts'
import type { Tx } from '../context.ts'
import type { ProgramRow } from './organizations.sql.ts'

/** What a program's portal looks like and shows. */
export type PortalRow = {
  title: string | null
  logo_path: string | null
  allow_sign_up: boolean
  approved_by_default: boolean
  show_balance: boolean
  show_alias: boolean
  show_log: boolean
}

/** A partner as one who may enter, with the program and the portal that they would see. */
export type Entry = {
  partner: { id: string; name: string; email: string | null; alias: string; status: string; is_removed: boolean }
  program: ProgramRow
  portal: PortalRow
  time_zone: TimeZone
}

type EntryRow = Omit<ProgramRow, 'created_at'> &
  PortalRow & {
    program_created_at: Instant
    partner_id: string
    partner_name: string
    partner_email: string | null
    alias: string
    status: string
    is_removed: boolean
    time_zone: TimeZone
  }

/** A program without a row of its own has the defaults of the table. */
export const portalColumns = sql`r.title, r.logo_path, coalesce(r.allow_sign_up, false) as allow_sign_up,
  coalesce(r.approved_by_default, false) as approved_by_default, coalesce(r.show_balance, true) as show_balance,
  coalesce(r.show_alias, true) as show_alias, coalesce(r.show_log, true) as show_log`

const entryColumns = sql`p.id as partner_id, p.name as partner_name, p.email as partner_email, p.alias, p.status,
  p.removed_at is not null as is_removed, g.id, g.slug, g.name, g.program_type, g.currency, g.frequency, g.anchor_on,
  g.minimum_threshold_cents, g.hold_days, g.conversion_types, g.created_at as program_created_at, o.time_zone, ${portalColumns}`

const mayEnter = sql`(p.removed_at is null and p.status in ('approved', 'paused'))`

const entryFrom = (source: RawBuilder<unknown>) => sql`select ${entryColumns} from ${source}
  join programs g on g.org_id = p.org_id and g.id = p.program_id
  join organizations o on o.org_id = p.org_id
  left join portals r on r.org_id = p.org_id and r.program_id = p.program_id`

/** The partners that a person is: the one asked for, or all, those who may enter first. */
export async function entriesOf(tx: Tx, org_id: string, user_id: string, partner_id: string | null): Promise<Entry[]> {
  const { rows } = await sql<EntryRow>`
    ${entryFrom(sql`partner_people k join partners p on p.org_id = k.org_id and p.id = k.partner_id`)}
    where k.org_id = ${org_id} and k.user_id = ${user_id} and (${partner_id}::uuid is null or k.partner_id = ${partner_id}::uuid)
    order by ${mayEnter} desc, p.id`.execute(tx)
  return rows.map(entry)
}

/** The partner that somebody of the organization looks at. */
export async function entryFor(tx: Tx, org_id: string, partner_id: string): Promise<Entry | undefined> {
  const { rows } = await sql<EntryRow>`${entryFrom(sql`partners p`)}
    where p.org_id = ${org_id} and p.id = ${partner_id}`.execute(tx)
  return rows.map(entry)[0]
}

function entry(row: EntryRow): Entry {
  const { partner_id, partner_name, partner_email, alias, status, is_removed, time_zone, program_created_at, ...rest } = row
  const { title, logo_path, allow_sign_up, approved_by_default, show_balance, show_alias, show_log, ...program } = rest
  return {
    partner: { id: partner_id, name: partner_name, email: partner_email, alias, status, is_removed },
    program: { ...program, created_at: program_created_at },
    portal: { title, logo_path, allow_sign_up, approved_by_default, show_balance, show_alias, show_log },
    time_zone,
  }
}

/** Lets a person in as a partner, and finds them by their session from now on. */
export async function letIn(tx: Tx, row: { org_id: string; partner_id: string; user_id: string; email: string; now: Instant }) {
  await sql`
    insert into partner_people (org_id, partner_id, user_id, email, created_at)
    values (${row.org_id}, ${row.partner_id}, ${row.user_id}, ${row.email}, ${row.now})
    on conflict (org_id, partner_id, user_id) do update set email = excluded.email`.execute(tx)
  await sql`insert into lookups (kind, key, org_id) values ('partner', ${row.user_id}, ${row.org_id}) on conflict do nothing`.execute(
    tx,
  )
}

/** Whoever was let in by another e-mail than the partner has now is a partner no more. */
export async function keepOut(tx: Tx, org_id: string, partner_id: string, email: string | null): Promise<void> {
  await sql`
    delete from partner_people where org_id = ${org_id} and partner_id = ${partner_id}
      and email is distinct from ${email?.trim().toLowerCase() ?? null}`.execute(tx)
}

/** Partners who may enter and have this e-mail, as it was typed or in lower case. */
export async function partnersWithEmail(tx: Tx, org_id: string, email: string): Promise<Entry[]> {
  const { rows } = await sql<EntryRow>`${entryFrom(sql`partners p`)}
    where p.org_id = ${org_id} and p.email = any(${[email, email.toLowerCase()]}::text[]) and ${mayEnter}
    order by p.id limit 20`.execute(tx)
  return rows.map(entry)
}
