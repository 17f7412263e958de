/** Scratch databases of both kinds, with a tenant's table and a role, but without the product's schema. */
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Db, openDatabase } from '../../../src/server/db/database.ts'
import { testPostgres } from '../../support/postgres.ts'

export type Scratch = { items: { org_id: string; id: number; name: string }; counters: { id: number; n: number } }

export const ORG_A = '01900000-0000-7000-8000-00000000000a'
export const ORG_B = '01900000-0000-7000-8000-00000000000b'
export const ORG_REFUSED = '01900000-0000-7000-8000-0000000000ff'

export const SCHEMA = `
  do $$ begin create role quittance_app nologin; exception when duplicate_object or unique_violation then null; end $$;
  create function set_org(org uuid) returns void language plpgsql as $$
  begin
    if org = '${ORG_REFUSED}' then raise exception 'no such organization' using errcode = 'QT001'; end if;
    execute format('set local app.org_id = %L', org);
  end $$;
  create table items (org_id uuid, id integer, name text not null, primary key (org_id, id));
  create table counters (id integer primary key, n integer not null);
  insert into counters select i, 0 from generate_series(1, 10) i;
  alter table items enable row level security;
  alter table items force row level security;
  create policy tenant on items using (org_id = nullif(current_setting('app.org_id', true), '')::uuid);
  grant select, insert, update, delete on items, counters to quittance_app;
`

export const tempDir = () => fs.mkdtempSync(path.join(os.tmpdir(), 'quittance-db-'))

export async function embeddedScratch(options: { connection_timeout_ms?: number } = {}): Promise<Db<Scratch>> {
  const data_dir = tempDir()
  const db = await openDatabase<Scratch>({ data_dir, ...options })
  await db.script(SCHEMA)
  const close = async () => {
    await db.close()
    fs.rmSync(data_dir, { recursive: true })
  }
  return { ...db, close }
}

/** A fresh database on the tests' server; null when this machine has none. */
export async function postgresUrl(): Promise<string | null> {
  const server = await testPostgres()
  if (!server) return null
  const admin = await openDatabase({ database_url: server.url, data_dir: '' })
  const name = `db_${randomUUID().replaceAll('-', '')}`
  await admin.script(`create database ${name}`)
  await admin.close()
  const url = new URL(server.url)
  url.pathname = `/${name}`
  return url.href
}

export async function postgresScratch(): Promise<Db<Scratch> | null> {
  const database_url = await postgresUrl()
  if (!database_url) return null
  const db = await openDatabase<Scratch>({ database_url, data_dir: '' })
  await db.script(SCHEMA)
  return db
}

export const bothKinds = [
  ['embedded', () => embeddedScratch()],
  ['postgres', () => postgresScratch()],
] as const
