/** Organizations keep apart: in the schema's catalogue, for the application's role, and over HTTP. Source: spec 0.3 Ids. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { endpoints } from '../../src/api/contract.ts'
import { addressOf } from '../../src/client/client.ts'
import { createOrganization } from '../../src/server/organizations/organizations.ts'
import { everything, type Ids } from '../support/everything.ts'
import { type World, world } from '../support/world.ts'
import { shopIn } from './payouts/support.ts'

const APPEND_ONLY = ['adjustments', 'campaign_versions', 'clicks', 'events', 'released_lines', 'reversals']
const PEOPLE = ['people', 'person_accounts', 'person_sessions', 'person_verifications']

let w: World
/** Tables with `org_id`, save the lookups that are asked before a tenant is known. */
let tables: string[]
beforeAll(async () => {
  w = await world({ today: '2026-03-10' })
  const rows =
    await w.sql(`select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'lookups' order by 1`)
  tables = rows.map(row => row.name)
})
afterAll(() => w.close())

describe('the catalogue', () => {
  test('every table with org_id has row-level security enabled and forced, with one policy on its organization', async () => {
    expect(tables.length).toBeGreaterThan(20)
    const open = await w.sql(
      `select relname from pg_class where relname = any($1) and not (relrowsecurity and relforcerowsecurity)`,
      [tables],
    )
    expect(open).toEqual([])
    const policies = await w.sql(
      `select tablename, cmd, permissive, qual, with_check from pg_policies where schemaname = 'public' order by 1`,
    )
    expect(policies.map(p => p.tablename)).toEqual(tables)
    const own = '(org_id = current_org())'
    for (const { tablename, ...policy } of policies)
      expect(policy, tablename).toEqual({ cmd: 'ALL', permissive: 'PERMISSIVE', qual: own, with_check: own })
  })

  test('every table of the schema has org_id, save the people, the lookups and the migrations', async () => {
    const rows = await w.sql(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'f', 'm') order by 1`,
    )
    const without = rows.map(row => row.name).filter(name => !tables.includes(name) && !name.startsWith('kysely_'))
    expect(without).toEqual(['lookups', ...PEOPLE])
  })

  test('org_id is never null, and first in every primary key and unique index', async () => {
    const nullable =
      await w.sql(`select attrelid::regclass::text as name from pg_attribute where attname = 'org_id' and not attnotnull
      and attrelid in (select oid from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace)`)
    expect(nullable).toEqual([])
    const keys = await w.sql(
      `select c.relname as table, i.indexrelid::regclass::text as index, a.attname as first, i.indisprimary as is_primary
      from pg_index i join pg_class c on c.oid = i.indrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
      where c.relname = any($1) and i.indisunique`,
      [tables],
    )
    expect(keys.filter(key => key.first !== 'org_id')).toEqual([])
    expect(
      keys
        .filter(key => key.is_primary)
        .map(key => key.table)
        .sort(),
    ).toEqual(tables)
  })

  test('org_id is first in every other index as well, and on both sides of every foreign key', async () => {
    const indexes = await w.sql(
      `select i.indexrelid::regclass::text as index, a.attname as first from pg_index i join pg_class c on c.oid = i.indrelid
      left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0] where c.relname = any($1) and not i.indisunique`,
      [tables],
    )
    expect(indexes.filter(index => index.first !== 'org_id')).toEqual([])
    const foreign = await w.sql(
      `select k.conname, f.attname as from_first, t.attname as to_first from pg_constraint k
      join pg_attribute f on f.attrelid = k.conrelid and f.attnum = k.conkey[1] join pg_attribute t on t.attrelid = k.confrelid and t.attnum = k.confkey[1]
      join pg_class c on c.oid = k.conrelid where k.contype = 'f' and c.relname = any($1)`,
      [tables],
    )
    expect(foreign.length).toBeGreaterThan(15)
    expect(foreign.filter(key => key.from_first !== 'org_id' || key.to_first !== 'org_id')).toEqual([])
  })

  test('every view asks with the rights of who asks, and no function runs with those of the owner', async () => {
    const views = await w.sql(
      `select relname, reloptions from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace`,
    )
    for (const { relname, reloptions } of views) expect(reloptions, relname).toContain('security_invoker=true')
    expect(await w.sql(`select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef`)).toEqual([])
  })
})

describe('the role of the application', () => {
  test('is no superuser, passes no policy by, makes nothing and owns nothing', async () => {
    const [role] = await w.sql(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin, oid from pg_roles where rolname = 'quittance_app'`,
    )
    const { oid, ...rights } = role
    expect(new Set(Object.values(rights))).toEqual(new Set([false]))
    expect(await w.sql('select classid from pg_shdepend where refobjid = $1 and deptype = $2', [oid, 'o'])).toEqual([])
    expect(await w.sql('select roleid from pg_auth_members where member = $1', [oid])).toEqual([])
    const [may] = await w.sql(`select has_schema_privilege('quittance_app', 'public', 'create') as creates`)
    expect(may.creates).toBe(false)
  })

  const may = (table: string, right: string) =>
    w.sql(`select has_table_privilege('quittance_app', $1, $2) as yes`, [table, right]).then(rows => rows[0].yes)

  test('cannot change or delete what is append-only, nor empty any table', async () => {
    for (const table of APPEND_ONLY)
      for (const right of ['update', 'delete', 'truncate']) expect(await may(table, right), `${right} ${table}`).toBe(false)
    for (const table of tables)
      for (const right of ['truncate', 'trigger', 'references']) expect(await may(table, right), `${right} ${table}`).toBe(false)
  })

  test('cannot delete facts, money or whom they belong to', async () => {
    const deletable: string[] = []
    for (const table of tables) if (await may(table, 'delete')) deletable.push(table)
    const rights = [
      'api_keys',
      'idempotency_keys',
      'members',
      'payout_methods',
      'icons',
      'partner_people',
      'coupons',
      'program_members',
    ]
    // a structure goes as a whole while nothing was earned by it
    const structures = ['structures', 'structure_versions', 'assignments', 'accrual_progress', 'unearned_periods']
    expect(deletable).toEqual([...rights, ...structures].sort())
  })

  test('cannot see the people who sign in, nor touch the record of migrations', async () => {
    for (const table of PEOPLE) {
      for (const right of ['select', 'insert', 'update', 'delete'])
        expect(await may(table, right), `${right} ${table}`).toBe(false)
      await expect(w.asApp(tx => sql.raw(`select 1 from ${table}`).execute(tx))).rejects.toMatchObject({ code: '42501' })
    }
    for (const table of ['kysely_migration', 'kysely_migration_lock']) {
      for (const right of ['insert', 'update', 'delete']) expect(await may(table, right), `${right} ${table}`).toBe(false)
    }
  })

  test('sees no row of any table without a tenant, and none of another one', async () => {
    const rival = await createOrganization(w.app, { name: 'Empty', email: 'empty@example.org' })
    const shop = shopIn(w, w.brand_id)
    await shop.sale(await shop.partner('Someone'), 1_00)
    const seen = (table: string, org_id: string | null) =>
      w.asApp(tx => sql.raw<{ org_id: string }>(`select distinct org_id from ${table}`).execute(tx), org_id)
    let own = 0
    for (const table of [...tables, 'earning_status']) {
      expect((await seen(table, null)).rows, table).toEqual([])
      expect(
        (await seen(table, rival.org_id)).rows.filter(row => row.org_id !== rival.org_id),
        table,
      ).toEqual([])
      own += (await seen(table, w.org_id)).rows.length
    }
    expect(own).toBeGreaterThan(8)
  })

  test('cannot write into another organization', async () => {
    const insert = (org_id: string, as: string | null) =>
      w.asApp(tx => sql`insert into counters (org_id, name, value) values (${org_id}, 'mine', 1)`.execute(tx), as)
    await expect(insert('01900000-0000-7000-8000-000000000000', w.org_id)).rejects.toMatchObject({ code: '42501' })
    await expect(insert(w.org_id, null)).rejects.toMatchObject({ code: '42501' })
    const update = await w.asApp(tx => sql`update organizations set name = 'Eve'`.execute(tx), null)
    expect(update.numAffectedRows).toBe(0n)
  })
})

describe('over HTTP', () => {
  let rival: { org_id: string; brand_id: string; api_key: string }
  /** Ids of the rival's own things, by the name of the parameter that takes them. */
  let theirs: Ids
  let ours: Ids

  beforeAll(async () => {
    rival = await createOrganization(w.app, { name: 'Rival', email: 'rival@example.org' })
    const owners = [rival, { ...w, api_key: w.key }].map(({ brand_id, api_key }) => ({ brand_id, key: api_key }))
    ;[theirs, ours] = (await everything(w, ...owners)) as [Ids, Ids]
  })

  /** A good body for each endpoint that needs one, so that nothing but the id can be at fault. */
  const bodies: Record<string, (ids: Ids) => unknown> = {
    'organizations.changePayoutSettings': () => ({ hold_days: 1 }),
    'organizations.changeConversionTypes': () => ({ types: ['sale'] }),
    'members.change': () => ({ role: 'admin' }),
    'invitations.resend': () => ({}),
    'portal.changeSettings': () => ({ show_balance: false }),
    'portal.link': () => ({}),
    'partners.create': () => ({ name: 'Eve' }),
    'partners.change': () => ({ name: 'Eve' }),
    'partners.changeStatus': ids => ({ ids: [ids.partner_id], status: 'paused' }),
    'imports.upload': () => 'external_id,partner\nx,ada\n',
    'imports.preview': ids => ({ campaign_id: ids.campaign_id, mapping: {} }),
    'imports.run': ids => ({ campaign_id: ids.campaign_id, mapping: {} }),
    'imports.undo': () => ({}),
    'campaigns.create': () => ({ name: 'Eve', cost_model: 'none' }),
    'campaigns.change': () => ({ name: 'Eve' }),
    'campaigns.changeCustomPayouts': () => ({ tables: { geo: '' } }),
    'campaigns.testCustomPayouts': () => ({}),
    'campaigns.setOverride': () => ({ value: '20' }),
    'conversions.record': ids => ({ external_id: 'x', partner: ids.partner_id, campaign: ids.campaign_id }),
    'conversions.approve': ids => ({ ids: [ids.conversion_id] }),
    'conversions.reject': ids => ({ ids: [ids.conversion_id] }),
    'conversions.reverse': () => ({ reason: 'x' }),
    'payouts.create': () => ({}),
    'payouts.change': () => ({ status: 'cancelled' }),
    'payments.reject': () => ({ status: 'rejected', reason: 'came back' }),
    'publisherPayouts.create': ids => ({ publisher_id: ids.partner_id, requested_amount_cents: 1 }),
    'publisherPayouts.change': () => ({ note: 'Eve' }),
    'invoices.changeSettings': () => ({ legal_name: 'Eve' }),
    'methods.change': () => ({ is_active: false }),
    'creators.add': () => ({ tiktok_handle: 'eve' }),
    'creators.change': () => ({ description: 'Eve' }),
    'creators.removeSeveral': ids => ({ creator_ids: [ids.creator_id] }),
    'videos.change': () => ({ status: 'excluded' }),
    'videos.observe': () => ({ captured_at: '2026-03-10T01:00:00Z', view_count: 8 }),
    'videos.observeCreator': () => ({ captured_at: '2026-03-10T01:00:00Z', follower_count: 8 }),
    'goals.change': () => ({ target: 1 }),
    'structures.change': () => ({ kind: 'cosmetic', name: 'Eve' }),
    'structures.assign': ids => ({ creator_ids: [ids.creator_id] }),
    'structures.unassign': ids => ({ creator_ids: [ids.creator_id] }),
    'accruals.change': () => ({ status: 'rejected' }),
    'payments.change': () => ({ status: 'voided' }),
  }
  const guarded = endpoints.filter(({ endpoint: e }) => (e.scope === 'read' || e.scope === 'write') && e.path.includes('{'))
  const parametersOf = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1] as string)

  async function expectNotFound(name: string, path: string, ids: Ids, of: Ids): Promise<void> {
    const { endpoint } = guarded.find(each => each.name === name) as (typeof guarded)[number]
    const body = bodies[name]?.(of)
    if (body === undefined && !/GET|DELETE/.test(endpoint.method)) throw new Error(`give ${name} a good body in this test`)
    const before = await w.fingerprint()
    const type = endpoint.takes === 'csv' ? { headers: { 'content-type': 'text/csv' } } : {}
    const answer = await w.request(endpoint.method, addressOf(path, ids), body, type)
    expect([answer.status, answer.error?.code], `${endpoint.method} ${addressOf(path, ids)} ${answer.text}`).toEqual([
      404,
      'not_found',
    ])
    expect(await w.fingerprint(), name).toBe(before)
  }

  for (const { name, endpoint } of guarded) {
    for (const path of [endpoint.path, ...(endpoint.aliases ?? [])]) {
      const row = path.startsWith('/api/v1') ? ' [TG-84]' : ''
      for (const parameter of parametersOf(path)) {
        test(`${endpoint.method} ${path} with another organization's ${parameter}: 404, and nothing changes${row}`, () =>
          expectNotFound(name, path, { ...ours, [parameter]: theirs[parameter] as string }, ours))
      }
      test(`${endpoint.method} ${path} with nothing but another organization's ids: 404, and nothing changes${row}`, () =>
        expectNotFound(name, path, theirs, theirs))
    }
  }

  test('the same requests find our own, so that it was the id', async () => {
    /** There are documents of a payout once it is paid, and ours is a draft. */
    const found = (name: string) => (/^(statements|invoices)\.ofPayout$/.test(name) ? 409 : 200)
    for (const { name, endpoint } of guarded.filter(each => each.endpoint.method === 'GET')) {
      expect((await w.request('GET', addressOf(endpoint.path, ours))).status, name).toBe(found(name))
    }
  })

  test("another organization's id in a body is not found, or counts as unknown in a list", async () => {
    const refused = async (method: string, rest: string, body: unknown, status: number) => {
      const before = await w.fingerprint()
      const answer = await w.request(method, w.path(rest), body)
      expect(answer.status, answer.text).toBe(status)
      expect(await w.fingerprint()).toBe(before)
      return answer
    }
    await refused('POST', '/payouts', { partner_id: theirs.partner_id }, 404)
    await refused('POST', '/publisher-payouts', { publisher_id: theirs.partner_id, requested_amount_cents: 1 }, 404)
    await refused('POST', '/payouts', { partner_ids: [ours.partner_id, theirs.partner_id] }, 404)
    const [line] = await w.sql('select e.id from earnings e where e.org_id = $1', [rival.org_id])
    await refused('PATCH', `/payouts/${ours.payout_id}`, { exclude_earning_ids: [line.id] }, 404)
    for (const verdict of ['approve', 'reject']) {
      const answer = await refused('POST', `/conversions/${verdict}`, { ids: [theirs.conversion_id] }, 200)
      expect(answer.data).toMatchObject({
        results: [{ status: null, error: { code: 'not_found' } }],
        counts: { changed: 0, failed: 1 },
      })
    }
    for (const item of [
      { partner: theirs.partner_id, campaign: ours.campaign_id },
      { partner: ours.partner_id, campaign: theirs.campaign_id },
    ]) {
      await refused('POST', '/conversions', { external_id: 'y', ...item }, 400)
    }
    await w.request('PATCH', w.path(`/payouts/${ours.payout_id}`), { status: 'approved' })
    const [method] = await w.sql('select id from payout_methods where org_id = $1', [rival.org_id])
    await refused('PATCH', `/payouts/${ours.payout_id}`, { status: 'paid', method_id: method.id }, 404)
  })

  describe('under /api/v1, where a body or a filter names them', () => {
    /** A good body of our own ids, of which each in turn is exchanged for theirs. */
    const structure = { period: 'daily', amount_cents: 1, currency: 'USD', criteria_type: 'recurring', criteria_params: {} }
    const named: [string, string, (ids: Ids) => Record<string, unknown>][] = [
      ['POST', '/payout-structures', ({ project_id }) => ({ project_id, name: 'X', ...structure, proration_mode: 'skip' })],
      [
        'POST',
        '/videos',
        ({ project_id, creator_id }) => ({ project_id, creator_id, external_id: 'x', posted_at: '2026-03-10T00:00:00Z' }),
      ],
      ['PATCH', '/videos/{video_id}', ({ creator_id }) => ({ creator_id })],
      ['POST', '/goals', ({ creator_id }) => ({ creator_id, type: 'posts', target: 1, period: 'daily' })],
      [
        'POST',
        '/payout-payments',
        ({ project_id, creator_id, method_id, accrual_id }) => ({
          ...{ project_id, creator_id, method_id, accrual_ids: [accrual_id], total_amount_cents: 1_00 },
        }),
      ],
    ]
    for (const [method, path, bodyOf] of named) {
      test(`${method} ${path} with another organization's id in the body: 404, and nothing changes [TG-84]`, async () => {
        const [own, foreign] = [bodyOf(ours), bodyOf(theirs)]
        const names = Object.keys(own).filter(name => /_ids?$/.test(name) && name !== 'external_id')
        expect(names.length).toBeGreaterThan(0)
        for (const name of names) {
          const before = await w.fingerprint()
          const headers = { 'idempotency-key': w.app.newId() }
          const body = { ...own, [name]: foreign[name] }
          const answer = await w.request(method, addressOf(`/api/v1${path}`, ours), body, { headers })
          expect([answer.status, answer.error?.code], `${name} ${answer.text}`).toEqual([404, 'not_found'])
          expect(await w.fingerprint(), name).toBe(before)
        }
      })
    }

    test("another organization's creator counts as one that is not in the project [TG-84]", async () => {
      const assignments = `/api/v1/payout-structures/${ours.structure_id}/assignments`
      const expected: [string, string, object][] = [
        ['POST', assignments, { assigned: 0, not_in_project: 1, results: [{ status: 'not_in_project' }] }],
        ['DELETE', assignments, { unassigned: 0, not_assigned: 1, results: [{ status: 'not_assigned' }] }],
        ['DELETE', `/api/v1/projects/${ours.project_id}/creators`, { removed: 0, not_in_project: 1 }],
      ]
      for (const [method, path, data] of expected) {
        const before = await w.fingerprint()
        const answer = await w.request(method, path, { creator_ids: [theirs.creator_id] })
        expect([answer.status, answer.data]).toMatchObject([200, data])
        expect(await w.fingerprint()).toBe(before)
      }
    })

    const lists = endpoints.filter(({ endpoint: e }) => e.path.startsWith('/api/v1') && e.method === 'GET')
    const filtersOf = (e: (typeof lists)[number]['endpoint']) =>
      Object.keys(z.toJSONSchema(e.query, { io: 'input' }).properties ?? {}).filter(name => name.endsWith('_id'))
    for (const { endpoint } of lists.filter(each => filtersOf(each.endpoint).length > 0)) {
      test(`GET ${endpoint.path} filtered by another organization's id is empty, by our own not [TG-84]`, async () => {
        for (const name of filtersOf(endpoint)) {
          const found = (ids: Ids) => w.request('GET', addressOf(endpoint.path, ours, { [name]: ids[name] }))
          expect(await found(theirs).then(a => [a.status, a.data]), name).toEqual([200, []])
          expect((await found(ours)).data.length, name).toBeGreaterThan(0)
        }
      })
    }

    test('a list without a filter shows nothing of theirs [TG-84]', async () => {
      const ids = Object.values(theirs)
      for (const { name, endpoint } of lists) {
        const { status, text } = await w.request('GET', addressOf(endpoint.path, ours))
        expect(status, name).toBe(200)
        expect(
          ids.filter(id => text.includes(id)),
          name,
        ).toEqual([])
      }
    })
  })

  test("another organization's id as a filter finds nothing", async () => {
    const filters = [
      `/payouts?partner_id=${theirs.partner_id}`,
      `/payouts/balances?partner_id=${theirs.partner_id}`,
      `/payments?partner_id=${theirs.partner_id}`,
      `/publisher-payouts?publisher_id=${theirs.partner_id}`,
    ]
    for (const rest of [
      ...filters,
      `/conversions?partner_id=${theirs.partner_id}`,
      `/conversions?campaign_id=${theirs.campaign_id}`,
    ]) {
      const answer = await w.request('GET', w.path(rest))
      expect([answer.status, answer.data], rest).toEqual([200, []])
    }
  })
})
